import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { connectHost } from '../../src/sandbox/host.ts';
import { off } from '../../src/sandbox/off.ts';
import type { Answer, CommandResult, Host, HostFacts, Method, Wire } from '../../src/toolhost/wire.ts';

/** A real tool host on a real folder. */
export type StartedHost = {
  root: string;
  facts: HostFacts;
  host: Host;
  call<M extends Method>(method: M, params: Wire[M]['params'], log?: (piece: string) => void): Promise<Wire[M]['result']>;
  /** Runs a command with room for all of its output. */
  run(command: string, timeoutSeconds?: number): Promise<CommandResult>;
  tree(): Promise<string>;
  /** What `git diff-tree` says has changed since the start: `A path`, `M path`, … */
  changed(): Promise<string[]>;
  edit(path: string, oldText: string, newText: string, replaceAll?: boolean): Promise<Answer>;
  log: string[];
};

const folders: string[] = [];
const hosts: Host[] = [];

export const TOOLHOST = join(import.meta.dirname, '..', '..', 'src', 'toolhost', 'toolhost.ts');

export function emptyFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'toolhost-test-')));
  folders.push(folder);
  return folder;
}

/** Ends every host and removes every folder; for `afterEach` or `afterAll`. */
export async function cleanUp(): Promise<void> {
  await Promise.all(hosts.splice(0).map((host) => host.close()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

export const neverAborted = new AbortController().signal;

const GIT_ENV = {
  PATH: process.env['PATH'] ?? '',
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@example.org',
  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@example.org',
  GIT_ALLOW_PROTOCOL: 'file',
};

/** The real git, as a person would run it in the folder. */
export function git(folder: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd: folder, env: GIT_ENV, stdio: ['ignore', 'pipe', 'pipe'] })
    .toString()
    .trim();
}

export function put(folder: string, files: Record<string, string | Buffer>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** A repository with one commit of the given files. */
export function repository(files: Record<string, string | Buffer>): string {
  const folder = emptyFolder();
  git(folder, 'init', '-q', '-b', 'main');
  put(folder, files);
  git(folder, 'add', '-A');
  git(folder, 'commit', '-q', '--allow-empty', '-m', 'first');
  return folder;
}

/** The tree that git itself makes of the working tree, through an index of its own. */
export function treeByGit(folder: string): string {
  const index = join(emptyFolder(), 'index');
  const env = { ...GIT_ENV, GIT_INDEX_FILE: index };
  execFileSync('git', ['read-tree', 'HEAD'], { cwd: folder, env });
  execFileSync('git', ['add', '-A'], { cwd: folder, env, stdio: 'ignore' });
  return execFileSync('git', ['write-tree'], { cwd: folder, env }).toString().trim();
}

export async function startHost(
  root: string,
  options: { restore?: boolean; workingDirectory?: string; environment?: NodeJS.ProcessEnv } = {},
): Promise<StartedHost> {
  const launch = { workspace: root, node: process.execPath, toolhost: TOOLHOST, scratch: root, network: 'none', allowedHosts: [] } as const;
  const host = connectHost(await off(options.environment ?? process.env)(launch, neverAborted));
  hosts.push(host);
  const log: string[] = [];
  const call: StartedHost['call'] = (method, params, take) => host.call(method, params, neverAborted, take);
  const facts = await call(
    'hello',
    { protocol: 1, working_directory: options.workingDirectory ?? '.', restore: options.restore ?? false },
    (piece) => log.push(piece),
  );
  const tree = async (): Promise<string> => (await call('tree', {})).tree;
  const start = await tree();
  return {
    root,
    facts,
    host,
    call,
    log,
    tree,
    run: (command, timeoutSeconds = 20) => call('run', { command, timeout_s: timeoutSeconds, head_bytes: 4096, tail_bytes: 12288 }),
    changed: async () => (await call('changes', { from: start, to: await tree() })).changes.map(({ status, path }) => `${status} ${path}`),
    edit: (path, oldText, newText, replaceAll) =>
      call('edit_file', {
        path,
        edits: [{ old_str: oldText, new_str: newText, ...(replaceAll === undefined ? {} : { replace_all: replaceAll }) }],
      }),
  };
}
