import { binaryData } from './binary-patch.ts';
import type { BinaryData } from './binary-patch.ts';
import { PatchLines } from './patch-lines.ts';

/** One line of a hunk. `text` keeps its line feed; it has none at an end of file without a final newline. */
export type PatchLine = Readonly<{ kind: ' ' | '+' | '-'; text: string }>;

export type Hunk = Readonly<{
  /** From 1; 0 when the side is empty. */
  oldStart: number;
  oldLines: number;
  newStart: number;
  newLines: number;
  /** What git prints after the second `@@`. */
  section: string;
  lines: readonly PatchLine[];
}>;

/** What a patch does to one path. */
export type FilePatch = Readonly<{
  path: string;
  /** Differs from `path` only in a patch made for reading, where renames are found. */
  oldPath: string;
  status: 'added' | 'deleted' | 'modified';
  /** Git modes, e.g. `100644`; `undefined` where the patch does not say (absent side, or mode unchanged and content unchanged). */
  oldMode: string | undefined;
  newMode: string | undefined;
  /** Object ids of the `index` line; `undefined` for a change of mode alone. */
  oldId: string | undefined;
  newId: string | undefined;
  hunks: readonly Hunk[];
  /** Content of a `GIT binary patch`, forward. */
  binary: BinaryData | undefined;
  /** True for `Binary files … differ` as well, which carries no content. */
  isBinary: boolean;
}>;

/**
 * Parses what `git diff` writes (git-diff(1), "Generating patch text with -p"), with `--binary` and `--full-index` or without. Strict, since replay
 * proves with it: a line that does not fit throws `PatchError`. Own code because the diff library drops object ids and binary content.
 */
export function parsePatch(text: string): FilePatch[] {
  const lines = new PatchLines(text);
  const files: FilePatch[] = [];
  while (!lines.done) {
    if (lines.peek === '' && lines.isLast) break;
    files.push(parseFile(lines));
  }
  return files;
}

type Header = { -readonly [K in keyof FilePatch]: FilePatch[K] };

function parseFile(lines: PatchLines): FilePatch {
  const first = lines.peek;
  if (!first.startsWith('diff --git ')) lines.fail('"diff --git" expected');
  lines.next();
  const [oldPath, path] = pathsOfHeader(first.slice('diff --git '.length)) ?? ['', ''];
  const file: Header = {
    path,
    oldPath,
    status: 'modified',
    oldMode: undefined,
    newMode: undefined,
    oldId: undefined,
    newId: undefined,
    hunks: [],
    binary: undefined,
    isBinary: false,
  };
  while (!lines.done && extendedHeader(lines, file));
  if (lines.peek.startsWith('--- ')) file.hunks = parseHunks(lines, file);
  if (file.path === '') lines.fail('the path cannot be told');
  return file;
}

/** Takes one line of the extended header; false when the header is over. */
function extendedHeader(lines: PatchLines, file: Header): boolean {
  const line = lines.peek;
  const [, name = '', value = ''] =
    /^(old mode|new mode|deleted file mode|new file mode|rename from|rename to|copy from|copy to|similarity index|dissimilarity index|index) (.*)$/s.exec(
      line,
    ) ?? [];
  if (name === 'old mode') file.oldMode = value;
  else if (name === 'new mode') file.newMode = value;
  else if (name === 'deleted file mode') Object.assign(file, { oldMode: value, status: 'deleted' });
  else if (name === 'new file mode') Object.assign(file, { newMode: value, status: 'added' });
  else if (name === 'rename from' || name === 'copy from') file.oldPath = unquoted(value);
  else if (name === 'rename to' || name === 'copy to') file.path = unquoted(value);
  else if (name === 'index') indexLine(lines, file, value);
  else if (line === 'GIT binary patch') {
    lines.next();
    file.binary = binaryData(lines);
    file.isBinary = true;
    return true;
  } else if (line.startsWith('Binary files ') && line.endsWith(' differ')) file.isBinary = true;
  else if (name === '') return false;
  lines.next();
  return true;
}

function indexLine(lines: PatchLines, file: Header, value: string): void {
  const [, oldId, newId, mode] = /^([0-9a-f]+)\.\.([0-9a-f]+)(?: (\d+))?$/.exec(value) ?? lines.fail('"index" line not understood');
  Object.assign(file, { oldId, newId });
  if (mode) Object.assign(file, { oldMode: mode, newMode: mode });
}

function parseHunks(lines: PatchLines, file: Header): Hunk[] {
  const oldName = pathOfSide(lines.next());
  if (!lines.peek.startsWith('+++ ')) lines.fail('"+++" expected');
  const newName = pathOfSide(lines.next());
  if (file.path === '') Object.assign(file, { path: newName ?? oldName ?? '', oldPath: oldName ?? newName ?? '' });
  const hunks: Hunk[] = [];
  while (lines.peek.startsWith('@@ ')) hunks.push(parseHunk(lines));
  if (hunks.length === 0) lines.fail('"@@" expected');
  return hunks;
}

function parseHunk(lines: PatchLines): Hunk {
  const [, oldStart, oldCount = '1', newStart, newCount = '1', section = ''] =
    /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)$/s.exec(lines.peek) ?? lines.fail('hunk header not understood');
  lines.next();
  let [old, added] = [Number(oldCount), Number(newCount)];
  const hunk = { oldStart: Number(oldStart), oldLines: old, newStart: Number(newStart), newLines: added, section };
  const found: PatchLine[] = [];
  while (old > 0 || added > 0) {
    if (lines.done || (lines.isLast && lines.peek === '')) lines.fail('the hunk breaks off');
    // Some senders strip the trailing blank of an empty context line; git apply takes it for one too.
    const line = lines.peek === '' ? ' ' : lines.peek;
    const kind = line[0];
    if (kind !== ' ' && kind !== '+' && kind !== '-') lines.fail('a line that starts with " ", "+" or "-" expected');
    lines.next();
    if (kind !== '+') old -= 1;
    if (kind !== '-') added -= 1;
    if (old < 0 || added < 0) lines.fail('more lines than the hunk header says');
    const unfinished = lines.peek.startsWith('\\ ');
    if (unfinished) lines.next();
    found.push({ kind, text: line.slice(1) + (unfinished ? '' : '\n') });
  }
  return { ...hunk, lines: found };
}

/** `a/x b/x`; both names are equal whenever no later line says them, so the middle is where to cut. */
export function pathsOfHeader(rest: string): [string, string] | undefined {
  if (rest.startsWith('"') || rest.endsWith('"')) {
    const [, first = '', second = ''] = /^("(?:[^"\\]|\\.)*"|[^"]*?) ("(?:[^"\\]|\\.)*"|[^"]*)$/s.exec(rest) ?? [];
    return first === '' ? undefined : [unquoted(first).slice(2), unquoted(second).slice(2)];
  }
  const middle = (rest.length - 1) / 2;
  const [first, second] = [rest.slice(2, middle), rest.slice(middle + 3)];
  if (Number.isInteger(middle) && first === second) return [first, second];
  const [, oldPath, path] = /^a\/(.*?) b\/(.*)$/s.exec(rest) ?? [];
  return oldPath !== undefined && path !== undefined ? [oldPath, path] : undefined;
}

/** The path of a `---` or `+++` line; `undefined` for `/dev/null`. Git ends a name that holds a blank with a tab. */
function pathOfSide(line: string): string | undefined {
  const name = unquoted(line.slice(4).replace(/\t$/, ''));
  return name === '/dev/null' ? undefined : name.slice(2);
}

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, '\\': 92 };

/** Undoes git's C-style quoting of names (`core.quotePath`). */
export function unquoted(name: string): string {
  if (!name.startsWith('"') || !name.endsWith('"')) return name;
  const bytes: number[] = [];
  for (const [part] of name.slice(1, -1).matchAll(/\\[0-7]{3}|\\.|[^\\]+/gs)) {
    if (/^\\[0-7]{3}$/.test(part)) bytes.push(Number.parseInt(part.slice(1), 8));
    else if (part.startsWith('\\')) bytes.push(ESCAPES[part.slice(1)] ?? part.charCodeAt(1));
    else bytes.push(...Buffer.from(part));
  }
  return Buffer.from(bytes).toString();
}
