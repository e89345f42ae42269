import Anthropic from '@anthropic-ai/sdk';
import type { MessageStream } from '@anthropic-ai/sdk/lib/MessageStream';
import { hostOf, notWorthWaiting, Watchdog } from './connection.ts';
import { failure, type FailedCall } from './failure.ts';
import { factsOf } from './facts.ts';
import { BrokenStream, type Message, type Model, type ModelFacts } from './model.ts';
import { requestBody } from './request.ts';

export type AnthropicOptions = Readonly<{
  apiKey: string;
  /** `undefined`: Anthropic's own API. */
  baseUrl: string | undefined;
  /** What is known of a model; see `describe`. */
  facts?: (model: string) => ModelFacts | undefined;
  /** Milliseconds without a byte of the stream (pings count) after which it is given up. Default 90 s. */
  stallMs?: number;
  /** Milliseconds until an answer must have begun, per attempt. Default 120 s. */
  answerMs?: number;
  /** Attempts after the first while no stream has begun. Default 4. */
  maxRetries?: number;
}>;

export const DEFAULT_BASE_URL = 'https://api.anthropic.com';

const STALL_MS = 90_000;
const ANSWER_MS = 120_000;
const MAX_RETRIES = 4;
const DESCRIBE_MS = 5_000;

/**
 * Claude over the Messages API. `model` streams one reply and collects it whole; `describe` asks the Models API what a model can do. Nothing is read
 * from the environment: every option that the SDK would otherwise look up there is given. (`ANTHROPIC_CUSTOM_HEADERS` it reads in any case, which is
 * one more reason for the door to delete those variables.)
 */
export function anthropic(options: AnthropicOptions): {
  model: Model;
  describe(modelId: string, signal: AbortSignal): Promise<ModelFacts>;
} {
  const baseUrl = options.baseUrl ?? DEFAULT_BASE_URL;
  const call = (model: string): FailedCall => ({ apiKey: options.apiKey, host: hostOf(baseUrl), model, answered: undefined });

  const model: Model = async (request, signal) => {
    signal.throwIfAborted();
    const started = performance.now();
    const watchdog = new Watchdog(options.stallMs ?? STALL_MS);
    const sdk = client(options, baseUrl, watchdog);
    let answered: Response | null | undefined;
    try {
      const stream = sdk.messages.stream(requestBody(request, options.facts?.(request.model)), {
        signal: AbortSignal.any([signal, watchdog.signal]),
      });
      stream.on('connect', () => (answered = stream.response));
      const inputs = toolInputs(stream);
      const message = whole(await stream.finalMessage(), inputs);
      return { message, durationMs: Math.round(performance.now() - started) };
    } catch (error) {
      signal.throwIfAborted();
      if (watchdog.signal.aborted) throw watchdog.signal.reason;
      throw failure(error, {
        ...call(request.model),
        answered: answered ? (answered.headers.get('content-type') ?? 'no content type') : undefined,
      });
    } finally {
      watchdog.stop();
    }
  };

  const describe = async (modelId: string, signal: AbortSignal): Promise<ModelFacts> => {
    signal.throwIfAborted();
    const sdk = client(options, baseUrl, undefined);
    try {
      // The outer limit bounds a `retry-after` too.
      const bounded = AbortSignal.any([signal, AbortSignal.timeout(2 * DESCRIBE_MS)]);
      return factsOf(modelId, await sdk.models.retrieve(modelId, {}, { signal: bounded, timeout: DESCRIBE_MS, maxRetries: 1 }));
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Anthropic.APIError && error.status === 401) throw failure(error, call(modelId));
      return { id: modelId };
    }
  };

  return { model, describe };
}

function client(options: AnthropicOptions, baseUrl: string, watchdog: Watchdog | undefined): Anthropic {
  return new Anthropic({
    apiKey: options.apiKey,
    authToken: null,
    webhookKey: null,
    baseURL: baseUrl,
    // Since 1.0 the SDK sends the key as a bearer token; gateways and local servers of before know the `x-api-key` header alone.
    ...(options.baseUrl !== undefined && { defaultHeaders: { 'x-api-key': options.apiKey } }),
    maxRetries: options.maxRetries ?? MAX_RETRIES,
    timeout: options.answerMs ?? ANSWER_MS,
    // The SDK would print pieces of answers; what stands in the log is for the door to decide.
    logLevel: 'off',
    openTelemetry: false,
    // A redirect would carry the key to another host.
    fetchOptions: { redirect: 'manual' },
    fetch: async (input, init) => {
      const response = await notWorthWaiting(await fetch(input, init));
      return response.ok && watchdog ? watchdog.watch(response) : response;
    },
  });
}

/** The text of every tool call's input as it arrives, by index of its block. */
function toolInputs(stream: MessageStream): ReadonlyMap<number, string> {
  const texts = new Map<number, string>();
  stream.on('streamEvent', (event: Anthropic.MessageStreamEvent) => {
    if (event.type !== 'content_block_delta' || event.delta.type !== 'input_json_delta') return;
    texts.set(event.index, (texts.get(event.index) ?? '') + event.delta.partial_json);
  });
  return texts;
}

/**
 * The message as it came, whole. The SDK reads a cut input of a tool call as a valid but shortened one, and an end without a stop reason as an
 * end; neither may pass as a reply. (Cut by `max_tokens` is another matter: the stop reason says so, and the loop runs no tool then.)
 */
function whole(message: Message, inputs: ReadonlyMap<number, string>): Message {
  if (message.stop_reason === null) throw new BrokenStream('The reply ended without a stop reason.');
  const cut = [...inputs.values()].some((text) => text !== '' && !isJson(text));
  if (cut && message.stop_reason === 'tool_use') throw new BrokenStream('The input of a tool call arrived cut short.');
  // As JSON: the SDK adds `parsed_output`, and inputs that are getters.
  const { parsed_output: _, ...plain } = message as Message & { parsed_output?: unknown };
  return JSON.parse(JSON.stringify(plain)) as Message;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
