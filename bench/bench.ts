/**
 * `npm run bench`: the speeds and sizes we hold ourselves to, measured on the committed bundle against servers on loopback. Prints a table; a figure over its bar is marked, and
 * does not fail the command, since a busy machine is not a fault of the code.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Worker } from 'node:worker_threads';
import { commentPayload, place, sampleFiles } from '../__tests__/support/demo/payload.ts';
import { comment, issue } from '../__tests__/support/demo/recording.ts';
import { DEFAULT_TOKEN, git, startGitHub } from '../__tests__/support/github/server.ts';
import { runAction } from '../__tests__/support/runner.ts';
import { startClock } from './clock.ts';
import { costFigures } from './cost.ts';
import { median, type Figure } from './figure.ts';
import { fileFigures } from './files.ts';
import { watchMemory } from './memory.ts';
import { sandboxFigures } from './sandbox.ts';
import { trailFigures } from './trail.ts';

const RUNS = 5;
const TURNS = 20;
const dist = join(import.meta.dirname, '..', 'dist');

type Measured = Readonly<{ firstRequest: number; between: number; memory: number; tokens: number; sent: number }>;

const runs: Measured[] = [];
for (let run = 0; run < RUNS; run++) runs.push(await measured());
const middle = (field: keyof Measured): number => median(runs.map((run) => run[field]));
show(`medians of ${RUNS} runs of ${TURNS} turns, Node ${process.versions.node}`, [
  { what: 'process start → first model request', value: middle('firstRequest'), unit: 'ms', bar: 600, note: 'base test run taken out' },
  { what: 'response → next request, for a read', value: middle('between'), unit: 'ms', bar: 10 },
  { what: 'broker and host together, peak', value: middle('memory') / 1e6, unit: 'MB', bar: 200 },
  { what: 'system prompt and tools (characters / 4)', value: middle('tokens'), unit: 'tokens', bar: 4000 },
  { what: 'sent to the model in all', value: middle('sent') / 1000, unit: 'KB' },
]);
show('the bundle', [
  { what: 'starting the broker (cli --help)', value: median(Array.from({ length: RUNS }, () => startTime())), unit: 'ms' },
  ...sizes(),
]);
for (const { title, figures } of await fileFigures()) show(title, figures);
const sandbox = await sandboxFigures();
show(sandbox.title, sandbox.figures);
const cost = await costFigures();
show(cost.title, cost.figures);
const trail = await trailFigures();
show(trail.title, trail.figures);

/** One run of the bundle: reads only, then `report_blocked`. */
async function measured(): Promise<Measured> {
  const worker = new Worker(new URL('messages-api.ts', import.meta.url), { workerData: { turns: TURNS } });
  const api = await new Promise<string>((resolve, reject) => worker.once('message', resolve).once('error', reject));
  const clock = await startClock(api);
  const asked = { id: place.comment, body: comment, login: place.maintainer, association: 'MEMBER' };
  const accounts = { [place.maintainer]: { permission: 'write' as const } };
  const issues = [{ number: place.issue, ...issue, login: place.reporter, comments: [asked] }];
  const github = await startGitHub({ owner: place.owner, repo: place.repo, files: sampleFiles(), accounts, issues });
  const folder = mkdtempSync(join(tmpdir(), 'alchemist-bench-'));
  try {
    await git(folder, ['clone', '--quiet', github.objects.directory, 'span']);
    let started = 0;
    let memory = 0;
    const result = await runAction({
      inputs: { 'anthropic-api-key': 'the-bench-has-no-key', 'anthropic-base-url': clock.url, sandbox: 'off' },
      event: { name: 'issue_comment', payload: commentPayload(github.serverUrl, new Date().toISOString()) },
      workspace: join(folder, 'span'),
      repository: `${place.owner}/${place.repo}`,
      apiUrl: github.apiUrl,
      serverUrl: github.serverUrl,
      githubToken: DEFAULT_TOKEN,
      actor: place.maintainer,
      sha: (await github.objects.ref('refs/heads/main')) ?? '',
      env: github.environment,
      during: ({ process: child }) => {
        started = performance.now();
        const watch = watchMemory(child.pid ?? 0);
        child.once('exit', () => {
          memory = watch.peak();
          watch.stop();
        });
      },
    });
    const asks = clock.exchanges.filter(({ path }) => path.startsWith('/v1/messages')).sort((left, right) => left.asked - right.asked);
    if (asks.length !== TURNS) throw new Error(`expected ${TURNS} requests, saw ${asks.length}:\n${result.log}`);
    const request = JSON.parse(asks[0]!.body) as { system: unknown; tools: unknown };
    const measure = {
      firstRequest: asks[0]!.asked - started - baseTests(join(result.folder, 'transcript.jsonl')),
      between: median(asks.slice(1).map(({ asked }, index) => asked - asks[index]!.answered)),
      memory,
      tokens: (JSON.stringify(request.system).length + JSON.stringify(request.tools).length) / 4,
      sent: asks.reduce((sum, { body }) => sum + body.length, 0),
    };
    result.cleanUp();
    return measure;
  } finally {
    clock.close();
    await Promise.all([worker.terminate(), github.close()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Milliseconds that the repository's own tests took on the base. */
function baseTests(transcript: string): number {
  const events = readFileSync(transcript, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; phase?: string; duration_ms?: number });
  return events
    .filter(({ type, phase }) => type === 'tests_ran' && phase === 'base')
    .reduce((sum, { duration_ms = 0 }) => sum + duration_ms, 0);
}

function startTime(): number {
  const started = performance.now();
  spawnSync(process.execPath, [join(dist, 'cli.js'), '--help']);
  return performance.now() - started;
}

function sizes(): Figure[] {
  return ['broker', 'toolhost'].map((name) => {
    const files = readdirSync(join(dist, name)).map((file) => ({ file, bytes: statSync(join(dist, name, file)).size }));
    const whole = files.reduce((sum, { bytes }) => sum + bytes, 0);
    const first = files.find(({ file }) => file === 'index.js')?.bytes ?? 0;
    return { what: `dist/${name}`, value: whole / 1000, unit: 'KB', note: `${Math.round(first / 1000)} KB at start, the rest when needed` };
  });
}

function show(title: string, figures: readonly Figure[]): void {
  console.log(`\n${title}`);
  for (const { what, value, unit, bar, note } of figures) {
    const held = bar === undefined ? '' : `${value <= bar ? 'within' : 'OVER'} ${Math.round(bar)} ${unit}`;
    console.log(
      `  ${what.padEnd(42)} ${value.toFixed(value < 100 ? 1 : 0).padStart(8)} ${unit.padEnd(7)} ${[held, note].filter(Boolean).join(', ')}`.trimEnd(),
    );
  }
}
