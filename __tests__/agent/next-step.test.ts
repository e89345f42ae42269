import { describe, expect, it } from '@jest/globals';
import { NOTICE } from '../../src/agent/notices.ts';
import { messagesOf } from '../../src/agent/thread.ts';
import { finding, History, tree } from './history.ts';

const push = { name: 'push_changes', input: { title: 'T', summary: 'S' } };

describe('nextStep: turns and calls', () => {
  it('asks the author first, and again once every call of the reply is answered', () => {
    const history = new History();
    expect(history.next()).toMatchObject({ kind: 'ask', purpose: 'work', attempt: 1 });
    history.reply([
      { name: 'read_file', input: { path: 'a' } },
      { name: 'search', input: { pattern: 'x' } },
    ]);
    expect(history.next()).toMatchObject({ kind: 'run', call: { name: 'read_file' } });
    history.ran('1 a');
    expect(history.next()).toMatchObject({ kind: 'run', call: { name: 'search' } });
    history.ran('none');
    expect(history.next()).toMatchObject({ kind: 'ask' });
  });

  it('sends results before notices in one user message, and never changes what was sent', () => {
    const history = new History().reply([{ name: 'read_file' }]);
    history.add({ type: 'noticed', kind: 'budget_50', text: 'half', to_model: true }).ran('1 a');
    const before = messagesOf(history.state.work!);
    expect(before.at(-1)).toEqual({
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'toolu_1', content: '1 a' },
        { type: 'text', text: 'half' },
      ],
    });
    history.reply([{ name: 'read_file' }]).ran('2 b');
    expect(messagesOf(history.state.work!).slice(0, before.length)).toEqual(before);
  });

  it('does not make later edits of a turn after one failed, but answers them', () => {
    const history = new History().reply([
      { name: 'edit_file', input: { path: 'a' } },
      { name: 'write_file', input: { path: 'b' } },
      { name: 'read_file' },
    ]);
    history.ran('old_str not found', { error: true });
    expect(history.next()).toMatchObject({ kind: 'answer', isError: true, executed: false, text: expect.stringContaining('Not executed') });
    history.ran('Not executed', { error: true, executed: false });
    expect(history.next()).toMatchObject({ kind: 'run', call: { name: 'read_file' } });
    history.ran('1 a').reply([{ name: 'edit_file', input: { path: 'a' } }]);
    expect(history.next()).toMatchObject({ kind: 'run', call: { name: 'edit_file' } });
  });

  it('asks a cut reply once more with a doubled cap, then answers its calls as not executed', () => {
    const history = new History().reply([{ name: 'write_file' }], { stop: 'max_tokens' });
    const again = history.next();
    expect(again).toMatchObject({ kind: 'ask', maxTokens: 64_000 });
    expect(messagesOf(history.state.work!)).toHaveLength(1);
    history.reply([{ name: 'write_file' }], { stop: 'max_tokens' });
    expect(history.next()).toMatchObject({ kind: 'answer', isError: true, text: expect.stringContaining('smaller parts') });
  });

  it('runs no call of a reply that did not stop for tool use', () => {
    const history = new History().reply([{ name: 'run_command' }], { stop: 'end_turn' });
    expect(history.next()).toMatchObject({ kind: 'answer', executed: false, isError: true });
  });

  it('nudges an author that stops without a call twice, then ends', () => {
    const history = new History();
    for (let times = 0; times < 2; times++) {
      history.reply([], { text: 'Done.' });
      const step = history.next();
      expect(step).toMatchObject({ kind: 'notice', notice: NOTICE.nudge });
      history.add({ type: 'noticed', kind: NOTICE.nudge, text: 'go on', to_model: true });
      expect(history.next()).toMatchObject({ kind: 'ask' });
    }
    history.reply([], { text: 'Done.' });
    expect(history.next()).toMatchObject({ kind: 'end', ending: { conclusion: 'failed' } });
  });

  it('sends a paused turn back as it is, and keeps an empty reply out of the history', () => {
    const paused = new History().reply([], { text: 'Thinking', stop: 'pause_turn' });
    expect(paused.next()).toMatchObject({ kind: 'ask' });
    expect(messagesOf(paused.state.work!).at(-1)?.role).toBe('assistant');
    const empty = new History().reply([]);
    expect(messagesOf(empty.state.work!)).toHaveLength(1);
    expect(empty.next()).toMatchObject({ kind: 'notice', notice: NOTICE.nudge });
  });

  it('answers a call that was started and never finished as unknown, and does not run it again', () => {
    const history = new History().reply([{ name: 'run_command' }]);
    history.add({ type: 'tool_started', turn: 1, tool_use_id: 'toolu_1', name: 'run_command' });
    expect(history.next()).toMatchObject({ kind: 'answer', isError: true, text: expect.stringContaining('unknown') });
  });
});

describe('nextStep: broken and refused replies', () => {
  it('sends a broken request again after 1, 4, 15 and 45 seconds, then ends', () => {
    const history = new History();
    for (const [index, delayMs] of [1_000, 4_000, 15_000, 45_000].entries()) {
      history.ask().noticed(NOTICE.streamBroken, 'cut');
      expect(history.next()).toMatchObject({ kind: 'ask', delayMs, attempt: index + 2 });
    }
    history.ask().noticed(NOTICE.streamBroken, 'cut');
    expect(history.next()).toMatchObject({ kind: 'end', ending: { conclusion: 'failed' } });
    expect(history.state.totals.totals.cost_usd + 0.1).toBeCloseTo(0.5);
  });

  it('falls back to the other model in a fresh conversation once, without one it ends', () => {
    const history = new History().reply([], { stop: 'refusal' });
    expect(history.next()).toMatchObject({
      kind: 'end',
      ending: { conclusion: 'failed', reason: expect.stringContaining('fallback-model') },
    });
    const withFallback = { fallbackModel: 'claude-sonnet-5-5' };
    expect(history.next(withFallback)).toEqual({ kind: 'fall_back', model: 'claude-sonnet-5-5' });
    history.noticed(NOTICE.fallback, 'declined', { model: 'claude-sonnet-5-5', first_message: 'F2' });
    expect(history.state.work).toMatchObject({
      model: 'claude-sonnet-5-5',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'F2' }] }],
    });
    history.reply([], { stop: 'refusal' });
    expect(history.next(withFallback)).toMatchObject({ kind: 'end', ending: { conclusion: 'failed' } });
  });

  it('ends with the conclusion that fits what went wrong', () => {
    const endings = [
      [NOTICE.modelFailed, { kind: 'key_refused' }, 'failed'],
      [NOTICE.modelFailed, { kind: 'context_full' }, 'out_of_budget'],
      [NOTICE.hostDied, undefined, 'failed'],
      [NOTICE.interrupted, { by: 'signal' }, 'cancelled'],
      [NOTICE.interrupted, { by: 'minutes' }, 'out_of_budget'],
      [NOTICE.secretFound, undefined, 'failed'],
    ] as const;
    for (const [kind, data, conclusion] of endings) {
      expect(new History().noticed(kind, 'why', data).next()).toMatchObject({ kind: 'end', ending: { conclusion, reason: 'why' } });
    }
  });

  it('gives every open call an answer before it ends', () => {
    const history = new History().reply([{ name: 'read_file' }, { name: 'search' }]).noticed(NOTICE.interrupted, 'stop', { by: 'signal' });
    expect(history.next()).toMatchObject({ kind: 'answer', call: { name: 'read_file' }, executed: false, isError: true });
    history.ran('x', { error: true, executed: false });
    expect(history.next()).toMatchObject({ kind: 'answer', call: { name: 'search' } });
    history.ran('x', { error: true, executed: false });
    expect(history.next()).toMatchObject({ kind: 'end', ending: { conclusion: 'cancelled' } });
  });
});

describe('nextStep: limits', () => {
  it('never asks beyond the turns, reviews included', () => {
    const limits = { turns: 2, usd: 5, minutes: 30 };
    const history = new History().call('read_file', {}, '1').reply([push]);
    expect(history.next({ limits })).toMatchObject({ kind: 'check' });
    history.gated().reviewOpened(1);
    expect(history.next({ limits })).toMatchObject({ kind: 'answer', call: { name: 'push_changes' }, isError: true });
    history.ran('Not executed', { error: true, executed: false });
    expect(history.next({ limits })).toMatchObject({ kind: 'end', ending: { conclusion: 'out_of_budget', limit: 'turns' } });
  });

  it('ends at the minutes whatever is open', () => {
    expect(new History().next({}, 31 * 60_000)).toMatchObject({ kind: 'end', ending: { conclusion: 'out_of_budget', limit: 'minutes' } });
  });

  it('shrinks the cap to what the money allows, and stops when even a short reply could cost too much', () => {
    const history = new History()
      .reply([{ name: 'read_file' }], { cost: 4 })
      .ran('1')
      .add({ type: 'noticed', kind: 'budget_80', text: '', to_model: true });
    const step = history.next();
    expect(step).toMatchObject({ kind: 'ask' });
    // 5 less the reserve of 0.75 less 4 leaves 0.25 dollars; output costs 20 dollars a million.
    if (step.kind !== 'ask') throw new Error('unreachable');
    expect(step.maxTokens).toBeLessThanOrEqual(12_500);
    expect(step.worstCaseUsd).toBeLessThanOrEqual(0.25);
    history
      .reply([{ name: 'read_file' }], { cost: 0.22 })
      .ran('2')
      .add({ type: 'noticed', kind: 'budget_95', text: '', to_model: true });
    expect(history.next()).toMatchObject({ kind: 'end', ending: { conclusion: 'out_of_budget', limit: 'dollars' } });
  });

  it('tells the author at 50, 80 and 95 percent, each once', () => {
    const history = new History();
    for (const [cost, percent] of [
      [2.6, 50],
      [1.5, 80],
    ] as const) {
      history.reply([{ name: 'read_file' }], { cost }).ran(String(percent));
      expect(history.next()).toMatchObject({ kind: 'notice', notice: `budget_${percent}` });
      history.add({ type: 'noticed', kind: `budget_${percent}`, text: 'b', to_model: true });
      expect(history.next().kind).toBe('ask');
    }
  });
});

describe('nextStep: publication', () => {
  it('checks, then reviews in a fresh conversation, then publishes', () => {
    const history = new History().reply([push]);
    expect(history.next()).toMatchObject({ kind: 'check' });
    history.gated();
    expect(history.next()).toMatchObject({ kind: 'open_review', round: 1 });
    history.reviewOpened(1);
    expect(history.next()).toMatchObject({ kind: 'ask', purpose: 'review' });
    history.reply([{ name: 'read_file', input: { path: 'a' } }], { purpose: 'review' });
    expect(history.next()).toMatchObject({ kind: 'run', purpose: 'review' });
    history.ran('1 a', { purpose: 'review' }).reply([], { purpose: 'review', text: '{}' });
    expect(history.next()).toMatchObject({ kind: 'conclude_review', round: 1 });
    history.reviewed(1, 'proceed');
    expect(history.next()).toMatchObject({ kind: 'publish' });
  });

  it('hands refusals of gates and findings back as the result of push_changes', () => {
    const history = new History().reply([push]);
    history
      .add({
        type: 'gate_checked',
        turn: 1,
        tool_use_id: history.openPush,
        gate: 'tests',
        outcome: 'refused',
        detail: 'run_tests first',
        tree: tree(1),
      })
      .gated();
    expect(history.next()).toMatchObject({ kind: 'answer', isError: true, text: expect.stringContaining('run_tests first') });
    const reviewed = new History()
      .reply([push])
      .gated()
      .reviewOpened(1)
      .reviewed(1, 'revise', [finding('major')]);
    expect(reviewed.next()).toMatchObject({ kind: 'answer', isError: true, text: expect.stringContaining('divides by zero') });
  });

  it('publishes a draft with open findings after the last round, and rejects a blocker where no draft is possible', () => {
    const history = (config = {}): History => {
      const first = new History(config)
        .changed(tree(1))
        .tested(0)
        .reply([push])
        .gated()
        .reviewOpened(1)
        .reviewed(1, 'revise', [finding('blocker')]);
      return first
        .ran('findings', { error: true })
        .reply([push])
        .gated()
        .reviewOpened(2)
        .reviewed(2, 'revise', [finding('blocker')]);
    };
    expect(history().next()).toMatchObject({ kind: 'publish', draft: true });
    const never = history({ draft: 'never' });
    expect(never.next({ draft: 'never' })).toMatchObject({ kind: 'answer', call: { name: 'push_changes' } });
    never.ran('ended', { error: true, executed: false });
    expect(never.next({ draft: 'never' })).toMatchObject({ kind: 'end', ending: { conclusion: 'rejected_by_review' } });
    const refused = history().noticed(NOTICE.draftImpossible, 'no drafts here');
    refused.ran('ended', { error: true, executed: false });
    expect(refused.next()).toMatchObject({ kind: 'end', ending: { conclusion: 'rejected_by_review' } });
  });

  it('opens ready for review only when the last tests are green on this tree and the review is content', () => {
    const upTo = (exit: number): History => new History().changed(tree(1)).tested(exit).reply([push]).gated().reviewOpened(1);
    expect(upTo(0).reviewed(1, 'proceed').next()).toMatchObject({ kind: 'publish', draft: false });
    expect(upTo(1).reviewed(1, 'proceed').next()).toMatchObject({ kind: 'publish', draft: true });
    expect(upTo(0).reviewed(1, 'unanswered').next()).toMatchObject({ kind: 'publish', draft: true });
    expect(upTo(0).reviewed(1, 'proceed').next({ draft: 'always' })).toMatchObject({ kind: 'publish', draft: true });
    const untested = new History().changed(tree(1)).tested(0).changed(tree(2)).reply([push]).gated().reviewOpened(1).reviewed(1, 'proceed');
    expect(untested.next()).toMatchObject({ kind: 'publish', draft: true });
  });

  it('writes nothing in a dry run', () => {
    const history = new History({ dry_run: true }).reply([push]).gated().reviewOpened(1).reviewed(1, 'proceed');
    expect(history.next({ dryRun: true })).toMatchObject({ kind: 'answer', isError: false });
    history.ran('Dry run');
    expect(history.next({ dryRun: true })).toMatchObject({ kind: 'end', ending: { conclusion: 'dry_run' } });
  });

  it('ends with the reason that report_blocked gives', () => {
    for (const [kind, conclusion] of [
      ['answered', 'answered'],
      ['needs_info', 'blocked'],
    ] as const) {
      const history = new History().reply([
        { name: 'report_blocked', input: { kind, reason: 'Because.', question: 'Which?' } },
        { name: 'read_file' },
      ]);
      expect(history.next()).toMatchObject({ kind: 'answer', isError: false });
      history.ran('The run ends here.');
      expect(history.next()).toMatchObject({ kind: 'answer', call: { name: 'read_file' }, executed: false });
      history.ran('Not executed', { error: true, executed: false });
      expect(history.next()).toMatchObject({ kind: 'end', ending: { conclusion, reason: 'Because.', question: 'Which?' } });
    }
  });
});
