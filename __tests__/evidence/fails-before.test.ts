import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { coveredSources } from '../../src/evidence/covered-sources.ts';
import { changedTestFiles, judgeFailsBefore, planFailsBefore } from '../../src/evidence/fails-before.ts';
import type { ChangeKind, FailsBeforeJudgement } from '../../src/evidence/fails-before.ts';
import type { Run } from '../../src/evidence/gate.ts';
import { mutations } from '../../src/evidence/mutations.ts';
import { readTestOutput } from '../../src/evidence/test-output.ts';
import { patchOf } from '../support/patches.ts';
import type { Files } from '../support/patches.ts';

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'fails-before-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Runs `node --test` for real in a folder with just these files. */
function runIn(files: Files): Run {
  const folder = mkdtempSync(join(root, 'tree-'));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...env } = process.env;
  const done = spawnSync(process.execPath, ['--test', '--test-reporter=tap'], { cwd: folder, encoding: 'utf8', env });
  return {
    command: 'node --test',
    exit_code: done.status,
    timed_out: false,
    tree: folder,
    tail: done.stdout + done.stderr,
    ...readTestOutput('node --test', done.stdout),
  };
}

const testFile = (body: string, names = 'sum'): string =>
  `const assert = require('node:assert');\nconst { test } = require('node:test');\nconst { ${names} } = require('./sum.cjs');\n${body}\n`;
const BUGGY = 'exports.sum = (a, b) => a - b;\n';
const RIGHT = 'exports.sum = (a, b) => a + b;\n';

/** The whole of gate 3 on real runs: base, base with the changed tests, change. */
function gate3(kind: ChangeKind, before: Files, after: Files, ticket = '', mutate?: (files: Files) => Files[]): FailsBeforeJudgement {
  const changes = Object.keys({ ...before, ...after })
    .filter((path) => before[path] !== after[path])
    .map((path) => ({
      path,
      status: before[path] === undefined ? ('A' as const) : after[path] === undefined ? ('D' as const) : ('M' as const),
    }));
  const plan = planFailsBefore({ kind, changes, patch: patchOf(before, after), command: 'node --test' });
  if (plan.kind !== 'run_on_base') return judgeFailsBefore({ kind, plan, changeRun: runIn(after), ticket });
  const laid = {
    ...before,
    ...Object.fromEntries(plan.overlay.filter((path) => after[path] !== undefined).map((path) => [path, after[path] ?? ''])),
  };
  const tried = mutate
    ? mutate(after).map((files, index) => ({ path: 'sum.cjs', description: `mutation ${String(index)}`, run: runIn(files) }))
    : [];
  return judgeFailsBefore({ kind, plan, base: runIn(before), baseRun: runIn(laid), changeRun: runIn(after), ticket, mutations: tried });
}

describe('a fix', () => {
  test('is proven when its test fails by assertion on the base', () => {
    const judgement = gate3(
      'fix',
      { 'sum.cjs': BUGGY },
      { 'sum.cjs': RIGHT, 'sum.test.cjs': testFile("test('adds', () => assert.strictEqual(sum(1, 2), 3));") },
    );
    expect(judgement).toMatchObject({
      proven: true,
      result: { gate: 'fails_before', outcome: 'passed', detail: expect.stringContaining('fails by assertion on the base') },
    });
    expect(judgement.result.detail).toContain('- sum.test.cjs › adds');
  });

  test('is refused when its test passes on the base too', () => {
    const judgement = gate3(
      'fix',
      { 'sum.cjs': BUGGY },
      { 'sum.cjs': RIGHT, 'sum.test.cjs': testFile("test('keeps zero', () => assert.strictEqual(sum(1, 0), 1));") },
    );
    expect(judgement).toMatchObject({
      proven: false,
      result: { outcome: 'refused', detail: expect.stringContaining('passes on the base too') },
    });
  });

  test('proves nothing when its test fails on the base only for a missing function', () => {
    const after = {
      'sum.cjs': `${RIGHT}exports.add = exports.sum;\n`,
      'sum.test.cjs': testFile("test('adds', () => { if (add(1, 2) !== 3) process.exit(1); });", 'add'),
    };
    expect(gate3('fix', { 'sum.cjs': BUGGY }, after)).toMatchObject({
      proven: false,
      result: { outcome: 'noted', detail: expect.stringContaining('missing there') },
    });
  });

  test('is proven by the exception that the ticket reports, and only noted for another', () => {
    const before = { 'sum.cjs': 'exports.sum = (list) => list.reduce((a, b) => a + b);\n' };
    const after = {
      'sum.cjs': 'exports.sum = (list) => list.reduce((a, b) => a + b, 0);\n',
      'sum.test.cjs': testFile("test('of nothing', () => { sum([]); });"),
    };
    expect(gate3('fix', before, after, 'sum([]) throws a TypeError')).toMatchObject({
      proven: true,
      result: { detail: expect.stringContaining('the reported TypeError') },
    });
    expect(gate3('fix', before, after, 'sum is broken')).toMatchObject({ proven: false, result: { outcome: 'noted' } });
  });

  test('without a changed test is noted, not proven', () => {
    expect(gate3('fix', { 'sum.cjs': BUGGY }, { 'sum.cjs': RIGHT })).toMatchObject({
      proven: false,
      result: { outcome: 'noted', detail: expect.stringContaining('adds or changes no test') },
    });
  });

  test('is not proven by a test that failed on the base anyway', () => {
    const old = testFile("test('old', () => assert.strictEqual(sum(1, 2), 4));");
    const before = { 'sum.cjs': BUGGY, 'old.test.cjs': old };
    const after = {
      'sum.cjs': RIGHT,
      'old.test.cjs': old,
      'sum.test.cjs': testFile("test('keeps zero', () => assert.strictEqual(sum(1, 0), 1));"),
    };
    const plan = planFailsBefore({ kind: 'fix', changes: [{ path: 'sum.test.cjs', status: 'A' }], patch: '', command: 'node --test' });
    const green: Run = { command: 'node --test', exit_code: 0, timed_out: false, tree: 'x', tail: '' };
    const judgement = judgeFailsBefore({
      kind: 'fix',
      plan,
      base: runIn(before),
      baseRun: runIn({ ...before, 'sum.test.cjs': after['sum.test.cjs'] }),
      changeRun: green,
    });
    expect(judgement).toMatchObject({
      proven: false,
      result: { outcome: 'refused', detail: expect.stringContaining('failed there anyway') },
    });
  });

  test('of a hang is proven by a time-out when the ticket reports one', () => {
    const plan = planFailsBefore({ kind: 'fix', changes: [{ path: 'a.test.js', status: 'A' }], patch: '', command: 'npm test' });
    const run = (exit_code: number | null, timed_out: boolean): Run => ({ command: 'npm test', exit_code, timed_out, tree: 'x', tail: '' });
    expect(
      judgeFailsBefore({ kind: 'fix', plan, baseRun: run(null, true), changeRun: run(0, false), ticket: 'parse() never returns' }).proven,
    ).toBe(true);
    expect(
      judgeFailsBefore({ kind: 'fix', plan, baseRun: run(null, true), changeRun: run(0, false), ticket: 'wrong sum' }).result.outcome,
    ).toBe('noted');
  });
});

describe('a feature', () => {
  test('is proven when its test fails on the base for a missing symbol or module', () => {
    const body = testFile("test('multiplies', () => assert.strictEqual(times(2, 3), 6));", 'times');
    expect(
      gate3('feature', { 'sum.cjs': RIGHT }, { 'sum.cjs': `${RIGHT}exports.times = (a, b) => a * b;\n`, 'sum.test.cjs': body }).proven,
    ).toBe(true);
    expect(
      gate3(
        'feature',
        { 'other.cjs': '' },
        { 'other.cjs': '', 'sum.cjs': `${RIGHT}exports.times = (a, b) => a * b;\n`, 'sum.test.cjs': body },
      ).proven,
    ).toBe(true);
  });
});

describe('new tests for old code', () => {
  const mutate = (files: Files): Files[] =>
    mutations(files['sum.cjs'] ?? '', 'javascript').map((one) => ({ ...files, 'sum.cjs': one.source }));

  test('are proven when one of them catches a mutation', () => {
    const after = { 'sum.cjs': RIGHT, 'sum.test.cjs': testFile("test('adds', () => assert.strictEqual(sum(1, 2), 3));") };
    expect(gate3('tests', { 'sum.cjs': RIGHT }, after, '', mutate)).toMatchObject({
      proven: true,
      result: { detail: expect.stringContaining('catches a mutation') },
    });
  });

  test('are refused when no mutation is caught, or when they fail on the base', () => {
    const idle = { 'sum.cjs': RIGHT, 'sum.test.cjs': testFile("test('adds', () => { sum(1, 2); });") };
    expect(gate3('tests', { 'sum.cjs': RIGHT }, idle, '', mutate)).toMatchObject({
      proven: false,
      result: { outcome: 'refused', detail: expect.stringContaining('also on each of') },
    });
    const red = { 'sum.cjs': RIGHT, 'sum.test.cjs': testFile("test('adds', () => assert.strictEqual(sum(1, 2), 3));") };
    expect(gate3('tests', { 'sum.cjs': BUGGY }, red, '', mutate)).toMatchObject({
      proven: false,
      result: { outcome: 'refused', detail: expect.stringContaining('change_kind "fix"') },
    });
  });
});

describe('the plan', () => {
  test.each<ChangeKind>(['refactor', 'docs', 'config'])('needs no new test for %s', (kind) => {
    const plan = planFailsBefore({ kind, changes: [{ path: 'a.test.js', status: 'M' }], patch: '', command: 'npm test' });
    expect(plan.kind).toBe('not_needed');
    expect(judgeFailsBefore({ kind, plan, changeRun: undefined })).toMatchObject({ proven: false, result: { outcome: 'skipped' } });
  });

  test('lays tests and what they need over the base, deletions too, and nothing else', () => {
    const changes = [
      { path: 'src/sum.ts', status: 'M' as const },
      { path: '__tests__/sum.test.ts', status: 'M' as const },
      { path: '__tests__/old.test.ts', status: 'D' as const },
      { path: '__tests__/fixtures/a.json', status: 'A' as const },
      { path: 'tests/conftest.py', status: 'M' as const },
      { path: 'package.json', status: 'M' as const },
    ];
    expect(planFailsBefore({ kind: 'fix', changes, patch: '', command: 'npm test' })).toEqual({
      kind: 'run_on_base',
      overlay: ['__tests__/fixtures/a.json', '__tests__/old.test.ts', '__tests__/sum.test.ts', 'tests/conftest.py'],
      tests: ['__tests__/sum.test.ts'],
      mutate: false,
    });
    expect(
      planFailsBefore({ kind: 'fix', changes: changes.filter((change) => change.status === 'D'), patch: '', command: 'npm test' }).kind,
    ).toBe('no_tests');
  });

  test('tells tests by the conventions of their language', () => {
    const paths = [
      'a_test.go',
      'tests/test_a.py',
      'a.spec.ts',
      'spec/a_spec.rb',
      'src/test/java/x/ATest.java',
      'tests/outer.rs',
      'tests/ATest.php',
      'Calc.Tests/CalcTests.cs',
    ];
    const sources = [
      'a.go',
      'latest.py',
      'contest.ts',
      'a.rb',
      'src/main/java/x/A.java',
      'src/lib.rs',
      'src/A.php',
      'Calc/Calc.cs',
      'testing.md',
    ];
    expect(changedTestFiles([...paths, ...sources].map((path) => ({ path, status: 'M' }))).tests).toEqual(paths);
  });

  test('says that tests inside a Rust source file cannot be laid over alone', () => {
    const patch = patchOf({ 'src/lib.rs': 'fn a() {}\n' }, { 'src/lib.rs': 'fn a() {}\n#[test]\nfn t() {\n    a();\n}\n' });
    const plan = planFailsBefore({ kind: 'fix', changes: [{ path: 'src/lib.rs', status: 'M' }], patch, command: 'cargo test' });
    expect(plan).toMatchObject({ kind: 'no_tests', reason: expect.stringContaining('src/lib.rs') });
  });
});

describe('mutations', () => {
  test('change one operator each, never in strings, comments or types of imports', () => {
    const source =
      "import type { A } from './a > b.js';\n// a + b\nconst text = 'a + b';\nexport const f = (a, b) => a > b && a + 1 === b;\n";
    const found = mutations(source, 'javascript');
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ line: 4, description: 'line 4: `===` became `!==`' });
    expect(found[0]?.source).toBe(source.replace('===', '!=='));
  });

  test('know Python and Go', () => {
    expect(mutations('def f(a, b):\n    """a + b"""\n    return a and b\n', 'python').map((one) => one.source)).toEqual([
      'def f(a, b):\n    """a + b"""\n    return a or b\n',
    ]);
    expect(mutations('func F(a int) bool {\n\treturn a >= 3\n}\n', 'go').map((one) => one.source)).toEqual([
      'func F(a int) bool {\n\treturn a < 3\n}\n',
    ]);
  });

  test('are few, spread over the file, preferred lines first', () => {
    const source = Array.from({ length: 100 }, (_, index) => `const x${String(index)} = a + b;`).join('\n');
    const lines = mutations(source, 'javascript', { lines: [50], limit: 5 }).map((one) => one.line);
    expect(lines).toHaveLength(5);
    expect(lines[0]).toBe(50);
    expect(Math.max(...lines) - Math.min(...lines)).toBeGreaterThan(50);
  });
});

test('the code that a test covers is what it imports and what bears its name', () => {
  const files = [
    'src/sum.ts',
    'src/deep/index.ts',
    'src/other.ts',
    '__tests__/sum.test.ts',
    'app/calc.py',
    'app/models/user.py',
    'tests/test_calc.py',
    'pkg/calc.go',
    'pkg/calc_test.go',
  ];
  expect(coveredSources('__tests__/sum.test.ts', "import { sum } from '../src/sum.ts';\nimport x from '../src/deep';\n", files)).toEqual([
    'src/sum.ts',
    'src/deep/index.ts',
  ]);
  expect(coveredSources('tests/test_calc.py', 'from app.models import user\nimport pytest\n', files)).toEqual([
    'app/calc.py',
    'app/models/user.py',
  ]);
  expect(coveredSources('pkg/calc_test.go', '', files)).toEqual(['pkg/calc.go']);
});
