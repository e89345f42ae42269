import { createHash } from 'node:crypto';
import type Anthropic from '@anthropic-ai/sdk';
import type { MessagesRequest } from './script.ts';

/** One cacheable unit of a request, in the API's order: tools, system, messages. */
export type Unit = Readonly<{ bytes: number; breakpoint: boolean; hash: string }>;

/** A copy without any `cache_control`, at any depth where the API allows one. */
export function withoutCacheControl<T>(value: T): T {
  return JSON.parse(JSON.stringify(value, (key, inner: unknown) => (key === 'cache_control' ? undefined : inner))) as T;
}

export function digest(...parts: readonly unknown[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(typeof part === 'string' ? part : (JSON.stringify(part) ?? 'undefined')).update('\0');
  return hash.digest('hex');
}

/** Message content as blocks: the API takes a string as shorthand for one text block. */
export function blocksOf(message: Anthropic.MessageParam): readonly Anthropic.ContentBlockParam[] {
  return typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : message.content;
}

/** All units, each with the running hash of every byte up to its end: equal hashes mean an equal prefix. */
export function unitsOf(request: MessagesRequest): readonly Unit[] {
  const units: Unit[] = [];
  let hash = digest(request.model);
  const add = (place: string, block: object): void => {
    const text = JSON.stringify(withoutCacheControl(block));
    hash = digest(hash, place, text);
    units.push({ bytes: Buffer.byteLength(text), breakpoint: 'cache_control' in block && block.cache_control != null, hash });
  };
  for (const tool of request.tools ?? []) add('tool', tool);
  const system = typeof request.system === 'string' ? [{ type: 'text', text: request.system }] : (request.system ?? []);
  for (const block of system) add('system', block);
  for (const [index, message] of request.messages.entries()) for (const block of blocksOf(message)) add(`${index} ${message.role}`, block);
  return units;
}

/** What binds a conversation besides its messages: none of it may change from turn to turn. */
export function frameOf(request: MessagesRequest): string {
  return digest(
    request.model,
    withoutCacheControl(request.system ?? ''),
    withoutCacheControl(request.tools ?? []),
    request.thinking ?? null,
    request.output_config ?? null,
  );
}

/** Hash of the frame and of the first `count` messages: a thinking block is signed over this. */
export function historyHash(request: MessagesRequest, count: number): string {
  return digest(frameOf(request), normalised(request.messages.slice(0, count)));
}

/** Messages without breakpoints, with their content as blocks and their keys in order: what means the same is equal. */
export function normalised(messages: readonly Anthropic.MessageParam[]): unknown {
  return sorted(withoutCacheControl(messages.map((message) => ({ role: message.role, content: blocksOf(message) }))));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
