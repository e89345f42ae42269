import { readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { contains, coveredPaths, filteredFiles } from './credentials.ts';
import type { Launch } from './launcher.ts';

/** One change of the file system inside. Paths are absolute, without symbolic links (a link would lead out of the new root). */
export type Operation =
  /** An empty folder in memory; `mode` in octal. */
  | { verb: 'hide'; path: string; mode: string }
  /** A layer over the folder that takes all writes and is thrown away. */
  | { verb: 'throwaway'; path: string; name: 'home' | 'workspace' | 'git' }
  /** The Git folder of a checkout: its configuration is replaced by harmless keys. */
  | { verb: 'checkout'; path: string; outside: boolean }
  /** Something empty in its place. */
  | { verb: 'cover'; path: string }
  /** A file shown with `text` instead of its content. */
  | { verb: 'replace'; path: string; text: string }
  /** Made visible, read-only, if it is hidden by another operation. */
  | { verb: 'show'; path: string }
  /** A Unix socket of the broker's, bound at `path`. */
  | { verb: 'socket'; path: string; source: string };

/** Where the egress proxy's socket is inside. */
export const PROXY_SOCKET = '/run/alchemist/proxy.sock';

/** Everything that differs inside from outside, parents before what lies in them. */
export function mountPlan(launch: Launch, environment: NodeJS.ProcessEnv, home: string, proxySocket: string | undefined): Operation[] {
  const real = (path: string) => resolve(path) ?? path;
  const runnerTemp = environment['RUNNER_TEMP'] === undefined ? undefined : resolve(environment['RUNNER_TEMP']);
  const workspace = real(launch.workspace);
  const hidden = hiddenFolders(launch, runnerTemp);
  const structure: Operation[] = [
    ...hidden.map((path): Operation => ({ verb: 'hide', path, mode: isPublicTemp(path) ? '1777' : '0755' })),
    { verb: 'throwaway', path: workspace, name: 'workspace' },
  ];
  if (home !== '/' && !contains(workspace, home)) structure.push({ verb: 'throwaway', path: home, name: 'home' });
  const outerGit = gitFolderElsewhere(workspace);
  if (outerGit !== undefined) structure.push({ verb: 'throwaway', path: outerGit, name: 'git' });
  structure.sort((a, b) => a.path.length - b.path.length);

  // The bundle's whole folder (its package.json says that it is ESM), unless that is one of those just hidden.
  const bundle = hidden.includes(dirname(real(launch.toolhost))) ? real(launch.toolhost) : dirname(real(launch.toolhost));
  const details: Operation[] = [
    ...[real(launch.node), bundle].map((path): Operation => ({ verb: 'show', path })),
    { verb: 'checkout', path: outerGit ?? `${workspace}/.git`, outside: outerGit !== undefined },
    ...coveredPaths(home, runnerTemp).map((path): Operation => ({ verb: 'cover', path })),
    ...filteredFiles(home).map(({ path, text }): Operation => ({ verb: 'replace', path, text })),
    ...listeningSockets()
      .filter((path) => !hidden.some((folder) => contains(folder, path)))
      .map((path): Operation => ({ verb: 'cover', path })),
  ];
  if (proxySocket !== undefined) details.push({ verb: 'socket', path: PROXY_SOCKET, source: real(proxySocket) });
  return [...structure, ...details];
}

/** Of a linked worktree (gitrepository-layout(5)): the Git folder that it shares with others, when that lies outside. */
export function gitFolderElsewhere(workspace: string): string | undefined {
  try {
    const folder = /^gitdir: (.+)$/mu.exec(readFileSync(join(workspace, '.git'), 'utf8'))?.[1];
    if (folder === undefined) return undefined;
    const own = realpathSync(join(isAbsolute(folder) ? '/' : workspace, folder));
    const shared = realpathSync(join(own, readFileSync(join(own, 'commondir'), 'utf8').trim()));
    return contains(workspace, shared) ? undefined : shared;
  } catch {
    return undefined; // a folder, as in every ordinary checkout, or no repository
  }
}

/**
 * `/run` has the sockets of Docker, containerd, snapd and the user's session; temporary folders what other steps leave; `$RUNNER_TEMP` the
 * runner's command files, the event and, from actions/checkout v6 on, the token. One that lies in another is hidden twice: the workspace or
 * the home folder may show it again.
 */
function hiddenFolders(launch: Launch, runnerTemp: string | undefined): string[] {
  const folders = new Set<string>();
  for (const path of ['/run', '/var/run', '/tmp', '/var/tmp', '/mnt/wsl', tmpdir(), runnerTemp, launch.scratch]) {
    const found = path === undefined ? undefined : resolve(path);
    if (found !== undefined && found !== '/') folders.add(found);
  }
  return [...folders];
}

function isPublicTemp(path: string): boolean {
  return path === '/tmp' || path === '/var/tmp' || path === resolve(tmpdir());
}

/** Unix sockets that something on the machine listens on: connecting to one needs no write access to its file system. */
function listeningSockets(): string[] {
  let table: string;
  try {
    table = readFileSync('/proc/net/unix', 'utf8');
  } catch {
    return [];
  }
  const paths = new Set<string>();
  for (const line of table.split('\n').slice(1)) {
    // Num RefCount Protocol Flags Type St Inode Path; flag 0x10000 is SO_ACCEPTCON (proc(5)).
    const [, , , flags, , , , ...rest] = line.trim().split(/\s+/);
    const path = resolve(rest.join(' '));
    if (flags === '00010000' && path !== undefined && path.startsWith('/')) paths.add(path);
  }
  return [...paths].slice(0, 100);
}

function resolve(path: string): string | undefined {
  if (!path.startsWith('/')) return undefined;
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
