import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { fromHtml } from './hostile.ts';
import { MAX_BODY, pullRequestBody, pullRequestTitle } from '../../src/reports/pull-request.ts';
import { HOSTILE } from './hostile.ts';
import { safeText as text } from '../support/safe-text.ts';
import { recordedRun } from '../support/transcripts.ts';
import type { Recorder, Story } from '../support/transcripts.ts';

const runs: Recorder[] = [];
function recorded(story?: Story): Recorder {
  const run = recordedRun(story);
  runs.push(run);
  return run;
}
afterEach(() => {
  for (const { repository } of runs.splice(0)) repository.remove();
});

describe('the body of the pull request', () => {
  it('says what was asked, what changed, what proves it, what the review found and what it cost', () => {
    const run = recorded();
    const body = pullRequestBody(run.events, { text });
    const tree = run.repository.tree.slice(0, 7);
    // The first line on the page is what decides.
    const glance =
      'Tests: **proven** · requirements: **1 of 2 met** · self-review: **proceed**, 2 findings, none open · 2 files, +3 −2 lines · $0.11';
    expect(body.split('\n\n').slice(0, 2)).toEqual(['<!-- alchemist: run=4242 attempt=1 -->', glance]);
    for (const part of [
      'Fixes #7\n',
      '**Asked** by `grace` in #7: `Empty ranges are summed wrongly`',
      'The sum of nothing must be 0.',
      '✅ `R1` ',
      '❔ `R2` ',
      'Tests: **proven**',
      '| before (base) | `node --test` | 1 | 2 passed, 1 failed |',
      `| after (this change) | \`node --test\` | 0 | 3 passed | \`${tree}`,
      'Failed before, passes after:\n- `sum of nothing is 0`',
      'verdict, computed in code: **proceed**. 2 findings, 0 open.',
      'Strings are concatenated — how it fails: ',
      'not raised again by a later round (raised in round 1)',
      '| scope | noted |',
      '| `src/sum.js` | `@@ -1,7 +1,7 @@` | 3, 7 | `R1` |',
      'Cost $0.11 of $5.00; 9 turns of 60; ',
      'Gates: 2 passed, 1 noted',
      'Sandbox: `unshare, full`',
      'npx alchemist verify transcript.jsonl --repo .',
    ]) {
      expect(body).toContain(part);
    }
    expect(body).not.toMatch(/> \[!/);
  });

  it('warns of what only the door knows: a draft and why, held workflows, files that run by themselves', () => {
    const { events } = recorded();
    const reviewed = events.findLast((event) => event.type === 'reviewed');
    const finding = events.find((event) => event.type === 'reviewed')?.blocking[0];
    const open = events.map((event) =>
      event === reviewed && finding ? { ...event, review: { ...reviewed.review!, findings: [finding] }, blocking: [finding] } : event,
    );
    const body = pullRequestBody(open, { text, draft: true, approvalNeeded: true, executableChanges: ['package.json', 'Makefile'] });
    expect(body).toContain('This is a draft: 1 finding of the self-review is open.');
    expect(body).toContain('[*Approve workflows to run*](https://github.com/acme/sums/actions?query=branch%3Aalchemist%2Fissue-7)');
    expect(body).toContain('Read before running anything: `package.json`, `Makefile`.');
    expect(body).toContain('→ **open** (raised in round 1, 2)');
  });

  it('marks a hunk that serves no requirement', () => {
    const { events } = recorded();
    const changed = events.map((event) =>
      event.type === 'reviewed' && event.review
        ? { ...event, review: { ...event.review, hunks: [{ file: 'src/sum.js', start_line: 1, requirement: null }] } }
        : event,
    );
    expect(pullRequestBody(changed, { text })).toContain('| 3, 7 | **no requirement** |');
  });

  it('stays under the limit of GitHub whatever the size of the run, and counts what it leaves out', () => {
    const { events } = recorded({ text: 'Long words, and more of them. '.repeat(900) });
    const many = events.map((event) => {
      if (event.type === 'reviewed' && event.review) {
        const requirements = Array.from({ length: 3000 }, (_, index) => ({
          id: `R${index}`,
          status: 'met' as const,
          evidence: 'x'.repeat(900),
        }));
        const findings = Array.from({ length: 500 }, (_, index) => ({
          ...event.review!.findings[0]!,
          file: `f${index}`,
          severity: 'minor' as const,
          category: 'bug' as const,
          confidence: 0.1,
          claim: 'y'.repeat(900),
          failure_scenario: 'z'.repeat(900),
          start_line: 1,
          end_line: 1,
        }));
        return { ...event, review: { ...event.review, requirements, findings } };
      }
      return event;
    });
    const body = pullRequestBody(many, {
      text,
      executableChanges: Array.from({ length: 900 }, (_, index) => `${'d/'.repeat(90)}${index}`),
    });
    expect(body.length).toBeLessThanOrEqual(MAX_BODY);
    expect(body).toMatch(/… and 29\d\d more, in the report\./);
    expect(body).toContain('and 880 more');
    expect(body).toContain('Read and verify the transcript');
  });

  it('does without the table of hunks when a recorded patch cannot be read', () => {
    const { events } = recorded();
    const broken = events.map((event) => (event.type === 'tree_changed' ? { ...event, patch: 'nonsense' } : event));
    expect(pullRequestBody(broken, { text })).not.toContain('From each hunk');
  });

  it('takes its title from the author, else from the ticket', () => {
    const { events } = recorded();
    expect(pullRequestTitle(events)).toBe('Sum nothing to 0');
    expect(pullRequestTitle(events.slice(0, 4))).toBe('Change for issue 7');
  });
});

describe('hostile words in the body of the pull request', () => {
  let body: string;
  let run: Recorder;
  beforeAll(() => {
    run = recordedRun({ text: HOSTILE, ticket: { title: HOSTILE, body: HOSTILE, instruction: HOSTILE, author: 'a<b>', askedBy: '@x`' } });
    const events = run.events.map((event) =>
      event.type === 'gate_checked'
        ? { ...event, detail: HOSTILE }
        : event.type === 'tests_ran'
          ? { ...event, command: HOSTILE, failing: [HOSTILE] }
          : event,
    );
    body = pullRequestBody(events, { text, draft: true, executableChanges: [HOSTILE], artifact: HOSTILE });
  });
  afterAll(() => {
    run.repository.remove();
  });

  it('close no other issue, notify nobody, load nothing and link nowhere else', () => {
    const { tags, links, images, words } = fromHtml(body);
    expect(tags).toEqual(['details', 'summary']);
    expect(images).toEqual([]);
    expect(links.filter((link) => !link.startsWith('https://github.com/acme/sums/'))).toEqual([]);
    expect(words.join(' ')).not.toMatch(/@octocat|evil\.example|#99|other\/repo#1/);
    expect(words.join(' ').match(/fixes #\d+/gi)).toEqual(['Fixes #7']);
  });

  it('hide no part of the page in a comment of HTML', () => {
    expect(body.match(/<!--/g)).toHaveLength(1);
  });
});
