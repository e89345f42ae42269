import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A running process as `/proc` shows it. `started` is in clock ticks since boot. */
export type Process = { pid: number; parent: number; group: number; state: string; name: string; started: number };

/** Name of the environment variable that marks what a command started, also where it left its session (`setsid`). */
export const MARKER = 'ALCHEMIST_CALL';

/** All processes seen here; empty on platforms without `/proc`. */
export function allProcesses(): Process[] {
  let names: string[];
  try {
    names = readdirSync('/proc');
  } catch {
    return [];
  }
  return names.filter((name) => /^\d+$/.test(name)).flatMap((name) => processOf(Number(name)) ?? []);
}

function processOf(pid: number): Process | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const end = text.lastIndexOf(')');
    const fields = text.slice(end + 2).split(' ');
    const name = text.slice(text.indexOf('(') + 1, end);
    return { pid, name, state: fields[0] ?? '', parent: Number(fields[1]), group: Number(fields[2]), started: Number(fields[19]) };
  } catch {
    return undefined; // It ended meanwhile.
  }
}

/** What belongs to one call, and how it is told from everything else. */
export type Family = {
  /** Value of `MARKER`. */
  mark: string;
  /** Process group of the command. */
  group: number;
  /** Members seen before, by pid: their children are members even when they cleared their environment. */
  seen: Map<number, number>;
  /** Root of the workspace: an orphan born during the call that works there is a member. */
  root: string;
  /** Clock ticks since boot at the start of the call. */
  since: number;
};

/**
 * Living members of a call's family: in its group, marked, below a member, or orphaned in the workspace since the call began. The
 * host itself and what was there before never belong to it.
 */
export function membersOf(family: Family): Process[] {
  const all = allProcesses().filter(({ pid, started }) => pid !== process.pid && started >= family.since);
  const members = new Map<number, Process>();
  for (const each of all) {
    const known = family.seen.get(each.pid) === each.started || each.group === family.group;
    if (known || isMarked(each.pid, family.mark) || isOrphanIn(each, family.root)) members.set(each.pid, each);
  }
  for (let grown = true; grown;) {
    grown = false;
    for (const each of all) {
      if (members.has(each.pid) || !members.has(each.parent)) continue;
      members.set(each.pid, each);
      grown = true;
    }
  }
  for (const each of members.values()) family.seen.set(each.pid, each.started);
  return [...members.values()].filter(({ state }) => state !== 'Z' && state !== 'X');
}

function isMarked(pid: number, mark: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`${MARKER}=${mark}`);
  } catch {
    return false;
  }
}

function isOrphanIn({ pid, parent }: Process, root: string): boolean {
  // As process 1 of its own namespace the host is the only one who can have started anything.
  if (process.pid === 1) return true;
  if (parent !== 1) return false;
  try {
    const folder = readlinkSync(`/proc/${pid}/cwd`);
    return folder === root || folder.startsWith(`${root}/`);
  } catch {
    return false;
  }
}

/** When a process started, in clock ticks since boot; `null` when it is gone or cannot be told. */
export const startOf = (pid: number): number | null => processOf(pid)?.started ?? null;

/** The command line, for naming a survivor. */
export function commandLine({ pid, name }: Process): string {
  try {
    const text = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return `${text === '' ? name : text.slice(0, 120)} (pid ${pid})`;
  } catch {
    return `${name} (pid ${pid})`;
  }
}

/** Sends a signal to the group and every member. Never throws. */
export function signalFamily(family: Family, signal: NodeJS.Signals): Process[] {
  trySignal(-family.group, signal);
  const members = membersOf(family);
  for (const { pid } of members) trySignal(pid, signal);
  return members;
}

/** Kills all of a family, also one that forks faster than it is killed: each round stops what it sees before it kills it. */
export function killFamily(family: Family): void {
  trySignal(-family.group, 'SIGKILL');
  for (let round = 0; round < 50; round++) {
    const members = membersOf(family);
    if (members.length === 0) return;
    for (const { pid } of members) trySignal(pid, 'SIGSTOP');
    for (const { pid } of members) trySignal(pid, 'SIGKILL');
  }
}

export function trySignal(pid: number, signal: NodeJS.Signals): void {
  if (Math.abs(pid) <= 1) return; // Zero is our own group, -1 everybody.
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}
