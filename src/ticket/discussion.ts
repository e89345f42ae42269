import { OWN_MARKER } from './event.ts';
import type { Lookup } from './permission.ts';
import { sanitise, type Ledger } from './sanitise.ts';
import type { Remark } from './ticket.ts';

/** A comment as GitHub's REST API lists it ("List issue comments"), oldest first. Times are ISO 8601. */
export type RawComment = Readonly<{
  id: number;
  author: string;
  association: string;
  body: string;
  createdAt: string;
  /** Absent or empty: when it was last edited is not known. */
  updatedAt?: string | undefined;
}>;

/** Which discussion is meant. */
export type Moment = Readonly<{
  /** When the run was asked for; comments written or edited later were not before the asker's eyes (attack 13). */
  askedAt?: string | undefined;
  /** The comment that asked: it is the instruction, not a remark. */
  commentId?: number | undefined;
  /** Characters of all remarks together. */
  budget?: number | undefined;
}>;

/** Characters of one remark at most; a pasted log must not push out what people said. */
const ONE_REMARK = 6_000;
const BUDGET = 24_000;

/** Associations that can have write access at all; the others need no look-up. */
const MAY_WRITE = new Set(['OWNER', 'MEMBER', 'COLLABORATOR']);

/**
 * The discussion as the model may see it: the newest remarks that fit, in the order they were written, and a ledger of what was left out and why.
 * A remark speaks as an instruction (`trusted`) only where `lookup` says that its author, a person, has write access; an error is a no (attack 16).
 */
export async function discussionOf(
  comments: readonly RawComment[],
  moment: Moment,
  lookup: Lookup,
): Promise<Readonly<{ remarks: readonly Remark[]; ledger: Ledger }>> {
  const counts = new Map<string, number>();
  const count = (what: string, times = 1): void => void counts.set(what, (counts.get(what) ?? 0) + times);
  const trusts = new Map<string, Promise<boolean>>();
  const remarks: Remark[] = [];
  let left = moment.budget ?? BUDGET;
  for (const comment of [...comments].reverse()) {
    if (comment.id === moment.commentId) continue;
    const why = whyNot(comment, moment.askedAt);
    if (why !== undefined) {
      count(why);
      continue;
    }
    const { text, ledger } = sanitise(comment.body, ONE_REMARK);
    if (text === '' || text.length > left) {
      // Older ones are not squeezed in beside it: a discussion with holes misleads.
      if (text !== '') left = 0;
      count(text === '' ? 'remarks with nothing to see' : 'older remarks over the budget');
      continue;
    }
    for (const entry of ledger) count(entry.what, entry.count);
    left -= text.length;
    let trusted = trusts.get(comment.author);
    if (trusted === undefined) trusts.set(comment.author, (trusted = hasWriteAccess(comment, lookup)));
    remarks.unshift({
      author: comment.author,
      association: comment.association,
      at: comment.createdAt,
      body: text,
      trusted: await trusted,
    });
  }
  return { remarks, ledger: [...counts].map(([what, times]) => ({ what, count: times })) };
}

function whyNot(comment: RawComment, askedAt: string | undefined): string | undefined {
  if (comment.body.includes(OWN_MARKER)) return 'our own comments';
  const written = Date.parse(comment.createdAt);
  const edited = Date.parse(comment.updatedAt ?? '');
  if (Number.isNaN(written) || Number.isNaN(edited)) return 'remarks whose time of editing is not known';
  if (askedAt === undefined) return undefined;
  const asked = Date.parse(askedAt);
  // GitHub counts in seconds: an edit in the same second may have come after.
  if (edited !== written && !(edited < asked)) return 'remarks edited after the run was asked for';
  return written <= asked ? undefined : 'remarks written after the run was asked for';
}

async function hasWriteAccess(comment: RawComment, lookup: Lookup): Promise<boolean> {
  if (!MAY_WRITE.has(comment.association)) return false;
  try {
    const { permission, userType } = await lookup(comment.author);
    return userType === 'User' && (permission === 'admin' || permission === 'write');
  } catch {
    return false;
  }
}
