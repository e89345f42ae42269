import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, constants, existsSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { capture } from './capture.ts';
import { randomName } from './files.ts';
import { excerpt } from './output.ts';
import { allProcesses, commandLine, killFamily, MARKER, membersOf, signalFamily, startOf, trySignal, type Family } from './processes.ts';
import { MAX_LOG, type CommandResult, type Wire } from './wire.ts';
import type { Workspace } from './workspace.ts';

const GRACE_MS = 5000;
/** A helper of a pipeline may outlive the shell for a moment; what is still there after this is a survivor. */
const LINGER_MS = 200;
const MAX_SECONDS = 3600;
const MAX_PROCESSES = 1500;
const WATCH_MS = 200;
const MAX_ARGUMENT = 100 * 1024;

/** Families of the commands that run now: ended with the host. */
export const running = new Set<Family>();

/**
 * One fresh `bash -c` in the working directory: no input, own session. At the time-out or the signal: SIGTERM to all it started, five
 * seconds later SIGKILL. Whatever it leaves behind is named and ended. Never throws for a failing command.
 */
export async function run(
  workspace: Workspace,
  params: Wire['run']['params'],
  signal: AbortSignal,
  log: (piece: string) => void,
): Promise<CommandResult> {
  const began = Date.now();
  const wrong = await syntaxProblem(workspace, params.command, signal);
  if (wrong !== null)
    return { exit_code: 2, signal: null, timed_out: false, duration_ms: Date.now() - began, output: wrong, bytes: 0, survivors: [] };
  const folder = join(workspace.root, workspace.workingDirectory);
  if (!existsSync(folder))
    return {
      exit_code: 127,
      signal: null,
      timed_out: false,
      duration_ms: 0,
      output: `The command was not run: the working directory ${folder} does not exist any more.`,
      bytes: 0,
      survivors: [],
    };
  const output = collect(params.head_bytes, params.tail_bytes, log);
  const pipe = await openPipe(workspace.temp, output.push);
  const started = start(workspace, params.command, pipe.writeEnd);
  pipe.started();
  workspace.trees.anythingChanged();
  const ended = await watch(started, Math.min(Math.max(params.timeout_s, 1), MAX_SECONDS) * 1000, signal);
  const survivors = await endSurvivors(started.family);
  await pipe.end();
  running.delete(started.family);
  rmSync(started.script ?? '', { force: true });
  workspace.trees.anythingChanged();
  const text = output.end();
  const flood = ended.flood ? `\n[ended: it had started over ${MAX_PROCESSES} processes]` : '';
  return {
    exit_code: ended.code,
    signal: ended.signal,
    timed_out: ended.timedOut,
    duration_ms: Date.now() - began,
    output: text + flood,
    bytes: output.bytes(),
    survivors,
  };
}

/** Told before anything runs: half of a script with a syntax error would run otherwise. */
async function syntaxProblem(workspace: Workspace, command: string, signal: AbortSignal): Promise<string | null> {
  if (command.includes('\0')) return 'The command was not run: it holds a NUL byte.';
  const answer = await capture('bash', ['-O', 'extglob', '-n'], {
    cwd: workspace.temp,
    env: childEnvironment(),
    input: command,
    signal,
    timeoutMs: 5000,
  });
  if (answer.code === 0 || answer.code === null) return null;
  return `The command was not run: bash finds a syntax error in it.\n${answer.stderr.trim().slice(0, 2000)}`;
}

/** The host's own environment, which the launcher built from an allowlist, and what keeps programs from asking or paging. */
function childEnvironment(extra: Record<string, string> = {}): Record<string, string> {
  const own = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || name === 'NODE_OPTIONS' ? [] : [[name, value] as const],
  );
  return {
    ...Object.fromEntries(own),
    CI: '1',
    PAGER: 'cat',
    GIT_PAGER: 'cat',
    MANPAGER: 'cat',
    LESS: '-FRX',
    GIT_TERMINAL_PROMPT: '0',
    GIT_EDITOR: 'true',
    EDITOR: 'true',
    VISUAL: 'true',
    DEBIAN_FRONTEND: 'noninteractive',
    NO_COLOR: '1',
    TERM: 'dumb',
    PYTHONUNBUFFERED: '1',
    ...extra,
  };
}

type Started = { child: ChildProcess; family: Family; script: string | null };

/** No core files; a process cap where the user is not root (root is not bound by it: `watch` counts). */
const PRELUDE = `ulimit -c 0; [ "$(id -u)" = 0 ] || ulimit -u 4096 2>/dev/null; `;

function start(workspace: Workspace, command: string, writeEnd: number): Started {
  const mark = randomName(12);
  const script = Buffer.byteLength(command) > MAX_ARGUMENT ? join(workspace.temp, `command-${mark}.sh`) : null;
  if (script !== null) writeFileSync(script, command);
  const args =
    script === null ? ['-c', `${PRELUDE}exec bash -c "$1"`, 'bash', command] : ['-c', `${PRELUDE}exec bash "$1"`, 'bash', script];
  const child = spawn('bash', args, {
    cwd: join(workspace.root, workspace.workingDirectory),
    env: childEnvironment({ [MARKER]: mark }),
    stdio: ['ignore', writeEnd, writeEnd],
    detached: true,
  });
  const pid = child.pid ?? 0;
  const family: Family = { mark, group: pid, seen: new Map(), root: workspace.root, since: startOf(pid) ?? Number.MAX_SAFE_INTEGER };
  running.add(family);
  return { child, family, script };
}

type Ended = { code: number | null; signal: string | null; timedOut: boolean; flood: boolean };

/** Waits for the shell. A cancelled call ends like a timed-out one. */
async function watch({ child, family }: Started, timeoutMs: number, signal: AbortSignal): Promise<Ended> {
  let timedOut = false;
  let flood = false;
  const timers: NodeJS.Timeout[] = [];
  const end = (): void => {
    signalFamily(family, 'SIGTERM');
    // A stopped process acts on SIGTERM only once it goes on.
    signalFamily(family, 'SIGCONT');
    timers.push(setTimeout(() => killFamily(family), GRACE_MS));
  };
  timers.push(setTimeout(() => ((timedOut = true), end()), timeoutMs));
  const before = allProcesses().length;
  const watcher = setInterval(() => {
    if (flood || allProcesses().length - before < MAX_PROCESSES || membersOf(family).length < MAX_PROCESSES)
      return void (allProcesses().length < 400 && membersOf(family));
    flood = true;
    killFamily(family);
  }, WATCH_MS);
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  const result = await new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.on('error', () => resolve({ code: 127, signal: null }));
    child.on('exit', (code, by) => resolve({ code, signal: by }));
  });
  // The shell may be gone while what it started ignores SIGTERM: the same five seconds hold for the rest.
  const deadline = Date.now() + GRACE_MS;
  while ((timedOut || signal.aborted) && !flood && Date.now() < deadline && membersOf(family).length > 0) await pause(50);
  if (timedOut || signal.aborted) killFamily(family);
  clearInterval(watcher);
  for (const timer of timers) clearTimeout(timer);
  signal.removeEventListener('abort', end);
  return { ...result, timedOut, flood };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function endSurvivors(family: Family): Promise<string[]> {
  const lingerUntil = Date.now() + LINGER_MS;
  while (membersOf(family).length > 0 && Date.now() < lingerUntil) await pause(20);
  const survivors = membersOf(family).map(commandLine);
  if (survivors.length === 0) {
    trySignal(-family.group, 'SIGKILL');
    return [];
  }
  signalFamily(family, 'SIGTERM');
  const until = Date.now() + 1000;
  while (membersOf(family).length > 0 && Date.now() < until) await pause(20);
  killFamily(family);
  return survivors.slice(0, 20);
}

type Pipe = { writeEnd: number; started(): void; end(): Promise<void> };

/**
 * A real pipe for both streams, so that they come in their true order and `> /dev/stderr` works (Node's own pipes are sockets, which
 * cannot be opened by that name).
 */
async function openPipe(temp: string, push: (piece: Buffer) => void): Promise<Pipe> {
  const path = join(temp, `output-${randomName(6)}`);
  await promisify(execFile)('mkfifo', ['-m', '600', path]);
  const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writeEnd = openSync(path, constants.O_WRONLY);
  rmSync(path);
  const socket = new Socket({ fd: readEnd, readable: true, writable: false });
  socket.on('data', push);
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  return {
    writeEnd,
    started: () => closeSync(writeEnd),
    end: async () => {
      // Everything that could write is gone; a stranger that holds the pipe is not waited for.
      await Promise.race([closed, pause(1000)]);
      socket.destroy();
    },
  };
}

type Collected = { push: (piece: Buffer) => void; end: () => string; bytes: () => number };

function collect(headBytes: number, tailBytes: number, log: (piece: string) => void): Collected {
  const shown = excerpt(headBytes, tailBytes);
  const decoder = new TextDecoder('utf-8');
  const push = (piece: Buffer): void => {
    shown.push(piece);
    if (shown.bytes() <= MAX_LOG) log(decoder.decode(piece, { stream: true }));
  };
  return { push, end: () => shown.text(), bytes: () => shown.bytes() };
}
