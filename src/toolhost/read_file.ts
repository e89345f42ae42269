import { readBytes, type FileContent } from './files.ts';
import { decode, linesOf, peculiarities, sizeText } from './text.ts';
import type { Answer, ReadFile } from './wire.ts';
import type { Workspace } from './workspace.ts';

const MAX_LINES = 1000;
const MAX_BYTES = 24 * 1024;
const MAX_LINE_CHARACTERS = 2000;

/** Numbered lines of a text file (`12<tab>text`); a binary, huge or missing file is answered with what is there instead. */
export async function readFile(workspace: Workspace, { path: given, start_line: from, end_line: end }: ReadFile): Promise<Answer> {
  const start = Math.max(1, Math.floor(from ?? 1));
  const file = await readBytes(workspace, given);
  if (file.size > file.bytes.length) return { text: hugeText(file), is_error: true };
  const decoded = decode(file.bytes);
  const legacy = 'reason' in decoded && decoded.reason.startsWith('text') ? new TextDecoder('windows-1252').decode(file.bytes) : null;
  if ('reason' in decoded && legacy === null) return { text: binaryText(file, decoded.reason), is_error: true };
  const lines = linesOf('text' in decoded ? decoded.text : (legacy ?? ''));
  const notes =
    'text' in decoded
      ? peculiarities(decoded)
      : [
          `${decoded.reason}; shown as Windows-1252; edit_file refuses it, change it with a byte-safe program (perl -pi -e, python3 with encoding=) by run_command`,
        ];
  if (lines.length === 0) return { text: `${file.path} is empty (0 lines).`, is_error: false };
  if (start > lines.length)
    return {
      text: `${file.path} has ${lines.length} lines; start_line=${start} is after its end. Read it with start_line=${Math.max(1, lines.length - 50)}.`,
      is_error: true,
    };
  if (end !== undefined && end < start)
    return {
      text: `end_line=${end} is before start_line=${start}; give a range such as start_line=${end}, end_line=${start}.`,
      is_error: true,
    };
  return { text: page(lines, start, Math.min(end ?? lines.length, lines.length), end !== undefined, notes), is_error: false };
}

function page(lines: readonly string[], start: number, end: number, asked: boolean, notes: readonly string[]): string {
  const shown: string[] = [];
  let bytes = 0;
  for (let number = start; number <= end && shown.length < MAX_LINES; number++) {
    const text = numbered(number, lines[number - 1] ?? '');
    bytes += Buffer.byteLength(text) + 1;
    if (bytes > MAX_BYTES && shown.length > 0) break;
    shown.push(text);
  }
  const last = start + shown.length - 1;
  const cut = last < end ? [`[lines ${start}–${last} of ${lines.length}; continue with start_line=${last + 1}]`] : [];
  const part = cut.length === 0 && (asked || start > 1) && last < lines.length ? [`[lines ${start}–${last} of ${lines.length}]`] : [];
  const peculiar = notes.length > 0 ? [`[${notes.join(', ')}]`] : [];
  return [...shown, ...cut, ...part, ...peculiar].join('\n');
}

/** `12<tab>text`, a very long line cut. */
export function numbered(number: number, line: string): string {
  if (line.length <= MAX_LINE_CHARACTERS) return `${number}\t${line}`;
  return `${number}\t${line.slice(0, MAX_LINE_CHARACTERS)} [… ${line.length - MAX_LINE_CHARACTERS} more characters in this line]`;
}

function hugeText(file: FileContent): string {
  const head = file.bytes.subarray(0, 2048);
  const decoded = decode(head.subarray(0, head.lastIndexOf(10) + 1));
  const beginning = 'reason' in decoded ? `It is ${decoded.reason}.` : `It begins:\n${linesOf(decoded.text).slice(0, 20).join('\n')}`;
  return `${file.path} has ${sizeText(file.size)}, too large to read here. Use search with path="${file.path}", or run_command: sed -n '1,200p' '${file.path}'\n${beginning}`;
}

function binaryText(file: FileContent, reason: string): string {
  const start = file.bytes.subarray(0, 32).toString('hex').replace(/(..)/g, '$1 ').trim();
  return `${file.path} is ${reason}; ${sizeText(file.size)}. It cannot be shown as text. First bytes: ${start}. To look into it use run_command (file, strings, xxd, unzip -l).`;
}
