import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One exchange with the model, in milliseconds of `performance.now()`. `answered`: when the last byte of the answer was handed on. */
export type Exchange = Readonly<{ path: string; body: string; asked: number; answered: number }>;

/** A proxy in front of the Messages API that notes when each request starts and each answer ends. */
export async function startClock(target: string): Promise<{ url: string; exchanges: Exchange[]; close(): void }> {
  const exchanges: Exchange[] = [];
  const server = createServer((request, response) => {
    const asked = performance.now();
    const chunks: Buffer[] = [];
    const upstream = forward(new URL(request.url ?? '/', target), { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      answer.on('end', () =>
        exchanges.push({ path: request.url ?? '/', body: Buffer.concat(chunks).toString(), asked, answered: performance.now() }),
      );
    });
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.pipe(upstream);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exchanges,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
