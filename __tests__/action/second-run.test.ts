import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Event } from '../../src/transcript/events.ts';
import { recomputed } from '../../src/agent/recomputed.ts';
import { verify } from '../../src/transcript/verify.ts';
import { runGit } from '../support/transcripts.ts';
import { call, commented, FIX, GOOD_REVIEW, RUN_TESTS, turn, world, type Ran, type World } from '../support/world.ts';
import type { Ask, Turn } from '../support/messages-api/server.ts';
import { commitOn, headOf, treeOf } from './branches.ts';
import { expectFaithful, QUICK } from './common.ts';

let place: World | undefined;
afterEach(async () => {
  await place?.close();
  place = undefined;
});

const push = (title: string): Turn => turn(RUN_TESTS, call('push_changes', { title, summary: `${title}.`, change_kind: 'refactor' }));
const FIRST = [turn(FIX), push('Start at 0')];
/** The second run edits what the first one wrote: the edit fails where the files are not the branch's. */
const AGAIN = call('edit_file', { path: 'src/sum.js', edits: [{ old_str: 'number, 0)', new_str: 'number, 0 )' }] });
const SECOND = [turn(AGAIN, call('write_file', { path: 'NOTES.md', content: 'Notes.\n' })), push('Add notes')];

/** The first wish gets the first script, any other the second. */
function script(second: readonly Turn[] = SECOND): (ask: Ask) => Turn {
  return ({ conversation, index, request }) => {
    if (conversation === 'review') return GOOD_REVIEW[0]!;
    return (JSON.stringify(request.messages[0]).includes('please fix this') ? FIRST : second)[index]!;
  };
}

const of = <T extends Event['type']>({ events }: Ran, type: T): Extract<Event, { type: T }> =>
  events.findLast((event) => event.type === type) as Extract<Event, { type: T }>;
const AGAIN_PLEASE = { event: commented('@alchemist one more thing') };
const BRANCH = 'alchemist/issue-7';

describe('a second run on the same issue', () => {
  test('adds one commit to the same branch and pull request, and keeps what a person pushed there', async () => {
    place = await world({ turns: script(), inputs: QUICK });
    const first = await place.run();
    expect(first.outputs['conclusion']).toBe('pull_request');
    // Everything a tree can hold, to be brought in by the seeding.
    const foreign = await commitOn(place.github, BRANCH, {
      'tool.sh': { content: '#!/bin/sh\n', mode: '100755' },
      'image.bin': { content: Buffer.from([0, 255, 10, 13, 200]) },
      link: { content: 'tool.sh', mode: '120000' },
      'AGENTS.md': null,
      test: 'a file where a folder was\n',
      'package.json/inner.txt': 'a folder where a file was\n',
    });

    const second = await place.run(AGAIN_PLEASE);
    expectFaithful(place, second);
    expect(second.outputs).toMatchObject({
      conclusion: 'pull_request',
      branch: BRANCH,
      'pull-request-number': first.outputs['pull-request-number'],
    });
    expect(of(second, 'context_gathered').base).toEqual({ branch: 'main', commit: foreign, tree: await treeOf(place.github, foreign) });
    expect(of(second, 'pushed')).toMatchObject({ parent: foreign, created: false, commit: await headOf(place.github, BRANCH) });
    expect(of(second, 'pull_request_opened')).toMatchObject({ updated: true, title: 'Add notes' });
    expect([...place.github.state.pulls.keys()]).toHaveLength(1);
    const [pull] = [...place.github.state.pulls.values()];
    expect(pull?.title).toBe('Add notes');
    expect(pull?.body).toContain('A later run added one commit to this branch');

    const entries = await place.github.objects.listTree(await headOf(place.github, BRANCH), true);
    const tree = Object.fromEntries(entries.filter(({ type }) => type === 'blob').map(({ path, mode }) => [path, mode]));
    expect(tree).toEqual({
      'NOTES.md': '100644',
      'image.bin': '100644',
      link: '120000',
      'package.json/inner.txt': '100644',
      'src/sum.js': '100644',
      test: '100644',
      'tool.sh': '100755',
    });
    // The model knows what was there; the instructions are still the base branch's, though the branch took them away (attack 17).
    const context = of(second, 'context_gathered').first_message;
    expect(context).toContain('An earlier run, or a person, already worked on this');
    expect(context).toContain('tool.sh (added)');
    expect(context).toContain('Plain JavaScript, no dependencies.');

    const proof = await verify(readFileSync(second.outputs['transcript-path'] ?? '', 'utf8'), {
      recompute: recomputed,
      repo: place.github.objects.directory,
      git: runGit,
    });
    expect(proof.checks.filter(({ ok }) => ok === false)).toEqual([]);
    expect(proof.ok).toBe(true);
  });

  test('writes nothing to a branch that moved while it worked', async () => {
    let moved = '';
    const turns = script();
    const meddling = async (): Promise<void> => void (moved = await commitOn(place!.github, BRANCH, { 'late.txt': 'late\n' }));
    let moving: Promise<void> | undefined;
    place = await world({
      inputs: QUICK,
      turns: (ask) => {
        const second = !JSON.stringify(ask.request.messages[0]).includes('please fix this');
        if (second && ask.conversation === 'work' && ask.index === 1) moving ??= meddling();
        return second && ask.conversation === 'review' ? { ...turns(ask), delayMs: 500 } : turns(ask);
      },
    });
    await place.run();
    const second = await place.run(AGAIN_PLEASE);
    await moving;
    expectFaithful(place, second);
    expect(second.outputs['conclusion']).toBe('failed');
    expect(second.outputs['exit-reason']).toMatch(/commits that this run does not know .* run again to build on them/);
    expect(await headOf(place.github, BRANCH)).toBe(moved);
    expect(existsSync(join(second.folder, 'change.patch'))).toBe(true);
  });

  test('takes a branch of its own when the last pull request was closed, and goes on with that one', async () => {
    place = await world({
      turns: script(SECOND.with(0, turn(call('write_file', { path: 'NOTES.md', content: 'Notes.\n' })))),
      inputs: QUICK,
    });
    await place.run();
    const [pull] = [...place.github.state.pulls.values()];
    pull!.state = 'closed';
    const closed = await headOf(place.github, BRANCH);
    const second = await place.run(AGAIN_PLEASE);
    expectFaithful(place, second);
    expect(second.outputs).toMatchObject({ conclusion: 'pull_request', branch: `${BRANCH}-2` });
    expect(of(second, 'pushed')).toMatchObject({ parent: await headOf(place.github, 'main'), created: true });
    expect(await headOf(place.github, BRANCH)).toBe(closed);
    expect(second.events.find((event) => event.type === 'noticed' && event.kind === 'branch')).toMatchObject({
      data: { branch: `${BRANCH}-2` },
    });
  });

  test('moves the branch of a merged pull request forward and opens a new one', async () => {
    place = await world({ turns: script(), inputs: QUICK });
    await place.run();
    const [pull] = [...place.github.state.pulls.values()];
    Object.assign(pull!, { state: 'closed', merged: true });
    const merged = await headOf(place.github, BRANCH);
    await place.github.objects.setRef('refs/heads/main', merged);
    const next = await commitOn(place.github, 'main', { 'other.txt': 'other\n' });
    // No checkout of the new main: the files come over REST.
    const empty = mkdtempSync(join(tmpdir(), 'empty-'));
    const second = await place.run({ ...AGAIN_PLEASE, runner: { workspace: empty } });
    expectFaithful(place, second);
    expect(second.outputs).toMatchObject({ conclusion: 'pull_request', branch: BRANCH });
    expect(second.outputs['pull-request-number']).not.toBe(String(pull!.number));
    expect(of(second, 'pushed')).toMatchObject({ parent: next, created: false });
    rmSync(empty, { recursive: true });
  });
});

describe('a workspace without a checkout', () => {
  test('is filled from GitHub, tested and published all the same', async () => {
    place = await world({ turns: script(), inputs: QUICK, checkout: null });
    const ran = await place.run();
    expectFaithful(place, ran);
    expect(ran.outputs['conclusion']).toBe('pull_request');
    expect(of(ran, 'context_gathered').base).toMatchObject({ commit: await headOf(place.github, 'main') });
    expect(of(ran, 'context_gathered').first_message).toContain('Plain JavaScript, no dependencies.');
    expect(of(ran, 'context_gathered').first_message).toContain('The workspace held no checkout');
    expect(await place.github.objects.file(await headOf(place.github, BRANCH), 'src/sum.js')).toContain('number, 0)');
    const second = await place.run(AGAIN_PLEASE);
    expect(second.outputs).toMatchObject({ conclusion: 'pull_request', branch: BRANCH });
  });

  test('is refused with the step to add when the repository is too large to be read that way', async () => {
    const files = Object.fromEntries(Array.from({ length: 801 }, (_, index) => [`f${index}.txt`, `${index}\n`]));
    place = await world({ turns: script(), inputs: QUICK, checkout: null, github: { files } });
    const ran = await place.run();
    expect(ran.outputs['conclusion']).toBe('failed');
    expect(ran.outputs['exit-reason']).toMatch(/801 files .* actions\/checkout@v5/);
    expect(place.messages.requests.filter(({ path }) => path === '/v1/messages')).toEqual([]);
  });
});
