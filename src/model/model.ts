import type Anthropic from '@anthropic-ai/sdk';

export type Message = Anthropic.Message;
export type MessageParam = Anthropic.MessageParam;
export type ToolUseBlock = Anthropic.ToolUseBlock;
export type Usage = Anthropic.Usage;

/** A tool as the model is told of it. */
export type ToolDefinition = Readonly<{ name: string; description: string; input_schema: JsonSchema }>;

/** A JSON schema (draft 2020-12) of an object. */
export type JsonSchema = Readonly<{ type: 'object'; [key: string]: unknown }>;

export type Effort = 'low' | 'medium' | 'high' | 'xhigh' | 'max';

/** One request, complete: the same value always becomes the same bytes on the wire. */
export type ModelRequest = Readonly<{
  model: string;
  /** Cap on the tokens of the reply, thinking included. */
  maxTokens: number;
  system: string;
  tools: readonly ToolDefinition[];
  messages: readonly MessageParam[];
  effort?: Effort | undefined;
  /** When given, the final text of the reply must be JSON of this schema. */
  outputSchema?: JsonSchema | undefined;
  /** True: no reply is asked for but the API's own summary of the whole conversation (`summaryOf` the message). */
  summarise?: boolean | undefined;
}>;

/** A whole reply. Every content block is kept verbatim: thinking blocks are signed over the bytes before them. */
export type Reply = Readonly<{ message: Message; durationMs: number }>;

/**
 * One call of a model. Throws `BrokenStream` when the reply broke off and the same bytes may be sent again,
 * `ModelError` when no retry can help, and the signal's reason when aborted.
 */
export type Model = (request: ModelRequest, signal: AbortSignal) => Promise<Reply>;

/** What the Models API tells of a model; `undefined` where the server does not tell (which is not a no). */
export type ModelFacts = Readonly<{
  id: string;
  maxInputTokens?: number | undefined;
  maxOutputTokens?: number | undefined;
  adaptiveThinking?: boolean | undefined;
  effort?: boolean | undefined;
  /** Levels of effort that it has and has not; what the server does not speak of is absent. */
  efforts?: Readonly<Partial<Record<Effort, boolean>>> | undefined;
  structuredOutputs?: boolean | undefined;
  /** The API summarises a conversation on demand (`summarise`). */
  summaries?: boolean | undefined;
}>;

/** The stream broke half way: discard the partial message and send the same bytes again. */
export class BrokenStream extends Error {
  override readonly name = 'BrokenStream';
}

export type ModelErrorKind =
  'key_refused' | 'unknown_model' | 'spend_limit' | 'rate_limited' | 'bad_request' | 'context_full' | 'unavailable';

/** The provider refused for good. The message says what, why and what to do, for a person. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
  readonly kind: ModelErrorKind;
  constructor(kind: ModelErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
