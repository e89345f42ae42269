import { canonicalJson } from './chain.ts';
import type { Asked, Event, Purpose, Replied, ToolRan, Transcript, TreeChanged } from './events.ts';

/** The first event that does not fit, and why; `undefined` when all do. */
export type Fault = Readonly<{ seq: number; detail: string }> | undefined;

/** Every `replied` answers the `asked` of its turn right before it (other facts may stand between), and turns count up by one. */
export function repliesFault(events: Transcript): Fault {
  let asked: (Asked & Event) | undefined;
  let turns = 0;
  for (const event of events) {
    if (event.type === 'asked') {
      if (event.turn !== turns + 1) return { seq: event.seq, detail: `asks as turn ${event.turn} where turn ${turns + 1} is due` };
      asked = event;
    } else if (event.type === 'replied') {
      if (!asked) return { seq: event.seq, detail: 'a reply that nobody asked for' };
      if (asked.turn !== event.turn || asked.purpose !== event.purpose) {
        return {
          seq: event.seq,
          detail: `replies to ${event.purpose} turn ${event.turn} where ${asked.purpose} turn ${asked.turn} was asked`,
        };
      }
      turns = event.turn;
      asked = undefined;
    }
  }
  return undefined;
}

type Call = { event: Replied & Event; name: string; input: string; answered: boolean };

/**
 * Every `tool_use` of a reply is answered by exactly one `tool_ran` of the same name and input, and no result stands without its call. Not
 * answered may stay: calls of a reply that was cut by its token limit, and those after which the conversation did not go on.
 */
export function callsFault(events: Transcript): Fault {
  const calls = new Map<string, Call>();
  let summary = false;
  for (const event of events) {
    if (event.type === 'asked') summary = event.summarise === true;
    if (event.type === 'replied') {
      // Asked for a summary, a model may call a tool instead: the reply is set aside.
      if (summary) continue;
      for (const block of event.message.content) {
        if (block.type !== 'tool_use') continue;
        if (calls.has(block.id) && !wasCut(calls.get(block.id)))
          return { seq: event.seq, detail: `calls a tool with the id ${block.id}, which was used before` };
        calls.set(block.id, { event, name: block.name, input: canonicalJson(block.input), answered: false });
      }
    } else if (event.type === 'tool_ran') {
      const fault = resultFault(event, calls.get(event.tool_use_id));
      if (fault) return { seq: event.seq, detail: fault };
    } else if (event.type === 'reviewed') forget(calls, 'review');
    else if (event.type === 'asked') {
      const open = [...calls.values()].find((call) => isDue(call, event));
      if (open)
        return {
          seq: event.seq,
          detail: `the conversation goes on, but the call of ${open.name} in event ${open.event.seq} was not answered`,
        };
    }
  }
  return undefined;
}

/** A reply that was cut is asked for again, and a server may give the same ids once more. */
function wasCut(call: Call | undefined): boolean {
  return call?.answered === false && call.event.message.stop_reason === 'max_tokens';
}

function resultFault(event: ToolRan, call: Call | undefined): string | undefined {
  if (!call) return `a result of ${event.name} that no reply called for (${event.tool_use_id})`;
  if (call.answered) return `a second result for the call ${event.tool_use_id} of ${event.name}`;
  if (call.event.purpose !== event.purpose) return `a result of ${event.name} in the other conversation than its call`;
  if (call.name !== event.name) return `a result of ${event.name} for a call of ${call.name}`;
  if (call.input !== canonicalJson(event.input)) return `the input of ${event.name} is not the one of its call in event ${call.event.seq}`;
  call.answered = true;
  return undefined;
}

function isDue(call: Call, asked: Asked): boolean {
  return !call.answered && call.event.purpose === asked.purpose && call.event.message.stop_reason === 'tool_use';
}

/** A review that ended leaves the calls of its last reply open; the next round is a new conversation. */
function forget(calls: Map<string, Call>, purpose: Purpose): void {
  for (const [id, call] of calls) if (call.event.purpose === purpose) calls.delete(id);
}

/**
 * Tree hashes join up: each `tree_changed` starts where the one before ended, the first at the workspace's start; and what gates, reviews and the
 * author's test runs name as theirs is the tree that was there.
 */
export function treesFault(events: Transcript): Fault {
  let tree: string | undefined;
  let changed: TreeChanged | undefined;
  for (const event of events) {
    if (event.type === 'context_gathered') tree ??= event.start_tree;
    else if (event.type === 'tree_changed') {
      if (tree === undefined) return { seq: event.seq, detail: 'a change before the context was gathered' };
      if (event.before !== tree) return { seq: event.seq, detail: `it starts from tree ${event.before} where the tree is ${tree}` };
      tree = event.after;
      changed = event;
    } else if (event.type === 'gate_checked' || event.type === 'review_started' || event.type === 'reviewed') {
      if (event.tree !== tree) return { seq: event.seq, detail: `speaks of tree ${event.tree} where the tree is ${tree ?? 'none'}` };
    } else if (event.type === 'tests_ran' && event.phase === 'work') {
      // Tests that change files themselves ran on the tree before that.
      const before = changed !== undefined && changed.tool_use_id === event.tool_use_id ? changed.before : tree;
      if (event.tree !== tree && event.tree !== before)
        return { seq: event.seq, detail: `says that tree ${event.tree} was tested where the tree is ${tree ?? 'none'}` };
    } else if (event.type === 'pushed' && event.tree !== tree) {
      return { seq: event.seq, detail: `pushed tree ${event.tree} where the run left ${tree ?? 'none'}` };
    }
  }
  return undefined;
}
