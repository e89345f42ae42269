import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { capture, type Captured, type CaptureOptions } from './capture.ts';
import { carriedSettings, configText } from './git-config.ts';
import { copyIndex, type IndexCopy } from './index-copy.ts';

/**
 * Git over a private git directory: own config, own index, objects borrowed from the checkout's store. Nothing of the
 * checkout's `.git/config`, hooks, filters or credentials ever runs, and the checkout's `.git` never changes.
 */
export type Git = {
  /** Answers stdout; throws with Git's own words when the exit code is not among `ok` (default: 0). */
  run(args: readonly string[], options?: GitOptions): Promise<Buffer>;
  /** The same as text. */
  text(args: readonly string[], options?: GitOptions): Promise<string>;
  /** Like `run`, but leaves the exit code to the caller. */
  try(args: readonly string[], options?: GitOptions): Promise<Captured>;
  /** The private git directory. */
  directory: string;
  /** The checkout behind it; `null` where the workspace is no Git checkout. */
  checkout: null | { head: string | null; branch: string | null; shallow: boolean; sparse: boolean; index: IndexCopy | null };
};

export type GitOptions = Omit<CaptureOptions, 'cwd' | 'env'> & { ok?: readonly number[]; env?: Record<string, string> };

/**
 * Opens the checkout at `root` through a new private git directory in `temp`. A workspace without `.git` gets an empty one,
 * so that trees can be hashed there too. Throws when git is missing or the checkout cannot be read.
 */
export async function openGit(root: string, temp: string): Promise<Git> {
  const directory = join(temp, 'git');
  mkdirSync(join(directory, 'objects', 'info'), { recursive: true });
  mkdirSync(join(directory, 'refs'), { recursive: true });
  mkdirSync(join(directory, 'info'), { recursive: true });
  writeFileSync(join(directory, 'HEAD'), 'ref: refs/heads/none\n');
  writeFileSync(join(directory, 'config'), '');
  const environment = gitEnvironment(root, directory, temp);
  const at = findCheckout(root);
  const files = at === null ? [] : [join(at.common, 'config'), join(at.own, 'config.worktree')];
  const settings = await carriedSettings(files, directory, environment);
  writeFileSync(join(directory, 'config'), configText(settings));
  const checkout = at === null ? null : borrow(root, at, directory, settings);
  return { ...runners(root, environment), directory, checkout };
}

function runners(root: string, environment: Record<string, string>): Pick<Git, 'run' | 'text' | 'try'> {
  const attempt = (args: readonly string[], options: GitOptions = {}): Promise<Captured> =>
    capture('git', args, { ...options, cwd: root, env: { ...environment, ...options.env } }).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new Error('git cannot be started: install it where the tool host runs (or the workspace folder is gone)', { cause: error });
    });
  const run = async (args: readonly string[], options: GitOptions = {}): Promise<Buffer> => {
    const answer = await attempt(args, options);
    const ended = answer.cut || (answer.code !== null && (options.ok ?? [0]).includes(answer.code));
    if (!ended)
      throw new Error(`git ${args.slice(0, 2).join(' ')}: ${answer.stderr.trim().slice(0, 2000) || `exit code ${answer.code ?? 'none'}`}`);
    return answer.stdout;
  };
  return { run, try: attempt, text: async (args, options) => (await run(args, options)).toString('utf8') };
}

/** Built from nothing: a `GIT_*` variable of the surroundings could name another config, index or program. */
function gitEnvironment(root: string, directory: string, temp: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    // Git reads `~/.config/git/ignore` and `attributes` even without a global config.
    HOME: temp,
    XDG_CONFIG_HOME: temp,
    LC_ALL: 'C',
    GIT_DIR: directory,
    GIT_WORK_TREE: root,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_PAGER: 'cat',
    GIT_EDITOR: 'true',
  };
}

type CheckoutPaths = { own: string; common: string };

/** Follows a `.git` file (worktree, submodule) to the real git directory. */
function findCheckout(root: string): CheckoutPaths | null {
  const entry = join(root, '.git');
  if (!existsSync(entry)) return null;
  let own = entry;
  if (statSync(entry).isFile()) {
    const line = /^gitdir: (.*)$/m.exec(readFileSync(entry, 'utf8'));
    if (line?.[1] === undefined) throw new Error('The .git file of the workspace names no git directory');
    own = resolve(root, line[1].trim());
  }
  if (!existsSync(join(own, 'HEAD')))
    throw new Error(`The workspace's git directory ${own} cannot be read; mount it into the sandbox, or use an ordinary clone`);
  const commonFile = join(own, 'commondir');
  const common = existsSync(commonFile) ? resolve(own, readFileSync(commonFile, 'utf8').trim()) : own;
  return { own, common };
}

function borrow(root: string, at: CheckoutPaths, directory: string, settings: ReadonlyMap<string, string>): NonNullable<Git['checkout']> {
  const objects = join(at.common, 'objects');
  writeFileSync(join(directory, 'objects', 'info', 'alternates'), `${/["\n]|^#/.test(objects) ? JSON.stringify(objects) : objects}\n`);
  for (const name of ['exclude', 'attributes']) copyIfThere(join(at.common, 'info', name), join(directory, 'info', name));
  copyIfThere(join(at.own, 'info', 'sparse-checkout'), join(directory, 'info', 'sparse-checkout'));
  copyIfThere(join(at.common, 'shallow'), join(directory, 'shallow'));
  const index = join(at.own, 'index');
  const plain = !settings.has('extensions.objectformat');
  const copy = existsSync(index) ? copyIndex(root, index, join(directory, 'index'), Date.now(), plain) : null;
  for (const name of readdirSync(at.own)) if (name.startsWith('sharedindex.')) copyIfThere(join(at.own, name), join(directory, name));
  const { head, branch } = readHead(at);
  if (head !== null) writeFileSync(join(directory, 'HEAD'), `${head}\n`);
  const sparse = settings.get('core.sparsecheckout') === 'true';
  return { head, branch, shallow: existsSync(join(directory, 'shallow')), sparse, index: copy };
}

function copyIfThere(from: string, to: string): void {
  if (existsSync(from)) copyFileSync(from, to);
}

/** By hand: asking Git would load the checkout's config. */
function readHead(at: CheckoutPaths): { head: string | null; branch: string | null } {
  let value = readFileSync(join(at.own, 'HEAD'), 'utf8').trim();
  const branch = /^ref: refs\/heads\/(.+)$/.exec(value)?.[1] ?? null;
  for (let depth = 0; depth < 5 && value.startsWith('ref: '); depth++) {
    const found = readReference(at, value.slice(5));
    if (found === null) return { head: null, branch };
    value = found;
  }
  if (!/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(value)) throw new Error(`The workspace's HEAD is not a commit: ${value.slice(0, 80)}`);
  return { head: value, branch };
}

function readReference(at: CheckoutPaths, name: string): string | null {
  for (const folder of [at.own, at.common]) {
    const file = join(folder, name);
    if (!isAbsolute(name) && !name.split('/').includes('..') && existsSync(file) && statSync(file).isFile())
      return readFileSync(file, 'utf8').trim();
  }
  const packed = join(at.common, 'packed-refs');
  if (!existsSync(packed)) return null;
  const line = readFileSync(packed, 'utf8')
    .split('\n')
    .find((entry) => entry.endsWith(` ${name}`));
  return line?.split(' ')[0] ?? null;
}
