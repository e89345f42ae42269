import type { Facts, TreeChanged } from '../transcript/events.ts';
import type { TestRun } from '../tools/tool.ts';
import type { Step } from './next-step.ts';
import { secretFound } from './notices.ts';
import type { Parts } from './parts.ts';
import type { State } from './state.ts';

/** The largest patch a `tree_changed` records. A larger change cannot be replayed, so it is never pushed. */
const MAX_PATCH_BYTES = 8 * 1024 * 1024;
/** Time to take stock of the files after an interruption. */
const STOCK_MS = 5_000;

/** Runs one call and states what came of it: the changed tree and the tests first, the result as the model sees it last. */
export async function* runCall(
  step: Extract<Step, { kind: 'run' }>,
  parts: Parts,
  state: State,
  signal: AbortSignal,
): AsyncGenerator<Facts, void, void> {
  const { call, purpose } = step;
  const tool = (purpose === 'work' ? parts.author : parts.reviewer).get(call.name);
  const turn = state.totals.totals.turns;
  const common = { purpose, turn, tool_use_id: call.id, name: call.name, input: call.input };
  const faults = tool ? tool.faults(call.input) : `There is no tool ${call.name} here.`;
  if (!tool || faults !== null) {
    return yield { type: 'tool_ran', ...common, content: faults ?? '', is_error: true, executed: false, duration_ms: 0 };
  }
  if (tool.writes) yield { type: 'tool_started', turn, tool_use_id: call.id, name: call.name };

  const log = parts.openLog(turn, call.name);
  const began = parts.now();
  try {
    const result = await tool.run(call.input, { signal, log: (piece) => log.write(piece) });
    const duration_ms = parts.now() - began;
    log.close();
    const file = log.path();
    const logged = file === undefined ? {} : { log: file };
    const after = tool.writes ? await treeAfter(parts, state, call.id, turn, result.tests !== undefined, signal) : NOTHING_CHANGED;
    yield* after.facts;
    if (result.tests)
      yield { type: 'tests_ran', phase: 'work', turn, tool_use_id: call.id, ...recorded(result.tests, parts), tree: state.tree, ...logged };
    const content = parts.clean(result.text) + after.remark;
    yield { type: 'tool_ran', ...common, content, is_error: result.isError, executed: true, duration_ms, ...logged };
  } catch (error) {
    log.close();
    // What an interrupted call has done to the files is part of the trail, and of the patch that is kept.
    if (signal.aborted && tool.writes) yield* (await treeAfter(parts, state, call.id, turn, false, AbortSignal.timeout(STOCK_MS))).facts;
    throw error;
  }
}

type After = { facts: Facts[]; remark: string };
const NOTHING_CHANGED: After = { facts: [], remark: '' };

async function treeAfter(parts: Parts, state: State, id: string, turn: number, tested: boolean, signal: AbortSignal): Promise<After> {
  const { tree, left_out } = await parts.host.call('tree', { leave_out_new: tested }, signal);
  const remark =
    left_out.length === 0 ? '' : `\n[new files left by the tests, not part of the change: ${left_out.slice(0, 10).join(', ')}]`;
  if (tree === state.tree) return { facts: [], remark };
  const patch = await parts.host.call('diff', { from: state.tree, to: tree, binary: true, max_bytes: MAX_PATCH_BYTES }, signal);
  const { changes } = await parts.host.call('changes', { from: state.tree, to: tree }, signal);
  const files = changes.map(({ path }) => path);
  const change: TreeChanged = { type: 'tree_changed', turn, tool_use_id: id, before: state.tree, after: tree, patch: patch.text, files };
  if (parts.holdsSecret(patch.text))
    return { facts: [{ ...change, patch: '', patch_omitted: 'secret' }, secretFound('a changed file')], remark };
  if (patch.truncated) return { facts: [{ ...change, patch: '', patch_omitted: 'too large' }], remark };
  const byTests = tested
    ? `\n[the tests themselves changed ${files.slice(0, 10).join(', ')}: this run does not count for the files as they are now]`
    : '';
  return { facts: [change], remark: remark + byTests };
}

/** A test run as the transcript keeps it. */
export function recorded(run: TestRun, parts: Pick<Parts, 'clean'>): Omit<TestRun, 'partial'> & { partial?: true } {
  const { partial, ...rest } = run;
  return { ...rest, tail: parts.clean(run.tail), ...(partial ? { partial: true } : {}) };
}
