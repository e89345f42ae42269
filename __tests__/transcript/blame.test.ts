import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { blameChange, lineCounts, patchText } from '../../src/transcript/blame.ts';
import { parsePatch } from '../../src/transcript/patch.ts';
import { applyHunks } from '../../src/transcript/replay.ts';
import { recordedRun, Recorder, Repository } from '../support/transcripts.ts';
import type { Files } from '../support/transcripts.ts';

let repository: Repository | undefined;
afterEach(() => {
  repository?.remove();
});

/** A run whose turns change the files, one step a turn; turn n is call `toolu_n`. */
function changed(base: Files, steps: readonly Files[]): Recorder {
  repository = new Repository(base);
  const recorder = new Recorder(repository);
  recorder.start();
  for (const files of steps) recorder.turn('Edit.', [{ name: 'run_command', input: {}, files }]);
  return recorder;
}

const finalPatch = (run: Recorder): string => run.repository.patch(run.repository.commit, run.repository.tree);
const turns = (recorder: Recorder, patch?: string) =>
  blameChange(recorder.events, patch).map((file) => [file.path, file.hunks.map((hunk) => hunk.origins.map((origin) => origin.turn))]);

const numbered = (count: number, changes: Record<number, string> = {}): string =>
  Array.from({ length: count }, (_, index) => `${changes[index + 1] ?? `line ${index + 1}`}\n`).join('');

describe('the way from a line to its turn', () => {
  it('gives each hunk the turn that wrote it', () => {
    const run = changed({ a: numbered(40) }, [{ a: numbered(40, { 5: 'five' }) }, { a: numbered(40, { 5: 'five', 30: 'thirty' }) }]);
    expect(turns(run)).toEqual([['a', [[1], [2]]]]);
    expect(turns(run, finalPatch(run))).toEqual([['a', [[1], [2]]]]);
    expect(blameChange(run.events)[0]?.hunks[0]?.origins[0]).toMatchObject({ turn: 1, tool_use_id: 'toolu_1' });
  });

  it('gives a line that a later turn rewrote to the later turn', () => {
    const run = changed({ a: numbered(20) }, [{ a: numbered(20, { 5: 'five', 6: 'six' }) }, { a: numbered(20, { 5: 'FIVE', 6: 'six' }) }]);
    const [file] = blameChange(run.events);
    const written = file?.hunks[0]?.lines.filter((line) => line.kind === '+').map((line) => [line.text, line.by?.turn]);
    expect(written).toEqual([
      ['FIVE\n', 2],
      ['six\n', 1],
    ]);
  });

  it('forgets what a later turn took back', () => {
    const run = changed({ a: numbered(9), b: 'b\n' }, [
      { a: numbered(9, { 5: 'five' }), c: 'c\n', b: null },
      { a: numbered(9), c: null, b: 'b\n' },
    ]);
    expect(turns(run)).toEqual([]);
    expect(finalPatch(run)).toBe('');
  });

  it('follows lines that earlier turns moved down', () => {
    const run = changed({ a: numbered(30) }, [
      { a: numbered(30, { 20: 'twenty' }) },
      { a: 'new top\n'.repeat(5) + numbered(30, { 20: 'twenty' }) },
      { a: 'new top\n'.repeat(4) + numbered(30, { 20: 'twenty' }) },
    ]);
    const [top, below] = blameChange(run.events)[0]?.hunks ?? [];
    expect([top?.origins.map((origin) => origin.turn), below?.origins.map((origin) => origin.turn)]).toEqual([[2], [1]]);
    expect(below).toMatchObject({ oldStart: 17, newStart: 21 });
  });

  it('gives a file that was deleted and written anew to who wrote and who deleted', () => {
    const run = changed({ a: 'x\ny\n' }, [{ a: null }, { a: 'x\nz\n' }]);
    const lines = blameChange(run.events, finalPatch(run))[0]?.hunks[0]?.lines.map((line) => [line.kind, line.text, line.by?.turn]);
    expect(lines).toEqual([
      [' ', 'x\n', undefined],
      ['-', 'y\n', 1],
      ['+', 'z\n', 2],
    ]);
    expect(patchText(blameChange(run.events))).toContain('@@ -1,2 +1,2 @@\n x\n-y\n+z\n');
  });

  it('names who changed a binary file and who changed a mode', () => {
    const run = changed({ a: Buffer.from([0, 1]) }, [{ a: Buffer.from([0, 2]) }, { 'sub/b': Buffer.from([0, 3]) }]);
    expect(blameChange(run.events).map((file) => [file.path, file.binary, file.status, file.origins.map((origin) => origin.turn)])).toEqual(
      [
        ['a', true, 'modified', [1]],
        ['sub/b', true, 'added', [2]],
      ],
    );
    expect(blameChange(run.events, finalPatch(run)).map((file) => [file.path, file.binary])).toEqual([
      ['a', true],
      ['sub/b', true],
    ]);
  });

  it('gives a hunk the requirement that the reviewer names, and tells silence from "none"', () => {
    const run = recordedRun();
    repository = run.repository;
    const [source, test] = blameChange(run.events, finalPatch(run));
    expect(source?.hunks[0]?.requirement).toBe('R1');
    expect(test?.hunks[0]?.requirement).toBeUndefined();
    expect(lineCounts(blameChange(run.events))).toEqual(lineCounts(blameChange(run.events, finalPatch(run))));
  });

  it('composes, for any sequence of changes, a patch that gives the final files, and maps every line of it and of git diff', () => {
    const path = fc.constantFrom('a', 'b');
    const line = fc.constantFrom('x\n', 'y\n', 'z\n', '\n', '}\n', 'end');
    const content = fc.array(line, { maxLength: 25 }).map((lines) => lines.join(''));
    const base = { a: 'x\n'.repeat(3) + 'y\nz\n}\n', b: numbered(12), c: '' };
    fc.assert(
      fc.property(fc.array(fc.dictionary(path, content, { minKeys: 1 }), { minLength: 1, maxLength: 5 }), (steps) => {
        const run = changed(base, steps);
        try {
          const composed = parsePatch(patchText(blameChange(run.events)));
          for (const name of ['a', 'b'] as const) {
            const hunks = composed.find((file) => file.path === name)?.hunks ?? [];
            const final = run.repository.git(['show', `${run.repository.tree}:${name}`]);
            expect(applyHunks(Buffer.from(base[name]), hunks).toString()).toBe(final);
          }
          for (const file of [...blameChange(run.events), ...blameChange(run.events, finalPatch(run))]) {
            for (const hunk of file.hunks) expect(hunk.origins).not.toEqual([]);
          }
          const lines = blameChange(run.events).flatMap((file) => file.hunks.flatMap((hunk) => hunk.lines));
          expect(lines.filter((one) => one.kind !== ' ' && one.by === undefined)).toEqual([]);
        } finally {
          run.repository.remove();
        }
      }),
      { numRuns: 25 },
    );
  });
});
