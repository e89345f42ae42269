import type Anthropic from '@anthropic-ai/sdk';
import type { Message, MessageParam } from './model.ts';

/**
 * The API's own summary of a conversation (on-demand compaction). It is returned alone, signed, and stands first in every later request in place of
 * the messages that it summarises, byte for byte as it came.
 * Source: https://platform.claude.com/docs/en/build-with-claude/compaction-on-demand
 */
export type SummaryBlock = Anthropic.Beta.BetaCompactionBlock;

/** Needed on the request for a summary and on every later one that carries it. */
export const SUMMARY_BETA: Anthropic.Beta.AnthropicBeta = 'compact-2026-09-04';

/** The summary in a reply; `undefined` when the model wrote none (it was cut, refused, or called a tool instead), or the server knows of none. */
export function summaryOf(message: Message): SummaryBlock | undefined {
  const blocks = message.content as readonly (Anthropic.ContentBlock | SummaryBlock)[];
  const [block] = blocks;
  return blocks.length === 1 && block?.type === 'compaction' && block.content ? block : undefined;
}

/** True for a conversation that goes on from a summary. */
export function startsWithSummary([first]: readonly MessageParam[]): boolean {
  const block = typeof first?.content === 'string' ? undefined : (first?.content[0] as { type: string } | undefined);
  return block?.type === 'compaction';
}

/** The message that stands for what was summarised. The type of the API's stable half does not know the block. */
export function summaryMessage(block: SummaryBlock): MessageParam {
  return { role: 'assistant', content: [block as unknown as Anthropic.ContentBlockParam] };
}
