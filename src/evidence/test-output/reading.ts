/** What one reader found. `failing` may hold repeated names: runners allow several tests of one name. */
export type Reading = { counts?: { passed: number; failed: number; skipped: number }; failing: string[] };

/** Reads the whole output; `null` when its runner's summary is not in it. */
export type Reader = (output: string) => Reading | null;

/** The number before (or after a colon behind) a word, 0 when the word is not there: `numberOf('2 failed, 1 passed', /(\d+) failed/)`. */
export function numberOf(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1] ?? 0);
}

/** The file's own name when a path is absolute: the same test is run in different folders. */
export function shortPath(path: string): string {
  return /^(?:\/|[A-Za-z]:[\\/]|file:)/.test(path) ? (path.split(/[\\/]/).at(-1) ?? path) : path.replace(/^\.\//, '');
}
