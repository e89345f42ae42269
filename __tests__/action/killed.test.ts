import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { recomputed } from '../../src/agent/recomputed.ts';
import { verify } from '../../src/transcript/verify.ts';
import { DEFAULT_TOKEN } from '../support/github/server.ts';
import type { Running } from '../support/runner.ts';
import { call, FILES, FIX, GOOD_REVIEW, KEY, PLAN, RUN_TESTS, turn, world, type Ran, type World } from '../support/world.ts';
import { QUICK, REFACTORED } from './common.ts';

/** Kills in one go; more with a higher `ALCHEMIST_KILLS`. */
const KILLS = Number(process.env['ALCHEMIST_KILLS'] ?? '12');

let place: World | undefined;
afterEach(async () => {
  await place?.close();
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
const WORK = [turn(PLAN), turn(call('run_command', { command: 'sleep 300 & node leak.mjs' })), turn(FIX, RUN_TESTS), turn(REFACTORED)];
const LEAKY = {
  turns: { work: WORK, review: GOOD_REVIEW },
  inputs: QUICK,
  github: { files: { ...FILES, 'leak.mjs': LEAK }, issues: [{ number: 7, title: 'sum([]) throws' }] },
};

/** What must hold however main came to its end. */
async function expectTold({ github, workspace }: World, ran: Ran, at: string): Promise<void> {
  expect([at, ran.postExitCode]).toEqual([at, 0]);
  expect([at, secretsBelow(ran.root)]).toEqual([at, []]);
  expect([at, unmasked(ran.raw), unmasked(ran.postRaw)]).toEqual([at, false, false]);
  expect([at, await leftBehind(workspace)]).toEqual([at, []]);
  const comments = [...github.state.comments.values()].filter(({ body }) => body.startsWith('<!-- alchemist: run'));
  expect([at, comments.filter(({ body }) => body.includes('is working'))]).toEqual([at, []]);
  if (ran.events.length === 0) return;
  const proof = await verify(readFileSync(join(ran.folder, 'transcript.jsonl'), 'utf8'), { recompute: recomputed });
  expect([at, proof.checks.filter(({ ok }) => ok === false)]).toEqual([at, []]);
  expect([at, ran.events.at(-1)?.type]).toEqual([at, 'run_ended']);
  const id = ran.events[0]?.type === 'run_started' ? ran.events[0].run.id : '';
  expect([at, comments.filter(({ body }) => body.includes(`run=${id} `)).length]).toEqual([at, 1]);
  // Two only where the kill fell between the service's last answer and its being noted.
  const uploads = github.artifacts.filter((artifact) => artifact.run === id).length;
  expect([at, uploads === 1 || uploads === 2]).toEqual([at, true]);
}

/** Whether the key stands in the log but for the commands that tell the runner to mask it. */
const unmasked = (raw: string): boolean => raw.replace(/^::add-mask::.*$/gm, '').includes(KEY);

/** Files with a secret in plain text. */
function secretsBelow(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name));
  return paths.filter((path) => [KEY, DEFAULT_TOKEN].some((secret) => readFileSync(path).includes(secret)));
}

/** Processes that still work in the checkout some seconds later. */
async function leftBehind(workspace: string): Promise<string[]> {
  for (let waited = 0; ; waited += 200) {
    const left = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && cwdOf(name).startsWith(workspace));
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

describe('a run whose process dies', () => {
  test(`is ended by post, whole and told, after ${KILLS} random kills`, async () => {
    place = await world(LEAKY);
    const whole = await place.run({ runner: { runId: '8000' } });
    expect(whole.outputs['conclusion']).toBe('pull_request');
    const span = (Date.parse(whole.events.at(-1)?.at ?? '') - Date.parse(whole.events[0]?.at ?? '')) * 1.2 + 600;
    for (let kill = 1; kill <= KILLS; kill++) {
      const moment = Math.round(Math.random() * span);
      const during = async (running: Running): Promise<void> => {
        await sleep(moment);
        running.kill();
      };
      // One at a time on one issue: an earlier one's branch and pull request are there already, as in life.
      const ran = await place.run({ runner: { during, runId: String(8000 + kill) } });
      await expectTold(
        place,
        ran,
        `kill ${kill} of ${KILLS}, after ${moment} ms of about ${Math.round(span)}, ${ran.events.length} events`,
      );
    }
    expect(place.github.violations).toEqual([]);
  }, 900_000);

  test('between creating its comment and noting it leaves none that says it is working', async () => {
    place = await world(LEAKY);
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
  const slow = { ...LEAKY, turns: { work: [turn(PLAN), { ...turn(RUN_TESTS), delayMs: 60_000 }], review: [] } };
  const onceWorking = (then: (running: Running) => Promise<void> | void) => async (running: Running) => {
    await running.logged(/update_plan/);
    await then(running);
  };

  test("ends by itself within the runner's patience", async () => {
    place = await world(slow);
    const started = Date.now();
    const ran = await place.run({ runner: { during: onceWorking((running) => running.cancel()) } });
    expect([ran.signal, ran.exitCode]).toEqual([null, 1]);
    expect(ran.outputs['conclusion']).toBe('cancelled');
    expect(Date.now() - started).toBeLessThan(30_000);
    await expectTold(place, ran, 'cancelled');
  });

  test('and whose upload hangs until it is killed has told people before, and post uploads', async () => {
    place = await world(slow);
    place.github.inject({ operation: 'artifact', delayMs: 12_000 });
    const ran = await place.run({ runner: { during: onceWorking((running) => running.cancel()) } });
    expect(ran.signal).toBe('SIGKILL');
    await expectTold(place, ran, 'killed in its upload');
  });
});
