import type { Message, MessageParam } from '../model/model.ts';
import type Anthropic from '@anthropic-ai/sdk';
import { summaryMessage, type SummaryBlock } from '../model/summary.ts';
import { canonicalJson, sha256 } from '../transcript/chain.ts';

/**
 * One conversation with a model, folded from events. What was sent once is never changed again: `messages` only grows, and `open` collects the
 * next user message until it is sent.
 */
export type Thread = Readonly<{
  model: string;
  system: string;
  messages: readonly MessageParam[];
  /** Running SHA-256 over the messages, so that a request's hash need not read the whole history again. */
  digest: string;
  open: Readonly<{ results: readonly Anthropic.ToolResultBlockParam[]; texts: readonly string[] }>;
  /** Tokens of the conversation up to and with the last reply; 0 before the first. */
  tokens: number;
  /** Replies so far. */
  replies: number;
  /** Calls of the last reply that have no result yet, in order. */
  pending: readonly Anthropic.ToolUseBlock[];
  /** `stop_reason` of the last reply; `null` before the first and once the next request was sent. */
  stopped: Message['stop_reason'] | null;
}>;

const NOTHING_OPEN: Thread['open'] = { results: [], texts: [] };

export function openThread(model: string, system: string, firstMessage: string): Thread {
  const first: MessageParam = { role: 'user', content: [{ type: 'text', text: firstMessage }] };
  return {
    model,
    system,
    messages: [first],
    digest: extended('', first),
    open: NOTHING_OPEN,
    tokens: 0,
    replies: 0,
    pending: [],
    stopped: null,
  };
}

/** A conversation that goes on from the API's summary of the one before: the block alone, then what is said next. */
export function openFromSummary({ model, system }: Thread, block: SummaryBlock, text: string): Thread {
  const first = summaryMessage(block);
  return { ...openThread(model, system, ''), messages: [first], digest: extended('', first), open: { results: [], texts: [text] } };
}

/** The messages of the next request. */
export function messagesOf(thread: Thread): readonly MessageParam[] {
  const next = openMessage(thread);
  return next ? [...thread.messages, next] : thread.messages;
}

/** The user message that waits to be sent. Results first: the API refuses one in which text stands before the answers to the last calls. */
function openMessage({ open: { results, texts } }: Thread): MessageParam | null {
  if (results.length + texts.length === 0) return null;
  return { role: 'user', content: [...results, ...texts.map((text) => ({ type: 'text' as const, text }))] };
}

/** The request went out: its last user message is history now. */
export function sent(thread: Thread): Thread {
  const next = openMessage(thread);
  return { ...thread, ...(next ? appended(thread, next) : {}), open: NOTHING_OPEN, stopped: null };
}

/** A reply arrived and is kept. Blocks stay verbatim, signatures included; only what the API would refuse to take back is left out. */
export function repliedWith(thread: Thread, message: Message): Thread {
  const content = message.content.filter((block) => block.type !== 'text' || block.text.trim() !== '');
  const kept = content.length === 0 ? {} : appended(thread, { role: 'assistant', content: content as Anthropic.ContentBlockParam[] });
  return {
    ...counted(thread, message),
    ...kept,
    pending: message.content.filter((block) => block.type === 'tool_use'),
    stopped: message.stop_reason,
  };
}

/** A reply arrived and is not kept: the same messages are sent again. */
export function discarded(thread: Thread, message: Message): Thread {
  return { ...thread, replies: thread.replies + 1, stopped: message.stop_reason };
}

export function answeredCall(thread: Thread, id: string, content: string, isError: boolean): Thread {
  const result: Anthropic.ToolResultBlockParam = { type: 'tool_result', tool_use_id: id, content, ...(isError ? { is_error: true } : {}) };
  return {
    ...thread,
    pending: thread.pending.filter((call) => call.id !== id),
    open: { ...thread.open, results: [...thread.open.results, result] },
  };
}

export function told(thread: Thread, text: string): Thread {
  return { ...thread, open: { ...thread.open, texts: [...thread.open.texts, text] } };
}

function counted(thread: Thread, { usage }: Message): Thread {
  const input = usage.input_tokens + (usage.cache_creation_input_tokens ?? 0) + (usage.cache_read_input_tokens ?? 0);
  return { ...thread, tokens: input + usage.output_tokens, replies: thread.replies + 1 };
}

function appended({ messages, digest }: Thread, message: MessageParam): Pick<Thread, 'messages' | 'digest'> {
  return { messages: [...messages, message], digest: extended(digest, message) };
}

function extended(digest: string, message: MessageParam): string {
  return sha256(digest + canonicalJson(message));
}
