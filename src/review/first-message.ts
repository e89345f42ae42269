import { schemaInWords } from '../prompts/reviewer.ts';
import type { TestsRan } from '../transcript/events.ts';
import type { Ticket } from '../ticket/ticket.ts';

/** Bytes of changed files shown whole beside the diff. */
export const FILES_BYTES = 60 * 1024;

/** What the reviewer is shown. The author's reasons are not in it. */
export type ReviewMaterial = Readonly<{
  ticket: Ticket;
  requirements: readonly Readonly<{ id: string; text: string }>[];
  patch: string;
  patchTruncated: boolean;
  /** Changed files as they are now, numbered; those that did not fit are named. */
  files: readonly Readonly<{ path: string; text: string }>[];
  omitted: readonly string[];
  instructions: string;
  tests: readonly TestsRan[];
  /** Lines of the gates that only note something: scope signals, explanations. */
  notes: readonly string[];
  round: number;
  /** Which part of a large change this is, from 1. */
  part: number;
  parts: number;
  /** True when the server has no structured output: the schema stands in the text then. */
  schemaAsText: boolean;
}>;

/** The reviewer's first message, a pure function of its material. */
export function reviewMessage(material: ReviewMaterial): string {
  const { ticket, requirements, files, omitted, tests, notes } = material;
  return [
    section('Ticket', `${ticket.title}\n\n${ticket.body}${ticket.instruction ? `\n\nAsked: ${ticket.instruction}` : ''}`),
    section(
      'Requirements',
      requirements.length > 0 ? requirements.map(({ id, text }) => `${id}: ${text}`).join('\n') : 'R1: what the ticket asks',
    ),
    material.instructions ? section("The repository's instructions", material.instructions) : '',
    section('Test ledger, written by the harness', tests.map(ledgerLine).join('\n') || 'No tests were run: no test command is known.'),
    notes.length > 0 ? section('Signals computed by the harness', notes.map((note) => `- ${note}`).join('\n')) : '',
    section(
      'Diff (numbers are lines of the new file)',
      numbered(material.patch) + (material.patchTruncated ? '\n[cut here; read the files]' : ''),
    ),
    ...files.map(({ path, text }) => section(`File ${path}`, text)),
    omitted.length > 0 ? section('Changed files not shown here', `${omitted.join('\n')}\nUse read_file.`) : '',
    `This is round ${material.round}. Review the change.${partText(material)}${material.schemaAsText ? `\n${schemaInWords()}` : ''}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function partText({ part, parts }: ReviewMaterial): string {
  if (parts === 1) return '';
  return ` It is large: you are shown part ${part} of ${parts}, the others are reviewed apart. Judge this part; a requirement that it does not touch is unverifiable here.`;
}

function section(title: string, text: string): string {
  return `## ${title}\n${text}`;
}

function ledgerLine({ phase, command, exit_code, tree, counts }: TestsRan): string {
  const numbers = counts ? ` (${counts.passed} passed, ${counts.failed} failed)` : '';
  return `- ${phase === 'base' ? 'before the change' : 'with the change'}: ${command} → exit code ${exit_code ?? 'none'}${numbers}, tree ${tree.slice(0, 10)}`;
}

/** Puts the new file's line number before each line of a unified diff. */
export function numbered(patch: string): string {
  let line = 0;
  return patch
    .split('\n')
    .map((text) => {
      const hunk = /^@@ -\d+(?:,\d+)? \+(\d+)/.exec(text);
      if (hunk) {
        line = Number(hunk[1]);
        return text;
      }
      if (text.startsWith('diff --git')) line = 0;
      if (line === 0 || !/^[ +]/.test(text)) return line === 0 ? text : `      ${text}`;
      return `${String(line++).padStart(5)} ${text}`;
    })
    .join('\n');
}
