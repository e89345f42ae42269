import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname } from 'node:path';

/**
 * Smart HTTP by `git http-backend`, for cloning and fetching. `path` is what follows the repository's name (`/info/refs`, `/git-upload-pack`).
 * Pushing is refused: the product writes by the Git Data API alone.
 */
export function serveGit(
  directory: string,
  path: string,
  query: string,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<number> {
  if (query.includes('git-receive-pack') || path === '/git-receive-pack') {
    response.writeHead(403, { 'content-type': 'text/plain' }).end('Write access to repository not granted.');
    return Promise.resolve(403);
  }
  const backend = spawn('git', ['http-backend'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {
      PATH: process.env['PATH'] ?? '',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_PROJECT_ROOT: dirname(directory),
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: `/repository.git${path}`,
      QUERY_STRING: query,
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      CONTENT_LENGTH: String(body.length),
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    },
  });
  backend.stdin.on('error', () => undefined);
  backend.stdin.end(body);
  const chunks: Buffer[] = [];
  backend.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => {
    backend.on('close', () => {
      resolve(answer(Buffer.concat(chunks), response));
    });
  });
}

/** A CGI answer: header lines, an empty line, the content. */
function answer(output: Buffer, response: ServerResponse): number {
  const split = output.indexOf('\r\n\r\n');
  if (split < 0) {
    response.writeHead(500).end();
    return 500;
  }
  const headers = output
    .subarray(0, split)
    .toString()
    .split('\r\n')
    .map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]);
  const status = Number(headers.find(([name]) => name === 'Status')?.[1]?.slice(0, 3) ?? 200);
  response.writeHead(status, Object.fromEntries(headers.filter(([name]) => name !== 'Status'))).end(output.subarray(split + 4));
  return status;
}
