import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { github as connect, type GitHub } from '../../src/forge/github.ts';
import { ownMark, type ProcessMark } from '../../src/story/holder.ts';
import { releaseLock, takeLock, type Claim, type Lock, type LockParts } from '../../src/story/lock.ts';
import { addComment, DEFAULT_TOKEN, startGitHub, type GitHubServer } from '../support/github/server.ts';
import type { Running } from '../support/runner.ts';
import { call, commented, turn, world, type World } from '../support/world.ts';

const LOCK = 'refs/alchemist/lock/issue-7';

describe('the lock of an issue', () => {
  let server: GitHubServer;
  let github: GitHub;
  let minute = 0;

  beforeEach(async () => {
    server = await startGitHub({ files: { 'a.txt': 'a\n' } });
    github = connect({
      token: DEFAULT_TOKEN,
      apiUrl: server.apiUrl,
      serverUrl: server.serverUrl,
      owner: 'octo-org',
      repo: 'sample',
      onWarning: () => undefined,
      patience: 0.001,
    });
    minute = 0;
  });
  afterEach(() => server.close());

  const ask = (run: string, changes: Partial<LockParts> = {}): Promise<Lock> =>
    takeLock({
      github,
      issue: 7,
      defaultBranch: 'main',
      holder: { run, attempt: 1, url: `http://github.localhost/octo-org/sample/actions/runs/${run}` },
      minutes: 30,
      now: () => Date.parse('2026-11-22T12:00:00Z') + minute * 60_000,
      ...changes,
    });

  test('is had by one of 200 who ask, 25 at a time, duplicates among them, and the others are told by whom', async () => {
    const locks: Lock[] = [];
    for (let wave = 0; wave < 8; wave++)
      locks.push(...(await Promise.all(Array.from({ length: 25 }, (_, at) => ask(String(1_000 + wave * 20 + at))))));
    expect(locks.filter(({ kind }) => kind === 'held')).toHaveLength(1);
    expect(locks.filter(({ kind }) => kind === 'busy')).toHaveLength(199);
    expect(Object.keys(await server.objects.refs()).sort()).toEqual([LOCK, 'refs/heads/main']);
    expect(server.violations).toEqual([]);
  });

  test('is free again once it was given back, and each issue has its own', async () => {
    const first = await ask('1');
    if (first.kind !== 'held') throw new Error('not held');
    expect(await ask('2')).toMatchObject({ kind: 'busy', holder: { run: '1' } });
    expect(await ask('3', { issue: 8 })).toMatchObject({ kind: 'held' });
    await releaseLock(github, first);
    expect(Object.keys(await server.objects.refs())).not.toContain(LOCK);
    expect(await ask('2')).toMatchObject({ kind: 'held' });
  });

  test('that is older than its run may take goes to exactly one of those who find it', async () => {
    await ask('1');
    minute = 44;
    expect(await ask('2')).toMatchObject({ kind: 'busy' });
    minute = 46;
    const locks = await Promise.all(Array.from({ length: 20 }, (_, at) => ask(String(100 + at))));
    expect(locks.filter(({ kind }) => kind === 'held')).toHaveLength(1);
  });

  test('of a workflow run that is over is taken over at once; the former holder then gives nothing back', async () => {
    const first = await ask('1');
    const over = { ...github, runStatus: (id: string) => Promise.resolve(id === '1' ? 'completed' : 'in_progress') };
    const second = await ask('2', { github: over });
    expect(second).toMatchObject({ kind: 'held' });
    if (first.kind === 'held') await releaseLock(github, first);
    expect(await server.objects.ref(LOCK)).toBe(second.kind === 'held' ? second.sha : '');
  });

  test('of a former attempt of the same run is taken over; of a job beside it is not', async () => {
    await ask('1');
    expect(await ask('1')).toMatchObject({ kind: 'busy' });
    expect(await ask('1', { holder: { run: '1', attempt: 2, url: '' } })).toMatchObject({ kind: 'held' });
  });

  test('of a process that is dead on this machine is taken over by the same attempt; of one that lives, or of another machine, it is not', async () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { stdio: 'ignore' });
    const { machine } = ownMark();
    const holder = (mark: Partial<ProcessMark>): Partial<LockParts> => ({ holder: { run: '1', attempt: 1, url: '', ...mark } });
    // Told as the process itself would tell it: by its own id and the time of its start.
    const started = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
      .replace(/^.*\)\s*/s, '')
      .split(' ')[19];
    const mark = { machine, process: `${child.pid}/${started}` };
    expect(await ask('1', holder(mark))).toMatchObject({ kind: 'held' });
    expect(await ask('1', holder(ownMark()))).toMatchObject({ kind: 'busy' });
    child.kill('SIGKILL');
    await once(child, 'exit');
    const again = await ask('1', holder({ machine: 'another', process: mark.process }));
    expect(again).toMatchObject({ kind: 'held' });
    // Nobody of that number lives here; but it is not of here.
    expect(await ask('1', holder(ownMark()))).toMatchObject({ kind: 'busy' });
    if (again.kind === 'held') await releaseLock(github, again);
    // The number was given to another process since.
    await ask('1', holder({ machine, process: `${process.pid}/1` }));
    expect(await ask('1', holder(ownMark()))).toMatchObject({ kind: 'held' });
  });

  test('is told before it is made, so that what is lost half way can be given back', async () => {
    const claims: Claim[] = [];
    server.inject({ operation: 'git/create-ref', afterEffect: true, status: 500, times: 9 });
    server.inject({ operation: 'git/get-ref', skip: 3, status: 500, times: 9 });
    expect(await ask('1', { onClaim: (claim) => claims.push(claim) })).toMatchObject({ kind: 'unlocked' });
    expect(claims).toEqual([{ name: LOCK.slice('refs/'.length), sha: await server.objects.ref(LOCK) }]);
  });

  test('is given back by a commit on top where references may not be deleted', async () => {
    const first = await ask('1');
    server.inject({ operation: 'git/delete-ref', status: 403, body: { message: 'no' } });
    if (first.kind === 'held') await releaseLock(github, first);
    expect(await server.objects.ref(LOCK)).not.toBe(first.kind === 'held' ? first.sha : '');
    expect(await ask('2')).toMatchObject({ kind: 'held' });
  });

  test('counts as its own when the answer to its creation was lost', async () => {
    server.inject({ operation: 'git/create-ref', status: 502, afterEffect: true });
    expect(await ask('1')).toMatchObject({ kind: 'held' });
  });

  test.each([
    ['references may not be created', 'git/create-ref', 403],
    ['the API is down', 'git/get-ref', 503],
  ])('stops nobody where %s', async (_name, operation, status) => {
    server.inject({ operation, status, times: 9, body: { message: 'no' } });
    expect(await ask('1')).toMatchObject({ kind: 'unlocked' });
  });
});

const at = '2026-11-20T12:00:00Z';
/** The comment that asks in the payload of `commented`. */
const ASKING = {
  id: 99,
  issue: 7,
  body: '@alchemist what is it?',
  login: 'maintainer',
  association: 'MEMBER',
  created_at: at,
  updated_at: at,
};

describe('twelve runs of one issue, started at once', () => {
  let there: World;
  beforeAll(async () => {
    there = await world({
      turns: { work: [{ ...turn(call('report_blocked', { kind: 'answered', reason: 'It is 42.' })), fault: { kind: 'hang' } }] },
    });
    addComment(there.github.state, ASKING);
  });
  afterAll(() => there.close());

  test('one acts, eleven are skipped and write nothing; when the one is killed, its post step gives the lock back', async () => {
    const running: Running[] = [];
    let ended = 0;
    const others = Promise.withResolvers<true>();
    const runs = Array.from({ length: 12 }, async (_, at) => {
      const during = (one: Running): void => void running.push(one);
      const ran = await there.run({ event: commented('@alchemist what is it?'), runner: { runId: String(500 + at), during } });
      if (++ended === 11) others.resolve(true);
      return ran;
    });
    await others.promise;
    running.find(({ process }) => process.exitCode === null && process.signalCode === null)?.kill();
    const results = await Promise.all(runs);
    const skipped = results.filter(({ outputs }) => outputs['conclusion'] === 'skipped');
    // Those that lost the race for it had noted their claim, and then that it came to nothing.
    const acting = results.filter(({ state }) => (state['lock'] ?? '') !== '');
    expect([skipped.length, acting.length]).toEqual([11, 1]);
    expect(acting[0]?.signal).toBe('SIGKILL');
    expect(skipped[0]?.outputs['exit-reason']).toMatch(/actions\/runs\/5\d\d is working on issue #7 already/);
    expect(skipped.map(({ exitCode }) => exitCode)).toEqual(skipped.map(() => 0));
    expect(there.github.state.comments.size).toBe(2);
    // The others leave no trace; they were asked for by the same comment.
    expect(there.github.state.reactions).toHaveLength(1);
    expect(there.messages.requests.filter(({ path }) => path === '/v1/messages')).toHaveLength(1);
    expect(Object.keys(await there.github.objects.refs())).toEqual(['refs/heads/main']);
  }, 240_000);
});

describe('a run that was killed', () => {
  let there: World;
  afterAll(() => there.close());

  test('and is started again with the same id and attempt before its post step is not kept out by its own lock', async () => {
    there = await world({
      turns: { work: [{ ...turn(call('report_blocked', { kind: 'answered', reason: 'It is 42.' })), delayMs: 400 }] },
    });
    let second: Awaited<ReturnType<World['run']>> | undefined;
    const during = async (first: Running): Promise<void> => {
      while ((await there.github.objects.ref(LOCK)) === null) await sleep(5);
      first.kill();
      while (first.process.exitCode === null && first.process.signalCode === null) await sleep(5);
      expect(await there.github.objects.ref(LOCK)).not.toBeNull();
      second = await there.run();
    };
    await there.run({ runner: { during } });
    expect(second?.outputs['conclusion']).toBe('answered');
    expect(Object.keys(await there.github.objects.refs())).toEqual(['refs/heads/main']);
  });

  test('and is started anew with another id on that machine is not kept out either, and one that lives keeps it out', async () => {
    const skipped: (string | undefined)[] = [];
    const during = async (first: Running): Promise<void> => {
      while ((await there.github.objects.ref(LOCK)) === null) await sleep(5);
      skipped.push((await there.run({ runner: { runId: '9002' } })).outputs['conclusion']);
      first.kill();
      while (first.process.exitCode === null && first.process.signalCode === null) await sleep(5);
      skipped.push((await there.run({ runner: { runId: '9003' } })).outputs['conclusion']);
    };
    there.github.inject({ operation: 'issues/list-comments', silent: 'at once' });
    await there.run({ runner: { during, runId: '9001' } });
    expect(skipped).toEqual(['skipped', 'answered']);
  }, 120_000);
});
