import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from '@jest/globals';
import { recomputed } from '../../src/agent/recomputed.ts';
import { verify } from '../../src/transcript/verify.ts';
import { DEFAULT_TOKEN } from '../support/github/server.ts';
import type { Running } from '../support/runner.ts';
import {
  call,
  FILES,
  FIX,
  GOOD_REVIEW,
  KEY,
  PLAN,
  RUN_TESTS,
  turn,
  world,
  type Ran,
  type World,
  type WorldOptions,
} from '../support/world.ts';
import { QUICK, REFACTORED } from './common.ts';

/** Kills in one go, and those of a run in the sandbox; `ALCHEMIST_KILLS` sets the first. */
const KILLS = Number(process.env['ALCHEMIST_KILLS'] ?? '50');
const SANDBOXED_KILLS = Math.min(10, KILLS);
/** Repositories in which runs are killed at the same time. */
const LANES = 3;

let place: Lane | undefined;
const lanes: Lane[] = [];
afterEach(async () => {
  await Promise.all([place, ...lanes.splice(0)].map(async (one) => one?.close()));
  place = undefined;
});

/** A program that prints the key, piece by piece, and leaves a child behind; the key itself stands nowhere in it. */
const LEAK = `const key = String.fromCharCode(${[...KEY].map((letter) => letter.charCodeAt(0)).join(',')});
for (let line = 0; line < 12; line++) {
  process.stdout.write(key.slice(0, 20));
  await new Promise((resolve) => setTimeout(resolve, 15));
  process.stdout.write(key.slice(20) + '\\n');
}
`;
/** The seconds that the command leaves a `sleep` running for: no other process has them. */
let seconds = 300_000 + process.pid;
type Lane = World & Readonly<{ left: string }>;

/** A world whose run leaks and leaves something behind. */
async function leaky(changes: WorldOptions = {}): Promise<Lane> {
  const left = `sleep ${++seconds}`;
  const command = call('run_command', { command: `${left} & node leak.mjs` });
  const made = await world({
    turns: { work: [turn(PLAN), turn(command), turn(FIX, RUN_TESTS), turn(REFACTORED)], review: GOOD_REVIEW },
    github: { files: { ...FILES, 'leak.mjs': LEAK }, issues: [{ number: 7, title: 'sum([]) throws' }] },
    ...changes,
    inputs: { ...QUICK, ...changes.inputs },
  });
  return { ...made, left };
}

/** What must hold however main came to its end. */
async function expectTold({ github, workspace, left }: Lane, ran: Ran, at: string): Promise<void> {
  expect([at, ran.postExitCode]).toEqual([at, 0]);
  expect([at, secretsBelow(ran.root)]).toEqual([at, []]);
  expect([at, unmasked(ran.raw), unmasked(ran.postRaw)]).toEqual([at, false, false]);
  expect([at, await leftBehind(workspace, left)]).toEqual([at, []]);
  expect([at, Object.keys(await github.objects.refs()).filter((name) => name.includes('lock'))]).toEqual([at, []]);
  const all = [...github.state.comments.values()];
  const comments = all.filter(({ body }) => body.startsWith('<!-- alchemist: run'));
  expect([at, comments.filter(({ body }) => body.includes('is working'))]).toEqual([at, []]);
  if (ran.events.length === 0) {
    // Nobody is told before it is known that they may ask; from then on somebody is.
    expect([at, all.filter(isCutOff).length, ran.outputs['conclusion']]).toEqual([at, ran.state['asked'] === undefined ? 0 : 1, undefined]);
    expect([at, ran.postSummary]).toEqual([at, expect.stringContaining('before the run could begin')]);
    for (const [id, comment] of github.state.comments) if (isCutOff(comment)) github.state.comments.delete(id);
    return;
  }
  expect([at, all.filter(isCutOff)]).toEqual([at, []]);
  const proof = await verify(readFileSync(join(ran.folder, 'transcript.jsonl'), 'utf8'), { recompute: recomputed });
  expect([at, proof.checks.filter(({ ok }) => ok === false)]).toEqual([at, []]);
  expect([at, ran.events.at(-1)?.type]).toEqual([at, 'run_ended']);
  const steps = ran.events.filter((event) => event.type === 'tree_changed');
  // What the comment names is there: main's own, or the recorded steps, which lead to the last tree.
  if (steps.length > 0) expect([at, await treeWith(ran, github.objects.directory)]).toEqual([at, steps.at(-1)?.after]);
  const id = ran.events[0]?.type === 'run_started' ? ran.events[0].run.id : '';
  expect([at, comments.filter(({ body }) => body.includes(`run=${id} `)).length]).toEqual([at, 1]);
  // Two only where the kill fell between the service's last answer and its being noted.
  const uploads = github.artifacts.filter((artifact) => artifact.run === id).length;
  expect([at, uploads === 1 || uploads === 2]).toEqual([at, true]);
}

/** The tree that `change.patch` makes of the base. */
async function treeWith({ events, folder }: Ran, objects: string): Promise<string> {
  const context = events.find((event) => event.type === 'context_gathered');
  const index = join(mkdtempSync(join(tmpdir(), 'patched-')), 'index');
  const env = { ...process.env, GIT_DIR: objects, GIT_INDEX_FILE: index };
  const git = async (...args: string[]): Promise<string> => (await promisify(execFile)('git', args, { env })).stdout.trim();
  await git('read-tree', context?.start_tree ?? '');
  await git('apply', '--cached', join(folder, 'change.patch'));
  return git('write-tree');
}

/** The comment of `post` on a run that did not begin. */
const isCutOff = ({ body }: { body: string }): boolean => /^<!-- alchemist -->\n\*\*Cut off before it began\*\*/.test(body);

/** Whether the key stands in the log but for the commands that tell the runner to mask it. */
const unmasked = (raw: string): boolean => raw.replace(/^::add-mask::.*$/gm, '').includes(KEY);

/** Files with a secret in plain text. */
function secretsBelow(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name));
  return paths.filter((path) => [KEY, DEFAULT_TOKEN].some((secret) => readFileSync(path).includes(secret)));
}

/** Processes that still work in the checkout, or were left by the command, some seconds later. */
async function leftBehind(workspace: string, command: string): Promise<string[]> {
  for (let waited = 0; ; waited += 200) {
    const left = readdirSync('/proc').filter(
      (name) => /^\d+$/.test(name) && (cwdOf(name).startsWith(workspace) || commandOf(name).startsWith(command)),
    );
    if (left.length === 0 || waited > 8_000) return left.map((id) => `${id} ${commandOf(id)}`);
    await sleep(200);
  }
}

function cwdOf(id: string): string {
  try {
    return readlinkSync(`/proc/${id}/cwd`);
  } catch {
    return '';
  }
}

function commandOf(id: string): string {
  try {
    return readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return 'gone';
  }
}

/** No two runs have the same id, also where a kill is tried again. */
let nextRun = 8001;

/** One run at a time on the lane's issue: an earlier one's branch and pull request are there already, as in life. */
async function killedAtRandom(lane: Lane, waiting: number[], span: number): Promise<void> {
  for (let kill = waiting.shift(); kill !== undefined; kill = waiting.shift()) {
    const moment = Math.round(Math.random() * span);
    const during = async (running: Running): Promise<void> => {
      await sleep(moment);
      running.kill();
    };
    const ran = await lane.run({ runner: { during, runId: String(nextRun++) } });
    await expectTold(lane, ran, `kill ${kill}, after ${moment} ms of about ${Math.round(span)}, ${ran.events.length} events`);
    ran.cleanUp();
    // It had ended before: that was no kill.
    if (ran.signal !== 'SIGKILL') waiting.push(kill);
  }
  expect(lane.github.violations).toEqual([]);
}

/** Kills in some repositories at the same time; a whole run in each tells how long one takes under just this load. `undefined` where none can end well, and why. */
async function killAll(kills: number, changes: WorldOptions = {}): Promise<string | undefined> {
  for (let lane = 0; lane < Math.min(LANES, kills); lane++) lanes.push(await leaky(changes));
  const waiting = Array.from({ length: kills }, (_, at) => at + 1);
  const work = async (lane: Lane): Promise<string | undefined> => {
    const started = Date.now();
    const whole = await lane.run({ runner: { runId: '8000' } });
    if (whole.outputs['conclusion'] !== 'pull_request') return whole.outputs['exit-reason'];
    // What comes after the last event is telling and uploading.
    await killedAtRandom(lane, waiting, Date.parse(whole.events.at(-1)?.at ?? '') - started + 300);
    return undefined;
  };
  return (await Promise.all(lanes.map(work))).find((reason) => reason !== undefined);
}

describe('a run whose process dies', () => {
  test(`is ended by post, whole and told, after ${KILLS} random kills`, async () => {
    expect(await killAll(KILLS)).toBeUndefined();
  }, 1_800_000);

  test(`in the sandbox is too, after ${SANDBOXED_KILLS} random kills, and nothing of it is left`, async () => {
    const reason = await killAll(SANDBOXED_KILLS, { inputs: { sandbox: 'auto', network: 'none' } });
    if (reason === undefined) return;
    // Where a sandbox can be had, another ending is a fault.
    expect(reason).toMatch(/^(No sandbox could be started|There is no sandbox for)/);
    process.stderr.write(`This machine has no sandbox: the kills in one are skipped. ${reason}\n`);
  }, 900_000);

  /** Kills once the far side has had the request, whose answer is held back. */
  const killedAt = async (operation: string, skip = 0): Promise<Ran> => {
    place = await leaky();
    const { github } = place;
    const had = (): number => github.requests.filter((request) => request.operation === operation).length;
    const during = async (running: Running): Promise<void> => {
      while (had() <= skip) await sleep(2);
      running.kill();
    };
    // Done first, answered never: the process dies with the answer on its way.
    github.inject({ operation, skip, afterEffect: true, silent: 'at once' });
    return place.run({ runner: { during } });
  };

  test.each([
    ['while it looks who asks: nobody is told, since nobody is known', 'repos/get-collaborator-permission-level', 0, 0],
    ['while it claims the lock', 'git/create-commit', 0, 1],
    ['once its lock is taken, before it knows', 'git/create-ref', 0, 1],
  ])('before it began, %s', async (_what, operation, skip, told) => {
    const ran = await killedAt(operation, skip);
    expect([ran.signal, ran.events]).toEqual(['SIGKILL', []]);
    const bodies = [...place!.github.state.comments.values()].map(({ body }) => body);
    expect(bodies).toHaveLength(told);
    if (told > 0) {
      expect(bodies[0]).toMatch(/Cut off before it began.*actions\/runs\/4711/s);
      expect(bodies[0]).toMatch(/model was not asked, and nothing was spent.*comment `@alchemist` with what to do/s);
    }
    await expectTold(place!, ran, operation);
    expect(place!.messages.requests).toEqual([]);
  });

  test('with its first event half written is told as one that did not begin', async () => {
    place = await leaky();
    const half = '{"seq":0,"type":"run_st';
    // The fault stands in for the kernel: what a killed process leaves of a line that it was writing.
    const during = async (running: Running): Promise<void> => {
      const file = join(running.folder, 'transcript.jsonl');
      while (!existsSync(file)) await sleep(1);
      running.kill();
      while (running.process.exitCode === null && running.process.signalCode === null) await sleep(1);
      writeFileSync(file, half);
      for (const [id, { body }] of place!.github.state.comments)
        if (body.startsWith('<!-- alchemist: run')) place!.github.state.comments.delete(id);
    };
    const ran = await place.run({ runner: { during } });
    expect(ran.events).toEqual([]);
    await expectTold(place, ran, 'half an event');
  });

  test('between creating its comment and noting it leaves none that says it is working', async () => {
    place = await leaky();
    const comments = place.github.state.comments;
    const during = async (running: Running): Promise<void> => {
      // GitHub has it; its answer is still on the way.
      while (comments.size === 0) await sleep(5);
      running.kill();
    };
    place.github.inject({ operation: 'issues/create-comment', delayMs: 300, afterEffect: true, status: 502 });
    const ran = await place.run({ runner: { during } });
    expect(ran.state['comment']).toBeUndefined();
    await expectTold(place, ran, 'killed with its comment half created');
  });
});

describe('a run that is cancelled', () => {
  const slow: WorldOptions = { turns: { work: [turn(PLAN), { ...turn(RUN_TESTS), delayMs: 60_000 }], review: [] } };
  const onceWorking = (then: (running: Running) => Promise<void> | void) => async (running: Running) => {
    await running.logged(/update_plan/);
    await then(running);
  };

  test("ends by itself within the runner's patience", async () => {
    place = await leaky(slow);
    const started = Date.now();
    const ran = await place.run({ runner: { during: onceWorking((running) => running.cancel()) } });
    expect([ran.signal, ran.exitCode]).toEqual([null, 1]);
    expect(ran.outputs['conclusion']).toBe('cancelled');
    expect(Date.now() - started).toBeLessThan(30_000);
    await expectTold(place, ran, 'cancelled');
  });

  test('and whose upload hangs until it is killed has told people before, and post uploads', async () => {
    place = await leaky(slow);
    place.github.inject({ operation: 'artifact', delayMs: 12_000 });
    const ran = await place.run({ runner: { during: onceWorking((running) => running.cancel()) } });
    expect(ran.signal).toBe('SIGKILL');
    await expectTold(place, ran, 'killed in its upload');
  });
});
