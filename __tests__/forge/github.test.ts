import { afterEach, describe, expect, test } from '@jest/globals';
import { ForgeError, github, type GitHub } from '../../src/forge/github.ts';
import { DEFAULT_TOKEN, type GitHubOptions, type GitHubServer, startGitHub } from '../support/github/server.ts';

let server: GitHubServer;
const warnings: string[] = [];

afterEach(async () => {
  warnings.length = 0;
  const violations = server.violations;
  await server.close();
  expect(violations).toEqual([]);
});

async function started(options: GitHubOptions = {}): Promise<GitHub> {
  server = await startGitHub({
    files: { 'README.md': '# Sample\n', 'src/a.txt': 'a\n' },
    issues: [{ number: 7, title: 'It breaks', body: 'Badly', labels: ['bug'] }],
    ...options,
  });
  return client();
}

function client(options: { token?: string; signal?: AbortSignal; apiUrl?: string; answerMs?: number } = {}): GitHub {
  const { owner, repo } = server.state;
  return github({
    token: options.token ?? DEFAULT_TOKEN,
    apiUrl: options.apiUrl ?? server.apiUrl,
    serverUrl: server.serverUrl,
    owner,
    repo,
    signal: options.signal,
    answerMs: options.answerMs,
    patience: 0.01,
    onWarning: (text) => warnings.push(text),
  });
}

const counted = (operation: string): number => server.requests.filter((request) => request.operation === operation).length;
const failure = (work: Promise<unknown>): Promise<ForgeError> =>
  work.then(
    () => {
      throw new Error('expected a ForgeError');
    },
    (error: unknown) => {
      if (!(error instanceof ForgeError)) throw error;
      return error;
    },
  );

/** A commit with one more file on top of `main`, on a branch of its own. */
async function pushed(forge: GitHub, branch: string): Promise<string> {
  const base = (await forge.branch('main'))!;
  const tree = await forge.createTree(base.tree, [{ path: 'new.txt', mode: '100644', content: 'new\n' }]);
  const { commit } = await forge.createCommit({ message: `Work on ${branch}`, tree, parents: [base.commit] });
  await forge.createRef(branch, commit);
  return commit;
}

describe('reading', () => {
  test('tells what the repository is', async () => {
    const forge = await started({ private: true, archived: true, hasIssues: false });
    expect(await forge.repository()).toMatchObject({ defaultBranch: 'main', private: true, archived: true, hasIssues: false });
  });

  test('reads permissions by the permission field, not by the name of a custom role', async () => {
    const accounts = { ada: { permission: 'read', roleName: 'maintainers' }, 'ci[bot]': { permission: 'write', type: 'Bot' } } as const;
    const forge = await started({ accounts });
    expect(await forge.permission('ada')).toEqual({ permission: 'read', userType: 'User' });
    expect(await forge.permission('ci[bot]')).toEqual({ permission: 'write', userType: 'Bot' });
    expect((await failure(forge.permission('nobody'))).kind).toBe('not_found');
  });

  test('reads branches whose names hold slashes, and answers null for one that is not there', async () => {
    const forge = await started();
    const commit = await pushed(forge, 'alchemist/deep/issue-7');
    expect(await forge.branch('alchemist/deep/issue-7')).toMatchObject({ commit });
    expect(await forge.getRef('alchemist/deep/issue-7')).toBe(commit);
    expect(await forge.branch('missing')).toBeNull();
    expect(await forge.getRef('missing')).toBeNull();
    expect(await forge.isAncestor(commit, 'alchemist/deep/issue-7')).toBe(true);
    expect(await forge.isAncestor(commit, 'main')).toBe(false);
    expect(await forge.isAncestor('f'.repeat(40), 'main')).toBe(false);
  });

  test('lists a tree with its folders opened, and reads blobs', async () => {
    const forge = await started();
    const entries = await forge.treeEntries((await forge.branch('main'))!.tree);
    expect(entries.map((entry) => entry.path)).toEqual(['README.md', 'src/a.txt']);
    expect((await forge.blob(entries[1]!.sha)).toString()).toBe('a\n');
  });

  test('reads all pages of comments, oldest first', async () => {
    const comments = Array.from({ length: 230 }, (_, index) => ({ body: `remark ${index}`, login: 'ada', association: 'MEMBER' }));
    const forge = await started({ issues: [{ number: 7, title: 'Long', comments }] });
    const read = await forge.comments(7);
    expect(read.map((comment) => comment.body)).toEqual(comments.map((comment) => comment.body));
    expect(read[0]).toMatchObject({ author: 'ada', authorType: 'User', association: 'MEMBER' });
    expect(counted('issues/list-comments')).toBe(3);
  });

  test('works below the path of Enterprise Server', async () => {
    await started();
    const forge = client({ apiUrl: `${server.apiUrl}/api/v3` });
    expect(await forge.issue(7)).toMatchObject({ number: 7, title: 'It breaks', body: 'Badly', labels: ['bug'], isPullRequest: false });
    expect(forge.runUrl(5)).toBe(`${server.serverUrl}/octo-org/sample/actions/runs/5`);
  });
});

describe('talking', () => {
  test('creates and updates comments, reacts and labels', async () => {
    const forge = await started();
    const { id } = await forge.createComment(7, 'hello');
    await forge.updateComment(id, 'hello again');
    await forge.reactToIssue(7, 'eyes');
    await forge.reactToComment(id, 'rocket');
    await forge.reactToComment(id, 'rocket');
    await forge.addLabels(7, ['alchemist']);
    expect((await forge.comment(id)).body).toBe('hello again');
    expect(server.state.reactions.map((reaction) => reaction.content)).toEqual(['eyes', 'rocket']);
    expect(server.state.issues.get(7)!.labels).toEqual(['bug', 'alchemist']);
  });

  test('posts a comment once when the gateway gives up after it arrived', async () => {
    const forge = await started({ faults: [{ operation: 'issues/create-comment', status: 502, afterEffect: true }] });
    const comment = await forge.createComment(7, 'only once');
    expect([...server.state.comments.values()].map(({ id, body }) => ({ id, body }))).toEqual([{ id: comment.id, body: 'only once' }]);
    expect(counted('issues/create-comment')).toBe(1);
  });

  test('posts a comment again when it did not arrive', async () => {
    const forge = await started({ faults: [{ operation: 'issues/create-comment', reset: true, times: 2 }] });
    await forge.createComment(7, 'arrives');
    expect(server.state.comments.size).toBe(1);
    expect(counted('issues/create-comment')).toBe(3);
  });

  test.each([
    ['locked', { locked: true }, 'forbidden', /locked/],
    ['deleted', { deleted: true }, 'not_found', /deleted/],
  ] as const)('says that the issue is %s', async (_name, facts, kind, words) => {
    const forge = await started({ issues: [{ number: 7, title: 'Gone', ...facts }] });
    const error = await failure(forge.createComment(7, 'hello'));
    expect(error.kind).toBe(kind);
    expect(error.message).toMatch(words);
  });

  test('says that issues are disabled', async () => {
    const forge = await started({ hasIssues: false });
    expect((await failure(forge.issue(7))).message).toMatch(/Issues are disabled/);
  });
});

describe('failures', () => {
  test('retries a burst of 5xx and gives up after three retries', async () => {
    const forge = await started({ faults: [{ operation: 'repos/get', status: 503, times: 3 }] });
    await forge.repository();
    expect(counted('repos/get')).toBe(4);
    server.inject({ operation: 'repos/get', status: 502, times: 9 });
    const error = await failure(forge.repository());
    expect(error).toMatchObject({ kind: 'unavailable', status: 502 });
    expect(counted('repos/get')).toBe(8);
  });

  test('waits as long as a secondary rate limit says, writes too', async () => {
    const slow = { message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.' };
    const forge = await started({
      faults: [{ operation: 'issues/create-comment', status: 403, body: slow, headers: { 'retry-after': '3' } }],
    });
    await forge.createComment(7, 'later');
    expect(server.state.comments.size).toBe(1);
    expect(warnings).toEqual(["GitHub's rate limit: waiting 3 s before the next try."]);
  });

  test('does not wait for hours', async () => {
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Math.floor(Date.now() / 1000) + 3000) };
    const forge = await started({
      faults: [{ operation: 'repos/get', status: 403, headers, body: { message: 'API rate limit exceeded' } }],
    });
    expect(await failure(forge.repository())).toMatchObject({ kind: 'unavailable', message: expect.stringContaining('rate limit') });
    expect(counted('repos/get')).toBe(1);
  });

  test('says that the token is bad, without showing it', async () => {
    await started();
    const error = await failure(client({ token: 'ghs_wrong' }).repository());
    expect(error).toMatchObject({ kind: 'unauthorized', message: expect.stringContaining('github-token') });
    expect(`${error.message} ${error.stack}`).not.toContain('ghs_wrong');
  });

  test('names the permission that is missing and the lines that give it', async () => {
    const tokens = { weak: { login: 'github-actions[bot]', kind: 'actions', permissions: { contents: 'read', issues: 'write' } } } as const;
    await started({ tokens });
    const error = await failure(client({ token: 'weak' }).createBlob(Buffer.from('x')));
    expect(error.kind).toBe('forbidden');
    expect(error.message).toContain('lacks the permission contents: write');
    expect(error.message).toContain('permissions:\n  contents: write\n  issues: write\n  pull-requests: write');
    expect(counted('git/create-blob')).toBe(1);
  });

  test('says that a changed workflow file needs a token that the job does not have', async () => {
    const forge = await started();
    const base = (await forge.branch('main'))!;
    const tree = await forge.createTree(base.tree, [{ path: '.github/workflows/ci.yml', mode: '100644', content: 'on: push\n' }]);
    const { commit } = await forge.createCommit({ message: 'CI', tree, parents: [base.commit] });
    const error = await failure(forge.createRef('work', commit));
    expect(error.message).toContain('lacks the permission contents: write.');
    expect(error.message).toContain('A change of .github/workflows needs workflows: write as well');
  });

  test.each([['at once'], ['half way']] as const)('gives up on a server that falls silent %s, after a second try', async (silent) => {
    await started({ faults: [{ path: /./, silent, times: 99 }] });
    const forge = client({ answerMs: 1_000 });
    const calls = {
      permission: forge.permission('ada'),
      lock: forge.reference('alchemist/lock/issue-7'),
      commit: forge.createCommit({ message: 'm', tree: 'f'.repeat(40), parents: [] }),
      comment: forge.createComment(7, 'hello'),
      pages: forge.comments(7),
    };
    // Without a limit of its own none of them would ever end.
    for (const error of await Promise.all(Object.values(calls).map(failure)))
      expect(error).toMatchObject({
        kind: 'unavailable',
        message: expect.stringMatching(/not available \(no answer within 1 s\); run again later/),
      });
    expect(counted('repos/get-collaborator-permission-level')).toBe(2);
  });

  test('waits for an answer that begins late, and for one that is retried', async () => {
    await started({
      faults: [
        { operation: 'repos/get', delayMs: 200 },
        { operation: 'issues/get', silent: 'at once' },
      ],
    });
    const forge = client({ answerMs: 5_000 });
    expect((await forge.repository()).defaultBranch).toBe('main');
    expect((await client({ answerMs: 1_000 }).issue(7)).number).toBe(7);
  });

  test('stops at once when the run is cancelled, in the middle of a pause between retries', async () => {
    const controller = new AbortController();
    await started({ faults: [{ operation: 'repos/get', status: 503, times: 9 }] });
    const { owner, repo } = server.state;
    const forge = github({
      token: DEFAULT_TOKEN,
      apiUrl: server.apiUrl,
      serverUrl: server.serverUrl,
      owner,
      repo,
      signal: controller.signal,
      // The pause that is interrupted lasts 20 s.
      patience: 20,
      onWarning: () => undefined,
    });
    const before = Date.now();
    const reading = forge.repository();
    setTimeout(() => {
      controller.abort(new Error('cancelled by a person'));
    }, 150);
    await expect(reading).rejects.toThrow('cancelled by a person');
    expect(Date.now() - before).toBeLessThan(10_000);
  });
});

describe('writing', () => {
  test('a commit of the job token is signed by GitHub, one of a personal token is not', async () => {
    const tokens = {
      job: { login: 'github-actions[bot]', kind: 'actions', permissions: { contents: 'write' } },
      person: { login: 'ada', kind: 'pat', permissions: { contents: 'write' } },
    } as const;
    await started({ tokens });
    const { commit, tree } = (await client({ token: 'job' }).branch('main'))!;
    for (const [token, verified] of [
      ['job', true],
      ['person', false],
    ] as const) {
      const made = await client({ token }).createCommit({ message: `By ${token}`, tree, parents: [commit] });
      expect(made.verified).toBe(verified);
      expect(await client({ token }).commit(made.commit)).toEqual(made);
    }
  });

  test('deletes, changes modes and nests', async () => {
    const forge = await started();
    const { tree } = (await forge.branch('main'))!;
    const script = await forge.createBlob(Buffer.from([0xff, 0x00]));
    const changed = await forge.createTree(tree, [
      { path: 'README.md', mode: '100644', sha: null },
      { path: 'bin/run', mode: '100755', sha: script },
      { path: 'src/link', mode: '120000', content: 'a.txt' },
    ]);
    expect((await forge.treeEntries(changed)).map(({ path, mode }) => `${mode} ${path}`)).toEqual([
      '100755 bin/run',
      '100644 src/a.txt',
      '120000 src/link',
    ]);
  });

  test('never moves a branch in a way that loses a commit', async () => {
    const forge = await started();
    await pushed(forge, 'work');
    const main = (await forge.branch('main'))!;
    expect((await failure(forge.updateRef('work', main.commit))).kind).toBe('conflict');
    expect((await failure(forge.createRef('work', main.commit))).kind).toBe('conflict');
  });

  test('creating a branch twice with the same commit is the same as once', async () => {
    const forge = await started({ faults: [{ operation: 'git/create-ref', status: 500, afterEffect: true }] });
    const commit = await pushed(forge, 'work');
    expect(await forge.getRef('work')).toBe(commit);
    expect(counted('git/create-ref')).toBe(2);
  });
});

describe('pull requests', () => {
  const wanted = { title: 'Fix it', body: 'Because', head: 'work', base: 'main', draft: true };

  test('opens, finds, updates and asks for a review', async () => {
    const forge = await started();
    await pushed(forge, 'work');
    expect(await forge.findOpenPullRequest('work')).toBeNull();
    const created = await forge.createPullRequest(wanted);
    if (created.kind !== 'created') throw new Error(created.kind);
    expect(created.pull).toMatchObject({
      draft: true,
      title: 'Fix it',
      author: 'github-actions[bot]',
      url: `${server.serverUrl}/octo-org/sample/pull/${created.pull.number}`,
    });
    await forge.updatePullRequest(created.pull.number, { title: 'Fix it well' });
    await forge.requestReviewers(created.pull.number, ['maintainer']);
    expect(await forge.findOpenPullRequest('work', 'main')).toMatchObject({ number: created.pull.number, title: 'Fix it well' });
    expect(server.state.pulls.get(created.pull.number)!.reviewers).toEqual(['maintainer']);
    expect((await forge.issue(created.pull.number)).isPullRequest).toBe(true);
  });

  test('opens one pull request when the gateway gives up after it was opened', async () => {
    const forge = await started({ faults: [{ operation: 'pulls/create', status: 504, afterEffect: true }] });
    await pushed(forge, 'work');
    expect((await forge.createPullRequest(wanted)).kind).toBe('already_exists');
    expect(server.state.pulls.size).toBe(1);
    expect(counted('pulls/create')).toBe(1);
  });

  test.each([
    ['drafts are not supported', { draftsSupported: false }, 'drafts_not_supported', /Draft pull requests are not supported/],
    ['Actions may not open pull requests', { actionsMayOpenPullRequests: false }, 'not_permitted', /settings\/actions/],
  ] as const)('says as a typed answer that %s', async (_name, options, kind, words) => {
    const forge = await started(options);
    await pushed(forge, 'work');
    const result = await forge.createPullRequest(wanted);
    expect(result).toMatchObject({ kind, error: { message: expect.stringMatching(words) } });
  });

  test('answers with the pull request that is there already', async () => {
    const forge = await started();
    await pushed(forge, 'work');
    const first = await forge.createPullRequest(wanted);
    const second = await forge.createPullRequest(wanted);
    expect(first.kind).toBe('created');
    expect(second).toEqual({ ...first, kind: 'already_exists' });
  });

  test.each([
    ['a branch without a commit of its own', { head: 'main' }, /No commits between main and main/],
    ['a branch that is not there', { head: 'missing' }, /head invalid/],
    ['a text of 65,537 characters', { body: 'x'.repeat(65_537) }, /too long/],
  ])('says why it was refused: %s', async (_name, change, words) => {
    const forge = await started();
    await pushed(forge, 'work');
    const error = await failure(forge.createPullRequest({ ...wanted, ...change }));
    expect(error).toMatchObject({ kind: 'unprocessable', message: expect.stringMatching(words) });
  });
});
