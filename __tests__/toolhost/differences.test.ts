import { afterEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SeedEntry } from '../../src/toolhost/wire.ts';
import { cleanUp, emptyFolder, git, put, repository, startHost, type StartedHost } from './started.ts';

afterEach(cleanUp);

const FILES = {
  'a.txt': 'one\ntwo\nthree\n',
  'sub/ü "quoted"\ttab.txt': 'x\n',
  'latin.c': Buffer.from('caf\xe9\nmore\n', 'latin1'),
  'data.bin': Buffer.from([0, 1, 2, 0, 255]),
  'crlf.txt': 'a\r\nb\r\n',
  'run.sh': '#!/bin/sh\n',
  'end.txt': 'no newline',
  'old.txt': 'a file that is renamed and keeps all of its lines\n'.repeat(5),
};

/** Changes of every kind. */
async function changedHost(): Promise<{ host: StartedHost; from: string; to: string }> {
  const root = repository(FILES);
  const host = await startHost(root);
  put(root, {
    'a.txt': 'one\n2\nthree\n',
    'sub/ü "quoted"\ttab.txt': 'y\n',
    'latin.c': Buffer.from('caf\xe9\nless\xfc\n', 'latin1'),
    'data.bin': Buffer.from([0, 9, 8, 0]),
    'crlf.txt': 'a\r\nB\r\n',
    'end.txt': 'still none',
    'new/line\nbreak.txt': 'n\n',
  });
  await host.run('chmod +x run.sh; mv old.txt new/renamed.txt; ln -s a.txt link');
  return { host, from: host.facts.git?.start_tree ?? '', to: await host.tree() };
}

describe('diff', () => {
  it('gives an exact patch: replayed on the first tree it makes the second, bytes that are no UTF-8 included', async () => {
    const { host, from, to } = await changedHost();
    const patch = await host.call('diff', { from, to, binary: true, max_bytes: 1_000_000 });
    expect(patch.truncated).toBe(false);
    const clone = join(emptyFolder(), 'clone');
    git(host.root, 'clone', '-q', `file://${host.root}`, clone);
    execFileSync('git', ['apply', '--index', '--binary', '-'], { cwd: clone, input: patch.text });
    expect(git(clone, 'write-tree')).toBe(to);
    const back = await host.call('diff', { from: to, to: from, binary: true, max_bytes: 1_000_000 });
    execFileSync('git', ['apply', '--index', '--binary', '-'], { cwd: clone, input: back.text });
    expect(git(clone, 'write-tree')).toBe(from);
  });

  it('gives a patch to read: renames found, binary files named, one path alone, cut where asked', async () => {
    const { host, from, to } = await changedHost();
    const { text: all, bytes } = await host.call('diff', { from, to, max_bytes: 1_000_000 });
    expect(all).toContain('rename from old.txt\nrename to new/renamed.txt');
    expect(all).toContain('Binary files a/data.bin and b/data.bin differ');
    expect(all).toContain('"a/sub/\\303\\274 \\"quoted\\"\\ttab.txt"');
    const one = await host.call('diff', { from, to, path: 'a.txt', context: 0, max_bytes: 1_000_000 });
    expect(one.text).toMatch(
      /^diff --git a\/a\.txt b\/a\.txt\nindex [0-9a-f]+\.\.[0-9a-f]+ 100644\n--- a\/a\.txt\n\+\+\+ b\/a\.txt\n@@ -2 \+2 @@ one\n-two\n\+2\n$/,
    );
    const cut = await host.call('diff', { from, to, max_bytes: 100 });
    expect(cut).toMatchObject({ truncated: true, bytes });
    expect(Buffer.byteLength(cut.text)).toBe(100);
    expect((await host.call('diff', { from, to, stat: true, max_bytes: 10_000 })).text).toMatch(/a\.txt +\| +2 \+-\n[^]*10 files changed/);
    expect((await host.call('diff', { from, to, path: '*.txt', max_bytes: 1000 })).text).toBe('');
  });

  it('takes object ids and nothing else for its ends', async () => {
    const host = await startHost(repository({ 'a.txt': 'a\n' }));
    const from = host.facts.git?.start_tree ?? '';
    for (const id of ['HEAD', '--output=x', `${from}^{tree}`, '']) {
      await expect(host.call('diff', { from, to: id, max_bytes: 10 })).rejects.toThrow('Not a Git object id');
      await expect(host.call('changes', { from: id, to: from })).rejects.toThrow('Not a Git object id');
      await expect(host.call('blob', { id, max_bytes: 10 })).rejects.toThrow('Not a Git object id');
    }
  });
});

describe('changes and blobs', () => {
  it('gives raw entries with modes, ids, sizes and kinds, and reads blobs out byte for byte', async () => {
    const { host, from, to } = await changedHost();
    const { changes } = await host.call('changes', { from, to });
    const short = changes.map(({ status, path, old_mode, new_mode, size, binary }) => [status, path, old_mode, new_mode, size, binary]);
    expect(short).toEqual([
      ['M', 'a.txt', '100644', '100644', 12, false],
      ['M', 'crlf.txt', '100644', '100644', 6, false],
      ['M', 'data.bin', '100644', '100644', 4, true],
      ['M', 'end.txt', '100644', '100644', 10, false],
      ['M', 'latin.c', '100644', '100644', 11, false],
      ['A', 'link', '000000', '120000', 5, false],
      ['A', 'new/line\nbreak.txt', '000000', '100644', 2, false],
      ['A', 'new/renamed.txt', '000000', '100644', 250, false],
      ['D', 'old.txt', '100644', '000000', 0, false],
      ['M', 'run.sh', '100644', '100755', 10, false],
      ['M', 'sub/ü "quoted"\ttab.txt', '100644', '100644', 2, false],
    ]);
    for (const { path, new_id: id, new_mode: mode } of changes.filter(({ status, new_mode }) => status !== 'D' && new_mode !== '120000')) {
      const { content } = await host.call('blob', { id, max_bytes: 1000 });
      expect(Buffer.from(content, 'base64').equals(readFileSync(join(host.root, path)))).toBe(true);
      expect(mode).toMatch(/^100/);
    }
    await expect(host.call('blob', { id: changes[0]?.new_id ?? '', max_bytes: 11 })).rejects.toThrow('has 12 bytes; at most 11');
  });
});

describe('seed', () => {
  const entry = (path: string, content: string | Buffer, mode = '100644'): SeedEntry => ({
    path,
    mode,
    content: Buffer.from(content).toString('base64'),
  });

  it('writes a tree into the working tree, so that the hash is the one of the branch', async () => {
    const { host: source, from, to } = await changedHost();
    const { changes } = await source.call('changes', { from, to });
    const entries: SeedEntry[] = [];
    for (const { path, new_mode: mode, new_id: id, status } of changes) {
      if (status === 'D') entries.push({ path, mode: '000000' });
      else entries.push({ path, mode, content: (await source.call('blob', { id, max_bytes: 1000 })).content });
    }
    const target = await startHost(repository(FILES));
    expect(await target.call('seed', { entries })).toEqual({ tree: to });
    expect(await target.tree()).toBe(to);
    expect(lstatSync(join(target.root, 'link')).isSymbolicLink()).toBe(true);
    expect(lstatSync(join(target.root, 'run.sh')).mode & 0o111).not.toBe(0);
    expect(existsSync(join(target.root, 'old.txt'))).toBe(false);
  });

  it('swaps files and folders, takes over untracked files, and keeps line endings as attributes say', async () => {
    const root = repository({ '.gitattributes': '*.win text eol=crlf\n* text=auto\n', 'folder/a': 'a\n', file: 'f\n' });
    put(root, { 'mine.txt': 'untracked\n' });
    const host = await startHost(root);
    const entries = [
      { path: 'folder/a', mode: '000000' },
      entry('folder', 'now a file\n'),
      { path: 'file', mode: '000000' },
      entry('file/inner', 'i\n'),
      entry('mine.txt', 'theirs\n'),
      entry('x.win', 'one\ntwo\n'),
      entry('odd.txt', 'kept\r\nas\r\nis\r\n'),
    ];
    const { tree } = await host.call('seed', { entries });
    expect(await host.changed()).toEqual(['D file', 'A file/inner', 'A folder', 'D folder/a', 'A mine.txt', 'A odd.txt', 'A x.win']);
    expect(readFileSync(join(root, 'x.win'), 'utf8')).toBe('one\r\ntwo\r\n');
    const { changes } = await host.call('changes', { from: host.facts.git?.start_tree ?? '', to: tree });
    expect(changes.find(({ path }) => path === 'odd.txt')?.size).toBe(14);
  });

  it('fills a folder that holds no checkout', async () => {
    const host = await startHost(emptyFolder());
    const { tree } = await host.call('seed', { entries: [entry('src/a.txt', 'a\n'), entry('run.sh', 'x\n', '100755')] });
    const same = repository({ 'src/a.txt': 'a\n', 'run.sh': 'x\n' });
    git(same, 'update-index', '--chmod=+x', 'run.sh');
    expect(tree).toBe(git(same, 'write-tree'));
  });

  it('refuses entries that lead elsewhere, and writes nothing through links', async () => {
    const outside = emptyFolder();
    const root = repository({ 'a.txt': 'a\n' });
    symlinkSync(outside, join(root, 'link'));
    mkdirSync(join(outside, 'deep'));
    writeFileSync(join(outside, 'deep', 'x'), 'CANARY');
    const host = await startHost(root);
    for (const path of ['../x', '/x', 'a//b', '.git/config', 'a/.GIT/hooks/x', './x', '', 'a\0b']) {
      await expect(host.call('seed', { entries: [entry(path, 'x')] })).rejects.toThrow('cannot be written');
    }
    await expect(host.call('seed', { entries: [entry('x', 'x', '100777')] })).rejects.toThrow('mode');
    await host.call('seed', { entries: [{ path: 'link/deep/x', mode: '000000' }, entry('link/new', 'x')] });
    expect(readFileSync(join(outside, 'deep', 'x'), 'utf8')).toBe('CANARY');
    expect(existsSync(join(outside, 'new'))).toBe(false);
    rmSync(join(root, 'link'), { recursive: true, force: true });
  });
});
