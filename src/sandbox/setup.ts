import type { Parts } from './isolated.ts';
import { mountPlan } from './mounts.ts';
import type { Operation } from './mounts.ts';
import { INIT, SETUP } from './scripts.ts';
import { PROBE } from './probe.ts';
import { scratchFile } from './start.ts';

/** Mount, PID, network, IPC and UTS namespaces; killed with the keeper. Options of unshare(1). */
export const NAMESPACES: readonly string[] = ['--mount', '--pid', '--net', '--ipc', '--uts', '--fork', '--kill-child'];

/** The command line of the setup program: see `SETUP`. */
export function setup(parts: Parts, inUserNamespace: boolean): string[] {
  const { launch, environment, home, uid, gid, processes, proxySocket, variables, probe } = parts;
  const operations = mountPlan(launch, environment, home, proxySocket).flatMap((operation, index) =>
    words(operation, launch.scratch, index),
  );
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return [
    ...[
      '/bin/bash',
      '-c',
      SETUP,
      'setup',
      '@layers@',
      String(uid),
      String(gid),
      inUserNamespace ? 'yes' : 'no',
      String(processes),
      launch.workspace,
      INIT,
      PROBE,
    ],
    ...[String(operations.length / 3), ...operations],
    ...[String(assignments.length), ...assignments],
    ...[String(probe.length), ...probe],
    ...[launch.node, launch.toolhost],
  ];
}

function words(operation: Operation, scratch: string, index: number): [string, string, string] {
  const { verb, path } = operation;
  switch (verb) {
    case 'hide':
      return [verb, path, operation.mode];
    case 'throwaway':
      return [verb, path, operation.name];
    case 'replace':
      return [verb, path, scratchFile(scratch, `shown-${index}`, operation.text)];
    case 'socket':
      return [verb, path, operation.source];
    default:
      return [verb, path, ''];
  }
}
