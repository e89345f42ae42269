import { afterEach, describe, expect, it } from '@jest/globals';
import type { Turn } from '../support/messages-api/server.ts';
import type { Pull } from '../support/github/state.ts';
import {
  ADD_TEST,
  call,
  FILES,
  FIX,
  PUSH,
  review,
  RUN_TESTS,
  turn,
  world,
  type Ran,
  type World,
  type WorldOptions,
} from '../support/world.ts';
import { expectFaithful, only, REFACTORED, results } from './common.ts';

let open: World | undefined;
afterEach(async () => open?.close());

/** A run that ends with a pull request; its pushes in order. */
async function published(
  work: readonly Turn[],
  options: WorldOptions = {},
): Promise<{ ran: Ran; pull: Pull; pushes: ReturnType<typeof results> }> {
  open = await world({ ...options, turns: { work, review: [review()] } });
  const ran = await open.run();
  expect([ran.outputs['conclusion'], ran.outputs['exit-reason']]).toEqual(['pull_request', expect.any(String)]);
  expectFaithful(open, ran);
  const [pull, ...others] = open.github.state.pulls.values();
  if (!pull || others.length > 0) throw new Error('there is not one pull request');
  const pushes = results(ran, 'push_changes');
  expect(pushes.map(({ is_error }) => is_error)).toEqual(pushes.map((_, index) => index < pushes.length - 1));
  return { ran, pull, pushes };
}

const refused = (ran: Ran): string[] =>
  only(ran, 'gate_checked')
    .filter(({ outcome }) => outcome === 'refused')
    .map(({ gate }) => gate);
const last = (ran: Ran, gate: string): unknown => only(ran, 'gate_checked').findLast((event) => event.gate === gate);
const write = (path: string, content: string): ReturnType<typeof call> => call('write_file', { path, content, overwrite: true });
const edit = (path: string, from: string, to: string): ReturnType<typeof call> =>
  call('edit_file', { path, edits: [{ old_str: from, new_str: to }] });
const inputOf = (block: typeof PUSH): object => (block.type === 'tool_use' ? (block.input as object) : {});
const pushed = (more: object): ReturnType<typeof call> => call('push_changes', { ...inputOf(PUSH), ...more });

const TEST = 'test/sum.test.js';
const TESTS = FILES[TEST] ?? '';
/** Prints what a linter would: one problem that was there before, and one for every `var`. */
const LINT = `import { readFileSync } from 'node:fs';
console.log('src/old.js:1:1: error an old problem');
readFileSync('src/sum.js', 'utf8').split('\\n').forEach((line, index) => line.includes('var ') && console.log(\`src/sum.js:\${index + 1}:1: error no-var\`));
process.exitCode = 1;
`;

describe('the gates, end to end', () => {
  it('refuse a focused test and a debug print, a test that passes on the base and a new lint error, and prove the mended fix', async () => {
    const withTest = (name: string, body: string): string => `${TESTS}\n${name}('another sum', () => {\n  ${body}\n});\n`;
    const work = [
      turn(
        edit(
          'src/sum.js',
          '  return numbers.reduce((total, number) => total + number);',
          "  console.log('here');\n  var start = 0;\n  return numbers.reduce((total, number) => total + number, start);",
        ),
        write(TEST, withTest('test.only', 'assert.equal(sum([]), 0);')),
        RUN_TESTS,
      ),
      turn(PUSH),
      turn(edit('src/sum.js', "  console.log('here');\n", ''), write(TEST, withTest('test', 'assert.equal(sum([2, 2]), 4);')), RUN_TESTS),
      turn(PUSH),
      turn(write(TEST, withTest('test', 'assert.equal(sum([]), 0);')), RUN_TESTS),
      turn(PUSH),
      turn(edit('src/sum.js', 'var start', 'const start'), RUN_TESTS),
      turn(PUSH),
    ];
    const { ran, pull, pushes } = await published(work, {
      github: { files: { ...FILES, 'lint.js': LINT } },
      inputs: { 'check-command': 'node lint.js' },
    });

    expect(refused(ran)).toEqual(['leftovers', 'fails_before', 'checks']);
    expect(pushes[0]?.content).toMatch(/src\/sum\.js:2: debug print: `console\.log\('here'\);`/);
    expect(pushes[0]?.content).toMatch(/test\/sum\.test\.js:\d+: focused test/);
    expect(pushes[1]?.content).toContain('test/sum.test.js: passes on the base too');
    expect(pushes[2]?.content).toContain('no-var');
    expect(pushes[2]?.content).not.toContain('an old problem');
    expect(last(ran, 'fails_before')).toMatchObject({ outcome: 'passed', detail: expect.stringContaining('another sum') });
    expect(last(ran, 'checks')).toMatchObject({ outcome: 'passed', detail: expect.stringContaining('as it was on the base') });
    expect(ran.outputs['tests']).toBe('proven');
    expect(pull).toMatchObject({ draft: false, body: expect.stringContaining('**proven**') });
  }, 60_000);

  it('refuse new tests that catch no mutation of what they cover, and prove those that do', async () => {
    const product = 'export function product(numbers) {\n  return numbers.reduce((total, number) => total * number, 1);\n}\n';
    const tests = (body: string): string =>
      `import assert from 'node:assert/strict';\nimport { test } from 'node:test';\nimport { product } from '../src/product.js';\n\ntest('multiplies', () => {\n  ${body}\n});\n`;
    const path = 'test/product.test.js';
    const work = [
      turn(write(path, tests("assert.equal(typeof product([2, 3]), 'number');")), RUN_TESTS),
      turn(pushed({ change_kind: 'tests' })),
      turn(write(path, tests('assert.equal(product([2, 4]), 8);')), RUN_TESTS),
      turn(pushed({ change_kind: 'tests' })),
    ];
    const { ran, pushes } = await published(work, { github: { files: { ...FILES, 'src/product.js': product } } });
    expect(refused(ran)).toEqual(['fails_before']);
    expect(pushes[0]?.content).toMatch(/mutation/);
    expect(last(ran, 'fails_before')).toMatchObject({ outcome: 'passed', detail: expect.stringContaining('src/product.js') });
    expect(ran.outputs['tests']).toBe('proven');
  }, 60_000);

  it('refuse a skipped test until it is explained, show the explanation and what runs by itself, and call a refactoring passed', async () => {
    const files = { ...FILES, [TEST]: `${TESTS}\ntest('adds one', () => {\n  assert.equal(sum([1]), 1);\n});\n` };
    const text = 'test/sum.test.js: the test of one number is covered by the first one and will be rewritten.';
    const work = [
      turn(
        edit('src/sum.js', 'total + number', 'number + total'),
        edit(TEST, "test('adds one'", "test.skip('adds one'"),
        edit('package.json', '"test": "node --test"', '"test": "node --test", "start": "node src/sum.js"'),
        RUN_TESTS,
      ),
      turn(REFACTORED),
      turn(pushed({ change_kind: 'refactor', explanations: [{ gate: 'leftovers', text }] })),
      turn(pushed({ change_kind: 'refactor', explanations: [{ gate: 'weakened_tests', text }] })),
    ];
    const { ran, pull, pushes } = await published(work, { github: { files } });
    expect(refused(ran)).toEqual(['weakened_tests', 'weakened_tests']);
    for (const push of pushes.slice(0, 2)) expect(push.content).toMatch(/test\/sum\.test\.js.*skipped.*adds one/);
    expect(last(ran, 'weakened_tests')).toMatchObject({ outcome: 'noted' });
    expect(last(ran, 'policy')).toMatchObject({ outcome: 'noted', detail: expect.stringContaining('package.json') });
    expect(ran.outputs['tests']).toBe('passed');
    expect(pull.draft).toBe(true);
    expect(pull.body).toContain('the test of one number is covered by the first one');
    expect(pull.body).toMatch(/> \[!CAUTION\]\n.*runs by itself.*`package\.json`/);
    expect(pull.body).not.toContain('**proven**');
  }, 60_000);

  it('take the red base run itself as the proof where the ticket’s test is there already', async () => {
    const added = inputOf(ADD_TEST) as { edits: { old_str: string; new_str: string }[] };
    const files = { ...FILES, [TEST]: TESTS.replace(added.edits[0]?.old_str ?? '', () => added.edits[0]?.new_str ?? '') };
    const { ran } = await published([turn(FIX, RUN_TESTS), turn(PUSH)], { github: { files } });
    expect(only(ran, 'tests_ran').map(({ phase, exit_code }) => [phase, exit_code])).toEqual([
      ['base', 1],
      ['work', 0],
    ]);
    expect(last(ran, 'fails_before')).toMatchObject({ outcome: 'passed', detail: expect.stringContaining('The tests that were there') });
    expect(ran.outputs['tests']).toBe('proven');
  }, 60_000);
});
