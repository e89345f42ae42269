import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { applyEdits, type Applied, type NotApplied } from '../../src/toolhost/edit/apply.ts';
import { decode, encode, type Encoding } from '../../src/toolhost/text.ts';

function apply(text: string, oldText: string, newText: string, replaceAll = false): Applied {
  const result = applyEdits(text, [{ old_str: oldText, new_str: newText, replace_all: replaceAll }]);
  if ('problem' in result) throw new Error(result.problem);
  return result;
}

function problem(text: string, oldText: string, newText = 'x', replaceAll = false): string {
  return (applyEdits(text, [{ old_str: oldText, new_str: newText, replace_all: replaceAll }]) as NotApplied).problem;
}

const step = (applied: Applied): string | undefined => applied.touched[0]?.step;

/** Lines with what real files hold: tabs, emoji, combining characters, typographic ones, patterns that `replace` would expand. */
const line = fc
  .array(
    fc.constantFrom('a', 'b', 'foo', ' ', '\t', '{', '}', '$&', '$1', '\\n', '\\', '“', '”', 'é', 'e\u0301', '👩‍👩‍👧', '日本', '…', '0', '"'),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));
const ending = fc.constantFrom('\n', '\r\n');
const file = fc
  .record({
    lines: fc.array(fc.tuple(line, ending), { minLength: 1, maxLength: 12 }),
    last: fc.option(line, { nil: '' }),
    bom: fc.boolean(),
  })
  .map(({ lines, last, bom }) => (bom ? '\uFEFF' : '') + lines.map(([text, end]) => text + end).join('') + last);

describe('an edit', () => {
  it('changes the matched text and no other byte, whatever the file', () => {
    fc.assert(
      fc.property(
        file,
        fc.nat(),
        fc.nat(),
        fc.array(line, { maxLength: 3 }),
        fc.constantFrom<Encoding>('utf-8', 'utf-16le', 'utf-16be'),
        (text, from, length, added, encoding) => {
          const whole = encoding === 'utf-8' ? text : `\uFEFF${text.replace(/^\uFEFF/, '')}`;
          const start = from % whole.length;
          const old = whole.slice(start, start + 1 + (length % 30));
          fc.pre(old.isWellFormed() && whole.indexOf(old) === whole.lastIndexOf(old) && whole[start] !== '\uFEFF');
          fc.pre(!(whole[start - 1] === '\r' && old.startsWith('\n')) && !(old.endsWith('\r') && whole[start + old.length] === '\n'));
          const replacement = added.join('\r\n');
          fc.pre(replacement !== old);
          const decoded = decode(encode(whole, encoding));
          if (!('text' in decoded)) throw new Error('not decoded');
          const result = apply(decoded.text, old, replacement);
          const before = encode(whole.slice(0, start), encoding);
          const after = encode(whole.slice(start + old.length), encoding);
          const bytes = encode(result.text, encoding);
          if (result.already.length > 0) return void expect(result.text).toBe(whole);
          expect(bytes.equals(Buffer.concat([before, encode(replacement, encoding), after]))).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('finds what a model wrote with plain line endings in any file, and keeps each ending outside the change', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('one', 'two', 'three', 'four'), ending), { minLength: 3, maxLength: 10 }),
        fc.nat(),
        (lines, at) => {
          const i = at % (lines.length - 1);
          const marked = lines.map(([text, end], k) => [`${text} ${k}`, end] as const);
          const text = marked.map(([content, end]) => content + end).join('');
          const old = `${marked[i]?.[0]}\n${marked[i + 1]?.[0]}`;
          const result = apply(text, old, `${marked[i]?.[0]}\nchanged`);
          const expected = marked.map(([content, end], k) => (k === i + 1 ? 'changed' : content) + end).join('');
          expect(result.text).toBe(expected);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('never throws and never tears the text apart, whatever is asked', () => {
    fc.assert(
      fc.property(
        file,
        fc.array(fc.record({ old_str: line, new_str: fc.string(), replace_all: fc.boolean() }), { maxLength: 4 }),
        (text, edits) => {
          const result = applyEdits(text, edits);
          if ('text' in result)
            expect(result.text.startsWith('\uFEFF')).toBe(
              text.startsWith('\uFEFF') || edits.some((edit) => edit.new_str.startsWith('\uFEFF')),
            );
          else expect(result.problem.length).toBeGreaterThan(20);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('takes $&, $1 and back-slashes as text', () => {
    expect(apply('x = 1;\n', '1', "$& $1 $$ $` $' \\n \\u0041").text).toBe("x = $& $1 $$ $` $' \\n \\u0041;\n");
    expect(apply('a\r\nb\r\n', 'a\nb', '$&\n\\').text).toBe('$&\r\n\\\r\n');
  });

  it('makes all edits of a call or none, each on the text that the one before left', () => {
    const both = applyEdits('a\nb\n', [
      { old_str: 'a', new_str: 'c' },
      { old_str: 'c\nb', new_str: 'd' },
    ]);
    expect(both).toMatchObject({ text: 'd\n' });
    const none = applyEdits('a\nb\n', [
      { old_str: 'a', new_str: 'c' },
      { old_str: 'missing', new_str: 'd' },
    ]) as NotApplied;
    expect(none.problem).toMatch(/^Edit 2 of 2: old_str not found.*No edit of this call was made\.$/s);
  });

  it('asks for more lines where old_str is found more than once, and names them', () => {
    expect(problem('x\ny\nx\n', 'x', 'z')).toBe(
      'old_str is found 2 times, at lines 1, 3. Add the lines around it to old_str so that it is found once, or set replace_all to change every one.',
    );
    expect(problem('aaa', 'aa')).toContain('found 2 times');
    expect(apply('x\ny\nx\n', 'x', 'z', true).text).toBe('z\ny\nz\n');
    expect(apply('aaaa', 'aa', 'b', true).text).toBe('bb');
  });

  it('says where the closest lines are and where they differ', () => {
    const text = Array.from({ length: 100 }, (_, i) => `line ${i + 1} of the file`).join('\n');
    const old = 'line 88 of the file\nline 89 of the file\nline 90 of the FILE\nline 91 of the file';
    expect(problem(text, old)).toMatch(/Closest is lines 88–91 \(differs at 90\):\n88\tline 88 of the file/);
    expect(problem('const total = sum(values);\n', 'const total = add(values);')).toContain('Closest is line 1 (differs at 1)');
    expect(problem('abc\n', 'nothing alike at all 123')).toContain('no part of the file is like it');
  });

  it('refuses an empty old_str and one that equals new_str', () => {
    expect(problem('a', '')).toContain('old_str is empty');
    expect(problem('a', 'a', 'a')).toContain('are the same');
  });
});

describe('the ladder', () => {
  it('matches exactly first, even where a later step would match elsewhere', () => {
    expect(apply('a \nb\n', 'a ', 'c').text).toBe('c\nb\n');
    expect(step(apply('a\n', 'a', 'b'))).toBe('exact');
  });

  it('gives new lines the ending of the place they come to', () => {
    expect(apply('a\r\nb\r\n', 'a', 'x\ny').text).toBe('x\r\ny\r\nb\r\n');
    expect(apply('a\nb\r\nc\r\n', 'a', 'x\ny').text).toBe('x\ny\nb\r\nc\r\n');
    expect(apply('a\r\nb', 'b', 'x\ny').text).toBe('a\r\nx\r\ny');
    const crlf = apply('if\r\n  one\r\nend\r\n', 'if\n  one\n', 'if\n  one\n  two\n');
    expect(crlf.text).toBe('if\r\n  one\r\n  two\r\nend\r\n');
    expect(step(crlf)).toBe('line endings');
    expect(apply('a\r\nb\nc\r\n', 'a\nb\nc', 'a\nB\nc').text).toBe('a\r\nB\nc\r\n');
    expect(apply('\uFEFFa\r\nb\r\n', '\uFEFFa\nb', 'a\nc').text).toBe('\uFEFFa\r\nc\r\n');
    expect(apply('x\r\nfoo\r\ny\r\n', '\nfoo', '\nbar\nbaz').text).toBe('x\r\nbar\r\nbaz\r\ny\r\n');
  });

  it('ignores trailing white space, and keeps it on the lines that do not change', () => {
    const result = apply('one  \ntwo\t\nthree\n', 'one\ntwo\nthree', 'one\ntwo\n3');
    expect(result.text).toBe('one  \ntwo\t\n3\n');
    expect(step(result)).toBe('trailing white space');
    expect(apply('one\ntwo\n', 'one   \ntwo', 'one\n2').text).toBe('one\n2\n');
  });

  it('shifts the replacement by the same indentation', () => {
    const deeper = apply(
      'class A {\n    run() {\n        go();\n    }\n}\n',
      'run() {\n    go();\n    stop();\n}'.replace('    stop();\n', ''),
      'run() {\n    go();\n\n    stop();\n}',
    );
    expect(deeper.text).toBe('class A {\n    run() {\n        go();\n\n        stop();\n    }\n}\n');
    expect(step(deeper)).toBe('indentation');
    expect(apply('\tif (a) {\n\t\tb();\n\t}\n', 'if (a) {\n\tb();\n}\n', 'if (a) {\n\tc();\n}\n').text).toBe('\tif (a) {\n\t\tc();\n\t}\n');
    expect(apply('a:\n  b: 1\n', '    b: 1\n', '    b: 2\n    c: 3\n').text).toBe('a:\n  b: 2\n  c: 3\n');
    expect(apply('  x\r\n  y\r\nz\r\n', 'x\ny\n', '').text).toBe('z\r\n');
    expect(problem('  a\n    b\n', 'a\nb', 'c')).toContain('not found');
  });

  it('folds typographic punctuation and leaves the file’s own where nothing changes', () => {
    const result = apply('say “hello” to x…\nit’s — fine\n', 'say "hello" to x...\nit\'s - fine', 'say "hello" to y...\nit\'s - fine');
    expect(result.text).toBe('say “hello” to y…\nit’s — fine\n');
    expect(step(result)).toBe('typographic punctuation');
    expect(apply('a\u00a0b\n', 'a b', 'a c').text).toBe('a\u00a0c\n');
  });

  it('never uses edit distance', () => {
    expect(problem('function sum(a, b) {}\n', 'function sun(a, b) {}')).toContain('not found');
  });

  it('strips line numbers only when every line has one and they count up', () => {
    const text = 'alpha\nbeta\ngamma\n';
    const result = apply(text, '1\talpha\n2\tbeta', '1\talpha\n2\tBETA');
    expect(result).toMatchObject({ text: 'alpha\nBETA\ngamma\n', stripped: true });
    expect(apply(text, '     2\tbeta', 'B').text).toBe('alpha\nB\ngamma\n');
    expect(problem(text, '1\talpha\nbeta')).toContain('not found');
    expect(problem(text, '1\talpha\n7\tbeta')).toContain('not found');
    expect(apply('1: one\n2: two\n', '1: one\n2: two', '1: eins').text).toBe('1: eins\n');
  });
});

describe('an edit that was made before', () => {
  it('is recognised where the result stands and old_str is gone', () => {
    const edit = { old_str: 'const old = 1;', new_str: 'const renamedThing = 1;' };
    expect(applyEdits('a\nconst renamedThing = 1;\nb\n', [edit])).toMatchObject({ already: [1], text: 'a\nconst renamedThing = 1;\nb\n' });
  });

  it('is recognised where a whole line was added beside old_str', () => {
    const edit = { old_str: 'import a;\n', new_str: 'import a;\nimport somethingElse;\n' };
    const once = applyEdits('import a;\n', [edit]) as Applied;
    expect(applyEdits(once.text, [edit])).toMatchObject({ already: [1], text: once.text });
  });

  it('is not assumed for a short addition, which may be meant once more', () => {
    expect(apply('    return x\n', 'return x', '  return x').text).toBe('      return x\n');
  });

  it('lets the other edits of the call through', () => {
    const result = applyEdits('const renamedThing = 1;\nb\n', [
      { old_str: 'const old = 1;', new_str: 'const renamedThing = 1;' },
      { old_str: 'b', new_str: 'c' },
    ]);
    expect(result).toMatchObject({ text: 'const renamedThing = 1;\nc\n', already: [1] });
  });
});
