import { execFileSync } from 'node:child_process';
import { lstatSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PROCESSES, startIsolated } from './isolated.ts';
import type { Parts } from './isolated.ts';
import type { Launcher } from './launcher.ts';
import { SandboxRefused } from './launcher.ts';
import { mountPlan } from './mounts.ts';
import type { Operation } from './mounts.ts';
import { PROBE } from './probe.ts';
import { CACHES_IN_MEMORY, INIT, PREPARE } from './scripts.ts';
import { scratchFile } from './start.ts';

/**
 * Launcher 2: bubblewrap without `sudo`, where it is installed: set-user-id on older systems, allowed by its own AppArmor profile on newer
 * ones. It has no overlay (before 0.11), so the workspace is a copy, and the home folder an empty one that shows the real one's entries
 * read-only, with the caches of package managers in memory.
 */
export function bwrap(environment: NodeJS.ProcessEnv, processes = PROCESSES): Launcher {
  return async (launch, signal) => {
    try {
      execFileSync('bwrap', ['--version'], { stdio: 'ignore' });
    } catch {
      throw new SandboxRefused('bwrap is not installed (apt-get install bubblewrap)');
    }
    return startIsolated({ launcher: 'bwrap', prefix: [], lacks: [], processes, command }, launch, environment, signal);
  };
}

const NAMESPACES = ['--unshare-pid', '--unshare-net', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try', '--die-with-parent'];
/** For root, who keeps every capability under bwrap unless told otherwise; and then the bounding set would stay. */
const DROP = ['setpriv', '--no-new-privs', '--bounding-set=-all', '--inh-caps=-all', '--ambient-caps=-all', '--clear-groups'];

function command(parts: Parts): string[] {
  const { launch, environment, home, proxySocket, variables, probe } = parts;
  const file = (name: string, text: string) => scratchFile(launch.scratch, name, text);
  const quoted = probe.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const operations = mountPlan(launch, environment, home, proxySocket);
  const hidden = operations.flatMap(({ verb, path }) => (verb === 'hide' ? [path] : []));
  const assignments = [...Object.entries(variables).map(([name, value]) => `${name}=${value}`), ...CACHES_IN_MEMORY];
  return [
    ...['/bin/bash', '-c', PREPARE, 'prepare', '@layers@', launch.workspace, String(parts.processes), 'bwrap', ...NAMESPACES],
    ...['--ro-bind', '/', '/', '--proc', '/proc', '--dev', '/dev'],
    // Root without a capability still owns the kernel's settings: core_pattern would run a program outside.
    ...(parts.uid === 0 ? ['sys', 'sysrq-trigger', 'irq', 'bus', 'fs', 'acpi'] : []).flatMap((name) => [
      '--ro-bind-try',
      `/proc/${name}`,
      `/proc/${name}`,
    ]),
    ...operations.flatMap((operation, index) => words(operation, index, launch.scratch, hidden)),
    ...[
      '--ro-bind',
      file('init', INIT),
      '/run/alchemist/init',
      '--ro-bind',
      file('probe', `set -- ${quoted}\n${PROBE}`),
      '/run/alchemist/probe',
    ],
    ...['/dev', ...operations.flatMap((one) => (one.verb === 'hide' && one.mode === '0755' ? [one.path] : []))].flatMap((path) => [
      '--remount-ro',
      path,
    ]),
    ...(parts.uid === 0 ? ['--chdir', launch.workspace, '--', ...DROP] : ['--cap-drop', 'ALL', '--chdir', launch.workspace, '--']),
    ...['env', '-i', ...assignments, '/bin/bash', '/run/alchemist/init', launch.node, launch.toolhost],
  ];
}

/** The options of bwrap(1) for one operation. bwrap works them off in order. */
function words(operation: Operation, index: number, scratch: string, hidden: readonly string[]): string[] {
  const { verb, path } = operation;
  switch (verb) {
    case 'hide':
      return ['--perms', operation.mode, '--tmpfs', path];
    case 'throwaway':
      if (operation.name === 'workspace') return ['--bind', '@layers@/workspace', path];
      return operation.name === 'home' ? ['--perms', '0700', '--tmpfs', path, ...entries(path)] : [];
    case 'checkout':
      if (statSync(join(path, 'config'), { throwIfNoEntry: false })?.isFile() !== true) return [];
      return [
        '--ro-bind',
        operation.outside ? scratchFile(scratch, 'no-config', '') : '@layers@/workspace/.git/config',
        join(path, 'config'),
      ];
    case 'cover':
      return statSync(path).isDirectory()
        ? ['--perms', '0555', '--tmpfs', path, '--remount-ro', path]
        : ['--ro-bind', scratchFile(scratch, 'empty', ''), path];
    case 'replace':
      return ['--ro-bind', scratchFile(scratch, `shown-${index}`, operation.text), path];
    case 'show':
      return hidden.some((folder) => path.startsWith(`${folder}/`)) ? ['--ro-bind', path, path] : [];
    case 'socket':
      return ['--bind', operation.source, path];
  }
}

function entries(home: string): string[] {
  return readdirSync(home).flatMap((name) => {
    const path = join(home, name);
    const kind = lstatSync(path);
    if (kind.isSymbolicLink()) return ['--symlink', readlinkSync(path), path];
    return kind.isDirectory() || kind.isFile() ? ['--ro-bind-try', path, path] : [];
  });
}
