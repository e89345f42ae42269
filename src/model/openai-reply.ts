import type OpenAI from 'openai';
import { BrokenStream, type Message, type ModelRequest, type Usage } from './model.ts';
import { MALFORMED } from './openai-request.ts';

type Chunk = OpenAI.ChatCompletionChunk;
type CallDelta = OpenAI.ChatCompletionChunk.Choice.Delta.ToolCall;
/** Reasoning, under the names that vLLM, DeepSeek, OpenRouter and their like give it. */
type Delta = OpenAI.ChatCompletionChunk.Choice.Delta & { reasoning_content?: unknown; reasoning?: unknown };
type Call = { index: number; id: string; name: string; text: string };

/** A streamed reply, piece by piece. Any server may stand behind it: what is missing is made up for where it can be, and refused where it matters. */
export class ChatReply {
  #id = '';
  #model = '';
  #thinking = '';
  #text = '';
  #refusal = '';
  #finish: string | null = null;
  #usage: unknown = null;
  readonly #calls: Call[] = [];

  add(chunk: Chunk): void {
    this.#id ||= chunk.id ?? '';
    this.#model ||= chunk.model ?? '';
    this.#usage = chunk.usage ?? this.#usage;
    const choice = chunk.choices?.[0];
    if (choice === undefined) return;
    this.#finish = choice.finish_reason ?? this.#finish;
    const delta: Delta = choice.delta ?? {};
    const reasoning = delta.reasoning_content ?? delta.reasoning;
    if (typeof reasoning === 'string') this.#thinking += reasoning;
    this.#text += delta.content ?? '';
    this.#refusal += delta.refusal ?? '';
    for (const call of delta.tool_calls ?? []) this.#addCall(call);
  }

  /** The whole reply. Throws `BrokenStream` when it has no end. */
  message(request: ModelRequest, requestBytes: number): Message {
    if (this.#finish === null) throw new BrokenStream('The reply ended without a finish reason.');
    if (this.#finish === 'error') throw new BrokenStream('The reply ended with an error.');
    const ids = new Set(
      request.messages.flatMap(({ content }) =>
        typeof content === 'string' ? [] : content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : [])),
      ),
    );
    const text = this.#text === '' ? this.#refusal : this.#text;
    return {
      id: this.#id,
      type: 'message',
      role: 'assistant',
      model: this.#model || request.model,
      container: null,
      content: [
        // Not signed, and never sent back: it is there for the transcript's readers.
        ...(this.#thinking === '' ? [] : [{ type: 'thinking' as const, thinking: this.#thinking, signature: '' }]),
        ...(text === '' ? [] : [{ type: 'text' as const, text, citations: null }]),
        ...this.#calls.map(({ id, name, text: input }) => ({
          type: 'tool_use' as const,
          id: unique(id, ids),
          name,
          input: parsedInput(input),
          caller: { type: 'direct' as const },
        })),
      ],
      diagnostics: null,
      stop_details: null,
      stop_reason: this.#stopReason(),
      stop_sequence: null,
      usage: usageOf(this.#usage, requestBytes, Buffer.byteLength(this.#thinking + text + this.#calls.map((call) => call.text).join(''))),
    };
  }

  /** Pieces of one call share an index; some servers give every call the index 0, or none, and tell them apart by id alone. */
  #addCall({ index, id, function: piece }: CallDelta): void {
    const last = this.#calls.findLast((call) => call.index === (index ?? call.index));
    const another = last === undefined || (id !== undefined && id !== '' && last.id !== '' && id !== last.id);
    const call = another ? { index: index ?? this.#calls.length, id: '', name: '', text: '' } : last;
    if (another) this.#calls.push(call);
    call.id ||= id ?? '';
    call.name ||= piece?.name ?? '';
    call.text += piece?.arguments ?? '';
  }

  #stopReason(): NonNullable<Message['stop_reason']> {
    if (this.#finish === 'length') return 'max_tokens';
    if (this.#finish === 'content_filter' || (this.#refusal !== '' && this.#calls.length === 0)) return 'refusal';
    // Several servers say `stop` after a call.
    return this.#calls.length > 0 ? 'tool_use' : 'end_turn';
  }
}

/** The id as it came, or with a number where the conversation has it already: some servers start at `call_0` with every reply, and some give none. */
function unique(id: string, taken: Set<string>): string {
  const base = id === '' ? 'call' : id;
  let found = id === '' ? 'call_1' : id;
  for (let number = 2; taken.has(found); number++) found = `${base}_${number}`;
  taken.add(found);
  return found;
}

/** Arguments arrive as text that a model wrote. What is no JSON object is kept as it came, in a shape that no tool takes. */
function parsedInput(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    const input: unknown = JSON.parse(text);
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input;
  } catch {
    // Said below.
  }
  return { [MALFORMED]: text };
}

/** Bytes a token has at least, on the average of a long text. */
const BYTES_PER_TOKEN = 2;

/**
 * Here the prompt's tokens include the cached ones; in Anthropic's usage they do not. A server that tells nothing is taken at the dear side of an
 * estimate: a limit must hold there too.
 */
function usageOf(told: unknown, requestBytes: number, replyBytes: number): Usage {
  const usage = record(told);
  const details = record(usage['prompt_tokens_details']);
  const known = typeof usage['prompt_tokens'] === 'number';
  const prompt = known ? count(usage['prompt_tokens']) : Math.ceil(requestBytes / BYTES_PER_TOKEN);
  const completion = count(usage['completion_tokens']);
  // Some count reasoning in the total alone.
  const output = known ? Math.max(completion, count(usage['total_tokens']) - prompt) : Math.ceil(replyBytes / BYTES_PER_TOKEN);
  const read = Math.min(prompt, count(details['cached_tokens'] ?? usage['prompt_cache_hit_tokens']));
  const written = Math.min(prompt - read, count(details['cache_write_tokens']));
  const thinking = count(record(usage['completion_tokens_details'])['reasoning_tokens']);
  return {
    input_tokens: prompt - read - written,
    cache_read_input_tokens: read,
    cache_creation_input_tokens: written,
    cache_creation: null,
    output_tokens: output,
    output_tokens_details: { thinking_tokens: Math.min(thinking, output) },
    inference_geo: null,
    server_tool_use: null,
    service_tier: null,
    speed: null,
  };
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.floor(value) : 0;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
