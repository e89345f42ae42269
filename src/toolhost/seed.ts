import { lstatSync, mkdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Git } from './git.ts';
import { isGitName } from './paths.ts';
import { joinNul, type Trees } from './trees.ts';
import type { SeedEntry } from './wire.ts';

const MODES = new Set(['100644', '100755', '120000', '160000']);

/**
 * Writes entries of a tree into the working tree. They go through the index, as in a checkout: blobs are stored as they are and Git
 * writes the files, so line-ending attributes apply and the hash after is the hash meant. A gitlink's `content` is its commit id.
 */
export async function seed(
  git: Git,
  root: string,
  temp: string,
  trees: Trees,
  entries: readonly SeedEntry[],
  signal: AbortSignal,
): Promise<string> {
  for (const entry of entries) checkEntry(entry);
  await trees.refresh(signal);
  const ids = await store(git, temp, entries, signal);
  const zero = '0'.repeat((await trees.hash(signal)).length);
  const lines = entries.map((entry, i) =>
    entry.content === undefined ? `0 ${zero}\t${entry.path}\0` : `${entry.mode} ${ids[i]}\t${entry.path}\0`,
  );
  for (const entry of entries) if (entry.content === undefined) remove(root, entry.path);
  trees.indexChanged(); // Also when what follows is cancelled half way.
  await git.run(['update-index', '--replace', '-z', '--index-info'], {
    input: lines.sort((a, b) => Number(b.startsWith('0 ')) - Number(a.startsWith('0 '))).join(''),
    signal,
  });
  const written = entries.filter((entry) => entry.content !== undefined);
  const files = written.filter((entry) => entry.mode !== '160000').map((entry) => entry.path);
  await git.run(['checkout-index', '-f', '-q', '-u', '-z', '--stdin'], { input: joinNul(files), signal });
  for (const entry of written) if (entry.mode === '160000') mkdirSync(join(root, entry.path), { recursive: true });
  for (const entry of entries) trees.touched(entry.path);
  trees.indexChanged();
  return trees.hash(signal);
}

/** Throws for a path or mode that no checkout may write. */
export function checkEntry({ path, mode, content }: SeedEntry): void {
  const parts = path.split('/');
  if (path.includes('\0') || parts.some((part) => part === '' || part === '.' || part === '..' || isGitName(part))) {
    throw new Error(`The tree holds a path that cannot be written: ${JSON.stringify(path.slice(0, 200))}`);
  }
  if (content !== undefined && !MODES.has(mode)) throw new Error(`${path} has the mode ${mode}, which is none of Git's`);
}

async function store(git: Git, temp: string, entries: readonly SeedEntry[], signal: AbortSignal): Promise<string[]> {
  const folder = join(temp, 'seed');
  mkdirSync(folder, { recursive: true });
  const ids: string[] = [];
  const files: string[] = [];
  const places: number[] = [];
  entries.forEach((entry, i) => {
    if (entry.content === undefined) return;
    const bytes = Buffer.from(entry.content, 'base64');
    if (entry.mode === '160000') return void (ids[i] = bytes.toString('utf8').trim());
    const file = join(folder, String(i));
    writeFileSync(file, bytes);
    files.push(file);
    places.push(i);
  });
  if (files.length > 0) {
    const answer = await git.text(['hash-object', '-w', '--no-filters', '--stdin-paths'], {
      input: files.map((file) => `${file}\n`).join(''),
      signal,
    });
    answer
      .trim()
      .split('\n')
      .forEach((id, i) => (ids[places[i] ?? -1] = id));
  }
  rmSync(folder, { recursive: true, force: true });
  return ids;
}

/** Never through a symbolic link: what lies behind it is not the tree's. */
export function remove(root: string, path: string): void {
  const folders = dirname(path)
    .split('/')
    .filter((part) => part !== '.');
  const real = folders.every(
    (_, i) => lstatSync(join(root, ...folders.slice(0, i + 1)), { throwIfNoEntry: false })?.isDirectory() === true,
  );
  if (!real) return;
  const file = join(root, path);
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) return;
  rmSync(file, { force: true });
  for (let i = folders.length; i > 0; i--) {
    try {
      rmdirSync(join(root, ...folders.slice(0, i)));
    } catch {
      return; // not empty
    }
  }
}
