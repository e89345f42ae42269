import type { GateChecked, Reviewed } from '../transcript/events.ts';

/** What the harness says to the author and the reviewer while they work. */

export function nudgeText(cut: boolean): string {
  if (cut) return 'Your reply was cut at its token limit. Go on in smaller steps, and end your turn with a tool call.';
  return 'You ended your turn without a tool call. If the change is done, call push_changes; if the ticket is answered or cannot be done, call report_blocked; otherwise go on with the next call.';
}

/** For the record only: the conversation goes on as if the reply had never been. */
export const setAsideText =
  'Not executed: the reply was cut at its token limit and set aside; the same is asked again with room for twice as much.';

export function stuckText(reason: string): string {
  return `You seem to go in circles: ${reason}. Step back: what did you assume that the results contradict? Take a different approach, or call report_blocked with what you know. If this goes on, the run ends.`;
}

export function budgetText(percent: number, used: string): string {
  const advice =
    percent < 80
      ? 'Keep to what the ticket asks.'
      : percent < 95
        ? 'Finish the change now: run the tests and call push_changes. The self-review needs turns too.'
        : 'Call push_changes now with what works, or report_blocked.';
  return `${percent} % of the budget is used (${used}). ${advice}`;
}

export const reviewHurryText = 'Two turns are left. Give your answer as JSON now, from what you have read.';

export const reviewUnreadableText =
  'That was not the JSON object that was asked for. Answer with that object alone: no text before or after it, no code fence.';

export function refusalText(refusals: readonly GateChecked[]): string {
  const lines = refusals.map(({ gate, detail }) => `- ${gate}: ${detail}`);
  return `Not pushed. ${refusals.length === 1 ? 'This gate refuses' : 'These gates refuse'} the change as it stands:\n${lines.join('\n')}\nMend what they name, then call push_changes again.`;
}

export function findingsText({ round, review, blocking }: Reviewed, rounds: number): string {
  const findings = blocking.map(
    (finding) =>
      `- [${finding.severity}, ${finding.category}] ${finding.file}:${finding.start_line}–${finding.end_line}: ${finding.claim}\n  It fails when: ${finding.failure_scenario}`,
  );
  const unmet = (review?.requirements ?? [])
    .filter(({ status }) => status === 'unmet')
    .map(({ id, evidence }) => `- requirement ${id} is not met: ${evidence}`);
  return `Not pushed yet. The self-review (round ${round} of ${rounds}) asks for a revision:\n${[...findings, ...unmet].join('\n')}\nCheck each finding against the code: mend it when it is right; when it is wrong, say why in the summary. Then run the tests and call push_changes again.`;
}

/** The first words of a conversation that takes over from a long one without a summary. */
export const AFRESH = 'You have worked on this ticket for a while; this is what the record says. Do not start over.';

/** The first words after the API's own summary; the ticket stands before them, word by word. */
export const AFTER_SUMMARY =
  'The conversation had grown long: the summary before this message stands in its place. The ticket and its context are repeated above word by word, since they bind you more than any summary. Go on where you were; do not start over. git_diff shows the change so far; read a file again before you edit it.';

export function fallbackText(model: string, changed: boolean): string {
  const state = changed ? 'The files already carry a partial change: look at it with git_diff first.' : 'Nothing was changed so far.';
  return `\n\n(You take over from ${model}, which declined to go on. ${state})`;
}
