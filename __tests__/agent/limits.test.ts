import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inputTokens } from '../../src/agent/budget.ts';
import { NOTICE } from '../../src/agent/notices.ts';
import { messagesOf } from '../../src/agent/thread.ts';
import { costOf } from '../../src/model/prices.ts';
import type { Message, Usage } from '../../src/model/model.ts';
import { settled } from '../../src/transcript/totals.ts';
import { History, PRICE } from './history.ts';

/**
 * From `min` to `max` in thousandths, all alike. (`fc.double` is uniform over bit patterns: nearly all its numbers are next to zero, and nearly every
 * call would break off before anything was spent.)
 */
const share = (min: number, max: number): fc.Arbitrary<number> =>
  fc.noBias(fc.integer({ min: min * 1_000, max: max * 1_000 })).map((thousandths) => thousandths / 1_000);

/** One answer of an API that may do anything a real one may: any split between cache and fresh input, any length up to the cap, breaking off. */
const answer = fc.record({
  /** Share of the most tokens that new bytes can be: real text has about four bytes a token, the densest two. */
  density: share(0.2, 1),
  cached: share(0, 1),
  /** Of the cap. Most replies are short. */
  length: fc.oneof(share(0, 1), share(0, 0.05), share(0, 0.05)),
  /** Below 0.1 the reply breaks off. */
  breaks: share(0, 1),
  result: fc.integer({ min: 0, max: 60_000 }),
  /** Asked for a summary: whether the model writes one. */
  summarises: fc.boolean(),
});

const limits = fc.record({
  turns: fc.integer({ min: 1, max: 60 }),
  usd: fc.oneof(share(0.01, 0.5), share(0.5, 40)),
  minutes: fc.constant(30),
});

/** From one that is full after a few results, so that summaries are asked for, to a large one. */
const windows = fc.constantFrom(30_000, 80_000, 120_000, 1_000_000);

describe('the limits are hard', () => {
  it('money spent never exceeds max-cost-usd and turns never max-turns, whatever the API answers, charges or breaks off', () => {
    let summaries = 0;
    let replies = 0;
    const endings: (string | undefined)[] = [];
    const stoppedBy = (name: string): number => endings.filter((one) => one === name).length;
    fc.assert(
      fc.property(limits, windows, fc.array(answer, { minLength: 120, maxLength: 120 }), (limit, window, answers) => {
        const { spent, turns, recorded, ending, summaries: asked } = simulate(limit, answers, window);
        expect(spent).toBeLessThanOrEqual(limit.usd);
        expect(recorded).toBeLessThanOrEqual(limit.usd);
        expect(recorded).toBeGreaterThanOrEqual(spent - 1e-9);
        expect(turns).toBeLessThanOrEqual(limit.turns);
        summaries += asked;
        replies += turns;
        endings.push(ending);
      }),
      { numRuns: 150 },
    );
    // The property would hold of runs that do nothing: these did.
    expect(summaries).toBeGreaterThan(5);
    expect(replies).toBeGreaterThan(1_000);
    expect(stoppedBy('dollars')).toBeGreaterThan(20);
    expect(stoppedBy('turns')).toBeGreaterThan(20);
  });

  it('ends within the step at which the minutes are over, and keeps what was done', () => {
    const history = new History().reply([{ name: 'edit_file' }]).ran('edited');
    const minute = 60_000;
    expect(history.next({}, 29.9 * minute).kind).not.toBe('end');
    expect(history.next({}, 30 * minute)).toMatchObject({ kind: 'end', ending: { limit: 'minutes' } });
  });
});

type Answer = typeof answer extends fc.Arbitrary<infer T> ? T : never;

function simulate(
  limit: { turns: number; usd: number; minutes: number },
  answers: readonly Answer[],
  window: number,
): { spent: number; turns: number; recorded: number; summaries: number; ending: string | undefined } {
  const history = new History({ max_turns: limit.turns, max_cost_usd: limit.usd });
  let spent = 0;
  let ending: string | undefined;
  for (const one of answers) {
    const step = history.next({ limits: limit, maxInput: () => window, summaries: () => true });
    if (step.kind === 'end') {
      ending = step.ending.limit;
      break;
    }
    if (step.kind === 'notice') history.add({ type: 'noticed', kind: step.notice, text: step.text, to_model: true });
    else if (step.kind === 'compact') history.noticed(NOTICE.compacted, '', { model: 'claude-opus-5-5', first_message: 'F' });
    else if (step.kind === 'answer') history.ran(step.text, { error: step.isError });
    else if (step.kind === 'run') history.ran('x'.repeat(one.result));
    else if (step.kind === 'ask') {
      const thread = history.state.work;
      if (!thread) throw new Error('no conversation');
      const fresh = inputTokens(thread, []) - thread.tokens;
      const input = thread.tokens + Math.floor(fresh * one.density);
      const counts = usageOf(input, one.cached, Math.floor(step.maxTokens * one.length));
      const usage = step.summarise === true ? ofSummary(counts) : counts;
      const cost = costOf(usage, PRICE);
      spent += cost;
      const turn = history.turn + 1;
      history.add({
        type: 'asked',
        purpose: 'work',
        turn,
        attempt: step.attempt,
        model: thread.model,
        max_tokens: step.maxTokens,
        messages: messagesOf(thread).length,
        request_sha256: '',
        worst_case_usd: step.worstCaseUsd,
        ...(step.summarise === true ? { summarise: true } : {}),
      });
      if (one.breaks < 0.1) history.noticed(NOTICE.streamBroken, 'cut');
      else {
        const reply = step.summarise === true ? summary(usage, one.summarises) : message(usage, turn);
        history.add({ type: 'replied', purpose: 'work', turn, message: reply, cost_usd: cost, duration_ms: 1 });
      }
    } else throw new Error(`unexpected step ${step.kind}`);
  }
  const { cost_usd, turns } = settled(history.state.totals).totals;
  const summaries = history.events.filter((event) => event.type === 'replied' && (event.message.stop_reason as string) === 'compaction');
  return { spent, turns, recorded: cost_usd, summaries: summaries.length, ending };
}

function usageOf(input: number, cached: number, output: number): Usage {
  const read = Math.floor(input * cached);
  const written = Math.floor((input - read) / 2);
  return {
    input_tokens: input - read - written,
    cache_read_input_tokens: read,
    cache_creation_input_tokens: written,
    output_tokens: output,
  } as unknown as Usage;
}

/** A summary's tokens stand apart, and the top-level fields are zero. */
function ofSummary(counts: Usage): Usage {
  return { ...usageOf(0, 0, 0), iterations: [{ type: 'compaction', ...counts }] } as unknown as Usage;
}

function summary(usage: Usage, written: boolean): Message {
  const content = written ? [{ type: 'compaction', content: 'So far.', encrypted_content: null, signature: 's' }] : [];
  return { ...message(usage, 0), content, stop_reason: written ? 'compaction' : 'max_tokens' } as unknown as Message;
}

function message(usage: Usage, turn: number): Message {
  const content = [{ type: 'tool_use', id: `toolu_l${turn}`, name: 'read_file', input: { path: `f${turn}` } }];
  return {
    id: 'm',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content,
    stop_reason: 'tool_use',
    stop_sequence: null,
    usage,
  } as unknown as Message;
}

describe('a long conversation', () => {
  it('starts afresh at 160,000 tokens, from plan, change, test ledger and calls, and never edits what was sent', () => {
    const history = new History();
    history.call('update_plan', { requirements: [{ id: 'R1', text: 'sum([]) answers 0', status: 'open' }] }, 'Plan recorded');
    while (history.next().kind === 'ask' && history.turn < 40) bigReply(history, 20_000 * (history.turn + 1));
    expect(history.next()).toMatchObject({ kind: 'compact' });
    expect(history.state.work?.tokens).toBeGreaterThan(160_000);
    history.noticed(NOTICE.compacted, 'long', { model: 'claude-opus-5-5', first_message: 'F and where you stand' });
    expect(history.state.work?.messages).toEqual([{ role: 'user', content: [{ type: 'text', text: 'F and where you stand' }] }]);
    expect(history.next().kind).not.toBe('compact');
  });

  describe("by the API's own summary", () => {
    const able = { summaries: () => true };
    const long = (): History => {
      const history = new History().call('update_plan', { requirements: [{ id: 'R1', text: 'T', status: 'open' }] }, 'ok');
      bigReply(history, 170_000);
      return history;
    };
    const asked = (history: History): History => {
      const step = history.next(able);
      if (step.kind !== 'ask') throw new Error(step.kind);
      const facts = { purpose: 'work', turn: history.turn + 1, attempt: step.attempt, model: 'm', max_tokens: step.maxTokens } as const;
      return history.add({ type: 'asked', ...facts, messages: 1, request_sha256: '', worst_case_usd: step.worstCaseUsd, summarise: true });
    };
    const answered = (history: History, written: boolean): History => {
      const facts = {
        turn: history.turn + 1,
        message: summary(ofSummary(usageOf(170_000, 0.9, 900)), written),
        cost_usd: 0.1,
        duration_ms: 1,
      };
      return history.add({ type: 'replied', purpose: 'work', ...facts });
    };

    it('is asked for with a worst case that covers it, and opens a conversation that starts with it', () => {
      const history = long();
      expect(history.next(able)).toMatchObject({ kind: 'ask', summarise: true, maxTokens: 16_000 });
      answered(asked(history), true);
      expect(history.next(able)).toMatchObject({ kind: 'compact' });
      expect(settled(history.state.totals).totals).toMatchObject({ turns: 3, output_tokens: 50 + 100 + 900 });
      history.noticed(NOTICE.compacted, '', { model: 'claude-opus-5-5', first_message: 'F', summary: true });
      const block = { type: 'compaction', content: 'So far.', encrypted_content: null, signature: 's' };
      const { work } = history.state;
      expect(work && messagesOf(work)).toEqual([
        { role: 'assistant', content: [block] },
        { role: 'user', content: [{ type: 'text', text: 'F' }] },
      ]);
      expect(history.next(able)).toMatchObject({ kind: 'ask' });
      expect(history.next(able)).not.toHaveProperty('summarise');
    });

    it('is done without where the model wrote none, the API refuses, the money is short, or the model lacks it', () => {
      const none = answered(asked(long()), false);
      expect(none.next(able)).toMatchObject({ kind: 'compact' });
      expect(none.state.summary).toBeNull();
      const refused = asked(long()).noticed(NOTICE.noSummary, '400', { billed: false });
      expect(refused.next(able)).toMatchObject({ kind: 'compact' });
      expect(long().next({ ...able, limits: { turns: 60, usd: 1.1, minutes: 30 } })).toMatchObject({ kind: 'compact' });
      expect(long().next()).toMatchObject({ kind: 'compact' });
      // In the fresh conversation it is not asked for again.
      none.noticed(NOTICE.compacted, '', { model: 'claude-opus-5-5', first_message: 'F', summary: false });
      bigReply(none, 170_000);
      expect(none.next(able)).toMatchObject({ kind: 'compact' });
    });

    it('that the API takes back no longer is dropped for a fresh conversation', () => {
      const history = answered(asked(long()), true).noticed(NOTICE.compacted, '', { model: 'm', first_message: 'F', summary: true });
      history.ask().noticed(NOTICE.noSummary, '400', { billed: false });
      expect(history.next(able)).toMatchObject({ kind: 'compact' });
      history.noticed(NOTICE.compacted, '', { model: 'm', first_message: 'F again', summary: false });
      expect(history.state.work?.messages).toEqual([{ role: 'user', content: [{ type: 'text', text: 'F again' }] }]);
      expect(history.next(able)).toMatchObject({ kind: 'ask' });
    });
  });

  it('goes on over 300 turns under the window', () => {
    const history = new History({ max_turns: 400, max_cost_usd: 1000 });
    const roomy = { limits: { turns: 400, usd: 1000, minutes: 600 }, maxInput: () => 200_000 };
    let largest = 0;
    let size = 4_000;
    while (history.turn < 300) {
      const step = history.next(roomy);
      if (step.kind === 'compact') {
        history.noticed(NOTICE.compacted, 'long', { model: 'claude-opus-5-5', first_message: 'F' });
        size = 4_000;
      } else if (step.kind === 'ask') bigReply(history, (size += 3_000));
      else if (step.kind === 'notice') history.add({ type: 'noticed', kind: step.notice, text: step.text, to_model: true });
      else throw new Error(`unexpected ${step.kind}`);
      largest = Math.max(largest, history.state.work?.tokens ?? 0);
    }
    expect(largest).toBeLessThan(200_000);
  });
});

/** A turn whose reply says that the conversation has so many tokens. */
function bigReply(history: History, tokens: number): void {
  const turn = history.turn + 1;
  history.ask();
  history.add({
    type: 'replied',
    purpose: 'work',
    turn,
    message: message(usageOf(tokens, 0.9, 100), turn),
    cost_usd: 0.01,
    duration_ms: 1,
  });
  history.ran(`line ${turn}`);
}
