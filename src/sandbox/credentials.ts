import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * What in the home folder, the runner's folder and /etc is a credential. Inside, the first kind is covered by something empty, the second
 * is shown without the lines that carry a secret, so that a registry or a proxy set there still works.
 */
const COVERED = [
  '.git-credentials',
  '.netrc',
  '_netrc',
  '.ssh',
  '.gnupg',
  '.aws',
  '.azure',
  '.kube',
  '.docker',
  '.oci',
  '.config/gh',
  '.config/hub',
  '.config/glab-cli',
  '.config/git/credentials',
  '.config/gcloud',
  '.config/containers',
  '.config/op',
  '.config/doctl',
  '.config/helm',
  '.config/github-copilot',
  '.config/anthropic',
  '.config/google-chrome',
  '.config/chromium',
  '.mozilla',
  '.local/share/keyrings',
  '.password-store',
  '.vault-token',
  '.terraform.d/credentials.tfrc.json',
  '.terraformrc',
  '.pgpass',
  '.my.cnf',
  '.pypirc',
  '.cargo/credentials',
  '.cargo/credentials.toml',
  '.gem/credentials',
  '.composer/auth.json',
  '.config/composer/auth.json',
  '.m2/settings.xml',
  '.m2/settings-security.xml',
  '.nuget/NuGet/NuGet.Config',
  '.config/NuGet/NuGet.Config',
  '.sbt/.credentials',
  '.ivy2/.credentials',
  '.claude',
  '.claude.json',
  '.codex',
  '.gemini',
  '.bash_history',
  '.zsh_history',
  '.python_history',
  '.node_repl_history',
] as const;

const FILTERED = [
  '.npmrc',
  '.yarnrc',
  '.yarnrc.yml',
  '.gitconfig',
  '.config/git/config',
  '.config/pip/pip.conf',
  '.pip/pip.conf',
  '.config/uv/uv.toml',
  '.config/pypoetry/auth.toml',
  '.cargo/config',
  '.cargo/config.toml',
  '.gradle/gradle.properties',
  '.bundle/config',
  '.curlrc',
  '.wgetrc',
  '.bashrc',
  '.profile',
  '.bash_profile',
  '.zshrc',
  '.zshenv',
] as const;

/** A self-hosted runner keeps its registration beside `_work`. */
const RUNNER_FILES = /^(\.credentials.*|\.runner.*|\.env|\.path|\.service|_diag|\.setup_info)$/;

/** Readable only by root outside; the tool host is root without privileges when the broker is root. */
const SYSTEM_FILES = ['/etc/shadow', '/etc/shadow-', '/etc/gshadow', '/etc/gshadow-', '/etc/sudoers', '/etc/sudoers.d', '/etc/krb5.keytab'];

/** Absolute paths, symbolic links resolved, of what exists. */
export function coveredPaths(home: string, runnerTemp: string | undefined): string[] {
  const candidates = [...new Set([home, '/root'])].flatMap((folder) => COVERED.map((name) => join(folder, name)));
  if (runnerTemp !== undefined) candidates.push(...runnerFiles(dirname(dirname(runnerTemp))));
  candidates.push(...SYSTEM_FILES);
  return [...new Set(candidates.flatMap(resolved))];
}

function runnerFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => RUNNER_FILES.test(name))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** The settings files that exist and hold a secret, with what of them may be seen. */
export function filteredFiles(home: string): { path: string; text: string }[] {
  const found: { path: string; text: string }[] = [];
  for (const path of [...new Set([home, '/root'])].flatMap((folder) => FILTERED.flatMap((name) => resolved(join(folder, name))))) {
    try {
      const whole = readFileSync(path, 'utf8');
      const text = withoutSecrets(whole, /git/.test(path));
      if (text !== whole) found.push({ path, text });
    } catch {
      found.push({ path, text: '' }); // what we cannot read, the sandbox need not either
    }
  }
  return found;
}

const SECRET_LINE =
  /(_auth|token|passw|secret|api[_-]?key|credential|authorization|extraheader|private[_-]?key)|:\/\/[^/\s@]*@|\b(gh[pousr]_|github_pat_|sk-ant-|AKIA|ASIA)/iu;
/** Sections of a Git configuration whose lines name programs, credentials or other files. */
const SECRET_SECTION = /^\s*\[\s*(credential|url|http|include|includeif)\b/iu;

/** Drops lines that carry a secret and, of a Git configuration, the sections that could. */
export function withoutSecrets(text: string, git: boolean): string {
  let inSecretSection = false;
  const kept: string[] = [];
  for (const line of text.split('\n')) {
    if (/^\s*\[/.test(line)) inSecretSection = git && SECRET_SECTION.test(line);
    if (!inSecretSection && !SECRET_LINE.test(line)) kept.push(line);
  }
  return kept.join('\n');
}

function resolved(path: string): string[] {
  try {
    return existsSync(path) ? [realpathSync(path)] : [];
  } catch {
    return [];
  }
}

/** True when `path` is `folder` or lies below it; both absolute and normal. */
export function contains(folder: string, path: string): boolean {
  return path === folder || folder === '/' || path.startsWith(`${folder}/`);
}
