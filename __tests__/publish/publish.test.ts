import { afterEach, describe, expect, test } from '@jest/globals';
import { github, type GitHub } from '../../src/forge/github.ts';
import { gitBlobId, NotPublished, openPullRequest, type Proposal, type Publication, publishTree } from '../../src/publish/publish.ts';
import type { Change } from '../../src/toolhost/wire.ts';
import { DEFAULT_TOKEN, git, type GitHubOptions, type GitHubServer, type SeedFile, startGitHub } from '../support/github/server.ts';

const ZERO = '0'.repeat(40);
const BRANCH = 'alchemist/issue-7';
const MESSAGE = 'Fix it\n\nAlchemist-Run: https://github.com/o/r/actions/runs/1\nAlchemist-Transcript: sha256:00\n';
const FILES: Record<string, SeedFile> = {
  'README.md': '# Sample\n',
  'bin/run': { content: '#!/bin/sh\n', mode: '100644' },
  'gone.txt': 'bye\n',
  'folder/file.txt': 'in a folder\n',
  plain: 'a file\n',
};

let server: GitHubServer;
let forge: GitHub;
let warnings: string[];

afterEach(async () => {
  const violations = server.violations;
  await server.close();
  expect(violations).toEqual([]);
});

async function start(options: GitHubOptions = {}): Promise<void> {
  server = await startGitHub({ files: FILES, ...options });
  forge = client();
  warnings = [];
}

function client(token = DEFAULT_TOKEN): GitHub {
  const { owner, repo } = server.state;
  return github({ token, apiUrl: server.apiUrl, serverUrl: server.serverUrl, owner, repo, patience: 0.01, onWarning: () => undefined });
}

/** What the tool host would tell: the tested tree made by git in a repository of its own, and the raw difference. */
async function worked(change: Record<string, SeedFile | null>, base = 'main'): Promise<Publication & { contents: Map<string, Buffer> }> {
  const host = await startGitHub({ source: server.objects.directory });
  const parent = (await forge.branch(base))!;
  const tree = await host.objects.writeFiles(parent.tree, change);
  const changes = await rawChanges(host, parent.tree, tree);
  const contents = new Map<string, Buffer>();
  for (const { new_id: id } of changes) {
    const object = await host.objects.read(id);
    if (object) contents.set(id, object.content);
  }
  await host.close();
  return { github: forge, blob: async (id) => contents.get(id)!, changes, base: parent, tree, branch: BRANCH, message: MESSAGE, contents };
}

async function rawChanges(host: GitHubServer, from: string, to: string): Promise<Change[]> {
  const fields = (await git(host.objects.directory, ['diff-tree', '-r', '--raw', '-z', '--no-renames', '--no-abbrev', from, to]))
    .toString()
    .split('\0');
  const changes: Change[] = [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [oldMode, newMode, oldId, newId, status] = fields[index]!.slice(1).split(' ');
    changes.push({
      path: fields[index + 1]!,
      status: status as Change['status'],
      old_mode: oldMode!,
      new_mode: newMode!,
      old_id: oldId!,
      new_id: newId!,
      size: 0,
      filtered: false,
      binary: false,
    });
  }
  return changes;
}

const posted = (operation: string): number => server.requests.filter((request) => request.operation === operation).length;

describe('publishing a tree', () => {
  test('makes one signed commit whose tree is the tested one, of every shape of change', async () => {
    await start();
    const publication = await worked({
      'README.md': '# Sample\r\nmixed\n\ufeffend',
      'bin/run': { content: '#!/bin/sh\n', mode: '100755' },
      'gone.txt': null,
      'picture.png': { content: Uint8Array.from([0x89, 0x50, 0, 0xff]) },
      'latin1.txt': { content: Uint8Array.from([0xe9, 0x0a]) },
      'long.txt': 'ä'.repeat(80_000),
      link: { content: 'README.md', mode: '120000' },
      empty: '',
      'deep/er/naïve file.txt': 'x',
    });
    const pushed = await publishTree(publication);
    expect(pushed).toEqual({
      type: 'pushed',
      branch: BRANCH,
      created: true,
      commit: await server.objects.ref(`refs/heads/${BRANCH}`),
      parent: publication.base.commit,
      tree: publication.tree,
      verified: true,
      url: `${server.serverUrl}/octo-org/sample/commit/${pushed.commit}`,
    });
    expect((await server.objects.read(pushed.commit))!.content.toString()).toContain('Alchemist-Transcript: sha256:00');
    // Text goes inline, the rest as blobs: the picture, Latin-1, and what is too long.
    expect(posted('git/create-blob')).toBe(3);
    expect(server.requests.find((request) => request.operation === 'git/create-commit')!.body).not.toHaveProperty('author');
  });

  test('takes a folder that became a file and a file that became a folder', async () => {
    await start();
    const publication = await worked({ 'folder/file.txt': null, folder: 'now a file\n', plain: null, 'plain/file.txt': 'now a folder\n' });
    expect((await publishTree(publication)).tree).toBe(publication.tree);
  });

  test('sends a large change in several requests, chained', async () => {
    await start();
    const publication = await worked(Object.fromEntries(Array.from({ length: 2_100 }, (_, index) => [`data/${index}.txt`, 'same\n'])));
    await publishTree(publication);
    expect(posted('git/create-tree')).toBe(3);
  });

  test('publishes nothing when the tree is not the tested one', async () => {
    await start();
    const publication = { ...(await worked({ 'a.txt': 'a\n' })), tree: 'b'.repeat(40) };
    await expect(publishTree(publication)).rejects.toMatchObject({ name: 'NotPublished', reason: 'tree_differs' });
    expect(posted('git/create-commit')).toBe(0);
    expect(await server.objects.refs()).toEqual({ 'refs/heads/main': publication.base.commit });
  });

  test('publishes nothing when the sandbox hands out other content than was tested', async () => {
    await start();
    const publication = { ...(await worked({ 'a.txt': 'a\n' })), blob: async () => Buffer.from('evil\n') };
    await expect(publishTree(publication)).rejects.toMatchObject({ reason: 'blob_differs', message: expect.stringContaining('"a.txt"') });
    expect(posted('git/create-tree')).toBe(0);
  });

  test('publishes nothing when nothing changed', async () => {
    await start();
    await expect(publishTree(await worked({}))).rejects.toMatchObject({ reason: 'nothing_changed' });
    expect(server.requests.filter((request) => request.method !== 'GET')).toEqual([]);
  });

  test('a second run adds to the branch', async () => {
    await start();
    const first = await publishTree(await worked({ 'a.txt': 'a\n' }));
    const second = await publishTree({ ...(await worked({ 'b.txt': 'b\n' }, BRANCH)), message: MESSAGE.replace('runs/1', 'runs/2') });
    expect(second).toMatchObject({ created: false, parent: first.commit });
    expect(await server.objects.file(second.commit, 'a.txt')).toBe('a\n');
  });

  test('called again after its push it finds its own commit', async () => {
    await start();
    const publication = await worked({ 'a.txt': 'a\n' });
    const first = await publishTree(publication);
    const before = posted('git/create-commit');
    expect(await publishTree(publication)).toEqual({ ...first, created: false });
    expect(posted('git/create-commit')).toBe(before);
  });

  test('another run with the same tree is not taken for its own', async () => {
    await start();
    const publication = await worked({ 'a.txt': 'a\n' });
    await publishTree(publication);
    await expect(publishTree({ ...publication, message: MESSAGE.replace('runs/1', 'runs/2') })).rejects.toMatchObject({
      reason: 'branch_moved',
    });
  });

  test('a trailer that the model wrote into the text does not make a foreign commit its own', async () => {
    await start();
    const publication = await worked({ 'a.txt': 'a\n' });
    const forged = 'Fix\n\nAlchemist-Run: forged\n\n';
    await publishTree({ ...publication, message: `${forged}Alchemist-Run: one\n` });
    await expect(publishTree({ ...publication, message: `${forged}Alchemist-Run: two\n` })).rejects.toMatchObject({
      reason: 'branch_moved',
    });
  });

  test('attack 32: a branch with foreign commits is neither overwritten nor forced, also when they arrive at the last moment', async () => {
    await start();
    const publication = await worked({ 'a.txt': 'a\n' });
    const foreign = await forge.createCommit({ message: 'Foreign', tree: publication.base.tree, parents: [publication.base.commit] });
    await forge.createRef(BRANCH, foreign.commit);
    await expect(publishTree(publication)).rejects.toThrow(NotPublished);
    expect(await forge.getRef(BRANCH)).toBe(foreign.commit);

    await server.objects.setRef(`refs/heads/${BRANCH}`, null);
    const late: GitHub = {
      ...forge,
      createRef: async (branch, sha) => {
        await server.objects.setRef(`refs/heads/${BRANCH}`, foreign.commit);
        await forge.createRef(branch, sha);
      },
    };
    await expect(publishTree({ ...publication, github: late })).rejects.toMatchObject({ reason: 'branch_moved' });
    expect(await forge.getRef(BRANCH)).toBe(foreign.commit);

    const moved = await worked({ 'a.txt': 'a\n' }, BRANCH);
    const other = await forge.createCommit({ message: 'Other', tree: publication.base.tree, parents: [foreign.commit] });
    const later: GitHub = {
      ...forge,
      updateRef: async (branch, sha) => {
        await server.objects.setRef(`refs/heads/${BRANCH}`, other.commit);
        await forge.updateRef(branch, sha);
      },
    };
    await expect(publishTree({ ...moved, github: later })).rejects.toMatchObject({ reason: 'branch_moved' });
    expect(await forge.getRef(BRANCH)).toBe(other.commit);
    const updates = server.requests.filter((request) => request.operation === 'git/update-ref');
    expect(updates.map((request) => (request.body as { force: boolean }).force)).toEqual([false]);
    expect(server.requests.filter((request) => request.method === 'DELETE')).toEqual([]);
  });

  test('a branch left over from an older, merged run is fast-forwarded', async () => {
    await start();
    const old = (await forge.branch('main'))!;
    await forge.createRef(BRANCH, old.commit);
    const tree = await forge.createTree(old.tree, [{ path: 'later.txt', mode: '100644', content: 'later\n' }]);
    const main = await forge.createCommit({ message: 'Later', tree, parents: [old.commit] });
    await forge.updateRef('main', main.commit);
    const pushed = await publishTree(await worked({ 'a.txt': 'a\n' }));
    expect(pushed).toMatchObject({ created: false, parent: main.commit });
  });

  test('survives a gateway that gives up after each write', async () => {
    await start({
      faults: ['git/create-tree', 'git/create-commit', 'git/create-ref'].map((operation) => ({
        operation,
        status: 502,
        afterEffect: true,
      })),
    });
    const publication = await worked({ 'a.txt': 'a\n' });
    const pushed = await publishTree(publication);
    expect(await server.objects.ref(`refs/heads/${BRANCH}`)).toBe(pushed.commit);
  });

  test('a blob has the object id that git gives it', async () => {
    await start();
    expect(gitBlobId(Buffer.from('hello\n'))).toBe(await server.objects.writeBlob('hello\n'));
  });
});

describe('the pull request', () => {
  const proposal = (change: Partial<Proposal> = {}): Proposal => ({
    github: forge,
    branch: BRANCH,
    base: 'main',
    title: 'Fix it',
    body: 'Because',
    draft: true,
    whenDraftsAreRefused: 'open',
    askedBy: 'maintainer',
    labels: ['alchemist'],
    onWarning: (text) => warnings.push(text),
    ...change,
  });

  async function published(options: GitHubOptions = {}): Promise<void> {
    await start(options);
    await publishTree(await worked({ 'a.txt': 'a\n' }));
  }

  test('is opened with label and reviewer, then updated by a later run', async () => {
    await published();
    const first = await openPullRequest(proposal());
    expect(first).toEqual({
      type: 'pull_request_opened',
      number: 1,
      url: `${server.serverUrl}/octo-org/sample/pull/1`,
      draft: true,
      title: 'Fix it',
      updated: false,
    });
    const second = await openPullRequest(proposal({ title: 'Fix it better', body: 'More' }));
    expect(second).toEqual({ ...first, title: 'Fix it better', updated: true });
    expect([...server.state.pulls.values()]).toMatchObject([{ body: 'More', labels: ['alchemist'], reviewers: ['maintainer'] }]);
    expect(warnings).toEqual([]);
  });

  test('is opened ready for review where there are no drafts, if the caller wants that', async () => {
    await published({ draftsSupported: false });
    await expect(openPullRequest(proposal({ whenDraftsAreRefused: 'throw' }))).rejects.toThrow('Draft pull requests are not supported');
    expect(await openPullRequest(proposal())).toMatchObject({ draft: false, updated: false });
    expect(warnings).toEqual(['This repository has no draft pull requests: it was opened ready for review.']);
  });

  test('says which setting forbids it', async () => {
    await published({ actionsMayOpenPullRequests: false });
    await expect(openPullRequest(proposal())).rejects.toThrow(
      /Allow GitHub Actions to create and approve pull requests.*\/octo-org\/sample\/settings\/actions/,
    );
  });

  test('two runs that race open one', async () => {
    await published();
    const results = await Promise.all([openPullRequest(proposal()), openPullRequest(proposal({ title: 'The other' }))]);
    expect(server.state.pulls.size).toBe(1);
    expect(results.map((result) => result.updated).sort()).toEqual([false, true]);
  });

  test('does not ask its own author or a bot for a review, and a refused request is a warning', async () => {
    const tokens = {
      person: { login: 'Ada', kind: 'pat', permissions: { contents: 'write', issues: 'write', pull_requests: 'write' } },
    } as const;
    await start({ tokens });
    forge = client('person');
    await publishTree(await worked({ 'a.txt': 'a\n' }));
    await openPullRequest(proposal({ askedBy: 'ada' }));
    await openPullRequest(proposal({ askedBy: 'renovate[bot]' }));
    expect(posted('pulls/request-reviewers')).toBe(0);
    await openPullRequest(proposal({ askedBy: 'stranger' }));
    expect(warnings).toEqual([expect.stringMatching(/No review was requested from stranger: .*only be requested from collaborators/)]);
  });
});

test('the raw changes of this test have git’s own shape', async () => {
  await start();
  const { changes } = await worked({ 'new.txt': 'n\n', 'gone.txt': null });
  expect(changes).toMatchObject([
    { path: 'gone.txt', status: 'D', new_id: ZERO, new_mode: '000000' },
    { path: 'new.txt', status: 'A', old_id: ZERO, new_mode: '100644' },
  ]);
});
