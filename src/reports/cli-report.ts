import { blameChange, hunkHeader } from '../transcript/blame.ts';
import type { BlamedHunk } from '../transcript/blame.ts';
import type { Transcript } from '../transcript/events.ts';
import { requirementsOf } from '../transcript/plan.ts';
import { atifOf } from './atif.ts';
import { reportHtml } from './html.ts';
import { otelOf } from './otel.ts';
import { summaryMarkdown } from './summary.ts';
import { turnsOf } from './turns.ts';
import { callInWords, oneLine, plural } from './words.ts';

/** What `alchemist report --format` writes: file name and text. */
export const FORMATS = {
  html: { file: 'report.html', render: (events: Transcript): string => reportHtml(events) },
  md: { file: 'summary.md', render: (events: Transcript): string => summaryMarkdown(events) },
  otel: { file: 'trace.otlp.json', render: (events: Transcript): string => `${JSON.stringify(otelOf(events), null, 2)}\n` },
  atif: { file: 'trajectory.json', render: (events: Transcript): string => `${JSON.stringify(atifOf(events), null, 2)}\n` },
} as const;

export type Format = keyof typeof FORMATS;

/**
 * `alchemist report --blame FILE`: for each hunk of the final change of `path` the calls that wrote it, why (the model's own words before the call) and the
 * requirement it serves, then its lines with the turn of each. Plain text. `undefined` when the run changed no such file.
 */
export function blameText(events: Transcript, path: string, patch?: string): string | undefined {
  const file = blameChange(events, patch).find((one) => one.path === path);
  if (!file) return undefined;
  if (file.hunks.length === 0)
    return `${path}: ${file.binary ? 'binary' : file.status}, by turn ${file.origins.map((origin) => origin.turn).join(', ')}\n`;
  const calls = callsOf(events);
  return file.hunks.map((hunk) => hunkBlame(hunk, path, calls, events)).join('\n');
}

type Reason = Readonly<{ turn: number; call: string; why: string }>;

function callsOf(events: Transcript): Map<string, Reason> {
  const calls = new Map<string, Reason>();
  for (const turn of turnsOf(events)) {
    for (const call of turn.calls)
      calls.set(call.id, { turn: turn.turn, call: callInWords(call.name, call.input), why: oneLine(turn.text || turn.thinking, 300) });
  }
  return calls;
}

function hunkBlame(hunk: BlamedHunk, path: string, calls: ReadonlyMap<string, Reason>, events: Transcript): string {
  const by = hunk.origins.map(({ tool_use_id, turn }) => {
    const reason = calls.get(tool_use_id);
    return `  turn ${turn}: ${reason ? `${reason.call}${reason.why ? `\n    "${reason.why}"` : ''}` : tool_use_id}`;
  });
  const lines = hunk.lines.map(
    (line) => `${line.by === undefined ? '' : line.by.turn}`.padStart(5) + ` ${line.kind}${line.text.replace(/\r?\n$/, '')}`,
  );
  return [`${path} ${hunkHeader(hunk)}`, ...by, `  ${serves(hunk, events)}`, ...lines, ''].join('\n');
}

function serves({ requirement }: BlamedHunk, events: Transcript): string {
  if (requirement === undefined) return 'requirement: the reviewer does not say';
  if (requirement === null) return 'requirement: none (an over-edit, says the reviewer)';
  const known = requirementsOf(events).find((one) => one.id === requirement);
  return `requirement ${requirement}${known?.text ? `: ${oneLine(known.text, 200)}` : ''}`;
}

/** The files that the run changed, one a line, for the message when `--blame` names another. */
export function changedFiles(events: Transcript, patch?: string): string {
  const files = blameChange(events, patch);
  return [`${plural(files.length, 'file')} changed:`, ...files.map((file) => `  ${oneLine(file.path, 300)}`)].join('\n');
}
