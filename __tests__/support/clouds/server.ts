import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32 } from 'node:zlib';
import type Anthropic from '@anthropic-ai/sdk';
import { eventsOf, wireEvent } from '../messages-api/stream.ts';

export type CloudRequest = Readonly<{ method: string; path: string; headers: IncomingHttpHeaders; text: string }>;
export type CloudServer = Readonly<{ url: string; requests: readonly CloudRequest[]; close(): Promise<void> }>;

/** A server on loopback whose routes are tried in order: the first whose pattern fits method and path answers; none is 404. */
export async function startCloud(
  routes: readonly (readonly [RegExp, (request: CloudRequest, response: ServerResponse) => void])[],
): Promise<CloudServer> {
  const requests: CloudRequest[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const request = {
        method: incoming.method ?? '',
        path: incoming.url ?? '',
        headers: incoming.headers,
        text: Buffer.concat(chunks).toString('utf8'),
      };
      requests.push(request);
      const route = routes.find(([pattern]) => pattern.test(`${request.method} ${request.path}`));
      if (route) route[1](request, response);
      else
        json(response, 404, { type: 'error', error: { type: 'not_found_error', message: `no route ${request.method} ${request.path}` } });
    });
  });
  await new Promise<void>((done, fail) => server.once('error', fail).listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((done, fail) => {
        server.close((error) => (error ? fail(error) : done()));
        server.closeAllConnections();
      }),
  };
}

export function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** A reply that says hello, as the Messages API states it. */
export const HELLO: Anthropic.Message = {
  id: 'msg_hello',
  type: 'message',
  role: 'assistant',
  model: 'claude-opus-5-5',
  container: null,
  content: [{ type: 'text', text: 'Hello from the cloud: naïve “quotes”, 漢字.', citations: null }],
  diagnostics: null,
  stop_details: null,
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: {
    cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 0 },
    cache_creation_input_tokens: 3,
    cache_read_input_tokens: 40,
    inference_geo: null,
    input_tokens: 12,
    output_tokens: 9,
    output_tokens_details: { thinking_tokens: 0 },
    server_tool_use: null,
    service_tier: 'standard',
    speed: 'standard',
  },
};

/** As server-sent events: Anthropic's own API, Vertex AI, Foundry. */
export function sayHello(_request: CloudRequest, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).end(eventsOf(HELLO).map(wireEvent).join(''));
}

/** As frames of `application/vnd.amazon.eventstream`: Bedrock. `cut` leaves the last event out. */
export function sayHelloInFrames(response: ServerResponse, cut = false): void {
  const events = eventsOf(HELLO);
  response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
  for (const event of cut ? events.slice(0, -2) : events) {
    const bytes = Buffer.from(JSON.stringify(event)).toString('base64');
    response.write(
      frame({ ':message-type': 'event', ':event-type': 'chunk', ':content-type': 'application/json' }, JSON.stringify({ bytes })),
    );
  }
  response.end();
}

/** An exception frame in the middle of Bedrock's stream. */
export function failInFrames(response: ServerResponse, type: string): void {
  response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
  response.end(
    frame(
      { ':message-type': 'exception', ':exception-type': type, ':content-type': 'application/json' },
      JSON.stringify({ message: 'Too many tokens' }),
    ),
  );
}

/** Lengths, their checksum, headers, payload, checksum over all. Source: https://smithy.io/2.0/aws/amazon-eventstream.html */
function frame(headers: Readonly<Record<string, string>>, payload: string): Buffer {
  const block = Buffer.concat(
    Object.entries(headers).flatMap(([name, value]) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(Buffer.byteLength(value));
      return [Buffer.from([name.length]), Buffer.from(name), Buffer.from([7]), length, Buffer.from(value)];
    }),
  );
  const body = Buffer.from(payload);
  const prelude = Buffer.alloc(8);
  prelude.writeUInt32BE(16 + block.length + body.length, 0);
  prelude.writeUInt32BE(block.length, 4);
  const checked = Buffer.concat([prelude, checksum(prelude), block, body]);
  return Buffer.concat([checked, checksum(checked)]);
}

function checksum(bytes: Buffer): Buffer {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum;
}

/** What a request's `authorization` must be, computed anew from what arrived. Source: AWS General Reference, "Create a signed AWS API request". */
export function signatureOf({ method, path, headers, text }: CloudRequest, secretKey: string): string {
  const parts = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=/.exec(
    headers.authorization ?? '',
  );
  if (!parts) return 'not signed';
  const [, id = '', day = '', region = '', service = '', names = ''] = parts;
  const [pathname = '', query = ''] = path.split('?');
  const canonical = [
    method,
    pathname.split('/').map(encodeURIComponent).join('/'),
    query,
    ...names.split(';').map((name) => `${name}:${String(headers[name]).trim()}`),
    '',
    names,
    createHash('sha256').update(text).digest('hex'),
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, createHash('sha256').update(canonical).digest('hex')].join('\n');
  const hmac = (key: string | Buffer, value: string): Buffer => createHmac('sha256', key).update(value).digest();
  const key = hmac(hmac(hmac(hmac(`AWS4${secretKey}`, day), region), service), 'aws4_request');
  return `AWS4-HMAC-SHA256 Credential=${id}/${scope}, SignedHeaders=${names}, Signature=${hmac(key, toSign).toString('hex')}`;
}
