import type { Host } from '../toolhost/wire.ts';
import type { Ticket } from '../ticket/ticket.ts';
import { allOf, requirementsOf } from '../transcript/totals.ts';
import type { GateChecked, Transcript } from '../transcript/events.ts';
import { FILES_BYTES, reviewMessage } from './first-message.ts';

/** Bytes of the diff that the reviewer is shown at once. */
const DIFF_BYTES = 120 * 1024;

/** Reads what the reviewer is shown and words its first message. */
export async function materialFor(
  parts: Readonly<{ host: Host; ticket: Ticket; baseTree: string; instructions: string; schemaAsText: boolean; clean(text: string): string }>,
  events: Transcript,
  now: Readonly<{ tree: string; round: number; gates: readonly GateChecked[] }>,
  signal: AbortSignal,
): Promise<string> {
  const range = { from: parts.baseTree, to: now.tree };
  const diff = await parts.host.call('diff', { ...range, max_bytes: DIFF_BYTES }, signal);
  const { changes } = await parts.host.call('changes', range, signal);
  const files: { path: string; text: string }[] = [];
  const omitted: string[] = [];
  let room = FILES_BYTES;
  for (const change of changes) {
    if (change.status === 'D' || change.binary || change.size > room) {
      if (change.status !== 'D') omitted.push(change.path);
      continue;
    }
    const { text } = await parts.host.call('read_file', { path: change.path }, signal);
    room -= text.length;
    files.push({ path: change.path, text });
  }
  const requirements = requirementsOf(events).map(({ id, text }) => ({ id, text }));
  const tests = allOf(events, 'tests_ran').filter((run) => run.phase !== 'work' || run.tree === now.tree);
  const notes = now.gates.filter(({ outcome }) => outcome === 'noted').map(({ gate, detail }) => `${gate}: ${detail}`);
  const { ticket, instructions, schemaAsText } = parts;
  const shown = { ticket, requirements, patch: diff.text, patchTruncated: diff.truncated, files, omitted, instructions, tests, notes };
  return parts.clean(reviewMessage({ ...shown, round: now.round, schemaAsText }));
}
