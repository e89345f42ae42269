import { OWN_MARKER, type Asked } from '../ticket/event.ts';
import type { GitHub } from '../forge/github.ts';
import { codeSpan } from './outbound.ts';

/** Where somebody who may ask did, kept for `post`: a process that is killed before its run begins can tell nobody. */
export type HeardAt = Readonly<{ issue: number }>;

/** For the runner's state, which keeps texts alone. */
export function heardAt({ number }: Asked): string {
  return number === undefined ? '' : JSON.stringify({ issue: number } satisfies HeardAt);
}

/** `undefined` for anything but what `heardAt` wrote. */
export function readHeardAt(text: string | undefined): HeardAt | undefined {
  try {
    const { issue } = JSON.parse(text ?? '') as { issue?: unknown };
    return Number.isSafeInteger(issue) ? { issue: issue as number } : undefined;
  } catch {
    return undefined;
  }
}

/** Why a run that has no transcript came to nothing, in a line. */
export const CUT_OFF_BEFORE =
  'The job was cancelled, or its process was killed, before the run could begin. The model was not asked, and nothing was spent.';

/** Tells it where it was asked for: once, in the comment that the run left if it left one. */
export async function tellCutOff(
  github: Pick<GitHub, 'createComment' | 'updateComment' | 'runUrl'>,
  { issue }: HeardAt,
  { trigger, runId, comment }: Readonly<{ trigger: string; runId: string; comment?: number | undefined }>,
): Promise<void> {
  const again = `To ask again, comment ${codeSpan(trigger)} with what to do.`;
  const body = `${OWN_MARKER} -->\n**Cut off before it began** · [run](${encodeURI(github.runUrl(runId))})\n\n${CUT_OFF_BEFORE}\n\n${again}`;
  if (comment === undefined) return void (await github.createComment(issue, body));
  // Deleted since, or not ours to change: a new one is better than silence.
  await github.updateComment(comment, body).catch(() => github.createComment(issue, body));
}
