import { Interruption } from '../agent/parts.ts';
import type { CommentFacts, GitHub } from '../forge/github.ts';
import { commandOf } from '../ticket/command.ts';
import { OWN_MARKER, type Asked } from '../ticket/event.ts';
import { mayAsk } from '../ticket/permission.ts';
import { instructionOf } from '../ticket/trigger.ts';

/** Milliseconds until the first look and between two: a job's token has 1,000 requests an hour for the whole repository. */
const FIRST_MS = 2_000;
const INTERVAL_MS = 10_000;
/** After a look that failed. */
const LONGEST_MS = 60_000;

/** What a `stop` leaves where the comment that asked cannot be read by the run under way. */
const STOP_MARKER = `${OWN_MARKER}: stop -->`;

export type StopParts = Readonly<{
  github: Pick<GitHub, 'comments' | 'permission'>;
  /** What the run was asked by: a comment that was there before stops nothing. */
  asked: Asked;
  /** Id of this workflow run. */
  runId: string;
  trigger: string;
  allowed: Readonly<{ allowedUsers: readonly string[]; allowedBots: readonly string[] }>;
}>;

/**
 * Looks every ten seconds whether somebody who may ask wrote "stop" under the issue since the run was asked for. The run under way has to look itself: the run of
 * the comment that says so may wait in the queue of the same concurrency group until this one is over. Never throws.
 */
export function watchForStop(parts: StopParts): Readonly<{ signal: AbortSignal; close(): void }> {
  const controller = new AbortController();
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  const wait = (ms: number): void => {
    if (!closed) timer = setTimeout(() => void look(ms), ms).unref();
  };
  const look = async (waited: number): Promise<void> => {
    try {
      const login = await stoppedBy(parts);
      if (login === null) return wait(INTERVAL_MS);
      if (!closed)
        controller.abort(new Interruption('stop', `Stopped: ${login} asked for it in a comment. What was done so far is in the artifact.`));
    } catch {
      // A look that fails must not stop a run.
      wait(Math.min(LONGEST_MS, Math.max(INTERVAL_MS, waited * 2)));
    }
  };
  wait(FIRST_MS);
  return {
    signal: controller.signal,
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
}

/** Who asked for the stop; `null` when nobody did who may. */
async function stoppedBy({ github, asked, runId, trigger, allowed }: StopParts): Promise<string | null> {
  if (asked.number === undefined) return null;
  const comments = await github.comments(asked.number, sinceOf(asked));
  const own = comments.find(({ body }) => body.startsWith(`${OWN_MARKER}: run=${runId} `))?.author;
  for (const comment of comments) {
    if (!isLater(comment, asked)) continue;
    if (comment.body.startsWith(STOP_MARKER) && own !== undefined && comment.author === own) return 'somebody with the permission';
    if (comment.body.includes(OWN_MARKER) || commandOf(instructionOf(comment.body, trigger) ?? '')?.kind !== 'stop') continue;
    const answer = await mayAsk({ source: 'issue_comment', askedBy: comment.author, askedByType: comment.authorType }, allowed, (login) =>
      github.permission(login),
    );
    if (answer.allowed) return comment.author;
  }
  return null;
}

/** A margin for what was written in the same moments; GitHub counts in seconds. */
function sinceOf({ askedAt }: Asked): Date | undefined {
  const at = Date.parse(askedAt ?? '');
  return Number.isNaN(at) ? undefined : new Date(at - 1_000);
}

/** Written after the run was asked for, and not edited: what stands there must be its author's own word. */
function isLater({ id, createdAt, updatedAt }: CommentFacts, { commentId, askedAt }: Asked): boolean {
  if (updatedAt !== createdAt && updatedAt !== '') return false;
  const later = Date.parse(createdAt) - Date.parse(askedAt ?? '');
  // GitHub counts in seconds; the ids of comments grow.
  return later === 0 ? commentId !== undefined && id > commentId : later > 0;
}

export type StopRequest = Readonly<{ github: Pick<GitHub, 'comments' | 'createComment'>; asked: Asked; dryRun: boolean }>;

/** The run of the comment that says "stop" starts no agent; it only makes sure that the run under way hears of it. */
export async function askToStop({
  github,
  asked,
  dryRun,
}: StopRequest): Promise<Readonly<{ conclusion: 'skipped' | 'answered'; reason: string }>> {
  const skipped = (reason: string) => ({ conclusion: 'skipped', reason }) as const;
  if (asked.number === undefined) return skipped('A task has no issue whose run could be stopped; cancel the workflow run instead.');
  const comments = await github.comments(asked.number);
  const latest = comments.findLast(({ body }) => body.startsWith(`${OWN_MARKER}: run=`));
  if (!latest?.body.includes('**Alchemist is working**'))
    return skipped('Nothing is under way on this issue, so there is nothing to stop.');
  if (dryRun || comments.some(({ id }) => id === asked.commentId))
    return skipped('The run under way reads the comment itself and stops within some seconds.');
  await github.createComment(
    asked.number,
    `${STOP_MARKER}\nThe run under way is told to stop, as \`${asked.askedBy.replaceAll('`', '')}\` asked.`,
  );
  return { conclusion: 'answered', reason: 'The run under way was told to stop.' };
}
