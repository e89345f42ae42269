import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyPatch } from './apply.ts';
import { blobOf, changesBetween, diffBetween } from './differences.ts';
import { editing } from './edit_file.ts';
import { startForwarder } from './forwarder.ts';
import { listFiles } from './list_files.ts';
import { overview } from './overview.ts';
import { placeOf, Refusal, relativePath } from './paths.ts';
import { probe } from './probe.ts';
import { killFamily } from './processes.ts';
import { readFile } from './read_file.ts';
import { run, running } from './run.ts';
import { search } from './search.ts';
import { seed } from './seed.ts';
import { sourcesOf } from './sources.ts';
import { open, start, type Opened } from './start.ts';
import { switchTo } from './switch.ts';
import { MAX_LINE, MAX_LOG, PROTOCOL, type Answer, type Method, type Wire } from './wire.ts';
import { requireFolder, type Workspace } from './workspace.ts';
import { writeFile } from './write_file.ts';

/**
 * The tool host: reads calls from stdin, one JSON object a line, and answers them on stdout (see `wire.ts`). Runs in the sandbox, with the
 * workspace as its working directory; it holds no secret. Calls run one after the other, a cancellation acts at once. It ends with
 * its stdin, and everything it started ends with it.
 */

type Call = { id: number; method: Method; params: unknown };
type Serve<M extends Method> = (params: Wire[M]['params'], signal: AbortSignal, log: (piece: string) => void) => Promise<Wire[M]['result']>;
type Service = { [M in Method]: Serve<M> };

const root = realpathSync(process.cwd());
const temp = mkdtempSync(join(realpathSync(tmpdir()), 'toolhost-'));
/** The number of no call. The opening is ended with the host like a call. */
const OPENING = -1;
const active = new Map<number, AbortController>();
let service: Service | null = null;
/** Begun at once: what `hello` asks is known when it comes. */
let opened = openWorkspace();
let queue: Promise<void> = Promise.resolve();

// Nothing but the protocol may reach stdout.
console.log = console.info = console.debug = console.error;
process.on('uncaughtException', (error) => console.error('tool host:', error));
process.on('unhandledRejection', (error) => console.error('tool host:', error));
for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, shutDown);
process.stdout.on('error', shutDown);
await startForwarder(process.env);
readLines();

function readLines(): void {
  let pieces: Buffer[] = [];
  let length = 0;
  process.stdin.on('data', (data: Buffer) => {
    let from = 0;
    for (let at = data.indexOf(10); at !== -1; at = data.indexOf(10, from)) {
      receive(Buffer.concat([...pieces, data.subarray(from, at)]).toString('utf8'));
      pieces = [];
      length = 0;
      from = at + 1;
    }
    pieces.push(data.subarray(from));
    length += data.length - from;
    if (length > MAX_LINE) {
      console.error(`tool host: a line of over ${MAX_LINE} bytes came in`);
      shutDown();
    }
  });
  process.stdin.on('end', shutDown);
  process.stdin.on('error', shutDown);
}

function receive(line: string): void {
  if (line.trim() === '') return;
  let message: unknown;
  try {
    message = JSON.parse(line);
  } catch {
    return console.error('tool host: a line that is no JSON came in');
  }
  if (typeof message !== 'object' || message === null) return;
  if ('cancel' in message) return active.get(Number(message.cancel))?.abort(new Error('The call was cancelled'));
  if (!('id' in message) || typeof message.id !== 'number' || !('method' in message)) return;
  const call = message as Call;
  const controller = new AbortController();
  active.set(call.id, controller);
  queue = queue.then(() => answer(call, controller.signal));
}

async function answer(call: Call, signal: AbortSignal): Promise<void> {
  let logged = 0;
  const log = (piece: string): void => {
    logged += Buffer.byteLength(piece);
    if (piece !== '' && logged <= MAX_LOG)
      for (let at = 0; at < piece.length; at += LOG_PIECE) send({ id: call.id, log: piece.slice(at, at + LOG_PIECE) });
  };
  try {
    signal.throwIfAborted();
    send({ id: call.id, result: await serve(call, signal, log) });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const text = error instanceof Refusal ? message : `${call.method} failed: ${message}`;
    if (TEXT_METHODS.has(call.method) && service !== null && !signal.aborted)
      send({ id: call.id, result: { text, is_error: true } satisfies Answer });
    else send({ id: call.id, error: message });
  } finally {
    active.delete(call.id);
  }
}

const LOG_PIECE = 1024 * 1024;
/** Methods that answer with text for the model, also when they fail. */
const TEXT_METHODS = new Set<string>(['read_file', 'list_files', 'search', 'edit_file', 'write_file']);

async function serve(call: Call, signal: AbortSignal, log: (piece: string) => void): Promise<unknown> {
  if (call.method === 'hello') return hello(call.params as Wire['hello']['params'], log);
  if (call.method === 'probe') return selfTest(call.params as Wire['probe']['params'], signal);
  if (service === null) throw new Error('The first call must be hello');
  if (!Object.hasOwn(service, call.method)) throw new Error(`The tool host has no method ${call.method}`);
  const method = service[call.method] as (params: unknown, signal: AbortSignal, log: (piece: string) => void) => Promise<unknown>;
  return method(call.params, signal, log);
}

function send(message: { id: number; result?: unknown; error?: string; log?: string }): void {
  const line = `${JSON.stringify(message)}\n`;
  if (Buffer.byteLength(line) <= MAX_LINE) return void process.stdout.write(line);
  process.stdout.write(`${JSON.stringify({ id: message.id, error: `The answer is over ${MAX_LINE} bytes; ask for less` })}\n`);
}

async function hello(
  { protocol, working_directory: working, restore }: Wire['hello']['params'],
  log: (piece: string) => void,
): Promise<Wire['hello']['result']> {
  if (protocol !== PROTOCOL)
    throw new Error(`This tool host speaks protocol ${PROTOCOL}, the broker ${protocol}: use bundles of the same version`);
  if (service !== null) throw new Error('hello was called before');
  const workingDirectory = relativePath(root, working);
  const workspace = await opened;
  // Without a checkout the files are still to come: then the overview looks.
  if (workspace.git.checkout?.head != null) requireFolder({ root, workingDirectory });
  const facts = await start(workspace, root, restore, log);
  service = services({ root, workingDirectory, temp, git: workspace.git, trees: workspace.trees });
  return facts;
}

function openWorkspace(): Promise<Opened> {
  const controller = new AbortController();
  active.set(OPENING, controller);
  const opening = open(root, temp, controller.signal).finally(() => active.delete(OPENING));
  opening.catch(() => undefined); // `hello` tells it.
  return opening;
}

/** Before `hello`, the workspace is looked at once more afterwards: the script is told not to touch it, and nothing here trusts that. */
async function selfTest(params: Wire['probe']['params'], signal: AbortSignal): Promise<Wire['probe']['result']> {
  const result = await probe(params, signal);
  if (service === null) opened = opened.catch(() => undefined).then(openWorkspace);
  return result;
}

function services(workspace: Workspace): Service {
  const { git, trees } = workspace;
  return {
    hello: async () => Promise.reject(new Error('hello was called before')),
    probe,
    overview: (params, signal) => overview(workspace, params, signal),
    read_file: (params) => readFile(workspace, params),
    list_files: (params, signal) => listFiles(workspace, params, signal),
    search: (params, signal) => search(workspace, params, signal),
    place: async ({ path }) => Promise.resolve(placeOf(root, path)),
    edit_file: editing(workspace),
    write_file: (params, signal) => writeFile(workspace, params, signal),
    run: (params, signal, log) => run(workspace, params, signal, log),
    tree: async ({ leave_out_new: leaveOutNew }, signal) => {
      const byProducts = leaveOutNew === true ? await trees.leaveOutNew(signal) : [];
      const tree = await trees.hash(signal);
      return { tree, left_out: [...byProducts, ...trees.unfit].slice(0, 1000) };
    },
    switch_to: (params, signal) => switchTo(workspace, params, signal),
    sources: (params, signal) => sourcesOf(git, params, signal),
    apply: (params, signal) => applyPatch(workspace, params, signal),
    changes: async ({ from, to }, signal) => ({ changes: await changesBetween(git, from, to, signal) }),
    diff: (params, signal) => diffBetween(git, params, signal),
    blob: (params, signal) => blobOf(git, params, signal),
    seed: async ({ entries }, signal) => ({ tree: await seed(git, root, temp, trees, entries, signal) }),
  };
}

function shutDown(): void {
  for (const family of running) killFamily(family);
  for (const controller of active.values()) controller.abort(new Error('The tool host is ending'));
  rmSync(temp, { recursive: true, force: true, maxRetries: 3 });
  process.exit(0);
}
