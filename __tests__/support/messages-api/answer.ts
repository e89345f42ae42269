import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type Anthropic from '@anthropic-ai/sdk';
import type { Fault } from './script.ts';
import { eventsOf, wireEvent } from './stream.ts';

export type RecordedRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** Length of the body. */
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  conversation?: string;
  index?: number;
  attempt?: number;
  /** HTTP status; 0 while there was none. */
  status: number;
  /** Why it was refused, when it was (faults of the script are not refusals). */
  refused?: string;
  /** Usage of the reply that was served whole. */
  usage?: Anthropic.Usage;
};

/** The API's error type of a status (its errors page). */
const ERROR_TYPES: Readonly<Record<number, [type: string, message: string]>> = {
  400: ['invalid_request_error', 'invalid request'],
  401: ['authentication_error', 'invalid x-api-key'],
  402: [
    'billing_error',
    'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
  ],
  403: ['permission_error', 'Your API key does not have permission to use the specified resource.'],
  404: ['not_found_error', 'Not found'],
  408: ['timeout_error', 'Request timed out'],
  409: ['conflict_error', 'Conflict'],
  413: ['invalid_request_error', 'Request exceeds the maximum allowed number of bytes.'],
  429: ['rate_limit_error', 'This request would exceed your rate limit.'],
  500: ['api_error', 'Internal server error'],
  504: ['timeout_error', 'Gateway timeout'],
  529: ['overloaded_error', 'Overloaded'],
};

/** One answer on the wire, and what is recorded of it. */
export class Answer {
  readonly record: RecordedRequest;
  readonly #response: ServerResponse;
  readonly #id: string;

  constructor(response: ServerResponse, record: RecordedRequest, id: string) {
    this.#response = response;
    this.record = record;
    this.#id = id;
  }

  text(status: number, text: string, type: string, headers: Readonly<Record<string, string>> = {}): void {
    this.record.status = status;
    this.#response.writeHead(status, { 'content-type': type, 'request-id': this.#id, ...headers }).end(text);
  }

  json(status: number, value: unknown, headers?: Readonly<Record<string, string>>): void {
    this.text(status, JSON.stringify(value), 'application/json', headers);
  }

  refuse(status: number, type: string, message: string, details?: object): void {
    this.record.refused = message;
    this.json(status, this.#error(type, message, details));
  }

  fault(fault: Extract<Fault, { kind: 'status' }>): void {
    if (fault.body !== undefined) return this.text(fault.status, fault.body, 'text/html', fault.headers);
    const [type, message] = ERROR_TYPES[fault.status] ?? ['api_error', 'Internal server error'];
    this.json(fault.status, this.#error(fault.type ?? type, fault.message ?? message, fault.details), fault.headers);
  }

  reset(): void {
    this.#response.socket?.resetAndDestroy();
  }

  async stream(message: Anthropic.Message, fault: Fault | undefined, pingsMs: number): Promise<void> {
    this.record.status = 200;
    const response = this.#response;
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', 'request-id': this.#id });
    const [first, ...rest] = eventsOf(message).map(wireEvent);
    const ping = wireEvent({ type: 'ping' });
    response.write(first);
    response.write(ping);
    for (const until = Date.now() + pingsMs; Date.now() < until; await wait(20)) response.write(ping);
    if (fault === undefined) return void response.end(rest.join(''));
    if (fault.kind === 'short_input') {
      const short = rest.filter((event, at) => !(event.includes('input_json_delta') && !rest[at + 1]?.includes('input_json_delta')));
      return void response.end(short.join(''));
    }
    if (fault.kind === 'no_stop') return void response.end(rest.slice(0, -1).join(''));
    response.write(rest.slice(0, Math.ceil(rest.length / 2)).join(''));
    if (fault.kind === 'stall') return;
    if (fault.kind === 'garbage') return void response.end('event: content_block_delta\ndata: {"type":"content_block_de\n\n');
    if (fault.kind === 'sse_error')
      return void response.end(wireEvent(this.#error(fault.type ?? 'overloaded_error', fault.message ?? 'Overloaded')));
    // Without the wait nothing was flushed, and the client sees a refused connection instead of a cut stream.
    await wait(60);
    response.destroy();
  }

  #error(type: string, message: string, details?: object): { type: string } {
    return { type: 'error', error: { type, message, ...(details && { details }) }, request_id: this.#id } as { type: string };
  }
}
