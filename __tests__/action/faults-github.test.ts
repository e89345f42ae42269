import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { DEFAULT_TOKEN, type Fault, type GitHubOptions } from '../support/github/server.ts';
import type { Running } from '../support/runner.ts';
import { call, commented, ISSUE, KEY, turn, world, type Ran, type World, type WorldOptions } from '../support/world.ts';
import { expectFaithful, expectWhole, firstMessage, QUICK, QUICK_WORK } from './common.ts';

let there: World;
afterEach(() => there.close());

/** A whole run up to the pull request, in as few turns as may be, without the review. */
async function start(options: WorldOptions = {}): Promise<World> {
  there = await world({ turns: { work: QUICK_WORK }, ...options, inputs: { ...QUICK, 'review-rounds': '0', ...options.inputs } });
  return there;
}

const own = (): string[] =>
  [...there.github.state.comments.values()].map(({ body }) => body).filter((body) => body.includes('<!-- alchemist'));
const requests = (operation: string): number => there.github.requests.filter((request) => request.operation === operation).length;
/** Does something once the step's log says so: the last gate is the last thing before the publication. */
const when = (text: string, what: () => unknown): { during: (running: Running) => Promise<void> } => ({
  during: async (running) => running.logged(text).then(() => void what()),
});
const beforePublication = (what: () => unknown): ReturnType<typeof when> => when('gate tests', what);
const kept = (ran: Ran): string => readFileSync(join(ran.folder, 'change.patch'), 'utf8');

test('bursts of 5xx, answers that were lost and a secondary rate limit are waited out, and nothing is there twice', async () => {
  const faults: Fault[] = [
    { operation: 'issues/list-comments', status: 503 },
    { operation: 'issues/create-comment', status: 502, afterEffect: true },
    { operation: 'git/create-tree', status: 500 },
    {
      operation: 'git/create-commit',
      skip: 1,
      status: 403,
      body: { message: 'You have exceeded a secondary rate limit.' },
      headers: { 'retry-after': '1' },
    },
    { operation: 'git/create-ref', skip: 1, status: 504, afterEffect: true },
    { operation: 'pulls/create', reset: true, afterEffect: true },
  ];
  const comments = Array.from({ length: 250 }, (_, at) => ({
    body: `Remark ${at + 1} on this.`,
    login: 'maintainer',
    association: 'MEMBER',
    created_at: '2026-11-20T11:00:00Z',
  }));
  await start({ github: { issues: [{ ...ISSUE, comments }], faults } });
  const ran = await there.run();
  expectFaithful(there, ran);
  expect(ran.outputs['conclusion']).toBe('pull_request');
  expect(there.github.state.pulls.size).toBe(1);
  expect(own()).toHaveLength(1);
  expect(ran.log).toMatch(/rate limit: waiting 1 s/);
  // All three pages were read, the newest remarks first.
  expect(requests('issues/list-comments')).toBeGreaterThanOrEqual(4);
  expect(firstMessage(there)).toContain('Remark 250 on this.');
});

test('a token that ends half way: the run fails, the change is in the artifact, and what the token was is said', async () => {
  await start();
  const revoke = beforePublication(() =>
    there.github.inject({ path: /^\/repos\//, status: 401, times: 99, body: { message: 'Bad credentials' } }),
  );
  const ran = await there.run({ runner: revoke });
  expectWhole(ran);
  expect(ran.outputs['conclusion']).toBe('failed');
  expect(ran.outputs['exit-reason']).toMatch(/does not accept the token.*github-token/);
  expect(ran.summary).toMatch(/does not accept the token/);
  expect(ran.log).toMatch(/progress comment could not be written/);
  expect(kept(ran)).toContain('total + number, 0)');
  expect(ran.outputs['artifact-id']).not.toBe('');
});

test('an API that is down at publication: retried, then the change is in the artifact and the comment says so', async () => {
  await start();
  const ran = await there.run({
    runner: beforePublication(() => there.github.inject({ operation: 'git/create-tree', status: 503, times: 99 })),
  });
  expectWhole(ran);
  expect(requests('git/create-tree')).toBe(4);
  expect(ran.outputs['conclusion']).toBe('failed');
  expect(own().at(-1)).toMatch(/not available/);
  expect(own().at(-1)).toMatch(/change\.patch/);
  expect(kept(ran)).toContain('total + number, 0)');
}, 90_000);

test('no drafts, and texts longer than GitHub takes: a ready pull request, cut where it says so', async () => {
  const summary = `Start the reduction at 0.\n\n${'It is a long story. '.repeat(5_000)}`;
  const push = call('push_changes', { title: 'sum([]) answers 0', summary, change_kind: 'refactor' });
  await start({ turns: { work: [QUICK_WORK[0]!, turn(push)] }, github: { draftsSupported: false }, inputs: { draft: 'always' } });
  const ran = await there.run();
  expectFaithful(there, ran);
  expect(ran.outputs['conclusion']).toBe('pull_request');
  const [pull] = [...there.github.state.pulls.values()];
  expect(pull?.draft).toBe(false);
  expect(pull?.body).toContain(`Fixes #${ISSUE.number}`);
  for (const body of [pull?.body ?? '', ...own()]) expect(Array.from(body).length).toBeLessThanOrEqual(65_536);
  expect(ran.log + ran.summary).toMatch(/no draft pull requests/);
});

test('Actions may not open pull requests: the branch stands, and the comment names the setting and links it', async () => {
  await start({ github: { actionsMayOpenPullRequests: false } });
  const ran = await there.run();
  expectFaithful(there, ran);
  expect(ran.outputs['conclusion']).toBe('failed');
  expect(Object.keys(await there.github.objects.refs())).toContain('refs/heads/alchemist/issue-7');
  expect(own().at(-1)).toMatch(/Allow GitHub Actions to create and approve pull requests/);
  expect(own().at(-1)).toContain('alchemist/issue-7');
});

test('a reference that moved meanwhile is not written over', async () => {
  await start();
  const foreign = async (): Promise<void> => {
    const main = (await there.github.objects.ref('refs/heads/main'))!;
    const tree = (await there.github.objects.read(main))!.content.toString().slice(5, 45);
    const text = `tree ${tree}\nparent ${main}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nby hand\n`;
    await there.github.objects.setRef('refs/heads/alchemist/issue-7', await there.github.objects.writeCommit(text));
  };
  const ran = await there.run({ runner: beforePublication(foreign) });
  expectFaithful(there, ran);
  expect([ran.outputs['conclusion'], ran.outputs['exit-reason']]).toEqual([
    'failed',
    expect.stringMatching(/commits that this run does not know/),
  ]);
  const head = (await there.github.objects.ref('refs/heads/alchemist/issue-7'))!;
  expect((await there.github.objects.read(head))!.content.toString()).toContain('by hand');
  expect(kept(ran)).toContain('total + number, 0)');
});

test('an issue that is closed, or whose comment is deleted meanwhile still gets its pull request and a final comment', async () => {
  await start();
  const change = (): void => {
    Object.assign(there.github.state.issues.get(ISSUE.number)!, { state: 'closed' });
    for (const [id, { body }] of there.github.state.comments) if (body.includes('<!-- alchemist')) there.github.state.comments.delete(id);
  };
  const ran = await there.run({ runner: beforePublication(change) });
  expectFaithful(there, ran);
  expect(ran.outputs['conclusion']).toBe('pull_request');
  expect(own()).toHaveLength(1);
  expect(own()[0]).toMatch(/Opened pull request/);
});

test.each<[string, GitHubOptions, RegExp]>([
  ['issues are switched off', { hasIssues: false }, /progress comment could not be written.*disabled/],
  ['the issue is locked', { issues: [{ ...ISSUE, locked: true }] }, /progress comment could not be written.*locked/],
])('%s before the run begins: it works from the event, and the pull request is what people see', async (_what, github, words) => {
  await start({ github });
  const ran = await there.run();
  expectFaithful(there, ran);
  expect([ran.outputs['conclusion'], there.github.state.pulls.size]).toEqual(['pull_request', 1]);
  expect(ran.log).toMatch(words);
});

test('a deleted issue was withdrawn: no model is asked', async () => {
  await start({ github: { issues: [{ ...ISSUE, deleted: true }] } });
  const ran = await there.run();
  expectFaithful(there, ran);
  expect([ran.outputs['conclusion'], ran.outputs['exit-reason']]).toEqual(['failed', expect.stringMatching(/issue was deleted/)]);
  expect(requests('pulls/create')).toBe(0);
  expect(there.messages.requests.filter(({ path }) => path === '/v1/messages')).toEqual([]);
});

test('a cancelled run does not wait for a GitHub that is down', async () => {
  await start();
  const cancel = async (running: Running): Promise<void> => {
    await running.logged('gate tests');
    there.github.inject({ operation: 'git/create-tree', status: 503, times: 99 });
    // Nor can the issue's lock be given back by main: `post` does it.
    there.github.inject({ operation: 'git/delete-ref', status: 503, times: 2 });
    await running.logged('gate secrets');
    const began = Date.now();
    await running.cancel();
    took = Date.now() - began;
  };
  let took = Number.POSITIVE_INFINITY;
  const ran = await there.run({ runner: { during: cancel } });
  expectWhole(ran);
  expect(ran.outputs['conclusion']).toBe('cancelled');
  expect(own().at(-1)).toMatch(/Cancelled/);
  expect(existsSync(join(ran.folder, 'change.patch'))).toBe(true);
  // The tries that are left would take up to 14 s; GitHub kills the step after 10.
  expect([ran.signal, took < 7_500]).toEqual([null, true]);
  expect(Object.keys(await there.github.objects.refs())).toEqual(['refs/heads/main']);
});

test('a key in the ticket, or a token in an error of GitHub, is written down nowhere', async () => {
  const body = { message: `Resource not accessible with ${DEFAULT_TOKEN}` };
  await start({
    event: commented(`@alchemist fix it. The key is ${KEY}.`),
    github: { faults: [{ operation: 'git/create-tree', status: 403, body }] },
  });
  const ran = await there.run();
  expectWhole(ran);
  expect([ran.outputs['conclusion'], ran.outputs['exit-reason']]).toEqual(['failed', expect.stringContaining('[secret')]);
  expect(JSON.stringify(ran.events[0])).toContain('The key is [secret');
  const files = readdirSync(ran.folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const written = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'));
  for (const text of [...written, ran.summary, ...own()]) for (const secret of [KEY, DEFAULT_TOKEN]) expect(text).not.toContain(secret);
  expect(written.length).toBeGreaterThan(2);
});
