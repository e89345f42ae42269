import type { ServerResponse } from 'node:http';
import type { Answer } from './call.ts';
import { operations } from './schema.ts';
import type { Fault } from './state.ts';

/** Which operation of GitHub's description a request asks for, with its path parts decoded. */
export type Route = Readonly<{ id: string; params: Record<string, string> }>;

const ROUTES = Object.entries(operations).map(([id, { method, path }]) => {
  const parts = path.split(/\{(\w+)\}/);
  // The last part of a ref or a comparison may hold slashes, encoded or not.
  const pattern = parts
    .map((part, index) =>
      index % 2 === 0 ? escape(part) : part === 'ref' || part === 'basehead' || part === 'branch' ? '(.+)' : '([^/]+)',
    )
    .join('');
  return { id, method, pattern: new RegExp(`^${pattern}$`), names: parts.filter((_, index) => index % 2 === 1) };
});

export function routed(method: string, path: string): Route | undefined {
  for (const route of ROUTES) {
    const match = route.method === method ? route.pattern.exec(path) : null;
    if (match) return { id: route.id, params: Object.fromEntries(route.names.map((name, index) => [name, decode(match[index + 1]!)])) };
  }
  return undefined;
}

/** Octokit sends `heads%2Fa%2Fb`. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

export function parsed(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString());
  } catch {
    return { 'not JSON': body.toString() };
  }
}

export function send(response: ServerResponse, answer: Answer): void {
  const headers = { 'content-type': 'application/json; charset=utf-8', 'x-github-request-id': 'LOOP:BACK', ...answer.headers };
  if (answer.data === undefined) response.writeHead(answer.status, { ...answer.headers }).end();
  else response.writeHead(answer.status, headers).end(JSON.stringify(answer.data));
}

export function faulty(response: ServerResponse, fault: Fault): void {
  if (fault.reset) response.socket?.destroy();
  else if (fault.silent === 'half way')
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 }).write('{ "id": ');
  else if (fault.silent) return;
  else
    send(response, {
      status: fault.status!,
      data: fault.body ?? { message: 'Server Error' },
      ...(fault.headers && { headers: fault.headers }),
    });
}
