import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { inFolderOf } from '../../src/toolhost/paths.ts';
import type { Answer } from '../../src/toolhost/wire.ts';
import { cleanUp, emptyFolder, git, put, repository, startHost, type StartedHost } from './started.ts';

let host: StartedHost;
let root: string;
let outside: string;

beforeAll(async () => {
  outside = emptyFolder();
  put(outside, { 'secret.txt': 'CANARY\n' });
  root = repository({ 'src/main.ts': 'export const one = 1;\nexport const two = 2;\n', 'README.md': '# Hello\n' });
  put(`${root}-evil`, { 'x.txt': 'CANARY\n' });
  host = await startHost(root);
});
afterAll(async () => {
  await cleanUp();
  rmSync(`${root}-evil`, { recursive: true, force: true });
});

const read = (path: string, start_line?: number, end_line?: number): Promise<Answer> =>
  host.call('read_file', { path, start_line, end_line });
const write = (path: string, content: string, overwrite?: boolean): Promise<Answer> =>
  host.call('write_file', { path, content, overwrite });
const bytes = (path: string): Buffer => readFileSync(join(root, path));

describe('read_file', () => {
  it('numbers lines, and names the range that it was asked for', async () => {
    expect(await read('src/main.ts')).toEqual({ text: '1\texport const one = 1;\n2\texport const two = 2;', is_error: false });
    expect((await read('src/main.ts', 2, 2)).text).toBe('2\texport const two = 2;');
    expect((await read('src/main.ts', 1, 1)).text).toBe('1\texport const one = 1;\n[lines 1–1 of 2]');
    expect((await read(join(root, 'src/main.ts'))).is_error).toBe(false);
    expect((await read('./src/../README.md')).text).toBe('1\t# Hello');
  });

  it('stops at 1,000 lines or 24 KB and says how to go on', async () => {
    put(root, {
      'long.txt': Array.from({ length: 5310 }, (_, i) => `${i + 1}`).join('\n') + '\n',
      'wide.txt': `${'x'.repeat(900)}\n`.repeat(100),
      'one.txt': 'y'.repeat(100_000),
    });
    expect((await read('long.txt')).text).toMatch(/\n1000\t1000\n\[lines 1–1000 of 5310; continue with start_line=1001\]$/);
    expect((await read('long.txt', 5301)).text).toMatch(/^5301\t5301\n[^]*5310\t5310$/);
    const wide = (await read('wide.txt')).text;
    expect(Buffer.byteLength(wide)).toBeLessThan(25_000);
    expect(wide).toMatch(/\[lines 1–27 of 100; continue with start_line=28\]$/);
    expect((await read('one.txt')).text).toMatch(/\[… 98000 more characters in this line\]\n\[no newline at the end\]$/);
    expect(await read('long.txt', 9999)).toMatchObject({ is_error: true, text: expect.stringContaining('has 5310 lines') as unknown });
    expect(await read('long.txt', 9, 3)).toMatchObject({
      is_error: true,
      text: expect.stringContaining('start_line=3, end_line=9') as unknown,
    });
  });

  it('says what is unusual about a file', async () => {
    put(root, {
      'crlf.txt': '\uFEFFa\r\nb\n',
      'wide16.txt': Buffer.from('\uFEFFhé\n', 'utf16le'),
      'latin.txt': Buffer.from('caf\xe9\n', 'latin1'),
      'empty.txt': '',
    });
    expect((await read('crlf.txt')).text).toBe('1\ta\n2\tb\n[byte-order mark, mixed line endings (1 CRLF, 1 LF)]');
    expect((await read('wide16.txt')).text).toBe('1\thé\n[UTF-16LE, byte-order mark]');
    expect((await read('latin.txt')).text).toMatch(
      /^1\tcafé\n\[text that is not UTF-8, probably ISO-8859-1 \(Latin-1\) \(first such byte: 0xe9 in line 1\)/,
    );
    expect((await read('empty.txt')).text).toBe('empty.txt is empty (0 lines).');
  });

  it('answers a binary, huge, missing file, a folder and a pipe with what is there instead', async () => {
    put(root, { 'image.png': Buffer.from('89504e470d0a1a0a00', 'hex'), 'huge.txt': 'start of it\n' });
    truncateSync(join(root, 'huge.txt'), 20_000_000);
    await host.run('mkfifo pipe');
    expect((await read('image.png')).text).toMatch(/is binary \(PNG image\); 9 bytes\. .*89 50 4e 47/);
    expect((await read('huge.txt')).text).toMatch(/has 19\.1 MB, too large[^]*start of it/);
    expect((await read('src/mian.ts')).text).toBe('src/mian.ts does not exist. Closest names:\nsrc/main.ts');
    expect((await read('lib/main.ts')).text).toContain('src/main.ts');
    expect((await read('src')).text).toBe('src is a folder. It holds:\nmain.ts');
    expect((await read('pipe')).text).toContain('not a regular file');
    expect((await read('README.md/x')).text).toContain('a part of it is a file');
    for (const path of ['image.png', 'huge.txt', 'src/mian.ts', 'src', 'pipe']) expect((await read(path)).is_error).toBe(true);
  });
});

describe('paths', () => {
  const spellings = [
    '../x',
    '/etc/passwd',
    'a/../../x',
    '.git/config',
    '.GIT/config',
    '.git',
    'src/.Git/x',
    '.git./config',
    '.git /config',
    'git~1/config',
    '.g\u200cit/config',
    '.git::$INDEX_ALLOCATION/x',
    'a\0b',
  ];

  it.each(spellings)('refuses %j for every tool', async (path) => {
    const answers = [
      await read(path),
      await write(path, 'x', true),
      await host.edit(path, 'a', 'b'),
      await host.call('list_files', { path }),
      await host.call('search', { pattern: 'a', path }),
    ];
    for (const answer of answers)
      expect(answer).toMatchObject({
        is_error: true,
        text: expect.stringMatching(/outside the workspace|Git's own data|NUL byte/) as unknown,
      });
  });

  it('refuses a neighbour whose name begins like the workspace', async () => {
    expect((await read(`${root}-evil/x.txt`)).text).toContain('outside the workspace');
    expect((await read(`../${root.split('/').at(-1)}-evil/x.txt`)).text).toContain('outside the workspace');
  });

  it('says where a path leads, however it is spelled, before anything is there', async () => {
    put(root, { 'deep/folder/a.txt': 'a\n' });
    symlinkSync('deep/folder', join(root, 'short'));
    symlinkSync('/etc', join(root, 'away'));
    for (const path of ['deep/folder/new.txt', './deep//folder/new.txt', 'src/../deep/folder/new.txt', join(root, 'deep/folder/new.txt')])
      expect(await host.call('place', { path })).toEqual({ path: 'deep/folder/new.txt', real: 'deep/folder/new.txt' });
    expect(await host.call('place', { path: 'short/made/new.txt' })).toEqual({
      path: 'short/made/new.txt',
      real: 'deep/folder/made/new.txt',
    });
    expect(await host.call('place', { path: 'away/passwd' })).toEqual({ path: 'away/passwd', real: null });
    expect(await host.call('place', { path: '.' })).toEqual({ path: '', real: '' });
    for (const path of ['..', '/etc/passwd', 'src/../../x', '.git/config'])
      expect(await host.call('place', { path })).toEqual({ refused: expect.stringMatching(/outside the workspace|Git's own data/) });
  });

  it('refuses links that lead out, for reading, writing, editing and making folders, and follows those inside', async () => {
    symlinkSync(join(outside, 'secret.txt'), join(root, 'link.txt'));
    symlinkSync(outside, join(root, 'linked'));
    symlinkSync('/proc/self/environ', join(root, 'environ'));
    symlinkSync('.git', join(root, 'dotgit'));
    symlinkSync('loop', join(root, 'loop'));
    symlinkSync('src/main.ts', join(root, 'inside.ts'));
    for (const path of ['link.txt', 'linked/secret.txt', 'linked/new.txt', 'linked/deep/new.txt', 'environ', 'dotgit/config', 'loop']) {
      for (const answer of [await read(path), await write(path, 'x', true), await host.edit(path, 'CANARY', 'x')]) {
        expect(answer.is_error).toBe(true);
        expect(answer.text).not.toContain('CANARY');
      }
    }
    expect(readFileSync(join(outside, 'secret.txt'), 'utf8')).toBe('CANARY\n');
    expect(existsSync(join(outside, 'new.txt')) || existsSync(join(outside, 'deep'))).toBe(false);
    expect((await read('inside.ts')).text).toContain('one = 1');
    await host.edit('inside.ts', 'two = 2', 'two = 3');
    expect(bytes('src/main.ts').toString()).toContain('two = 3');
  });

  it('does not follow a link that is put in the way between check and write', () => {
    put(root, { 'race/secret.txt': 'inside\n' });
    inFolderOf(root, 'race/secret.txt', (folder, name) => {
      renameSync(join(root, 'race'), join(root, 'moved'));
      symlinkSync(outside, join(root, 'race'));
      writeFileSync(join(folder, name), 'written\n');
    });
    expect(readFileSync(join(outside, 'secret.txt'), 'utf8')).toBe('CANARY\n');
    expect(bytes('moved/secret.txt').toString()).toBe('written\n');
  });

  it('refuses to write into a submodule', async () => {
    git(root, 'init', '-q', 'nested');
    put(root, { 'nested/a.txt': 'a\n' });
    expect((await write('nested/b.txt', 'b')).text).toContain('a repository of its own');
    expect((await host.edit('nested/a.txt', 'a', 'b')).text).toContain('a repository of its own');
  });
});

describe('edit_file', () => {
  it('keeps byte-order mark, UTF-16, line endings, mode, hard white space and the missing final newline', async () => {
    put(root, { 'bom.txt': '\uFEFFone\r\n\ttwo  \r\nthree', 'be.txt': Buffer.from('\uFEFFone\r\ntwo\r\n', 'utf16le').swap16() });
    chmodSync(join(root, 'bom.txt'), 0o750);
    await host.edit('bom.txt', 'one\n\ttwo', 'one\n\tzwei 😀');
    expect(bytes('bom.txt').toString()).toBe('\uFEFFone\r\n\tzwei 😀  \r\nthree');
    expect(statSync(join(root, 'bom.txt')).mode & 0o777).toBe(0o750);
    await host.edit('be.txt', 'two', 'zwei\ndrei');
    expect(Buffer.from(bytes('be.txt')).swap16().toString('utf16le')).toBe('\uFEFFone\r\nzwei\r\ndrei\r\n');
  });

  it('refuses bytes that it could not give back, and leaves them', async () => {
    const latin = Buffer.from('caf\xe9 = 1\n', 'latin1');
    put(root, { 'latin.c': latin });
    expect(await host.edit('latin.c', '= 1', '= 2')).toMatchObject({
      is_error: true,
      text: expect.stringContaining('ISO-8859-1') as unknown,
    });
    expect(bytes('latin.c').equals(latin)).toBe(true);
  });

  it('shows four lines around the change, and says the second time that it is applied', async () => {
    put(root, { 'lines.txt': Array.from({ length: 30 }, (_, i) => `line ${i + 1}`).join('\n') });
    const first = await host.edit('lines.txt', 'line 15', 'LINE');
    expect(first.text.split('\n')).toEqual([
      'Edited lines.txt: 1 place (exact match).',
      ...Array.from({ length: 9 }, (_, i) => `${i + 11}\t${i + 11 === 15 ? 'LINE' : `line ${i + 11}`}`),
    ]);
    expect(await host.edit('lines.txt', 'line 15', 'LINE')).toMatchObject({
      is_error: false,
      text: expect.stringMatching(/^Already applied/) as unknown,
    });
    await host.edit('lines.txt', 'line 2\n', '');
    expect(await host.edit('lines.txt', 'line 2\n', '')).toMatchObject({ text: expect.stringMatching(/^Already applied/) as unknown });
    expect(await host.edit('lines.txt', 'no such text', 'x')).toMatchObject({
      is_error: true,
      text: expect.stringContaining('was not changed') as unknown,
    });
  });

  it('tells of a syntax error that the edit brought in, not of one that was there', async () => {
    put(root, {
      'a.js': 'export const a = [1];\n',
      'b.py': 'def f():\n    return 1\n',
      'c.json': '{"a": 1}\n',
      'd.sh': 'if true; then echo; fi\n',
      'e.json': '// comment\n{"a": 1}\n',
      'f.cjs': 'return 1;\nawait x;\n',
    });
    expect((await host.edit('a.js', '[1]', '[1')).text).toMatch(/Syntax error since this change \(the change stays; correct it\): a\.js:1/);
    expect((await host.edit('b.py', 'def f():', 'def f(')).text).toContain('Syntax error since this change');
    expect((await host.edit('c.json', '1', '1,')).text).toContain('JSON: ');
    expect((await host.edit('d.sh', 'fi', '')).text).toContain('syntax error');
    expect((await host.edit('e.json', '1', '2')).text).not.toContain('error');
    expect(existsSync(join(root, '__pycache__'))).toBe(false);
    expect((await host.edit('a.js', '[1', '[1]')).text).not.toContain('error');
  });

  it('does not write through a hard link', async () => {
    put(outside, { 'store.txt': 'shared\n' });
    linkSync(join(outside, 'store.txt'), join(root, 'hard.txt'));
    await host.edit('hard.txt', 'shared', 'own');
    expect(readFileSync(join(outside, 'store.txt'), 'utf8')).toBe('shared\n');
  });
});

describe('write_file', () => {
  it('makes folders, refuses an existing file, and keeps the mode when it overwrites', async () => {
    expect((await write('made/deep/a.txt', 'one\ntwo\r\n')).text).toBe('Created made/deep/a.txt (2 lines, 9 bytes).');
    expect(bytes('made/deep/a.txt').toString()).toBe('one\ntwo\r\n');
    chmodSync(join(root, 'made/deep/a.txt'), 0o755);
    expect(await write('made/deep/a.txt', 'x')).toMatchObject({
      is_error: true,
      text: expect.stringContaining('overwrite=true') as unknown,
    });
    expect((await write('made/deep/a.txt', 'new', true)).text).toContain('Overwrote');
    expect(statSync(join(root, 'made/deep/a.txt')).mode & 0o777).toBe(0o755);
    expect((await write('made/deep/a.txt', 'new', true)).text).toContain('exactly this content already');
  });

  it('refuses a folder, a path below a file, and half a character', async () => {
    mkdirSync(join(root, 'adir'));
    expect((await write('adir', 'x', true)).text).toContain('is a folder');
    expect((await write('adir/', 'x')).text).toContain('names a folder');
    expect((await write('README.md/x', 'x')).text).toContain('README.md is a file');
    expect((await write('half.txt', '\ud800')).text).toContain('surrogate');
    writeFileSync(join(root, 'plain.txt'), '');
    expect((await write('plain.txt', 'x')).is_error).toBe(true);
  });
});
