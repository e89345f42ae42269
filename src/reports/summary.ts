import type { Transcript } from '../transcript/events.ts';
import { contextOf, endingOf, lastOf } from '../transcript/find.ts';
import { details, fitted, plainText, table } from './markdown.ts';
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
import { spentOn, turnsOf } from './turns.ts';
import type { Turn } from './turns.ts';
import { CONCLUSION_IN_WORDS, integer, usd } from './words.ts';

/** GitHub drops a step summary of over 1 MiB; characters take up to 3 bytes each, pictographs 4 for two. */
const MAX_SUMMARY = Math.floor((1024 * 1024) / 3) - 1000;

export type SummaryOptions = Readonly<{ text?: SafeText; patch?: string }>;

/** `summary.md` and the step summary: the ending first, then what a pull request says, then cost turn by turn. Under 1 MiB. */
export function summaryMarkdown(events: Transcript, options: SummaryOptions = {}): string {
  const text = options.text ?? plainText;
  const files = blamed(events, options.patch);
  return fitted(
    [
      headline(events, text),
      lastOf(events, 'asked') && glance(events, files),
      requirementsSection(events, text),
      evidenceSection(events, text),
      reviewSection(events, text),
      gatesSection(events, text),
      reasonsSection(files, text),
      contextSection(events, text),
      turnsSection(events),
      runSection(events, text),
      { text: `Last hash of the transcript: \`sha256:${events.at(-1)?.hash ?? ''}\`` },
    ],
    MAX_SUMMARY,
  );
}

function headline(events: Transcript, text: SafeText): Section {
  const ending = endingOf(events);
  const ticket = lastOf(events, 'run_started')?.ticket;
  const pull = lastOf(events, 'pull_request_opened');
  const title = ending ? CONCLUSION_IN_WORDS[ending.conclusion] : 'No ending was recorded: the run was cut off';
  const lines = [`## Alchemist: ${title}`];
  if (ticket) {
    const name = text.span(text.line(ticket.title || ticket.instruction, 200));
    lines.push(ticket.number === undefined ? name : `[#${ticket.number}](${encodeURI(ticket.url)}) ${name}`);
  }
  if (pull) lines.push(`Pull request [#${pull.number}](${encodeURI(pull.url)})${pull.draft ? ' (draft)' : ''}`);
  // Of a run that ended well the link says it all.
  if (ending && !(pull && ending.conclusion === 'pull_request')) lines.push(text.markdown(ending.reason, 4_000));
  if (ending?.question) lines.push(`Question: ${text.markdown(ending.question, 4_000)}`);
  return { text: lines.join('\n\n') };
}

/** What the model was given first, and what it was not, and why. */
function contextSection(events: Transcript, text: SafeText): Section {
  // What was empty to begin with is no news.
  const parts = contextOf(events)?.parts.filter((part) => part.characters > 0) ?? [];
  if (parts.length === 0) return { text: '' };
  const cells = (part: (typeof parts)[number]): string[] => [
    text.span(text.line(part.name, 100)),
    text.span(text.line(part.source, 100)),
    `${integer(part.shown)} of ${integer(part.characters)}`,
    text.span(text.line(part.why, 200)),
  ];
  return {
    text: details('What the model was shown, and what not', table(['part', 'from', 'characters shown', 'why not all'], parts, cells, 100)),
  };
}

function turnsSection(events: Transcript): Section {
  const turns = turnsOf(events).filter((turn) => turn.asked.length > 0);
  if (turns.length === 0) return { text: '' };
  const head = ['turn', 'by', 'calls', 'tokens in', 'of them cached', 'tokens out', 'cost'];
  const listed = (max: number): string => details('Cost, turn by turn', table(head, turns, turnCells, max));
  return { text: listed(1_000), less: listed(50) };
}

function turnCells(turn: Turn): string[] {
  const spent = spentOn(turn);
  const names = turn.calls.slice(0, 20).map((call) => call.name.replace(/[^\w-]/g, '').slice(0, 40));
  const calls = names.join(', ') + (turn.calls.length > 20 ? ` and ${turn.calls.length - 20} more` : '');
  const broken = spent.brokenOff > 0 ? ` (${spent.brokenOff} broken off, at worst case)` : '';
  const input = integer(spent.fresh + spent.cacheRead + spent.cacheWrite);
  return [String(turn.turn), turn.purpose, calls, input, integer(spent.cacheRead), integer(spent.output), usd(spent.usd) + broken];
}
