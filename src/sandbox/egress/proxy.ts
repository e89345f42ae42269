import { lookup as dnsLookup } from 'node:dns/promises';
import { chmodSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, Server, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream';
import { isPublicAddress } from './addresses.ts';
import { messageOf } from '../words.ts';
import { judgeHost } from './rules.ts';
import type { Rules } from './rules.ts';

/** All addresses of a name. */
export type Lookup = (name: string) => Promise<readonly { address: string }[]>;

export type ProxyOptions = Readonly<{
  rules: Rules;
  /** Path of the Unix socket to listen on; at most 107 bytes. */
  socket: string;
  /** Told of each refusal, with the host as `name:port`. */
  onRefusal?: ((host: string, reason: string) => void) | undefined;
  lookup?: Lookup;
  /** Whether an address may be dialled. Given by tests whose far side is on loopback. */
  mayDial?: (address: string) => boolean;
}>;

export type Proxy = Readonly<{ close(): Promise<void> }>;

/** How long a connection may take to open, and to say nothing, in milliseconds. */
const CONNECT_TIMEOUT = 20_000;
const IDLE_TIMEOUT = 300_000;
/** More at once are refused: the broker's descriptors are not the model's to use up. */
const MOST_CONNECTIONS = 256;

/** Headers that belong to one connection (RFC 9110, 7.6.1). */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

class Refusal extends Error {}

/**
 * The only way out of the sandbox: an HTTP proxy (CONNECT, and absolute URLs of plain HTTP) on a Unix socket of the broker's. A name is
 * judged, then resolved once, here; every address it has must be public (else a name of the attacker's could lead inside), and one of
 * those addresses is dialled, so that a second answer of the DNS (rebinding) is never asked for.
 */
export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  const server: Server = createServer({ maxHeaderSize: 65_536 });
  const sockets = new Set<Duplex>();
  const track = <Stream extends Duplex>(stream: Stream): Stream => {
    sockets.add(stream);
    stream.once('close', () => sockets.delete(stream));
    return stream;
  };
  server.maxConnections = MOST_CONNECTIONS;
  server.on('connection', track);
  server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) => void tunnel(options, request, client, head, track));
  server.on('request', (request: IncomingMessage, response: ServerResponse) => void forward(options, request, response));
  server.on('clientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.socket, resolve);
  });
  chmodSync(options.socket, 0o600);
  return {
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function tunnel(
  options: ProxyOptions,
  request: IncomingMessage,
  client: Duplex,
  head: Buffer,
  track: (socket: Socket) => Socket,
): Promise<void> {
  client.on('error', () => client.destroy());
  try {
    const [host, port] = hostAndPort(request.url ?? '');
    const upstream = track(await dial(options, host, port));
    upstream.on('error', () => client.destroy());
    if (client.destroyed) return void upstream.destroy();
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (head.length > 0) upstream.write(head);
    pipeline(client, upstream, client, () => undefined);
  } catch (error) {
    const { status, text } = answer(error);
    client.end(
      `HTTP/1.1 ${status}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`,
    );
  }
}

async function forward(options: ProxyOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.on('error', () => response.destroy());
  try {
    const url = URL.canParse(request.url ?? '') ? new URL(request.url ?? '') : undefined;
    if (url?.protocol !== 'http:') throw new Refusal('this is a proxy; ask for an absolute http:// URL or CONNECT');
    const upstream = await dial(options, url.hostname.replace(/^\[|\]$/gu, ''), Number(url.port || 80));
    const headers: OutgoingHttpHeaders = { ...withoutHop(request.headers), host: url.host, connection: 'close' };
    const onward = httpRequest({ createConnection: () => upstream, method: request.method, path: `${url.pathname}${url.search}`, headers });
    onward.on('response', (reply) => {
      response.writeHead(reply.statusCode ?? 502, withoutHop(reply.headers));
      pipeline(reply, response, () => undefined);
    });
    onward.on('error', (error) => refuse(response, error));
    pipeline(request, onward, () => undefined);
  } catch (error) {
    refuse(response, error);
  }
}

function withoutHop(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));
}

function refuse(response: ServerResponse, error: unknown): void {
  const { code, text } = answer(error);
  if (response.headersSent) return void response.destroy();
  response.writeHead(code, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).end(text);
}

/** A refusal tells its reason, to be read by the model in its tool's output; a failure tells no more than that. */
function answer(error: unknown): { code: number; status: string; text: string } {
  if (error instanceof Refusal)
    return { code: 403, status: '403 Refused by the sandbox', text: `Refused by the sandbox: ${error.message}.\n` };
  return { code: 502, status: '502 Bad Gateway', text: `The host could not be reached: ${messageOf(error)}.\n` };
}

/** A connection to the host, if the rules and its addresses allow. */
async function dial(options: ProxyOptions, host: string, port: number): Promise<Socket> {
  const refused = (reason: string): Refusal => {
    options.onRefusal?.(`${host}:${port}`, reason);
    return new Refusal(`${host}:${port}: ${reason}`);
  };
  const verdict = judgeHost(options.rules, host, port);
  if (verdict.kind === 'refused') throw refused(verdict.reason);
  if (verdict.kind === 'local') return open(['127.0.0.1', '::1'], port);
  const lookup = options.lookup ?? ((name: string) => dnsLookup(name, { all: true, order: 'verbatim' }));
  const addresses = (await lookup(host)).map(({ address }) => address);
  const inward = addresses.find((address) => !(options.mayDial ?? isPublicAddress)(address));
  if (inward !== undefined) throw refused(`its address ${inward} is not a public one`);
  return open(addresses, port);
}

/** The first of the addresses that answers. */
async function open(addresses: readonly string[], port: number): Promise<Socket> {
  let last: unknown = new Error('the name has no address');
  for (const address of addresses) {
    try {
      return await openOne(address, port);
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

function openOne(address: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port });
    const timer = setTimeout(() => socket.destroy(new Error(`no answer within ${CONNECT_TIMEOUT / 1000} s`)), CONNECT_TIMEOUT);
    socket.once('error', reject);
    socket.once('close', () => clearTimeout(timer));
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', reject);
      socket.on('error', () => socket.destroy());
      socket.setTimeout(IDLE_TIMEOUT, () => socket.destroy());
      resolve(socket);
    });
  });
}

/** `name:port` or `[address]:port` of a CONNECT request. */
function hostAndPort(target: string): [string, number] {
  const parts = /^(?:\[([0-9a-f:.]+)\]|([^:/?#@\s]+)):(\d{1,5})$/iu.exec(target);
  const host = parts?.[1] ?? parts?.[2];
  if (host === undefined) throw new Refusal('CONNECT needs name:port');
  return [host, Number(parts?.[3])];
}
