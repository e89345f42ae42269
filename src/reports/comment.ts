import type { Transcript } from '../transcript/events.ts';
import { allOf, contextOf, elapsedMs, endingOf, lastOf, lastTree, testsVerdict } from '../transcript/find.ts';
import { finalTotals } from '../transcript/totals.ts';
import { planOf } from '../transcript/plan.ts';
import { fitted, list } from './markdown.ts';
import type { SafeText, Section } from './markdown.ts';
import { marker, MAX_BODY } from './pull-request.ts';
import { inline } from './sections.ts';
import { callInWords, CONCLUSION_IN_WORDS, duration, integer, plural, TESTS_IN_WORDS, usd } from './words.ts';

/** What the transcript does not say. */
export type CommentOptions = Readonly<{
  text: SafeText;
  /** Web address of the uploaded artifact, once there is one. */
  artifactUrl?: string | undefined;
  /** The upload failed: the files stayed on the runner. */
  artifactMissing?: boolean;
  /** How a person starts the action, for the hint at the end. */
  trigger?: string;
  /** How to go on from what this run left, e.g. `@alchemist continue`; left out where that is not offered. */
  continueWith?: string;
}>;

/** The run's one comment: its progress while it goes on, its final state once `run_ended` stands in the transcript. */
export function commentBody(events: Transcript, options: CommentOptions): string {
  return endingOf(events) ? finalComment(events, options) : progressComment(events, options);
}

/** Plan with check marks, the last step in words, turns, cost and time. */
export function progressComment(events: Transcript, { text }: CommentOptions): string {
  return fitted(
    [{ text: `${marker(events)}\n**Alchemist is working** · ${figures(events)}` }, plan(events, text), lastStep(events, text)],
    MAX_BODY,
  );
}

/** The final state, for every conclusion. */
export function finalComment(events: Transcript, options: CommentOptions): string {
  const { text } = options;
  const ending = endingOf(events);
  if (!ending) return progressComment(events, options);
  const pull = lastOf(events, 'pull_request_opened');
  const title = CONCLUSION_IN_WORDS[ending.conclusion];
  const headline = ending.conclusion === 'pull_request' && pull ? pullRequestLine(pull, ending.tests) : `**${title}** · ${figures(events)}`;
  return fitted(
    [
      { text: `${marker(events)}\n${headline}` },
      reason(events, text),
      // What a person asked for is done in the pull request; elsewhere the plan says how far the run came.
      ending.conclusion === 'pull_request' || ending.conclusion === 'answered' ? undefined : plan(events, text),
      howToGoOn(events, options),
      { text: footer(events, options) },
    ],
    MAX_BODY,
  );
}

function pullRequestLine(pull: { number: number; url: string; draft: boolean; updated: boolean }, tests: string): string {
  const what = pull.updated ? 'Updated' : 'Opened';
  return `**${what} ${pull.draft ? 'draft ' : ''}pull request [#${pull.number}](${encodeURI(pull.url)})** · tests ${tests}`;
}

function figures(events: Transcript): string {
  const started = lastOf(events, 'run_started');
  const spent = endingOf(events)?.totals ?? finalTotals(events);
  const limits = started?.config;
  const parts = [
    `${plural(spent.turns, 'turn')}${limits ? ` of ${integer(limits.max_turns)}` : ''}`,
    `${usd(spent.cost_usd)}${limits ? ` of ${usd(limits.max_cost_usd)}` : ''}`,
    duration(elapsedMs(events)),
  ];
  if (started) parts.push(`[run](${encodeURI(started.run.url)})`);
  return parts.join(' · ');
}

function plan(events: Transcript, text: SafeText): Section {
  const requirements = planOf(events)?.requirements ?? [];
  const item = (one: (typeof requirements)[number]): string => {
    const mark = one.status === 'met' ? '[x]' : '[ ]';
    const note = one.status === 'unmet' || one.status === 'unknown' ? ` (${one.status})` : '';
    return `${mark} ${inline(one.text || one.id, 300, text)}${note}`;
  };
  return { text: list(requirements, item, 30), less: list(requirements, item, 5) };
}

function lastStep(events: Transcript, text: SafeText): Section {
  const last = events.findLast((event) => event.type !== 'noticed' && event.type !== 'tree_changed');
  switch (last?.type) {
    case 'asked':
      return { text: last.purpose === 'review' ? 'The self-review is reading the change.' : 'Waiting for the model.' };
    case 'tool_ran':
    case 'tool_started':
      return { text: `Last step: ${text.span(text.line(last.type === 'tool_ran' ? callInWords(last.name, last.input) : last.name, 160))}` };
    case 'replied': {
      const call = last.message.content.findLast((block) => block.type === 'tool_use');
      return { text: call ? `Now: ${text.span(text.line(callInWords(call.name, call.input), 160))}` : 'The model answered.' };
    }
    case 'tests_ran':
      return { text: `Tests ran: ${last.exit_code === 0 ? 'green' : 'red'}.` };
    case 'gate_checked':
      return { text: `Gate ${last.gate}: ${last.outcome}.` };
    case 'review_started':
      return { text: `Self-review, round ${last.round}.` };
    case 'reviewed':
      return { text: `Self-review, round ${last.round}: ${last.verdict}.` };
    case 'pushed':
      return { text: 'Pushed; opening the pull request.' };
    default:
      return { text: 'Reading the repository.' };
  }
}

/** The author's own words where it stopped by itself, else the one line of the ending. */
function reason(events: Transcript, text: SafeText): Section {
  const ending = endingOf(events);
  if (!ending) return { text: '' };
  const call = allOf(events, 'tool_ran').findLast((event) => event.name === 'report_blocked' && !event.is_error);
  const own = ending.conclusion === 'answered' || ending.conclusion === 'blocked' ? stringOf(call?.input, 'reason') : '';
  const question = ending.question ?? (own ? stringOf(call?.input, 'question') : '');
  const words = text.markdown(own || ending.reason, 20_000);
  const summary = ending.conclusion === 'pull_request' ? `Tests: ${TESTS_IN_WORDS[ending.tests]}. ${figures(events)}` : words;
  return { text: question && !summary.includes(question) ? `${summary}\n\n**Question:** ${text.markdown(question, 5_000)}` : summary };
}

function stringOf(input: unknown, key: string): string {
  const value = typeof input === 'object' && input !== null ? (input as Record<string, unknown>)[key] : undefined;
  return typeof value === 'string' ? value : '';
}

function howToGoOn(events: Transcript, { text, trigger = '@alchemist', continueWith }: CommentOptions): Section {
  const ending = endingOf(events);
  const changed = lastTree(events) !== contextOf(events)?.start_tree;
  const pushed = lastOf(events, 'pushed');
  const lines: string[] = [];
  if (pushed && !lastOf(events, 'pull_request_opened')) {
    lines.push(`The commit is on branch ${text.span(pushed.branch)}, without a pull request: [look at it](${encodeURI(pushed.url)}).`);
  } else if (changed && !pushed) {
    lines.push('What was done so far is kept: `change.patch` in the artifact (`git apply change.patch`).');
  }
  const limits: Record<string, string> = {
    turns: 'raise `max-turns`',
    dollars: 'raise `max-cost-usd`',
    minutes: 'raise `max-minutes`',
    context: 'split the ticket into smaller ones',
  };
  const stopped = ending && ['out_of_budget', 'failed', 'cancelled', 'rejected_by_review', 'blocked'].includes(ending.conclusion);
  if (stopped && continueWith) lines.push(`To go on from here, comment ${text.span(continueWith)}.`);
  if (ending?.conclusion === 'out_of_budget')
    lines.push(`To give it more room, ${limits[ending.limit ?? ''] ?? 'raise the limit'} in the workflow, or narrow the ticket.`);
  if (ending?.conclusion === 'blocked') lines.push(`Answer here in a comment that starts with ${text.span(trigger)}.`);
  else if (stopped) lines.push(`To start anew, comment ${text.span(trigger)} with what to do.`);
  if (ending?.conclusion === 'dry_run')
    lines.push(`Tests: ${TESTS_IN_WORDS[testsVerdict(events)]}. The change is \`change.patch\` in the artifact.`);
  return { text: lines.join('\n\n') };
}

function footer(events: Transcript, { artifactUrl, artifactMissing }: CommentOptions): string {
  const hash = events.at(-1)?.hash ?? '';
  if (artifactMissing === true)
    return `<sub>The artifact could not be uploaded: transcript and report stayed on the runner; its log says where. Last hash of the transcript: \`sha256:${hash}\`</sub>`;
  const where = artifactUrl ? `[Transcript and report](${encodeURI(artifactUrl)})` : 'Transcript and report are in the artifact of the run';
  return `<sub>${where}. Last hash of the transcript: \`sha256:${hash}\`</sub>`;
}
