import { applyBinary } from './binary-patch.ts';
import type { Event, Transcript, TreeChanged } from './events.ts';
import { objectId } from './objects.ts';
import type { ReadObjects } from './objects.ts';
import { parsePatch } from './patch.ts';
import type { FilePatch, Hunk } from './patch.ts';

/**
 * `steps`: how many patches gave the recorded hash; `skipped`: changes recorded without their patch, and those up to where the tree was back at what it had
 * been before. `missing`: the repository lacks this object. `omitted`: from this event on the tree is not known. `failed`: the first patch that gave
 * another tree.
 */
export type Replay =
  | Readonly<{ kind: 'replayed'; steps: number; skipped: number; tree: string }>
  | Readonly<{ kind: 'omitted'; steps: number; seq: number; why: string }>
  | Readonly<{ kind: 'missing'; id: string }>
  | Readonly<{ kind: 'failed'; steps: number; seq: number; detail: string }>;

/**
 * Applies the patches of the `tree_changed` events, one after the other, to the tree `start`, and compares the tree hash after each with the
 * recorded one. All in memory: of the repository only the trees along the changed paths and the changed blobs are read, nothing is written.
 */
export async function replayTrees(events: Transcript, start: string, read: ReadObjects): Promise<Replay> {
  const steps: { event: TreeChanged & Event; files: FilePatch[] }[] = [];
  for (const event of events) {
    if (event.type !== 'tree_changed') continue;
    try {
      steps.push({ event, files: parsePatch(event.patch) });
    } catch (error) {
      return { kind: 'failed', steps: steps.length, seq: event.seq, detail: messageOf(error) };
    }
  }
  const root = newFolder(start);
  const blobs = new Map<string, Buffer>();
  const missing = await load(root, new Set(steps.flatMap((step) => step.files.map((file) => file.path))), blobs, read);
  if (missing) return { kind: 'missing', id: missing };
  const state: State = { root, blobs, digits: start.length };
  let tree = start;
  let skipped = 0;
  let lost: (TreeChanged & Event) | undefined;
  for (const [index, { event, files }] of steps.entries()) {
    if (event.patch_omitted !== undefined) lost ??= event;
    if (lost) {
      skipped += 1;
      if (event.after === tree) lost = undefined;
      continue;
    }
    const fail = (detail: string): Replay => ({ kind: 'failed', steps: index, seq: event.seq, detail });
    if (event.before !== tree) return fail(`it starts from tree ${event.before} where the tree is ${tree}`);
    try {
      // Deletions first, as git apply does: a folder may become a file, and a file a symbolic link of the same name.
      for (const file of files) if (file.status === 'deleted') applyFile(state, file);
      for (const file of files) if (file.status !== 'deleted') applyFile(state, file);
    } catch (error) {
      return fail(`its patch does not apply: ${messageOf(error)}`);
    }
    tree = folderId(root, state.digits);
    if (tree !== event.after) return fail(`its patch gives tree ${tree} where ${event.after} is recorded`);
  }
  if (lost) return { kind: 'omitted', steps: steps.length - skipped, seq: lost.seq, why: lost.patch_omitted ?? '' };
  return { kind: 'replayed', steps: steps.length - skipped, skipped, tree };
}

type State = Readonly<{ root: Folder; blobs: Map<string, Buffer>; digits: number }>;
/** `mode` as Git writes it in trees (folders `40000`); `folder` is there once it was read or changed. */
type Entry = { mode: string; id: string; folder?: Folder };
/** `id` is `undefined` after a change, until it is computed anew. */
type Folder = { id: string | undefined; entries: Map<string, Entry> };

const newFolder = (id?: string): Folder => ({ id, entries: new Map() });

/** Reads the trees along `paths`, level by level, and the blobs at their ends. Answers the id of an object that is not there. */
async function load(root: Folder, paths: ReadonlySet<string>, blobs: Map<string, Buffer>, read: ReadObjects): Promise<string | undefined> {
  let level = [{ folder: root, paths: [...paths].map(namesOf) }];
  const wanted: string[] = [];
  while (level.length > 0) {
    const ids = level.flatMap(({ folder }) => folder.id ?? []);
    const trees = await read(ids);
    const next: typeof level = [];
    for (const { folder, paths: below } of level) {
      const tree = trees.get(folder.id ?? '');
      if (tree?.type !== 'tree') return folder.id;
      folder.entries = entriesOf(tree.content, folder.id?.length ?? 40);
      // Not Map.groupBy: `npx alchemist verify` runs on Node 20 too.
      const groups = new Map<string, string[][]>();
      for (const path of below) groups.set(path[0] ?? '', [...(groups.get(path[0] ?? '') ?? []), path]);
      for (const [name, group] of groups) {
        const entry = folder.entries.get(name);
        if (entry?.mode === '40000') {
          entry.folder = newFolder(entry.id);
          next.push({ folder: entry.folder, paths: group.map((path) => path.slice(1)).filter((path) => path.length > 0) });
        } else if (entry && entry.mode !== '160000') wanted.push(entry.id);
      }
    }
    level = next;
  }
  const found = await read(wanted);
  for (const [id, { content }] of found) blobs.set(id, content);
  return wanted.find((id) => !found.has(id));
}

/** A tree object: `<mode> <name>\0<id>`, one after the other. */
function entriesOf(content: Buffer, digits: number): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (let at = 0; at < content.length;) {
    const blank = content.indexOf(32, at);
    const end = content.indexOf(0, blank);
    const id = content.toString('hex', end + 1, end + 1 + digits / 2);
    entries.set(content.toString('latin1', blank + 1, end), { mode: content.toString('latin1', at, blank), id });
    at = end + 1 + digits / 2;
  }
  return entries;
}

/** The id of a folder, its changed parts computed anew. Git sorts by bytes, a folder as if its name ended in `/`. */
function folderId(folder: Folder, digits: number): string {
  if (folder.id !== undefined) return folder.id;
  const rows: [Buffer, Buffer][] = [];
  for (const [name, entry] of folder.entries) {
    if (entry.folder) entry.id = folderId(entry.folder, digits);
    const row = Buffer.concat([Buffer.from(`${entry.mode} ${name}\0`, 'latin1'), Buffer.from(entry.id, 'hex')]);
    rows.push([Buffer.from(entry.mode === '40000' ? `${name}/` : name, 'latin1'), row]);
  }
  rows.sort(([one], [other]) => Buffer.compare(one, other));
  folder.id = objectId('tree', Buffer.concat(rows.map(([, row]) => row)), digits);
  return folder.id;
}

function applyFile(state: State, file: FilePatch): void {
  if (file.oldPath !== file.path) throw new Error(`${file.path}: a rename, where the change of each path is recorded`);
  const old = entryAt(state.root, file.path);
  if (file.status === 'added') {
    if (old) throw new Error(`${file.path}: added, but it is there already`);
  } else if (!old || old.mode === '40000') throw new Error(`${file.path}: it is not there`);
  if (file.oldMode !== undefined && old && old.mode !== file.oldMode)
    throw new Error(`${file.path}: its mode is ${old.mode}, not ${file.oldMode}`);
  if (file.oldId !== undefined && old && old.id !== file.oldId)
    throw new Error(`${file.path}: its content is ${old.id}, not ${file.oldId}`);
  if (file.status === 'deleted') {
    // The lines of a deletion are checked as well: they are what a reader of the patch sees.
    if (old) newContent(state, file, old);
    place(state.root, file.path, undefined);
    return;
  }
  const mode = file.newMode ?? old?.mode ?? '';
  const changed = file.hunks.length > 0 || file.binary !== undefined || file.status === 'added';
  const id = changed ? store(state, file, old, mode) : (old?.id ?? '');
  if (file.newId !== undefined && file.newId !== id)
    throw new Error(`${file.path}: the patch gives content ${id} where it says ${file.newId}`);
  place(state.root, file.path, { mode, id });
}

function store(state: State, file: FilePatch, old: Entry | undefined, mode: string): string {
  const content = newContent(state, file, old);
  // A submodule is a commit id in a tree; its patch shows it as a line of text.
  if (mode === '160000') return /^Subproject commit ([0-9a-f]+)\n?$/.exec(content.toString())?.[1] ?? '';
  const id = objectId('blob', content, state.digits);
  state.blobs.set(id, content);
  return id;
}

function newContent(state: State, file: FilePatch, old: Entry | undefined): Buffer {
  const before = old ? contentOf(state, old) : Buffer.alloc(0);
  if (file.binary) return applyBinary(file.binary, before);
  if (file.isBinary) throw new Error(`${file.path}: the patch leaves out its binary content`);
  return applyHunks(before, file.hunks);
}

function contentOf(state: State, entry: Entry): Buffer {
  if (entry.mode === '160000') return Buffer.from(`Subproject commit ${entry.id}\n`);
  const content = state.blobs.get(entry.id);
  if (!content) throw new Error(`content ${entry.id} is not known`);
  return content;
}

/** Exact application, without fuzz or offset: each line stands where the header says or the patch is refused. */
export function applyHunks(before: Buffer, hunks: readonly Hunk[]): Buffer {
  // Latin-1 maps bytes to characters one to one, so lines of any encoding compare and join as bytes.
  const old = before.toString('latin1').match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const result: string[] = [];
  let at = 0;
  for (const hunk of hunks) {
    const start = hunk.oldLines === 0 ? hunk.oldStart : hunk.oldStart - 1;
    if (start < at || start > old.length) throw new Error(`a hunk at line ${hunk.oldStart} is out of place`);
    for (; at < start; at++) result.push(old[at] ?? '');
    for (const { kind, text } of hunk.lines) {
      const bytes = Buffer.from(text).toString('latin1');
      if (kind === '+') result.push(bytes);
      else {
        if (old[at] !== bytes) throw new Error(`line ${at + 1} is not what the patch says`);
        if (kind === ' ') result.push(bytes);
        at += 1;
      }
    }
  }
  return Buffer.from(result.join('') + old.slice(at).join(''), 'latin1');
}

/** The names of a path; as Latin-1, which keeps the bytes of names that are not UTF-8. */
function namesOf(path: string): string[] {
  return Buffer.from(path).toString('latin1').split('/');
}

function entryAt(root: Folder, path: string): Entry | undefined {
  const names = namesOf(path);
  let folder: Folder | undefined = root;
  for (const name of names.slice(0, -1)) folder = folder?.entries.get(name)?.folder;
  return folder?.entries.get(names.at(-1) ?? '');
}

/** Puts an entry in place, or takes it away and with it the folders it leaves empty (git keeps none). */
function place(root: Folder, path: string, entry: Entry | undefined): void {
  const names = namesOf(path);
  const way = [root];
  for (const name of names.slice(0, -1)) {
    const parent = way.at(-1) ?? root;
    let child = parent.entries.get(name);
    if (!child?.folder) {
      child = { mode: '40000', id: '', folder: newFolder() };
      parent.entries.set(name, child);
    }
    way.push(child.folder ?? newFolder());
  }
  for (const folder of way) folder.id = undefined;
  const last = names.at(-1) ?? '';
  if (entry) way.at(-1)?.entries.set(last, entry);
  else way.at(-1)?.entries.delete(last);
  for (let depth = way.length - 1; depth > 0 && way[depth]?.entries.size === 0; depth--)
    way[depth - 1]?.entries.delete(names[depth - 1] ?? '');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
