import { patchesOf } from '../../__tests__/support/patches.ts';
import { BEFORE, detected, right, SEEDS, type Seed } from '../../__tests__/support/seeded-defects.ts';
import { shownLines, type ShownLines } from '../../src/review/verdict.ts';
import type { Finding, Reviewed } from '../../src/transcript/events.ts';

/** What one review said of one seed. `true` findings are at the defect; the others ask for a revision of what is right. */
export type Judged = Readonly<{ defect: string; kind: Seed['kind']; found: boolean; right: number; wrong: number }>;

/** Precision and recall of a kind of defect; `precision` is `undefined` where nothing was raised. */
export type Score = Readonly<{ kind: string; seeds: number; recall: number; precision: number | undefined }>;

/** Lines of slack around a defect: a reviewer may point at the call and not at its argument. */
const SLACK = 2;

/** Where each seed differs from the right change, in the lines of the seed. */
export function defectLines(seeds: readonly Seed[] = SEEDS): readonly ShownLines[] {
  return patchesOf(
    seeds.map(({ after }) => ({ before: right(), after })),
    ['-U0'],
  ).map(shownLines);
}

/** A finding counts that asks for a revision, and is right where the seed is wrong. A requirement that is judged unmet counts where one is missing. */
export function judgeSeed(seed: Seed, { blocking, review }: Reviewed, defect: ShownLines): Judged {
  const missing = seed.kind === 'missing requirement';
  const right = blocking.filter((finding) => missing || isAt(finding, defect)).length;
  const unmet = missing && (review?.requirements.some(({ status }) => status === 'unmet') ?? false);
  return { defect: seed.defect, kind: seed.kind, found: right > 0 || unmet, right, wrong: blocking.length - right };
}

function isAt({ file, start_line, end_line }: Finding, defect: ShownLines): boolean {
  return (defect.get(file) ?? []).some(({ start, end }) => start_line <= end + SLACK && end_line >= start - SLACK);
}

/** By kind, then all; `control` is what was raised about the right change, where anything is wrong. */
export function scores(judged: readonly Judged[], control: number): Score[] {
  const kinds = [...new Set(judged.map(({ kind }) => kind))];
  const score = (kind: string, of: readonly Judged[], more: number): Score => {
    const [hits, misses] = [sum(of, 'right'), sum(of, 'wrong') + more];
    const recall = of.filter(({ found }) => found).length / of.length;
    return { kind, seeds: of.length, recall, precision: hits + misses === 0 ? undefined : hits / (hits + misses) };
  };
  return [
    ...kinds.map((kind) =>
      score(
        kind,
        judged.filter((one) => one.kind === kind),
        0,
      ),
    ),
    score('all', judged, control),
  ];
}

function sum(judged: readonly Judged[], field: 'right' | 'wrong'): number {
  return judged.reduce((total, one) => total + one[field], 0);
}

/** The deterministic detectors over the same seeds: no model, no key, no money. */
export function detectorScores(): Score[] {
  const patches = patchesOf([...SEEDS.map(({ after }) => ({ before: BEFORE, after })), { before: BEFORE, after: right() }]);
  const flags = patches.map(detected);
  const judged = SEEDS.map(({ defect, kind, found }, index): Judged => {
    const raised = flags[index] ?? [];
    const hits = raised.filter((name) => name === found).length;
    return { defect, kind, found: hits > 0, right: hits, wrong: raised.length - hits };
  });
  return scores(judged, flags.at(-1)?.length ?? 0);
}

export function scoreTable(title: string, rows: readonly Score[]): string {
  const number = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(2));
  const lines = rows.map(({ kind, seeds, precision, recall }) => `| ${kind} | ${seeds} | ${number(precision)} | ${number(recall)} |`);
  return [`## ${title}`, '', '| kind | seeds | precision | recall |', '| --- | ---: | ---: | ---: |', ...lines, ''].join('\n');
}
