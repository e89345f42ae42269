import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process, so that another one on the same machine can tell whether it still lives. */
export type ProcessMark = Readonly<{
  /** Names machine, start of the machine and process namespace, without telling any of them. */
  machine: string;
  /** Process id, and where the system tells it the time of its start: ids are given again. */
  process: string;
}>;

/** The mark of this process. */
export function ownMark(): ProcessMark {
  const parts = [
    hostname(),
    orEmpty(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
    orEmpty(() => readlinkSync('/proc/self/ns/pid')),
  ];
  return { machine: createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16), process: nameOf(process.pid) };
}

/** True only where it is certain: the mark is of this machine, and no such process lives on it. */
export function isDead(mark: Partial<ProcessMark>): boolean {
  const id = Number(/^(\d+)/.exec(mark.process ?? '')?.[1]);
  if (!(id > 0) || mark.machine === undefined || mark.machine !== ownMark().machine) return false;
  return !lives(id) || nameOf(id) !== mark.process;
}

function lives(id: number): boolean {
  try {
    process.kill(id, 0);
    return statOf(id)?.state !== 'Z';
  } catch (error) {
    // Another user's process may not be signalled, and lives.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function nameOf(id: number): string {
  return [id, statOf(id)?.started].filter((part) => part !== undefined).join('/');
}

/** Of /proc/ID/stat (proc_pid_stat(5)): the name, in parentheses, may hold anything, so the fields are counted from behind it. */
function statOf(id: number): { state: string; started: string } | undefined {
  const fields = orEmpty(() => readFileSync(`/proc/${id}/stat`, 'utf8'))
    .replace(/^.*\)\s*/s, '')
    .split(' ');
  const [state, started] = [fields[0], fields[19]];
  return state === undefined || started === undefined ? undefined : { state, started };
}

function orEmpty(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
