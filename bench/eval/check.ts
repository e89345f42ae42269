import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTestOutput } from '../../src/evidence/test-output.ts';
import { apply, checkOut, git, pathsIn } from './checkout.ts';
import type { Instance } from './dataset.ts';

/** `unchecked`: the instance has no test command; SWE-bench's own evaluation takes the predictions. */
export type Checked = Readonly<{ kind: 'passes' | 'fails' | 'no change' | 'unchecked' | 'unsound'; detail: string }>;

const TEST_MS = 10 * 60_000;

/**
 * Whether a patch does what the instance's hidden tests ask: as in SWE-bench, the patch is laid over the base, the instance's own version of the test files over
 * that, every test of FAIL_TO_PASS must pass and none of PASS_TO_PASS may fail. The same without the patch must fail, else the instance proves nothing.
 */
export async function check(instance: Instance, patch: string): Promise<Checked> {
  if (instance.test_command === undefined) return { kind: 'unchecked', detail: 'no test_command' };
  if (patch.trim() === '') return { kind: 'no change', detail: 'the patch is empty' };
  const before = await failing(instance, '');
  const alive = instance.FAIL_TO_PASS.filter((name) => !isAmong(name, before));
  if (alive.length > 0) return { kind: 'unsound', detail: `passes without any change: ${alive.join(', ')}` };
  try {
    const after = await failing(instance, patch);
    const red = [...instance.FAIL_TO_PASS, ...instance.PASS_TO_PASS].filter((name) => isAmong(name, after));
    return red.length === 0
      ? { kind: 'passes', detail: `${instance.FAIL_TO_PASS.length} turned green` }
      : { kind: 'fails', detail: `fails: ${red.join(', ')}` };
  } catch (error) {
    return { kind: 'fails', detail: (error as Error).message };
  }
}

/** Names of the failing tests; `all` where the output tells no names and the run was red. */
type Failing = readonly string[] | 'all';

/** A file that cannot be loaded fails with all its tests; runners then name the file alone, Node 24 with its path behind it. */
function isAmong(name: string, failing: Failing): boolean {
  if (failing === 'all') return true;
  const whole = failing.map((red) => red.replace(/^(.+?) › (?:.*\/)?\1$/, '$1'));
  return whole.some((red) => red === name || name.startsWith(`${red} › `));
}

async function failing(instance: Instance, patch: string): Promise<Failing> {
  const folder = mkdtempSync(join(tmpdir(), 'eval-check-'));
  try {
    await checkOut(instance, folder);
    await apply(folder, patch);
    await restore(folder, instance);
    await apply(folder, instance.test_patch);
    const { code, output } = await run(instance.test_command ?? 'false', folder);
    return readTestOutput(instance.test_command ?? '', output).failing ?? (code === 0 ? [] : 'all');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The files of the hidden tests as they are at the base, whatever the patch made of them. */
async function restore(folder: string, { test_patch: tests }: Instance): Promise<void> {
  for (const path of pathsIn(tests)) {
    const known = (await git(folder, 'ls-tree', '--name-only', 'HEAD', '--', path)).trim() !== '';
    if (known) await git(folder, 'checkout', '--quiet', 'HEAD', '--', path);
    else rmSync(join(folder, path), { force: true });
  }
}

function run(command: string, cwd: string): Promise<{ code: number | null; output: string }> {
  return new Promise((done, fail) => {
    const { PATH = '', LANG = 'C.UTF-8' } = process.env;
    const child = spawn('bash', ['-c', command], {
      cwd,
      env: { PATH, LANG, HOME: cwd, CI: 'true' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TEST_MS,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (output += piece.toString()));
    child.once('error', fail);
    child.once('close', (code) => done({ code, output }));
  });
}
