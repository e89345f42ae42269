import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { KEEPER } from './keeper.ts';

/** The longest that building the sandbox and its self-test may take, in milliseconds. A workspace that must be copied takes its time. */
const PATIENCE = 60_000;

/** A program under the keeper: it dies with the broker, and when `release` is called. */
export type Kept = Readonly<{ child: ChildProcess; release(): void }>;

/**
 * Starts `command` under the keeper; the word `@layers@` in it stands for a folder that is removed when the command has ended.
 *
 * @param prefix what makes it root: `['sudo', '-n']`, or nothing
 * @param processes the most processes and threads inside
 */
export function keep(prefix: readonly string[], command: readonly string[], scratch: string, processes: number): Kept {
  mkdirSync(scratch, { recursive: true });
  const fifo = join(scratch, 'life');
  execFileSync('mkfifo', ['-m', '0600', fifo]);
  const life = openSync(fifo, 'r+');
  writeSync(life, 'alive\n');
  const [file, ...words] = [...prefix, '/bin/bash', '-c', KEEPER, 'keeper', fifo, String(processes), ...command] as [string, ...string[]];
  // Detached: a session of its own, so that nothing inside can reach the terminal of who runs this at one (TIOCSTI).
  const child = spawn(file, words, {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    cwd: '/',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
  });
  let released = false;
  const release = () => {
    if (!released) closeSync(life);
    released = true;
  };
  // A signal would not reach a program that sudo made root's, and would take the keeper before it has cleaned up.
  child.kill = () => {
    release();
    return true;
  };
  child.once('exit', release);
  child.once('error', release);
  child.stdin.on('error', () => undefined); // EPIPE: the exit is what tells
  return { child, release };
}

/** The probe's line, taken off the front of the child's output; what follows is the wire. Rejects with what the child said instead. */
export async function probeLine(kept: Kept, signal: AbortSignal): Promise<string> {
  const line = await firstLine(kept.child, PATIENCE, signal);
  if (!line.startsWith('alchemist-probe ')) throw new Error(`unexpected output: ${line.slice(0, 200)}`);
  return line;
}

/**
 * Takes the first line off a program's output and leaves the rest in the stream.
 *
 * @param patience milliseconds
 * @throws Error with what the program wrote to stderr, when it ends or the time is over before the line
 */
export async function firstLine(child: ChildProcess, patience: number, signal: AbortSignal): Promise<string> {
  const stdout = child.stdout as Readable;
  const complaint: Buffer[] = [];
  const listen = (piece: Buffer) => complaint.length < 16 && complaint.push(piece);
  child.stderr?.on('data', listen);
  const said = () => Buffer.concat(complaint).toString('utf8').trim().slice(0, 2000);
  const timeout = AbortSignal.timeout(patience);
  const done = new AbortController(); // takes the losers of the race below away
  const either = AbortSignal.any([signal, timeout, done.signal]);
  let collected = Buffer.alloc(0);
  try {
    for (;;) {
      const end = collected.indexOf(10);
      if (end >= 0) {
        stdout.unshift(collected.subarray(end + 1));
        return collected.subarray(0, end).toString('latin1');
      }
      if (collected.length > 131_072) throw new Error('its first line does not end');
      const piece = stdout.read() as Buffer | null;
      if (piece !== null) collected = Buffer.concat([collected, piece]);
      else if (stdout.readableEnded || stdout.destroyed)
        throw new Error(said() || `it ended (${child.exitCode ?? child.signalCode ?? 'no exit code'})`);
      else
        await Promise.race([once(stdout, 'readable', { signal: either }), once(stdout, 'end', { signal: either }), failed(child, either)]);
    }
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    if (timeout.aborted) throw new Error(`no answer within ${patience / 1000} s${said() && `: ${said()}`}`, { cause });
    throw cause;
  } finally {
    done.abort();
    child.stderr?.off('data', listen);
  }
}

async function failed(child: ChildProcess, signal: AbortSignal): Promise<never> {
  const [cause] = (await once(child, 'error', { signal })) as [Error];
  throw cause;
}

/** Ends a kept program: first by the end of its input, then, after `grace` milliseconds, by the keeper. Resolves when it is gone. */
export async function end(kept: Kept, grace = 2000): Promise<void> {
  const { child } = kept;
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return kept.release();
  const gone = once(child, 'exit');
  child.stdin?.end();
  const timer = setTimeout(() => kept.release(), grace);
  await gone;
  clearTimeout(timer);
}

/** Writes `text` into a new file of the scratch folder and answers its path. */
export function scratchFile(scratch: string, name: string, text: string): string {
  const path = join(scratch, name);
  writeFileSync(path, text, { mode: 0o644 });
  return path;
}
