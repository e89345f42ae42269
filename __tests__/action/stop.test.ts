import { afterEach, describe, expect, test } from '@jest/globals';
import { addComment, type GitHubServer } from '../support/github/server.ts';
import type { Running } from '../support/runner.ts';
import { call, commented, FIX, turn, world, type World } from '../support/world.ts';
import { expectFaithful, QUICK } from './common.ts';

let place: World | undefined;
afterEach(async () => {
  await place?.close();
  place = undefined;
});

/** One edit, then a model that thinks for a long time. */
const SLOW = [turn(FIX), { ...turn(call('report_blocked', { kind: 'answered', reason: 'Late.' })), delayMs: 60_000 }];
/** The same with a model that answers after a few looks for a stop. */
const SLOWISH = [turn(FIX), { ...turn(call('report_blocked', { kind: 'answered', reason: 'It is so by design.' })), delayMs: 5_000 }];

const written = ({ requests }: GitHubServer): string[] =>
  requests
    .filter(({ method, operation }) => method !== 'GET' && !/^(git|artifact|blob)$/.test(operation))
    .map(({ operation }) => operation);

function remark(github: GitHubServer, body: string, login: string, edited = false): void {
  const at = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const later = new Date(Date.now() + 5_000).toISOString().replace(/\.\d+Z$/, 'Z');
  addComment(github.state, { issue: 7, body, login, association: 'MEMBER', created_at: at, updated_at: edited ? later : at });
}

/** Once the edit is made, does something, and answers when it was done. */
const onceEdited = (work: (place: World) => unknown): ((running: Running) => Promise<void>) => {
  return async (running) => {
    await running.logged(/edit_file/);
    await work(place!);
  };
};

describe('@alchemist stop', () => {
  test('ends the run under way within seconds, cancelled, with its work kept', async () => {
    place = await world({ turns: SLOW, inputs: QUICK });
    let said = 0;
    const ran = await place.run({
      runner: {
        during: onceEdited(({ github }) => {
          remark(github, 'Thanks, but:\n\n@alchemist stop', 'maintainer');
          said = Date.now();
        }),
      },
    });
    expect(Date.now() - said).toBeLessThan(25_000);
    expectFaithful(place, ran);
    expect(ran.outputs).toMatchObject({
      conclusion: 'cancelled',
      'exit-reason': 'Stopped: maintainer asked for it in a comment. What was done so far is in the artifact.',
    });
    const comment = [...place.github.state.comments.values()].find(({ body }) => body.startsWith('<!-- alchemist'));
    expect(comment?.body).toContain('change.patch');
    expect(comment?.body).not.toContain('is working');
    expect(place.github.artifacts).toHaveLength(1);
  });

  test('is not for those who may not ask, nor for what was edited, said before or written in our name', async () => {
    place = await world({
      turns: SLOWISH,
      inputs: QUICK,
      github: { accounts: { maintainer: { permission: 'write' }, reader: { permission: 'read' } } },
    });
    // Numbers of comments grow: this one stood there before the run was asked for.
    addComment(place.github.state, {
      id: 5,
      issue: 7,
      body: '@alchemist stop',
      login: 'maintainer',
      association: 'MEMBER',
      created_at: '2026-11-20T09:00:00Z',
      updated_at: '2026-11-20T09:00:00Z',
    });
    const ran = await place.run({
      runner: {
        during: onceEdited(({ github }) => {
          remark(github, '@alchemist stop', 'reader');
          remark(github, '@alchemist stop', 'nobody');
          remark(github, '@alchemist stop', 'maintainer', true);
          remark(github, '> @alchemist stop', 'maintainer');
          remark(github, '@alchemist stop using reduce here', 'maintainer');
          remark(github, '<!-- alchemist: stop -->', 'reader');
        }),
      },
    });
    expect(ran.outputs['conclusion']).toBe('answered');
    expect(place.github.requests.filter(({ operation }) => operation === 'issues/list-comments').length).toBeGreaterThan(1);
  });

  test('starts no agent: it tells the run under way where that cannot read the comment, and writes nothing where it can', async () => {
    place = await world({ turns: SLOW, inputs: QUICK });
    const { github } = place;
    const stop = { event: commented('@alchemist stop'), runner: { runId: '4712' } };
    const idle = await place.run(stop);
    expect(idle.outputs).toMatchObject({ conclusion: 'skipped', 'exit-reason': expect.stringMatching(/nothing to stop/) });
    expect(written(github)).toEqual([]);
    let second: Awaited<ReturnType<World['run']>> | undefined;
    const first = await place.run({ runner: { during: onceEdited(async ({ run }) => void (second = await run(stop))) } });
    // The payload's comment is not among the issue's: it was deleted at once, say.
    expect(second?.outputs['conclusion']).toBe('answered');
    expect(first.outputs['conclusion']).toBe('cancelled');
    expect(place.messages.requests.filter(({ path }) => path === '/v1/messages')).toHaveLength(2);

    const before = written(github).length;
    const progress = [...github.state.comments.values()].find(({ body }) => body.startsWith('<!-- alchemist: run'))!;
    progress.body = `<!-- alchemist: run=4713 attempt=1 -->\n**Alchemist is working** · 1 turn`;
    addComment(github.state, {
      id: 99,
      issue: 7,
      body: '@alchemist stop',
      login: 'maintainer',
      association: 'MEMBER',
      created_at: '2026-11-20T12:00:00Z',
      updated_at: '2026-11-20T12:00:00Z',
    });
    const seen = await place.run(stop);
    expect(seen.outputs).toMatchObject({ conclusion: 'skipped', 'exit-reason': expect.stringMatching(/reads the comment itself/) });
    expect(written(github)).toHaveLength(before);
  });
});
