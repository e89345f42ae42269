import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { github as connectGitHub } from '../../src/forge/github.ts';
import { progressComment, type Progress } from '../../src/story/progress.ts';
import { addComment, DEFAULT_TOKEN, startGitHub, type GitHubServer } from '../support/github/server.ts';
import { call, turn, world, type World } from '../support/world.ts';
import { QUICK } from './common.ts';

let server: GitHubServer;
let now: number;
let progress: Progress;
let step: number;
const warnings: string[] = [];

beforeEach(async () => {
  server = await startGitHub({ issues: [{ number: 7, title: 'T' }] });
  [now, step] = [0, 0];
  warnings.length = 0;
  const { owner, repo } = server.state;
  const github = connectGitHub({
    token: DEFAULT_TOKEN,
    apiUrl: server.apiUrl,
    serverUrl: server.serverUrl,
    owner,
    repo,
    onWarning: () => undefined,
    patience: 0.001,
  });
  progress = progressComment({
    github,
    issue: 7,
    body: () => `step ${step}`,
    onCreated: () => undefined,
    now: () => now,
    onWarning: (text) => warnings.push(text),
  });
});
afterEach(() => server.close());

const bodies = (): string[] => [...server.state.comments.values()].map(({ body }) => body);
const writes = (): number => server.requests.filter(({ operation }) => /^issues\/(create|update)-comment$/.test(operation)).length;
async function written(count: number): Promise<void> {
  for (let waited = 0; writes() < count && waited < 5_000; waited += 5) await sleep(5);
  expect(writes()).toBe(count);
}

describe('the progress comment', () => {
  test('is written at its start, then every ten seconds at most, and at the end', async () => {
    progress.start([]);
    await written(1);
    for (now = 100; now < 35_000; now += 100) {
      step = now;
      progress.update([]);
    }
    await written(4);
    step = -1;
    expect(await progress.finish([])).toBe(true);
    expect(bodies()).toEqual(['step -1']);
    now += 60_000;
    progress.update([]);
    await sleep(50);
    expect(writes()).toBe(5);
  });

  test('is written anew when somebody deleted it', async () => {
    progress.start([]);
    await written(1);
    server.state.comments.clear();
    step = 2;
    expect(await progress.finish([])).toBe(true);
    expect(bodies()).toEqual(['step 2']);
  });

  test('may fail as it likes: the run is only warned, and the final state still gets there', async () => {
    server.inject({ operation: 'issues/create-comment', status: 500, times: 4 });
    progress.start([]);
    await written(4);
    now = 20_000;
    server.inject({ operation: 'issues/create-comment', status: 403, body: { message: 'Resource not accessible by integration' } });
    progress.update([]);
    await written(5);
    expect(await progress.finish([])).toBe(true);
    expect(warnings).toHaveLength(2);
    expect(bodies()).toEqual(['step 0']);
  });
});

describe('the first sign', () => {
  const at = '2026-11-20T12:00:00Z';
  const comment = {
    id: 99,
    issue: 7,
    body: '@alchemist please fix this',
    login: 'maintainer',
    association: 'MEMBER',
    created_at: at,
    updated_at: at,
  };
  let place: World;
  beforeAll(async () => {
    place = await world({ turns: [turn(call('report_blocked', { kind: 'answered', reason: 'So it is.' }))], inputs: QUICK });
    addComment(place.github.state, comment);
  });
  afterAll(() => place.close());

  /** Milliseconds from the start of the process to the reaction. */
  async function heard(): Promise<number> {
    place.github.state.reactions.length = 0;
    const before = place.messages.requests.length;
    let after = Number.POSITIVE_INFINITY;
    const during = async (): Promise<void> => {
      const started = performance.now();
      while (place.github.state.reactions.length === 0 && performance.now() - started < 20_000) await sleep(2);
      after = performance.now() - started;
      expect(place.messages.requests.slice(before).filter(({ path }) => path === '/v1/messages')).toEqual([]);
    };
    const ran = await place.run({ runner: { during } });
    expect(ran.outputs['conclusion']).toBe('answered');
    expect(place.github.state.reactions).toEqual([{ comment: 99, content: 'eyes', login: 'github-actions[bot]' }]);
    return after;
  }

  /** The best of some tries: what a busy machine adds is not the action's. */
  async function best(tries: number): Promise<number> {
    let least = Number.POSITIVE_INFINITY;
    for (let tried = 0; tried < tries && least >= 1_000; tried++) least = Math.min(least, await heard());
    return least;
  }

  test('is a reaction to the comment within a second of the start, before anything is read or paid', async () => {
    expect(await best(5)).toBeLessThan(1_000);
  });

  test('waits for no lock that is slow to be had', async () => {
    place.github.inject({ operation: 'git/create-ref', delayMs: 3_000, times: 5 });
    expect(await best(5)).toBeLessThan(1_000);
  }, 120_000);

  test('that fails is no fault of the run, and is not waited for', async () => {
    place.github.state.reactions.length = 0;
    place.github.inject({ operation: 'reactions/create-for-issue-comment', silent: 'at once' });
    const ran = await place.run();
    expect(ran.outputs['conclusion']).toBe('answered');
    expect(ran.durationMs).toBeLessThan(25_000);
    expect(place.github.state.reactions).toEqual([]);
  });
});
