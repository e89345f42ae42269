import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkEntry, remove } from './seed.ts';
import { joinNul, splitNul } from './trees.ts';
import type { Wire } from './wire.ts';
import type { Workspace } from './workspace.ts';

type Params = Wire['switch_to']['params'];

/**
 * Brings the working tree to another tree, in place: what is ignored (installed dependencies, caches) stays where it is, so that the same commands run there. Only the
 * files that differ are written or removed. The way back is the same call with the tree that was there before.
 */
export async function switchTo(workspace: Workspace, params: Params, signal: AbortSignal): Promise<Wire['switch_to']['result']> {
  const { git, root, trees } = workspace;
  const current = await trees.hash(signal);
  const target = await targetTree(workspace, params, signal);
  const fields = splitNul(await git.text(['diff-tree', '-r', '-z', '--raw', '--no-abbrev', '--no-renames', current, target], { signal }));
  const lines: string[] = [];
  const written: string[] = [];
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [, newMode = '', , newId = '', status] = fields[i]?.split(' ') ?? [];
    const path = fields[i + 1] ?? '';
    checkEntry({ path, mode: newMode, ...(status === 'D' ? {} : { content: '' }) });
    if (status === 'D') {
      remove(root, path);
      lines.unshift(`0 ${newId}\t${path}\0`);
    } else {
      lines.push(`${newMode} ${newId}\t${path}\0`);
      if (newMode === '160000') mkdirSync(join(root, path), { recursive: true });
      else written.push(path);
    }
  }
  if (lines.length > 0) await git.run(['update-index', '--replace', '-z', '--index-info'], { input: lines.join(''), signal });
  if (written.length > 0) await git.run(['checkout-index', '-f', '-q', '-u', '-z', '--stdin'], { input: joinNul(written), signal });
  trees.indexChanged();
  const tree = await trees.hash(signal);
  if (tree !== target) throw new Error(`the files could not be brought to tree ${target}; they are at ${tree}`);
  return { tree };
}

/** The tree to come to: `tree`, with paths as they stand in another one, and contents laid over it. Made in an index of its own. */
async function targetTree({ git, temp }: Workspace, { tree, take, write = [] }: Params, signal: AbortSignal): Promise<string> {
  if (take === undefined && write.length === 0) return tree;
  const env = { GIT_INDEX_FILE: join(temp, 'switch-index') };
  try {
    await git.run(['read-tree', tree], { env, signal });
    const lines = [...(take === undefined ? [] : await taken(git, take, signal))];
    for (const { path, content } of write) {
      const id = (await git.text(['hash-object', '-w', '--stdin'], { input: Buffer.from(content, 'base64'), signal })).trim();
      lines.push(`100644 ${id}\t${path}\0`);
    }
    await git.run(['update-index', '--add', '--replace', '-z', '--index-info'], { env, input: lines.join(''), signal });
    return (await git.text(['write-tree', '--missing-ok'], { env, signal })).trim();
  } finally {
    rmSync(env.GIT_INDEX_FILE, { force: true });
  }
}

/** Index lines for paths as they stand in a tree; a path that is not there is taken away. */
async function taken(git: Workspace['git'], { from, paths }: { from: string; paths: string[] }, signal: AbortSignal): Promise<string[]> {
  const found = new Map<string, string>();
  const zero = '0'.repeat(from.length);
  for (const entry of splitNul(
    await git.text(['ls-tree', '-r', '-z', '--full-tree', from, '--', ...paths.map((path) => `:(literal)${path}`)], { signal }),
  )) {
    const [meta = '', path = ''] = entry.split('\t');
    const [mode = '', , id = ''] = meta.split(' ');
    found.set(path, `${mode} ${id}\t${path}\0`);
  }
  return paths.map((path) => found.get(path) ?? `0 ${zero}\t${path}\0`);
}
