import type { BlamedFile, BlamedHunk, TracedLine } from '../../transcript/blame.ts';
import { hunkHeader } from '../../transcript/blame.ts';
import { parsePatch } from '../../transcript/patch.ts';
import type { FilePatch } from '../../transcript/patch.ts';
import { plural } from '../words.ts';
import { anchor, fold, markup, join, pre } from './escape.ts';
import type { Html } from './escape.ts';

/** Changed lines that the page shows of the final change; what goes beyond is counted and stands in `change.patch`. */
const MOST_LINES = 20_000;

/** Where each recorded change ended up: event → hunks of the final change. */
export type HunkLinks = ReadonlyMap<number, readonly Readonly<{ id: string; label: string }>[]>;

export function hunkLinks(files: readonly BlamedFile[]): HunkLinks {
  const links = new Map<number, { id: string; label: string }[]>();
  for (const [fileIndex, file] of files.entries()) {
    for (const [index, hunk] of file.hunks.entries()) {
      const place = { id: hunkId(fileIndex, index), label: `${file.path} ${hunkHeader(hunk)}` };
      for (const { seq } of hunk.origins) links.set(seq, [...(links.get(seq) ?? []), place]);
    }
  }
  return links;
}

function hunkId(file: number, hunk: number): string {
  return `hunk-${file + 1}-${hunk + 1}`;
}

/** The final change: each hunk with the turns that wrote it, each line with its own where that differs from the line above. */
export function finalDiff(files: readonly BlamedFile[]): Html {
  let left = MOST_LINES;
  const shown = files.map((file, index) => {
    const hunks = file.hunks.map((hunk, at) => {
      left -= hunk.lines.length;
      return left < 0
        ? markup`<p class="cut">${hunkHeader(hunk)}: left out, the change is too long for this page; see change.patch.</p>`
        : oneHunk(hunk, hunkId(index, at));
    });
    const note = file.binary ? 'binary' : file.hunks.length === 0 ? 'no lines changed' : '';
    const mode =
      file.oldMode !== undefined && file.newMode !== undefined && file.oldMode !== file.newMode
        ? ` mode ${file.oldMode} → ${file.newMode}`
        : '';
    const head = markup`<code>${file.path}</code> <span class="muted">${file.status}${mode} ${note} ${counts(file)}</span>`;
    const turns = file.hunks.length === 0 ? markup`<p>Changed by ${turnLinks(file.origins)}.</p>` : undefined;
    return fold(head, join([turns, ...hunks]), { open: true, kind: 'file' });
  });
  return join(shown);
}

function counts(file: BlamedFile): string {
  const lines = file.hunks.flatMap((hunk) => hunk.lines);
  return lines.length === 0
    ? ''
    : `+${lines.filter((line) => line.kind === '+').length} −${lines.filter((line) => line.kind === '-').length}`;
}

function oneHunk(hunk: BlamedHunk, id: string): Html {
  const serves =
    hunk.requirement === undefined
      ? undefined
      : hunk.requirement === null
        ? markup` · <strong class="bad">serves no requirement</strong>`
        : markup` · serves <a href="#${anchor('requirement', hunk.requirement)}">${hunk.requirement}</a>`;
  let above: number | undefined;
  const rows = hunk.lines.map((line) => {
    const tells = line.by !== undefined && line.by.turn !== above;
    above = line.by?.turn ?? above;
    return row(line, tells);
  });
  return markup`<div class="hunk" id="${id}">
    <p class="at"><code>${hunkHeader(hunk)}</code> · by ${turnLinks(hunk.origins)}${serves}</p>
    <pre class="diff">${rows}</pre>
  </div>`;
}

function turnLinks(origins: BlamedHunk['origins']): Html {
  const byCall = new Map(origins.map((origin) => [origin.tool_use_id, origin]));
  return join(
    [...byCall.values()].map((origin) => markup`<a href="#${anchor('call', origin.tool_use_id)}">turn ${origin.turn}</a>`),
    ', ',
  );
}

const CLASS = { '+': 'add', '-': 'del', ' ': 'same' } as const;

function row(line: TracedLine, tells: boolean): Html {
  const [old, now] = [line.kind === '+' ? '' : String(line.old), line.kind === '-' ? '' : String(line.new)];
  const numbers = markup`<span class="no" data-no="${old}"></span><span class="no" data-no="${now}"></span>`;
  const by =
    tells && line.by
      ? markup`<a class="by" href="#${anchor('call', line.by.tool_use_id)}">${line.by.turn}</a>`
      : { html: '<span class="by"></span>' };
  return markup`<span class="row ${CLASS[line.kind]}">${by}${numbers}<span class="sign">${line.kind}</span>${shown(line.text)}${'\n'}</span>`;
}

function shown(line: string): Html {
  return line.endsWith('\n')
    ? markup`${line.slice(0, -1).replace(/\r$/, '␍')}`
    : markup`${line}<span class="muted"> (no line feed at the end of the file)</span>`;
}

/** A recorded patch, for reading. Neighbouring lines of a kind share an element: a run has many patches. */
export function patchDiff(patch: string, max: number): Html {
  let files: FilePatch[];
  try {
    files = parsePatch(patch);
  } catch {
    return pre(patch, max);
  }
  let left = max;
  return join(
    files.map((file) => {
      const rows = file.hunks.flatMap((hunk) => {
        const head = markup`<span class="row at">@@ line ${hunk.newStart} @@ ${hunk.section}${'\n'}</span>`;
        return [head, ...runsOf(hunk.lines).map(({ kind, text }) => markup`<span class="row ${CLASS[kind]}">${text}</span>`)];
      });
      const size = file.hunks.reduce((sum, hunk) => sum + hunk.lines.reduce((characters, line) => characters + line.text.length, 0), 0);
      left -= size;
      const body =
        left < 0
          ? markup`<p class="cut">${size} characters of diff left out; the transcript has them.</p>`
          : markup`<pre class="diff">${rows}</pre>`;
      const what = file.isBinary ? 'binary' : file.hunks.length === 0 ? 'no lines' : '';
      return markup`<p class="at"><code>${file.path}</code> <span class="muted">${file.status} ${what}</span></p>
        ${file.hunks.length > 0 && body}`;
    }),
  );
}

function runsOf(lines: FilePatch['hunks'][number]['lines']): { kind: ' ' | '+' | '-'; text: string }[] {
  const runs: { kind: ' ' | '+' | '-'; text: string }[] = [];
  for (const { kind, text } of lines) {
    const last = runs.at(-1);
    const line = `${kind}${text.endsWith('\n') ? text : `${text}\n`}`;
    if (last?.kind === kind) last.text += line;
    else runs.push({ kind, text: line });
  }
  return runs;
}

/** `3 files` */
export function filesInWords(files: readonly BlamedFile[]): string {
  return plural(files.length, 'file');
}
