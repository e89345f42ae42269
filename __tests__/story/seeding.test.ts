import { afterEach, describe, expect, test } from '@jest/globals';
import { github as connectGitHub } from '../../src/forge/github.ts';
import { NotSeeded, replayChanges, seedTree } from '../../src/story/seeding.ts';
import { chained } from '../../src/transcript/chain.ts';
import type { Event, TreeChanged } from '../../src/transcript/events.ts';
import { DEFAULT_TOKEN, startGitHub, type GitHubServer } from '../support/github/server.ts';
import { cleanUp, emptyFolder, neverAborted, repository, startHost, treeByGit } from '../toolhost/started.ts';

let server: GitHubServer | undefined;
afterEach(async () => {
  await cleanUp();
  await server?.close();
  server = undefined;
});

const change = (facts: Omit<TreeChanged, 'type' | 'turn' | 'tool_use_id' | 'files'>): Event =>
  chained({ type: 'tree_changed', turn: 1, tool_use_id: 't', files: [], ...facts }, undefined, new Date(0));

describe('recorded changes', () => {
  test('lead a fresh checkout to where the run left off: edits, modes, links, binary files, deletions', async () => {
    const files = { 'a.txt': 'one\ntwo\n', 'run.sh': 'echo\n', 'gone.txt': 'x\n', folder: 'a file\n' };
    const first = await startHost(repository(files));
    const events: Event[] = [];
    for (const command of [
      'echo three >> a.txt; chmod +x run.sh; ln -s a.txt link',
      'rm gone.txt; printf "\\000\\377\\012" > image.bin; rm folder; mkdir folder; printf "no newline" > folder/inside',
      'printf "Gr\\374n\\r\\n" > latin1.txt; chmod -x run.sh',
    ]) {
      const before = await first.tree();
      await first.run(command);
      const after = await first.tree();
      const { text } = await first.call('diff', { from: before, to: after, binary: true, max_bytes: 1e6 });
      events.push(change({ before, after, patch: text }));
    }
    const second = await startHost(repository(files));
    expect(await replayChanges(second.host, events, neverAborted)).toBe(await first.tree());
    expect(treeByGit(second.root)).toBe(await first.tree());
  });

  test('are refused where one was not recorded, does not fit, or leads elsewhere; a patch that does not fit changes nothing', async () => {
    const host = await startHost(repository({ 'a.txt': 'one\n', 'b.txt': 'b\n' }));
    const before = await host.tree();
    const patch =
      'diff --git a/b.txt b/b.txt\n--- a/b.txt\n+++ b/b.txt\n@@ -1 +1 @@\n-b\n+B\ndiff --git a/a.txt b/a.txt\n--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-other\n+new\n';
    const replayed = (facts: { patch: string; patch_omitted?: string }): Promise<unknown> =>
      replayChanges(host.host, [change({ before, after: 'f'.repeat(40), ...facts })], neverAborted);
    await expect(replayed({ patch: '', patch_omitted: 'too large' })).rejects.toThrow(/was not recorded \(too large\)/);
    await expect(replayed({ patch })).rejects.toThrow(/patch does not apply/);
    expect(await host.tree()).toBe(before);
    await expect(replayed({ patch: patch.slice(0, patch.indexOf('diff --git a/a.txt')) })).rejects.toThrow(NotSeeded);
  });
});

describe('a tree of the repository', () => {
  test('comes into an empty folder as it is, and the host has its objects', async () => {
    server = await startGitHub({
      files: {
        'a.txt': 'a\n',
        '.gitignore': 'kept.log\n',
        'kept.log': 'tracked all the same\n',
        '.gitattributes': '*.txt text eol=crlf\n',
        'deep/er/x.bin': { content: Buffer.from([0, 1, 255]) },
        'run.sh': { content: 'echo\n', mode: '100755' },
      },
    });
    const { owner, repo } = server.state;
    const github = connectGitHub({
      token: DEFAULT_TOKEN,
      apiUrl: server.apiUrl,
      serverUrl: server.serverUrl,
      owner,
      repo,
      onWarning: () => undefined,
    });
    const head = await github.branch('main');
    const host = await startHost(emptyFolder());
    expect(host.facts.git).toBeNull();
    const { added } = await seedTree({ github, host: host.host }, null, head?.tree ?? '', neverAborted);
    expect(added).toHaveLength(6);
    expect(await host.tree()).toBe(head?.tree);
    await host.edit('a.txt', 'a', 'b');
    const { changes } = await host.call('changes', { from: head?.tree ?? '', to: await host.tree() });
    expect(changes).toMatchObject([{ path: 'a.txt', status: 'M', size: 2 }]);
  });

  test('that cannot be written here is refused by its hash', async () => {
    server = await startGitHub({ files: { 'a.txt': 'a\n' } });
    const { owner, repo } = server.state;
    const github = connectGitHub({
      token: DEFAULT_TOKEN,
      apiUrl: server.apiUrl,
      serverUrl: server.serverUrl,
      owner,
      repo,
      onWarning: () => undefined,
    });
    const host = await startHost(emptyFolder());
    const wrong = { ...github, blob: () => Promise.resolve(Buffer.from('something else\n')) };
    await expect(
      seedTree({ github: wrong, host: host.host }, null, (await github.branch('main'))?.tree ?? '', neverAborted),
    ).rejects.toThrow(/could not be brought to the tree/);
  });
});
