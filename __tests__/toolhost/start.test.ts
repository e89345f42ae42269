import { afterEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { connectHost } from '../../src/sandbox/host.ts';
import { off } from '../../src/sandbox/off.ts';
import { carriedSettings, simpleSettings } from '../../src/toolhost/git-config.ts';
import { copyIndex } from '../../src/toolhost/index-copy.ts';
import { cleanUp, emptyFolder, git, neverAborted, put, repository, startHost, TOOLHOST } from './started.ts';

afterEach(cleanUp);

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A repository whose files, but for `tied.txt`, were written a moment before the index, and all in the same second. */
async function freshCheckout(files: Record<string, string>): Promise<{ root: string; index: string; second: number }> {
  const root = repository({});
  const index = join(root, '.git', 'index');
  for (;;) {
    // A little into the second: the clock of files is coarser than this one, and behind it.
    await pause(1020 - (Date.now() % 1000));
    put(root, files);
    await pause(50);
    put(root, { 'tied.txt': 'tied\n' });
    git(root, 'add', '-A');
    git(root, 'commit', '-q', '--allow-empty', '-m', 'second');
    // The time of the file, for a clock that is coarser than the writing of both.
    const { atimeMs, mtimeMs } = statSync(join(root, 'tied.txt'));
    utimesSync(index, atimeMs / 1000, mtimeMs / 1000);
    const seconds = [...Object.keys(files), 'tied.txt', '.git/index'].map((path) => Math.floor(statSync(join(root, path)).mtimeMs / 1000));
    if (new Set(seconds).size === 1) return { root, index, second: seconds[0] ?? 0 };
  }
}

/** Sizes of the entries; zero where Git must look into the file. */
function sizesIn(root: string, index: string): Record<string, number> {
  const text = execFileSync('git', ['ls-files', '--debug'], {
    cwd: root,
    env: { ...process.env, GIT_INDEX_FILE: index },
    encoding: 'utf8',
  });
  return Object.fromEntries([...text.matchAll(/^(\S+)\n(?: .*\n)*? {2}size: (\d+)/gm)].map(([, path = '', size]) => [path, Number(size)]));
}

const differingBy = (root: string, index: string): string[] =>
  execFileSync('git', ['diff', '--name-only'], { cwd: root, env: { ...process.env, GIT_INDEX_FILE: index }, encoding: 'utf8' })
    .split('\n')
    .filter(Boolean);

describe('the copy of the index', () => {
  it('spares Git the files that are as they were entered, and has it look into the others of that second', async () => {
    const { root, index, second } = await freshCheckout({ 'same.txt': 'one\n', 'back.txt': 'one\n', 'later.txt': 'one\n' });
    const { atimeMs, mtimeMs } = statSync(join(root, 'back.txt'));
    put(root, { 'back.txt': 'two\n', 'later.txt': 'two\n' });
    utimesSync(join(root, 'back.txt'), atimeMs / 1000, mtimeMs / 1000);
    utimesSync(join(root, 'later.txt'), atimeMs / 1000, mtimeMs / 1000 + 0.01);
    const copy = join(emptyFolder(), 'index');
    const { tree, verify } = copyIndex(root, index, copy, (second + 2) * 1000, true);
    expect(tree).toBe(git(root, 'rev-parse', 'HEAD^{tree}'));
    expect(sizesIn(root, copy)).toEqual({ 'back.txt': 4, 'later.txt': 4, 'same.txt': 4, 'tied.txt': 0 });
    const mark = verify();
    expect(mark).not.toBeNull();
    mark?.();
    expect(sizesIn(root, copy)).toEqual({ 'back.txt': 0, 'later.txt': 0, 'same.txt': 4, 'tied.txt': 0 });
    expect(statSync(copy).mtimeMs).toBe((second + 1) * 1000);
    expect(differingBy(root, copy)).toEqual(['back.txt', 'later.txt']);
    await pause(Math.max(0, (second + 2) * 1000 - Date.now()));
    expect((await startHost(root)).facts.git?.modified).toEqual(['back.txt', 'later.txt']);
  }, 20_000);

  it('leaves it to Git while the second may not be over, and where the index is of another kind', async () => {
    const { root, index, second } = await freshCheckout({ 'a.txt': 'one\n' });
    const asItWas = (now: number, plain = true): void => {
      const copy = join(emptyFolder(), 'index');
      const { tree, verify } = copyIndex(root, index, copy, now, plain);
      expect([tree, verify()]).toEqual([null, null]);
      expect(readFileSync(copy).equals(readFileSync(index))).toBe(true);
      expect(statSync(copy).mtimeMs).toBe(second * 1000);
    };
    asItWas((second + 2) * 1000 - 1);
    asItWas((second + 9) * 1000, false);
    for (const option of ['--index-version=4', '--split-index']) {
      git(root, 'update-index', option);
      utimesSync(index, second, second + 0.9);
      asItWas((second + 9) * 1000);
    }
    writeFileSync(index, readFileSync(index).subarray(0, 70));
    utimesSync(index, second, second + 0.9);
    asItWas((second + 9) * 1000);
  }, 20_000);
});

describe('the settings of the checkout', () => {
  const byGit = (file: string): [string, string][] =>
    execFileSync('git', ['config', '--file', file, '--no-includes', '-z', '--list'], { encoding: 'utf8' })
      .split('\0')
      .filter(Boolean)
      .map((entry) => [entry.split('\n')[0] ?? '', /\n(.*)/s.exec(entry)?.[1] ?? 'true']);
  const isCarried = ([key]: readonly [string, string]): boolean =>
    /^core\.(?:autocrlf|eol|filemode|sparsecheckout)$|^extensions\.(?:objectformat|refstorage)$/.test(key);

  it('are read as git reads them, or git is asked', () => {
    const file = join(emptyFolder(), 'config');
    const line = fc.oneof(
      fc.constantFrom(
        '[core]',
        '[CORE]',
        '[core "sub"]',
        '[extensions]',
        '[remote "a b"]',
        '[core',
        '[core] eol = lf',
        '[core.sub]',
        '[x]#c',
      ),
      fc.constantFrom('', '  ', '# [core]', '\t; note', '\tfilemode', 'fileMode = false', '\teol=lf', '\teol = "crlf"', '\teol = lf # x'),
      fc.constantFrom(
        '\turl = a;b',
        '\turl = "a',
        '\turl = a\\',
        '\tautocrlf = in\\\n\tput',
        '\tobjectformat = sha256',
        '\tautocrlf =',
        '1x = 2',
      ),
      fc.constantFrom(
        '\tsparseCheckout = true\r',
        '\teol = lf\u00a0',
        '\tautocrlf\u00a0= true',
        '\u00a0eol = lf',
        'e\u0000ol = lf',
        '\tno_key = 1',
      ),
    );
    let read = 0;
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
        const text = `${lines.join('\n')}\n`;
        const found = simpleSettings(text);
        if (found === null) return;
        read++;
        writeFileSync(file, text);
        let expected: [string, string][];
        try {
          expected = byGit(file);
        } catch {
          return; // What git calls broken, elsewhere in the file, stops nobody.
        }
        expect(found.filter(isCarried)).toEqual(expected.filter(isCarried));
      }),
      { numRuns: 150 },
    );
    expect(read).toBeGreaterThan(20);
    expect(simpleSettings(readFileSync(join(repository({}), '.git', 'config'), 'utf8'))).toContainEqual(['core.filemode', 'true']);
  });

  it('are carried over from what only git can read', async () => {
    const folder = emptyFolder();
    put(folder, {
      config: '[core] autocrlf = "inp\\\nut" # joined\n[include]\n\tpath = other\n',
      other: '[core]\n\teol = crlf\n',
      broken: '[',
    });
    expect([...(await carriedSettings([join(folder, 'config')], folder, {}))]).toEqual([['core.autocrlf', 'input']]);
    await expect(carriedSettings([join(folder, 'broken')], folder, {})).rejects.toThrow('cannot be read');
  });
});

describe('the start', () => {
  it('finds a checkout as committed, with what lies beside it', async () => {
    const root = repository({ 'a.txt': 'a\n', '.gitignore': '*.log\n' });
    put(root, { 'é "new".txt': 'n', 'folder/deep/b.txt': 'b', 'x.log': 'x' });
    git(join(root, 'folder'), 'init', '-q', 'nested');
    const { facts, changed } = await startHost(root);
    expect(facts.git).toMatchObject({ modified: [], untracked: ['folder/deep/b.txt', 'folder/nested/', 'é "new".txt'] });
    expect(facts.git?.start_tree).toBe(git(root, 'rev-parse', 'HEAD^{tree}'));
    expect(await changed()).toEqual([]);
  });

  it('brings the index in line where it holds more than the commit: a name only, a conflict', async () => {
    const root = repository({ 'a.txt': 'a\n' });
    git(root, 'checkout', '-qb', 'side');
    put(root, { 'a.txt': 'side\n' });
    git(root, 'commit', '-qam', 'side');
    git(root, 'checkout', '-q', 'main');
    put(root, { 'a.txt': 'main\n' });
    git(root, 'commit', '-qam', 'main');
    put(root, { 'named.txt': 'n\n' });
    git(root, 'add', '-N', 'named.txt');
    expect((await startHost(root)).facts.git).toMatchObject({ modified: [], untracked: ['named.txt'] });
    git(root, 'rm', '-q', '--cached', '-f', 'named.txt');
    expect(() => git(root, 'merge', 'side')).toThrow();
    const { facts } = await startHost(root, { restore: true });
    expect(facts.git).toMatchObject({ modified: ['a.txt'], untracked: ['named.txt'] });
    expect(facts.git?.start_tree).toBe(facts.git?.head_tree);
    expect(readFileSync(join(root, 'a.txt'), 'utf8')).toBe('main\n');
  });

  it('looks again after the self-test of a sandbox', async () => {
    const root = repository({ 'a.txt': 'a\n' });
    const launch = {
      workspace: root,
      node: process.execPath,
      toolhost: TOOLHOST,
      scratch: root,
      network: 'none',
      allowedHosts: [],
    } as const;
    const host = connectHost(await off(process.env)(launch, neverAborted));
    try {
      await host.call('probe', { script: 'echo b > a.txt; echo n > new.txt', words: [] }, neverAborted);
      const facts = await host.call('hello', { protocol: 1, working_directory: '.', restore: false }, neverAborted);
      expect(facts.git).toMatchObject({ modified: ['a.txt'], untracked: ['new.txt'] });
    } finally {
      await host.close();
    }
  });
});
