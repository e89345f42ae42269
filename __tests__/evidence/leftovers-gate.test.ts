import { describe, expect, test } from '@jest/globals';
import { leftoversGate } from '../../src/evidence/leftovers-gate.ts';
import { patchesOf, patchOf } from '../support/patches.ts';
import type { Files } from '../support/patches.ts';

const add = (path: string, line: string): { before: Files; after: Files } => ({
  before: { [path]: 'first\n' },
  after: { [path]: `first\n${line}\n` },
});

const BAD: [string, string][] = [
  ['src/a.js', '  console.log(value);'],
  ['src/a.ts', "console.debug('here');"],
  ['src/a.tsx', 'debugger;'],
  ['app/a.py', '    print(value)'],
  ['app/a.py', 'import pdb; pdb.set_trace()'],
  ['app/a.py', '    breakpoint()'],
  ['calc.go', '\tfmt.Println("value", v)'],
  ['src/lib.rs', '    dbg!(&value);'],
  ['lib/a.rb', '  binding.pry'],
  ['src/A.php', '        var_dump($value);'],
  ['src/main/java/x/Calc.java', '        System.out.println("here");'],
  ['__tests__/a.test.js', "test.only('adds', () => {});"],
  ['__tests__/a.test.ts', "describe.only('sum', () => {"],
  ['spec/a_spec.rb', "  fit 'adds' do"],
  ['README.md', '<<<<<<< HEAD'],
  ['src/a.js', '>>>>>>> branch'],
];

const GOOD: [string, string][] = [
  ['bin/run.js', 'console.log(version);'],
  ['scripts/build.mjs', "console.log('done');"],
  ['src/cli.ts', 'console.log(help);'],
  ['src/logger.js', 'console.log(line);'],
  ['src/a.js', '// console.log(value);'],
  ['src/a.js', "console.error('failed', error);"],
  ['app/management/commands/load.py', 'print("done")'],
  ['app/a.py', 'print("bad", file=sys.stderr)'],
  ['app/a.py', '# print(value)'],
  ['cmd/tool/main.go', '\tfmt.Println("done")'],
  ['calc.go', '\treturn fmt.Sprintf("%d", v)'],
  ['README.md', '    console.log(sum(1, 2));'],
  ['docs/a.md', '======='],
  ['src/a.js', 'const only = query.only(1);'],
  ['test/fixtures/echo.js', 'console.log(process.argv);'],
];

describe('leftovers', () => {
  test('are found where nobody leaves them on purpose, and only there', () => {
    const patches = patchesOf([...BAD, ...GOOD].map(([path, line]) => add(path, line)));
    const outcomes = patches.map((patch, index) => [...([...BAD, ...GOOD][index] ?? []), leftoversGate({ patch }).outcome]);
    expect(outcomes).toEqual([...BAD.map((one) => [...one, 'refused']), ...GOOD.map((one) => [...one, 'passed'])]);
  });

  test('are named with file, line and what they are', () => {
    const { before, after } = add('src/a.js', '  console.log(value);');
    expect(leftoversGate({ patch: patchOf(before, after) }).detail).toContain('- src/a.js:2: debug print: `console.log(value);`');
  });

  test('are not lines that were moved or taken out', () => {
    expect(
      leftoversGate({ patch: patchOf({ 'src/a.js': 'console.log(1);\na();\n' }, { 'src/a.js': 'a();\n  console.log(1);\n' }) }).outcome,
    ).toBe('passed');
    expect(leftoversGate({ patch: patchOf({ 'src/a.js': 'console.log(1);\na();\n' }, { 'src/a.js': 'a();\n' }) }).outcome).toBe('passed');
  });

  test.each([
    'repro.js',
    'debug_issue.py',
    'test_fix.py',
    'scratch.ts',
    'a.orig',
    'npm-debug.log',
    'tmp.txt',
    'src/a.py.bak',
    'issue-12.js',
  ])('%s is a stray file', (path) => {
    expect(leftoversGate({ patch: patchOf({ 'b.txt': 'x\n' }, { 'b.txt': 'x\n', [path]: 'y\n' }) })).toMatchObject({
      outcome: 'refused',
      detail: expect.stringContaining(`${path}: looks like a stray file`),
    });
  });

  test.each([
    'src/debug.ts',
    'tests/test_sum.py',
    'lib/temp.go',
    '__tests__/reproducer.test.ts',
    'src/index.js',
    'test/fixtures/error.log',
    'examples/foo.js',
    'CHANGELOG.md',
  ])('%s is none', (path) => {
    expect(leftoversGate({ patch: patchOf({ 'b.txt': 'x\n' }, { 'b.txt': 'x\n', [path]: 'y\n' }) }).outcome).toBe('passed');
  });

  test('are files over 1 MB, which no explanation excuses, like a conflict marker', () => {
    const explanations = [{ gate: 'leftovers', text: 'a.bin and b.js are meant to stay' }];
    expect(leftoversGate({ patch: '', sizes: { 'a.bin': 3 * 1024 * 1024, 'b.bin': 1024 * 1024 }, explanations })).toMatchObject({
      outcome: 'refused',
      detail: expect.stringContaining('- a.bin: 3.0 MB'),
    });
    const { before, after } = add('b.js', '<<<<<<< HEAD');
    expect(leftoversGate({ patch: patchOf(before, after), explanations }).outcome).toBe('refused');
  });

  test('may stay with an explanation that names their file', () => {
    const { before, after } = add('src/a.js', 'console.log(value);');
    const patch = patchOf(before, after);
    expect(
      leftoversGate({ patch, explanations: [{ gate: 'leftovers', text: 'src/a.js prints the result: that is the feature' }] }),
    ).toMatchObject({ outcome: 'noted', detail: expect.stringContaining('that is the feature') });
    expect(
      leftoversGate({ patch, explanations: [{ gate: 'weakened_tests', text: 'src/a.js prints the result: that is the feature' }] }).outcome,
    ).toBe('refused');
  });
});
