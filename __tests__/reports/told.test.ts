import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { commentBody } from '../../src/reports/comment.ts';
import { outputsOf } from '../../src/reports/outputs.ts';
import { MAX_BODY } from '../../src/reports/pull-request.ts';
import { summaryMarkdown } from '../../src/reports/summary.ts';
import { terminalLine } from '../../src/reports/terminal.ts';
import type { Conclusion, Event, RunEnded } from '../../src/transcript/events.ts';
import { fromHtml, HOSTILE } from './hostile.ts';
import { safeText as text } from '../support/safe-text.ts';
import { recordedRun, Recorder, Repository, SUM_FILES } from '../support/transcripts.ts';

let run: Recorder;
let hostile: Recorder;
beforeAll(() => {
  run = recordedRun();
  hostile = recordedRun({ text: HOSTILE, ticket: { title: HOSTILE } });
});
afterAll(() => {
  run.repository.remove();
  hostile.repository.remove();
});

/** A run of a change without publication that ended in this way. */
function stopped(
  conclusion: Conclusion,
  reason: string,
  more: Partial<RunEnded> = {},
  before: (recorder: Recorder) => void = () => undefined,
): Event[] {
  const recorder = new Recorder(new Repository(SUM_FILES));
  recorder.start();
  recorder.turn('Edit.', [{ name: 'write_file', input: { path: 'a' }, files: { a: 'a\n' } }]);
  before(recorder);
  recorder.end(conclusion, reason);
  recorder.repository.remove();
  return recorder.events.map((event) => (event.type === 'run_ended' ? { ...event, ...more } : event));
}

describe('the progress comment', () => {
  it('shows the plan with check marks, the last step, turns, cost and time, under its own marker', () => {
    const half = run.events.slice(
      0,
      run.events.findIndex((event) => event.type === 'tests_ran' && event.phase === 'work'),
    );
    const body = commentBody(half, { text });
    expect(body).toMatch(/^<!-- alchemist: run=4242 attempt=1 -->\n\*\*Alchemist is working\*\* · 4 turns of 60 · \$0\.0492 of \$5\.00 · /);
    expect(body).toContain('- [ ] sum(');
    expect(body).toContain('Last step: `run_tests`');
    const met = half.map((event) =>
      event.type === 'tool_ran' && event.name === 'update_plan'
        ? { ...event, input: { requirements: [{ id: 'R1', text: 'done', status: 'met' }] } }
        : event,
    );
    expect(commentBody(met, { text })).toContain('- [x] done');
  });

  it('can be written after any event', () => {
    for (let length = 0; length <= run.events.length; length++)
      expect(commentBody(run.events.slice(0, length), { text })).toContain('<!-- alchemist');
  });

  it('ends with the pull request, the verdict on the tests and the last hash', () => {
    const body = commentBody(run.events, { text, artifactUrl: 'https://github.com/acme/sums/actions/runs/4242/artifacts/1' });
    expect(body).toContain('**Opened pull request [#8](https://github.com/acme/sums/pull/8)** · tests proven');
    expect(body).toContain(`\`sha256:${run.events.at(-1)?.hash ?? '?'}\``);
    expect(body).toContain('[Transcript and report](https://github.com/acme/sums/actions/runs/4242/artifacts/1)');
  });

  const endings: [Conclusion, Partial<RunEnded>, string[]][] = [
    ['answered', {}, ['Answered without a change', 'It is so.']],
    ['blocked', { question: 'Which one?' }, ['cannot go on without you', '**Question:** Which one?', 'starts with `@alchemist`']],
    [
      'out_of_budget',
      { limit: 'dollars' },
      ['Stopped at a limit', 'raise `max-cost-usd`', '`git apply change.patch`', 'comment `@alchemist continue`'],
    ],
    ['rejected_by_review', {}, ['Stopped by the self-review', 'change.patch']],
    ['cancelled', {}, ['Cancelled', 'change.patch']],
    ['dry_run', {}, ['nothing was published', 'Tests: ']],
    ['failed', {}, ['Failed', 'It is so.', 'To start anew']],
  ];
  it.each(endings)('has a final state for "%s" that says how to go on', (conclusion, more, parts) => {
    const body = commentBody(stopped(conclusion, 'It is so.', more), { text, continueWith: '@alchemist continue' });
    for (const part of [...parts, 'Last hash of the transcript']) expect(body).toContain(part);
    expect(body).not.toContain('is working');
  });

  it('gives the whole reason that the author reported, not the one line of the ending', () => {
    const input = { kind: 'answered', reason: 'First line.\n\nSecond line, with much more to say.' };
    const events = stopped('answered', 'First line.', {}, (recorder) => recorder.turn('', [{ name: 'report_blocked', input }]));
    expect(commentBody(events, { text })).toContain('Second line, with much more to say.');
  });

  it('links the commit when no pull request could be opened', () => {
    const cut = run.events.filter((event) => event.type !== 'pull_request_opened');
    const failed = cut.map((event) => (event.type === 'run_ended' ? { ...event, conclusion: 'failed' as const } : event));
    expect(commentBody(failed, { text })).toContain('The commit is on branch `alchemist/issue-7`, without a pull request');
  });

  it('lets hostile words notify nobody and stays under the limit of GitHub', () => {
    for (const events of [hostile.events, hostile.events.slice(0, -8)]) {
      const { tags, images, words } = fromHtml(commentBody(events, { text }));
      expect([...tags, ...images].filter((one) => one !== 'sub')).toEqual([]);
      expect(words.join(' ')).not.toMatch(/@octocat|evil\.example|#99/);
    }
    const long = stopped('failed', 'word '.repeat(100_000));
    expect(commentBody(long, { text }).length).toBeLessThanOrEqual(MAX_BODY);
  });
});

describe('the summary', () => {
  it('starts with the ending and holds evidence, findings, context and cost turn by turn', () => {
    const summary = summaryMarkdown(run.events, { text });
    expect(summary).toMatch(/^## Alchemist: Opened a pull request\n/);
    for (const part of [
      'Tests: **proven**',
      'Strings are concatenated',
      '12,000 of 50,000',
      '| 3 | work | edit\\_file, write\\_file |'.replaceAll('\\', ''),
      '$0.0123',
    ]) {
      expect(summary).toContain(part);
    }
  });

  it('takes nothing for Markdown when it is not told how to make words safe', () => {
    const { tags, images, links } = fromHtml(summaryMarkdown(hostile.events));
    expect(tags).toEqual(['details', 'summary']);
    expect(images).toEqual([]);
    expect(links.filter((link) => !link.startsWith('https://github.com/acme/sums/'))).toEqual([]);
  });

  it('stays under 1 MiB at 1,000 turns of long words in any script', () => {
    const long = recordedRun({ reads: 1000, text: '漢字'.repeat(3000) });
    long.repository.remove();
    expect(Buffer.byteLength(summaryMarkdown(long.events))).toBeLessThan(1024 * 1024);
  });
});

describe('the outputs', () => {
  it('are the strings of the contract', () => {
    const pushed = run.events.find((event) => event.type === 'pushed');
    expect(outputsOf(run.events)).toEqual({
      conclusion: 'pull_request',
      'exit-reason': 'Opened pull request #8.',
      branch: 'alchemist/issue-7',
      'head-sha': pushed?.commit,
      'pull-request-number': '8',
      'pull-request-url': 'https://github.com/acme/sums/pull/8',
      turns: '9',
      'cost-usd': '0.110700',
      'input-tokens': '58680',
      'output-tokens': '1890',
      tests: 'proven',
      'review-verdict': 'proceed',
      'transcript-sha256': run.events.at(-1)?.hash,
    });
  });

  it('say failed for a run that was cut, and hold no line break', () => {
    const cut = outputsOf(run.events.slice(0, 9));
    expect([cut['conclusion'], cut['review-verdict'], cut['head-sha']]).toEqual(['failed', 'none', '']);
    expect(outputsOf(stopped('failed', 'one\ntwo\r::set-output::'))['exit-reason']).toBe('one two ::set-output::');
  });
});

describe('the line for the terminal', () => {
  it('is one line for every event, whatever the words', () => {
    for (const event of [...run.events, ...hostile.events]) {
      expect(terminalLine(event)).not.toMatch(/[\n\r\u0007\u001b\u0085\u2028\u202e]/);
      expect(terminalLine(event)).not.toBe('');
    }
    expect(run.events.map((event) => terminalLine(event))).toContain('turn 1 · read_file src/sum.js');
  });

  it('is coloured only when asked', () => {
    const ended = run.events.at(-1);
    expect(ended && terminalLine(ended, { colours: true })).toMatch(/^\u001b\[32m.*\u001b\[0m$/);
  });
});
