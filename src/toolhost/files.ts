import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { entryAt, inFolderOf, openToRead, realPath, Refusal, relativePath } from './paths.ts';
import type { Workspace } from './workspace.ts';

/** Larger files are not read into memory. */
export const MAX_READ = 16 * 1024 * 1024;

/** A file's bytes (the first `MAX_READ` of them) and what else is to know of it. */
export type FileContent = { path: string; bytes: Buffer; size: number; mode: number };

/** Reads a regular file. Throws a `Refusal` that says what is there instead when there is none. */
export async function readBytes(workspace: Workspace, given: string): Promise<FileContent> {
  const path = relativePath(workspace.root, given);
  try {
    const { fd, stat } = openToRead(workspace.root, path);
    try {
      if (stat.isDirectory()) throw new Refusal(folderText(workspace.root, path));
      if (!stat.isFile()) throw new Refusal(`${path} is not a regular file (a pipe, socket or device), so it has no content to read.`);
      return { path, bytes: readFully(fd, Math.min(stat.size, MAX_READ)), size: stat.size, mode: stat.mode & 0o7777 };
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw await explained(workspace, path, error);
  }
}

function readFully(fd: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  let at = 0;
  while (at < size) {
    const count = readSync(fd, bytes, at, size - at, at);
    if (count === 0) break;
    at += count;
  }
  return bytes.subarray(0, at);
}

/**
 * Writes a whole file: beside it first, then renamed over it, so that a full disk or a kill leaves the old content. Mode and owner
 * of an existing file are kept; a link inside the workspace is written through. Missing folders are made. Answers the real path of what was written.
 */
export function writeBytes(root: string, path: string, bytes: Buffer): string {
  const target = throughLink(root, path);
  return inFolderOf(root, target, (folder, name, place) => {
    const before = statSync(join(folder, name), { throwIfNoEntry: false });
    const temporary = join(folder, `.${name.slice(0, 100)}.${randomName(6)}.tmp`);
    const fd = openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o666);
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
      if (before !== undefined) keepOwnerAndMode(fd, before);
      renameSync(temporary, join(folder, name));
      return place === '' ? name : `${place}/${name}`;
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    } finally {
      closeSync(fd);
    }
  });
}

/** Hexadecimal. From the global `crypto`, which is loaded when first used: `node:crypto` takes a tenth of the host's start. */
export function randomName(bytes: number): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('hex');
}

function throughLink(root: string, path: string): string {
  if (entryAt(join(root, path))?.isSymbolicLink() !== true) return path;
  return realPath(root, path).slice(root.length + 1);
}

function keepOwnerAndMode(fd: number, before: { uid: number; gid: number; mode: number }): void {
  try {
    if (before.uid !== process.getuid?.() || before.gid !== process.getgid?.()) fchownSync(fd, before.uid, before.gid);
  } catch {
    // Another owner's file that we may replace but not give away: its content matters more.
  }
  fchmodSync(fd, before.mode & 0o7777);
}

/** Turns a file-system error into words for the model. */
export async function explained(workspace: Workspace, path: string, error: unknown): Promise<unknown> {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return new Refusal(await missingText(workspace, path));
  if (code === 'ENOTDIR')
    return new Refusal(`${path} does not exist: a part of it is a file, not a folder. Use list_files to see what is there.`);
  if (code === 'ELOOP') return new Refusal(`${path} is a link that leads in a circle or was changed meanwhile; it cannot be opened.`);
  if (code === 'EACCES' || code === 'EPERM')
    return new Refusal(`${path} may not be opened: permission denied. Look at it with run_command: ls -l ${path}`);
  if (code === 'EROFS') return new Refusal(`${path} is on a read-only file system; only files below the workspace can be written.`);
  if (code === 'ENOSPC') return new Refusal(`${path} was not written: the disk is full. Free space with run_command first.`);
  if (code === 'ENAMETOOLONG') return new Refusal(`The path is too long for this file system; choose a shorter one.`);
  if (code === 'ENXIO') return new Refusal(`${path} is not a regular file (a socket or device).`);
  return error;
}

function folderText(root: string, path: string): string {
  const entries = readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.name !== '.git')
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));
  const shown = entries.sort().slice(0, 60).join('\n');
  const more = entries.length > 60 ? `\n[${entries.length - 60} more; list_files with path="${path}" shows them]` : '';
  return `${path === '' ? 'The workspace root' : path} is a folder. It holds:\n${shown}${more}`;
}

async function missingText(workspace: Workspace, path: string): Promise<string> {
  const near = closestPaths(path, await workspace.trees.files());
  const hint = near.length > 0 ? `Closest names:\n${near.join('\n')}` : 'Use list_files or search to find the file.';
  return `${path} does not exist. ${hint}`;
}

/** Paths that a wrong one may mean: the same file name elsewhere, then names that share most of their letters. */
export function closestPaths(path: string, files: readonly string[]): string[] {
  const name = fileName(path).toLowerCase();
  const wanted = pairs(path.toLowerCase());
  const swapped = letters(name);
  const candidates = files.map((file) => {
    const own = fileName(file).toLowerCase();
    const bonus = own === name ? 2 : stem(own) === stem(name) || letters(own) === swapped ? 1 : 0;
    return { file, cheap: bonus, own };
  });
  const scored = candidates
    .filter(({ cheap, own }) => cheap > 0 || (Math.abs(own.length - name.length) <= 4 && own[0] === name[0]))
    .slice(0, 5000)
    .map(({ file, cheap, own }) => ({
      file,
      score: cheap + overlap(pairs(name), pairs(own)) + 0.5 * overlap(wanted, pairs(file.toLowerCase())),
    }))
    .filter(({ score }) => score > 0.6);
  return scored
    .sort((a, b) => b.score - a.score || a.file.localeCompare(b.file))
    .slice(0, 5)
    .map(({ file }) => file);
}

const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
/** The same for a name with two letters swapped. */
const letters = (name: string): string => [...name].sort().join('');
const stem = (name: string): string => name.replace(/\..*$/, '');

function pairs(text: string): Set<string> {
  const found = new Set<string>();
  for (let i = 0; i + 1 < text.length; i++) found.add(text.slice(i, i + 2));
  return found;
}

function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let common = 0;
  for (const pair of a) if (b.has(pair)) common++;
  return a.size + b.size === 0 ? 0 : (2 * common) / (a.size + b.size);
}
