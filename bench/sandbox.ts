/** What isolation costs: start with its self-test, and a call, against `sandbox: off`. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { CANDIDATES } from '../src/sandbox/choose.ts';
import { connectHost } from '../src/sandbox/host.ts';
import { SandboxRefused, type Launcher } from '../src/sandbox/launcher.ts';
import { off } from '../src/sandbox/off.ts';
import { PROTOCOL } from '../src/toolhost/wire.ts';
import { median, type Figure } from './figure.ts';

const RUNS = 5;
const CALLS = 60;
const { signal } = new AbortController();

export async function sandboxFigures(): Promise<{ title: string; figures: Figure[] }> {
  // Not below a folder that the sandbox hides.
  const workspace = mkdtempSync(join(homedir(), '.alchemist-bench-'));
  const scratch = mkdtempSync(join(tmpdir(), 'alchemist-bench-sandbox-'));
  try {
    writeFileSync(join(workspace, 'file.txt'), 'a line\n'.repeat(100));
    const without = await measured(off(process.env), workspace, scratch);
    const figures: Figure[] = [
      { what: 'off: start', value: without.start, unit: 'ms' },
      { what: 'off: a read', value: without.call, unit: 'ms' },
    ];
    for (const { name, launcher } of CANDIDATES) {
      const found = await measured(launcher(process.env), workspace, scratch).catch((error: unknown) => {
        if (error instanceof SandboxRefused) return null;
        throw error;
      });
      if (!found) continue;
      figures.push({ what: `${name}: start with self-test`, value: found.start, unit: 'ms', bar: 400 });
      figures.push({ what: `${name}: a read, over off`, value: found.call - without.call, unit: 'ms', bar: 3 });
    }
    return { title: `sandbox (medians of ${RUNS} starts, ${CALLS} reads each; launchers that this machine lacks are left out)`, figures };
  } finally {
    rmSync(workspace, { recursive: true, force: true });
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function measured(launcher: Launcher, workspace: string, folder: string): Promise<{ start: number; call: number }> {
  const toolhost = join(import.meta.dirname, '..', 'dist', 'toolhost', 'index.js');
  const starts: number[] = [];
  const calls: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const scratch = join(folder, `run-${run}-${starts.length}-${Date.now()}`);
    mkdirSync(scratch);
    const began = performance.now();
    const launched = await launcher({ workspace, node: process.execPath, toolhost, scratch, network: 'none', allowedHosts: [] }, signal);
    starts.push(performance.now() - began);
    const host = connectHost(launched);
    await host.call('hello', { protocol: PROTOCOL, working_directory: '.', restore: true }, signal);
    for (let call = 0; call < CALLS; call++) {
      const asked = performance.now();
      await host.call('read_file', { path: 'file.txt' }, signal);
      calls.push(performance.now() - asked);
    }
    await host.close();
    await launched.close();
  }
  return { start: median(starts), call: median(calls) };
}
