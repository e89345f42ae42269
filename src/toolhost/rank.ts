import type { Git } from './git.ts';

const MAX_WORDS = 16;
const MAX_RANKED = 20;
const TIME_MS = 2500;

/** Files that the words of a ticket lead to, best first: paths that are named, file names that fit, then files that hold rare words. */
export async function rank(
  git: Git,
  files: readonly string[],
  words: readonly string[],
  signal: AbortSignal,
): Promise<{ path: string; why: string }[]> {
  const scores = new Map<string, { score: number; why: string[] }>();
  const add = (path: string, score: number, why: string): void => {
    const entry = scores.get(path) ?? { score: 0, why: [] };
    entry.score += score;
    if (entry.why.length < 4) entry.why.push(why);
    scores.set(path, entry);
  };
  const wanted = [...new Set(words.map(clean))].filter((word) => word.length >= 3);
  byPath(files, wanted, add);
  await byContent(git, wanted, add, signal);
  return [...scores]
    .sort((a, b) => b[1].score - a[1].score || a[0].length - b[0].length || a[0].localeCompare(b[0]))
    .slice(0, MAX_RANKED)
    .map(([path, { why }]) => ({ path, why: why.join('; ') }));
}

type Add = (path: string, score: number, why: string) => void;

/** Without quotes, brackets and the `:12:5` of a stack trace. */
const clean = (word: string): string =>
  word
    .replace(/^[`'"(<[\s]+|[`'")>\],.;\s]+$/g, '')
    .replace(/(:\d+){1,2}$/, '')
    .replace(/\(\)$/, '');

function byPath(files: readonly string[], words: readonly string[], add: Add): void {
  const named = words.filter((word) => /[./]/.test(word)).map((word) => ({ word, path: word.replace(/^(\.{0,2}\/)+/, '').toLowerCase() }));
  const plain = new Map(words.filter((word) => !word.includes('/')).map((word) => [flat(word), word]));
  for (const file of files) {
    const lower = file.toLowerCase();
    for (const { word, path } of named) {
      if (lower === path || lower.endsWith(`/${path}`)) add(file, path.includes('/') ? 100 : 50, `named: ${word}`);
      // A stack trace gives absolute paths of another machine.
      else if (path.includes('/') && path.endsWith(`/${lower}`) && lower.includes('/')) add(file, 90, `named: ${word}`);
    }
    const stem = flat(file.slice(file.lastIndexOf('/') + 1).replace(/\..*$/, ''));
    const word = plain.get(stem);
    if (word !== undefined && stem.length >= 3) add(file, 25, `file name: ${word}`);
  }
}

/** `parse_date`, `parseDate` and `parse-date` are the same. */
const flat = (word: string): string => word.toLowerCase().replace(/[^a-z0-9]/g, '');

/** A word in three files tells more than one in three hundred; the search as a whole is bounded in time. */
async function byContent(git: Git, words: readonly string[], add: Add, signal: AbortSignal): Promise<void> {
  const until = Date.now() + TIME_MS;
  const worth = words.filter((word) => word.length >= 4 && /^[\p{L}_$][\p{L}\p{N}_$.:-]*$/u.test(word));
  const telling = [...worth].sort((a, b) => telltale(b) - telltale(a)).slice(0, MAX_WORDS);
  for (const word of telling) {
    const left = until - Date.now();
    if (left < 50) return;
    const answer = await git.try(['grep', '-I', '-c', '-z', '-F', '-w', '-e', word], { signal, timeoutMs: left, maxBytes: 1024 * 1024 });
    if (answer.code !== 0 || answer.cut) continue;
    const hits = answer.stdout
      .toString('utf8')
      .split('\n')
      .flatMap((line) => (line.includes('\0') ? [line.split('\0')] : []));
    if (hits.length > 300) continue;
    for (const [path = '', count] of hits) add(path, 12 / (1 + Math.log2(hits.length)) + Math.min(Number(count), 5) * 0.5, `holds ${word}`);
  }
}

/** Identifiers before plain words: mixed case, underscores, length. */
const telltale = (word: string): number => (/[a-z][A-Z]|_|\d|[.:$]/.test(word) ? 20 : 0) + Math.min(word.length, 20);
