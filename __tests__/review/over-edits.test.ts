import { describe, expect, it } from '@jest/globals';
import { overEdits } from '../../src/review/over-edits.ts';
import { judge, merged, shownLines } from '../../src/review/verdict.ts';
import type { Finding, Review } from '../../src/transcript/events.ts';

/** Two hunks of one file, and one of another that only changes white space. */
const PATCH = `diff --git a/src/a.js b/src/a.js
index 1111111..2222222 100644
--- a/src/a.js
+++ b/src/a.js
@@ -1,3 +1,3 @@
 one
-two
+TWO
 three
@@ -40,3 +40,4 @@ function f() {
 x
+y
 z
 w
diff --git a/src/b.js b/src/b.js
index 1111111..2222222 100644
--- a/src/b.js
+++ b/src/b.js
@@ -5,1 +5,1 @@
-  tidy
+tidy
`;
const SCOPE = { requirements: ['R1', 'R2'], filesExpected: ['src/a.js'] };

type Hunk = Review['hunks'][number];
const hunk = (start_line: number, requirement: string | null, file = 'src/a.js'): Hunk => ({ file, start_line, requirement });
const review = (hunks: readonly Hunk[], findings: readonly Finding[] = []): Review => ({ summary: '', requirements: [], findings, hunks });
const ALL_SERVE = [hunk(1, 'R1'), hunk(40, 'R2'), hunk(5, 'R1', 'src/b.js')];

describe('a hunk that serves no requirement', () => {
  it('is a major finding of its own that asks for a revision', () => {
    const found = overEdits(review([hunk(1, 'R1'), hunk(40, null), hunk(5, 'R1', 'src/b.js')]), PATCH, SCOPE);
    expect(found).toEqual([
      expect.objectContaining({ severity: 'major', category: 'scope', file: 'src/a.js', start_line: 40, end_line: 43, confidence: 0.8 }),
    ]);
    expect(judge(review([hunk(40, null)]), shownLines(PATCH), found)).toMatchObject({
      verdict: 'revise',
      blocking: found,
      over_edits: found,
    });
  });

  it('is the surer with a deterministic sign, which is named', () => {
    const [found] = overEdits(review([hunk(1, 'R1'), hunk(40, 'R1'), hunk(5, null, 'b/src/b.js')]), PATCH, SCOPE);
    expect(found).toMatchObject({ file: 'src/b.js', confidence: 0.9 });
    expect(found?.claim).toMatch(/not among the files that the plan expects; .*white space/);
  });

  it('is told of, and stops nothing, where the reviewer names a requirement that does not exist', () => {
    const found = overEdits(review([hunk(1, 'R9'), hunk(40, 'r2.'), hunk(5, 'R1, R2', 'src/b.js')]), PATCH, SCOPE);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ start_line: 1, severity: 'minor', claim: expect.stringContaining('"R9"') });
    // Without stated requirements the reviewer was told to call the ticket R1.
    expect(overEdits(review([hunk(1, 'R1'), hunk(40, 'R2')]), PATCH, { ...SCOPE, requirements: [] })).toMatchObject([{ start_line: 40 }]);
  });

  it('is none that the reviewer does not speak of, and none of all that serve', () => {
    expect(overEdits(review(ALL_SERVE), PATCH, SCOPE)).toEqual([]);
    expect(overEdits(review([hunk(1, 'R1')]), PATCH, SCOPE)).toEqual([]);
    expect(overEdits(review([]), PATCH, SCOPE)).toEqual([]);
    expect(overEdits(null, PATCH, SCOPE)).toEqual([]);
    expect(judge(review(ALL_SERVE), shownLines(PATCH), [])).not.toHaveProperty('over_edits');
  });

  it('is said once where the reviewer raises it too, and twice where it is not sure', () => {
    const own = (confidence: number): Finding => ({
      ...{ severity: 'major', category: 'scope', file: 'src/a.js', start_line: 41, end_line: 41 },
      ...{ claim: 'Nobody asked for y.', failure_scenario: 'none', confidence },
    });
    const found = overEdits(review([hunk(40, null)]), PATCH, SCOPE);
    expect(judge(review([hunk(40, null)], [own(0.9)]), shownLines(PATCH), found).blocking).toEqual([own(0.9)]);
    expect(judge(review([hunk(40, null)], [own(0.3)]), shownLines(PATCH), found).blocking).toEqual(found);
  });

  it('is found over all parts of a large change', () => {
    const whole = merged([review([hunk(1, 'R1'), hunk(40, null)]), review([hunk(5, null, 'src/b.js')])]);
    expect(overEdits(whole, PATCH, SCOPE).map(({ file, start_line }) => [file, start_line])).toEqual([
      ['src/a.js', 40],
      ['src/b.js', 5],
    ]);
  });

  it('of a deleted file points at the lines that are gone', () => {
    const gone =
      'diff --git a/old.js b/old.js\ndeleted file mode 100644\nindex 1111111..0000000\n--- a/old.js\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-a\n-b\n';
    expect(overEdits(review([hunk(1, null, 'old.js')]), gone, SCOPE)).toMatchObject([{ file: 'old.js', start_line: 1, end_line: 2 }]);
  });
});
