import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  type Stats,
} from 'node:fs';
import { basename, dirname, join, posix, relative, sep } from 'node:path';
import type { Place } from './wire.ts';

/** A refusal in words for the model: what, why, and what to do instead. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/**
 * The path below the workspace that the model means, with `/`, `''` for the root. Refuses what lies outside and Git's own
 * folder. Only the spelling is looked at here; links are followed and checked when the file is opened.
 */
export function relativePath(root: string, given: string): string {
  if (given.includes('\0')) throw new Refusal('The path holds a NUL byte; give a path below the workspace, such as src/main.ts.');
  const slashed = given.replaceAll('\\', sep === '\\' ? '/' : '\\');
  const inside = slashed === root || slashed.startsWith(`${root}/`) ? slashed.slice(root.length + 1) : slashed;
  const path = posix.normalize(inside === '' ? '.' : inside).replace(/\/+$/, '');
  if (path.startsWith('/') || path === '..' || path.startsWith('../'))
    throw new Refusal(`${given} is outside the workspace; give a path below it, such as src/main.ts.`);
  if (path.split('/').some(isGitName))
    throw new Refusal(`${given} is Git's own data, which is not part of the workspace. Use git_diff to see the change so far.`);
  return path === '.' || path === '' ? '' : path;
}

/** The names that some file system takes for `.git`: case, trailing dots and spaces, NTFS streams and short names, ignorable code points. */
export function isGitName(name: string): boolean {
  const plain = name
    .replace(/[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g, '')
    .replace(/:.*$/s, '')
    .replace(/[. ]+$/, '')
    .toLowerCase();
  return plain === '.git' || plain === 'git~1';
}

/** Refuses a path inside a submodule or another nested repository: what is written there cannot be part of this repository's change. */
export function assertOwn(root: string, path: string): void {
  const parts = path.split('/');
  const modules = submodulesOf(root);
  for (let i = 1; i < parts.length; i++) {
    const folder = parts.slice(0, i).join('/');
    const nested = modules.has(folder) || entryAt(join(root, folder, '.git')) !== null;
    if (nested)
      throw new Refusal(
        `${path} is inside ${folder}/, a repository of its own (submodule): its files cannot be part of this change. Change the files of this repository, or report it with report_blocked.`,
      );
  }
}

/** What stands at a path, links not followed; `null` when nothing does, also below a file. */
export function entryAt(file: string): Stats | null {
  try {
    return lstatSync(file);
  } catch {
    return null;
  }
}

function submodulesOf(root: string): ReadonlySet<string> {
  try {
    const text = readFileSync(join(root, '.gitmodules'), 'utf8').slice(0, 1_000_000);
    return new Set([...text.matchAll(/^\s*path\s*=\s*(.+?)\s*$/gm)].map((found) => found[1] ?? ''));
  } catch {
    return new Set();
  }
}

/** Follows links and refuses a target outside the workspace or in `.git`. Answers the real path; throws ENOENT as it comes. */
export function realPath(root: string, path: string): string {
  const real = realpathSync(join(root, path));
  assertInside(root, real, path);
  return real;
}

/** Where a path leads: as Git names it, and with its links followed. What is not there yet would be made where the rest of it leads. */
export function placeOf(root: string, given: string): Place {
  try {
    const path = relativePath(root, given);
    return { path, real: followed(root, path) };
  } catch (error) {
    if (error instanceof Refusal) return { refused: error.message };
    throw error;
  }
}

function followed(root: string, path: string): string | null {
  const parts = path.split('/');
  for (let count = parts.length; count > 0; count--) {
    const there = parts.slice(0, count).join('/');
    if (entryAt(join(root, there)) === null) continue;
    try {
      return [realPath(root, there).slice(root.length + 1), ...parts.slice(count)].filter((part) => part !== '').join('/');
    } catch {
      return null;
    }
  }
  return path;
}

function assertInside(root: string, real: string, path: string): void {
  const below = relative(root, real).split(sep);
  if (below[0] === '..' || relative(root, real).startsWith(sep))
    throw new Refusal(`${path} is a link that leads out of the workspace (to ${real}); only files below the workspace can be used.`);
  if (below.some(isGitName)) throw new Refusal(`${path} leads into Git's own data, which is not part of the workspace.`);
}

/**
 * Opens an existing regular file for reading. The path is resolved first and what was opened is checked again by its descriptor: a
 * link put in between by a running process cannot lead elsewhere. Never blocks on a FIFO.
 */
export function openToRead(root: string, path: string): { fd: number; stat: Stats; real: string } {
  const real = realPath(root, path);
  const fd = openSync(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    assertInside(root, nameOf(fd, real), path);
    return { fd, stat: fstatSync(fd), real };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/**
 * Runs `work` with a name for the folder of `path` that stays the same folder whatever is renamed or linked meanwhile (Linux: through its
 * descriptor). Missing folders are made. `name` is the file's name in it, `place` the folder's real path below the root.
 */
export function inFolderOf<T>(root: string, path: string, work: (folder: string, name: string, place: string) => T): T {
  const parent = dirname(path);
  makeFolders(root, parent === '.' ? '' : parent);
  const real = realPath(root, parent === '.' ? '' : parent);
  const fd = openSync(real, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    assertInside(root, nameOf(fd, real), path);
    return work(process.platform === 'linux' ? `/proc/self/fd/${fd}` : real, basename(path), real.slice(root.length + 1));
  } finally {
    closeSync(fd);
  }
}

/** One folder at a time, so that a link on the way is seen before anything is made behind it. */
function makeFolders(root: string, parent: string): void {
  const parts = parent.split('/').filter((part) => part !== '');
  parts.forEach((_, i) => {
    const folder = parts.slice(0, i + 1).join('/');
    const found = entryAt(join(root, folder));
    if (found === null) mkdirSync(join(root, folder));
    else if (found.isSymbolicLink()) realPath(root, folder);
    else if (!found.isDirectory())
      throw new Refusal(
        `${folder} is a file, so ${parent}/ cannot be a folder. Choose another path, or remove that file with run_command first.`,
      );
  });
}

function nameOf(fd: number, otherwise: string): string {
  return process.platform === 'linux' ? readlinkSync(`/proc/self/fd/${fd}`) : otherwise;
}
