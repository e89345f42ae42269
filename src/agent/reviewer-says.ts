import { readReview } from '../review/verdict.ts';
import type { Review } from '../transcript/events.ts';
import type { Thread } from './thread.ts';

/** The review in the last reply of a reviewer's conversation; `null` when there is none that can be read. */
export function reviewerSays(thread: Thread | null): Review | null {
  const last = thread?.messages.at(-1);
  const blocks = last?.role === 'assistant' && typeof last.content !== 'string' ? last.content : [];
  return readReview(blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join(''));
}
