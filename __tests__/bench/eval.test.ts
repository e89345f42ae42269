import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from '@jest/globals';
import { check } from '../../bench/eval/check.ts';
import { checkOut, git } from '../../bench/eval/checkout.ts';
import { readDataset, type Instance } from '../../bench/eval/dataset.ts';

const root = join(import.meta.dirname, '..', '..');
const dataset = join(root, 'bench', 'eval', 'instances.jsonl');
const instances = readDataset(dataset);
const first = instances[0] as Instance;
const out = mkdtempSync(join(tmpdir(), 'eval-test-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

/** As a user runs it. */
async function runEval(...args: string[]): Promise<{ stdout: string; code: number }> {
  const action = process.env['ALCHEMIST_TEST_ACTION'] ?? root;
  const run = promisify(execFile)(process.execPath, [join(root, 'bench', 'eval.ts'), '--action', action, '--out', out, ...args], {
    encoding: 'utf8',
  });
  try {
    return { stdout: (await run).stdout, code: 0 };
  } catch (error) {
    const { stdout, code } = error as { stdout: string; code: number };
    return { stdout, code };
  }
}

describe('npm run eval', () => {
  test('takes instances to patches in SWE-bench’s form, and never calls one solved', async () => {
    const ids = ['sums__empty-1', 'roman__four-9'];
    const { stdout, code } = await runEval('--dataset', dataset, ...ids.flatMap((id) => ['--only', id]));
    expect(code).toBe(0);
    const predictions = readFileSync(join(out, 'predictions.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>);
    expect(predictions.map((prediction) => Object.keys(prediction))).toEqual(
      ids.map(() => ['instance_id', 'model_name_or_path', 'model_patch']),
    );
    expect(predictions.map(({ instance_id: id, model_name_or_path: name }) => [id, name])).toEqual(
      ids.map((id) => [id, 'alchemist+recording']),
    );
    expect(predictions[0]?.['model_patch']).toContain('+  return numbers.reduce((total, number) => total + number, 0);');
    const rows = JSON.parse(readFileSync(join(out, 'results.json'), 'utf8')) as Record<string, unknown>[];
    expect(rows).toEqual(ids.map((id) => expect.objectContaining({ instance_id: id, outcome: 'replayed', tests: 'proven', turns: 5 })));
    expect(stdout).toContain('| 2 instances | 2 replayed |');
    expect(stdout.toLowerCase()).not.toContain('solved:');
    expect(stdout).not.toMatch(/\bsolved\b/i);
  });
});

describe('a patch', () => {
  test('passes when it is the known one, whatever it made of the hidden tests’ file', async () => {
    const broken = '--- /dev/null\n+++ b/extra.txt\n@@ -0,0 +1 @@\n+left\n';
    expect(await check(first, `${first.patch}${broken}`)).toMatchObject({ kind: 'passes' });
    const spoiled = first.test_patch.replace('assert.equal(sum([]), 0)', 'assert.ok(true)');
    expect(await check(first, spoiled)).toMatchObject({ kind: 'fails' });
  });

  test('fails when a hidden test does, is none when empty, and unchecked without a command', async () => {
    expect(await check(first, first.patch.replace(', 0)', ', 1)'))).toMatchObject({
      kind: 'fails',
      detail: expect.stringContaining('the sum of nothing is 0'),
    });
    expect(await check(first, '')).toMatchObject({ kind: 'no change' });
    expect(await check({ ...first, test_command: undefined }, first.patch)).toMatchObject({ kind: 'unchecked' });
  });

  test('is judged by tests that cannot even be loaded without it', async () => {
    const instance = instances.find(({ instance_id: id }) => id === 'clamp__new-6') as Instance;
    expect(await check(instance, instance.patch)).toMatchObject({ kind: 'passes' });
  });

  test('is not judged by tests that pass without it', async () => {
    expect(await check({ ...first, FAIL_TO_PASS: first.PASS_TO_PASS }, first.patch)).toMatchObject({ kind: 'unsound' });
  });
});

describe('a checkout', () => {
  test('of a repository holds nothing later than the base commit', async () => {
    const [source, folder] = [join(out, 'source'), join(out, 'checkout')];
    await checkOut(first, source);
    await git(source, 'commit', '--quiet', '--allow-empty', '--message', 'The fix that must not be found');
    const fix = (await git(source, 'rev-parse', 'HEAD')).trim();
    await checkOut({ ...first, repo: source, files: undefined }, folder);
    expect((await git(folder, 'rev-parse', 'HEAD')).trim()).toBe(first.base_commit);
    expect(await git(folder, 'log', '--all', '--format=%s')).not.toContain('must not be found');
    await expect(git(folder, 'cat-file', '-e', fix)).rejects.toThrow();
  });
});

describe('the dataset', () => {
  test('has ten instances, each with a fixed base commit', () => {
    expect(instances).toHaveLength(10);
    expect(new Set(instances.map(({ base_commit: base }) => base)).size).toBe(10);
  });
});
