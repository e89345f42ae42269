import { AsyncLocalStorage } from 'node:async_hooks';
import type Anthropic from '@anthropic-ai/sdk';
import type { ClientOptions } from '@anthropic-ai/sdk';
import { notWorthWaiting, Watchdog } from './connection.ts';
import { failure, type FailedCall } from './failure.ts';
import { BrokenStream, type Message, type Model, type ModelFacts } from './model.ts';
import { betasOf, refusesFormat, requestBody, schemaAsText, type Body } from './request.ts';

export type MessagesOptions = Readonly<{
  /** What is known of a model; see `describe`. */
  facts?: (model: string) => ModelFacts | undefined;
  /** Milliseconds without a byte of the stream (pings count) after which it is given up. Default 90 s. */
  stallMs?: number;
  /** Milliseconds until an answer must have begun, per attempt. Default 120 s. */
  answerMs?: number;
  /** Attempts after the first while no stream has begun. Default 4. */
  maxRetries?: number;
}>;

/** What every client of Anthropic's packages is made with, beside its address and credentials. */
export type CommonClientOptions = Pick<ClientOptions, 'maxRetries' | 'timeout' | 'logLevel' | 'openTelemetry' | 'fetchOptions'> & {
  fetch: NonNullable<ClientOptions['fetch']>;
};

/** The part of the SDK's two streams (of the API's stable and beta half) that is used. */
type Stream = Readonly<{
  response: Response | null | undefined;
  on(event: 'connect', listener: () => void): unknown;
  on(event: 'streamEvent', listener: (event: Anthropic.MessageStreamEvent) => void): unknown;
  finalMessage(): Promise<Message>;
}>;

/** Sends a request that needs beta headers. */
type BetaStream<C> = (client: C, body: Body, betas: Anthropic.Beta.AnthropicBeta[], signal: AbortSignal) => unknown;

/** The part of the packages' clients that is used: the Bedrock, Vertex and Foundry ones have no more in common with Anthropic's own. */
type Client = Readonly<{ messages: Readonly<{ stream: Anthropic['messages']['stream'] }> }>;

const STALL_MS = 90_000;
const ANSWER_MS = 120_000;
const MAX_RETRIES = 4;

/**
 * A model behind the Messages API, on whichever cloud: one streamed reply, collected whole. `connect` makes the client of the cloud's package; it is made
 * once, so that tokens it fetches are kept.
 */
export function overMessages<C extends Client>(
  options: MessagesOptions,
  connect: (common: CommonClientOptions) => C,
  call: (model: string) => FailedCall,
  betaStream?: BetaStream<C>,
): { model: Model; client: C } {
  // Which request an answer belongs to: the SDK hands its `fetch` no more than the request.
  const watching = new AsyncLocalStorage<Watchdog>();
  const client = connect({
    maxRetries: options.maxRetries ?? MAX_RETRIES,
    timeout: options.answerMs ?? ANSWER_MS,
    // The SDK would print pieces of answers; what stands in the log is for the door to decide.
    logLevel: 'off',
    openTelemetry: false,
    // A redirect would carry the key to another host.
    fetchOptions: { redirect: 'manual' },
    fetch: async (input, init) => {
      const response = await notWorthWaiting(await fetch(input, init));
      const watchdog = watching.getStore();
      return response.ok && watchdog ? watchdog.watch(response) : response;
    },
  });

  // Models whose server refused structured output: from then on the schema is asked for in words.
  const inWords = new Set<string>();
  const model: Model = async (asked, signal) => {
    signal.throwIfAborted();
    const started = performance.now();
    const request = inWords.has(asked.model) ? schemaAsText(asked) : asked;
    const body = requestBody(request, options.facts?.(request.model));
    const watchdog = new Watchdog(options.stallMs ?? STALL_MS);
    let answered: Response | null | undefined;
    try {
      const betas = betasOf(request);
      const either = AbortSignal.any([signal, watchdog.signal]);
      const stream = watching.run(
        watchdog,
        () =>
          (betas.length > 0 && betaStream
            ? betaStream(client, body, betas, either)
            : client.messages.stream(body, { signal: either })) as Stream,
      );
      stream.on('connect', () => (answered = stream.response));
      const inputs = toolInputs(stream);
      const message = whole(await stream.finalMessage(), inputs);
      return { message, durationMs: Math.round(performance.now() - started) };
    } catch (error) {
      signal.throwIfAborted();
      if (watchdog.signal.aborted) throw watchdog.signal.reason;
      const { status, message } = error as { status?: unknown; message?: unknown };
      if (refusesFormat(body, status, String(message))) {
        inWords.add(asked.model);
        return await model(asked, signal);
      }
      throw failure(error, {
        ...call(request.model),
        answered: answered ? (answered.headers.get('content-type') ?? 'no content type') : undefined,
      });
    } finally {
      watchdog.stop();
    }
  };

  return { model, client };
}

/** The text of every tool call's input as it arrives, by index of its block. */
function toolInputs(stream: Stream): ReadonlyMap<number, string> {
  const texts = new Map<number, string>();
  stream.on('streamEvent', (event) => {
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
