import { ForgeError } from '../forge/error.ts';
import type { GitHub } from '../forge/github.ts';
import { discussionOf } from '../ticket/discussion.ts';
import type { Asked } from '../ticket/event.ts';
import { sanitise, sanitisePlain } from '../ticket/sanitise.ts';
import type { Ticket } from '../ticket/ticket.ts';

/** The ticket as it stood in the event, made of what a person sees on the page. */
export function ticketOf(asked: Asked): Ticket {
  // GitHub renders comments and bodies as Markdown, but neither titles nor the text of a dispatch.
  const task = asked.number === undefined;
  const clean = (text: string, limit: number): string => (task ? sanitisePlain : sanitise)(text, limit).text;
  return {
    source: asked.source,
    ...(asked.number === undefined ? {} : { number: asked.number }),
    title: sanitisePlain(asked.title, 1_000).text.replaceAll('\n', ' '),
    body: clean(asked.body, 200_000),
    instruction: clean(asked.instruction, 64_000),
    author: asked.author,
    askedBy: asked.askedBy,
    url: asked.url,
    discussion: [],
  };
}

/** The ticket with the discussion under its issue, as far as the model may see it. */
export async function withDiscussion(ticket: Ticket, asked: Asked, github: GitHub): Promise<Ticket> {
  if (asked.number === undefined) return ticket;
  const comments = await github.comments(asked.number).catch((error: unknown) => {
    if (error instanceof ForgeError) return onlyTheEvent(error);
    throw error;
  });
  const { remarks } = await discussionOf(comments, { askedAt: asked.askedAt, commentId: asked.commentId }, (login) =>
    github.permission(login),
  );
  return { ...ticket, discussion: remarks };
}

/** Issues were switched off, this one was transferred, or its comments cannot be read with this token: the event holds the ticket. A deleted issue was withdrawn, and nobody could be told. */
function onlyTheEvent(error: ForgeError): [] {
  if (/deleted/i.test(error.said))
    throw new Error('The issue was deleted after the run was asked for, so nothing was started.', { cause: error });
  return [];
}
