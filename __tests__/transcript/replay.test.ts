import { symlinkSync, chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Event } from '../../src/transcript/events.ts';
import { objectReader } from '../../src/transcript/objects.ts';
import { parsePatch } from '../../src/transcript/patch.ts';
import { PatchError } from '../../src/transcript/patch-lines.ts';
import { replayTrees } from '../../src/transcript/replay.ts';
import { Recorder, Repository, runGit } from '../support/transcripts.ts';
import type { Files } from '../support/transcripts.ts';

let recorder: Recorder | undefined;
afterEach(() => {
  recorder?.repository.remove();
});

function recorded(base: Files, changes: readonly (Files | ((dir: string) => void))[]): Recorder {
  recorder = new Recorder(new Repository(base));
  recorder.start();
  for (const [index, change] of changes.entries()) {
    if (typeof change === 'function') change(recorder.repository.dir);
    recorder.change(typeof change === 'function' ? {} : change, `toolu_${index}`);
  }
  return recorder;
}

async function replayed(of: Recorder): Promise<unknown> {
  const start = of.events.find((event) => event.type === 'context_gathered')?.start_tree ?? '';
  return replayTrees(of.events, start, objectReader(runGit, of.repository.dir));
}

const last = (of: Recorder): string => of.repository.tree;

describe('the replay of patches', () => {
  it('gives the tree that git gives, for text of every shape', async () => {
    const run = recorded({ 'a.txt': 'one\ntwo\nthree\n', 'crlf.txt': 'a\r\nb\r\n', 'deep/er/file': 'x' }, [
      { 'a.txt': 'one\nTWO\nthree' },
      { 'a.txt': 'one\nTWO\nthree\n', 'crlf.txt': 'a\r\nb\nc\r' },
      { 'ümläut "quoted"\t.txt': 'é\u2028\u0000'.slice(0, 2), empty: '' },
      { 'deep/er/file': null, 'deep/other': '\n\n' },
      { empty: 'no longer\n', 'a.txt': '' },
    ]);
    expect(await replayed(run)).toEqual({ kind: 'replayed', steps: 5, skipped: 0, tree: last(run) });
  });

  it('gives the tree that git gives, for binary content, whole and as a delta', async () => {
    const large = randomBytes(20_000);
    const other = Buffer.concat([large.subarray(0, 9000), Buffer.from('changed\0'), large.subarray(9000)]);
    const run = recorded({ 'image.png': large }, [
      { 'image.png': other },
      { 'new.bin': Buffer.from([0, 1, 2, 255]) },
      { 'image.png': null },
    ]);
    expect(run.events.some((event) => event.type === 'tree_changed' && /^delta/m.test(event.patch))).toBe(true);
    expect(await replayed(run)).toEqual({ kind: 'replayed', steps: 3, skipped: 0, tree: last(run) });
  });

  it('gives the tree that git gives, for modes, symbolic links, and files that become folders and back', async () => {
    const run = recorded({ 'run.sh': 'echo\n', thing: 'file\n', kept: 'k\n' }, [
      (dir) => chmodSync(join(dir, 'run.sh'), 0o755),
      (dir) => symlinkSync('kept', join(dir, 'link')),
      { thing: null, 'thing/inside/a': 'a\n' },
      (dir) => rmSync(join(dir, 'thing'), { recursive: true }),
      { thing: 'file again\n' },
      (dir) => {
        rmSync(join(dir, 'kept'));
        symlinkSync('run.sh', join(dir, 'kept'));
      },
    ]);
    expect(await replayed(run)).toEqual({ kind: 'replayed', steps: 6, skipped: 0, tree: last(run) });
  });

  it('gives the tree that git gives, for any sequence of random changes', async () => {
    const path = fc.constantFrom('a', 'b/c', 'b/d', 'b/e/f', 'é', 'g.h', 'g/h');
    const line = fc.constantFrom('x\n', 'y\n', '\n', 'z', '\r\n', '-- a\n', '@@ -1 +1 @@\n', 'diff --git a/x b/x\n');
    const content = fc.array(line, { maxLength: 12 }).map((lines) => lines.join(''));
    const step = fc.dictionary(path, content, { minKeys: 1, maxKeys: 3 });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), async (steps) => {
        const run = recorded({ a: 'x\ny\n', 'b/c': 'y\n' }, steps);
        try {
          const distinct = run.events.filter((event) => event.type === 'tree_changed').length;
          expect(await replayed(run)).toEqual({ kind: 'replayed', steps: distinct, skipped: 0, tree: last(run) });
        } finally {
          run.repository.remove();
        }
      }),
      { numRuns: 15 },
    );
  });

  it('refuses a patch whose context is not there, naming the event', async () => {
    const run = recorded({ a: '1\n2\n3\n' }, [{ a: '1\n2\nthree\n' }]);
    const event = run.events.at(-1);
    if (event?.type !== 'tree_changed') throw new Error('no change');
    run.events[run.events.length - 1] = { ...event, patch: event.patch.replace(' 2\n', ' two\n') };
    expect(await replayed(run)).toEqual({
      kind: 'failed',
      steps: 0,
      seq: event.seq,
      detail: expect.stringContaining('line 2 is not what'),
    });
  });

  it('passes over a change without its patch that was undone, and says from where on the tree is not known otherwise', async () => {
    const run = recorded({ a: '1\n' }, [{ a: '2\n' }, { huge: 'h\n' }, { huge: null }, { a: '3\n' }]);
    const omit = (event: Event): Event =>
      event.type === 'tree_changed' && event.files.includes('huge') ? { ...event, patch: '', patch_omitted: 'too large' } : event;
    run.events.splice(0, Infinity, ...run.events.map(omit));
    expect(await replayed(run)).toEqual({ kind: 'replayed', steps: 2, skipped: 2, tree: last(run) });
    run.events.splice(-2, 1);
    expect(await replayed(run)).toMatchObject({ kind: 'omitted', steps: 1, why: 'too large' });
  });

  it('names the object that a partial clone lacks', async () => {
    const run = recorded({ a: '1\n' }, [{ a: '2\n' }]);
    const id = run.repository.git(['hash-object', '--stdin'], '1\n').trim();
    rmSync(join(run.repository.dir, '.git', 'objects', id.slice(0, 2), id.slice(2)));
    expect(await replayed(run)).toEqual({ kind: 'missing', id });
  });
});

describe('the parser of patches', () => {
  it('refuses what git diff does not write', () => {
    for (const text of [
      'hello\n',
      'diff --git a/x b/x\nindex zz..yy\n',
      'diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n x\n',
      'diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n!x\n',
      'diff --git a/x b/x\nGIT binary patch\nliteral 3\n!!!!\n\n',
    ]) {
      expect(() => parsePatch(text)).toThrow(PatchError);
    }
  });
});
