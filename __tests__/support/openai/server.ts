import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { ScriptBlock, Turn } from '../messages-api/script.ts';
import { refusal, type ChatRequest } from './rules.ts';

/** What differs between servers that all call themselves compatible. */
export type Quirks = Readonly<{
  /** Fields that are refused, by name or (`mute`) without a word of which. */
  refuses?: readonly string[];
  mute?: boolean;
  /** Most output tokens; more is refused. */
  mostOutput?: number;
  /** `stop` after a call, as several local servers say. */
  stopAfterCalls?: boolean;
  /** Calls are numbered from `call_0` in every reply (`same`), or have no id at all (`none`). */
  ids?: 'same' | 'none';
  /** Every call has the index 0, told apart by id. */
  sameIndex?: boolean;
  noUsage?: boolean;
  /** The name under which thinking is streamed. */
  thinkingAs?: 'reasoning_content' | 'reasoning';
  /** `GET /models/{id}` is 404; the list knows the model with these facts. */
  listed?: Readonly<Record<string, unknown>>;
  /** Errors stand in the body without an `error` object around them (older vLLM). */
  flatErrors?: boolean;
}>;

/** A turn, with what this protocol can have beside: arguments as text, and its own finish reason. */
export type ChatTurn = Turn & Readonly<{ rawArguments?: string; finish?: string; refusal?: string }>;

export type OpenAiServerOptions = Readonly<{
  turns: Readonly<Record<string, readonly ChatTurn[]>> | readonly ChatTurn[];
  /** Empty: none is wanted, and one that is sent is refused. Default: any. */
  apiKey?: string;
  quirks?: Quirks;
}>;

export type RecordedChat = {
  path: string;
  headers: IncomingMessage['headers'];
  body: ChatRequest;
  status: number;
  conversation?: string;
  index?: number;
};

export type OpenAiServer = Readonly<{ /** Ends in `/v1`. */ url: string; requests: readonly RecordedChat[]; close(): Promise<void> }>;

/** A stand-in for OpenAI's chat completions on loopback, strict about what it takes; the turn is read from the request alone. */
export async function startOpenAi(options: OpenAiServerOptions): Promise<OpenAiServer> {
  const requests: RecordedChat[] = [];
  const attempts = new Map<string, number>();
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(String(error));
    });
  });

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const text = await bodyOf(request);
    const path = request.url ?? '';
    const record: RecordedChat = {
      path,
      headers: request.headers,
      body: (text === '' ? null : JSON.parse(text)) as ChatRequest,
      status: 200,
    };
    requests.push(record);
    const refuse = (status: number, message: string, error: Record<string, unknown> = {}): void => {
      record.status = status;
      const body = { message, type: 'invalid_request_error', param: null, code: null, ...error };
      json(response, status, options.quirks?.flatErrors === true ? { object: 'error', ...body } : { error: body });
    };
    const key = request.headers.authorization;
    if (options.apiKey !== undefined && key !== (options.apiKey === '' ? undefined : `Bearer ${options.apiKey}`)) {
      return refuse(401, `Incorrect API key provided: ${key ?? ''}.`, { code: 'invalid_api_key' });
    }
    if (request.method === 'GET') return models(path, response, options.quirks?.listed, refuse);
    if (path !== '/v1/chat/completions') return refuse(404, 'Not found');
    const dislike = disliked(record.body, options.quirks ?? {});
    if (dislike)
      return refuse(400, options.quirks?.mute === true ? 'Bad request' : dislike.message, options.quirks?.mute === true ? {} : dislike);
    const invalid = refusal(record.body);
    if (invalid !== undefined) return refuse(400, invalid);
    await reply(record, response, refuse);
  };

  const reply = async (
    record: RecordedChat,
    response: ServerResponse,
    refuse: (status: number, message: string, error?: Record<string, unknown>) => void,
  ): Promise<void> => {
    const { messages } = record.body;
    const system = messages.find(({ role }) => role === 'system')?.content;
    record.conversation = typeof system === 'string' && /^You review/.test(system) ? 'review' : 'work';
    record.index = messages.filter(({ role }) => role === 'assistant').length;
    const turns = Array.isArray(options.turns)
      ? (options.turns as readonly ChatTurn[])
      : ((options.turns as Record<string, readonly ChatTurn[]>)[record.conversation] ?? []);
    const turn = turns[record.index];
    if (!turn) return refuse(400, `the script has no turn ${record.index} of ${record.conversation}`);
    const bytes = JSON.stringify(messages);
    const attempt = (attempts.get(bytes) ?? 0) + 1;
    attempts.set(bytes, attempt);
    const fault = turn.fault ?? turn.faults?.[attempt - 1];
    if (fault?.kind === 'status') {
      if (fault.headers) for (const [name, value] of Object.entries(fault.headers)) response.setHeader(name, value);
      if (fault.body !== undefined)
        return void response.writeHead((record.status = fault.status), { 'content-type': 'text/html' }).end(fault.body);
      return refuse(fault.status, fault.message ?? 'refused', { ...(fault.type !== undefined && { type: fault.type }), ...fault.details });
    }
    if (fault?.kind === 'reset') return void response.socket?.resetAndDestroy();
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'html') return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>');
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    const chunks = chunksOf(record, turn, options.quirks ?? {}, requests);
    const shown = fault === undefined ? chunks : chunks.slice(0, Math.ceil(chunks.length / 2));
    for (const chunk of shown) response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    if (fault?.kind === 'cut') return void (await wait(60), response.destroy());
    if (fault?.kind === 'stall') return;
    if (fault?.kind === 'sse_error')
      response.write(
        `data: ${JSON.stringify({ error: { message: fault.message ?? 'Overloaded', type: fault.type ?? 'server_error', code: null } })}\n\n`,
      );
    if (fault?.kind === 'garbage') response.write('data: {"id":\n\n');
    response.end(fault?.kind === 'no_stop' || fault ? '' : 'data: [DONE]\n\n');
  };

  await new Promise<void>((done, fail) => server.once('error', fail).listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    close: () =>
      new Promise((done, fail) => {
        server.close((error) => (error ? fail(error) : done()));
        server.closeAllConnections();
      }),
  };
}

function models(path: string, response: ServerResponse, listed: Quirks['listed'], refuse: (status: number, message: string) => void): void {
  if (listed && path === '/v1/models')
    return json(response, 200, {
      object: 'list',
      data: [
        { id: 'another', object: 'model' },
        { object: 'model', ...listed },
      ],
    });
  const id = /^\/v1\/models\/(.+)$/.exec(path)?.[1];
  if (listed || id === undefined) return refuse(404, 'Not found');
  json(response, 200, { id: decodeURIComponent(id), object: 'model', created: 1, owned_by: 'tests' });
}

function disliked(body: ChatRequest, { refuses = [], mostOutput }: Quirks): { message: string; param: string; code: string } | undefined {
  const name = refuses.find((field) => (body as unknown as Record<string, unknown>)[field] !== undefined);
  const instead = name === 'max_tokens' ? " Use 'max_completion_tokens' instead." : '';
  if (name !== undefined)
    return {
      message: `Unsupported parameter: '${name}' is not supported with this model.${instead}`,
      param: name,
      code: 'unsupported_parameter',
    };
  const asked = body.max_completion_tokens ?? body.max_tokens ?? 0;
  if (mostOutput === undefined || asked <= mostOutput) return undefined;
  return {
    message: `max_tokens is too large: ${asked}. This model supports at most ${mostOutput} completion tokens.`,
    param: 'max_tokens',
    code: 'invalid_value',
  };
}

/** The reply in pieces of a few characters, usage last, as the API streams it. */
function chunksOf({ body }: RecordedChat, turn: ChatTurn, quirks: Quirks, requests: readonly RecordedChat[]): unknown[] {
  const head = { id: `chatcmpl-${requests.length}`, object: 'chat.completion.chunk', created: 1, model: body.model };
  const piece = (delta: unknown, finish: string | null = null): unknown => ({
    ...head,
    choices: [{ index: 0, delta, finish_reason: finish, logprobs: null }],
  });
  const blocks = turn.blocks ?? [];
  const calls = blocks.filter((block) => block.type === 'tool_use');
  const finish = turn.finish ?? (calls.length > 0 && quirks.stopAfterCalls !== true ? 'tool_calls' : 'stop');
  const said = blocks
    .map((block) =>
      'text' in block ? block.text : 'thinking' in block ? block.thinking : 'input' in block ? JSON.stringify(block.input) : '',
    )
    .join('');
  return [
    piece({ role: 'assistant', content: '' }),
    ...(turn.refusal === undefined ? [] : pieces(turn.refusal).map((text) => piece({ refusal: text }))),
    ...blocks.flatMap((block) => blockPieces(block, quirks).map((delta) => piece(delta))),
    ...calls.flatMap((call, at) => callPieces(call, at, turn, quirks, requests.length).map((delta) => piece({ tool_calls: [delta] }))),
    piece({}, finish),
    ...(quirks.noUsage !== true && body.stream_options?.include_usage === true
      ? [{ ...head, choices: [], usage: usageOf(body, said, requests) }]
      : []),
  ];
}

function blockPieces(block: ScriptBlock, { thinkingAs }: Quirks): unknown[] {
  if (block.type === 'text') return pieces(block.text).map((content) => ({ content }));
  if (block.type === 'thinking' && thinkingAs) return pieces(block.thinking).map((text) => ({ [thinkingAs]: text }));
  return [];
}

function callPieces(
  call: Extract<ScriptBlock, { type: 'tool_use' }>,
  at: number,
  turn: ChatTurn,
  { ids, sameIndex }: Quirks,
  nth: number,
): unknown[] {
  const id = ids === 'none' ? undefined : ids === 'same' ? `call_${at}` : (call.id ?? `call_${nth}_${at}`);
  const index = sameIndex === true ? 0 : at;
  const text = turn.rawArguments ?? JSON.stringify(call.input);
  const first = { index, ...(id !== undefined && { id }), type: 'function', function: { name: call.name, arguments: '' } };
  return [first, ...pieces(text).map((part) => ({ index, function: { arguments: part } }))];
}

function pieces(text: string): string[] {
  return Array.from(text).reduce<string[]>(
    (all, char, at) => (at % 12 === 0 ? [...all, char] : [...all.slice(0, -1), (all.at(-1) ?? '') + char]),
    [],
  );
}

/** The prompt's tokens, those of the longest prefix that an earlier request had too counted as cached, in steps of 128. */
function usageOf(body: ChatRequest, said: string, requests: readonly RecordedChat[]): unknown {
  const text = JSON.stringify([body.tools ?? [], body.messages]);
  const earlier = requests
    .slice(0, -1)
    .filter((request) => request.status === 200 && request.body !== null && request.conversation !== undefined);
  const common = Math.max(
    0,
    ...earlier.map((request) => commonPrefix(text, JSON.stringify([request.body.tools ?? [], request.body.messages]))),
  );
  const prompt = Math.ceil(Buffer.byteLength(text) / 4);
  const completion = Math.max(1, Math.ceil(said.length / 4));
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: Math.floor(common / 4 / 128) * 128, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0 },
  };
}

function commonPrefix(left: string, right: string): number {
  let at = 0;
  while (at < left.length && left[at] === right[at]) at++;
  return at;
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
