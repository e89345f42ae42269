import { statSync } from 'node:fs';
import { join } from 'node:path';
import { closestPaths } from './files.ts';
import { matcher } from './glob.ts';
import { Refusal, relativePath } from './paths.ts';
import type { Answer, ListFiles } from './wire.ts';
import type { Workspace } from './workspace.ts';

const DEFAULT_LIMIT = 200;
const MAX_LIMIT = 2000;

/** Tracked, and untracked but not ignored files, sorted; what is cut is said, with the way to see it. */
export async function listFiles(workspace: Workspace, { path: given, glob, limit }: ListFiles, signal: AbortSignal): Promise<Answer> {
  const folder = relativePath(workspace.root, given ?? '');
  const all = await workspace.trees.files(signal);
  const below = folder === '' ? all : all.filter((file) => file === folder || file.startsWith(`${folder}/`));
  if (below.length === 0) return { text: emptyText(workspace, folder, all), is_error: !isFolder(workspace, folder) };
  const matches = glob === undefined ? null : matcher(glob);
  const start = folder === '' ? 0 : folder.length + 1;
  const found =
    matches === null ? [...below] : below.filter((file) => matches(file === folder ? file : file.slice(start)) || matches(file));
  if (found.length === 0)
    return {
      text: `No file ${where(folder)} matches ${glob}. There are ${below.length} files; a pattern without "/" is looked for in every folder, "**" crosses folders.`,
      is_error: false,
    };
  const most = Math.min(Math.max(limit ?? DEFAULT_LIMIT, 1), MAX_LIMIT);
  const shown = found.sort().slice(0, most);
  const cut = found.length > most ? [`[${most} of ${found.length} files; ${advice(found, folder, most)}]`] : [];
  return { text: [...shown.map(oneLine), ...cut].join('\n'), is_error: false };
}

/** A name with a line break or another control character must not look like two. */
export const oneLine = (path: string): string => (/[\u0000-\u001f\u007f\u0085\u2028\u2029]/.test(path) ? JSON.stringify(path) : path);

const where = (folder: string): string => (folder === '' ? 'in the workspace' : `below ${folder}/`);

function emptyText(workspace: Workspace, folder: string, all: readonly string[]): string {
  if (folder === '') return 'The workspace holds no files.';
  if (isFolder(workspace, folder))
    return `${folder}/ holds no files that Git would track (ignored ones are not listed; see them with run_command: ls -A '${folder}').`;
  const folders = [...new Set(all.flatMap((file) => (file.includes('/') ? [file.slice(0, file.lastIndexOf('/'))] : [])))];
  const near = closestPaths(folder, folders);
  throw new Refusal(
    `${folder} does not exist.${near.length > 0 ? ` Closest folders:\n${near.join('\n')}` : ' Call list_files without a path to see the whole workspace.'}`,
  );
}

function isFolder(workspace: Workspace, folder: string): boolean {
  try {
    return statSync(join(workspace.root, folder)).isDirectory();
  } catch {
    return false;
  }
}

function advice(found: readonly string[], folder: string, most: number): string {
  const start = folder === '' ? 0 : folder.length + 1;
  const counts = new Map<string, number>();
  for (const file of found) {
    const slash = file.indexOf('/', start);
    if (slash !== -1) counts.set(file.slice(0, slash + 1), (counts.get(file.slice(0, slash + 1)) ?? 0) + 1);
  }
  const largest = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 8);
  const folders = largest.length > 1 ? `; by folder: ${largest.map(([name, count]) => `${oneLine(name)} ${count}`).join(', ')}` : '';
  return `narrow with path or glob${most < MAX_LIMIT ? `, or set limit up to ${MAX_LIMIT}` : ''}${folders}`;
}
