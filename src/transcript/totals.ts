import { summaryOf } from '../model/summary.ts';
import { tokensOf, type Pass } from '../model/usage.ts';
import type {
  Asked,
  ContextGathered,
  Event,
  Finding,
  Replied,
  Reviewed,
  RunEnded,
  TestsRan,
  TestsVerdict,
  Totals,
  Transcript,
} from './events.ts';

/** What was spent so far, and the call that is still unanswered. */
export type TotalsState = Readonly<{
  /** Settled amounts: replies, and calls known to have broken off. */
  totals: Totals;
  /** The last `asked` without its `replied`; counted at its worst case once the next `asked` or the end of the run shows that it broke off. */
  pending: Asked | undefined;
}>;

export const emptyTotals: TotalsState = {
  totals: { turns: 0, cost_usd: 0, input_tokens: 0, cache_read_tokens: 0, cache_write_tokens: 0, output_tokens: 0 },
  pending: undefined,
};

/** Tokens that a reply is billed for, the API's own summary of the conversation included. */
export function tokensOfReply({ message }: Pick<Replied, 'message'>): Pass {
  return tokensOf(message.usage);
}

/** The API's own summary of the conversation; `undefined` in any other reply. */
export function summaryIn({ message }: Pick<Replied, 'message'>): string | undefined {
  return summaryOf(message)?.content ?? undefined;
}

/** The totals after one more event. Pure: the loop folds with it, `verify` repeats the fold. */
export function addToTotals(state: TotalsState, event: Event): TotalsState {
  switch (event.type) {
    case 'asked':
      return { ...settled(state), pending: event };
    case 'replied': {
      const { input, read, written, output } = tokensOfReply(event);
      const { totals } = state;
      return {
        pending: undefined,
        totals: {
          turns: totals.turns + 1,
          cost_usd: totals.cost_usd + (event.cost_usd ?? 0),
          input_tokens: totals.input_tokens + input + read + written,
          cache_read_tokens: totals.cache_read_tokens + read,
          cache_write_tokens: totals.cache_write_tokens + written,
          output_tokens: totals.output_tokens + output,
        },
      };
    }
    case 'noticed':
      // A request that was refused before a reply began costs nothing; one that broke off half way may have been billed.
      return event.data?.['billed'] === false ? { ...state, pending: undefined } : state;
    case 'run_ended':
      return settled(state);
    default:
      return state;
  }
}

/** The state with the unanswered call, if any, counted at its worst case: what `run_ended` must state. */
export function settled(state: TotalsState): TotalsState {
  if (!state.pending) return state;
  const cost_usd = state.totals.cost_usd + (state.pending.worst_case_usd ?? 0);
  return { totals: { ...state.totals, cost_usd }, pending: undefined };
}

/**
 * Turns (replies of author and reviewer), tokens (cached ones included in `input_tokens`) and US dollars of a run. Each `asked` that no `replied`
 * answers before the next `asked` or the `run_ended` counts at its worst case; a call still under way at the end of the list does not count yet.
 */
export function totals(events: Transcript): Totals {
  return events.reduce(addToTotals, emptyTotals).totals;
}

/** The totals if the run ended now, a call under way counted at its worst case. */
export function finalTotals(events: Transcript): Totals {
  return settled(events.reduce(addToTotals, emptyTotals)).totals;
}

/** The last event of a type; `undefined` when there is none. */
export function lastOf<T extends Event['type']>(events: Transcript, type: T): Extract<Event, { type: T }> | undefined {
  return events.findLast((event): event is Extract<Event, { type: T }> => event.type === type);
}

/** All events of a type, in order. */
export function allOf<T extends Event['type']>(events: Transcript, type: T): Extract<Event, { type: T }>[] {
  return events.filter((event): event is Extract<Event, { type: T }> => event.type === type);
}

/** Git tree hash of the workspace as the run left it; `undefined` before the context was gathered. */
export function lastTree(events: Transcript): string | undefined {
  return lastOf(events, 'tree_changed')?.after ?? lastOf(events, 'context_gathered')?.start_tree;
}

/** The last run of the tests on the tree that the run left, by the model or by the harness; the run on the untouched base is not one. */
export function lastTestsOnFinalTree(events: Transcript): (TestsRan & Event) | undefined {
  const tree = lastTree(events);
  return allOf(events, 'tests_ran').findLast((run) => run.phase !== 'base' && run.partial !== true && run.tree === tree);
}

/**
 * What the tests say of the final tree. `none`: there is nothing to say (no change, or no test command and no run). `passed`: the last run on
 * exactly that tree exited 0. `proven`: besides, the gate `fails_before` passed for that tree. `failed`: anything else, a tree that was never
 * tested included.
 */
export function testsVerdict(events: Transcript): TestsVerdict {
  const run = lastTestsOnFinalTree(events);
  if (run) {
    if (run.exit_code !== 0) return 'failed';
    return provenTree(events) === run.tree ? 'proven' : 'passed';
  }
  const context = lastOf(events, 'context_gathered');
  const changed = lastTree(events) !== context?.start_tree;
  return changed && context?.commands.test ? 'failed' : 'none';
}

function provenTree(events: Transcript): string | undefined {
  const gate = allOf(events, 'gate_checked').findLast((event) => event.gate === 'fails_before');
  return gate?.outcome === 'passed' ? gate.tree : undefined;
}

/** Milliseconds from the first event to the last. */
export function elapsedMs(events: Transcript): number {
  const [first, last] = [events[0], events.at(-1)];
  return first && last ? Math.max(0, Date.parse(last.at) - Date.parse(first.at)) : 0;
}

export type PlanStatus = 'open' | 'met' | 'unmet' | 'unknown';

/** The author's plan: its last `update_plan`. */
export type Plan = Readonly<{
  requirements: readonly Readonly<{ id: string; text: string; status: PlanStatus }>[];
  filesExpected: readonly string[];
}>;

/** The last plan that the author stated; `undefined` when it stated none. */
export function planOf(events: Transcript): Plan | undefined {
  const call = lastCall(events, 'update_plan');
  if (!call) return undefined;
  const input = record(call.input);
  return { requirements: statedRequirements(input['requirements']), filesExpected: strings(input['files_expected']) };
}

/** A requirement of the ticket, as the author stated it and as the reviewer judged it. */
export type Requirement = Readonly<{
  id: string;
  text: string;
  /** The author's last word. */
  stated: PlanStatus;
  /** The reviewer's last word; `undefined` when no review answered for it. */
  judged: 'met' | 'unmet' | 'unverifiable' | undefined;
  /** The reviewer's evidence; empty without one. */
  evidence: string;
}>;

/** The ticket's requirements: texts from the last plan and the last `push_changes`, judgement from the last review that answered. */
export function requirementsOf(events: Transcript): Requirement[] {
  const stated = new Map<string, Plan['requirements'][number]>();
  for (const name of ['update_plan', 'push_changes']) {
    const call = lastCall(events, name, name === 'push_changes');
    for (const one of statedRequirements(record(call?.input)['requirements'])) {
      stated.set(one.id, { ...one, text: one.text || stated.get(one.id)?.text || '' });
    }
  }
  const judged = new Map(lastAnswer(events)?.review?.requirements.map((one) => [one.id, one]));
  const ids = new Set([...stated.keys(), ...judged.keys()]);
  return [...ids].map((id) => ({
    id,
    text: stated.get(id)?.text ?? '',
    stated: stated.get(id)?.status ?? 'unknown',
    judged: judged.get(id)?.status,
    evidence: judged.get(id)?.evidence ?? '',
  }));
}

/** What the author said on asking for publication; empty strings and lists where it said nothing. */
export type PushRequest = Readonly<{
  title: string;
  summary: string;
  changeKind: string;
  explanations: readonly Readonly<{ gate: string; text: string }>[];
}>;

/** The last `push_changes`; `undefined` when publication was never asked for. */
export function pushRequestOf(events: Transcript): PushRequest | undefined {
  const call = lastCall(events, 'push_changes', true);
  if (!call) return undefined;
  const input = record(call.input);
  const explanations = list(input['explanations']).map(record);
  return {
    title: string(input['title']),
    summary: string(input['summary']),
    changeKind: string(input['change_kind']) || 'fix',
    explanations: explanations.map((one) => ({ gate: string(one['gate']), text: string(one['text']) })),
  };
}

/**
 * What became of a finding. `not_raised_again`: a later round that answered did not repeat it. `open`: it asks for a revision, and no later round took it
 * back. `below_threshold`: shown, but too minor or too uncertain to ask for one. `dropped`: it lies outside the diff.
 */
export type Fate = 'not_raised_again' | 'open' | 'below_threshold' | 'dropped';
export type FindingHistory = Readonly<{ finding: Finding; /** Rounds that raised it. */ rounds: readonly number[]; fate: Fate }>;

/** Every finding of every review round, first raised first, and what became of it. */
export function findingsHistory(events: Transcript): FindingHistory[] {
  const answered = allOf(events, 'reviewed').filter((event) => event.review);
  const lastRound = answered.at(-1)?.round;
  const history: { finding: Finding; rounds: number[]; fate: Fate }[] = [];
  for (const event of answered) {
    for (const finding of [...(event.review?.findings ?? []), ...(event.over_edits ?? [])]) {
      const fate = fateInRound(event, finding);
      const known = history.find((one) => !one.rounds.includes(event.round) && isSameFinding(one.finding, finding));
      if (known) Object.assign(known, { finding, fate, rounds: [...known.rounds, event.round] });
      else history.push({ finding, rounds: [event.round], fate });
    }
  }
  return history.map((one) => {
    const repeated = one.rounds.at(-1) === lastRound;
    return repeated || one.fate === 'dropped' ? one : { ...one, fate: 'not_raised_again' };
  });
}

/** The findings that still ask for a revision when the run is over. */
export function openFindings(events: Transcript): Finding[] {
  return findingsHistory(events)
    .filter((one) => one.fate === 'open')
    .map((one) => one.finding);
}

function fateInRound(event: Reviewed, finding: Finding): Fate {
  if (event.dropped.some((one) => isEqual(one, finding))) return 'dropped';
  return event.blocking.some((one) => isEqual(one, finding)) ? 'open' : 'below_threshold';
}

function isEqual(one: Finding, other: Finding): boolean {
  return one.file === other.file && one.claim === other.claim && one.start_line === other.start_line && one.severity === other.severity;
}

/** A reviewer with a fresh context words the same fault anew: same file, same category and touching lines are taken for the same finding. */
function isSameFinding(one: Finding, other: Finding): boolean {
  if (one.file !== other.file || one.category !== other.category) return false;
  if (one.claim === other.claim) return true;
  return one.start_line <= other.end_line + 3 && other.start_line <= one.end_line + 3;
}

/** The last review that gave a readable answer. */
export function lastAnswer(events: Transcript): (Reviewed & Event) | undefined {
  return allOf(events, 'reviewed').findLast((event) => event.review !== null);
}

/** The `run_ended` of the run; `undefined` while it goes on. */
export function endingOf(events: Transcript): (RunEnded & Event) | undefined {
  return lastOf(events, 'run_ended');
}

/** What the run began with; `undefined` before it. */
export function contextOf(events: Transcript): (ContextGathered & Event) | undefined {
  return lastOf(events, 'context_gathered');
}

/** The author's last call of a tool that was run; `refused` lets in those answered with an error (a gate that refused, say). */
function lastCall(events: Transcript, name: string, refused = false): Readonly<{ input: unknown }> | undefined {
  const ran = allOf(events, 'tool_ran').findLast(
    (event) => event.name === name && event.purpose === 'work' && event.executed && (refused || !event.is_error),
  );
  return (refused ? underWay(events, name) : undefined) ?? ran;
}

/** A call of the last reply that has no result yet: the `push_changes` whose pull request is being written. */
function underWay(events: Transcript, name: string): Readonly<{ input: unknown }> | undefined {
  const reply = allOf(events, 'replied').findLast(({ purpose }) => purpose === 'work');
  const call = reply?.message.content.findLast((block) => block.type === 'tool_use' && block.name === name);
  if (call?.type !== 'tool_use') return undefined;
  const answered = allOf(events, 'tool_ran').some(
    ({ tool_use_id, purpose, seq }) => tool_use_id === call.id && purpose === 'work' && seq > (reply?.seq ?? 0),
  );
  return answered ? undefined : call;
}

function statedRequirements(value: unknown): Plan['requirements'][number][] {
  return list(value).map((item) => {
    const { id, text, status } = record(item);
    return { id: string(id), text: string(text), status: isPlanStatus(status) ? status : 'unknown' };
  });
}

function isPlanStatus(value: unknown): value is PlanStatus {
  return value === 'open' || value === 'met' || value === 'unmet' || value === 'unknown';
}

// A tool's input is what the model wrote: nothing of its shape is taken for granted.
function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function string(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function strings(value: unknown): string[] {
  return list(value).filter((item) => typeof item === 'string');
}
