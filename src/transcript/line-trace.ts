import { diffArrays } from 'diff';
import type { FilePatch, Hunk } from './patch.ts';

/** The change of the tree that wrote or removed a line: a `tree_changed` event. */
export type Origin = Readonly<{ seq: number; turn: number; tool_use_id: string }>;

/** A line of the change from base to now. `by` is who wrote or removed it; context has none. */
export type TracedLine = Readonly<{ kind: ' ' | '+' | '-'; text: string; /** From 1. */ old: number; new: number; by: Origin | undefined }>;

type Written = Readonly<{ text: string; by: Origin }>;
/** A run of lines that stand as in the base (numbered from 1), or lines that the run wrote. */
type Segment = Readonly<{ base: number; count: number }> | Readonly<{ written: readonly Written[] }>;

/** How far the shortest edit script of a rewritten block is sought before it is shown as all old, then all new. */
const LONGEST_EDIT = 2000;
const CONTEXT = 3;

/**
 * One file, followed through successive patches. The base's content is not needed: lines nobody touched are numbers, and of the others the
 * patches tell the text.
 */
export class LineTrace {
  readonly inBase: boolean;
  exists: boolean;
  /** Binary at some step: there are no lines to follow. */
  opaque = false;
  readonly origins: Origin[] = [];
  readonly #first: FilePatch;
  #last: FilePatch;
  #segments: readonly Segment[];
  /** Text of base lines, as far as a patch showed it, and who removed them. */
  readonly #known = new Map<number, string>();
  readonly #removed = new Map<number, Origin>();

  constructor(first: FilePatch) {
    this.inBase = first.status !== 'added';
    this.exists = this.inBase;
    this.#first = first;
    this.#last = first;
    this.#segments = this.inBase ? [{ base: 1, count: Infinity }] : [];
  }

  get oldMode(): string | undefined {
    return this.inBase ? (this.#first.oldMode ?? undefined) : undefined;
  }

  get newMode(): string | undefined {
    return this.exists ? (this.#last.newMode ?? undefined) : undefined;
  }

  /** False when the file is back at what it was in the base. */
  get changed(): boolean {
    if (this.inBase !== this.exists) return true;
    if (!this.exists) return false;
    const { oldId } = this.#first;
    const sameMode = this.oldMode === this.newMode;
    return !(
      sameMode &&
      (oldId === this.#last.newId || (oldId === undefined && this.lines().every((row) => row === 'gap' || row.kind === ' ')))
    );
  }

  apply(file: FilePatch, by: Origin): void {
    this.origins.push(by);
    // A change of mode alone has no object ids, and one of content alone tells its mode once; what was known before still holds.
    this.#last = { ...file, newId: file.newId ?? this.#last.newId, newMode: file.newMode ?? this.#last.newMode };
    this.exists = file.status !== 'deleted';
    if (file.isBinary) this.opaque = true;
    else this.#applyHunks(file.hunks, by);
    // Past the last line of a file nothing stands; what is created anew at this path starts empty.
    if (!this.exists) this.#segments = [];
  }

  #applyHunks(hunks: readonly Hunk[], by: Origin): void {
    const old = new SegmentReader(this.#segments);
    const now: Segment[] = [];
    let at = 0;
    for (const hunk of hunks) {
      const start = hunk.oldLines === 0 ? hunk.oldStart : hunk.oldStart - 1;
      now.push(...old.take(start - at));
      at = start;
      for (const { kind, text } of hunk.lines) {
        if (kind === '+') {
          now.push({ written: [{ text, by }] });
          continue;
        }
        const taken = old.take(1);
        at += 1;
        const [line] = taken;
        if (line && 'base' in line) {
          this.#known.set(line.base, text);
          if (kind === '-') this.#removed.set(line.base, by);
        }
        if (kind === ' ') now.push(...taken);
      }
    }
    this.#segments = joined([...now, ...old.take(Infinity)]);
  }

  /** Who wrote line `number` of the file as it is now; `undefined` for a line of the base. */
  writer(number: number): Origin | undefined {
    let at = 1;
    for (const segment of this.#segments) {
      const count = 'base' in segment ? segment.count : segment.written.length;
      if (number < at + count) return 'base' in segment ? undefined : segment.written[number - at]?.by;
      at += count;
    }
    return undefined;
  }

  /** Who removed line `number` of the base, or else a base line of that text. */
  remover(number: number, text: string): Origin | undefined {
    if (this.#known.get(number) === text && this.#removed.has(number)) return this.#removed.get(number);
    for (const [line, by] of this.#removed) if (this.#known.get(line) === text) return by;
    return undefined;
  }

  /** Who wrote a line of this text, wherever it stands now. */
  writerOf(text: string): Origin | undefined {
    for (const segment of this.#segments) {
      if ('written' in segment) {
        const line = segment.written.find((one) => one.text === text);
        if (line) return line.by;
      }
    }
    return undefined;
  }

  /** The change from base to now: changed lines, the context that patches showed, and gaps between. */
  lines(): (TracedLine | 'gap')[] {
    const rows = new Rows();
    for (const segment of this.#segments) {
      if ('written' in segment) {
        rows.add(segment.written);
        continue;
      }
      rows.remove(this.#removedBetween(rows.nextBase, segment.base));
      rows.keep(segment, this.#known);
    }
    rows.remove(this.#removedBetween(rows.nextBase, Infinity));
    return rows.done();
  }

  #removedBetween(from: number, to: number): Written[] {
    const numbers = [...this.#removed.keys()].filter((number) => number >= from && number < to).sort((one, other) => one - other);
    return numbers.flatMap((number) => {
      const by = this.#removed.get(number);
      return by ? [{ text: this.#known.get(number) ?? '', by }] : [];
    });
  }
}

class SegmentReader {
  readonly #left: Segment[];
  constructor(segments: readonly Segment[]) {
    this.#left = segments.toReversed();
  }

  /** The next `count` lines, as segments; fewer at the end. */
  take(count: number): Segment[] {
    const taken: Segment[] = [];
    for (let due = count; due > 0;) {
      const segment = this.#left.pop();
      if (!segment) break;
      const size = 'base' in segment ? segment.count : segment.written.length;
      if (size <= due) {
        taken.push(segment);
        due -= size;
      } else {
        taken.push('base' in segment ? { base: segment.base, count: due } : { written: segment.written.slice(0, due) });
        this.#left.push(
          'base' in segment ? { base: segment.base + due, count: segment.count - due } : { written: segment.written.slice(due) },
        );
        due = 0;
      }
    }
    return taken;
  }
}

function joined(segments: readonly Segment[]): Segment[] {
  const result: Segment[] = [];
  for (const segment of segments) {
    const last = result.at(-1);
    if (last && 'base' in last && 'base' in segment && last.base + last.count === segment.base) {
      result[result.length - 1] = { base: last.base, count: last.count + segment.count };
    } else if (last && 'written' in last && 'written' in segment) {
      (last.written as Written[]).push(...segment.written);
    } else result.push('written' in segment ? { written: [...segment.written] } : segment);
  }
  return result;
}

/** Builds the rows of a diff from what is kept, removed and added, in the order of the new file. */
class Rows {
  readonly #rows: (TracedLine | 'gap')[] = [];
  #removed: readonly Written[] = [];
  #added: readonly Written[] = [];
  #old = 1;
  #new = 1;
  /** The base line that comes next. */
  nextBase = 1;

  add(lines: readonly Written[]): void {
    this.#added = [...this.#added, ...lines];
  }

  remove(lines: readonly Written[]): void {
    this.#removed = [...this.#removed, ...lines];
    this.nextBase += lines.length;
  }

  keep({ base, count }: { base: number; count: number }, known: ReadonlyMap<number, string>): void {
    this.#flush();
    const end = base + count;
    let shown = base;
    for (; shown < end && shown < base + CONTEXT && known.has(shown); shown++) this.#row(' ', known.get(shown) ?? '');
    let resume = end;
    if (Number.isFinite(count)) while (resume > shown && resume > end - CONTEXT && known.has(resume - 1)) resume -= 1;
    if (resume > shown) {
      this.#rows.push('gap');
      this.#old += resume - shown;
      this.#new += resume - shown;
    }
    if (Number.isFinite(count)) for (; resume < end; resume++) this.#row(' ', known.get(resume) ?? '');
    this.nextBase = end;
  }

  done(): (TracedLine | 'gap')[] {
    this.#flush();
    return this.#rows;
  }

  /** What was removed and written at one place may be partly equal (a line taken out by one turn and put back by another). */
  #flush(): void {
    const [removed, added] = [this.#removed, this.#added];
    [this.#removed, this.#added] = [[], []];
    const texts = (lines: readonly Written[]) => lines.map((line) => line.text);
    const parts = diffArrays(texts(removed), texts(added), { maxEditLength: LONGEST_EDIT }) ?? [
      { removed: true, added: false, count: removed.length },
      { removed: false, added: true, count: added.length },
    ];
    let [from, to] = [0, 0];
    for (const { removed: isRemoved, added: isAdded, count } of parts) {
      for (let index = 0; index < count; index++) {
        const line = isRemoved ? removed[from] : added[to];
        if (!isAdded) from += 1;
        if (!isRemoved) to += 1;
        if (line) this.#row(isRemoved ? '-' : isAdded ? '+' : ' ', line.text, line.by);
      }
    }
  }

  #row(kind: TracedLine['kind'], text: string, by?: Origin): void {
    this.#rows.push({ kind, text, old: this.#old, new: this.#new, by: kind === ' ' ? undefined : by });
    if (kind !== '+') this.#old += 1;
    if (kind !== '-') this.#new += 1;
  }
}
