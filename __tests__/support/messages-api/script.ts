import type Anthropic from '@anthropic-ai/sdk';

/** A body of POST /v1/messages, after it was found valid. */
export type MessagesRequest = Anthropic.MessageCreateParams;

/** A content block as a script writes it; ids, signatures and the like are added by the server. */
export type ScriptBlock =
  | Readonly<{ type: 'text'; text: string }>
  | Readonly<{ type: 'thinking'; thinking: string }>
  | Readonly<{ type: 'redacted_thinking'; data: string }>
  | Readonly<{ type: 'tool_use'; name: string; input: unknown; id?: string }>;

/** What can go wrong instead of a reply. */
export type Fault =
  /** An error answer. `type` and `message` default to the API's own for that status. `body` replaces the whole body (a gateway's HTML page). */
  | Readonly<{
      kind: 'status';
      status: number;
      type?: string;
      message?: string;
      details?: Readonly<Record<string, unknown>>;
      headers?: Readonly<Record<string, string>>;
      body?: string;
    }>
  /** The connection is reset before any answer. */
  | Readonly<{ kind: 'reset' }>
  /** No answer at all; the connection stays open. */
  | Readonly<{ kind: 'hang' }>
  /** The connection is destroyed half way through the stream. */
  | Readonly<{ kind: 'cut' }>
  /** An `error` event half way, then the end. */
  | Readonly<{ kind: 'sse_error'; type?: string; message?: string }>
  /** Everything but `message_stop`, then a clean end. */
  | Readonly<{ kind: 'no_stop' }>
  /** Half of the stream, then silence on an open connection. */
  | Readonly<{ kind: 'stall' }>
  /** Half of the stream, then an event whose data is not JSON. */
  | Readonly<{ kind: 'garbage' }>
  /** The last piece of every tool call's input is missing; all else is whole. */
  | Readonly<{ kind: 'short_input' }>
  /** An answer of 200 that is no event stream at all. */
  | Readonly<{ kind: 'html' }>;

/** One reply of the model. */
export type Turn = Readonly<{
  blocks?: readonly ScriptBlock[];
  /** Default: `tool_use` when a block calls a tool, else `end_turn`. */
  stop_reason?: Anthropic.StopReason;
  /** Laid over the simulated usage. */
  usage?: Partial<Anthropic.Usage>;
  /** Milliseconds before the answer starts. */
  delayMs?: number;
  /** Milliseconds of nothing but a ping every 20 ms, before the first content block. */
  pingsMs?: number;
  /** Faults of the first attempts, in order; then the reply. Attempts are counted by identical bytes. */
  faults?: readonly Fault[];
  /** A fault of every attempt. */
  fault?: Fault;
}>;

/** What a script function is asked with. All but `attempt` and `nth` is read from the request alone. */
export type Ask = Readonly<{
  /** By default `summary` where the request asks for a summary, `review` where it asks for structured output, else `work`. */
  conversation: string;
  /** Replies in the request: 0 for the first turn, of a conversation that goes on from a summary too. */
  index: number;
  /** Position of this conversation among the ones of its kind, by first appearance: 0 for the first. */
  nth: number;
  /** 1 for the first request with these bytes. */
  attempt: number;
  request: MessagesRequest;
}>;

/** Turns of `work` alone, turns by conversation, or a function. */
export type Script = readonly Turn[] | Readonly<Record<string, readonly Turn[]>> | ((ask: Ask) => Turn);

/** The turn that answers; `undefined` when the script is at its end. */
export function turnOf(script: Script, ask: Ask): Turn | undefined {
  if (typeof script === 'function') return script(ask);
  const turns = Array.isArray(script)
    ? ask.conversation === 'work'
      ? (script as readonly Turn[])
      : []
    : ((script as Record<string, readonly Turn[]>)[ask.conversation] ?? []);
  return turns[ask.index];
}

/** The fault of this attempt, if any. */
export function faultOf(turn: Turn, attempt: number): Fault | undefined {
  return turn.fault ?? turn.faults?.[attempt - 1];
}
