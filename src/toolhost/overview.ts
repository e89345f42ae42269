import { closeSync, readFileSync } from 'node:fs';
import { discover } from './discovery.ts';
import type { Git } from './git.ts';
import { languagesOf } from './languages.ts';
import { oneLine } from './list_files.ts';
import { openToRead } from './paths.ts';
import { rank } from './rank.ts';
import type { Overview, Wire } from './wire.ts';
import { requireFolder, type Workspace } from './workspace.ts';

const MAX_INSTRUCTIONS = 32 * 1024;
const MAX_TREE_LINES = 400;
const MAX_CONFIGURATION = 512 * 1024;

/** What the model is told of the workspace before its first call. */
export async function overview(
  workspace: Workspace,
  { commit, words }: Wire['overview']['params'],
  signal: AbortSignal,
): Promise<Overview> {
  const { git, root, workingDirectory } = workspace;
  requireFolder(workspace);
  const files = await workspace.trees.files(signal);
  const known = await isTreeish(git, commit, signal);
  const [instructions, commits, ranked] = await Promise.all([
    known ? instructionsOf(git, commit, workingDirectory, signal) : [],
    known ? commitsOf(git, commit, signal) : [],
    rank(git, files, words, signal),
  ]);
  const found = discover(files, (path) => readConfiguration(root, path), workingDirectory === '' ? '.' : workingDirectory);
  return { instructions, tree: treeOf(files), files: files.length, languages: languagesOf(files), commits, ranked, ...found };
}

/** A commit, or a bare tree where the workspace was seeded without history. */
async function isTreeish(git: Git, commit: string, signal: AbortSignal): Promise<boolean> {
  if (!/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(commit)) return false;
  return (await git.try(['cat-file', '-e', `${commit}^{tree}`], { signal })).code === 0;
}

/** From the commit, never from the working tree: what a fork or the agent itself wrote there is no instruction. */
async function instructionsOf(git: Git, commit: string, workingDirectory: string, signal: AbortSignal): Promise<Overview['instructions']> {
  const parts = workingDirectory.split('/').filter((part) => part !== '');
  const folders = parts.map((_, i) => `${parts.slice(0, parts.length - i).join('/')}/`).concat('');
  const found: Overview['instructions'] = [];
  let room = MAX_INSTRUCTIONS;
  for (const folder of folders) {
    for (const name of ['AGENTS.md', 'CLAUDE.md']) {
      const content = await fileOf(git, commit, folder + name, signal);
      if (content === null) continue;
      const kept = Buffer.from(content)
        .subarray(0, room)
        .toString('utf8')
        .replace(/\uFFFD$/, '');
      if (kept !== '') found.push({ path: folder + name, text: kept, characters: content.length });
      room -= Buffer.byteLength(kept);
      break;
    }
  }
  return found;
}

/** A link is not followed: `AGENTS.md` may be one that points to `CLAUDE.md`, which then is read by its own name. */
async function fileOf(git: Git, commit: string, path: string, signal: AbortSignal): Promise<string | null> {
  const entry = /^100\d{3} blob ([0-9a-f]+)\s+(\d+)\t/.exec(await git.text(['ls-tree', '-l', commit, '--', path], { signal }));
  if (entry?.[1] === undefined || Number(entry[2]) > MAX_CONFIGURATION) return null;
  return git.text(['cat-file', 'blob', entry[1]], { signal });
}

async function commitsOf(git: Git, commit: string, signal: AbortSignal): Promise<string[]> {
  const answer = await git.try(['log', '-10', '--no-show-signature', '--format=%h %cs %s', commit, '--'], { signal });
  return answer.stdout
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.slice(0, 200));
}

function treeOf(files: readonly string[]): string {
  const counts = new Map<string, number>();
  const shallow: string[] = [];
  for (const file of files) {
    const parts = file.split('/');
    if (parts.length <= 2) shallow.push(file);
    for (const depth of [1, 2]) if (parts.length > depth) bump(counts, `${parts.slice(0, depth).join('/')}/`);
  }
  const entries = [...shallow, ...counts.keys()].sort();
  const lines = entries.map((entry) => (counts.has(entry) ? `${oneLine(entry)} (${counts.get(entry)} files)` : oneLine(entry)));
  if (lines.length <= MAX_TREE_LINES) return lines.join('\n');
  const top = entries.flatMap((entry, i) => (entry.replace(/\/$/, '').includes('/') ? [] : [lines[i] ?? '']));
  return [...top.slice(0, MAX_TREE_LINES), `[depth 1 only: ${lines.length} entries to depth 2; list_files shows them]`].join('\n');
}

const bump = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);

function readConfiguration(root: string, path: string): string | null {
  try {
    const { fd, stat } = openToRead(root, path);
    try {
      return stat.isFile() && stat.size <= MAX_CONFIGURATION ? readFileSync(fd, 'utf8') : null;
    } finally {
      closeSync(fd);
    }
  } catch {
    return null;
  }
}
