import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Git } from './git.ts';
import { joinNul, splitNul } from './trees.ts';
import type { Change, Wire } from './wire.ts';

const MAX_CHANGES = 50_000;
/** Base64 of it must fit into one line of the wire. */
const MAX_BLOB = 11 * 1024 * 1024;
const MAX_PATCH = 12 * 1024 * 1024;

/** Refuses anything but a full object id: it goes into an argument of git. */
function objectId(id: string): string {
  if (!/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(id)) throw new Error(`Not a Git object id: ${id.slice(0, 80)}`);
  return id;
}

/** The raw entries in which two trees differ. */
export async function changesBetween(git: Git, from: string, to: string, signal: AbortSignal): Promise<Change[]> {
  const range = [objectId(from), objectId(to)];
  const [raw, counts] = await Promise.all([
    git.text(['diff-tree', '-r', '--raw', '-z', '--no-renames', '--no-abbrev', ...range], { signal }),
    git.text(['diff-tree', '-r', '--numstat', '-z', '--no-renames', '--no-ext-diff', '--no-textconv', ...range], { signal }),
  ]);
  const changes = entriesOf(raw);
  if (changes.length > MAX_CHANGES) throw new Error(`${changes.length} files changed; at most ${MAX_CHANGES} can be published at once`);
  const binary = new Set(splitNul(counts).flatMap((entry) => (entry.startsWith('-\t-\t') ? [entry.slice(4)] : [])));
  const paths = changes.map((change) => change.path);
  const [sizes, filtered] = await Promise.all([sizesOf(git, changes, signal), filteredPaths(git, paths, signal)]);
  return changes.map((change, i) => ({
    ...change,
    size: sizes[i] ?? 0,
    filtered: filtered.has(change.path),
    binary: binary.has(change.path),
  }));
}

function entriesOf(raw: string): Change[] {
  const fields = splitNul(raw);
  const changes: Change[] = [];
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [oldMode = '', newMode = '', oldId = '', newId = '', status = ''] = fields[i]?.slice(1).split(' ') ?? [];
    const path = fields[i + 1] ?? '';
    changes.push({
      path,
      status: status[0] as Change['status'],
      old_mode: oldMode,
      new_mode: newMode,
      old_id: oldId,
      new_id: newId,
      size: 0,
      filtered: false,
      binary: false,
    });
  }
  return changes;
}

async function sizesOf(git: Git, changes: readonly Change[], signal: AbortSignal): Promise<number[]> {
  if (changes.length === 0) return [];
  const input = changes.map((change) => `${change.new_id}\n`).join('');
  const answer = await git.text(['cat-file', '--batch-check=%(objecttype) %(objectsize)'], { input, signal });
  return answer.split('\n').map((line) => Number(/^blob (\d+)$/.exec(line)?.[1] ?? 0));
}

/** Paths with a `filter=` attribute, and the filter's name. */
export async function filteredPaths(git: Git, paths: readonly string[], signal?: AbortSignal): Promise<Map<string, string>> {
  if (paths.length === 0) return new Map();
  const fields = (await git.text(['check-attr', '-z', '--stdin', 'filter'], { input: joinNul(paths), signal })).split('\0');
  const filtered = new Map<string, string>();
  for (let i = 0; i + 2 < fields.length; i += 3) {
    const value = fields[i + 2] ?? '';
    if (value !== 'unspecified' && value !== 'unset') filtered.set(fields[i] ?? '', value);
  }
  return filtered;
}

/** A patch from one tree to another; see `Wire.diff`. */
export async function diffBetween(git: Git, params: Wire['diff']['params'], signal: AbortSignal): Promise<Wire['diff']['result']> {
  const maxBytes = Math.min(Math.max(params.max_bytes, 0), MAX_PATCH);
  const range = [objectId(params.from), objectId(params.to)];
  const paths = pathspec(params.path);
  const plain = ['diff-tree', '-r', '--no-color', '--no-ext-diff', '--no-textconv', '--submodule=short'];
  const context = `-U${Math.min(Math.max(params.context ?? 3, 0), 1000)}`;
  if (params.stat === true) return patch(git, [...plain, '--stat=160,120', '-M', ...range, ...paths], maxBytes, signal);
  if (params.binary !== true) return patch(git, [...plain, '-p', '-M', context, ...range, ...paths], maxBytes, signal);
  const exact = [...plain, '-p', '--binary', '--full-index', '--no-renames', context, ...range];
  const whole = await patch(git, [...exact, ...paths], maxBytes, signal);
  return whole.lossless || whole.truncated ? whole : withBytes(git, exact, range, params.path, maxBytes, signal);
}

function pathspec(path: string | undefined): string[] {
  const clean = (path ?? '').replace(/^(\.\/)+|\/+$/g, '');
  return clean === '' || clean === '.' ? [] : ['--', `:(top,literal)${clean}`];
}

type Patch = Wire['diff']['result'] & { lossless: boolean };

async function patch(git: Git, args: readonly string[], maxBytes: number, signal: AbortSignal): Promise<Patch> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  const onData = (piece: Buffer): boolean => {
    if (bytes < maxBytes) pieces.push(piece.subarray(0, maxBytes - bytes));
    bytes += piece.length;
    return true;
  };
  await git.run(args, { onData, signal });
  const kept = Buffer.concat(pieces);
  const text = kept.toString('utf8');
  const truncated = bytes > maxBytes;
  return { text: truncated ? text.replace(/\uFFFD$/, '') : text, bytes, truncated, lossless: Buffer.from(text).equals(kept) };
}

/**
 * The wire is JSON, so a patch with bytes that are no UTF-8 (a Latin-1 source) would arrive damaged. Those files are shown as binary
 * patches, which are plain ASCII and as exact.
 */
async function withBytes(
  git: Git,
  exact: readonly string[],
  range: readonly string[],
  path: string | undefined,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Patch> {
  const paths = splitNul(await git.text(['diff-tree', '-r', '-z', '--name-only', '--no-renames', ...range, ...pathspec(path)], { signal }));
  const bytesOnly: string[] = [];
  let text = '';
  for (const each of paths.length > 200 ? [] : paths) {
    const one = await patch(git, [...exact, '--', `:(top,literal)${each}`], maxBytes, signal);
    if (one.lossless) text += one.text;
    else bytesOnly.push(`:(top,literal)${each}`);
  }
  const specs = paths.length > 200 ? pathspec(path) : ['--', ...bytesOnly];
  const rest = await asBinary(git, () => patch(git, [...exact, ...specs], maxBytes, signal));
  const bytes = Buffer.byteLength(text) + rest.bytes;
  if (bytes > maxBytes) return { text: (text + rest.text).slice(0, maxBytes), bytes, truncated: true, lossless: true };
  return { text: text + rest.text, bytes, truncated: false, lossless: true };
}

/** `info/attributes` of the private git directory outranks every `.gitattributes`. */
async function asBinary<T>(git: Git, work: () => Promise<T>): Promise<T> {
  const file = join(git.directory, 'info', 'attributes');
  const before = existsSync(file) ? readFileSync(file) : null;
  appendFileSync(file, '\n* -diff\n');
  try {
    return await work();
  } finally {
    if (before === null) rmSync(file);
    else writeFileSync(file, before);
  }
}

/** Content of a blob, base64. */
export async function blobOf(git: Git, params: Wire['blob']['params'], signal: AbortSignal): Promise<Wire['blob']['result']> {
  const id = objectId(params.id);
  const size = Number(await git.text(['cat-file', '-s', id], { signal }));
  const limit = Math.min(params.max_bytes, MAX_BLOB);
  if (size > limit) throw new Error(`Blob ${id} has ${size} bytes; at most ${limit} are read out`);
  return { content: (await git.run(['cat-file', 'blob', id], { signal })).toString('base64') };
}
