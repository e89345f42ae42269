import { existsSync, readFileSync } from 'node:fs';
import { capture } from './capture.ts';

/** The only settings taken over from the checkout: none can run a program or name a file outside. */
const CARRIED_SETTINGS = new Set([
  'core.autocrlf',
  'core.eol',
  'core.filemode',
  'core.symlinks',
  'core.ignorecase',
  'core.precomposeunicode',
  'core.sparsecheckout',
  'core.sparsecheckoutcone',
  'extensions.objectformat',
]);
const REF_STORAGE = 'extensions.refstorage';

const OWN_SETTINGS: readonly (readonly [string, string])[] = [
  ['core.bare', 'false'],
  ['core.hookspath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.safecrlf', 'false'],
  ['core.logallrefupdates', 'false'],
  ['core.quotepath', 'true'],
  ['index.version', '4'],
  ['index.sparse', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['protocol.allow', 'never'],
  ['advice.detachedhead', 'false'],
];

/** Reads the checkout's config files as plain files, includes left out: nothing in them takes effect. Throws when one cannot be read. */
export async function carriedSettings(files: readonly string[], cwd: string, env: Record<string, string>): Promise<Map<string, string>> {
  const settings = new Map<string, string>();
  let refStorage = 'files';
  for (const file of files.filter((each) => existsSync(each))) {
    for (const [key, value] of simpleSettings(readFileSync(file, 'utf8')) ?? (await settingsByGit(file, cwd, env))) {
      if (CARRIED_SETTINGS.has(key) && /^[\w-]{0,20}$/.test(value)) settings.set(key, value);
      if (key === REF_STORAGE) refStorage = value;
    }
  }
  if (refStorage !== 'files') throw new Error(`The workspace keeps its references as "${refStorage}"; only "files" is supported`);
  return settings;
}

type Setting = readonly [key: string, value: string];

async function settingsByGit(file: string, cwd: string, env: Record<string, string>): Promise<Setting[]> {
  const answer = await capture('git', ['config', '--file', file, '--no-includes', '-z', '--list'], { cwd, env });
  if (answer.code !== 0) throw new Error(`The workspace's ${file} cannot be read: ${answer.stderr.trim()}`);
  return answer.stdout
    .toString('utf8')
    .split('\0')
    .map((entry) => {
      const [key = '', value = 'true'] = entry.split(/\n(.*)/s);
      return [key, value] as const;
    });
}

/**
 * The settings above as they stand in a config file of the plain kind that git itself writes, so that no git need be started and waited for
 * (5 ms of a start of 30). `null` for whatever is not that plain (git-config(1), "Syntax"): then git is asked.
 */
export function simpleSettings(text: string): Setting[] | null {
  const found: Setting[] = [];
  let section: string | null = null;
  for (const line of text.split('\n')) {
    if (/^[ \t]*(?:[#;].*)?$/.test(line)) continue;
    // A value that goes on in the next line, or a byte that git reads in a way of its own.
    if (/[\\\r\0\uFEFF\uFFFD]/.test(line)) return null;
    const header = /^\[([A-Za-z\d.-]+)( +"[^"]*")?\]$/.exec(line);
    if (header) {
      section = header[2] === undefined ? (header[1] ?? '').toLowerCase() : '';
      continue;
    }
    const setting = /^[ \t]*([A-Za-z][A-Za-z\d-]*)(?:[ \t]*=[ \t]*(.*?)[ \t]*)?$/.exec(line);
    if (setting === null || section === null) return null;
    const key = `${section}.${(setting[1] ?? '').toLowerCase()}`;
    if (!CARRIED_SETTINGS.has(key) && key !== REF_STORAGE) continue;
    const value = setting[2] ?? 'true';
    if (!/^[\w-]+$/.test(value)) return null;
    found.push([key, value]);
  }
  return found;
}

/** The private config: our own settings, and what was carried over. */
export function configText(carried: ReadonlyMap<string, string>): string {
  const settings = [
    ...OWN_SETTINGS,
    ...carried,
    ['core.repositoryformatversion', carried.has('extensions.objectformat') ? '1' : '0'] as const,
  ];
  return settings.map(([key, value]) => `[${key.split('.')[0]}]\n\t${key.split('.')[1]} = ${value}\n`).join('');
}
