import { fold } from './fold.ts';
import { merge } from './merge.ts';
import { endingAt, type Splice } from './splice.ts';

const FOLDS = { trailing: true, typographic: false };

/** White space that every line of `old_str` lacks (`add`) or has too much (`drop`) against the file. */
type Shift = { kind: 'add' | 'drop'; prefix: string };

/** Whole lines that equal the wanted ones but for one uniform indentation shift, which is applied to the replacement too. */
export function indentationMatches(text: string, wanted: string, replacement: string): Splice[] {
  const closed = wanted.endsWith('\n');
  const hay = fold(text, FOLDS);
  const lines = hay.text.split('\n');
  const wantedLines = fold(closed ? wanted.replace(/\r?\n$/, '') : wanted, FOLDS).text.split('\n');
  const first = wantedLines.findIndex((line) => line.trim() !== '');
  if (first === -1) return [];
  const anchor = (wantedLines[first] ?? '').trimStart();
  const offsets = offsetsOf(lines);
  const splices: Splice[] = [];
  lines.forEach((line, i) => {
    const top = i - first;
    if (top < 0 || top + wantedLines.length > lines.length || line.trimStart() !== anchor) return;
    const shift = shiftBetween(lines.slice(top, top + wantedLines.length), wantedLines);
    const shifted = shift === null ? null : apply(closed ? replacement.replace(/\r?\n$/, '') : replacement, shift);
    if (shifted === null) return;
    const start = hay.starts[offsets[top] ?? 0] ?? text.length;
    const lastLine = top + wantedLines.length - 1;
    const last = (offsets[lastLine] ?? 0) + (lines[lastLine]?.length ?? 0) - 1;
    const end = last < (offsets[top] ?? 0) ? start : (hay.ends[last] ?? text.length);
    const region = lines.slice(top, lastLine + 1).join('\n');
    const body = merge(text.slice(start, end), region, shifted, FOLDS, endingAt(text, start));
    splices.push(
      closed && replacement === ''
        ? withLineEnd(text, start, end)
        : closed && !/\n$/.test(replacement)
          ? { ...withLineEnd(text, start, end), replacement: body }
          : { start, end, replacement: body },
    );
  });
  return splices;
}

/** Deleting whole lines takes the last one's ending along. */
function withLineEnd(text: string, start: number, end: number): Splice {
  const newline = text.indexOf('\n', end);
  return { start, end: newline === -1 ? text.length : newline + 1, replacement: '' };
}

function offsetsOf(lines: readonly string[]): number[] {
  let at = 0;
  return lines.map((line) => {
    const start = at;
    at += line.length + 1;
    return start;
  });
}

const indentOf = (line: string): string => /^[ \t]*/.exec(line)?.[0] ?? '';

function shiftBetween(lines: readonly string[], wanted: readonly string[]): Shift | null {
  let shift: Shift | null = null;
  for (const [i, line] of lines.entries()) {
    const other = wanted[i] ?? '';
    if (line.trim() === '' && other.trim() === '') continue;
    if (line.trimStart() !== other.trimStart()) return null;
    const found = between(indentOf(line), indentOf(other));
    if (found === null || (shift !== null && (shift.kind !== found.kind || shift.prefix !== found.prefix))) return null;
    shift = found;
  }
  return shift;
}

function between(indent: string, wanted: string): Shift | null {
  if (indent.endsWith(wanted)) return { kind: 'add', prefix: indent.slice(0, indent.length - wanted.length) };
  if (wanted.endsWith(indent)) return { kind: 'drop', prefix: wanted.slice(0, wanted.length - indent.length) };
  return null;
}

/** `null` when a line of the replacement has less indentation than would have to go. */
function apply(replacement: string, shift: Shift): string | null {
  const lines = replacement.split('\n');
  if (shift.kind === 'add') return lines.map((line) => (line.trim() === '' ? line : shift.prefix + line)).join('\n');
  if (lines.some((line) => line.trim() !== '' && !line.startsWith(shift.prefix))) return null;
  return lines.map((line) => (line.trim() === '' ? line : line.slice(shift.prefix.length))).join('\n');
}
