import { copyFileSync, lstatSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';

/** Sizes and places in bytes; see gitformat-index(5). */
const HEADER = 12;
const ENTRY_HEAD = 62;
const ENTRY_SIZE = 36;
const HASH = 20;
const EXTENDED = 0x4000;
const GITLINK = 0o160000;

/**
 * Copies a checkout's index, for Git to use as its own. Git compares times in whole seconds (few builds do better), so it would read again every
 * file that was written in the second in which the index was: after a fresh checkout all of a small repository. The fractions that tell such
 * files apart stand in the index all the same. An entry is known to be unchanged when its file is, to the microsecond, as it was entered, and was
 * entered before the index was written; of any other of that second the size is set to zero, which is Git's own mark for "look into it". The
 * checksum at the end is left as it was: Git (since 2.13) does not compare it when it reads an index.
 *
 * @param now milliseconds: changes from now on must fall into a later second than what is settled here
 * @param plain whether the index holds hashes of the usual length
 */
export function copyIndex(root: string, from: string, to: string, now: number, plain: boolean): void {
  const written = statSync(from).mtimeMs;
  const second = Math.floor(written / 1000);
  const bytes = plain && now >= (second + 2) * 1000 ? readFileSync(from) : null;
  const racy = bytes === null ? null : entriesSince(bytes, second);
  if (bytes === null || racy === null || racy.length === 0) {
    copyFileSync(from, to);
    // Rounded down: an index that looks older makes Git look again at more entries, never at fewer.
    return utimesSync(to, second, second);
  }
  for (const entry of racy) if (entry.mtime >= written || !isAsEntered(root, entry)) bytes.writeUInt32BE(0, entry.at + ENTRY_SIZE);
  writeFileSync(to, bytes);
  utimesSync(to, second + 1, second + 1);
}

/** Times as Node gives those of a file: milliseconds with a fraction, to a quarter of a microsecond. */
type Entry = { at: number; path: string; mtime: number; ctime: number; inode: number; size: number };

/** The entries of files written in this second or later; `null` when the index is of a kind that is not read here. */
function entriesSince(bytes: Buffer, second: number): Entry[] | null {
  if (bytes.length < HEADER || bytes.toString('latin1', 0, 4) !== 'DIRC' || ![2, 3].includes(bytes.readUInt32BE(4))) return null;
  const found: Entry[] = [];
  let at = HEADER;
  for (let left = bytes.readUInt32BE(8); left > 0; left--) {
    if (at + ENTRY_HEAD > bytes.length) return null;
    const flags = bytes.readUInt16BE(at + 60);
    const name = at + ENTRY_HEAD + ((flags & EXTENDED) === 0 ? 0 : 2);
    const end = bytes.indexOf(0, name + Math.min(flags & 0xfff, 0xffe));
    if (end === -1) return null;
    if (bytes.readUInt32BE(at + 8) >= second && bytes.readUInt32BE(at + 24) !== GITLINK)
      found.push({
        at,
        path: bytes.toString('utf8', name, end),
        ctime: bytes.readUInt32BE(at) * 1000 + bytes.readUInt32BE(at + 4) / 1_000_000,
        mtime: bytes.readUInt32BE(at + 8) * 1000 + bytes.readUInt32BE(at + 12) / 1_000_000,
        inode: bytes.readUInt32BE(at + 20),
        size: bytes.readUInt32BE(at + ENTRY_SIZE),
      });
    // Padded with NULs to a multiple of eight.
    at += (end - at + 8) & ~7;
  }
  return hasOnlyOptional(bytes, at) ? found : null;
}

/** An extension in lower case changes what the entries mean: a split or a sparse index. */
function hasOnlyOptional(bytes: Buffer, extensions: number): boolean {
  for (let at = extensions; at + 8 <= bytes.length - HASH; at += 8 + bytes.readUInt32BE(at + 4))
    if (!/[A-Z]/.test(bytes.toString('latin1', at, at + 1))) return false;
  return true;
}

/** A whole second: a file system, or a git, that does not keep fractions. */
function isAsEntered(root: string, { path, mtime, ctime, inode, size }: Entry): boolean {
  const found = lstatSync(`${root}/${path}`, { throwIfNoEntry: false });
  if (found === undefined || mtime % 1000 === 0 || found.mtimeMs !== mtime || found.ctimeMs !== ctime) return false;
  return found.ino % 2 ** 32 === inode && found.size % 2 ** 32 === size;
}
