import { createReadStream, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { filteredPaths } from './differences.ts';
import { openGit, type Git } from './git.ts';
import { differing, joinNul, openTrees, others, splitNul, type Trees } from './trees.ts';
import { PROTOCOL, type HostFacts } from './wire.ts';

const MAX_NAMES = 10_000;

/** The workspace as the tool host found it when it started. */
export type Opened = Readonly<{ git: Git; trees: Trees; asCommitted: AsCommitted | null }>;

/** A checkout whose index is the commit's and whose tracked files are the index's: then nothing need be brought in line. */
type AsCommitted = Readonly<{ tree: string; untracked: readonly string[] }>;

/**
 * Opens the checkout and looks whether it is as committed, which most are. Begun before anybody asks, since it changes nothing and takes about
 * as long as all else of the start.
 */
export async function open(root: string, temp: string, signal: AbortSignal): Promise<Opened> {
  const git = await openGit(root, temp);
  const head = git.checkout?.head ?? null;
  return { git, trees: openTrees(git, root), asCommitted: head === null ? null : await asCommitted(git, head, signal) };
}

/** One pass over commit, index and files, which also brings the index's stat data up. */
async function asCommitted(git: Git, head: string, signal: AbortSignal): Promise<AsCommitted | null> {
  const index = git.checkout?.index ?? null;
  const asked = Promise.all([status(git, signal), index?.tree ? Promise.resolve(index.tree) : treeOf(git, head, signal)]);
  const mark = index?.verify() ?? null; // While Git looks.
  const [first, tree] = await asked;
  mark?.();
  const entries = splitNul(mark ? await status(git, signal) : first);
  return entries.every((entry) => entry.startsWith('?? ')) ? { tree, untracked: entries.map((entry) => entry.slice(3)) } : null;
}

const status = (git: Git, signal: AbortSignal): Promise<string> =>
  git.text(['status', '--porcelain', '-z', '--no-renames', '--untracked-files=all', '--ignore-submodules=dirty'], { signal });

const treeOf = async (git: Git, commit: string, signal?: AbortSignal): Promise<string> =>
  (await git.text(['rev-parse', '--verify', `${commit}^{tree}`], { signal })).trim();

/**
 * Fixes what the change is measured from: the index becomes HEAD's, files untracked now are left out, tracked ones that differ are
 * reported and, with `restore`, put back (their difference goes to the log first).
 */
export async function start(
  { git, trees, asCommitted }: Opened,
  root: string,
  restore: boolean,
  log: (piece: string) => void,
): Promise<HostFacts> {
  const begun = asCommitted === null ? await bringInLine(git, root, trees, restore, log) : { ...asCommitted, modified: [] };
  if (asCommitted !== null) {
    trees.leaveOut(asCommitted.untracked);
    trees.settled(asCommitted.tree);
  }
  const about = { protocol: PROTOCOL, node: process.version, platform: process.platform };
  if (git.checkout === null) return { ...about, git: null };
  const { head, branch, shallow, sparse } = git.checkout;
  return {
    ...about,
    git: {
      head,
      head_tree: asCommitted?.tree ?? (head === null ? null : await treeOf(git, head)),
      branch,
      start_tree: begun.tree,
      modified: begun.modified.slice(0, MAX_NAMES),
      untracked: begun.untracked.slice(0, MAX_NAMES),
      shallow,
      sparse,
    },
  };
}

async function bringInLine(
  git: Git,
  root: string,
  trees: Trees,
  restore: boolean,
  log: (piece: string) => void,
): Promise<AsCommitted & { modified: readonly string[] }> {
  const head = git.checkout?.head ?? null;
  // Entries that equal HEAD's keep their stat data, so a file smudged at checkout is still known as unchanged.
  await git.run(head === null ? ['read-tree', '--empty'] : ['read-tree', '--reset', head]);
  await git.run(['update-index', '-q', '--refresh'], { ok: [0, 1] });
  const [found, beside] = await Promise.all([differing(git), others(git, [])]);
  const smudged = await untouchedThoughFiltered(git, root, found.changed, found.ids);
  await trees.pin(smudged);
  const modified = [...found.changed.filter((path) => !smudged.includes(path)), ...found.removed].sort();
  const putsBack = restore && modified.length > 0;
  if (putsBack) await putBack(git, root, found.removed, modified, log);
  const untracked = putsBack ? await others(git, []) : beside;
  trees.leaveOut(untracked);
  // What was just looked at need not be looked at again: on 100,000 files that takes half of the start.
  if (modified.length === 0) trees.settled();
  else trees.anythingChanged();
  return { tree: await trees.hash(), modified, untracked };
}

async function putBack(
  git: Git,
  root: string,
  removed: readonly string[],
  modified: readonly string[],
  log: (piece: string) => void,
): Promise<void> {
  const patch = await git.try(['diff-files', '-p', '--binary', '--no-ext-diff', '--no-textconv', '--ignore-submodules=dirty'], {
    maxBytes: 16 * 1024 * 1024,
  });
  log(patch.stdout.toString('utf8'));
  const links = new Set<string>();
  const entries = await git.text(['ls-files', '-s', '-z', '--', ...removed.slice(0, 1000).map((path) => `:(top,literal)${path}`)]);
  for (const entry of removed.length === 0 ? [] : entries.split('\0'))
    if (entry.startsWith('160000 ')) links.add(entry.split('\t')[1] ?? '');
  for (const path of links) if (path !== '') mkdirSync(join(root, path), { recursive: true });
  const files = modified.filter((path) => !links.has(path));
  await git.run(['checkout-index', '-f', '-q', '-z', '--stdin'], { input: joinNul(files), ok: [0, 1, 128] });
  await git.run(['update-index', '-q', '--refresh'], { ok: [0, 1] });
}

/**
 * A file with a `filter=` attribute holds what the filter made of the blob. Where the checkout's stat data no longer fit (another
 * mount, a checkout within the same second), Git would compare the two and call the file changed. An LFS file is compared with its
 * pointer; what another filter made cannot be checked without running it, so nothing but a later change counts.
 */
async function untouchedThoughFiltered(
  git: Git,
  root: string,
  changed: readonly string[],
  ids: ReadonlyMap<string, string>,
): Promise<string[]> {
  const filtered = await filteredPaths(git, changed);
  const untouched: string[] = [];
  for (const [path, filter] of filtered) {
    if (filter !== 'lfs' || (await fitsPointer(git, join(root, path), ids.get(path) ?? ''))) untouched.push(path);
  }
  return untouched;
}

async function fitsPointer(git: Git, file: string, id: string): Promise<boolean> {
  const answer = await git.try(['cat-file', 'blob', id], { maxBytes: 2048 });
  const pointer = answer.stdout.toString('utf8');
  const digest = /^oid sha256:([0-9a-f]{64})$/m.exec(pointer)?.[1];
  const size = /^size (\d+)$/m.exec(pointer)?.[1];
  if (answer.code !== 0 || digest === undefined || size === undefined) return false;
  try {
    if (statSync(file).size !== Number(size)) return false;
    const { createHash } = await import('node:crypto');
    const sum = createHash('sha256');
    for await (const piece of createReadStream(file)) sum.update(piece as Buffer);
    return sum.digest('hex') === digest;
  } catch {
    return false;
  }
}
