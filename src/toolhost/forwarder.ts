import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { once } from 'node:events';
import { pipeline } from 'node:stream';

/** Where the egress proxy is asked for inside the sandbox. */
const PROXY_PORT = 3128;

/**
 * The inner end of the egress proxy. The network namespace of the sandbox has nothing but its own loopback; the way out is one Unix socket
 * of the broker's. This listens where clients can be pointed at (`127.0.0.1:3128`) and, for the services of the job, at their usual ports,
 * and pipes to that socket. It decides nothing: who talks to the socket directly meets the same rules in the broker.
 *
 * Reads `ALCHEMIST_PROXY_SOCKET` and `ALCHEMIST_PROXY_FORWARDS` (ports, comma-separated); without the first it does nothing. A port that is
 * taken is left out.
 */
export async function startForwarder(environment: NodeJS.ProcessEnv): Promise<void> {
  const socket = environment['ALCHEMIST_PROXY_SOCKET'];
  if (socket === undefined || socket === '') return;
  const ports = (environment['ALCHEMIST_PROXY_FORWARDS'] ?? '')
    .split(',')
    .flatMap((word) => (/^\d{1,5}$/u.test(word) ? [Number(word)] : []));
  await Promise.all([
    listen(PROXY_PORT, (client) => join(client, connect(socket))),
    ...ports.map((port) => listen(port, (client) => forwardPort(client, socket, port))),
  ]);
}

async function listen(port: number, onConnection: (client: Socket) => void): Promise<void> {
  const server: Server = createServer({ allowHalfOpen: true }, onConnection);
  server.unref(); // the tool host ends with its stdin, whoever is still connected
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    server.close();
  }
}

function join(client: Socket, upstream: Socket): void {
  pipeline(client, upstream, client, () => undefined);
}

/** Asks the proxy for a tunnel to the port of the job's machine, then joins the two. */
function forwardPort(client: Socket, socket: string, port: number): void {
  const upstream = connect(socket);
  const give = () => {
    client.destroy();
    upstream.destroy();
  };
  client.on('error', give);
  upstream.on('error', give);
  upstream.write(`CONNECT localhost:${port} HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
  let head = Buffer.alloc(0);
  upstream.on('data', function read(piece: Buffer) {
    head = Buffer.concat([head, piece]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return head.length > 65_536 ? give() : undefined;
    upstream.off('data', read);
    upstream.pause();
    if (!head.toString('latin1', 0, 12).endsWith(' 200')) return give();
    upstream.unshift(head.subarray(end + 4));
    return join(client, upstream);
  });
}
