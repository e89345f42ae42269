import { setAsideText } from '../prompts/notices.ts';
import { sha256 } from '../transcript/chain.ts';
import type { Event, ToolRan, TestsRan, TreeChanged } from '../transcript/events.ts';
import { NOTICE } from './notices.ts';

/** Signs of going in circles, folded from events. They start anew after each notice. */
export type StuckSigns = Readonly<{
  /** Digests of name, input and output of the last calls. */
  calls: readonly string[];
  /** How often the same call gave the same result, in a row or not. */
  repeated: Readonly<Record<string, number>>;
  /** How often the same call failed, whatever the text. */
  failing: Readonly<Record<string, number>>;
  /** Failed edits in a row, by file. */
  failedEdits: Readonly<Record<string, number>>;
  /** Trees under which the same set of tests failed. */
  failingTests: Readonly<Record<string, readonly string[]>>;
  trees: readonly string[];
  treeReturns: number;
  /** Turns of the author, and the one in which something new was last seen: a file read, a changed tree, another test outcome. */
  lastNew: number;
  seen: ReadonlySet<string>;
  turn: number;
  lastTests: string;
}>;

export const noSigns: StuckSigns = {
  calls: [],
  repeated: {},
  failing: {},
  failedEdits: {},
  failingTests: {},
  trees: [],
  treeReturns: 0,
  lastNew: 0,
  seen: new Set(),
  turn: 0,
  lastTests: '',
};

const SAME_RESULT = 4;
const SAME_FAILURE = 3;
const ALTERNATION = 6;
const FAILED_EDITS = 3;
const SAME_TESTS_DIFFS = 4;
const TREE_RETURNS = 2;
const TURNS_WITHOUT_NEWS = 12;

/** One event further. Pure. */
export function foldStuck(signs: StuckSigns, event: Event): StuckSigns {
  switch (event.type) {
    case 'replied':
      return event.purpose === 'work' ? { ...signs, turn: signs.turn + 1, lastNew: signs.lastNew || 1 } : signs;
    case 'tool_ran':
      return event.purpose === 'work' && event.content !== setAsideText ? afterCall(signs, event) : signs;
    case 'tree_changed':
      return afterTree(signs, event);
    case 'tests_ran':
      return event.phase === 'base' ? signs : afterTests(signs, event);
    case 'noticed':
      return event.kind === NOTICE.stuck ? { ...noSigns, turn: signs.turn, lastNew: signs.turn, seen: signs.seen } : signs;
    default:
      return signs;
  }
}

/** Why the author is stuck, in words for the model; `null` when it is not. */
export function stuckReason(signs: StuckSigns): string | null {
  if (most(signs.repeated) >= SAME_RESULT) return `the same call gave the same result ${SAME_RESULT} times`;
  if (most(signs.failing) >= SAME_FAILURE) return `the same call failed ${SAME_FAILURE} times`;
  if (alternates(signs.calls)) return `two calls alternated over the last ${ALTERNATION} calls with the same results`;
  const file = Object.entries(signs.failedEdits).find(([, count]) => count >= FAILED_EDITS)?.[0];
  if (file !== undefined) return `${FAILED_EDITS} edits of ${file} failed in a row; read the file again and copy old_str from it`;
  const tests = Object.values(signs.failingTests).find((trees) => trees.length >= SAME_TESTS_DIFFS);
  if (tests !== undefined) return `the same tests fail after ${SAME_TESTS_DIFFS} different changes; the cause is elsewhere`;
  if (signs.treeReturns >= TREE_RETURNS) return `the files came back to an earlier state ${TREE_RETURNS} times`;
  if (signs.turn - signs.lastNew >= TURNS_WITHOUT_NEWS) return `${TURNS_WITHOUT_NEWS} turns brought no new file, change or test result`;
  return null;
}

function afterCall(signs: StuckSigns, event: ToolRan): StuckSigns {
  const call = `${event.name} ${JSON.stringify(event.input)}`;
  const digest = sha256(`${call} ${normalised(event.content)}`);
  const failing = event.is_error ? bump(signs.failing, call) : drop(signs.failing, call);
  return {
    ...news(signs, event),
    calls: [...signs.calls, digest].slice(-ALTERNATION),
    repeated: bump(signs.repeated, digest),
    failing,
    failedEdits: edits(signs, event),
  };
}

/** A file read or a search whose result was not seen before is news; so is a plan that changed. */
function news(signs: StuckSigns, event: ToolRan): StuckSigns {
  const key = sha256(`${event.name} ${normalised(event.content)}`);
  if (event.is_error || signs.seen.has(key)) return signs;
  return { ...signs, seen: new Set([...signs.seen, key]), lastNew: signs.turn };
}

function edits(signs: StuckSigns, event: ToolRan): StuckSigns['failedEdits'] {
  if (event.name !== 'edit_file') return signs.failedEdits;
  const path = String((event.input as { path?: unknown } | null)?.path);
  return event.is_error && event.executed ? bump(signs.failedEdits, path) : drop(signs.failedEdits, path);
}

function afterTree(signs: StuckSigns, event: TreeChanged): StuckSigns {
  const returned = signs.trees.includes(event.after) ? 1 : 0;
  const trees = signs.trees.length === 0 ? [event.before, event.after] : [...signs.trees, event.after];
  // What a call answers after a change is not the same state as before it.
  return { ...signs, trees, treeReturns: signs.treeReturns + returned, lastNew: signs.turn, repeated: {}, calls: [], failing: {} };
}

function afterTests(signs: StuckSigns, event: TestsRan): StuckSigns {
  const outcome = `${event.exit_code} ${(event.failing ?? []).join('\n') || normalised(event.tail)}`;
  const lastNew = outcome === signs.lastTests ? signs.lastNew : signs.turn;
  if (event.exit_code === 0) return { ...signs, lastTests: outcome, lastNew, failingTests: {} };
  const trees = new Set([...(signs.failingTests[outcome] ?? []), event.tree]);
  return { ...signs, lastTests: outcome, lastNew, failingTests: { [outcome]: [...trees] } };
}

/** Times and durations differ between two runs of the same thing. */
function normalised(text: string): string {
  return text.replaceAll(/\d+(\.\d+)?\s?(ms|s)\b/g, 'T').replaceAll(/\d{2}:\d{2}:\d{2}(\.\d+)?/g, 'T');
}

function alternates(calls: readonly string[]): boolean {
  if (calls.length < ALTERNATION) return false;
  const [first, second] = calls;
  return first !== second && calls.every((digest, index) => digest === (index % 2 === 0 ? first : second));
}

function most(counts: Readonly<Record<string, number>>): number {
  return Math.max(0, ...Object.values(counts));
}

function bump(counts: Readonly<Record<string, number>>, key: string): Readonly<Record<string, number>> {
  return { ...counts, [key]: (counts[key] ?? 0) + 1 };
}

function drop(counts: Readonly<Record<string, number>>, key: string): Readonly<Record<string, number>> {
  const { [key]: _, ...rest } = counts;
  return rest;
}
