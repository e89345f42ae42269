import type { Transcript } from './events.ts';
import { LineTrace } from './line-trace.ts';
import type { Origin, TracedLine } from './line-trace.ts';
import { parsePatch } from './patch.ts';
import type { FilePatch } from './patch.ts';
import { lastAnswer } from './find.ts';

export type { Origin, TracedLine } from './line-trace.ts';

/** One hunk of the final change, its lines, who wrote them and what for. */
export type BlamedHunk = Readonly<{
  /** As in a patch: from 1, 0 when the side is empty. */
  oldStart: number;
  oldLines: number;
  newStart: number;
  newLines: number;
  lines: readonly TracedLine[];
  /** The changes of the tree that wrote or removed its lines, oldest first; never empty unless the run changed nothing of the file. */
  origins: readonly Origin[];
  /** The requirement that the reviewer says it serves; `null`: none (an over-edit); `undefined`: the reviewer does not say. */
  requirement: string | null | undefined;
}>;

/** One file of the final change. */
export type BlamedFile = Readonly<{
  path: string;
  status: 'added' | 'deleted' | 'modified';
  /** No lines can be shown. */
  binary: boolean;
  oldMode: string | undefined;
  newMode: string | undefined;
  origins: readonly Origin[];
  hunks: readonly BlamedHunk[];
}>;

/**
 * From a line to a reason: the final change, hunk by hunk, each with the calls that wrote it and the requirement it serves. Lines are followed
 * through the patches of the `tree_changed` events, so a line that a later turn rewrote belongs to that turn. With `finalPatch` its hunks are used;
 * without, they are composed from the recorded patches, and the transcript alone is enough. A move is a removal and an addition. Throws
 * `PatchError` for a patch that git does not write.
 */
export function blameChange(events: Transcript, finalPatch?: string): BlamedFile[] {
  const traces = traceFiles(events);
  const files = finalPatch === undefined ? composed(traces) : mapped(parsePatch(finalPatch), traces);
  const judged = lastAnswer(events)?.review?.hunks ?? [];
  return files.map((file) => ({
    ...file,
    hunks: file.hunks.map((hunk) => ({ ...hunk, requirement: hunkRequirement(hunk, file, judged) })),
  }));
}

function traceFiles(events: Transcript): Map<string, LineTrace> {
  const traces = new Map<string, LineTrace>();
  for (const event of events) {
    if (event.type !== 'tree_changed') continue;
    const by: Origin = { seq: event.seq, turn: event.turn, tool_use_id: event.tool_use_id };
    for (const file of parsePatch(event.patch)) {
      const trace = traces.get(file.path) ?? new LineTrace(file);
      traces.set(file.path, trace);
      trace.apply(file, by);
    }
  }
  return traces;
}

type Unjudged = Omit<BlamedFile, 'hunks'> & Readonly<{ hunks: readonly Omit<BlamedHunk, 'requirement'>[] }>;

function composed(traces: ReadonlyMap<string, LineTrace>): Unjudged[] {
  return [...traces]
    .filter(([, trace]) => trace.changed)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([path, trace]) => ({
      path,
      status: !trace.inBase ? 'added' : trace.exists ? 'modified' : 'deleted',
      binary: trace.opaque,
      oldMode: trace.oldMode,
      newMode: trace.newMode,
      origins: distinct(trace.origins),
      hunks: trace.opaque ? [] : hunksOf(trace.lines()),
    }));
}

/** Cuts rows into hunks: changes that at most two contexts' worth of lines part belong together. */
function hunksOf(rows: readonly (TracedLine | 'gap')[], context = 3): Omit<BlamedHunk, 'requirement'>[] {
  const hunks: TracedLine[][] = [];
  let current: TracedLine[] = [];
  let quiet = 0;
  const close = () => {
    if (current.some((row) => row.kind !== ' ')) hunks.push(quiet > context ? current.slice(0, context - quiet) : current);
    current = [];
    quiet = 0;
  };
  for (const row of rows) {
    if (row === 'gap') {
      close();
      continue;
    }
    if (row.kind === ' ' && current.some((one) => one.kind !== ' ') && quiet === 2 * context) {
      const lead = current.slice(-context);
      close();
      current = lead;
    }
    current.push(row);
    quiet = row.kind === ' ' ? quiet + 1 : 0;
    if (!current.some((one) => one.kind !== ' ')) {
      current = current.slice(-context);
      quiet = 0;
    }
  }
  close();
  return hunks.map((lines) => ({ ...rangeOf(lines), lines, origins: originsOf(lines) }));
}

function rangeOf(lines: readonly TracedLine[]): Pick<BlamedHunk, 'oldStart' | 'oldLines' | 'newStart' | 'newLines'> {
  const oldLines = lines.filter((line) => line.kind !== '+').length;
  const newLines = lines.filter((line) => line.kind !== '-').length;
  const [first] = lines;
  return {
    oldStart: (first?.old ?? 1) - (oldLines === 0 ? 1 : 0),
    oldLines,
    newStart: (first?.new ?? 1) - (newLines === 0 ? 1 : 0),
    newLines,
  };
}

/** The hunks of a given patch. Where its alignment differs from that of the steps, a line is found by its text, then by its file. */
function mapped(files: readonly FilePatch[], traces: ReadonlyMap<string, LineTrace>): Unjudged[] {
  return files.map((file) => {
    const trace = traces.get(file.path);
    const from = file.oldPath === file.path ? trace : traces.get(file.oldPath);
    const all = distinct([...(trace?.origins ?? []), ...(from?.origins ?? [])]);
    const hunks = file.hunks.map((hunk) => {
      let [old, now] = [Math.max(hunk.oldStart, 1), Math.max(hunk.newStart, 1)];
      if (hunk.oldLines === 0) old = hunk.oldStart + 1;
      if (hunk.newLines === 0) now = hunk.newStart + 1;
      const lines = hunk.lines.map(({ kind, text }): TracedLine => {
        const by =
          kind === '+'
            ? (trace?.writer(now) ?? trace?.writerOf(text))
            : kind === '-'
              ? (from?.remover(old, text) ?? trace?.remover(old, text))
              : undefined;
        const line = { kind, text, old, new: now, by };
        if (kind !== '+') old += 1;
        if (kind !== '-') now += 1;
        return line;
      });
      const origins = originsOf(lines);
      const { oldStart, oldLines, newStart, newLines } = hunk;
      return { oldStart, oldLines, newStart, newLines, lines, origins: origins.length > 0 ? origins : all };
    });
    const { path, status, isBinary, oldMode, newMode } = file;
    return { path, status, binary: isBinary, oldMode, newMode, origins: all, hunks };
  });
}

function originsOf(lines: readonly TracedLine[]): Origin[] {
  return distinct(lines.flatMap((line) => line.by ?? []));
}

function distinct(origins: readonly Origin[]): Origin[] {
  const bySeq = new Map(origins.map((origin) => [origin.seq, origin]));
  return [...bySeq.values()].sort((one, other) => one.seq - other.seq);
}

type Judged = Readonly<{ file: string; start_line: number; requirement: string | null }>;

/** The reviewer names hunks by file and first line; the nearest of its file counts, unless it lies outside by more than a hunk's context. */
export function hunkRequirement(
  hunk: Pick<BlamedHunk, 'newStart' | 'newLines'>,
  file: Readonly<{ path: string; hunks: readonly unknown[] }>,
  judged: readonly Judged[],
): string | null | undefined {
  const inFile = judged.filter((one) => one.file === file.path);
  if (inFile.length === 1 && file.hunks.length === 1) return inFile[0]?.requirement;
  const end = hunk.newStart + Math.max(hunk.newLines, 1);
  const distance = (one: Judged) => Math.max(hunk.newStart - one.start_line, one.start_line - end, 0);
  const near = inFile
    .filter((one) => distance(one) <= 3)
    .sort((one, other) => Math.abs(one.start_line - hunk.newStart) - Math.abs(other.start_line - hunk.newStart));
  return near[0]?.requirement;
}

/** The change as a patch for reading, with three lines of context as far as the recorded patches show them. */
export function patchText(files: readonly BlamedFile[]): string {
  return files.map((file) => fileHeader(file) + file.hunks.map(hunkText).join('')).join('');
}

function fileHeader({ path, status, binary, oldMode, newMode, hunks }: BlamedFile): string {
  const lines = [`diff --git a/${path} b/${path}`];
  if (status === 'added') lines.push(`new file mode ${newMode ?? '100644'}`);
  else if (status === 'deleted') lines.push(`deleted file mode ${oldMode ?? '100644'}`);
  else if (oldMode !== newMode && oldMode !== undefined && newMode !== undefined) lines.push(`old mode ${oldMode}`, `new mode ${newMode}`);
  const [from, to] = [status === 'added' ? '/dev/null' : `a/${path}`, status === 'deleted' ? '/dev/null' : `b/${path}`];
  if (binary) lines.push(`Binary files ${from} and ${to} differ`);
  else if (hunks.length > 0) lines.push(`--- ${from}`, `+++ ${to}`);
  return lines.join('\n') + '\n';
}

/** One hunk as `git diff` prints it. */
export function hunkText(hunk: BlamedHunk): string {
  const rows = hunk.lines.map(({ kind, text }) => kind + (text.endsWith('\n') ? text : `${text}\n\\ No newline at end of file\n`));
  return hunkHeader(hunk) + '\n' + rows.join('');
}

/** `@@ -1,7 +1,8 @@` */
export function hunkHeader(hunk: BlamedHunk): string {
  const range = (start: number, count: number) => (count === 1 ? `${start}` : `${start},${count}`);
  return `@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`;
}

/** The number of lines written and removed. */
export function lineCounts(files: readonly BlamedFile[]): { added: number; removed: number } {
  const lines = files.flatMap((file) => file.hunks.flatMap((hunk) => hunk.lines));
  const countOf = (kind: string) => lines.filter((line) => line.kind === kind).length;
  return { added: countOf('+'), removed: countOf('-') };
}
