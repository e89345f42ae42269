import { copyFileSync, lstatSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';

/** Sizes and places in bytes; see gitformat-index(5). */
const HEADER = 12;
const ENTRY_HEAD = 62;
const ENTRY_SIZE = 36;
const HASH = 20;
const EXTENDED = 0x4000;
const LENGTH = 0xfff;
const GITLINK = 0o160000;

/** What was learnt of an index when it was copied. */
export type IndexCopy = Readonly<{
  /** The tree that it holds, where it says so. */
  tree: string | null;
  /**
   * Looks at the files that Git was spared. Answers `null` when all are as they were entered; else what marks the others in the copy, to be
   * called when no git uses it, after which Git must be asked again.
   */
  verify(): (() => void) | null;
}>;

const AS_IT_WAS: IndexCopy = { tree: null, verify: () => null };

/**
 * Copies a checkout's index, for Git to use as its own. Git compares times in whole seconds (few builds do better), so it would read again every
 * file that was written in the second in which the index was: after a fresh checkout all of a small repository. The fractions that tell such
 * files apart stand in the index all the same. An entry is known to be unchanged when its file is, to the microsecond, as it was entered, and was
 * entered before the index was written; of any other of that second the size is set to zero, which is Git's own mark for "look into it". The
 * files are looked at by `verify`, so that Git can do its part meanwhile. The checksum at the end is left as it was: Git (since 2.13) does not
 * compare it when it reads an index.
 *
 * @param now milliseconds: changes from now on must fall into a later second than what is settled here
 * @param plain whether the index holds hashes of the usual length
 */
export function copyIndex(root: string, from: string, to: string, now: number, plain: boolean): IndexCopy {
  const written = statSync(from).mtimeMs;
  const second = Math.floor(written / 1000);
  const bytes = plain && now >= (second + 2) * 1000 ? readFileSync(from) : null;
  const index = bytes === null ? null : readIndex(bytes, second);
  if (bytes === null || index === null) {
    copyFileSync(from, to);
    // Rounded down: an index that looks older makes Git look again at more entries, never at fewer.
    utimesSync(to, second, second);
    return AS_IT_WAS;
  }
  const write = (doubtful: readonly number[]): void => {
    for (const at of doubtful) bytes.writeUInt32BE(0, at + ENTRY_SIZE);
    writeFileSync(to, bytes);
    utimesSync(to, second + 1, second + 1);
  };
  const earlier = index.racy.filter((at) => mtimeAt(bytes, at) < written);
  write(index.racy.filter((at) => mtimeAt(bytes, at) >= written));
  return {
    tree: index.tree,
    verify: () => {
      const doubtful = earlier.filter((at) => !isAsEntered(root, bytes, at));
      return doubtful.length === 0 ? null : () => write(doubtful);
    },
  };
}

/** Times as Node gives those of a file: milliseconds with a fraction, to a quarter of a microsecond. */
const timeAt = (bytes: Buffer, at: number): number => bytes.readUInt32BE(at) * 1000 + bytes.readUInt32BE(at + 4) / 1_000_000;
const mtimeAt = (bytes: Buffer, at: number): number => timeAt(bytes, at + 8);

/** Where the entries of files stand that were written in this second or later, and the tree; `null` for an index of a kind that is not read here. */
function readIndex(bytes: Buffer, second: number): { racy: number[]; tree: string | null } | null {
  if (bytes.length < HEADER || bytes.toString('latin1', 0, 4) !== 'DIRC' || ![2, 3].includes(bytes.readUInt32BE(4))) return null;
  const racy: number[] = [];
  let at = HEADER;
  for (let left = bytes.readUInt32BE(8); left > 0; left--) {
    if (at + ENTRY_HEAD > bytes.length) return null;
    const [, end] = nameAt(bytes, at);
    if (end === -1) return null;
    if (bytes.readUInt32BE(at + 8) >= second && bytes.readUInt32BE(at + 24) !== GITLINK) racy.push(at);
    // Padded with NULs to a multiple of eight.
    at += (end - at + 8) & ~7;
  }
  const tree = treeIn(bytes, at);
  return tree === undefined ? null : { racy, tree };
}

/** Where the path of an entry begins and ends. The flags hold its length, up to the largest that they can. */
function nameAt(bytes: Buffer, at: number): [start: number, end: number] {
  const flags = bytes.readUInt16BE(at + 60);
  const start = at + ENTRY_HEAD + ((flags & EXTENDED) === 0 ? 0 : 2);
  const length = flags & LENGTH;
  return [start, length < LENGTH ? start + length : bytes.indexOf(0, start + length)];
}

/**
 * The tree as the extension of that name has it, `null` without it or when it is out of date. `undefined` for an extension in lower case: it
 * changes what the entries mean (a split or a sparse index).
 */
function treeIn(bytes: Buffer, extensions: number): string | null | undefined {
  let tree: string | null = null;
  for (let at = extensions; at + 8 <= bytes.length - HASH; at += 8 + bytes.readUInt32BE(at + 4)) {
    const name = bytes.toString('latin1', at, at + 4);
    if (!/^[A-Z]/.test(name)) return undefined;
    const head = name === 'TREE' ? /^\0\d+ \d+\n/.exec(bytes.toString('latin1', at + 8, at + 40)) : null;
    if (head) tree = bytes.toString('hex', at + 8 + head[0].length, at + 8 + head[0].length + HASH);
  }
  return tree;
}

/** A whole second: a file system, or a git, that does not keep fractions. */
function isAsEntered(root: string, bytes: Buffer, at: number): boolean {
  const mtime = mtimeAt(bytes, at);
  try {
    const found = lstatSync(`${root}/${bytes.toString('utf8', ...nameAt(bytes, at))}`);
    if (mtime % 1000 === 0 || found.mtimeMs !== mtime || found.ctimeMs !== timeAt(bytes, at)) return false;
    return found.ino % 2 ** 32 === bytes.readUInt32BE(at + 20) && found.size % 2 ** 32 === bytes.readUInt32BE(at + ENTRY_SIZE);
  } catch {
    return false; // Gone, or behind a folder that cannot be entered.
  }
}
