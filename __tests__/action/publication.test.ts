import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_TOKEN, git } from '../support/github/server.ts';
import { GOOD_REVIEW, GOOD_WORK, ISSUE, KEY, world, type Ran, type World } from '../support/world.ts';
import { cli, expectFaithful, fileOf, only, ownComment } from './common.ts';

let here: World;
let ran: Ran;
let commit: { message: string; parents: string; tree: string };

beforeAll(async () => {
  here = await world({ turns: { work: GOOD_WORK, review: GOOD_REVIEW } });
  ran = await here.run();
  const [parents = '', tree = '', ...message] = (
    await git(here.github.objects.directory, ['log', '-1', '--format=%P%n%T%n%B', 'alchemist/issue-7'])
  )
    .toString()
    .split('\n');
  commit = { parents, tree, message: message.join('\n') };
}, 120_000);
afterAll(async () => here.close());

const pull = (): { title: string; body: string } & Record<string, unknown> => {
  const [only] = here.github.state.pulls.values();
  if (!only) throw new Error(`no pull request: ${ran.outputs['exit-reason']}`);
  return { ...only, body: only.body ?? '' };
};

describe('a comment becomes a pull request', () => {
  it('and every output tells of it', async () => {
    expectFaithful(here, ran);
    const head = await here.github.objects.ref('refs/heads/alchemist/issue-7');
    const last = ran.events.at(-1);
    expect(ran.outputs).toMatchObject({
      conclusion: 'pull_request',
      branch: 'alchemist/issue-7',
      'head-sha': head,
      'pull-request-number': String(pull()['number']),
      'pull-request-url': `${here.github.serverUrl}/octo-org/sample/pull/${String(pull()['number'])}`,
      turns: '6',
      tests: 'proven',
      'review-verdict': 'proceed',
      'transcript-sha256': last?.hash,
      'artifact-id': String(here.github.artifacts[0]?.id),
    });
    const ended = only(ran, 'run_ended')[0];
    expect(Number(ran.outputs['cost-usd'])).toBeCloseTo(ended?.totals.cost_usd ?? -1, 6);
    expect(Number(ran.outputs['cost-usd'])).toBeGreaterThan(0);
    const used = here.messages.requests.flatMap(({ usage }) => (usage ? [usage] : []));
    const input = used.reduce(
      (sum, one) => sum + one.input_tokens + (one.cache_read_input_tokens ?? 0) + (one.cache_creation_input_tokens ?? 0),
      0,
    );
    expect(ran.outputs['input-tokens']).toBe(String(input));
    expect(ran.outputs['output-tokens']).toBe(String(used.reduce((sum, one) => sum + one.output_tokens, 0)));
    expect(ran.outputs['artifact-url']).toContain(`/actions/runs/4711/artifacts/${ran.outputs['artifact-id']}`);
    expect(ran.outputs['transcript-path']).toBe(join(ran.folder, 'transcript.jsonl'));
    expect(ran.outputs['report-path']).toBe(join(ran.folder, 'report.html'));
  });

  it('with one commit on the base, signed by GitHub, that names its run and its transcript', () => {
    const sent = here.github.requests.filter(
      ({ operation, body }) => operation === 'git/create-commit' && JSON.stringify(body).includes('Alchemist-Transcript'),
    );
    expect(sent).toHaveLength(1);
    expect(Object.keys(sent[0]?.body as object).sort()).toEqual(['message', 'parents', 'tree']);
    const pushed = only(ran, 'pushed')[0];
    const before = ran.events[(pushed?.seq ?? 0) - 1];
    expect(pushed).toMatchObject({ verified: true, commit: ran.outputs['head-sha'], parent: commit.parents, tree: commit.tree });
    expect(commit.message).toContain(`\nAlchemist-Run: ${here.github.serverUrl}/octo-org/sample/actions/runs/4711\n`);
    expect(commit.message).toContain(`\nAlchemist-Transcript: sha256:${before?.hash}\n`);
  });

  it('whose text has the evidence, the tested tree, the issue it closes, the cost, and how to verify', () => {
    const { body, title } = pull();
    expect(title).toBe('sum([]) answers 0');
    expect(body).toMatch(/^Fixes #7$/m);
    expect(body).toContain(commit.tree.slice(0, 7));
    expect(body).toContain('npm test');
    expect(body).toMatch(/\$\d+\.\d\d/);
    expect(body).toContain('alchemist verify');
    expect(body).toContain('`R1`');
    expect(body).toContain(/Alchemist-Transcript: sha256:(\w{64})/.exec(commit.message)?.[1]);
    expect(body.length).toBeLessThanOrEqual(65_536);
  });

  it('whose review is asked of the person who asked, and which is no draft', () => {
    expect(pull()).toMatchObject({ draft: false, reviewers: ['maintainer'], base: 'main', head: 'alchemist/issue-7' });
  });

  it('with tests that failed before and pass now, each tied to a tree', () => {
    const tests = only(ran, 'tests_ran');
    expect(tests.map(({ phase, exit_code }) => [phase, exit_code === 0])).toEqual([
      ['base', true],
      ['work', false],
      ['work', true],
      ['gate', false],
    ]);
    expect(tests[2]?.tree).toBe(commit.tree);
  });

  it('with one comment that ends final, and a reaction', () => {
    const comment = ownComment(here);
    expect(comment).toContain(`[#${String(pull()['number'])}]`);
    expect(comment).toContain(ran.outputs['transcript-sha256']);
    expect(comment).not.toContain('is working');
    // The event's comment stands in the event alone; this world has no such comment to react to.
    expect(here.github.requests.some(({ operation }) => operation === 'reactions/create-for-issue-comment')).toBe(true);
  });

  it('with a transcript of every kind of event, in the contract’s shape', () => {
    const kinds = [
      'run_started',
      'context_gathered',
      'asked',
      'replied',
      'tool_ran',
      'tree_changed',
      'tests_ran',
      'gate_checked',
      'reviewed',
      'noticed',
      'pushed',
      'pull_request_opened',
      'run_ended',
    ];
    const seen = new Set<string>(ran.events.map(({ type }) => type));
    expect(kinds.filter((kind) => !seen.has(kind))).toEqual([]);
    expect(ran.events.map(({ seq }) => seq)).toEqual(ran.events.map((_, index) => index));
    expect(ran.events[0]?.prev).toBe('0'.repeat(64));
    for (const [index, event] of ran.events.entries()) if (index > 0) expect(event.prev).toBe(ran.events[index - 1]?.hash);
    expect(ran.events.at(-1)?.type).toBe('run_ended');
    // As JSON.stringify writes it: one event a line.
    const text = fileOf(ran, 'transcript.jsonl');
    expect(text).toBe(ran.events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  });

  it('that a clone can verify, offline, and that tells what was tampered with', async () => {
    await git(here.workspace, [
      'fetch',
      '--quiet',
      here.github.objects.directory,
      'alchemist/issue-7:refs/remotes/origin/alchemist/issue-7',
    ]);
    const transcript = join(ran.folder, 'transcript.jsonl');
    const verified = await cli('verify', transcript, '--repo', here.workspace);
    expect([verified.code, verified.text]).toEqual([0, expect.any(String)]);
    const forged = join(ran.root, 'forged.jsonl');
    writeFileSync(forged, fileOf(ran, 'transcript.jsonl').replace('Start the reduction at 0.', 'Start the reduction at 1.'));
    const refused = await cli('verify', forged, '--repo', here.workspace);
    expect(refused.code).toBe(1);
    const at = ran.events.findIndex((event) => JSON.stringify(event).includes('Start the reduction at 0.'));
    expect(refused.text).toContain(String(at));
  });

  it('and leaves no key, no token and no credential anywhere', () => {
    const places = [
      ran.log,
      ran.postLog,
      ran.summary,
      pull().body,
      ownComment(here),
      fileOf(ran, 'transcript.jsonl'),
      fileOf(ran, 'report.html'),
    ];
    for (const place of places) for (const secret of [KEY, DEFAULT_TOKEN]) expect(place).not.toContain(secret);
    expect(ran.summary).toContain(ISSUE.title);
  });
});
