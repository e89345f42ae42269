import { accessSync, constants, lstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Git } from './git.ts';

/**
 * The private index, kept equal to the working tree: what `git add -A && git write-tree` would give, without hooks and
 * configured filters. Files that were untracked at the start stay out until the agent edits them by name.
 */
export type Trees = {
  /** Hash of the working tree now. */
  hash(signal?: AbortSignal): Promise<string>;
  /** Leaves out, for good, what appeared by itself since the last hash (by-products of a test run); answers their names. */
  leaveOutNew(signal?: AbortSignal): Promise<string[]>;
  /** Brings the index up to the working tree. */
  refresh(signal?: AbortSignal): Promise<void>;
  /** One path was written by a file tool: it belongs to the change from now on. */
  touched(path: string): void;
  /** Anything may have changed (a command ran). */
  anythingChanged(): void;
  /** The index was just compared with the working tree, and nothing but what is left out differs. `tree`: its hash, where known. */
  settled(tree?: string): void;
  /** The index itself was written by somebody else. */
  indexChanged(): void;
  /** Tracked, and untracked but not ignored files, in no particular order. */
  files(signal?: AbortSignal): Promise<readonly string[]>;
  /** Files that were untracked at the start. */
  readonly foreign: ReadonlySet<string>;
  /** Files that cannot be part of a change: too large, unreadable, or with a name that Git refuses. */
  readonly unfit: ReadonlySet<string>;
  /** Keeps paths of the index as they are until their file changes (files smudged by a filter that is not run here). */
  pin(paths: readonly string[]): Promise<void>;
  leaveOut(paths: readonly string[]): void;
};

/** GitHub refuses blobs over 100 MiB: such a file never becomes part of a tree. */
export const MAX_FILE = 100 * 1024 * 1024;

type State = {
  git: Git;
  root: string;
  foreign: Set<string>;
  unfit: Set<string>;
  pinned: Map<string, string>;
  /** Paths written by file tools: never taken for by-products. */
  byHand: Set<string>;
  /** Untracked paths that came into the index since the last hash, by themselves. */
  newcomers: Set<string>;
  /** What the index does not know yet. */
  stale: 'everything' | Set<string>;
  tree: string | null;
  files: string[] | null;
};

export function openTrees(git: Git, root: string): Trees {
  const state: State = {
    git,
    root,
    foreign: new Set(),
    unfit: new Set(),
    pinned: new Map(),
    byHand: new Set(),
    newcomers: new Set(),
    stale: 'everything',
    tree: null,
    files: null,
  };
  return {
    foreign: state.foreign,
    unfit: state.unfit,
    refresh: (signal) => refresh(state, signal),
    hash: (signal) => hash(state, signal),
    leaveOutNew: (signal) => leaveOutNew(state, signal),
    files: (signal) => files(state, signal),
    pin: (paths) => pin(state, paths),
    anythingChanged: () => void (state.stale = 'everything'),
    settled: (tree) => {
      state.stale = new Set();
      if (tree !== undefined) state.tree = tree;
    },
    indexChanged: () => {
      state.stale = 'everything';
      state.tree = null;
      state.files = null;
    },
    touched: (path) => {
      state.foreign.delete(path);
      state.byHand.add(path);
      // Rules about other files: look at everything again.
      if (/(^|\/)\.git(ignore|attributes|modules)$/.test(path)) state.stale = 'everything';
      if (state.stale !== 'everything') state.stale.add(path);
    },
    leaveOut: (paths) => {
      for (const path of paths) state.foreign.add(path);
      state.files = null;
    },
  };
}

async function hash(state: State, signal?: AbortSignal): Promise<string> {
  await refresh(state, signal);
  // Blobs that a partial clone lacks are unchanged ones: they need not be here.
  state.newcomers.clear();
  state.tree ??= (await state.git.text(['write-tree', '--missing-ok'], { signal })).trim();
  return state.tree;
}

async function leaveOutNew(state: State, signal?: AbortSignal): Promise<string[]> {
  await refresh(state, signal);
  const names = [...state.newcomers].filter((path) => !state.byHand.has(path));
  state.newcomers.clear();
  for (const path of names) state.foreign.add(path);
  await apply(state, { changed: [], removed: names.map((path) => path.replace(/\/$/, '')) }, signal);
  return names;
}

async function refresh(state: State, signal?: AbortSignal): Promise<void> {
  const { stale } = state;
  if (stale !== 'everything' && stale.size === 0) return;
  // Left by a git that was cancelled; nobody else uses this index.
  rmSync(join(state.git.directory, 'index.lock'), { force: true });
  const difference = stale === 'everything' ? await scan(state, signal) : await look(state, [...stale], signal);
  await apply(state, difference, signal);
  state.stale = new Set();
}

type Difference = { changed: string[]; removed: string[] };

/** The whole working tree against the index: one pass over the known files, one over the folders. */
async function scan(state: State, signal?: AbortSignal): Promise<Difference> {
  await unpin(state, signal);
  const [known, unknown] = await Promise.all([differing(state.git, signal), others(state.git, [], signal)]);
  const fresh = unknown.filter((path) => !state.foreign.has(path));
  for (const path of fresh) state.newcomers.add(path);
  const changed = [...known.changed, ...fresh];
  state.files = null;
  return { changed, removed: known.removed };
}

/** A few paths only, so that one edit among 100,000 files stays cheap. */
async function look(state: State, paths: string[], signal?: AbortSignal): Promise<Difference> {
  await unpin(state, signal);
  const specs = paths.map((path) => `:(top,literal)${path}`);
  const answer = await state.git.text(['ls-files', '-z', '-c', '-o', '--exclude-standard', '--', ...specs], { signal });
  const eligible = new Set(splitNul(answer));
  const removed = paths.filter((path) => eligible.has(path) && !exists(join(state.root, path)));
  return { changed: paths.filter((path) => eligible.has(path) && !removed.includes(path)), removed };
}

async function apply(state: State, { changed, removed }: Difference, signal?: AbortSignal): Promise<void> {
  const fitting = changed.filter((path) => fits(state, path));
  if (removed.length > 0) await state.git.run(['update-index', '-z', '--force-remove', '--stdin'], { input: joinNul(removed), signal });
  if (fitting.length > 0) await add(state, fitting, signal);
  if (removed.length + fitting.length === 0) return;
  state.tree = null;
  const known = state.files;
  if (known === null || (removed.length === 0 && fitting.every((path) => known.includes(path)))) return;
  const gone = new Set(removed);
  state.files = [...new Set([...known.filter((path) => !gone.has(path)), ...fitting])];
}

function fits(state: State, path: string): boolean {
  const size = sizeOf(join(state.root, path));
  if (size <= MAX_FILE) return (void state.unfit.delete(path), true);
  state.unfit.add(path);
  return false;
}

/**
 * One unreadable file must not keep the others out: a batch that fails is tried again in halves. A failure that is not the file's own
 * (a full disk) is thrown: a hash that silently misses files would be false evidence.
 */
async function add(state: State, paths: string[], signal?: AbortSignal): Promise<void> {
  const clean = paths.map((path) => path.replace(/\/$/, ''));
  const answer = await state.git.try(['update-index', '-z', '--add', '--remove', '--replace', '--stdin'], {
    input: joinNul(clean),
    signal,
  });
  if (answer.code === 0) return;
  if (paths.length > 1) {
    const middle = paths.length >> 1;
    await add(state, paths.slice(0, middle), signal);
    return add(state, paths.slice(middle), signal);
  }
  const [path = ''] = clean;
  if (!/Invalid path/i.test(answer.stderr) && isReadable(join(state.root, path)))
    throw new Error(`The tree cannot be hashed: ${answer.stderr.trim().slice(0, 1000)}`);
  state.unfit.add(path);
}

/** True for a regular file or link that could be read: then it was not the file that made git fail. */
function isReadable(path: string): boolean {
  try {
    const found = lstatSync(path);
    if (found.isFile()) accessSync(path, constants.R_OK);
    return found.isFile() || found.isSymbolicLink();
  } catch {
    return false;
  }
}

async function files(state: State, signal?: AbortSignal): Promise<readonly string[]> {
  await refresh(state, signal);
  state.files ??= splitNul(await state.git.text(['ls-files', '-z', '-c'], { signal }));
  if (state.foreign.size === 0) return state.files;
  return [...state.files, ...[...state.foreign].filter((path) => !path.endsWith('/') && exists(join(state.root, path)))];
}

async function pin(state: State, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  await state.git.run(['update-index', '-z', '--assume-unchanged', '--stdin'], { input: joinNul(paths) });
  for (const path of paths) state.pinned.set(path, signature(join(state.root, path)));
}

async function unpin(state: State, signal?: AbortSignal): Promise<void> {
  const moved = [...state.pinned].filter(([path, before]) => signature(join(state.root, path)) !== before).map(([path]) => path);
  if (moved.length === 0) return;
  await state.git.run(['update-index', '-z', '--no-assume-unchanged', '--stdin'], { input: joinNul(moved), signal });
  for (const path of moved) state.pinned.delete(path);
}

/**
 * Tracked files that differ from the index. `--ignore-submodules=dirty`: Git would otherwise run `git status` in each
 * submodule, under that submodule's own config. Moved gitlinks are left as they are.
 */
export async function differing(git: Git, signal?: AbortSignal): Promise<Difference & { ids: Map<string, string> }> {
  const answer = await git.text(['diff-files', '--raw', '-z', '--no-abbrev', '--no-renames', '--ignore-submodules=dirty'], { signal });
  const fields = splitNul(answer);
  const difference = { changed: [] as string[], removed: [] as string[], ids: new Map<string, string>() };
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [oldMode = '', newMode, id = '', , status] = fields[i]?.split(' ') ?? [];
    const path = fields[i + 1] ?? '';
    if (oldMode === ':160000' && newMode === '160000') continue;
    difference.ids.set(path, id);
    (status === 'D' ? difference.removed : difference.changed).push(path);
  }
  return difference;
}

/** Untracked, not ignored files; a nested repository is one entry that ends in `/`. */
export async function others(git: Git, specs: readonly string[], signal?: AbortSignal): Promise<string[]> {
  return splitNul(await git.text(['ls-files', '-z', '-o', '--exclude-standard', '--', ...specs], { signal }));
}

export const splitNul = (text: string): string[] => text.split('\0').filter((part) => part !== '');
export const joinNul = (paths: readonly string[]): string => paths.map((path) => `${path}\0`).join('');

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function sizeOf(path: string): number {
  try {
    const found = lstatSync(path);
    return found.isFile() ? found.size : 0;
  } catch {
    return 0;
  }
}

function signature(path: string): string {
  try {
    const found = lstatSync(path, { bigint: true });
    return [found.mode, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(' ');
  } catch {
    return 'absent';
  }
}
