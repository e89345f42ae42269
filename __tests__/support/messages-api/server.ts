import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type Anthropic from '@anthropic-ai/sdk';
import { Answer, type RecordedRequest } from './answer.ts';
import { asksForSummary, compactionRefusal, hasBeta, startsWithSummary, summaryMessage } from './compaction.ts';
import { History, signature, thinkingRefusal } from './history.ts';
import { KNOWN_MODELS, modelInfo, withCompaction } from './models.ts';
import { digest, normalised } from './prefix.ts';
import { refusal } from './rules.ts';
import { schemaFaults } from './schema.ts';
import { faultOf, turnOf, type Ask, type MessagesRequest, type Script, type ScriptBlock, type Turn } from './script.ts';
import { eventsOf } from './stream.ts';
import { PrefixCache, tokensOf } from './usage.ts';

export { capabilities, modelInfo } from './models.ts';
export type { RecordedRequest } from './answer.ts';
export type { Ask, Fault, MessagesRequest, Script, ScriptBlock, Turn } from './script.ts';

export type MessagesApiOptions = Readonly<{
  turns: Script;
  /** The one key that is let in. Default: any that is not empty. */
  apiKey?: string;
  /** Which conversation a request belongs to. Default: `review` where it asks for structured output, else `work`. */
  classify?: (request: MessagesRequest) => string;
  /** What the Models API knows, by id. `silent`: a server that has no Models API and takes any model. Default: current models. */
  models?: Readonly<Record<string, Anthropic.ModelInfo>> | 'silent';
  /** Models that summarise a conversation on demand. Default: all. */
  summaries?: (model: string) => boolean;
  /** Tokens below which a prefix is not cached. Default 1,024. */
  smallestCachedPrefix?: number;
  /** Port on 127.0.0.1. Default: any free one. */
  port?: number;
}>;

export type MessagesApi = Readonly<{
  /** Base URL without a slash at the end, e.g. `http://127.0.0.1:4711`. */
  url: string;
  requests: readonly RecordedRequest[];
  close(): Promise<void>;
}>;

/** Versions of the API (its versioning page). */
const VERSIONS = ['2023-06-01', '2026-10-21'];

/** A stand-in for the Messages and Models API on loopback. It refuses what the API refuses; see `rules.ts` and `history.ts`. */
export async function startMessagesApi(options: MessagesApiOptions): Promise<MessagesApi> {
  const api = new Api(options);
  const server = createServer((request, response) => {
    api.handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(`messages-api: ${String(error)}`);
    });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests: api.requests,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

class Api {
  readonly requests: RecordedRequest[] = [];
  readonly #options: MessagesApiOptions;
  readonly #cache: PrefixCache;
  readonly #history = new History();
  readonly #attempts = new Map<string, number>();
  readonly #firsts = new Map<string, string[]>();

  constructor(options: MessagesApiOptions) {
    this.#options = options;
    this.#cache = new PrefixCache(options.smallestCachedPrefix ?? 1024);
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await bodyOf(request);
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const record: RecordedRequest = {
      method: request.method ?? '',
      path,
      headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
      body: parsed(text),
      bytes: Buffer.byteLength(text),
      at: Date.now(),
      status: 0,
    };
    this.requests.push(record);
    const answer = new Answer(response, record, `req_${digest(text, this.requests.length).slice(0, 24)}`);
    if (!this.#letIn(record, answer)) return;
    if (record.method === 'POST' && path === '/v1/messages') return this.#message(record, answer);
    const model = /^\/v1\/models\/([^/]+)$/.exec(path)?.[1];
    if (record.method === 'GET' && model !== undefined) return this.#model(decodeURIComponent(model), record, answer);
    answer.refuse(404, 'not_found_error', 'Not found');
  }

  #letIn({ headers }: RecordedRequest, answer: Answer): boolean {
    // Both ways are taken: the SDK sends a bearer token since 1.0, the API's own examples still show `x-api-key`.
    const keys = [headers['x-api-key'], /^Bearer (.*)$/.exec(headers['authorization'] ?? '')?.[1]].filter(
      (key) => key !== undefined && key !== '',
    );
    if (keys.length === 0) answer.refuse(401, 'authentication_error', 'x-api-key header is required');
    else if (keys.some((key) => key !== (this.#options.apiKey ?? keys[0]))) answer.refuse(401, 'authentication_error', 'invalid x-api-key');
    else if (!VERSIONS.includes(headers['anthropic-version'] ?? ''))
      answer.refuse(400, 'invalid_request_error', 'anthropic-version: header is required');
    else return true;
    return false;
  }

  #model(id: string, { headers }: RecordedRequest, answer: Answer): void {
    if (this.#options.models === 'silent') return answer.text(404, '<html><title>404 Not Found</title></html>', 'text/html');
    const info = this.#info(id);
    if (info === undefined) return answer.refuse(404, 'not_found_error', `model: ${id}`);
    answer.json(200, hasBeta(headers) ? withCompaction(info, this.#summarises(id)) : info);
  }

  #summarises(id: string): boolean {
    return this.#options.summaries?.(id) ?? true;
  }

  #info(id: string): Anthropic.ModelInfo | undefined {
    const { models } = this.#options;
    if (models === 'silent') return modelInfo(id);
    return models === undefined ? (KNOWN_MODELS.includes(id) ? modelInfo(id) : undefined) : models[id];
  }

  async #message(record: RecordedRequest, answer: Answer): Promise<void> {
    const id = String((record.body as { model?: unknown } | null)?.model);
    const info = this.#info(id);
    const invalid = refusal(record.body, { maxTokens: info?.max_tokens ?? Number.MAX_SAFE_INTEGER, beta: hasBeta(record.headers) });
    if (invalid !== undefined) return answer.refuse(400, 'invalid_request_error', invalid);
    if (info === undefined) return answer.refuse(404, 'not_found_error', `model: ${id}`);
    const request = record.body as MessagesRequest;
    const effort = request.output_config?.effort;
    if (effort != null && info.capabilities?.effort[effort]?.supported === false)
      return answer.refuse(400, 'invalid_request_error', `output_config.effort: "${effort}" is not supported for this model`);
    const compaction = compactionRefusal(request, this.#summarises(id));
    if (compaction !== undefined)
      return answer.refuse(
        400,
        'invalid_request_error',
        compaction.message,
        compaction.code === undefined ? undefined : { error_code: compaction.code },
      );
    const changed = thinkingRefusal(request) ?? this.#history.refusal(request);
    if (changed !== undefined) return answer.refuse(400, 'invalid_request_error', changed);
    const tokens = tokensOf(JSON.stringify(request));
    const most = info.max_input_tokens ?? Number.MAX_SAFE_INTEGER;
    if (tokens > most) return answer.refuse(400, 'invalid_request_error', `prompt is too long: ${tokens} tokens > ${most} maximum`);
    const ask = this.#ask(request);
    Object.assign(record, { conversation: ask.conversation, index: ask.index, attempt: ask.attempt });
    const turn = turnOf(this.#options.turns, ask) ?? (asksForSummary(request) ? defaultSummary(request) : undefined);
    if (turn === undefined)
      return answer.refuse(400, 'invalid_request_error', `the script has no turn ${ask.index} of conversation ${ask.conversation}`);
    await this.#reply(request, turn, ask, answer);
  }

  #ask(request: MessagesRequest): Ask {
    const conversation = (this.#options.classify ?? byFormat)(request);
    const bytes = digest(request.model, normalised(request.messages));
    const attempt = (this.#attempts.get(bytes) ?? 0) + 1;
    this.#attempts.set(bytes, attempt);
    const first = digest(request.model, normalised(request.messages.slice(0, 1)));
    const firsts = this.#firsts.get(conversation) ?? [];
    if (!firsts.includes(first)) firsts.push(first);
    this.#firsts.set(conversation, firsts);
    return {
      conversation,
      index: request.messages.filter(({ role }) => role === 'assistant').length - (startsWithSummary(request) ? 1 : 0),
      nth: firsts.indexOf(first),
      attempt,
      request,
    };
  }

  async #reply(request: MessagesRequest, turn: Turn, ask: Ask, answer: Answer): Promise<void> {
    const fault = faultOf(turn, ask.attempt);
    if (turn.delayMs !== undefined) await wait(turn.delayMs, undefined, { ref: false });
    if (fault?.kind === 'status') return answer.fault(fault);
    if (fault?.kind === 'reset') return answer.reset();
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'html') return answer.text(200, '<html><title>Welcome</title></html>', 'text/html');
    const beta = asksForSummary(request);
    // The types of the API's two halves differ in what only the beta half has.
    const message = beta
      ? (summaryMessage(request, turn, this.#cache.divide(request)) as unknown as Anthropic.Message)
      : this.#messageOf(request, turn);
    const faults = [
      ...schemaFaults(beta ? 'BetaMessage' : 'Message', message),
      ...eventsOf(message).flatMap((event) => schemaFaults(beta ? 'BetaRawMessageStreamEvent' : 'RawMessageStreamEvent', event)),
    ];
    if (faults.length > 0) throw new Error(`the script's own reply is invalid: ${faults.join('; ')}`);
    if (request.stream) await answer.stream(message, fault, turn.pingsMs ?? 0);
    else answer.json(200, message);
    if (fault !== undefined) return;
    answer.record.usage = message.usage;
    if (!beta) this.#history.served(request, message);
  }

  #messageOf(request: MessagesRequest, turn: Turn): Anthropic.Message {
    const id = digest(normalised(request.messages), request.model);
    const blocks = turn.blocks ?? [];
    const content = blocks.map((block, at) => contentBlock(block, request, `${id}${at}`));
    const tokens = this.#cache.divide(request);
    const thinking = blocks.reduce((sum, block) => sum + (block.type === 'thinking' ? tokensOf(block.thinking) : 0), 0);
    return {
      id: `msg_${id.slice(0, 24)}`,
      type: 'message',
      role: 'assistant',
      model: request.model,
      container: null,
      content,
      diagnostics: null,
      stop_details:
        turn.stop_reason === 'refusal' ? { type: 'refusal', category: 'general_harms', explanation: 'The request was declined.' } : null,
      stop_reason: turn.stop_reason ?? (blocks.some(({ type }) => type === 'tool_use') ? 'tool_use' : 'end_turn'),
      stop_sequence: null,
      usage: {
        cache_creation: { ephemeral_5m_input_tokens: tokens.written, ephemeral_1h_input_tokens: 0 },
        cache_creation_input_tokens: tokens.written,
        cache_read_input_tokens: tokens.read,
        inference_geo: 'global',
        input_tokens: tokens.input,
        output_tokens: Math.max(1, tokensOf(JSON.stringify(blocks))),
        output_tokens_details: { thinking_tokens: thinking },
        server_tool_use: null,
        service_tier: 'standard',
        speed: 'standard',
        ...turn.usage,
      },
    };
  }
}

function contentBlock(block: ScriptBlock, request: MessagesRequest, seed: string): Anthropic.ContentBlock {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: block.text, citations: null };
    case 'thinking':
      return { type: 'thinking', thinking: block.thinking, signature: signature(request, request.messages.length, block.thinking) };
    case 'redacted_thinking':
      return { type: 'redacted_thinking', data: block.data };
    case 'tool_use':
      return {
        type: 'tool_use',
        id: block.id ?? `toolu_${digest(seed).slice(0, 24)}`,
        name: block.name,
        input: block.input,
        caller: { type: 'direct' },
      };
  }
}

function byFormat(request: MessagesRequest): string {
  if (asksForSummary(request)) return 'summary';
  return request.output_config?.format ? 'review' : 'work';
}

function defaultSummary({ messages }: MessagesRequest): Turn {
  return { blocks: [{ type: 'text', text: `Summary of ${messages.length} messages.` }] };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text === '' ? null : text;
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
