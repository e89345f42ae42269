import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { MalformedEvent, readEvent, type Asked, type Triggers } from '../../src/ticket/event.ts';

type Json = Record<string, unknown>;
const webhooks = createRequire(import.meta.url)('@octokit/webhooks-examples') as readonly Readonly<{
  name: string;
  examples: readonly Json[];
}>[];
const triggers: Triggers = { phrase: '@alchemist', label: 'alchemist', assignee: 'alchemist-helper', task: '' };

/** A copy of a real payload of GitHub's, with some fields set by dotted path. */
function payload(name: string, fits: (example: Json) => boolean, fields: Json = {}): Json {
  const example = webhooks.find((webhook) => webhook.name === name)?.examples.find(fits);
  if (!example) throw new Error(`no such ${name} payload`);
  const copy = structuredClone(example);
  for (const [path, value] of Object.entries(fields)) {
    const names = path.split('.');
    const last = names.pop() as string;
    let at = copy;
    for (const part of names) at = (at[part] ??= {}) as Json;
    if (value === undefined) delete at[last];
    else at[last] = value;
  }
  return copy;
}

const action = (name: string) => (example: Json) => example['action'] === name;
const comment = (body: string, fields: Json = {}): Json => payload('issue_comment', action('created'), { 'comment.body': body, ...fields });
const issue = (name: string, fields: Json = {}): Json => payload('issues', action(name), fields);

describe('readEvent', () => {
  it('takes a new comment that starts a line with the phrase, with all that the run needs to know', () => {
    const asked = readEvent('issue_comment', comment('@alchemist fix the typo\nand test it', { 'sender.login': 'someone' }), triggers);
    expect(asked).toEqual({
      kind: 'asked',
      source: 'issue_comment',
      number: 1,
      title: 'Spelling error in the README file',
      body: "It looks like you accidently spelled 'commit' with two 't's.",
      instruction: 'fix the typo\nand test it',
      author: 'Codertocat',
      askedBy: 'someone',
      askedByType: 'User',
      commentId: 492700400,
      url: 'https://github.com/Codertocat/Hello-World/issues/1#issuecomment-492700400',
      askedAt: '2019-05-15T15:20:21Z',
      createdAt: '2019-05-15T15:20:21Z',
      updatedAt: '2019-05-15T15:20:21Z',
      defaultBranch: 'master',
      closed: false,
      locked: false,
    });
  });

  it('never starts on an edited or deleted comment, whatever it says now', () => {
    for (const name of ['edited', 'deleted']) {
      const event = payload('issue_comment', action(name), { 'comment.body': '@alchemist fix it' });
      expect(readEvent('issue_comment', event, triggers)).toMatchObject({ kind: 'not_for_us', reason: expect.stringContaining(name) });
    }
  });

  it('skips a comment without the phrase, and says what would have counted', () => {
    expect(readEvent('issue_comment', comment('> @alchemist fix it'), triggers)).toMatchObject({
      kind: 'not_for_us',
      reason: expect.stringContaining('@alchemist'),
    });
  });

  it('never starts itself: a text with its own marker does not count', () => {
    expect(readEvent('issue_comment', comment('<!-- alchemist run=1 -->\n@alchemist again'), triggers)).toMatchObject({
      kind: 'not_for_us',
    });
    expect(readEvent('issues', issue('opened', { 'issue.body': '<!-- alchemist -->\n\n@alchemist again' }), triggers)).toMatchObject({
      kind: 'not_for_us',
    });
  });

  it('skips a comment on a pull request and says where to write instead', () => {
    const event = comment('@alchemist fix it', { 'issue.pull_request': { url: 'x' } });
    expect(readEvent('issue_comment', event, triggers)).toMatchObject({
      kind: 'not_for_us',
      reason: expect.stringContaining('comment on the issue'),
    });
  });

  it('takes an opened issue whose body calls it', () => {
    const asked = readEvent('issues', issue('opened', { 'issue.body': 'It breaks.\n\n@alchemist please fix' }), triggers) as Asked;
    expect([asked.kind, asked.source, asked.instruction, asked.commentId]).toEqual(['asked', 'issue', 'please fix', undefined]);
    expect(readEvent('issues', issue('opened'), triggers)).toMatchObject({ kind: 'not_for_us' });
  });

  it('takes the label that was added now, in any case of letters, and not one that was there before', () => {
    const labels = [{ name: 'alchemist' }, { name: 'bug' }];
    expect(readEvent('issues', issue('labeled', { 'label.name': 'Alchemist' }), triggers)).toMatchObject({
      kind: 'asked',
      instruction: '',
    });
    expect(readEvent('issues', issue('labeled', { 'label.name': 'bug', 'issue.labels': labels }), triggers)).toMatchObject({
      kind: 'not_for_us',
    });
  });

  it('takes an assignment to the named login, and none where no login is named', () => {
    const event = issue('assigned', { 'assignee.login': 'Alchemist-Helper' });
    expect(readEvent('issues', event, triggers)).toMatchObject({ kind: 'asked' });
    expect(readEvent('issues', event, { ...triggers, assignee: '' })).toMatchObject({ kind: 'not_for_us' });
    expect(readEvent('issues', issue('assigned'), triggers)).toMatchObject({ kind: 'not_for_us' });
  });

  it('dates a request by the label or assignee that made it, and not by the age of the issue', () => {
    const fields = {
      'issue.created_at': '2020-01-01T00:00:00Z',
      'issue.updated_at': '2026-01-01T00:00:00Z',
      'issue.body': '@alchemist go',
    };
    expect(readEvent('issues', issue('opened', fields), triggers)).toMatchObject({ askedAt: '2020-01-01T00:00:00Z' });
    expect(readEvent('issues', issue('labeled', { ...fields, 'label.name': 'alchemist' }), triggers)).toMatchObject({
      askedAt: '2026-01-01T00:00:00Z',
    });
    expect(readEvent('issues', issue('assigned', { ...fields, 'assignee.login': 'alchemist-helper' }), triggers)).toMatchObject({
      askedAt: '2026-01-01T00:00:00Z',
    });
  });

  it('tells a closed or locked issue, and an author whose account is gone', () => {
    const asked = readEvent(
      'issue_comment',
      comment('@alchemist x', { 'issue.state': 'closed', 'issue.locked': true, 'issue.user': null, 'issue.body': null }),
      triggers,
    );
    expect(asked).toMatchObject({ closed: true, locked: true, author: 'ghost', body: '' });
  });

  it.each(['edited', 'unlabeled', 'unassigned', 'reopened', 'transferred', 'pinned'])('skips an issue that was %s', (name) => {
    expect(readEvent('issues', issue(name, { 'issue.body': '@alchemist fix' }), triggers)).toMatchObject({
      kind: 'not_for_us',
      reason: expect.stringContaining(name),
    });
  });

  it('takes a task from the input first, then from the dispatch', () => {
    const dispatch = payload('workflow_dispatch', () => true, { 'inputs.task': 'Rename foo to bar\nin all files' });
    expect(readEvent('workflow_dispatch', dispatch, triggers)).toMatchObject({
      kind: 'asked',
      source: 'workflow_dispatch',
      title: 'Rename foo to bar',
      instruction: 'Rename foo to bar\nin all files',
      askedByType: 'User',
      defaultBranch: 'main',
    });
    expect(readEvent('workflow_dispatch', dispatch, { ...triggers, task: 'Another' })).toMatchObject({ instruction: 'Another' });
    const slack = payload('repository_dispatch', () => true, { 'client_payload.task': 'From chat' });
    expect(readEvent('repository_dispatch', slack, triggers)).toMatchObject({
      kind: 'asked',
      source: 'repository_dispatch',
      title: 'From chat',
    });
  });

  it('takes a schedule with a task, asked by the actor', () => {
    const asked = readEvent(
      'schedule',
      { schedule: '0 5 * * 1' },
      { ...triggers, task: 'Update the table' },
      { actor: 'octocat', defaultBranch: 'main' },
    );
    expect(asked).toMatchObject({ kind: 'asked', source: 'schedule', askedBy: 'octocat', askedByType: '', defaultBranch: 'main' });
  });

  it.each(['workflow_dispatch', 'repository_dispatch', 'schedule'])('skips %s without a task', (name) => {
    const event = name === 'schedule' ? { schedule: '0 5 * * 1' } : payload(name, () => true);
    expect(readEvent(name, event, triggers)).toMatchObject({ kind: 'not_for_us', reason: expect.stringContaining('task') });
  });

  it('refuses events that would run with secrets on what strangers propose', () => {
    const own = payload('pull_request', action('opened'));
    expect(readEvent('pull_request_target', own, triggers)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('pull_request_target'),
    });
    expect(
      readEvent(
        'workflow_run',
        payload('workflow_run', () => true),
        triggers,
      ),
    ).toMatchObject({ kind: 'refused' });
    expect(readEvent('pull_request', own, triggers)).toMatchObject({ kind: 'not_for_us' });
    const fork = payload('pull_request', action('opened'), { 'pull_request.head.repo.full_name': 'stranger/Hello-World' });
    expect(readEvent('pull_request', fork, triggers)).toMatchObject({ kind: 'refused', reason: expect.stringContaining('fork') });
    const gone = payload('pull_request', action('opened'), { 'pull_request.head.repo': null });
    expect(readEvent('pull_request', gone, triggers)).toMatchObject({ kind: 'refused' });
  });

  it('skips every other event of GitHub and names those that start a run', () => {
    const others = webhooks.filter(
      ({ name }) => !/^(?:issue_comment|issues|pull_request.*|workflow_run|workflow_dispatch|repository_dispatch)$/.test(name),
    );
    expect(others.length).toBeGreaterThan(30);
    for (const { name, examples } of others) {
      expect(readEvent(name, examples[0], triggers)).toMatchObject({
        kind: 'not_for_us',
        reason: expect.stringContaining('issue_comment'),
      });
    }
  });

  it.each([
    ['issue_comment', null, 'the payload'],
    ['issue_comment', [], 'the payload'],
    ['issue_comment', {}, 'action'],
    ['issue_comment', comment('@alchemist x', { 'issue.number': '1' }), 'issue.number'],
    ['issue_comment', comment('@alchemist x', { 'comment.id': undefined }), 'comment.id'],
    ['issue_comment', comment('@alchemist x', { 'comment.body': 7 }), 'comment.body'],
    ['issue_comment', comment('@alchemist x', { sender: undefined }), 'sender.login'],
    ['issues', issue('labeled', { label: undefined }), 'label.name'],
    ['repository_dispatch', payload('repository_dispatch', () => true, { 'client_payload.task': { a: 1 } }), 'client_payload.task'],
  ])('names the field of a malformed %s payload: %#', (name, event, field) => {
    const read = (): unknown => readEvent(name, event, triggers);
    expect(read).toThrow(MalformedEvent);
    expect(read).toThrow(`${field} must be`);
  });

  it('does without times and a default branch, which GitHub can be asked for', () => {
    const event = comment('@alchemist x', {
      'comment.created_at': undefined,
      'comment.updated_at': undefined,
      'repository.default_branch': undefined,
    });
    const read = readEvent('issue_comment', event, triggers);
    expect(read).toMatchObject({ kind: 'asked', instruction: 'x', defaultBranch: undefined });
    expect(read).not.toHaveProperty('askedAt');
  });

  it('skips what concerns nobody, whole or not', () => {
    expect(readEvent('issues', issue('opened', { issue: undefined }), triggers)).toMatchObject({ kind: 'not_for_us' });
  });
});
