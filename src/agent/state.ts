import type {
  Asked,
  Event,
  GateChecked,
  Noticed,
  PullRequestOpened,
  Purpose,
  Replied,
  Review,
  Reviewed,
  RunStarted,
  TestsRan,
  ToolRan,
} from '../transcript/events.ts';
import type { ToolUseBlock } from '../model/model.ts';
import { summaryOf, type SummaryBlock } from '../model/summary.ts';
import { addToTotals, emptyTotals, type TotalsState } from '../transcript/totals.ts';
import { blockedEnding, interruption, pushEnding, rejection, type Ending } from './ending.ts';
import { NOTICE } from './notices.ts';
import { foldStuck, noSigns, type StuckSigns } from './stuck.ts';
import { answeredCall, discarded, openFromSummary, openThread, repliedWith, sent, told, type Thread } from './thread.ts';

/** A `push_changes` call under way. */
export type Push = Readonly<{
  id: string;
  input: unknown;
  gates: readonly GateChecked[];
  /** Reviews of the parts of a large change, and how many parts there are. */
  parts: readonly (Review | null)[];
  partCount: number;
  reviewed: Reviewed | null;
  pushed: boolean;
  opened: PullRequestOpened | null;
}>;

/**
 * What has happened, folded from the transcript: the only state the loop has. Two runs with the same events are in the same state, so a run cut at
 * any event goes on as if nothing had been.
 */
export type State = Readonly<{
  run: RunStarted | null;
  /** Milliseconds since the epoch. */
  startedAt: number;
  totals: TotalsState;
  work: Thread | null;
  review: Thread | null;
  /** The request in flight, and how often this turn's request broke off before. */
  asked: Asked | null;
  broken: number;
  /** The API's summary of the author's conversation, until the one that starts with it is open. */
  summary: SummaryBlock | null;
  /** The API gave none where one was asked for, or refused its own: it is not asked again in this run. */
  noSummaries: boolean;
  /** Calls of the last reply, where that was cut and set aside. */
  setAside: readonly ToolUseBlock[];
  /** The last reply was cut by `max_tokens` and set aside: the next request has the doubled cap. */
  doubled: boolean;
  /** A call that was started and has no result. */
  started: string | null;
  /** An edit of the last reply failed: its later edits are not made. */
  editFailed: boolean;
  nudges: number;
  stuck: StuckSigns;
  stuckNotices: number;
  /** Highest budget notice given: 0, 50, 80 or 95. */
  budgetNotice: number;
  push: Push | null;
  reviews: number;
  reviewUnreadable: number;
  reviewHurried: boolean;
  /** GitHub refused a draft for this repository. */
  draftImpossible: boolean;
  tree: string;
  baseTree: string;
  baseTests: TestsRan | null;
  tests: TestsRan | null;
  /** Set once something decided how the run ends. */
  ending: Ending | null;
  ended: boolean;
}>;

export const NOTHING: State = {
  run: null,
  startedAt: 0,
  totals: emptyTotals,
  work: null,
  review: null,
  asked: null,
  broken: 0,
  summary: null,
  noSummaries: false,
  setAside: [],
  doubled: false,
  started: null,
  editFailed: false,
  nudges: 0,
  stuck: noSigns,
  stuckNotices: 0,
  budgetNotice: 0,
  push: null,
  reviews: 0,
  reviewUnreadable: 0,
  reviewHurried: false,
  draftImpossible: false,
  tree: '',
  baseTree: '',
  baseTests: null,
  tests: null,
  ending: null,
  ended: false,
};

/** One event further. Pure. */
export function advance(state: State, event: Event): State {
  const next = { ...state, totals: addToTotals(state.totals, event), stuck: foldStuck(state.stuck, event) };
  switch (event.type) {
    case 'run_started':
      return { ...next, run: event, startedAt: Date.parse(event.at) };
    case 'context_gathered':
      return {
        ...next,
        work: openThread(state.run?.config.model ?? '', event.system, event.first_message),
        tree: event.start_tree,
        baseTree: event.base.tree,
      };
    case 'asked':
      return { ...onThread(next, event.purpose, sent), asked: event };
    case 'replied':
      return replied(next, event);
    case 'tool_started':
      return { ...next, started: event.tool_use_id };
    case 'tool_ran':
      return toolRan(next, event);
    case 'tree_changed':
      return { ...next, tree: event.after };
    case 'tests_ran':
      if (event.partial === true) return next;
      if (event.phase === 'base') return { ...next, baseTests: event };
      // A gate also tests other trees: the base with the changed tests laid over it.
      return event.phase === 'gate' && event.tree !== state.tree ? next : { ...next, tests: event };
    case 'gate_checked':
      return { ...next, push: { ...pushOf(next, event.tool_use_id), gates: [...pushOf(next, event.tool_use_id).gates, event] } };
    case 'review_started':
      return {
        ...next,
        review: openThread(event.model, event.system, event.first_message),
        push: { ...pushOf(next, event.tool_use_id), partCount: event.parts ?? 1 },
        reviewUnreadable: 0,
        reviewHurried: false,
      };
    case 'review_part_ended': {
      const push = pushOf(next, event.tool_use_id);
      return { ...next, review: null, push: { ...push, parts: [...push.parts, event.review] } };
    }
    case 'reviewed':
      return {
        ...next,
        review: null,
        reviews: next.reviews + 1,
        push: { ...pushOf(next, event.tool_use_id), reviewed: event },
        ending: next.ending ?? (next.run?.config.draft === 'never' ? rejection(event, state.run?.config.review_rounds ?? 0) : null),
      };
    case 'noticed':
      return noticed(next, event);
    case 'pushed':
      return next.push ? { ...next, push: { ...next.push, pushed: true } } : next;
    case 'pull_request_opened':
      return next.push ? { ...next, push: { ...next.push, opened: event } } : next;
    case 'run_ended':
      return { ...next, ended: true };
  }
}

export function fold(events: Iterable<Event>): State {
  let state = NOTHING;
  for (const event of events) state = advance(state, event);
  return state;
}

/** Who is asked next: the reviewer while a review is open, else the author. */
export function speaker(state: State): Purpose {
  return state.review ? 'review' : 'work';
}

function replied(state: State, event: Replied): State {
  if (state.asked?.summarise === true) return summarised(state, event);
  const cut = event.message.stop_reason === 'max_tokens';
  const settled = { ...state, asked: null, broken: 0 };
  // Cut once: set aside and asked again with a doubled cap. Cut twice: kept, and its calls are answered "not executed".
  if (cut && !state.doubled) {
    const setAside = event.message.content.filter((block) => block.type === 'tool_use');
    return { ...onThread(settled, event.purpose, (thread) => discarded(thread, event.message)), setAside, doubled: true };
  }
  const kept = onThread(settled, event.purpose, (thread) => repliedWith(thread, event.message));
  return { ...kept, setAside: [], doubled: false, editFailed: false };
}

/** Nothing is appended to the conversation: it ends in its summary, or, where none came, in a fresh start. */
function summarised(state: State, { message }: Replied): State {
  const summary = summaryOf(message) ?? null;
  return { ...state, asked: null, broken: 0, summary, noSummaries: state.noSummaries || summary === null };
}

function toolRan(state: State, event: ToolRan): State {
  // A call of a reply that was set aside: no conversation waits for its result.
  if (!state[event.purpose]?.pending.some((call) => call.id === event.tool_use_id)) return state;
  const answered = onThread(state, event.purpose, (thread) => answeredCall(thread, event.tool_use_id, event.content, event.is_error));
  const next = { ...answered, started: state.started === event.tool_use_id ? null : state.started };
  if (event.purpose === 'review') return next;
  if (event.name === 'push_changes')
    return { ...next, push: null, ending: next.ending ?? pushEnding(event, state.run?.config.dry_run === true) };
  if (event.name === 'report_blocked' && event.executed) return { ...next, ending: next.ending ?? blockedEnding(event.input) };
  const failedEdit = event.is_error && (event.name === 'edit_file' || event.name === 'write_file');
  return { ...next, nudges: 0, editFailed: state.editFailed || failedEdit };
}

function noticed(state: State, event: Noticed): State {
  const next = event.to_model ? onThread(state, event.purpose ?? 'work', (thread) => told(thread, event.text)) : state;
  const failed = (reason: string): State => ({ ...next, asked: null, ending: next.ending ?? { conclusion: 'failed', reason } });
  switch (event.kind) {
    case NOTICE.streamBroken:
      return { ...next, asked: null, broken: state.broken + 1 };
    case NOTICE.modelFailed:
      if (event.data?.['kind'] !== 'context_full') return failed(event.text);
      return { ...next, asked: null, ending: next.ending ?? { conclusion: 'out_of_budget', limit: 'context', reason: event.text } };
    case NOTICE.hostDied:
    case NOTICE.publicationFailed:
    case NOTICE.secretFound:
      return failed(event.text);
    case NOTICE.interrupted:
      return { ...next, asked: null, ending: next.ending ?? interruption(event) };
    case NOTICE.noSummary:
      return { ...next, asked: null, broken: 0, noSummaries: true };
    case NOTICE.compacted:
    case NOTICE.fallback:
      return { ...next, summary: null, work: reopened(state, event) };
    case NOTICE.draftImpossible: {
      const rejected = state.push?.reviewed ? rejection(state.push.reviewed, state.run?.config.review_rounds ?? 0) : null;
      return { ...next, draftImpossible: true, ending: next.ending ?? rejected };
    }
    case NOTICE.nudge:
      return { ...next, nudges: state.nudges + 1 };
    case NOTICE.stuck:
      return { ...next, stuckNotices: state.stuckNotices + 1 };
    case NOTICE.reviewUnreadable:
      return { ...next, reviewUnreadable: state.reviewUnreadable + 1 };
    case NOTICE.reviewHurry:
      return { ...next, reviewHurried: true };
    default:
      return event.kind.startsWith(NOTICE.budget) ? { ...next, budgetNotice: Number(event.kind.slice(NOTICE.budget.length)) } : next;
  }
}

function reopened({ work, summary }: State, { kind, data }: Noticed): Thread {
  const text = String(data?.['first_message']);
  if (work && summary && kind === NOTICE.compacted) return openFromSummary(work, summary, text);
  return openThread(String(data?.['model']), work?.system ?? '', text);
}

function onThread(state: State, purpose: Purpose, change: (thread: Thread) => Thread): State {
  const thread = state[purpose];
  return thread === null ? state : { ...state, [purpose]: change(thread) };
}

function pushOf(state: State, id: string): Push {
  if (state.push?.id === id) return state.push;
  const call = state.work?.pending.find((pending) => pending.id === id);
  return { id, input: call?.input, gates: [], parts: [], partCount: 1, reviewed: null, pushed: false, opened: null };
}
