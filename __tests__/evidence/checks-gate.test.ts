import { describe, expect, test } from '@jest/globals';
import { checksGate, newProblems } from '../../src/evidence/checks-gate.ts';
import type { CheckRun } from '../../src/evidence/checks-gate.ts';

const run = (exit: number, output = '', more: Partial<CheckRun> = {}): CheckRun => ({
  command: 'npm run lint',
  exit_code: exit,
  timed_out: false,
  output,
  ...more,
});

const ESLINT =
  "\n/work/a/src/one.js\n  3:7  error  'x' is assigned a value but never used  no-unused-vars\n\n✖ 1 problem (1 error, 0 warnings)\n";

describe('new problems', () => {
  test('are those of files and messages, wherever the lines moved', () => {
    const after =
      "\n/tmp/b/src/one.js\n  13:9  error  'x' is assigned a value but never used  no-unused-vars\n  20:1  error  Unexpected var  no-var\n\n✖ 2 problems (2 errors, 0 warnings)\n";
    expect(newProblems(ESLINT, after)).toEqual(['/tmp/b/src/one.js 20:1  error  Unexpected var  no-var']);
  });

  test('count the same message once more as new', () => {
    const tsc = 'src/a.ts(3,5): error TS2322: Type A is not B.\n';
    expect(newProblems(tsc, tsc + tsc.replace('3,5', '9,1'))).toEqual(['src/a.ts(9,1): error TS2322: Type A is not B.']);
    expect(newProblems(tsc + tsc, tsc)).toEqual([]);
  });

  test('of the same text in another file are new', () => {
    expect(newProblems('a.py:1:1: F401 `os` imported but unused\n', 'b.py:1:1: F401 `os` imported but unused\n')).toHaveLength(1);
  });

  test('are found for mypy, ruff, go vet and tsc, and leave totals alone', () => {
    const before = 'Found 1 error in 1 file (checked 3 source files)\n';
    const after =
      'app/a.py:12: error: Incompatible return value type  [return-value]\nFound 2 errors in 1 file (checked 3 source files)\n./calc.go:5:2: unreachable code\napp/b.py:1:8: F401 [*] `os` imported but unused\n';
    expect(newProblems(before, after)).toHaveLength(3);
  });
});

describe('the gate', () => {
  test('passes a green check, and a red one that was as red before', () => {
    expect(checksGate(run(1, ESLINT), run(0)).outcome).toBe('passed');
    expect(checksGate(run(1, ESLINT), run(1, ESLINT.replace('3:7', '8:7')))).toMatchObject({
      outcome: 'passed',
      detail: expect.stringContaining('none of them new'),
    });
  });

  test('refuses new problems and lists only those', () => {
    const result = checksGate(run(1, ESLINT), run(1, `${ESLINT}/work/a/src/two.js\n  1:1  error  Unexpected var  no-var\n`));
    expect(result).toMatchObject({ gate: 'checks', outcome: 'refused' });
    expect(result.detail).toContain('no-var');
    expect(result.detail).not.toContain('no-unused-vars');
  });

  test('refuses a check that became red without a line that it knows', () => {
    expect(checksGate(run(0), run(2, 'boom\n'))).toMatchObject({ outcome: 'refused', detail: expect.stringContaining('boom') });
  });

  test('notes what cannot be compared, and skips without a command', () => {
    expect(checksGate(null, run(1, ESLINT)).outcome).toBe('noted');
    expect(checksGate(run(0), run(127, 'bash: ruff: command not found\n')).outcome).toBe('noted');
    expect(checksGate(run(0), run(0, '', { timed_out: true })).outcome).toBe('noted');
    expect(checksGate(null, null).outcome).toBe('skipped');
  });
});
