import { describe, expect, test } from '@jest/globals';
import { added, parsePatch, removed } from '../../src/evidence/patch.ts';
import { patchOf } from '../support/patches.ts';

const one = (before: Record<string, string>, after: Record<string, string>, options: string[] = []) =>
  parsePatch(patchOf(before, after, options));

describe('a patch of real git', () => {
  test('gives lines with their numbers on both sides', () => {
    const [file] = one({ 'a.txt': '1\n2\n3\n4\n' }, { 'a.txt': '1\nzwei\n3\n4\nfive\n' });
    expect(file).toMatchObject({ path: 'a.txt', oldPath: 'a.txt', status: 'modified', binary: false });
    expect(removed(file!)).toEqual([{ kind: 'removed', text: '2', oldLine: 2, newLine: 0 }]);
    expect(added(file!).map((line) => [line.text, line.newLine])).toEqual([
      ['zwei', 2],
      ['five', 5],
    ]);
  });

  test('tells new, deleted, renamed, executable and binary files', () => {
    const body = Array.from({ length: 20 }, (_, index) => `line ${String(index)}\n`).join('');
    const files = one(
      { 'gone.txt': 'x\n', 'old name.txt': body, run: '#!/bin/sh\n', 'b.bin': 'a\0b' },
      { 'new.txt': 'y\n', 'new name.txt': body, 'run!x': '#!/bin/sh\n', 'b.bin': 'a\0c' },
    );
    const by = Object.fromEntries(files.map((file) => [file.path, file]));
    expect(by['gone.txt']).toMatchObject({ status: 'deleted', oldMode: '100644' });
    expect(by['new.txt']).toMatchObject({ status: 'added', newMode: '100644' });
    expect(by['new name.txt']).toMatchObject({ status: 'renamed', oldPath: 'old name.txt' });
    expect(by.run).toMatchObject({ oldMode: '100644', newMode: '100755', lines: [] });
    expect(by['b.bin']).toMatchObject({ binary: true, lines: [] });
  });

  test('keeps carriage returns and tells a missing final newline on each side', () => {
    const [file] = one({ 'a.txt': 'x\r\ny' }, { 'a.txt': 'x\ny\n' });
    expect(file).toMatchObject({ oldLacksFinalNewline: true, newLacksFinalNewline: false });
    expect(removed(file!)[0]?.text).toBe('x\r');
  });

  test('reads quoted paths, and lines that look like headers', () => {
    const files = one(
      { 'ä "x".txt': '-- a/b\n', 'c.txt': '' },
      { 'ä "x".txt': '++ b/c\ndiff --git a/x b/x\n@@ -1 +1 @@\n', 'c.txt': 'x\n' },
    );
    expect(files.map((file) => file.path)).toEqual(
      ['c.txt', 'ä "x".txt'].sort((a, b) => files.findIndex((f) => f.path === a) - files.findIndex((f) => f.path === b)),
    );
    const quoted = files.find((file) => file.path === 'ä "x".txt');
    expect(added(quoted!).map((line) => line.text)).toEqual(['++ b/c', 'diff --git a/x b/x', '@@ -1 +1 @@']);
    expect(removed(quoted!).map((line) => line.text)).toEqual(['-- a/b']);
  });

  test('with --binary and --full-index is read the same', () => {
    const files = one({ 'b.bin': 'a\0b', 'a.txt': '1\n' }, { 'b.bin': 'a\0c', 'a.txt': '2\n' }, ['--binary', '--full-index']);
    expect(files.map((file) => [file.path, file.binary, file.lines.length])).toEqual([
      ['a.txt', false, 2],
      ['b.bin', true, 0],
    ]);
  });
});

test('a text that is no patch gives no files', () => {
  expect(parsePatch('')).toEqual([]);
  expect(parsePatch('hello\n+world\n')).toEqual([]);
});
