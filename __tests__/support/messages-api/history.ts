import type Anthropic from '@anthropic-ai/sdk';
import { blocksOf, digest, frameOf, historyHash, normalised } from './prefix.ts';
import type { MessagesRequest } from './script.ts';

type Served = Readonly<{ frame: string; messages: readonly string[]; replies: string[] }>;

const MODIFIED =
  '`thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified. These blocks must remain as they were in the original response.';

/** The signature of a thinking block: bound to its text and to every byte before its message, so that it is checked without any memory. */
export function signature(request: MessagesRequest, count: number, thinking: string): string {
  return `sig_${digest(historyHash(request, count), thinking)}`;
}

/** Why the thinking blocks of this request are refused, if they are. */
export function thinkingRefusal(request: MessagesRequest): string | undefined {
  for (const [index, message] of request.messages.entries()) {
    if (message.role !== 'assistant') continue;
    for (const [at, block] of blocksOf(message).entries()) {
      if (block.type === 'thinking' && block.signature !== signature(request, index, block.thinking))
        return `messages.${index}.content.${at}: ${MODIFIED}`;
    }
  }
  return undefined;
}

/**
 * The requests that were answered. A conversation is known by its first message: whatever continues it must hold all that was sent
 * before, unchanged, then the reply as it was served. A conversation this server never saw is let in (a resumed run, a restarted server).
 */
export class History {
  readonly #conversations = new Map<string, Served[]>();

  refusal(request: MessagesRequest): string | undefined {
    const messages = texts(request);
    const known = this.#conversations.get(messages[0] ?? '') ?? [];
    if (messages.length === 1 || known.length === 0) return undefined;
    const continued = known.filter(
      (past) => past.messages.length <= messages.length && past.messages.every((text, index) => text === messages[index]),
    );
    const longest = continued.reduce<Served | undefined>(
      (best, past) => (best === undefined || past.messages.length >= best.messages.length ? past : best),
      undefined,
    );
    if (longest === undefined) return 'history: an earlier message of this conversation was changed or left out';
    if (longest.frame !== frameOf(request))
      return 'history: model, system, tools, thinking or output_config changed within the conversation';
    const next = messages[longest.messages.length];
    if (next === undefined || request.messages[longest.messages.length]?.role !== 'assistant') return undefined;
    return longest.replies.includes(next) ? undefined : 'history: the assistant message is not the one that was served';
  }

  /** Remembers an answered request and its reply. */
  served(request: MessagesRequest, reply: Anthropic.Message): void {
    const messages = texts(request);
    const known = this.#conversations.get(messages[0] ?? '') ?? [];
    this.#conversations.set(messages[0] ?? '', known);
    const text = textsOf([{ role: 'assistant', content: reply.content }])[0] ?? '';
    const same = known.find(
      (past) => past.messages.length === messages.length && past.messages.every((part, index) => part === messages[index]),
    );
    if (same) same.replies.push(text);
    else known.push({ frame: frameOf(request), messages, replies: [text] });
  }
}

function texts(request: MessagesRequest): readonly string[] {
  return textsOf(request.messages);
}

function textsOf(messages: readonly Anthropic.MessageParam[]): readonly string[] {
  return (normalised(messages) as readonly unknown[]).map((message) => JSON.stringify(message));
}
