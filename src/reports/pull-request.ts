import type { Transcript } from '../transcript/events.ts';
import { contextOf, lastOf, testsVerdict } from '../transcript/find.ts';
import { openFindings } from '../transcript/findings.ts';
import { pushRequestOf } from '../transcript/plan.ts';
import { details, fitted } from './markdown.ts';
import type { SafeText, Section } from './markdown.ts';
import {
  blamed,
  evidenceSection,
  gatesSection,
  glance,
  reasonsSection,
  requirementsSection,
  reviewSection,
  runSection,
} from './sections.ts';
import { plural, short, TESTS_IN_WORDS } from './words.ts';

/** GitHub refuses longer bodies of pull requests, issues and comments (422, "body is too long"). */
export const MAX_BODY = 65_536;

/** What the transcript does not say. */
export type PullRequestOptions = Readonly<{
  text: SafeText;
  /** Opened as a draft: the body says why. */
  draft?: boolean;
  /** With the default token GitHub holds the pull request's workflows until a maintainer approves them. */
  approvalNeeded?: boolean;
  /** Changed files that run by themselves later, in CI or on a developer's machine (attack 10). */
  executableChanges?: readonly string[];
  /** The final change as a patch, to name its hunks as git does; else it is composed from the recorded ones. */
  patch?: string;
  /** The commit of the branch that this run's change was added to; the commits up to it have trails of their own. */
  addsTo?: string;
  /** Name of the artifact with transcript and report. */
  artifact?: string;
}>;

/** The marker by which the action knows its own pull requests and comments; invisible on the page. */
export function marker(events: Transcript): string {
  const run = lastOf(events, 'run_started')?.run;
  return `<!-- alchemist: run=${(run?.id ?? '').replace(/[^\w.-]/g, '')} attempt=${run?.attempt ?? 1} -->`;
}

/** The author's title, or one made of the ticket's number. One line; the caller makes it harmless (`plainTitle`). */
export function pullRequestTitle(events: Transcript): string {
  const title = pushRequestOf(events)?.title.replace(/\s+/g, ' ').trim();
  if (title) return title;
  const ticket = lastOf(events, 'run_started')?.ticket;
  return ticket?.number === undefined ? 'Change by Alchemist' : `Change for issue ${ticket.number}`;
}

/**
 * The body of the pull request: short first, the rest foldable, at most `MAX_BODY` characters whatever the run's size. What the model claims and what
 * the harness recorded stand apart.
 */
export function pullRequestBody(events: Transcript, options: PullRequestOptions): string {
  const { text } = options;
  const files = blamed(events, options.patch);
  return fitted(
    [
      { text: marker(events) },
      glance(events, files),
      banners(events, options),
      asked(events, text),
      whatChanged(events, text),
      requirementsSection(events, text),
      evidenceSection(events, text),
      reviewSection(events, text),
      gatesSection(events, text),
      reasonsSection(files, text),
      runSection(events, text),
      howToVerify(events, options),
    ],
    MAX_BODY,
  );
}

function banners(events: Transcript, { draft, approvalNeeded, addsTo, executableChanges = [], text }: PullRequestOptions): Section {
  const notes: string[] = [];
  if (draft) notes.push(`> [!WARNING]\n> This is a draft: ${draftReasons(events).join('; ')}.`);
  if (executableChanges.length > 0) {
    const names = executableChanges.slice(0, 20).map((path) => text.span(text.line(path, 200)));
    const rest = executableChanges.length > 20 ? ` and ${executableChanges.length - 20} more` : '';
    notes.push(
      `> [!CAUTION]\n> Changes what runs by itself, in CI or on a developer's machine. Read before running anything: ${names.join(', ')}${rest}.`,
    );
  }
  if (addsTo) {
    notes.push(
      `> [!NOTE]\n> A later run added one commit to this branch; what follows tells of that commit alone. The commits up to ${text.span(short(addsTo))} came before it: an earlier run's names its own trail in its trailers.`,
    );
  }
  if (approvalNeeded) {
    notes.push(
      `> [!NOTE]\n> GitHub holds this pull request's workflows until a maintainer presses [*Approve workflows to run*](${workflowsOf(events)}) (some repositories see none), because it was opened with the workflow's default token. An App's token or a personal access token as \`github-token\` avoids that.`,
    );
  }
  return { text: notes.join('\n\n') };
}

/** The branch's workflow runs, where those that wait can be approved. */
function workflowsOf(events: Transcript): string {
  const started = lastOf(events, 'run_started');
  if (!started) return '';
  const { server_url: server, repository } = started.run;
  return `${encodeURI(`${server}/${repository}/actions`)}?query=branch%3A${encodeURIComponent(started.config.branch)}`;
}

function draftReasons(events: Transcript): string[] {
  const reasons: string[] = [];
  const tests = testsVerdict(events);
  if (tests === 'failed' || tests === 'none') reasons.push(`tests ${tests} (${TESTS_IN_WORDS[tests]})`);
  const open = openFindings(events).length;
  if (open > 0) reasons.push(`${plural(open, 'finding')} of the self-review ${open === 1 ? 'is' : 'are'} open`);
  if (lastOf(events, 'reviewed')?.verdict === 'unanswered') reasons.push('the self-review gave no readable answer');
  if (reasons.length === 0)
    reasons.push(lastOf(events, 'run_started')?.config.draft === 'always' ? 'the workflow asks for drafts' : 'a person should look first');
  return reasons;
}

function asked(events: Transcript, text: SafeText): Section {
  const ticket = lastOf(events, 'run_started')?.ticket;
  if (!ticket) return { text: '' };
  const title = text.span(text.line(ticket.title || ticket.instruction, 200));
  const who = ticket.askedBy ? ` by ${text.span(ticket.askedBy)}` : '';
  if (ticket.number === undefined) return { text: `**Asked**${who}: ${title}` };
  return { text: `Fixes #${ticket.number}\n\n**Asked**${who} in #${ticket.number}: ${title}` };
}

function whatChanged(events: Transcript, text: SafeText): Section {
  const summary = pushRequestOf(events)?.summary ?? '';
  return { text: `### What changed\n\n${text.markdown(summary, 8_000) || 'The author gave no summary.'}` };
}

function howToVerify(events: Transcript, { artifact, text }: PullRequestOptions): Section {
  const url = lastOf(events, 'run_started')?.run.url ?? '';
  const base = contextOf(events)?.base.commit ?? '';
  const pushed = lastOf(events, 'pushed');
  const anchor = pushed
    ? `The commit's trailer names the transcript by the hash of its last event before the push: ${text.span(pushed.prev)}.`
    : '';
  const name = text.span(text.line(artifact ?? 'alchemist-transcript', 100));
  const body = [
    `Every request, reply, call, result and change is in \`transcript.jsonl\`; \`report.html\` shows it without a network. Both are in the artifact ${name} of [the run](${encodeURI(url)}).`,
    '```\nnpx alchemist verify transcript.jsonl --repo .\n```',
    `replays the change on base ${text.span(short(base))} in a clone that has both commits, offline and without a model, and checks hash chain, tests, totals and this commit. ${anchor}`,
  ].join('\n\n');
  return { text: details('Read and verify the transcript', body) };
}
