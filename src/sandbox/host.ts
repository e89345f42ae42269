import type { ChildProcess } from 'node:child_process';
import { answerProblem } from './answers.ts';
import type { Launched } from './launcher.ts';
import { MAX_LINE, MAX_LOG, type Host, type Method, type Wire } from '../toolhost/wire.ts';

/** How long a cancelled call may take to answer: a command has 5 s between SIGTERM and SIGKILL. */
const CANCEL_MS = 8000;
const CLOSE_MS = 3000;
const MAX_STDERR = 8 * 1024;

type Pending = {
  method: Method;
  resolve: (result: never) => void;
  reject: (error: Error) => void;
  log: ((piece: string) => void) | undefined;
  logged: number;
};

/**
 * Speaks with a started tool host over its stdin and stdout. What comes back is hostile input: a line that is too long or not of the
 * protocol kills the host, an answer of the wrong shape is an error. When the host dies, every open call is rejected with its exit
 * code and last words.
 */
export function connectHost({ child, close: closeLauncher }: Launched): Host {
  const calls = new Map<number, Pending>();
  let lastId = 0;
  let dead: Error | null = null;
  let lastWords = '';

  const die = (error: Error): void => {
    dead ??= error;
    for (const [id, call] of calls) {
      calls.delete(id);
      call.reject(dead);
    }
  };
  const breach = (what: string): void => {
    die(new Error(`The tool host broke the protocol: ${what}. It was ended.`));
    child.kill('SIGKILL');
  };

  child.stderr?.on('data', (piece: Buffer) => (lastWords = (lastWords + piece.toString('utf8')).slice(-MAX_STDERR)));
  child.stdin?.on('error', () => undefined);
  child.on('error', (error) => die(new Error(`The tool host could not be started: ${error.message}`, { cause: error })));
  child.on('exit', (code, signal) => setImmediate(() => die(new Error(deathText(code, signal, lastWords)))));
  readLines(child, (line) => receive(line, calls, breach), breach);

  const call: Host['call'] = (method, params, signal, log) => {
    if (signal.aborted) return Promise.reject(reasonOf(signal));
    if (dead !== null) return Promise.reject(dead);
    const id = ++lastId;
    const line = `${JSON.stringify({ id, method, params })}\n`;
    if (Buffer.byteLength(line) > MAX_LINE)
      return Promise.reject(new Error(`The call of ${method} is over ${MAX_LINE} bytes; send less at once`));
    const answer = new Promise<Wire[typeof method]['result']>((resolve, reject) =>
      calls.set(id, { method, resolve, reject, log, logged: 0 }),
    );
    child.stdin?.write(line);
    return orCancelled(answer, signal, id, child, calls);
  };
  return { call, close: () => close(child, closeLauncher) };
}

const reasonOf = (signal: AbortSignal): Error => (signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)));

/** Asks the host to stop the call and gives it a bounded time to do so; then the call ends with the signal's reason either way. */
async function orCancelled<T>(
  answer: Promise<T>,
  signal: AbortSignal,
  id: number,
  child: ChildProcess,
  calls: Map<number, Pending>,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let listener: (() => void) | undefined;
  const cancelled = new Promise<never>((_, reject) => {
    listener = (): void => {
      child.stdin?.write(`${JSON.stringify({ cancel: id })}\n`);
      timer = setTimeout(() => reject(reasonOf(signal)), CANCEL_MS);
    };
    signal.addEventListener('abort', listener, { once: true });
  });
  try {
    const result = await Promise.race([answer, cancelled]);
    if (signal.aborted) throw reasonOf(signal);
    return result;
  } catch (error) {
    throw signal.aborted ? reasonOf(signal) : error;
  } finally {
    answer.catch(() => undefined);
    clearTimeout(timer);
    if (listener !== undefined) signal.removeEventListener('abort', listener);
    calls.delete(id);
  }
}

function readLines(child: ChildProcess, take: (line: string) => void, breach: (what: string) => void): void {
  let pieces: Buffer[] = [];
  let length = 0;
  let stopped = false;
  child.stdout?.on('data', (data: Buffer) => {
    if (stopped) return;
    let from = 0;
    for (let at = data.indexOf(10); at !== -1; at = data.indexOf(10, from)) {
      const line = Buffer.concat([...pieces, data.subarray(from, at)]);
      if (line.length > MAX_LINE) return stop();
      take(line.toString('utf8'));
      pieces = [];
      length = 0;
      from = at + 1;
    }
    pieces.push(data.subarray(from));
    length += data.length - from;
    if (length > MAX_LINE) stop();
  });
  const stop = (): void => {
    stopped = true;
    pieces = [];
    breach(`a line of over ${MAX_LINE} bytes`);
  };
}

/** One line of the host's. Answers to calls that nobody waits for any more (cancelled ones) are dropped. */
function receive(line: string, calls: Map<number, Pending>, breach: (what: string) => void): void {
  let message: unknown;
  try {
    message = JSON.parse(line);
  } catch {
    return breach(`a line that is no JSON: ${line.slice(0, 100)}`);
  }
  if (typeof message !== 'object' || message === null || !('id' in message) || typeof message.id !== 'number')
    return breach('a message without an id');
  const call = calls.get(message.id);
  if ('log' in message && typeof message.log === 'string') {
    if (call === undefined) return;
    call.logged += message.log.length;
    if (call.logged <= MAX_LOG) call.log?.(message.log);
    return;
  }
  if ('error' in message && typeof message.error === 'string') {
    calls.delete(message.id);
    return call?.reject(new Error(message.error.slice(0, 4000)));
  }
  if (!('result' in message)) return breach('a message that is no log, result or error');
  if (call === undefined) return;
  const problem = answerProblem(call.method, message.result);
  if (problem !== null) return breach(`the answer of ${call.method} has a wrong shape (${problem})`);
  calls.delete(message.id);
  call.resolve(message.result as never);
}

function deathText(code: number | null, signal: string | null, lastWords: string): string {
  const how = code === null ? `was ended by ${signal ?? 'a signal'}` : `ended with exit code ${code}`;
  const words = lastWords.trim().split('\n').slice(-8).join('\n');
  return `The tool host ${how}${words === '' ? '' : `. Its last words:\n${words}`}`;
}

async function close(child: ChildProcess, closeLauncher: () => Promise<void>): Promise<void> {
  // Without a pid it never started, and no exit will come.
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.stdin?.end();
    const timer = setTimeout(() => child.kill('SIGKILL'), CLOSE_MS);
    await exit;
    clearTimeout(timer);
  }
  await closeLauncher();
}
