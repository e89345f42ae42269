import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { filteredPaths } from './differences.ts';
import type { Git } from './git.ts';
import { differing, joinNul, others, type Trees } from './trees.ts';
import { PROTOCOL, type HostFacts } from './wire.ts';

const MAX_NAMES = 10_000;

/**
 * Reads once what the workspace is and fixes what the change is measured from: the index becomes HEAD's, files untracked now are
 * left out, tracked ones that differ are reported and, with `restore`, put back (their difference goes to the log first).
 */
export async function start(git: Git, root: string, trees: Trees, restore: boolean, log: (piece: string) => void): Promise<HostFacts> {
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
  const startTree = await trees.hash();
  return {
    protocol: PROTOCOL,
    node: process.version,
    platform: process.platform,
    git: git.checkout === null ? null : await gitFacts(git, startTree, modified, untracked),
  };
}

async function gitFacts(git: Git, startTree: string, modified: string[], untracked: string[]): Promise<NonNullable<HostFacts['git']>> {
  const { head, branch, shallow, sparse } = git.checkout ?? { head: null, branch: null, shallow: false, sparse: false };
  const headTree = head === null ? null : (await git.text(['rev-parse', '--verify', `${head}^{tree}`])).trim();
  return {
    head,
    head_tree: headTree,
    branch,
    start_tree: startTree,
    modified: modified.slice(0, MAX_NAMES),
    untracked: untracked.slice(0, MAX_NAMES),
    shallow,
    sparse,
  };
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
    const sum = createHash('sha256');
    for await (const piece of createReadStream(file)) sum.update(piece as Buffer);
    return sum.digest('hex') === digest;
  } catch {
    return false;
  }
}
