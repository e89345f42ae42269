import { oneLine } from './words.ts';

/**
 * What turns text of the model's, or out of files, into Markdown that notifies, links and hides nothing. The door binds it to the place where it is
 * posted; reports see no other way to print such text.
 */
export type SafeText = Readonly<{
  /** Several lines: form kept, made harmless. `limit`: characters at most. */
  markdown(text: string, limit?: number): string;
  /** A code span. */
  span(text: string): string;
  /** A fenced block. */
  block(text: string, language?: string): string;
  /** One line of at most `max` characters; still to be put through one of the others. */
  line(text: string, max: number): string;
}>;

/** A part of a document. `less` stands in its place when the whole is too long; parts are shortened last to first. */
export type Section = Readonly<{ text: string; less?: string }>;

/** Joins sections, shortened so that the whole has at most `max` characters. */
export function fitted(sections: readonly (Section | undefined)[], max: number): string {
  const parts = sections.filter((section) => section !== undefined && section.text !== '') as Section[];
  const texts = parts.map((part) => part.text);
  const whole = (): string => texts.filter((text) => text !== '').join('\n\n') + '\n';
  for (let index = parts.length - 1; index >= 0 && whole().length > max; index--) {
    const less = parts[index]?.less;
    if (less !== undefined) texts[index] = less;
  }
  const text = whole();
  if (text.length <= max) return text;
  const note = '\n\n… cut here; the report in the artifact has the rest.\n';
  return text.slice(0, max - note.length).replace(/[\uD800-\uDBFF]$/, '') + note;
}

/** A folded part. `summary` is the harness's own text. */
export function details(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

/**
 * A table of cells that `cells` has made safe; at most `max` rows, with a line that counts the rest. Only rows that are shown are made: a hostile
 * answer may hold thousands.
 */
export function table<T>(head: readonly string[], values: readonly T[], cells: (value: T) => readonly string[], max = 50): string {
  const row = (texts: readonly string[]): string => `| ${texts.map(cell).join(' | ')} |`;
  const lines = [row(head), row(head.map(() => '---')), ...values.slice(0, max).map((value) => row(cells(value)))];
  return lines.join('\n') + more(values.length - max);
}

function cell(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').replace(/(?<!\\)\|/g, '\\|');
}

/** A list of items that `item` has made safe; at most `max`, with a line that counts the rest. */
export function list<T>(values: readonly T[], item: (value: T) => string, max = 50): string {
  const lines = values.slice(0, max).map((value) => `- ${item(value).replace(/\s*\n\s*/g, ' ')}`);
  return lines.join('\n') + more(values.length - max);
}

function more(count: number): string {
  return count > 0 ? `\n\n… and ${count} more, in the report.` : '';
}

/**
 * For a page of no particular place (a summary file on a disk): nothing is taken for Markdown. The door gives a kinder one where it knows the place.
 */
export const plainText: SafeText = {
  markdown: (text, limit = 20_000) => (text.trim() === '' ? '' : text.includes('\n') ? block(cut(text, limit)) : span(cut(text, limit))),
  span,
  block,
  line: (text, max) => oneLine(text, max),
};

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max)}…`;
}

function span(text: string): string {
  const line = oneLine(text, 10_000);
  const fence = '`'.repeat(longestRun(line) + 1);
  return line === '' ? '' : `${fence}${line.startsWith('`') || line.endsWith('`') ? ` ${line} ` : line}${fence}`;
}

function block(text: string, language = ''): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language.replace(/\W/g, '')}\n${text.replace(/\n$/, '')}\n${fence}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
