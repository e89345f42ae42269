import type { EarlierRun } from './continue.ts';
import { replayChanges } from './seeding.ts';
import type { StartingPoint } from './starting-point.ts';
import type { Host } from '../toolhost/wire.ts';
import type { Transcript, TreeChanged } from '../transcript/events.ts';
import { allOf, contextOf, endingOf, lastOf, lastTree } from '../transcript/find.ts';
import { planOf } from '../transcript/plan.ts';

/** The largest patch that is recorded; a larger change cannot be replayed, so it is never pushed. */
const MAX_PATCH_BYTES = 8 * 1024 * 1024;
/** Characters of a patch that did not fit, and of the author's last words, that the model is shown. */
const MAX_SHOWN_PATCH = 12_000;
const MAX_WORDS = 1_500;
const MAX_FILES = 40;

/** Names the change in the transcript: it was made by no call of this run. */
const CARRIED = 'carried-over';

export type CarryOverParts = Readonly<{ host: Host; earlier: EarlierRun; holdsSecret(text: string): boolean }>;

/**
 * Adds an earlier run to the starting point: its change, if it was not published, as one change to be laid over the files once the base was tested, and in a few
 * lines what it planned, tested and said. The conversation itself is not taken over: its thinking is bound to other bytes, and its limits are used up. Leaves the
 * host's files as they were.
 */
export async function carryOver(
  { host, earlier, holdsSecret }: CarryOverParts,
  start: StartingPoint,
  signal: AbortSignal,
): Promise<StartingPoint> {
  const { events } = earlier;
  const from = contextOf(events)?.start_tree;
  const unpublished = from !== undefined && lastTree(events) !== from && !lastOf(events, 'pushed');
  const told = toldOf(events);
  if (!unpublished) return { ...start, remarks: [...start.remarks, ...told] };
  const carried = await layOver(host, events, start.base.tree, from, signal);
  if (!carried) {
    const patch = allOf(events, 'tree_changed')
      .map((change) => change.patch)
      .join('\n');
    const cut = patch.length > MAX_SHOWN_PATCH ? `${patch.slice(0, MAX_SHOWN_PATCH)}\n[… cut]` : patch;
    return {
      ...start,
      remarks: [
        ...start.remarks,
        ...told,
        `Its change does not fit the files as they are now, so it was not laid over them. Make it again where it is right. It was:\n${cut}`,
      ],
    };
  }
  const omitted = holdsSecret(carried.patch) ? 'secret' : carried.patch_omitted;
  const change = omitted === undefined ? carried : { ...carried, patch: '', patch_omitted: omitted };
  const files = `${carried.files.slice(0, MAX_FILES).join(', ')}${carried.files.length > MAX_FILES ? ` and ${carried.files.length - MAX_FILES} more` : ''}`;
  return {
    ...start,
    carried: change,
    remarks: [...start.remarks, ...told, `Its change is in the files already (git_diff shows it): ${files}`],
  };
}

/** The change that leads from the base to where the earlier run left off; `null` where it does not fit. */
async function layOver(host: Host, events: Transcript, base: string, from: string, signal: AbortSignal): Promise<TreeChanged | null> {
  try {
    const tree = base === from ? await replayChanges(host, events, signal) : await applyAll(host, events, signal);
    if (tree === undefined || tree === base) return null;
    const [patch, { changes }] = await Promise.all([
      host.call('diff', { from: base, to: tree, binary: true, max_bytes: MAX_PATCH_BYTES }, signal),
      host.call('changes', { from: base, to: tree }, signal),
    ]);
    const facts = {
      type: 'tree_changed',
      turn: 0,
      tool_use_id: CARRIED,
      before: base,
      after: tree,
      files: changes.map(({ path }) => path),
    } as const;
    return patch.truncated ? { ...facts, patch: '', patch_omitted: 'too large' } : { ...facts, patch: patch.text };
  } catch {
    signal.throwIfAborted();
    return null;
  } finally {
    if (!signal.aborted) await host.call('switch_to', { tree: base }, signal);
  }
}

/** The recorded patches on files that have changed since: each fits, or Git refuses it. */
async function applyAll(host: Host, events: Transcript, signal: AbortSignal): Promise<string | undefined> {
  let tree: string | undefined;
  for (const { patch, patch_omitted: omitted } of allOf(events, 'tree_changed')) {
    if (omitted !== undefined) return undefined;
    ({ tree } = await host.call('apply', { patch }, signal));
  }
  return tree;
}

/** Plan, tests and last words of the earlier run. */
function toldOf(events: Transcript): string[] {
  const started = lastOf(events, 'run_started');
  const ending = endingOf(events);
  const plan = planOf(events)?.requirements ?? [];
  const tests = allOf(events, 'tests_ran')
    .filter(({ phase }) => phase !== 'base')
    .slice(-5);
  const words = lastWords(events);
  return [
    `You go on from an earlier run on this ticket (${started?.run.url ?? ''}), in a new conversation. It ended: ${ending ? `${ending.conclusion}. ${ending.reason}` : 'cut off'}`,
    plan.length === 0 ? '' : `Its plan: ${plan.map(({ id, text, status }) => `${id} (${status}) ${text}`).join('; ')}`,
    tests.length === 0
      ? ''
      : `Its last test runs: ${tests.map((run) => `${run.command} → ${run.exit_code === 0 ? 'green' : `red${run.failing?.length ? ` (${run.failing.slice(0, 10).join(', ')})` : ''}`}`).join('; ')}`,
    words === '' ? '' : `Its last words: ${words}`,
  ].filter((line) => line !== '');
}

function lastWords(events: Transcript): string {
  const reply = allOf(events, 'replied').findLast(
    ({ purpose, message }) => purpose === 'work' && message.content.some(({ type }) => type === 'text'),
  );
  const text =
    reply?.message.content
      .flatMap((block) => (block.type === 'text' ? [block.text] : []))
      .join('\n')
      .trim() ?? '';
  return text.slice(0, MAX_WORDS);
}
