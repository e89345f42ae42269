import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chunksOf } from '../../src/review/chunks.ts';
import { judge, merged, readReview, shownLines } from '../../src/review/verdict.ts';
import type { Finding, Review } from '../../src/transcript/events.ts';

const hunk = (start: number, lines: number): string =>
  `@@ -${start},${lines} +${start},${lines} @@\n${Array.from({ length: lines }, (_, i) => `-old ${start + i}\n+new ${start + i}\n`).join('')}`;
const file = (name: string, hunks: readonly string[]): string =>
  `diff --git a/${name} b/${name}\nindex 1..2 100644\n--- a/${name}\n+++ b/${name}\n${hunks.join('')}`;

describe('a large change in parts', () => {
  it('holds every hunk exactly once, each under the header of its file', () => {
    const files = fc.array(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(files, fc.integer({ min: 50, max: 3_000 }), (shape, limit) => {
        const patch = shape
          .map((sizes, f) =>
            file(
              `f${f}.js`,
              sizes.map((size, h) => hunk(h * 100 + 1, size)),
            ),
          )
          .join('');
        const chunks = chunksOf(patch, limit);
        for (const [f, sizes] of shape.entries()) {
          for (const [h, size] of sizes.entries()) {
            const holding = chunks.filter(
              (chunk) => chunk.files.includes(`f${f}.js`) && hunksOf(chunk.patch, `f${f}.js`).includes(hunk(h * 100 + 1, size)),
            );
            expect(holding).toHaveLength(1);
          }
        }
        const hunks = chunks.flatMap((chunk) => chunk.patch.match(/^@@ /gm) ?? []).length;
        expect(hunks).toBe(shape.flat().length);
      }),
      { numRuns: 60 },
    );
  });

  it('stays whole when it is small', () => {
    const patch = file('a.js', [hunk(1, 2)]) + file('b.js', [hunk(1, 2)]);
    expect(chunksOf(patch, 10_000)).toEqual([{ patch, files: ['a.js', 'b.js'] }]);
  });
});

function hunksOf(patch: string, name: string): string[] {
  const sections = patch.split(/^(?=diff --git )/m).filter((section) => section.startsWith(`diff --git a/${name} `));
  return sections.flatMap((section) => section.split(/^(?=@@ -)/m).slice(1));
}

const finding = (changes: Partial<Finding>): Finding => ({
  severity: 'major',
  category: 'bug',
  file: 'a.js',
  start_line: 3,
  end_line: 3,
  claim: 'c',
  failure_scenario: 'f',
  confidence: 0.9,
  ...changes,
});
const review = (findings: readonly Finding[], status: 'met' | 'unmet' | 'unverifiable' = 'met'): Review => ({
  summary: 's',
  requirements: [{ id: 'R1', status, evidence: 'e' }],
  findings,
  hunks: [],
});
const shown = shownLines(file('a.js', [hunk(1, 5)]));

describe('the verdict, computed in code', () => {
  it.each([
    ['a major finding of confidence 0.7', finding({ confidence: 0.7 }), 'revise'],
    ['a blocker', finding({ severity: 'blocker' }), 'revise'],
    ['an unsure major finding', finding({ confidence: 0.69 }), 'proceed'],
    ['a minor finding', finding({ severity: 'minor', confidence: 1 }), 'proceed'],
    ['a finding outside the diff', finding({ start_line: 80, end_line: 90 }), 'proceed'],
    ['a finding in a file that did not change', finding({ file: 'b.js' }), 'proceed'],
  ])('%s', (_, one, verdict) => {
    expect(judge(review([one]), shown).verdict).toBe(verdict);
  });

  it('drops what lies outside the diff, and says so', () => {
    const outside = finding({ start_line: 80, end_line: 90 });
    expect(judge(review([outside, finding({})]), shown)).toMatchObject({ dropped: [outside], blocking: [finding({})] });
  });

  it('knows names that git quotes, in the diff and in the answer', () => {
    const quoted = '"b/caf\\303\\251.js"';
    const patch = `diff --git "a/caf\\303\\251.js" ${quoted}\n--- "a/caf\\303\\251.js"\n+++ ${quoted}\n${hunk(1, 3)}`;
    expect([...shownLines(patch).keys()]).toEqual(['café.js']);
    expect(chunksOf(patch, 10_000)[0]?.files).toEqual(['café.js']);
    for (const name of ['café.js', 'b/café.js', quoted])
      expect(judge(review([finding({ file: name })]), shownLines(patch)).verdict).toBe('revise');
  });

  it('lets a file without lines be spoken of: a mode, a binary', () => {
    const mode = 'diff --git a/README.md b/README.md\nold mode 100644\nnew mode 100755\n' + file('a.js', [hunk(1, 2)]);
    const said = finding({ file: 'README.md', start_line: 1, end_line: 1 });
    expect(judge(review([said]), shownLines(mode))).toMatchObject({ verdict: 'revise', dropped: [] });
  });

  it('is unanswered without a readable answer, and without the answer for one part', () => {
    expect(judge(null, shown).verdict).toBe('unanswered');
    expect(merged([review([]), null])).toBeNull();
    expect(judge(review([]), shown, [], true)).toMatchObject({ verdict: 'unanswered', blocking: [] });
    expect(judge(review([finding({})]), shown, [], true).verdict).toBe('revise');
  });

  it('puts parts together: findings of all, a requirement unmet where any part breaks it', () => {
    const whole = merged([review([finding({})], 'unverifiable'), review([], 'met'), review([finding({ file: 'b.js' })], 'unverifiable')]);
    expect(whole?.findings).toHaveLength(2);
    expect(whole?.requirements).toEqual([{ id: 'R1', status: 'met', evidence: 'e' }]);
    expect(merged([review([], 'met'), review([], 'unmet')])?.requirements[0]?.status).toBe('unmet');
  });

  it('reads the answer also in a code fence and between words, and nothing that is not the asked-for object', () => {
    const text = JSON.stringify(review([finding({})]));
    expect(readReview(text)).not.toBeNull();
    expect(readReview(`\`\`\`json\n${text}\n\`\`\``)).toEqual(readReview(text));
    expect(readReview(`Here is my review:\n\n\`\`\`json\n${text}\n\`\`\`\nThat is all.`)).toEqual(readReview(text));
    for (const wrong of ['', 'Looks good!', '{}', text.replace('"major"', '"grave"')]) expect(readReview(wrong)).toBeNull();
  });
});
