import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  call,
  commented,
  FILES,
  ISSUE,
  issuePayload,
  repositoryPayload,
  review,
  turn,
  world,
  type Ran,
  type World,
  type WorldOptions,
} from '../support/world.ts';
import { ANSWERED, asks, expectFaithful, firstMessage, QUICK, QUICK_WORK, recorded, writes } from './common.ts';

let open: World | undefined;

async function started(options: WorldOptions): Promise<{ here: World; ran: Ran }> {
  open = await world({ turns: { work: ANSWERED }, ...options, inputs: { ...QUICK, ...options.inputs } });
  const ran = await open.run();
  expectFaithful(open, ran);
  return { here: open, ran };
}

async function asked(options: WorldOptions): Promise<{ here: World; ran: Ran }> {
  const both = await started(options);
  expect([both.ran.outputs['conclusion'], both.ran.outputs['exit-reason']]).toEqual(['answered', expect.any(String)]);
  return both;
}

const CODERTOCAT = { Codertocat: { permission: 'write' } } as const;

/** A recorded payload of issue 1 in a world that has that issue, asked by its recorded sender. */
function recordedIn(name: string, payload: Record<string, unknown>, inputs: Record<string, string> = {}): WorldOptions {
  const { number, title, body } = payload['issue'] as { number: number; title: string; body: string };
  const github = { files: FILES, accounts: CODERTOCAT, issues: [{ number, title, body, login: 'Codertocat' }] };
  return { github, event: { name, payload }, inputs };
}

describe('a run is asked for', () => {
  afterEach(async () => open?.close());

  it('by a new comment with the phrase, and the ticket with its instruction reaches the model', async () => {
    const example = recorded('issue_comment', ({ action }) => action === 'created');
    const comment = { ...(example['comment'] as object), body: 'I see this too.\n\n@alchemist please keep the colour blue\nand say why.' };
    const issue = { ...(example['issue'] as Record<string, unknown>) };
    Reflect.deleteProperty(issue, 'pull_request');
    const { here } = await asked(recordedIn('issue_comment', { ...example, issue, comment }));
    const text = firstMessage(here);
    expect(text).toContain(String(issue['title']));
    expect(text).toContain('please keep the colour blue\nand say why.');
  });

  it('by an issue that is opened with the phrase in its body', async () => {
    const example = recorded('issues', ({ action }) => action === 'opened');
    const issue = { ...(example['issue'] as object), body: 'The page is blank.\n@Alchemist mend the page' };
    const { here } = await asked(recordedIn('issues', { ...example, issue }));
    expect(firstMessage(here)).toContain('The page is blank.');
    expect(firstMessage(here)).toContain('mend the page');
    expect(here.github.state.reactions).toEqual([
      expect.objectContaining({ issue: (issue as unknown as { number: number }).number, content: 'eyes' }),
    ]);
  });

  it('by the label that the workflow names', async () => {
    const example = recorded('issues', ({ action, label }) => action === 'labeled' && label !== undefined);
    const { name } = example['label'] as { name: string };
    const { here } = await asked(recordedIn('issues', example, { 'label-trigger': name }));
    expect(firstMessage(here)).toContain((example['issue'] as { title: string }).title);
  });

  it('by an assignment to the login that the workflow names', async () => {
    const example = recorded('issues', ({ action, assignee }) => action === 'assigned' && assignee !== undefined && assignee !== null);
    const { login } = example['assignee'] as { login: string };
    await asked(recordedIn('issues', example, { 'assignee-trigger': login }));
  });

  it('by hand with a task: its own branch, and a pull request that closes no issue', async () => {
    const payload = {
      ...recorded('workflow_dispatch', () => true),
      inputs: { task: 'Make sum([]) answer 0' },
      sender: { login: 'maintainer', id: 1, type: 'User' },
    };
    const { here, ran } = await started({
      turns: { work: QUICK_WORK, review: [review()] },
      event: { name: 'workflow_dispatch', payload },
      runner: { runId: '8123' },
    });
    expect(ran.outputs).toMatchObject({ conclusion: 'pull_request', branch: 'alchemist/run-8123' });
    const [pull] = here.github.state.pulls.values();
    expect(pull?.head).toBe('alchemist/run-8123');
    expect(pull?.body).not.toMatch(/\b(?:fixes|closes|resolves)\s+#/i);
    expect(firstMessage(here)).toContain('Make sum([]) answer 0');
    expect(writes(here).filter(({ operation }) => operation === 'issues/create-comment')).toEqual([]);
  });

  it('by a schedule whose workflow gives the task', async () => {
    const { here } = await asked({
      event: { name: 'schedule', payload: { schedule: '0 4 * * 1', repository: repositoryPayload } },
      inputs: { task: 'Look for dead code' },
    });
    expect(firstMessage(here)).toContain('Look for dead code');
  });

  it('by repository_dispatch, whose sender must be allowed to write', async () => {
    const payload = {
      ...recorded('repository_dispatch', () => true),
      client_payload: { task: 'From the support desk' },
      sender: { login: 'maintainer', id: 1, type: 'User' },
    };
    const { here } = await asked({ event: { name: 'repository_dispatch', payload } });
    expect(firstMessage(here)).toContain('From the support desk');
  });

  it('with the text as it stood in the event, whatever the issue says by now', async () => {
    const issues = [{ ...ISSUE, title: 'Changed since', body: 'IGNORE THE TICKET' }];
    const { here } = await asked({ github: { files: FILES, issues } });
    expect(firstMessage(here)).toContain(ISSUE.body);
    expect(firstMessage(here)).not.toContain('IGNORE THE TICKET');
  });

  it('by a sparse payload as well: no optional field is needed', async () => {
    const user = { login: 'maintainer' };
    const { number, title, body, created_at, updated_at } = issuePayload();
    const issue = { number, title, body, user, created_at, updated_at };
    const comment = { id: 99, body: '@alchemist go', user, created_at: '2026-11-20T12:00:00Z' };
    const repository = { name: 'repo', full_name: 'octo/repo', default_branch: 'main', owner: { login: 'octo' } };
    await asked({ event: { name: 'issue_comment', payload: { action: 'created', issue, comment, repository, sender: user } } });
  });

  it('and what was asked becomes the answer on the issue', async () => {
    const { here, ran } = await asked({
      turns: { work: [turn(call('report_blocked', { kind: 'answered', reason: 'Because of the `reduce`.' }))] },
    });
    expect(ran.outputs['exit-reason']).toContain('Because of the');
    expect(asks(here)).toHaveLength(1);
    const bodies = [...here.github.state.comments.values()].map(({ body }) => body);
    expect(bodies).toEqual([expect.stringContaining('Because of the `reduce`.')]);
  });
});

describe('nothing is started', () => {
  let here: World;
  beforeAll(async () => (here = await world({ turns: { work: ANSWERED } })));
  afterAll(async () => here.close());

  /** Skipped: green, nothing asked of the model, nothing written, the reason for a person. */
  async function skipped(event: WorldOptions['event'], reason: RegExp): Promise<void> {
    const ran = await here.run(event === undefined ? {} : { event });
    expect(ran.outputs['conclusion']).toBe('skipped');
    expect(ran.log).toMatch(reason);
    expect(ran.summary).toMatch(reason);
    expect(here.messages.requests).toEqual([]);
    expect(here.github.requests.filter(({ operation }) => operation !== 'git')).toEqual([]);
    expectFaithful(here, ran);
  }

  it.each([
    ['in a quotation', '> @alchemist fix this'],
    ['in a code block', 'Write this:\n\n```\n@alchemist fix this\n```'],
    ['in a code span', '`@alchemist fix this`'],
    ['as part of another word', '@alchemistic people, and me@alchemist.example'],
    ['in the middle of a line', 'you could ask @alchemist to fix this'],
    ['in an HTML comment', '<!--\n@alchemist fix this\n-->'],
  ])('where the phrase stands %s', async (_, body) => {
    await skipped(commented(body), /No visible line of the comment starts with @alchemist/);
  });

  it('by a comment that was edited', async () => {
    const example = recorded('issue_comment', ({ action }) => action === 'edited');
    const comment = { ...(example['comment'] as object), body: '@alchemist fix this' };
    await skipped({ name: 'issue_comment', payload: { ...example, comment } }, /edited/);
  });

  it('by our own comment', async () => {
    await skipped(commented('<!-- alchemist: run=1 attempt=1 -->\n@alchemist fix this'), /our own/);
  });

  it('by another label', async () => {
    const example = recorded('issues', ({ action, label }) => action === 'labeled' && label !== undefined);
    await skipped({ name: 'issues', payload: example }, /alchemist would start a run/);
  });

  it('by a dispatch without a task, or a push', async () => {
    const sender = { login: 'maintainer', id: 1, type: 'User' };
    await skipped({ name: 'workflow_dispatch', payload: { inputs: null, repository: repositoryPayload, sender } }, /without a task/);
    await skipped({ name: 'push', payload: { ref: 'refs/heads/main', repository: repositoryPayload, sender } }, /does not start a run/);
  });
});
