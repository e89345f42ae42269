import type { Host } from '../toolhost/wire.ts';
import type { Ticket } from '../ticket/ticket.ts';
import { allOf } from '../transcript/find.ts';
import { requirementsOf } from '../transcript/plan.ts';
import type { GateChecked, Transcript } from '../transcript/events.ts';
import { chunksOf } from './chunks.ts';
import { FILES_BYTES, reviewMessage } from './first-message.ts';

/** Bytes of a change that can be reviewed at all, and characters of it that one review looks at. */
const DIFF_BYTES = 4 * 1024 * 1024;
const PART_CHARACTERS = 100 * 1024;

/** Reads what the reviewer is shown and words its first message. A large change comes in parts; together they hold every hunk. */
export async function materialFor(
  parts: Readonly<{
    host: Host;
    ticket: Ticket;
    baseTree: string;
    instructions: string;
    schemaAsText: boolean;
    clean(text: string): string;
  }>,
  events: Transcript,
  now: Readonly<{ tree: string; round: number; part: number; gates: readonly GateChecked[] }>,
  signal: AbortSignal,
): Promise<{ text: string; parts: number }> {
  const range = { from: parts.baseTree, to: now.tree };
  const diff = await parts.host.call('diff', { ...range, max_bytes: DIFF_BYTES }, signal);
  const chunks = chunksOf(diff.text, PART_CHARACTERS);
  const chunk = chunks[now.part - 1] ?? { patch: '', files: [] };
  const all = await parts.host.call('changes', range, signal);
  const changes = all.changes.filter(({ path }) => chunks.length === 1 || chunk.files.includes(path));
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
  const shown = { ticket, requirements, patch: chunk.patch, patchTruncated: diff.truncated, files, omitted, instructions, tests, notes };
  const message = reviewMessage({ ...shown, round: now.round, part: now.part, parts: chunks.length, schemaAsText });
  return { text: parts.clean(message), parts: chunks.length };
}
