import OpenAI from 'openai';
import { hostOf, notWorthWaiting, Watchdog } from './connection.ts';
import { failure, isFinalRefusal, type FailedCall, type Service } from './failure.ts';
import type { Message, Model, ModelFacts, ModelRequest } from './model.ts';
import { ChatReply } from './openai-reply.ts';
import { chatBody, narrowed, plainest, type Dialect } from './openai-request.ts';

export type OpenAiOptions = Readonly<{
  /** Empty: none is sent; many local servers want none. */
  apiKey: string;
  /** The address before `/chat/completions`; `undefined`: OpenAI's own API. */
  baseUrl: string | undefined;
  /** Milliseconds without a byte of the stream after which it is given up. Default 90 s. */
  stallMs?: number;
  /** Milliseconds until an answer must have begun, per attempt. Default 120 s. */
  answerMs?: number;
  /** Attempts after the first while no stream has begun. Default 4. */
  maxRetries?: number;
}>;

const DEFAULT_BASE_URL = 'https://api.openai.com/v1';
const STALL_MS = 90_000;
const ANSWER_MS = 120_000;
const MAX_RETRIES = 4;
const DESCRIBE_MS = 5_000;
/** Dialects tried for one request: one for each field that may be refused, and the plainest. */
const DIALECTS = 8;

const SERVICE: Service = {
  name: 'The OpenAI-compatible server',
  noKey: 'No key was given: set the input openai-api-key, e.g. to ${{ secrets.OPENAI_API_KEY }}.',
  checkKey: 'Check that the input openai-api-key holds a current key of that server, without quotes or spaces around it.',
  anotherKey: 'key as openai-api-key',
  checkAddress: 'Check the input openai-base-url: it is the address before /chat/completions, often with /v1 at its end.',
  unreachable: 'Check the input openai-base-url, and that the runner may reach that server.',
  outages: '',
};

/**
 * Any server that speaks OpenAI's chat completions: OpenAI, GitHub Models, Ollama, vLLM, gateways. That protocol, not the newer Responses API, because all of
 * them speak it. Requests and replies are translated from and to the Messages API's shapes, which the loop and the transcript are made of. Nothing is
 * read from the environment.
 */
export function openai(options: OpenAiOptions): {
  model: Model;
  describe(modelId: string, signal: AbortSignal): Promise<ModelFacts>;
} {
  const baseUrl = options.baseUrl ?? DEFAULT_BASE_URL;
  const dialects = new Map<string, Dialect>();
  const call = (model: string): FailedCall => ({
    apiKey: options.apiKey,
    host: hostOf(baseUrl),
    model,
    answered: undefined,
    service: SERVICE,
  });

  const model: Model = async (request, signal) => {
    signal.throwIfAborted();
    const started = performance.now();
    let dialect = dialects.get(request.model) ?? firstDialect(options.baseUrl);
    for (let tried = 1; ; tried++) {
      const attempt = await once(request, dialect, signal);
      if (attempt.kind === 'replied') {
        dialects.set(request.model, dialect);
        return { message: attempt.message, durationMs: Math.round(performance.now() - started) };
      }
      const other = tried < DIALECTS ? otherDialect(attempt.error, request, dialect) : undefined;
      if (other === undefined) throw failure(attempt.error, { ...call(request.model), answered: attempt.answered });
      dialect = other;
    }
  };

  type Attempt = { kind: 'replied'; message: Message } | { kind: 'failed'; error: unknown; answered: string | undefined };

  const once = async (request: ModelRequest, dialect: Dialect, signal: AbortSignal): Promise<Attempt> => {
    const watchdog = new Watchdog(options.stallMs ?? STALL_MS);
    const sdk = client(options, baseUrl, watchdog);
    const body = chatBody(request, dialect);
    let answered: string | undefined;
    const bounded = AbortSignal.any([signal, watchdog.signal]);
    try {
      const { data: stream, response } = await sdk.chat.completions.create(body, { signal: bounded }).withResponse();
      answered = response.headers.get('content-type') ?? 'no content type';
      const reply = new ChatReply();
      for await (const chunk of stream) reply.add(chunk);
      // The SDK ends an aborted stream without a word.
      bounded.throwIfAborted();
      if (!/^text\/event-stream\b/i.test(answered)) throw new Error('no event stream');
      return { kind: 'replied', message: reply.message(request, Buffer.byteLength(JSON.stringify(body))) };
    } catch (error) {
      signal.throwIfAborted();
      return { kind: 'failed', error: watchdog.signal.aborted ? watchdog.signal.reason : error, answered };
    } finally {
      watchdog.stop();
    }
  };

  const describe = async (modelId: string, signal: AbortSignal): Promise<ModelFacts> => {
    signal.throwIfAborted();
    const sdk = client(options, baseUrl, undefined);
    const request = { signal: AbortSignal.any([signal, AbortSignal.timeout(2 * DESCRIBE_MS)]), timeout: DESCRIBE_MS, maxRetries: 1 };
    try {
      // vLLM and others know the list alone.
      const one = await sdk.models.retrieve(modelId, request).catch(async (error: unknown) => {
        if (!(error instanceof OpenAI.APIError) || (error.status !== 404 && error.status !== 405)) throw error;
        return (await sdk.models.list(request)).data.find(({ id }) => id === modelId);
      });
      return factsOf(modelId, one);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof OpenAI.APIError && error.status === 401) throw failure(error, call(modelId));
      return { id: modelId };
    }
  };

  return { model, describe };
}

/** OpenAI's own API knows the newer name of the limit and deprecates the older; all others know the older. */
function firstDialect(baseUrl: string | undefined): Dialect {
  const own = baseUrl === undefined || /(^|\.)openai\.(azure\.)?com$/.test(hostOf(baseUrl));
  return { limit: own ? 'max_completion_tokens' : 'max_tokens', effort: 'max', schema: true, usage: true, mostOutput: Infinity };
}

/** Another way to ask where an answer refused this one; `undefined` where another way would not help. */
function otherDialect(error: unknown, request: ModelRequest, dialect: Dialect): Dialect | undefined {
  if (!(error instanceof OpenAI.APIError) || (error.status !== 400 && error.status !== 422)) return undefined;
  const said = [error.message, error.code, error.param].filter(Boolean).join(' ');
  const body = chatBody(request, dialect);
  return narrowed(dialect, body, said) ?? (isFinalRefusal(said) ? undefined : plainest(dialect, body));
}

function client(options: OpenAiOptions, baseUrl: string, watchdog: Watchdog | undefined): OpenAI {
  return new OpenAI({
    // The SDK insists on a key; without one the header is taken out again.
    apiKey: options.apiKey || 'none',
    ...(options.apiKey === '' && { defaultHeaders: { authorization: null } }),
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    baseURL: baseUrl,
    maxRetries: options.maxRetries ?? MAX_RETRIES,
    timeout: options.answerMs ?? ANSWER_MS,
    logLevel: 'off',
    // A redirect would carry the key to another host.
    fetchOptions: { redirect: 'manual' },
    fetch: async (input, init) => {
      const response = await withErrorObject(await notWorthWaiting(await fetch(input, init)));
      return response.ok && watchdog ? watchdog.watch(response) : response;
    },
  });
}

/** Servers put what is wrong under `error`, as a text there, under `detail`, or beside nothing at all; the SDK reads the first alone. */
async function withErrorObject(response: Response): Promise<Response> {
  if (response.ok) return response;
  const text = await response.text();
  const { status, statusText, headers } = response;
  return new Response(errorBody(text) ?? text, { status, statusText, headers });
}

function errorBody(text: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    const body = (Array.isArray(parsed) ? parsed[0] : parsed) as Record<string, unknown>;
    const error = body['error'] ?? (body['message'] === undefined ? (body['detail'] ?? text) : body);
    return JSON.stringify({
      error:
        typeof error === 'object' && error !== null && !Array.isArray(error)
          ? error
          : { message: typeof error === 'string' ? error : JSON.stringify(error) },
    });
  } catch {
    return undefined;
  }
}

/** What a server tells of a model beside its name; each has words of its own for it. */
function factsOf(id: string, answer: unknown): ModelFacts {
  const info = record(answer);
  const input = ['context_length', 'max_model_len', 'context_window', 'max_context_length'].map((name) => info[name]);
  const output = [info['max_completion_tokens'], info['max_output_tokens'], record(info['top_provider'])['max_completion_tokens']];
  return { id, maxInputTokens: input.find(isCount), maxOutputTokens: output.find(isCount) };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
