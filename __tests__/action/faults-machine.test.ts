import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readTranscript } from '../../src/transcript/read.ts';
import { call, turn, world, type Ran, type World } from '../support/world.ts';
import { ANSWERED, expectFaithful, expectWhole, fileOf, QUICK } from './common.ts';

let there: World;
let folder: string;
const mounted: string[] = [];
beforeAll(async () => {
  // Writes 4 MB into its log, more than the small disk below has.
  there = await world({
    turns: { work: [turn(call('run_command', { command: 'yes 0123456789abcdef | head -c 4000000' })), ...ANSWERED] },
    inputs: QUICK,
  });
  folder = mkdtempSync(join(tmpdir(), 'faults-'));
});
afterAll(async () => {
  for (const path of mounted) system('umount', path);
  rmSync(folder, { recursive: true, force: true });
  await there.close();
});

const lastComment = (): string => [...there.github.state.comments.values()].at(-1)?.body ?? '';
const runIn = (temp: string): Promise<Ran> => there.run({ runner: { env: { RUNNER_TEMP: temp } } });

const system = (program: string, ...args: string[]): unknown => execFileSync(program, args, { stdio: 'ignore' });

/** A disk of its own; `undefined` where this user may not mount one. */
function mount(options: string): string | undefined {
  const path = mkdtempSync(join(folder, 'disk-'));
  try {
    system('mount', '-t', 'tmpfs', '-o', options, 'tmpfs', path);
    mounted.push(path);
    return path;
  } catch {
    process.stderr.write('This user may not mount a tmpfs: the test of a full or read-only disk is skipped.\n');
    return undefined;
  }
}

describe('the machine side', () => {
  test('a full disk: the run ends, says so in words on the issue, and the transcript ends with a whole event', async () => {
    const disk = mount('size=700k');
    if (disk === undefined) return;
    const ran = await runIn(disk);
    expectWhole(ran);
    expect([ran.outputs['conclusion'], ran.exitCode]).toEqual(['failed', 1]);
    expect(ran.outputs['exit-reason']).toMatch(/disk is full/);
    expect(lastComment()).toMatch(/disk is full/);
    expect(lastComment()).not.toMatch(/is working/);
    const { events, partial } = readTranscript(readFileSync(join(disk, 'alchemist', 'transcript.jsonl'), 'utf8'));
    expect([events.length > 3, partial]).toEqual([true, '']);
    expect(Object.keys(await there.github.objects.refs())).toEqual(['refs/heads/main']);
  });

  test.each<[string, () => string | undefined]>([
    ['below a file', () => (writeFileSync(join(folder, 'file'), ''), join(folder, 'file'))],
    ['read-only', () => mount('ro,size=64k')],
  ])('a RUNNER_TEMP that is %s: a clear error, and a comment on the issue', async (_what, place) => {
    const temp = place();
    if (temp === undefined) return;
    const ran = await runIn(temp);
    expect([ran.outputs['conclusion'], ran.exitCode, ran.postExitCode]).toEqual(['failed', 1, 0]);
    expect(ran.outputs['exit-reason']).toMatch(/cannot be written.*RUNNER_TEMP/);
    expect(ran.summary).toMatch(/RUNNER_TEMP/);
    expect(lastComment()).toMatch(/RUNNER_TEMP/);
    expect(Object.keys(await there.github.objects.refs())).toEqual(['refs/heads/main']);
  });

  test('an artifact service that refuses: everything else is told, and where the files are', async () => {
    there.github.inject({ operation: 'artifact', status: 403, times: 9, body: { msg: 'no' } });
    const ran = await there.run();
    expectFaithful(there, ran);
    expect(ran.outputs['conclusion']).toBe('answered');
    expect([ran.outputs['artifact-id'], ran.outputs['artifact-url']]).toEqual(['', '']);
    expect(ran.log).toMatch(/artifact was not uploaded.*actions\/upload-artifact/);
    expect(lastComment()).toMatch(/It is so by design/);
    expect(fileOf(ran, 'report.html')).toContain('</html>');
  });
});
