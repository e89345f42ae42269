import { expect, test } from '@jest/globals';
import { scopeGate, scopeSigns } from '../../src/evidence/scope-gate.ts';
import { patchOf } from '../support/patches.ts';
import type { Files } from '../support/patches.ts';

const kinds = (before: Files, after: Files, expected?: string[]): string[] =>
  scopeSigns(patchOf(before, after), expected).map((sign) => `${sign.kind} ${sign.path}`.trim());

test('files outside the plan are noted; tests, folders and globs of the plan are inside', () => {
  const before = { 'src/a.ts': '1\n', 'src/b/c.ts': '1\n', 'lib/d.js': '1\n', 'e.json': '1\n', '__tests__/a.test.ts': '1\n' };
  const after = Object.fromEntries(Object.keys(before).map((path) => [path, '2\n']));
  expect(kinds(before, after, ['./src/a.ts', 'src/b/', 'lib/*.js'])).toEqual(['outside_plan e.json']);
  expect(kinds(before, after, [])).toEqual([]);
  expect(kinds(before, after)).toEqual([]);
});

test('white-space churn is noted, a new level of nesting is not', () => {
  expect(kinds({ 'a.js': 'a();\nb();\n' }, { 'a.js': '  a();\nb();\n' })).toEqual(['white_space a.js']);
  expect(kinds({ 'a.js': 'a();\nb();  \nc();\n' }, { 'a.js': 'a();\nb();\nd();\n' })).toEqual(['white_space a.js']);
  expect(kinds({ 'a.js': 'a();\nb();\n' }, { 'a.js': 'if (x) {\n  a();\n}\nb();\n' })).toEqual([]);
});

test('line endings, modes and final newlines are noted', () => {
  expect(kinds({ 'a.txt': 'a\nb\n' }, { 'a.txt': 'a\r\nb\r\n' })).toEqual(['line_endings a.txt']);
  expect(scopeGate({ patch: patchOf({ 'a.txt': 'a\r\nb\r\n' }, { 'a.txt': 'a\nb\n' }) }).detail).toContain(
    '2 lines changed only in line ending (CRLF to LF)',
  );
  expect(kinds({ 'run.sh': 'a\n' }, { 'run.sh!x': 'a\n' })).toEqual(['mode run.sh']);
  expect(kinds({ 'a.txt': 'a\nb\n' }, { 'a.txt': 'a\nc' })).toEqual(['final_newline a.txt']);
});

test('a lock file that changes without its manifest is noted', () => {
  expect(kinds({ 'package-lock.json': '{}\n' }, { 'package-lock.json': '{"a":1}\n' })).toEqual(['lock_file package-lock.json']);
  expect(
    kinds({ 'package-lock.json': '{}\n', 'package.json': '{}\n' }, { 'package-lock.json': '{"a":1}\n', 'package.json': '{"a":1}\n' }),
  ).toEqual([]);
  expect(kinds({ 'go.sum': 'a\n' }, { 'go.sum': 'b\n' })).toEqual(['lock_file go.sum']);
});

test('a large change is noted, lock files aside', () => {
  const many = 'x\n'.repeat(700);
  expect(kinds({ 'a.js': '1\n' }, { 'a.js': many })).toEqual(['size']);
  expect(kinds({ 'package-lock.json': '1\n', 'package.json': '1\n' }, { 'package-lock.json': many, 'package.json': '2\n' })).toEqual([]);
});

test('it never refuses', () => {
  const patch = patchOf({ 'a.js': 'a\n' }, { 'a.js': 'x\n'.repeat(5000), 'b.js': 'y\n' });
  expect(scopeGate({ patch, filesExpected: ['c.js'] }).outcome).toBe('noted');
  expect(scopeGate({ patch: patchOf({ 'a.js': 'a\n' }, { 'a.js': 'b\n' }), filesExpected: ['a.js'] })).toEqual({
    gate: 'scope',
    outcome: 'passed',
    detail: 'Nothing outside the plan, and no churn.',
  });
});
