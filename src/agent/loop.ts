import { BrokenStream, ModelError, type Message } from '../model/model.ts';
import { costOf } from '../model/prices.ts';
import { fallbackText, reviewUnreadableText, setAsideText } from '../prompts/notices.ts';
import { startsWithSummary } from '../model/summary.ts';
import { afterSummaryText, compactedText } from './compaction.ts';
import { REVIEW_SCHEMA } from '../prompts/reviewer.ts';
import { overEdits } from '../review/over-edits.ts';
import { judge, merged, shownLines } from '../review/verdict.ts';
import type { Event, Facts, Noticed, Purpose, Transcript } from '../transcript/events.ts';
import { planOf, requirementsOf } from '../transcript/plan.ts';
import { nextStep, type Step } from './next-step.ts';
import { NOTICE, secretFound } from './notices.ts';
import { Interruption, type Parts } from './parts.ts';
import { requestHash, requestOf } from './request.ts';
import { reviewerSays } from './reviewer-says.ts';
import { runCall } from './run-call.ts';
import type { Ending } from './ending.ts';
import { advance, fold, type State } from './state.ts';

/** Bytes of the change that a fresh conversation is shown; git_diff shows the rest. */
const COMPACT_PATCH_BYTES = 40 * 1024;
/** Bytes of the diff that a reviewer's findings are held against. */
const REVIEW_PATCH_BYTES = 4 * 1024 * 1024;

/**
 * The loop: take the next step, do it, yield what happened. Whoever drives it appends each fact to the transcript and hands the event back before
 * asking for the next, so the transcript is a write-ahead log, and `past` resumes a run that was cut at any event.
 */
export async function* work(parts: Parts, past: Transcript, signal: AbortSignal): AsyncGenerator<Facts, Ending, Event> {
  const events = [...past];
  let state = fold(past);
  for (;;) {
    const step = nextStep(state, parts.rules, parts.now());
    if (step.kind === 'end') return step.ending;
    for await (const facts of guarded(step, perform(step, parts, state, events, signal), state, signal)) {
      const event = yield facts;
      events.push(event);
      state = advance(state, event);
    }
  }
}

/** A step's effect, not begun yet; what goes wrong in it becomes a fact that decides the next step. */
async function* guarded(
  step: Step,
  effect: AsyncGenerator<Facts, void, void>,
  state: State,
  signal: AbortSignal,
): AsyncGenerator<Facts, void, void> {
  try {
    if (signal.aborted && step.kind !== 'answer') throw signal.reason;
    yield* effect;
  } catch (error) {
    yield failure(error, step, state, signal);
  }
}

function failure(error: unknown, step: Step, state: State, signal: AbortSignal): Noticed {
  // What was aborted says only that it was; the signal says why.
  const cause: unknown = signal.aborted && signal.reason instanceof Interruption ? signal.reason : error;
  const text = cause instanceof Error ? cause.message : String(cause);
  const notice = (kind: string, data?: Noticed['data']): Noticed => ({
    type: 'noticed',
    kind,
    text,
    to_model: false,
    ...(data ? { data } : {}),
  });
  if (signal.aborted) return notice(NOTICE.interrupted, { by: signal.reason instanceof Interruption ? signal.reason.by : 'signal' });
  if (error instanceof BrokenStream) return notice(NOTICE.streamBroken);
  if (error instanceof ModelError) {
    const kind = step.kind === 'ask' && aboutSummary(step, state, error) ? NOTICE.noSummary : NOTICE.modelFailed;
    return notice(kind, { kind: error.kind, billed: error.kind === 'unavailable' });
  }
  if (step.kind === 'publish') return notice(NOTICE.publicationFailed);
  if (step.kind === 'ask') throw error;
  return notice(NOTICE.hostDied);
}

/** The request asked for the API's summary, or carried one that the API no longer takes: without it the work can go on. */
function aboutSummary(step: Extract<Step, { kind: 'ask' }>, { work }: State, { kind }: ModelError): boolean {
  if (step.summarise === true) return ['bad_request', 'unavailable', 'context_full'].includes(kind);
  return step.purpose === 'work' && kind === 'bad_request' && work !== null && startsWithSummary(work.messages);
}

async function* perform(
  step: Step,
  parts: Parts,
  state: State,
  events: Transcript,
  signal: AbortSignal,
): AsyncGenerator<Facts, void, void> {
  const turn = state.totals.totals.turns;
  switch (step.kind) {
    case 'ask':
      return yield* ask(step, parts, state, signal);
    case 'run':
      return yield* runCall(step, parts, state, signal);
    case 'answer': {
      const { call, purpose, text, isError, executed } = step;
      const answered = {
        purpose,
        turn,
        tool_use_id: call.id,
        name: call.name,
        input: call.input,
        content: text,
        is_error: isError,
        executed,
        duration_ms: 0,
      };
      return yield { type: 'tool_ran', ...answered };
    }
    case 'notice': {
      const data = step.data ? { data: step.data } : {};
      return yield { type: 'noticed', kind: step.notice, text: step.text, to_model: true, purpose: step.purpose, ...data };
    }
    case 'fall_back':
      yield* fallBack(step.model, events, state);
      return;
    case 'compact':
      return yield* compact(step.tokens, parts, state, events, signal);
    case 'check':
      yield* parts.check(state, step.call, signal);
      return;
    case 'open_review': {
      const { text, parts: count } = await parts.reviewMessage(events, state, step, signal);
      const { reviewModel: model, reviewerSystem: system } = parts;
      const opened = {
        turn,
        tool_use_id: step.call.id,
        round: step.round,
        model,
        system,
        tools: parts.rules.reviewerTools,
        first_message: text,
      };
      return yield { type: 'review_started', ...opened, tree: state.tree, ...(count > 1 ? { part: step.part, parts: count } : {}) };
    }
    case 'conclude_review':
      return yield* concludeReview(step.round, parts, state, events, signal);
    case 'publish':
      yield* parts.publish(events, step.call, step.draft, signal);
      return;
    case 'end':
      return;
  }
}

async function* ask(
  step: Extract<Step, { kind: 'ask' }>,
  parts: Parts,
  state: State,
  signal: AbortSignal,
): AsyncGenerator<Facts, void, void> {
  const thread = state[step.purpose];
  if (!thread) throw new Error(`no ${step.purpose} conversation is open`);
  if (step.delayMs > 0) await parts.sleep(step.delayMs * (0.75 + Math.random() / 2), signal);
  const review = step.purpose === 'review';
  const outputSchema = review && parts.structuredOutputs(thread.model) ? REVIEW_SCHEMA : undefined;
  const tools = review ? parts.rules.reviewerTools : parts.rules.authorTools;
  const { maxTokens, summarise = false } = step;
  const request = requestOf(thread, { tools, maxTokens, effort: parts.effort, outputSchema, summarise });
  const turn = state.totals.totals.turns + 1;
  yield {
    type: 'asked',
    purpose: step.purpose,
    turn,
    attempt: step.attempt,
    model: thread.model,
    max_tokens: step.maxTokens,
    messages: request.messages.length,
    request_sha256: requestHash(request, thread),
    worst_case_usd: step.worstCaseUsd,
    ...(summarise ? { summarise } : {}),
  };
  const { message, durationMs } = await parts.model(request, signal);
  const price = parts.rules.price(thread.model);
  const cost_usd = price ? costOf(message.usage, price) : null;
  const kept = parts.redactReply(message);
  yield { type: 'replied', purpose: step.purpose, turn, message: kept, cost_usd, duration_ms: Math.round(durationMs) };
  if (kept !== message) yield secretFound('the reply of the model');
  yield* setAside(state, kept, step.purpose, turn - 1);
}

/**
 * The calls of a reply that was cut and asked for again: on record like every other call, though no conversation shows them. Now, since a server may use their ids
 * in the new reply once more; then that one's results are theirs.
 */
function* setAside(state: State, { content }: Message, purpose: Purpose, turn: number): Generator<Facts> {
  for (const { id, name, input } of state.setAside) {
    if (content.some((block) => block.type === 'tool_use' && block.id === id)) continue;
    const result = { content: setAsideText, is_error: true, executed: false, duration_ms: 0 };
    yield { type: 'tool_ran', purpose, turn, tool_use_id: id, name, input, ...result };
  }
}

/** A fresh conversation: the other model's reasoning is bound to it and would be refused. The files keep what was done. */
function* fallBack(model: string, events: Transcript, state: State): Generator<Facts> {
  const context = events.find((event) => event.type === 'context_gathered');
  const former = state.work?.model ?? '';
  const first_message = (context?.first_message ?? '') + fallbackText(former, state.tree !== state.baseTree);
  const text = `${former} declined; ${model} takes over in a fresh conversation.`;
  yield { type: 'noticed', kind: NOTICE.fallback, text, to_model: false, data: { model, first_message } };
}

/**
 * Another conversation takes the place of a long one: from the API's summary where there is one, else from what the trail knows (plan, change, test ledger,
 * what was done, and the results that were not yet seen). The transcript keeps every event; this one says which the model no longer sees.
 */
async function* compact(
  tokens: number,
  parts: Parts,
  state: State,
  events: Transcript,
  signal: AbortSignal,
): AsyncGenerator<Facts, void, void> {
  const summary = state.summary !== null;
  const context = events.find((event) => event.type === 'context_gathered');
  const told = summary ? afterSummaryText(events) : await recordText(parts, state, events, signal);
  const first_message = parts.clean((context?.first_message ?? '') + told);
  const since = events.findLast((event) => event === context || (event.type === 'noticed' && event.kind === NOTICE.compacted));
  const data = { model: state.work?.model ?? '', first_message, summary, tokens, from: since?.seq ?? 0, to: events.at(-1)?.seq ?? 0 };
  const instead = summary ? "goes on from the API's summary" : 'starts from plan, change and test ledger';
  const text = `The conversation has ${tokens} tokens; another ${instead} in place of events ${data.from} to ${data.to}.`;
  yield { type: 'noticed', kind: NOTICE.compacted, text, to_model: false, data };
}

async function recordText(parts: Parts, state: State, events: Transcript, signal: AbortSignal): Promise<string> {
  const change = await parts.host.call('diff', { from: state.baseTree, to: state.tree, max_bytes: COMPACT_PATCH_BYTES }, signal);
  return compactedText(events, change.text, change.truncated);
}

async function* concludeReview(
  round: number,
  parts: Parts,
  state: State,
  events: Transcript,
  signal: AbortSignal,
): AsyncGenerator<Facts, void, void> {
  const { review: thread, push } = state;
  if (!thread || !push) throw new Error('no review is open');
  const review = reviewerSays(thread);
  if (review === null && state.reviewUnreadable === 0 && thread.stopped === 'end_turn') {
    return yield { type: 'noticed', kind: NOTICE.reviewUnreadable, text: reviewUnreadableText, to_model: true, purpose: 'review' };
  }
  const common = { turn: state.totals.totals.turns, tool_use_id: push.id, round };
  const part = push.parts.length + 1;
  if (part < push.partCount) return yield { type: 'review_part_ended', ...common, part, parts: push.partCount, review };
  const patch = await parts.host.call('diff', { from: state.baseTree, to: state.tree, max_bytes: REVIEW_PATCH_BYTES }, signal);
  const whole = merged([...push.parts, review]);
  const scope = { requirements: requirementsOf(events).map(({ id }) => id), filesExpected: planOf(events)?.filesExpected };
  yield {
    type: 'reviewed',
    ...common,
    model: thread.model,
    ...judge(whole, shownLines(patch.text), overEdits(whole, patch.text, scope), patch.truncated),
    tree: state.tree,
  };
}
