import type { ToolUseBlock } from '../model/model.ts';
import { startsWithSummary } from '../model/summary.ts';
import type { Purpose } from '../transcript/events.ts';
import { budgetText, findingsText, nudgeText, refusalText, reviewHurryText, stuckText } from '../prompts/notices.ts';
import { allow, compactionPoint, deadline, left, usedShare } from './budget.ts';
import { NOTICE } from './notices.ts';
import { REVIEWER_TURNS, type Rules } from './rules.ts';
import type { Ending } from './ending.ts';
import { speaker, type Push, type State } from './state.ts';
import { stuckReason } from './stuck.ts';
import type { Thread } from './thread.ts';

/** What comes next. Each step ends in at least one event, after which the next step is taken. */
export type Step =
  | { kind: 'ask'; purpose: Purpose; maxTokens: number; worstCaseUsd: number | null; attempt: number; delayMs: number; summarise?: true }
  | { kind: 'run'; purpose: Purpose; call: ToolUseBlock }
  | { kind: 'answer'; purpose: Purpose; call: ToolUseBlock; text: string; isError: boolean; executed: boolean }
  | { kind: 'notice'; notice: string; text: string; purpose: Purpose; data?: Record<string, string | number | boolean | null> }
  | { kind: 'fall_back'; model: string }
  | { kind: 'compact'; tokens: number }
  | { kind: 'check'; call: ToolUseBlock }
  | { kind: 'open_review'; call: ToolUseBlock; round: number; part: number }
  | { kind: 'conclude_review'; round: number }
  | { kind: 'publish'; call: ToolUseBlock; draft: boolean }
  | { kind: 'end'; ending: Ending };

/** Waits before a broken request is sent again, in milliseconds; the effect adds jitter. */
const BACKOFF_MS = [1_000, 4_000, 15_000, 45_000];
const NUDGES = 2;
/** The last gate of a check: once it is recorded, the check is whole. */
export const LAST_GATE = 'secrets';

/**
 * What comes next is a function of what has happened, the rules and the clock: no counters or flags beside the transcript. Pure.
 *
 * @param now Milliseconds since the epoch.
 */
export function nextStep(state: State, rules: Rules, now: number): Step {
  const ending = state.ending ?? overdue(state, rules, now);
  if (ending) return finish(state, ending);

  const purpose = speaker(state);
  const thread = state[purpose];
  if (!thread) throw new Error('the context has to be gathered before the first step');
  const call = thread.pending[0];
  if (call) return purpose === 'review' ? reviewersCall(call, thread) : authorsCall(state, rules, call, thread);
  if (purpose === 'review') return reviewersTurn(state, rules, thread);
  return authorsTurn(state, rules, thread, now);
}

/** The calls that are still open get their answer, then the run ends: every `tool_use` has exactly one `tool_ran`. */
function finish(state: State, ending: Ending): Step {
  for (const purpose of ['review', 'work'] as const) {
    const call = state[purpose]?.pending[0];
    if (!call) continue;
    const text = state.started === call.id ? 'Interrupted: its outcome is unknown.' : 'Not executed: the run ended before this call.';
    return { kind: 'answer', purpose, call, text, isError: true, executed: false };
  }
  return { kind: 'end', ending };
}

function overdue(state: State, rules: Rules, now: number): Ending | null {
  if (now < deadline(state, rules)) return null;
  return { conclusion: 'out_of_budget', limit: 'minutes', reason: `The limit of ${rules.limits.minutes} minutes is used up` };
}

function authorsTurn(state: State, rules: Rules, thread: Thread, now: number): Step {
  if (state.summary) return { kind: 'compact', tokens: thread.tokens };
  if (thread.stopped === 'refusal') return refused(rules, thread);
  if (thread.stopped === 'model_context_window_exceeded') {
    return finish(state, { conclusion: 'out_of_budget', limit: 'context', reason: "The model's context window is full" });
  }
  // Also a reply that says it stopped for tools and calls none.
  const silent = thread.stopped !== null && thread.stopped !== 'pause_turn' && thread.open.results.length === 0;
  const cutOnce = thread.stopped === 'max_tokens' && state.doubled;
  if (silent && !cutOnce && thread.open.texts.length === 0) {
    if (state.nudges >= NUDGES)
      return finish(state, failed('The model stopped three times without pushing a change or reporting why it cannot.'));
    return { kind: 'notice', notice: NOTICE.nudge, text: nudgeText(thread.stopped === 'max_tokens'), purpose: 'work' };
  }
  const stuck = stuckReason(state.stuck);
  if (stuck !== null) {
    if (state.stuckNotices > 0) return finish(state, failed(`Stuck: ${stuck}, again after a notice.`));
    return { kind: 'notice', notice: NOTICE.stuck, text: stuckText(stuck), purpose: 'work', data: { reason: stuck } };
  }
  // Never by editing what was sent: the cache and the signed thinking blocks hang on it.
  if (thread.tokens > compactionPoint(thread, rules)) return summarise(state, rules, thread);
  if (state.noSummaries && startsWithSummary(thread.messages)) return { kind: 'compact', tokens: thread.tokens };
  const share = usedShare(state, rules, now) * 100;
  const mark = [95, 80, 50].find((percent) => share >= percent && state.budgetNotice < percent);
  if (mark !== undefined && share < 100) {
    return { kind: 'notice', notice: `${NOTICE.budget}${mark}`, text: budgetText(mark, left(state, rules, now)), purpose: 'work' };
  }
  return ask(state, rules, thread, 'work');
}

/** The API's own summary where the model has it and the money allows it, else a fresh conversation from what the trail knows. */
function summarise(state: State, rules: Rules, thread: Thread): Step {
  const fresh: Step = { kind: 'compact', tokens: thread.tokens };
  if (state.noSummaries || !rules.summaries(thread.model)) return fresh;
  const step = ask(state, rules, thread, 'work', true);
  return step.kind === 'ask' ? step : fresh;
}

function refused(rules: Rules, thread: Thread): Step {
  const { fallbackModel } = rules;
  if (fallbackModel !== undefined && thread.model !== fallbackModel) return { kind: 'fall_back', model: fallbackModel };
  const advice =
    fallbackModel === undefined ? ' Set the input fallback-model to try another one, or reword the ticket.' : ' Reword the ticket.';
  return { kind: 'end', ending: failed(`The model ${thread.model} refused the task.${advice}`) };
}

function authorsCall(state: State, rules: Rules, call: ToolUseBlock, thread: Thread): Step {
  const refuse = (text: string): Step => ({ kind: 'answer', purpose: 'work', call, text, isError: true, executed: false });
  if (state.push?.id === call.id) return pushStep(state, rules, call, state.push);
  if (thread.stopped === 'max_tokens')
    return refuse('Not executed: the reply was cut at its token limit, so this input may be incomplete. Write it in smaller parts.');
  if (thread.stopped !== 'tool_use')
    return refuse(`Not executed: the reply ended with ${thread.stopped ?? 'nothing'} instead of tool_use. Make the call again.`);
  if (state.started === call.id) {
    return refuse(
      'Interrupted half way: its outcome is unknown and it was not run again. Look at the files with git_diff before you go on.',
    );
  }
  const faults = rules.faults(call.name, call.input);
  if (faults !== null) return refuse(faults);
  if (state.editFailed && ['edit_file', 'write_file', 'push_changes'].includes(call.name)) {
    return refuse('Not executed: an earlier edit of this turn failed. Mend that one first, then make this call again.');
  }
  if (call.name === 'push_changes') return { kind: 'check', call };
  if (call.name === 'report_blocked') {
    return {
      kind: 'answer',
      purpose: 'work',
      call,
      text: 'The run ends here; the reason is posted on the ticket.',
      isError: false,
      executed: true,
    };
  }
  return { kind: 'run', purpose: 'work', call };
}

/** What becomes of a change that was handed in. */
export function pushStep(
  state: State,
  rules: Pick<Rules, 'reviewRounds' | 'dryRun' | 'draft'>,
  call: ToolUseBlock,
  push: Push,
): Extract<Step, { kind: 'check' | 'open_review' | 'answer' | 'publish' }> {
  const answer = (text: string, isError: boolean) => ({ kind: 'answer', purpose: 'work', call, text, isError, executed: true }) as const;
  if (!push.gates.some(({ gate }) => gate === LAST_GATE)) return { kind: 'check', call };
  const refusals = push.gates.filter(({ outcome }) => outcome === 'refused');
  if (refusals.length > 0) return answer(refusalText(refusals), true);
  const reviewed = push.reviewed;
  if (!reviewed && state.reviews < rules.reviewRounds) {
    return { kind: 'open_review', call, round: state.reviews + 1, part: push.parts.length + 1 };
  }
  if (reviewed?.verdict === 'revise' && reviewed.round < rules.reviewRounds)
    return answer(findingsText(reviewed, rules.reviewRounds), true);
  if (rules.dryRun) return answer('Dry run: the change would be published now; nothing was written to GitHub.', false);
  if (!push.opened) return { kind: 'publish', call, draft: isDraft(state, rules, push) };
  const { number, url, draft, updated } = push.opened;
  return answer(`${updated ? 'Updated' : 'Opened'} ${draft ? 'draft ' : ''}pull request #${number}: ${url}`, false);
}

/** Draft when a maintainer should not merge without a second look: the rule of the input `draft`. */
export function isDraft(state: State, rules: Pick<Rules, 'draft'>, push: Push): boolean {
  if (state.draftImpossible) return false;
  if (rules.draft !== 'auto') return rules.draft === 'always';
  const green = state.tests?.tree === state.tree && state.tests.exit_code === 0;
  const reviewOpen = push.reviewed !== null && push.reviewed.verdict !== 'proceed';
  return !green || reviewOpen || push.gates.some(({ gate, outcome }) => gate === 'policy' && outcome === 'noted');
}

function reviewersCall(call: ToolUseBlock, thread: Thread): Step {
  if (thread.stopped === 'tool_use' && thread.replies <= REVIEWER_TURNS) return { kind: 'run', purpose: 'review', call };
  return { kind: 'answer', purpose: 'review', call, text: 'Not executed: give your answer now.', isError: true, executed: false };
}

function reviewersTurn(state: State, rules: Rules, thread: Thread): Step {
  const round = state.reviews + 1;
  if (thread.stopped === 'pause_turn') return ask(state, rules, thread, 'review');
  const waiting = thread.open.results.length + thread.open.texts.length > 0;
  if (thread.replies > 0 && !waiting && !state.doubled) return { kind: 'conclude_review', round };
  if (thread.replies >= REVIEWER_TURNS) return { kind: 'conclude_review', round };
  if (thread.replies === REVIEWER_TURNS - 2 && !state.reviewHurried) {
    return { kind: 'notice', notice: NOTICE.reviewHurry, text: reviewHurryText, purpose: 'review' };
  }
  return ask(state, rules, thread, 'review');
}

function ask(state: State, rules: Rules, thread: Thread, purpose: Purpose, summarise = false): Step {
  if (state.broken > BACKOFF_MS.length)
    return finish(
      state,
      failed(`The model's replies broke off ${state.broken} times in a row; the API may be overloaded. Ask again later.`),
    );
  const allowance = allow(state, thread, purpose, rules, summarise);
  if (allowance.kind === 'ends') return finish(state, allowance.ending);
  const delayMs = state.broken === 0 ? 0 : (BACKOFF_MS[state.broken - 1] ?? 0);
  const { maxTokens, worstCaseUsd } = allowance;
  const request = { purpose, maxTokens, worstCaseUsd, attempt: state.broken + 1, delayMs };
  return { kind: 'ask', ...request, ...(summarise ? { summarise } : {}) };
}

function failed(reason: string): Ending {
  return { conclusion: 'failed', reason };
}
