import { beforeAll, describe, expect, test } from '@jest/globals';
import { weakenedTestsGate, weakenings } from '../../src/evidence/weakened-tests-gate.ts';
import type { Weakening } from '../../src/evidence/weakened/weakening.ts';
import { patchesOf, patchOf } from '../support/patches.ts';
import { CASES, type Case } from './weakened.cases.ts';
import { MORE_CASES } from './weakened.more-cases.ts';

const found = new Map<string, Weakening[]>();

beforeAll(() => {
  const all = [...CASES, ...MORE_CASES];
  for (const [index, patch] of patchesOf(all).entries()) found.set(all[index]?.name ?? '', weakenings(patch));
});

/** Prints how good the gate is on labelled changes. */
function measured(what: string, cases: readonly Case[]): { precision: number; recall: number; missed: string[]; wrong: string[] } {
  const flagged = cases.filter((one) => found.get(one.name)?.length);
  const precision = flagged.filter((one) => one.weak).length / flagged.length;
  const recall = flagged.filter((one) => one.weak).length / cases.filter((one) => one.weak).length;
  const missed = cases.filter((one) => one.weak && !flagged.includes(one)).map(({ name }) => name);
  const wrong = flagged.filter((one) => !one.weak).map(({ name }) => `${name}: ${found.get(name)?.[0]?.text ?? ''}`);
  const numbers = `${String(cases.length)} cases, precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}`;
  process.stdout.write(`weakened tests, ${what}: ${numbers}; missed ${JSON.stringify(missed)}; wrong ${JSON.stringify(wrong)}\n`);
  return { precision, recall, missed, wrong };
}

test('weakenings are found with the printed precision and recall', () => {
  expect(measured('one thing at a time', CASES)).toMatchObject({ missed: [], wrong: [] });
});

test('weakenings are found where something is added beside them, with the printed precision and recall', () => {
  const { precision, recall } = measured('beside other changes', MORE_CASES);
  expect(precision).toBeGreaterThanOrEqual(0.95);
  expect(recall).toBeGreaterThanOrEqual(0.95);
});

test('each weakened case is listed once, with its file and line', () => {
  for (const one of [...CASES, ...MORE_CASES].filter((other) => other.weak && found.get(other.name)?.length)) {
    const items = found.get(one.name) ?? [];
    expect([one.name, items.length]).toEqual([one.name, 1]);
    expect(Object.keys({ ...one.before, ...one.after })).toContain(items[0]?.path);
  }
});

describe('the gate', () => {
  const patch = patchOf(
    {
      'a.test.js': "test('a', () => {\n  expect(1).toBe(1);\n});\ntest('b', () => {\n  expect(2).toBe(2);\n});\n",
      'tsconfig.json': '{\n  "strict": true\n}\n',
    },
    { 'a.test.js': "test('a', () => {\n  expect(1).toBe(1);\n});\n", 'tsconfig.json': '{\n  "strict": false\n}\n' },
  );

  test('refuses what is not explained and says how to go on', () => {
    const result = weakenedTestsGate({ patch });
    expect(result).toMatchObject({ gate: 'weakened_tests', outcome: 'refused' });
    expect(result.detail).toContain('a.test.js (line 4 before): deleted test "b"');
    expect(result.detail).toContain('{gate: "weakened_tests", text}');
  });

  test('accepts an explanation only for its own gate and only for what it names', () => {
    const texts = (gate: string, ...all: string[]) => weakenedTestsGate({ patch, explanations: all.map((text) => ({ gate, text })) });
    expect(texts('leftovers', 'a.test.js and tsconfig.json are fine as they are').outcome).toBe('refused');
    expect(texts('weakened_tests', 'all of this is quite all right').outcome).toBe('refused');
    expect(texts('weakened_tests', 'a.test.js: feature b was removed by this ticket')).toMatchObject({
      outcome: 'refused',
      detail: expect.not.stringContaining('a.test.js (line'),
    });
    const both = texts('weakened_tests', 'a.test.js: feature b was removed by this ticket', 'tsconfig.json: asked for in the ticket');
    expect(both.outcome).toBe('noted');
    expect(both.detail).toContain('feature b was removed by this ticket');
  });

  test('passes a change that weakens nothing', () => {
    expect(weakenedTestsGate({ patch: patchOf({ 'a.js': '1\n' }, { 'a.js': '2\n' }) }).outcome).toBe('passed');
    expect(weakenedTestsGate({ patch: '' }).outcome).toBe('passed');
  });
});
