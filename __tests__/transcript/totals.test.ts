import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chained } from '../../src/transcript/chain.ts';
import type { Event, Facts, Finding } from '../../src/transcript/events.ts';
import { addToTotals, emptyTotals, finalTotals, settled, totals } from '../../src/transcript/totals.ts';
import { elapsedMs, lastTestsOnFinalTree, lastTree, testsVerdict } from '../../src/transcript/find.ts';
import { findingsHistory, openFindings } from '../../src/transcript/findings.ts';
import { planOf, pushRequestOf, requirementsOf } from '../../src/transcript/plan.ts';
import { FINDING, recordedRun, Recorder, Repository, SUM_FILES } from '../support/transcripts.ts';

function told(...facts: Facts[]): Event[] {
  const events: Event[] = [];
  for (const fact of facts) events.push(chained(fact, events.at(-1), new Date(events.length * 1000)));
  return events;
}

const asked = (turn: number, attempt: number, worst_case_usd: number | null): Facts => ({
  ...{ type: 'asked', purpose: 'work', turn, attempt, model: 'm', max_tokens: 1, messages: 1, request_sha256: '', worst_case_usd },
});
const replied = (turn: number, cost_usd: number | null): Facts => {
  const usage = { input_tokens: 5, cache_read_input_tokens: 100, cache_creation_input_tokens: null, output_tokens: 7 };
  return { type: 'replied', purpose: 'work', turn, message: { content: [], usage } as never, cost_usd, duration_ms: 1 };
};
const ended: Facts = { type: 'run_ended', conclusion: 'failed', reason: '', totals: emptyTotals.totals, tests: 'none' };

describe('the totals of a run', () => {
  it('count cached tokens as input, and a reply without a price as free', () => {
    const sum = totals(told(asked(1, 1, 1), replied(1, 0.25), asked(2, 1, 1), replied(2, null)));
    expect(sum).toEqual({ turns: 2, cost_usd: 0.25, input_tokens: 210, cache_read_tokens: 200, cache_write_tokens: 0, output_tokens: 14 });
  });

  it('count each call that broke off at its worst case, once the next call or the end shows that it did', () => {
    const events = told(asked(1, 1, 0.5), asked(1, 2, 0.25), replied(1, 0.125), asked(2, 1, 2));
    expect(totals(events).cost_usd).toBe(0.625);
    expect(finalTotals(events).cost_usd).toBe(2.625);
    expect(totals([...events, ...told(ended)]).cost_usd).toBe(2.625);
    expect(totals(told(asked(1, 1, null), ended)).cost_usd).toBe(0);
  });

  it('are the same folded event by event', () => {
    const events = told(asked(1, 1, 0.5), asked(1, 2, 0.5), replied(1, 0.1), asked(2, 1, 0.3));
    const state = events.reduce(addToTotals, emptyTotals);
    expect(state.totals).toEqual(totals(events));
    expect(settled(state).totals).toEqual(finalTotals(events));
  });
});

describe('the verdict on the tests', () => {
  const recorders: Recorder[] = [];
  const fresh = (): Recorder => {
    const recorder = new Recorder(new Repository(SUM_FILES));
    recorders.push(recorder);
    recorder.start();
    return recorder;
  };
  afterAll(() => {
    for (const { repository } of recorders) repository.remove();
  });

  it('is none without a change, failed for a change that was never tested, and of the last run on the last tree otherwise', () => {
    const run = fresh();
    run.tests('base', 0);
    expect(testsVerdict(run.events)).toBe('none');
    run.change({ 'src/sum.js': 'x\n' }, 'toolu_1');
    expect(testsVerdict(run.events)).toBe('failed');
    run.tests('work', 0);
    expect(testsVerdict(run.events)).toBe('passed');
    run.tests('gate', 1);
    expect(testsVerdict(run.events)).toBe('failed');
    run.tests('gate', 0);
    expect(testsVerdict(run.events)).toBe('passed');
    run.change({ 'src/sum.js': 'y\n' }, 'toolu_2');
    expect(testsVerdict(run.events)).toBe('failed');
    expect(lastTestsOnFinalTree(run.events)).toBeUndefined();
  });

  it('is proven only by the gate of exactly that tree', () => {
    const run = fresh();
    run.change({ 'src/sum.js': 'x\n' }, 'toolu_1');
    run.tests('work', 0);
    run.gate('fails_before', 'passed', '', 'toolu_1');
    expect(testsVerdict(run.events)).toBe('proven');
    run.change({ 'src/sum.js': 'y\n' }, 'toolu_2');
    run.tests('work', 0);
    expect(testsVerdict(run.events)).toBe('passed');
    run.gate('fails_before', 'skipped', '', 'toolu_2');
    expect(testsVerdict(run.events)).toBe('passed');
  });

  it('is none for a change without a test command, and not that of a run in part', () => {
    const run = fresh();
    run.events.splice(2, 1, { ...(run.events[2] as Extract<Event, { type: 'context_gathered' }>), commands: {} });
    run.change({ 'src/sum.js': 'x\n' }, 'toolu_1');
    expect(testsVerdict(run.events)).toBe('none');
    run.tests('work', 0);
    expect(testsVerdict(run.events)).toBe('passed');
    run.events.splice(-1, 1, { ...(run.events.at(-1) as Extract<Event, { type: 'tests_ran' }>), partial: true });
    expect(testsVerdict(run.events)).toBe('none');
  });
});

describe('what a transcript tells', () => {
  let run: Recorder;
  beforeAll(() => {
    run = recordedRun();
  });
  afterAll(() => {
    run.repository.remove();
  });

  it('names plan, requirements, request, tree and time', () => {
    expect(planOf(run.events)?.filesExpected).toEqual(['src/sum.js', 'test/sum.test.js']);
    expect(requirementsOf(run.events).map(({ id, stated, judged }) => [id, stated, judged])).toEqual([
      ['R1', 'open', 'met'],
      ['R2', 'open', 'unverifiable'],
    ]);
    expect(pushRequestOf(run.events)).toMatchObject({ title: 'Sum nothing to 0', changeKind: 'fix' });
    expect(lastTree(run.events)).toBe(run.repository.tree);
    expect(elapsedMs(run.events)).toBe((run.events.length - 1) * 4000);
  });

  it('survives whatever the model writes as input', () => {
    for (const input of [
      null,
      3,
      'x',
      [],
      { requirements: 'no', explanations: {} },
      { requirements: [null, { id: 5, status: 'great' }] },
    ]) {
      const events = run.events.map((event) => (event.type === 'tool_ran' ? { ...event, input } : event));
      expect(() => [planOf(events), requirementsOf(events), pushRequestOf(events)]).not.toThrow();
    }
  });
});

describe('what became of each finding', () => {
  const round = (number: number, findings: Finding[], blocking: Finding[], dropped: Finding[] = []): Facts => ({
    ...{ type: 'reviewed', turn: 1, tool_use_id: 't', round: number, model: 'm', verdict: 'revise', blocking, dropped, tree: '' },
    review: { summary: '', requirements: [], findings, hunks: [] },
  });
  const fates = (...facts: Facts[]) => findingsHistory(told(...facts)).map(({ finding, rounds, fate }) => [finding.claim, rounds, fate]);
  const minor: Finding = { ...FINDING, severity: 'minor', claim: 'minor', category: 'style' };
  const far: Finding = { ...FINDING, claim: 'elsewhere', file: 'other.js' };

  it('is open, below the threshold or dropped after one round', () => {
    expect(fates(round(1, [FINDING, minor, far], [FINDING], [far]))).toEqual([
      ['Strings are concatenated', [1], 'open'],
      ['minor', [1], 'below_threshold'],
      ['elsewhere', [1], 'dropped'],
    ]);
  });

  it('is not raised again when a later round that answered is silent, and still open when it is worded anew at the same place', () => {
    const reworded: Finding = { ...FINDING, claim: 'Text is joined', start_line: 3, end_line: 3 };
    expect(fates(round(1, [FINDING], [FINDING]), round(2, [], []))).toEqual([['Strings are concatenated', [1], 'not_raised_again']]);
    expect(fates(round(1, [FINDING], [FINDING]), round(2, [reworded], [reworded]))).toEqual([['Text is joined', [1, 2], 'open']]);
  });

  it('stays open when the later round gave no answer', () => {
    const unanswered: Facts = { ...(round(2, [], []) as Extract<Facts, { type: 'reviewed' }>), verdict: 'unanswered', review: null };
    expect(openFindings(told(round(1, [FINDING], [FINDING]), unanswered))).toEqual([FINDING]);
  });
});
