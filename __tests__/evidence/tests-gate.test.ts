import { describe, expect, test } from '@jest/globals';
import type { Run } from '../../src/evidence/gate.ts';
import { flakyTests, noNewFailuresGate, testsGate } from '../../src/evidence/tests-gate.ts';

const OLD = 'a'.repeat(40);
const NEW = 'b'.repeat(40);
const run = (tree: string, exit: number | null, more: Partial<Run> = {}): Run => ({
  phase: 'work',
  command: 'npm test',
  exit_code: exit,
  timed_out: false,
  tree,
  tail: '',
  ...more,
});
const base = (exit: number, more: Partial<Run> = {}): Run => run(OLD, exit, { phase: 'base', ...more });

describe('tests after the last edit', () => {
  test('pass when the newest run on exactly this tree is green', () => {
    const result = testsGate({
      tree: NEW,
      runs: [base(0), run(NEW, 0, { counts: { passed: 3, failed: 0, skipped: 1 } })],
      command: 'npm test',
    });
    expect(result).toEqual({
      gate: 'tests',
      outcome: 'passed',
      detail: '`npm test` exited with 0 on tree bbbbbbb (3 passed, 0 failed, 1 skipped).',
    });
  });

  test('refuse when they were never run, or run before the last edit', () => {
    const never = testsGate({ tree: NEW, runs: [base(0)], command: 'npm test' });
    const early = testsGate({ tree: NEW, runs: [base(0), run('c'.repeat(40), 0)], command: 'npm test' });
    expect(never).toMatchObject({ outcome: 'refused', detail: expect.stringContaining('Call run_tests, then push_changes again') });
    expect(never.detail).toContain('never run');
    expect(early).toMatchObject({ outcome: 'refused', detail: expect.stringContaining('ccccccc, before the last edit') });
  });

  test('are noted when there is no test command, and when a green run ran no test', () => {
    expect(testsGate({ tree: NEW, runs: [], command: null })).toMatchObject({ outcome: 'noted', detail: expect.stringContaining('draft') });
    expect(
      testsGate({ tree: NEW, runs: [run(NEW, 0, { counts: { passed: 0, failed: 0, skipped: 2 } })], command: 'npm test' }).outcome,
    ).toBe('noted');
  });

  test('refuse a red run over a green base, and name what is new', () => {
    const result = testsGate({ tree: NEW, runs: [base(0), run(NEW, 1, { failing: ['a', 'b'] })], command: 'npm test' });
    expect(result).toMatchObject({ outcome: 'refused' });
    expect(result.detail).toContain('- a\n- b');
  });

  test('note a red run when the base was red too and nothing new fails, with both lists known', () => {
    expect(
      testsGate({ tree: NEW, runs: [base(1, { failing: ['a', 'b'] }), run(NEW, 1, { failing: ['b'] })], command: 'npm test' }).outcome,
    ).toBe('noted');
    expect(
      testsGate({ tree: NEW, runs: [base(1, { failing: ['a'] }), run(NEW, 1, { failing: ['a', 'c'] })], command: 'npm test' }),
    ).toMatchObject({ outcome: 'refused', detail: expect.stringContaining('- c') });
    expect(testsGate({ tree: NEW, runs: [base(1), run(NEW, 1, { failing: ['a'] })], command: 'npm test' }).outcome).toBe('refused');
    expect(testsGate({ tree: NEW, runs: [base(1, { failing: ['a'] }), run(NEW, 1)], command: 'npm test' }).outcome).toBe('refused');
    expect(testsGate({ tree: NEW, runs: [base(1, { failing: ['a'] }), run(NEW, 1, { failing: [] })], command: 'npm test' }).outcome).toBe(
      'refused',
    );
  });

  test('refuse a run that was cut off, even over a red base', () => {
    expect(
      testsGate({
        tree: NEW,
        runs: [base(1, { failing: ['a'] }), run(NEW, null, { timed_out: true, failing: ['a'] })],
        command: 'npm test',
      }).outcome,
    ).toBe('refused');
    expect(testsGate({ tree: NEW, runs: [base(0), run(NEW, 0, { timed_out: true })], command: 'npm test' }).outcome).toBe('refused');
  });

  test('say when a test is flaky', () => {
    const runs = [base(0), run(NEW, 1, { failing: ['sometimes'] }), run(NEW, 0, { failing: [] })];
    expect(flakyTests(runs, NEW)).toEqual(['sometimes']);
    expect(testsGate({ tree: NEW, runs, command: 'npm test' })).toMatchObject({
      outcome: 'passed',
      detail: expect.stringContaining('Flaky, failed in another run of the same tree:\n- sometimes'),
    });
  });

  test('judge the newest run on the tree, not the best', () => {
    expect(testsGate({ tree: NEW, runs: [base(0), run(NEW, 0), run(NEW, 1, { failing: ['a'] })], command: 'npm test' }).outcome).toBe(
      'refused',
    );
  });
});

describe('no new failures', () => {
  test('passes a green run, and says when the base was red', () => {
    expect(noNewFailuresGate(base(0), run(NEW, 0))).toMatchObject({ outcome: 'passed', detail: 'Nothing fails.' });
    expect(noNewFailuresGate(base(1, { failing: ['a'] }), run(NEW, 0)).detail).toContain('The base was red (1 failing)');
  });

  test('passes old failures and refuses new or unknown ones', () => {
    expect(noNewFailuresGate(base(1, { failing: ['a'] }), run(NEW, 1, { failing: ['a'] })).outcome).toBe('passed');
    expect(noNewFailuresGate(base(1, { failing: ['a'] }), run(NEW, 1, { failing: ['b'] })).outcome).toBe('refused');
    expect(noNewFailuresGate(base(1), run(NEW, 1)).outcome).toBe('refused');
    expect(noNewFailuresGate(undefined, run(NEW, 1, { failing: ['b'] })).outcome).toBe('refused');
    expect(noNewFailuresGate(base(0), undefined).outcome).toBe('skipped');
  });
});
