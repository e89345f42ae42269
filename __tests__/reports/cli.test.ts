import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Recorder } from '../support/transcripts.ts';
import { recordedRun } from '../support/transcripts.ts';

const root = join(import.meta.dirname, '..', '..');
const door = `import { cli } from ${JSON.stringify(join(root, 'src', 'cli.ts'))}; await cli(${JSON.stringify(root)});`;

/** The command line in a process of its own, from the sources: the bundle's door does the same. */
function alchemist(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [
      '--disable-warning=ExperimentalWarning',
      '--input-type=module',
      '-e',
      door,
      'alchemist',
      ...args,
    ]);
    let [out, err] = ['', ''];
    child.stdout.on('data', (piece: Buffer) => (out += piece.toString()));
    child.stderr.on('data', (piece: Buffer) => (err += piece.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
}

let run: Recorder;
let folder: string;
let transcript: string;
beforeAll(() => {
  run = recordedRun();
  folder = mkdtempSync(join(tmpdir(), 'alchemist-cli-'));
  transcript = join(folder, 'transcript.jsonl');
  writeFileSync(transcript, run.text);
});
afterAll(() => {
  run.repository.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe('alchemist report', () => {
  it.each([
    ['html', 'report.html', '<!doctype html>'],
    ['md', 'summary.md', '#'],
    ['otel', 'trace.otlp.json', '{'],
    ['atif', 'trajectory.json', '{'],
  ])('writes %s beside the transcript and prints where', async (format, name, start) => {
    const { code, out } = await alchemist('report', transcript, '--format', format);
    expect([code, out]).toEqual([0, `${join(folder, name)}\n`]);
    expect(readFileSync(join(folder, name), 'utf8').startsWith(start)).toBe(true);
  });

  it('writes to the file that --output names, and to the terminal for -', async () => {
    const elsewhere = join(folder, 'elsewhere.json');
    expect((await alchemist('report', transcript, '--format', 'atif', '--output', elsewhere)).code).toBe(0);
    expect(existsSync(elsewhere)).toBe(true);
    const { out } = await alchemist('report', transcript, '--format', 'atif', '--output', '-');
    expect(out).toBe(readFileSync(elsewhere, 'utf8'));
  });

  it('tells from --blame which turn wrote each line of a file and why', async () => {
    const { code, out } = await alchemist('report', transcript, '--blame', 'src/sum.js');
    expect(code).toBe(0);
    expect(out).toContain('"The reviewer is right."');
    expect(out).toMatch(/^ {4}3 \+ {2}let total = 0;$/m);
  });

  it('names the changed files when --blame names another, and fails', async () => {
    const { code, out, err } = await alchemist('report', transcript, '--blame', 'README.md');
    expect([code, out]).toEqual([1, '']);
    expect(err).toBe('The run did not change README.md. 2 files changed:\n  src/sum.js\n  test/sum.test.js\n');
  });
});

describe('alchemist verify', () => {
  it('proves the run with repository and last hash, and says that both anchors were given', async () => {
    const hash = run.events.at(-1)?.hash ?? '';
    const { code, out } = await alchemist('verify', transcript, '--repo', run.repository.dir, '--hash', `sha256:${hash.toUpperCase()}`);
    expect(code).toBe(0);
    expect(out).toMatch(/^✓ replay: /m);
    expect(out).toMatch(/^✓ anchors: given: the last hash and the commit's trailer; /m);
    expect(out).toMatch(/\nverified\n$/);
  });

  it('says what cannot be detected with no anchor', async () => {
    const { code, out } = await alchemist('verify', transcript);
    expect(code).toBe(0);
    expect(out).toMatch(/^\? anchors: given: none; .*cannot be detected without the last hash .*no patch was replayed/m);
  });

  it('fails for the hash of an earlier event, and names that event', async () => {
    const { code, out } = await alchemist('verify', transcript, '--hash', run.events[4]?.hash ?? '');
    expect(code).toBe(1);
    expect(out).toMatch(/^✗ anchors: .*it is that of event 4 \(asked\): the file goes on after it$/m);
    expect(out).toMatch(/\nNOT verified\n$/);
  });
});

describe('wrong usage', () => {
  it.each([
    ['no command', [], 'Usage: alchemist COMMAND'],
    ['an unknown command', ['toString'], 'There is no command toString.'],
    ['an unknown option', ['report', 'a', '--colour'], "Unknown option '--colour'"],
    ['an unknown format', ['report', 'a', '--format', 'pdf'], '--format must be one of html, md, otel, atif (got pdf)'],
    ['two questions at once', ['report', 'a', '--format', 'md', '--blame', 'b'], 'Give --blame or --format, not both.'],
    ['no transcript', ['verify'], 'Give one TRANSCRIPT (got 0).'],
    ['two transcripts', ['report', 'a', 'b'], 'Give one TRANSCRIPT (got 2).'],
    ['a hash that is none', ['verify', 'a', '--hash', 'abc'], '--hash must be 64 hexadecimal digits'],
  ])('exits 2 for %s, and says so', async (_, args, told) => {
    const { code, out, err } = await alchemist(...args);
    expect(code).toBe(2);
    expect(out + err).toContain(told);
    expect(out + err).toContain('alchemist');
  });

  it('exits 1, without a stack, for a file that is not there', async () => {
    const { code, err } = await alchemist('verify', join(folder, 'nothing'));
    expect(code).toBe(1);
    expect(err).toMatch(/^\S+ cannot be read \(there is no such file\): give the path of a run's transcript\.jsonl[^\n]*\n$/);
  });

  it('is not asking for help: every command explains its options and exits 0', async () => {
    const { code, out } = await alchemist('report', '--help');
    expect(code).toBe(0);
    for (const option of ['html|md|otel|atif', '--blame FILE', '--output FILE']) expect(out).toContain(option);
    const verify = await alchemist('verify', '--help');
    for (const option of ['--repo DIR', '--hash SHA256', 'cannot']) expect(verify.out).toContain(option);
  });
});
