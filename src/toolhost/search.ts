import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { matcher, pathspecs } from './glob.ts';
import { oneLine } from './list_files.ts';
import { explained } from './files.ts';
import { Refusal, realPath, relativePath } from './paths.ts';
import { sizeText } from './text.ts';
import type { Answer, Search } from './wire.ts';
import type { Workspace } from './workspace.ts';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;
const MAX_LINE_CHARACTERS = 300;
const MAX_BYTES = 32 * 1024;
/** Untracked files beyond this are not searched: Git would read them whole into memory. */
const MAX_FILE = 8 * 1024 * 1024;
/** Up to so many untracked files are named to git, so that it looks into their folders only. */
const MAX_NAMED = 500;
const TIMEOUT_MS = 30_000;

type Hits = { lines: string[]; count: number; files: Set<string>; binary: string[]; bytes: number; full: boolean; group: string };

/** Regular-expression search (PCRE where this git has it) over tracked, and untracked but not ignored files. */
export async function search(workspace: Workspace, params: Search, signal: AbortSignal): Promise<Answer> {
  if (params.pattern === '') throw new Refusal('pattern is empty. To see which files there are use list_files.');
  if (/[\0\n]/.test(params.pattern))
    throw new Refusal(
      'pattern holds a line break, and search looks at one line at a time. Search for one of the lines, with context to see the others.',
    );
  const folder = await folderOf(workspace, params.path);
  const { trees } = workspace;
  await trees.refresh(signal);
  const limit = Math.min(Math.max(params.limit ?? DEFAULT_LIMIT, 1), MAX_LIMIT);
  const hits: Hits = { lines: [], count: 0, files: new Set(), binary: [], bytes: 0, full: false, group: '' };
  const within = pathspecs(folder, params.glob);
  const unfit = tooLarge(workspace, [...trees.unfit], folder);
  // Git's own index first: with `--untracked` git would walk every folder before the first hit, and leave out files that are tracked though ignored.
  let problem = await grep(workspace, params, { specs: [...within, ...unfit.map(leftOut)], limit, hits }, signal);
  const foreign = problem === null && !hits.full ? foreignIn(trees.foreign, folder, params.glob) : [];
  const large = tooLarge(workspace, foreign, folder);
  if (foreign.length > large.length) {
    const only = new Set(foreign);
    const named = foreign.length <= MAX_NAMED ? foreign.map((path) => `:(top,literal)${path}`) : within;
    problem = await grep(workspace, params, { specs: [...named, ...large.map(leftOut)], limit, hits, only }, signal);
  }
  if (problem !== null) return { text: problem, is_error: true };
  const count = hits.count > 0 ? 0 : (await trees.files(signal)).length;
  return { text: report(params, folder, count, hits, [...new Set([...unfit, ...large])]), is_error: false };
}

const leftOut = (path: string): string => `:(top,literal,exclude)${path}`;

/** Files that were untracked at the start, in the folder, that the glob takes. */
function foreignIn(foreign: ReadonlySet<string>, folder: string, glob: string | undefined): string[] {
  const fits = glob === undefined ? null : matcher(glob);
  const start = folder === '' ? 0 : folder.length + 1;
  return [...foreign].filter((path) => !path.endsWith('/') && inFolder(path, folder) && (fits === null || fits(path.slice(start))));
}

async function folderOf(workspace: Workspace, given: string | undefined): Promise<string> {
  const folder = relativePath(workspace.root, given ?? '');
  try {
    realPath(workspace.root, folder);
  } catch (error) {
    throw await explained(workspace, folder, error);
  }
  return folder;
}

const inFolder = (path: string, folder: string): boolean => folder === '' || path === folder || path.startsWith(`${folder}/`);

function tooLarge({ root }: Workspace, paths: readonly string[], folder: string): string[] {
  return paths.filter((path) => {
    const found = inFolder(path, folder) ? lstatSync(join(root, path), { throwIfNoEntry: false }) : undefined;
    return found !== undefined && found.isFile() && found.size > MAX_FILE;
  });
}

/** `only`: the untracked files whose hits count. Without it tracked files are searched. */
type Pass = { specs: readonly string[]; limit: number; hits: Hits; only?: ReadonlySet<string> };

/** Fills `hits` as git finds them and ends git at the limit. Answers what is wrong with the pattern, or `null`. */
async function grep(workspace: Workspace, params: Search, { specs, limit, hits, only }: Pass, signal: AbortSignal): Promise<string | null> {
  const flavours = params.literal === true ? ['-F'] : ['-P', '-E'];
  for (const flavour of flavours) {
    const args = ['grep', '-n', '-z', '--column', '--no-color', '--no-textconv', flavour];
    if (only !== undefined) args.push('--untracked');
    if (params.ignore_case === true) args.push('-i');
    if ((params.context ?? 0) > 0) args.push('-C', String(Math.min(params.context ?? 0, 20)));
    const pattern = flavour === '-E' ? extended(params.pattern) : params.pattern;
    const onData = lineReader((line) => take(hits, line, limit, only));
    const answer = await workspace.git.try([...args, '-e', pattern, '--', ...specs], {
      onData,
      signal,
      timeoutMs: TIMEOUT_MS,
      env: { LC_ALL: 'C.UTF-8' },
    });
    if (answer.timedOut)
      return `The search took over ${TIMEOUT_MS / 1000} s and was ended; narrow it with path or glob, or use a simpler pattern.`;
    if (answer.cut || answer.code === 0 || answer.code === 1) return null;
    if (/cannot use Perl-compatible|not compiled with.*PCRE|PCRE.*support/i.test(answer.stderr)) continue;
    return invalid(params.pattern, answer.stderr);
  }
  return 'This pattern needs Perl-compatible expressions, which the git here lacks; use literal=true or a simpler pattern.';
}

/** What models write, in POSIX extended syntax (a git without PCRE). */
function extended(pattern: string): string {
  const classes: Record<string, string> = {
    d: '[0-9]',
    D: '[^0-9]',
    s: '[[:space:]]',
    S: '[^[:space:]]',
    w: '[[:alnum:]_]',
    W: '[^[:alnum:]_]',
  };
  return pattern.replace(/\\([dDsSwW])/g, (_, letter: string) => classes[letter] ?? letter).replaceAll('(?:', '(');
}

function invalid(pattern: string, stderr: string): string {
  const why = stderr
    .replace(/^fatal: (command line, )?/, '')
    .trim()
    .slice(0, 300);
  const escaped = pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return `The pattern is not a valid regular expression: ${why}. To search for this very text set literal=true, or escape it: ${escaped}`;
}

/** Splits pieces of output into lines; one without end (a minified file) is kept to its first part. */
function lineReader(take: (line: string) => boolean): (piece: Buffer) => boolean {
  const most = 1024 * 1024;
  let rest: Buffer = Buffer.alloc(0);
  let skipping = false;
  return (piece) => {
    let from = 0;
    for (let at = piece.indexOf(10); at !== -1; at = piece.indexOf(10, from)) {
      const line = Buffer.concat([rest, piece.subarray(from, at)]);
      rest = Buffer.alloc(0);
      from = at + 1;
      if (!take((skipping ? line.subarray(0, most) : line).toString('utf8'))) return false;
      skipping = false;
    }
    if (rest.length < most) rest = Buffer.concat([rest, piece.subarray(from)]);
    else skipping = true;
    return true;
  };
}

/** One line of git's output: `path NUL line NUL column NUL text`, without the column for context, `--` between groups. */
function take(hits: Hits, line: string, limit: number, only: ReadonlySet<string> | undefined): boolean {
  if (line === '--') return hits.lines.length === 0 || hits.lines.at(-1) === '--' || push(hits, '--', '');
  const parts = line.split('\0');
  if (parts.length < 3) {
    const binary = /^Binary file (.*) matches$/.exec(line)?.[1];
    if (binary !== undefined && only?.has(binary) !== false) hits.binary.push(binary);
    return true;
  }
  const [path = '', number = ''] = parts;
  if (only?.has(path) === false) return true;
  const column = Number(parts[2]);
  const isMatch = parts.length > 3 && Number.isInteger(column);
  if (isMatch && hits.count >= limit) return !(hits.full = true);
  if (isMatch) {
    hits.count++;
    hits.files.add(path);
  }
  const text = (isMatch ? parts.slice(3) : parts.slice(2)).join('\0').replace(/\r$/, '');
  return push(hits, `${oneLine(path)}${isMatch ? ':' : '-'}${number}${isMatch ? ':' : '-'}${excerpt(text, isMatch ? column : 1)}`, path);
}

function push(hits: Hits, line: string, path: string): boolean {
  hits.bytes += Buffer.byteLength(line) + 1;
  if (hits.bytes > MAX_BYTES) return !(hits.full = true);
  hits.lines.push(line);
  hits.group = path;
  return true;
}

/** 300 characters of a long line, with the match among them. `column` counts bytes from 1. */
function excerpt(text: string, column: number): string {
  if (text.length <= MAX_LINE_CHARACTERS) return text;
  const at = Buffer.from(text)
    .subarray(0, column - 1)
    .toString('utf8').length;
  const from = Math.max(0, Math.min(at - 100, text.length - MAX_LINE_CHARACTERS));
  const shown = text.slice(from, from + MAX_LINE_CHARACTERS);
  return `${from > 0 ? '…' : ''}${shown}${from + MAX_LINE_CHARACTERS < text.length ? '…' : ''} [line of ${text.length} characters]`;
}

function report(params: Search, folder: string, files: number, hits: Hits, huge: readonly string[]): string {
  while (hits.lines.at(-1) === '--') hits.lines.pop();
  const notes: string[] = [];
  if (hits.full)
    notes.push(
      `[first ${hits.count} hits in ${hits.files.size} files; narrow with path or glob, or make the pattern more specific${hits.count < MAX_LIMIT && hits.bytes <= MAX_BYTES ? `, or set limit up to ${MAX_LIMIT}` : ''}]`,
    );
  if (hits.binary.length > 0)
    notes.push(
      `[binary files that match, not shown: ${hits.binary.slice(0, 5).map(oneLine).join(', ')}${hits.binary.length > 5 ? ` and ${hits.binary.length - 5} more` : ''}]`,
    );
  if (huge.length > 0)
    notes.push(`[not searched, over ${sizeText(MAX_FILE)}: ${huge.slice(0, 5).map(oneLine).join(', ')}; use grep with run_command]`);
  if (hits.count > 0) return [...hits.lines, ...notes].join('\n');
  const where = `${folder === '' ? 'the workspace' : folder}${params.glob === undefined ? '' : `, files ${params.glob}`}`;
  const hints = [
    ...(params.ignore_case === true ? [] : ['ignore_case=true']),
    ...(params.literal !== true && /[.*+?^${}()|[\]\\]/.test(params.pattern) ? ['literal=true'] : []),
    ...(params.glob !== undefined || folder !== '' ? ['the whole workspace'] : []),
  ];
  const next = hints.length > 0 ? ` Try ${hints.join(', or ')}, or a part of the pattern.` : ' Try a part of the pattern.';
  return [`No hit for ${params.pattern} in ${where} (${files} files in all; ignored files are not searched).${next}`, ...notes].join('\n');
}
