import { numberOf } from './reading.ts';
import type { Reading } from './reading.ts';

/** The epilogue that mocha's reporters share: `1 passing (6ms)`, `1 pending`, `2 failing`, then the failures by number. */
export function mochaText(output: string): Reading | null {
  const at = output.search(/^ {2}\d+ passing \(/m);
  if (at === -1) return null;
  const epilogue = output.slice(at);
  const failed = numberOf(epilogue, /^ {2}(\d+) failing$/m);
  const counts = { passed: numberOf(epilogue, /^ {2}(\d+) passing/m), failed, skipped: numberOf(epilogue, /^ {2}(\d+) pending$/m) };
  return { counts, failing: failed === 0 ? [] : names(epilogue) };
}

/** Titles stand below each other, each deeper than the last, the innermost with a colon at its end. */
function names(epilogue: string): string[] {
  const result: string[] = [];
  let titles: string[] | null = null;
  for (const line of epilogue.split('\n')) {
    const first = /^ {2}\d+\) (.*)$/.exec(line)?.[1];
    if (first !== undefined) titles = [];
    else if (titles === null || line.trim() === '') {
      titles = null;
      continue;
    }
    const title = (first ?? line).trim();
    if (title.endsWith(':')) {
      result.push([...titles, title.slice(0, -1)].join(' › '));
      titles = null;
    } else titles.push(title);
  }
  return result;
}
