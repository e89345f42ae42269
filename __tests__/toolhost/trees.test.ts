import { afterEach, describe, expect, it } from '@jest/globals';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { cleanUp, emptyFolder, git, put, repository, startHost, treeByGit } from './started.ts';

afterEach(cleanUp);

describe('the tree hash', () => {
  it('is that of HEAD in a clean checkout, and that of git after every kind of change', async () => {
    const root = repository({ 'a.txt': 'a\n', 'b/c.txt': 'c\n', 'b/d.txt': 'd\n', 'run.sh': 'echo\n', '.gitignore': '*.log\nbuild/\n' });
    const host = await startHost(root);
    expect(host.facts.git?.head).toBe(git(root, 'rev-parse', 'HEAD'));
    expect(host.facts.git?.head_tree).toBe(git(root, 'rev-parse', 'HEAD^{tree}'));
    expect(host.facts.git?.start_tree).toBe(host.facts.git?.head_tree);
    await host.call('write_file', { path: 'new/deep/e.txt', content: 'e' });
    expect(await host.tree()).toBe(treeByGit(root));
    await host.edit('a.txt', 'a', 'A');
    expect(await host.tree()).toBe(treeByGit(root));
    await host.run('rm b/c.txt; mv b/d.txt d.txt; chmod +x run.sh; ln -s a.txt link; echo > x.log; mkdir build; echo > build/out');
    expect(await host.tree()).toBe(treeByGit(root));
    expect(await host.changed()).toEqual(['M a.txt', 'D b/c.txt', 'D b/d.txt', 'A d.txt', 'A link', 'A new/deep/e.txt', 'M run.sh']);
  });

  it('follows files that become folders and folders that become files or links', async () => {
    const root = repository({ file: 'f\n', 'folder/one': '1\n', 'folder/two': '2\n', 'other/three': '3\n' });
    const host = await startHost(root);
    await host.run('rm file && mkdir file && echo in > file/inner; rm -r folder && echo now > folder; mv other moved && ln -s moved other');
    expect(await host.tree()).toBe(treeByGit(root));
    expect(await host.changed()).toEqual([
      'D file',
      'A file/inner',
      'A folder',
      'D folder/one',
      'D folder/two',
      'A moved/three',
      'A other',
      'D other/three',
    ]);
    await host.run(
      'rm -r file && echo f > file; rm folder && mkdir folder && echo 1 > folder/one && echo 2 > folder/two; rm other && mv moved other',
    );
    expect(await host.tree()).toBe(host.facts.git?.head_tree);
  });

  it('sees the same edit made by a file tool and by a command as the same tree', async () => {
    const root = repository({ 'a.txt': 'one\ntwo\n' });
    const host = await startHost(root);
    await host.edit('a.txt', 'two', 'zwei');
    const byTool = await host.tree();
    await host.run('printf "one\\ntwo\\n" > a.txt');
    expect(await host.tree()).toBe(host.facts.git?.start_tree);
    await host.run('printf "one\\nzwei\\n" > a.txt');
    expect(await host.tree()).toBe(byTool);
  });

  it('follows an edit through links inside the workspace to the file that changes', async () => {
    const root = repository({ 'src/a.txt': 'one\n', 'src/b.txt': 'two\n' });
    symlinkSync('src/a.txt', join(root, 'link.txt'));
    symlinkSync('src', join(root, 'folder'));
    git(root, 'add', '-A');
    git(root, 'commit', '-qm', 'links');
    const host = await startHost(root);
    await host.edit('link.txt', 'one', 'eins');
    await host.edit('folder/b.txt', 'two', 'zwei');
    await host.call('write_file', { path: 'folder/c.txt', content: 'c' });
    expect(await host.changed()).toEqual(['M src/a.txt', 'M src/b.txt', 'A src/c.txt']);
    expect(await host.tree()).toBe(treeByGit(root));
  });

  it('notices a change of the same size within the same second', async () => {
    const root = repository({ 'a.txt': '1\n' });
    const host = await startHost(root);
    const seen = new Set<string>();
    for (let i = 0; i < 6; i++) {
      await host.run(`printf "${i + 2}\\n" > a.txt`);
      seen.add(await host.tree());
    }
    expect(seen.size).toBe(6);
  });

  it('keeps ignored files out, also when a file tool writes them, and lets them in when the rule goes', async () => {
    const root = repository({ '.gitignore': 'secret.txt\n' });
    const host = await startHost(root);
    await host.call('write_file', { path: 'secret.txt', content: 's' });
    expect(await host.changed()).toEqual([]);
    await host.call('write_file', { path: '.gitignore', content: '# none\n', overwrite: true });
    expect(await host.changed()).toEqual(['M .gitignore', 'A secret.txt']);
  });

  it('leaves files that were untracked at the start out until the agent edits them', async () => {
    const root = repository({ 'a.txt': 'a\n' });
    put(root, { 'mine.txt': 'mine\n', 'notes/n.txt': 'n\n' });
    const host = await startHost(root);
    expect(host.facts.git?.untracked).toEqual(['mine.txt', 'notes/n.txt']);
    await host.run('echo more >> mine.txt; echo new > other.txt');
    expect(await host.changed()).toEqual(['A other.txt']);
    await host.edit('mine.txt', 'mine', 'ours');
    expect(await host.changed()).toEqual(['A mine.txt', 'A other.txt']);
  });

  it('leaves by-products of a test run out when asked, but never what a file tool wrote', async () => {
    const root = repository({ 'a.txt': 'a\n' });
    const host = await startHost(root);
    await host.call('write_file', { path: 'made.txt', content: 'm' });
    await host.run('echo x > report.xml; echo b >> a.txt');
    await host.call('search', { pattern: 'x' });
    const answer = await host.call('tree', { leave_out_new: true });
    expect(answer.left_out).toEqual(['report.xml']);
    expect(await host.changed()).toEqual(['M a.txt', 'A made.txt']);
    await host.call('write_file', { path: 'report.xml', content: 'wanted', overwrite: true });
    expect(await host.changed()).toEqual(['M a.txt', 'A made.txt', 'A report.xml']);
  });

  it('reports tracked files that differ at the start, and puts them back when asked, their difference in the log', async () => {
    const root = repository({ 'a.txt': 'a\n', 'b.txt': 'b\n', 'c.txt': 'c\n' });
    put(root, { 'a.txt': 'changed\n', 'staged.txt': 's\n' });
    rmSync(join(root, 'b.txt'));
    git(root, 'add', 'staged.txt');
    const kept = await startHost(root);
    expect(kept.facts.git?.modified).toEqual(['a.txt', 'b.txt']);
    expect(kept.facts.git?.start_tree).not.toBe(kept.facts.git?.head_tree);
    const restored = await startHost(root, { restore: true });
    expect(restored.facts.git).toMatchObject({ modified: ['a.txt', 'b.txt'], untracked: ['staged.txt'] });
    expect(restored.facts.git?.start_tree).toBe(restored.facts.git?.head_tree);
    expect(readFileSync(join(root, 'a.txt'), 'utf8')).toBe('a\n');
    expect(readFileSync(join(root, 'b.txt'), 'utf8')).toBe('b\n');
    expect(restored.log.join('')).toContain('+changed');
  });

  it('works in a repository without a commit and in a folder that is no repository', async () => {
    const fresh = emptyFolder();
    git(fresh, 'init', '-q', '-b', 'trunk');
    const one = await startHost(fresh);
    expect(one.facts.git).toMatchObject({ head: null, head_tree: null, branch: 'trunk' });
    await one.call('write_file', { path: 'a.txt', content: 'a' });
    expect(await one.changed()).toEqual(['A a.txt']);
    const bare = emptyFolder();
    put(bare, { 'here.txt': 'h' });
    const two = await startHost(bare);
    expect(two.facts.git).toBeNull();
    await two.run('echo b > b.txt');
    expect(await two.changed()).toEqual(['A b.txt']);
  });

  it('never changes the checkout’s own git directory', async () => {
    const root = repository({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
    const before = fingerprint(join(root, '.git'));
    const host = await startHost(root, { restore: true });
    await host.edit('a.txt', 'a', 'A');
    await host.run('rm b.txt; echo c > c.txt');
    await host.changed();
    expect(fingerprint(join(root, '.git'))).toBe(before);
  });

  it('keeps a file that cannot be read out and the others in', async () => {
    const root = repository({ 'a.txt': 'a\n' });
    const host = await startHost(root);
    await host.run('mkfifo pipe; rm a.txt; mkfifo a.txt; echo b > b.txt; git init -q nested; echo n > nested/n.txt');
    const changed = await host.changed();
    expect(changed).toContain('A b.txt');
    expect(changed).not.toContain('A pipe');
  });
});

describe('shapes of checkouts', () => {
  it('keeps submodules as gitlinks, whatever happens inside them', async () => {
    const inner = repository({ 'lib.txt': 'l\n' });
    const root = repository({ 'a.txt': 'a\n' });
    git(root, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'sub');
    git(root, 'commit', '-qm', 'submodule');
    const host = await startHost(root);
    expect(host.facts.git?.start_tree).toBe(host.facts.git?.head_tree);
    await host.run('echo more >> sub/lib.txt; echo new > sub/new.txt; echo b > a.txt');
    expect(await host.changed()).toEqual(['M a.txt']);
    await host.run('git rm -q --cached sub; rm -rf sub .gitmodules');
    expect(await host.changed()).toEqual(['D .gitmodules', 'M a.txt', 'D sub']);
  });

  it('opens a worktree and a submodule, whose .git is a file', async () => {
    const main = repository({ 'a.txt': 'a\n' });
    const root = join(emptyFolder(), 'tree');
    git(main, 'worktree', 'add', '-q', '-b', 'side', root);
    const host = await startHost(root);
    expect(host.facts.git).toMatchObject({ branch: 'side', head: git(root, 'rev-parse', 'HEAD'), modified: [] });
    await host.edit('a.txt', 'a', 'b');
    expect(await host.tree()).toBe(treeByGit(root));
  });

  it('opens shallow clones', async () => {
    const origin = repository({ 'a.txt': 'a\n' });
    for (const text of ['b', 'c']) {
      put(origin, { 'a.txt': `${text}\n` });
      git(origin, 'commit', '-qam', text);
    }
    const root = join(emptyFolder(), 'clone');
    git(origin, 'clone', '-q', '--depth', '1', `file://${origin}`, root);
    const host = await startHost(root);
    expect(host.facts.git).toMatchObject({ shallow: true, modified: [] });
    const { commits } = await host.call('overview', { commit: host.facts.git?.head ?? '', words: [] });
    expect(commits).toHaveLength(1);
    await host.edit('a.txt', 'c', 'd');
    expect(await host.tree()).toBe(treeByGit(root));
  });

  it('keeps what a sparse checkout leaves out, and takes in what the agent writes there', async () => {
    const origin = repository({ 'in/a.txt': 'a\n', 'out/b.txt': 'b\n', 'out/c.txt': 'c\n', 'root.txt': 'r\n' });
    const root = join(emptyFolder(), 'clone');
    git(origin, 'clone', '-q', '--sparse', `file://${origin}`, root);
    git(root, 'sparse-checkout', 'set', 'in');
    expect(existsSync(join(root, 'out'))).toBe(false);
    const host = await startHost(root);
    expect(host.facts.git).toMatchObject({ sparse: true, modified: [], untracked: [] });
    expect(host.facts.git?.start_tree).toBe(host.facts.git?.head_tree);
    await host.edit('in/a.txt', 'a', 'A');
    expect(await host.changed()).toEqual(['M in/a.txt']);
    await host.run('echo x >> root.txt');
    expect(await host.changed()).toEqual(['M in/a.txt', 'M root.txt']);
    await host.call('write_file', { path: 'out/b.txt', content: 'B\n' });
    await host.call('write_file', { path: 'out/new.txt', content: 'N\n' });
    expect(await host.changed()).toEqual(['M in/a.txt', 'M out/b.txt', 'A out/new.txt', 'M root.txt']);
  });

  it('keeps the pointer of an LFS file whose content is untouched, and says that a changed one is filtered', async () => {
    const content = 'large content\n';
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${createHash('sha256').update(content).digest('hex')}\nsize ${content.length}\n`;
    const root = repository({ '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n', 'data.bin': pointer, 'other.bin': pointer });
    writeFileSync(join(root, 'data.bin'), content);
    const host = await startHost(root);
    expect(host.facts.git?.modified).toEqual([]);
    expect(host.facts.git?.start_tree).toBe(host.facts.git?.head_tree);
    await host.run('echo more >> data.bin');
    const { changes } = await host.call('changes', { from: host.facts.git?.start_tree ?? '', to: await host.tree() });
    expect(changes).toMatchObject([{ path: 'data.bin', status: 'M', filtered: true }]);
  });

  it('normalises line endings as the attributes say', async () => {
    const root = repository({ '.gitattributes': '*.txt text eol=crlf\n*.raw -text\n' });
    const host = await startHost(root);
    await host.call('write_file', { path: 'a.txt', content: 'one\r\ntwo\r\n' });
    await host.call('write_file', { path: 'b.raw', content: 'one\r\ntwo\r\n' });
    const { changes } = await host.call('changes', { from: host.facts.git?.start_tree ?? '', to: await host.tree() });
    expect(changes.map(({ path, size }) => [path, size])).toEqual([
      ['a.txt', 8],
      ['b.raw', 10],
    ]);
    expect(await host.tree()).toBe(treeByGit(root));
  });

  it('serves a working directory of a monorepo with paths from the root', async () => {
    const root = repository({ 'AGENTS.md': 'root rules\n', 'packages/one/CLAUDE.md': 'one rules\n', 'packages/one/a.txt': 'a\n' });
    const host = await startHost(root, { workingDirectory: 'packages/one' });
    expect((await host.run('pwd; cat a.txt')).output).toBe(`${root}/packages/one\na\n`);
    await host.edit('packages/one/a.txt', 'a', 'b');
    expect(await host.changed()).toEqual(['M packages/one/a.txt']);
    const { instructions } = await host.call('overview', { commit: host.facts.git?.head ?? '', words: [] });
    expect(instructions.map(({ path }) => path)).toEqual(['packages/one/CLAUDE.md', 'AGENTS.md']);
  });
});

describe('hostile repositories', () => {
  it('run nothing of their config, hooks or attributes', async () => {
    const markers = emptyFolder();
    const root = repository({ 'a.txt': 'a\n', '.gitattributes': '*.txt filter=evil diff=evil merge=evil\n' });
    const touch = (name: string): string => `touch ${join(markers, name)}; cat`;
    for (const [key, value] of Object.entries({
      'core.fsmonitor': touch('fsmonitor'),
      'core.hooksPath': join(root, 'hooks'),
      'core.sshCommand': touch('ssh'),
      'core.pager': touch('pager'),
      'core.editor': touch('editor'),
      'core.gitProxy': touch('proxy'),
      'core.attributesFile': join(root, 'attributes'),
      'core.excludesFile': join(root, 'excludes'),
      'filter.evil.clean': touch('clean'),
      'filter.evil.smudge': touch('smudge'),
      'filter.evil.process': touch('process'),
      'diff.evil.textconv': touch('textconv'),
      'diff.evil.command': touch('diff'),
      'diff.external': touch('external'),
      'alias.diff-tree': `!${touch('alias')}`,
      'gpg.program': touch('gpg'),
      'log.showSignature': 'true',
      'include.path': join(root, 'included'),
    }))
      git(root, 'config', key, value);
    put(root, { included: `[core]\n\tfsmonitor = "${touch('included')}"\n` });
    mkdirSync(join(root, 'hooks'));
    for (const hook of ['post-index-change', 'pre-commit', 'post-checkout', 'reference-transaction', 'fsmonitor-watchman']) {
      writeFileSync(join(root, 'hooks', hook), `#!/bin/sh\n${touch(hook)}\n`);
      chmodSync(join(root, 'hooks', hook), 0o755);
      writeFileSync(join(root, '.git', 'hooks', hook), `#!/bin/sh\n${touch(hook)}\n`);
      chmodSync(join(root, '.git', 'hooks', hook), 0o755);
    }
    put(root, { 'a.txt': 'changed\n' });
    const host = await startHost(root, { restore: true });
    await host.edit('a.txt', 'a', 'b');
    await host.call('search', { pattern: 'b' });
    await host.call('list_files', {});
    await host.call('overview', { commit: host.facts.git?.head ?? '', words: ['touch', 'core'] });
    const after = await host.tree();
    await host.call('diff', { from: host.facts.git?.start_tree ?? '', to: after, max_bytes: 10_000, binary: true });
    await host.call('diff', { from: host.facts.git?.start_tree ?? '', to: after, max_bytes: 10_000, stat: true });
    await host.changed();
    expect(readdirSync(markers)).toEqual([]);
    git(root, 'diff', '--stat');
    expect(readdirSync(markers)).toEqual(expect.arrayContaining(['included', 'process'])); // The traps do work: plain git steps into them.
  });

  it('run nothing of a nested repository either', async () => {
    const markers = emptyFolder();
    const root = repository({ 'a.txt': 'a\n' });
    const inner = repository({ 'lib.txt': 'l\n', '.gitattributes': '* filter=evil\n' });
    git(root, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'sub');
    git(root, 'commit', '-qm', 'submodule');
    const config = join(root, '.git', 'modules', 'sub', 'config');
    const touch = `touch ${join(markers, 'ran')}; cat`;
    git(root, 'config', '--file', config, 'filter.evil.clean', touch);
    git(root, 'config', '--file', config, 'core.fsmonitor', touch);
    put(root, { 'sub/lib.txt': 'changed\n' });
    const host = await startHost(root, { restore: true });
    await host.edit('a.txt', 'a', 'b');
    await host.call('search', { pattern: 'changed' });
    await host.changed();
    expect(readdirSync(markers)).toEqual([]);
    git(root, 'status', '--short');
    expect(readdirSync(markers)).toEqual(['ran']);
  });

  it('cannot steer the host’s git by the environment', async () => {
    const markers = emptyFolder();
    const root = repository({ 'a.txt': 'a\n' });
    const environment = {
      ...process.env,
      GIT_DIR: markers,
      GIT_INDEX_FILE: join(markers, 'index'),
      GIT_EXTERNAL_DIFF: `touch ${markers}/x`,
    };
    const host = await startHost(root, { environment });
    await host.edit('a.txt', 'a', 'b');
    expect(await host.changed()).toEqual(['M a.txt']);
    expect(readdirSync(markers)).toEqual([]);
  });
});

function fingerprint(folder: string): string {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => {
    const path = join(entry.parentPath, entry.name);
    return `${path} ${statSync(path).mtimeMs} ${entry.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : ''}`;
  });
  return entries.sort().join('\n');
}
