import type {
  Asked,
  Event,
  GateChecked,
  Noticed,
  Purpose,
  Replied,
  Reviewed,
  TestsRan,
  ToolRan,
  Transcript,
  TreeChanged,
} from '../transcript/events.ts';
import { summaryIn, tokensOfReply } from '../transcript/totals.ts';

/** One call of a turn, with all that came of it. */
export type CallRecord = Readonly<{
  id: string;
  name: string;
  input: unknown;
  /** `undefined` when it was never answered. */
  ran: (ToolRan & Event) | undefined;
  changes: readonly (TreeChanged & Event)[];
  tests: readonly (TestsRan & Event)[];
  gates: readonly (GateChecked & Event)[];
  reviews: readonly (Reviewed & Event)[];
}>;

/** One turn: a request of author or reviewer, its reply, and what followed until the next request. */
export type Turn = Readonly<{
  turn: number;
  purpose: Purpose;
  asked: readonly (Asked & Event)[];
  /** `undefined` when every try broke off, or the run stopped meanwhile. */
  replied: (Replied & Event) | undefined;
  /** The summary of the model's thinking, as the API gives it. */
  thinking: string;
  text: string;
  calls: readonly CallRecord[];
  /** Changes, tests and gates of no call of this turn. */
  loose: readonly Event[];
  notices: readonly (Noticed & Event)[];
}>;

type Growing = { -readonly [K in keyof Turn]: Turn[K] extends readonly (infer T)[] ? T[] : Turn[K] };

/** The run as a list of turns, in order; what happened before the first request is turn 0, without a reply. */
export function turnsOf(events: Transcript): Turn[] {
  const turns: Growing[] = [newTurn(0, 'work')];
  const owners = new Map<string, CallRecord>();
  for (const event of events) {
    const current = turns.at(-1) ?? newTurn(0, 'work');
    switch (event.type) {
      case 'asked':
        if (current.turn === event.turn && current.purpose === event.purpose && !current.replied) current.asked.push(event);
        else turns.push({ ...newTurn(event.turn, event.purpose), asked: [event] });
        break;
      case 'replied':
        reply(current, event, owners);
        break;
      case 'noticed':
        current.notices.push(event);
        break;
      default:
        attach(event, owners, current);
    }
  }
  return turns;
}

function newTurn(turn: number, purpose: Purpose): Growing {
  return { turn, purpose, asked: [], replied: undefined, thinking: '', text: '', calls: [], loose: [], notices: [] };
}

function reply(turn: Growing, event: Replied & Event, owners: Map<string, CallRecord>): void {
  turn.replied = event;
  const { content } = event.message;
  turn.thinking = content.flatMap((block) => (block.type === 'thinking' ? [block.thinking] : [])).join('\n\n');
  const summary = summaryIn(event);
  const said = content.flatMap((block) => (block.type === 'text' ? [block.text] : []));
  turn.text = (summary === undefined ? said : ["The API's summary of the conversation so far, which goes on from it:", summary]).join(
    '\n\n',
  );
  for (const block of content) {
    if (block.type !== 'tool_use') continue;
    const call: CallRecord = {
      id: block.id,
      name: block.name,
      input: block.input,
      ran: undefined,
      changes: [],
      tests: [],
      gates: [],
      reviews: [],
    };
    owners.set(block.id, call);
    turn.calls.push(call);
  }
}

/** What names a call goes to it, also when the reviewer's turns stand between; the rest stays with the turn it happened in. */
function attach(event: Event, owners: ReadonlyMap<string, CallRecord>, turn: Growing): void {
  const call = 'tool_use_id' in event && event.tool_use_id !== undefined ? owners.get(event.tool_use_id) : undefined;
  if (!call) {
    if (event.type === 'tree_changed' || event.type === 'tests_ran' || event.type === 'gate_checked') turn.loose.push(event);
    return;
  }
  if (event.type === 'tool_ran') (call as { ran: ToolRan & Event }).ran = event;
  else if (event.type === 'tree_changed') (call.changes as (TreeChanged & Event)[]).push(event);
  else if (event.type === 'tests_ran') (call.tests as (TestsRan & Event)[]).push(event);
  else if (event.type === 'gate_checked') (call.gates as (GateChecked & Event)[]).push(event);
  else if (event.type === 'reviewed') (call.reviews as (Reviewed & Event)[]).push(event);
}

/** Tokens and dollars of one turn; what broke off counts at its worst case, as in the totals. */
export type Spent = Readonly<{ fresh: number; cacheWrite: number; cacheRead: number; output: number; usd: number; brokenOff: number }>;

export function spentOn(turn: Turn): Spent {
  const tokens = turn.replied && tokensOfReply(turn.replied);
  const tried = turn.replied ? turn.asked.slice(0, -1) : turn.asked;
  // A request that was refused before a reply began costs nothing (see `addToTotals`).
  const unbilled = turn.notices.filter((notice) => notice.data?.['billed'] === false).map((notice) => notice.seq);
  const broken = tried.filter((asked, index) => !unbilled.some((seq) => seq > asked.seq && seq < (tried[index + 1]?.seq ?? Infinity)));
  return {
    fresh: tokens?.input ?? 0,
    cacheWrite: tokens?.written ?? 0,
    cacheRead: tokens?.read ?? 0,
    output: tokens?.output ?? 0,
    usd: (turn.replied?.cost_usd ?? 0) + broken.reduce((sum, asked) => sum + (asked.worst_case_usd ?? 0), 0),
    brokenOff: broken.length,
  };
}
