import type { Conclusion, TestsRan, TestsVerdict, Totals } from '../transcript/events.ts';

/** `$1.23`; below ten cents with more digits, so that small runs are told apart. */
export function usd(amount: number): string {
  return `$${amount.toFixed(amount !== 0 && Math.abs(amount) < 0.1 ? 4 : 2)}`;
}

/** `12,345` */
export function integer(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 file`, `2 files` */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${integer(count)} ${count === 1 ? one : many}`;
}

/** `40 ms`, `1.4 s`, `12 s`, `3 min 20 s`, `1 h 5 min` */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The first digits of a Git id: enough to recognise it, at least the 7 that the contract asks for. */
export function short(id: string): string {
  return id.slice(0, 12);
}

/** The share of input tokens read from the cache: `94 %`. */
export function cacheShare(totals: Pick<Totals, 'input_tokens' | 'cache_read_tokens'>): string {
  return `${totals.input_tokens === 0 ? 0 : Math.floor((100 * totals.cache_read_tokens) / totals.input_tokens)} %`;
}

export const TESTS_IN_WORDS: Readonly<Record<TestsVerdict, string>> = {
  proven: 'the changed tests fail on the base and pass on exactly this tree',
  passed: 'they pass on exactly this tree',
  failed: 'they do not pass on exactly this tree',
  none: 'none ran on it',
};

export const CONCLUSION_IN_WORDS: Readonly<Record<Conclusion, string>> = {
  pull_request: 'Opened a pull request',
  answered: 'Answered without a change',
  blocked: 'Stopped: cannot go on without you',
  out_of_budget: 'Stopped at a limit',
  rejected_by_review: 'Stopped by the self-review',
  refused: 'Refused',
  skipped: 'Skipped',
  cancelled: 'Cancelled',
  dry_run: 'Dry run: ready, nothing was published',
  failed: 'Failed',
};

/** `exit code 1; 2 passed, 1 failed` */
export function testOutcome(run: TestsRan): string {
  return [testEnd(run), testCounts(run)].filter(Boolean).join('; ');
}

/** `exit code 1`, or that there is none. */
function testEnd(run: TestsRan): string {
  return run.exit_code !== null ? `exit code ${run.exit_code}` : run.timed_out ? 'killed at its time-out' : 'killed';
}

/** `2 passed, 1 failed`; empty when the output did not say. */
function testCounts({ counts }: TestsRan): string {
  if (!counts) return '';
  const { passed, failed, skipped } = counts;
  return [
    `${integer(passed)} passed`,
    ...(failed > 0 ? [`${integer(failed)} failed`] : []),
    ...(skipped > 0 ? [`${integer(skipped)} skipped`] : []),
  ].join(', ');
}

/** The outcome beside a column that has the exit code: `2 passed, 1 failed`. */
export function testResult(run: TestsRan): string {
  return testCounts(run) || (run.exit_code === null ? testEnd(run) : '');
}

/** `10 passed, 1 skipped`: how often each word occurs, in the order of `order`. */
export function tally(words: readonly string[], order: readonly string[]): string {
  const counted = order.map((word) => ({ word, count: words.filter((one) => one === word).length }));
  return counted.flatMap(({ word, count }) => (count > 0 ? [`${integer(count)} ${word}`] : [])).join(', ');
}

/** A call in a few words, as one plain line: `read_file src/a.ts (lines 1–80)`. What the model wrote in it is not made safe for anything. */
export function callInWords(name: string, input: unknown): string {
  const given = typeof input === 'object' && input !== null ? (input as Record<string, unknown>) : {};
  const text = (key: string): string => {
    const value = given[key];
    return typeof value === 'string' ? oneLine(value, 120) : '';
  };
  const edits = given['edits'];
  const details: Record<string, () => string> = {
    read_file: () => `${text('path')}${lineRange(given['start_line'], given['end_line'])}`,
    list_files: () => [text('path'), text('glob')].filter(Boolean).join(' '),
    search: () => `"${text('pattern')}"${text('path') ? ` in ${text('path')}` : ''}${text('glob') ? ` (${text('glob')})` : ''}`,
    edit_file: () => `${text('path')}${Array.isArray(edits) ? ` (${plural(edits.length, 'edit')})` : ''}`,
    write_file: () => text('path'),
    run_command: () => text('command'),
    run_tests: () => (Array.isArray(given['args']) ? oneLine(given['args'].join(' '), 120) : ''),
    git_diff: () => text('path'),
    push_changes: () => `"${text('title')}"`,
    report_blocked: () => text('kind'),
  };
  return `${oneLine(name, 60)} ${details[name]?.() ?? ''}`.trim();
}

function lineRange(start: unknown, end: unknown): string {
  if (typeof start !== 'number' && typeof end !== 'number') return '';
  return ` (lines ${typeof start === 'number' ? start : 1}–${typeof end === 'number' ? end : 'end'})`;
}

/** Text on one line of at most `max` characters, control characters taken out. */
export function oneLine(text: string, max: number): string {
  const line = text
    .slice(0, max * 4)
    .replace(/[\s\p{Cc}\p{Cf}\p{Cs}]+/gu, ' ')
    .trim();
  return line.length <= max ? line : `${line.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
