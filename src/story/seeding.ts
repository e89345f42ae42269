import type { GitHub, TreeEntry } from '../forge/github.ts';
import type { Host, SeedEntry } from '../toolhost/wire.ts';
import type { Transcript } from '../transcript/events.ts';
import { allOf } from '../transcript/find.ts';

/** Files and bytes that are read over REST at most: a job's token has 1,000 requests an hour. */
const MAX_FILES = 800;
const MAX_BYTES = 100 * 1024 * 1024;
/** One blob must fit into one line of the wire (16 MiB) as base64. */
const MAX_BLOB = 11 * 1024 * 1024;
/** Bytes of content in one call to the host, before base64. */
const BATCH_BYTES = 8 * 1024 * 1024;
const BATCH_ENTRIES = 500;
/** Requests for blobs under way at once; GitHub asks not to be asked for much in parallel. */
const PARALLEL = 6;

/** A tree that could not be brought into the workspace; the message says what to do instead. */
export class NotSeeded extends Error {
  override readonly name = 'NotSeeded';
}

export type SeedParts = Readonly<{ github: Pick<GitHub, 'treeEntries' | 'blob'>; host: Host }>;

/** The entries in which two trees of the repository differ, folders left out. */
export type TreeDifference = Readonly<{ removed: readonly TreeEntry[]; added: readonly TreeEntry[]; changed: readonly TreeEntry[] }>;

/**
 * Brings the host's files from one tree of the repository to another, both read by REST: the entries that differ are fetched and written by the host, which
 * thereby has every object that later differences need. Answers what differs. Throws `NotSeeded` where there is too much to read, or where the tree that comes
 * out is another.
 *
 * @param from hash of the tree that the files are at; `null` for an empty workspace
 */
export async function seedTree({ github, host }: SeedParts, from: string | null, to: string, signal: AbortSignal): Promise<TreeDifference> {
  if (from === to) return { removed: [], added: [], changed: [] };
  const [before, after] = await Promise.all([from === null ? [] : github.treeEntries(from), github.treeEntries(to)]);
  const difference = differing(before, after);
  const wanted = [...difference.added, ...difference.changed];
  refuseTooMuch(wanted, from === null);
  let tree = from ?? '';
  const send = async (entries: SeedEntry[]): Promise<void> => {
    if (entries.length > 0) ({ tree } = await host.call('seed', { entries }, signal));
  };
  // Deletions first: a file may make room for a folder, and a folder for a file.
  for (const some of chunks(difference.removed, BATCH_ENTRIES)) await send(some.map(({ path, mode }) => ({ path, mode })));
  for (const some of batches(wanted)) await send(await inParallel(some, (entry) => read(github, entry, signal)));
  if (tree === to) return difference;
  throw new NotSeeded(
    `The workspace could not be brought to the tree ${to.slice(0, 10)} of the repository (it is at ${tree.slice(0, 10)}). Check the repository out anew, or look for a file that cannot be written here.`,
  );
}

/**
 * Brings the host's files, which are at the tree that `events` start from, to the tree that they end at, by the recorded patches. Answers that tree. Throws
 * `NotSeeded` where a patch was not recorded or leads elsewhere.
 */
export async function replayChanges(host: Host, events: Transcript, signal: AbortSignal): Promise<string | undefined> {
  let tree: string | undefined;
  for (const change of allOf(events, 'tree_changed')) {
    if (change.patch_omitted !== undefined)
      throw new NotSeeded(
        `The change of event ${change.seq} was not recorded (${change.patch_omitted}), so the files cannot be brought to where the run left them.`,
      );
    ({ tree } = await host.call('apply', { patch: change.patch }, signal));
    if (tree !== change.after)
      throw new NotSeeded(
        `The patch of event ${change.seq} leads to the tree ${tree.slice(0, 10)}, not to the recorded ${change.after.slice(0, 10)}.`,
      );
  }
  return tree;
}

function differing(before: readonly TreeEntry[], after: readonly TreeEntry[]): TreeDifference {
  const old = new Map(before.map((entry) => [entry.path, entry]));
  const now = new Set(after.map(({ path }) => path));
  return {
    removed: before.filter(({ path }) => !now.has(path)),
    added: after.filter(({ path }) => !old.has(path)),
    changed: after.filter(({ path, mode, sha }) => old.has(path) && (old.get(path)?.sha !== sha || old.get(path)?.mode !== mode)),
  };
}

function refuseTooMuch(entries: readonly TreeEntry[], empty: boolean): void {
  const bytes = entries.reduce((sum, { size }) => sum + size, 0);
  const large = entries.find(({ size }) => size > MAX_BLOB);
  if (entries.length <= MAX_FILES && bytes <= MAX_BYTES && !large) return;
  const what = large
    ? `${large.path} has ${mebibytes(large.size)}, over the ${mebibytes(MAX_BLOB)} of one file`
    : `${entries.length} files with ${mebibytes(bytes)}, over ${MAX_FILES} files or ${mebibytes(MAX_BYTES)}`;
  throw new NotSeeded(
    empty
      ? `GITHUB_WORKSPACE holds no Git checkout, and the repository is too large to be read without one (${what}): put the step "- uses: actions/checkout@v5" before Alchemist.`
      : `The branch of the earlier run differs too much from the checkout to be brought in (${what}). Merge or delete that branch, then ask again.`,
  );
}

async function read(github: SeedParts['github'], { path, mode, sha, type }: TreeEntry, signal: AbortSignal): Promise<SeedEntry> {
  signal.throwIfAborted();
  // A submodule is a commit of another repository: its id is all there is.
  const content = type === 'commit' || mode === '160000' ? Buffer.from(sha) : await github.blob(sha);
  return { path, mode, content: content.toString('base64') };
}

function batches(entries: readonly TreeEntry[]): TreeEntry[][] {
  const result: TreeEntry[][] = [];
  let bytes = Infinity;
  for (const entry of entries) {
    const last = result.at(-1);
    if (last && bytes + entry.size <= BATCH_BYTES && last.length < BATCH_ENTRIES) last.push(entry);
    else {
      result.push([entry]);
      bytes = 0;
    }
    bytes += entry.size;
  }
  return result;
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}

/** The answers in the order of the items. */
async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = [...items.entries()];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return results;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
