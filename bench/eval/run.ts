import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMessagesApi } from '../../__tests__/support/messages-api/server.ts';
import { readTranscript } from '../../src/transcript/read.ts';
import { check, type Checked } from './check.ts';
import { checkOut } from './checkout.ts';
import type { Instance } from './dataset.ts';
import { recordingOf } from './replay.ts';

/** SWE-bench's form of a prediction. */
export type Prediction = Readonly<{ instance_id: string; model_name_or_path: string; model_patch: string }>;

/** A line of the table. Never "solved": a replay shows the plumbing, and a model's patch is `resolved` by the instance's own tests. */
export type Row = Readonly<{
  instance_id: string;
  outcome: 'replayed' | 'not replayed' | 'resolved' | 'not resolved' | 'unchecked' | 'unsound instance';
  detail: string;
  conclusion: string;
  tests: string;
  turns: number;
  cost_usd: number;
  seconds: number;
}>;

export type EvalOptions = Readonly<{
  /** Folder that holds `dist/`. */
  action: string;
  /** Everything is written below it; a run's transcript and report in `runs/INSTANCE/`. */
  out: string;
  model: string;
  live: boolean;
  /** Handed to `alchemist run` as they are. */
  more: readonly string[];
  /** Variables that reach the model's provider; only with `live`. */
  environment: Readonly<Record<string, string>> | undefined;
}>;

const RECORDED_KEY = 'sk-ant-recorded';

/** The agent on one instance, from its ticket to a patch, and what the hidden tests say of that. */
export async function evaluate(instance: Instance, options: EvalOptions): Promise<Readonly<{ prediction: Prediction; row: Row }>> {
  const started = Date.now();
  const runs = join(options.out, 'runs', instance.instance_id);
  rmSync(runs, { recursive: true, force: true });
  mkdirSync(runs, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), 'eval-checkout-'));
  try {
    await checkOut(instance, folder);
    await runAgent(instance, folder, runs, options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const seconds = Math.round((Date.now() - started) / 100) / 10;
  const { patch, ...told } = whatHappened(runs);
  const checked = await check(instance, patch);
  const name = options.live ? `alchemist+${options.model}` : 'alchemist+recording';
  return {
    prediction: { instance_id: instance.instance_id, model_name_or_path: name, model_patch: patch },
    row: { instance_id: instance.instance_id, outcome: outcomeOf(checked, options.live), detail: checked.detail, ...told, seconds },
  };
}

function outcomeOf({ kind }: Checked, live: boolean): Row['outcome'] {
  if (kind === 'unchecked') return 'unchecked';
  if (kind === 'unsound') return 'unsound instance';
  if (kind === 'passes') return live ? 'resolved' : 'replayed';
  return live ? 'not resolved' : 'not replayed';
}

async function runAgent(instance: Instance, folder: string, runs: string, options: EvalOptions): Promise<void> {
  const recorded = options.live ? undefined : await startMessagesApi({ turns: await recordingOf(instance), apiKey: RECORDED_KEY });
  try {
    const task = `${instance.problem_statement}\n`;
    const tests = instance.test_command === undefined ? [] : ['--test-command', instance.test_command];
    // The recording runs nothing but the instance's own tests.
    const server = recorded ? ['--anthropic-base-url', recorded.url, '--sandbox', 'off'] : [];
    const args = ['run', '--task', task, '--model', options.model, ...tests, ...server, ...options.more];
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      XDG_STATE_HOME: runs,
      ...(recorded ? { ANTHROPIC_API_KEY: RECORDED_KEY } : options.environment),
    };
    await new Promise<void>((done, fail) => {
      const log = createWriteStream(join(runs, 'log.txt'));
      const child = spawn(process.execPath, [join(options.action, 'dist', 'cli.js'), ...args], {
        cwd: folder,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stdout.pipe(log, { end: false });
      child.stderr.pipe(log, { end: false });
      child.once('error', fail);
      child.once('close', (code) =>
        log.end(() =>
          code === 2 ? fail(new Error(`alchemist run could not be used:\n${readFileSync(join(runs, 'log.txt'), 'utf8')}`)) : done(),
        ),
      );
    });
  } finally {
    await recorded?.close();
  }
}

/** From the transcript and the patch that every run leaves, whatever its ending. */
function whatHappened(runs: string): { patch: string; conclusion: string; tests: string; turns: number; cost_usd: number } {
  const home = join(runs, 'alchemist');
  const folder = join(home, readdirSync(home)[0] ?? '', 'run');
  const { events } = readTranscript(readFileSync(join(folder, 'transcript.jsonl'), 'utf8'));
  const ended = events.findLast((event) => event.type === 'run_ended');
  const patch = join(folder, 'change.patch');
  return {
    patch: existsSync(patch) ? readFileSync(patch, 'utf8') : '',
    conclusion: ended?.conclusion ?? 'cut off',
    tests: ended?.tests ?? 'none',
    turns: ended?.totals.turns ?? 0,
    cost_usd: ended?.totals.cost_usd ?? 0,
  };
}
