import { numberOf, shortPath } from './reading.ts';
import type { Reading } from './reading.ts';

/** Headings that jest prints with the same bullet as a failing test. */
const NO_TEST = /^(?:Console|Cannot log after tests are done|Validation (?:Warning|Error)|Deprecation Warning|Snapshot Summary)/;

/** Jest's default and verbose reporters: `Tests: 2 failed, 1 skipped, 1 passed, 4 total`. A suite that does not load fails as one test. */
export function jestText(output: string): Reading | null {
  const summaries = [...output.matchAll(/^Tests:\s+(.*\d+ total)$/gm)].map((match) => match[1] ?? '');
  if (summaries.length === 0) return null;
  const sum = (pattern: RegExp): number => summaries.reduce((total, line) => total + numberOf(line, pattern), 0);
  const failing = jestNames(output);
  const unloaded = new Set(failing.filter((name) => name.endsWith(' › Test suite failed to run'))).size;
  return {
    counts: { passed: sum(/(\d+) passed/), failed: sum(/(\d+) failed/) + unloaded, skipped: sum(/(\d+) skipped/) + sum(/(\d+) todo/) },
    failing,
  };
}

function jestNames(output: string): string[] {
  const failing: string[] = [];
  let file: string | null = null;
  for (const line of output.split('\n')) {
    // With many suites all failures are printed once more.
    if (/^Summary of all failing tests$/.test(line)) break;
    const head = /^(FAIL|PASS)\s+(?:(?!\S*[./])\S+\s+)?(\S.*?)(?:\s+\([\d.]+ m?s\))?$/.exec(line);
    if (head) file = head[1] === 'FAIL' ? shortPath(head[2] ?? '') : null;
    const name = /^ {2}● (.+)$/.exec(line)?.[1];
    if (name !== undefined && file !== null && !NO_TEST.test(name)) failing.push(`${file} › ${name}`);
  }
  return failing;
}

/** Vitest's default and verbose reporters: `Tests  2 failed | 1 passed | 1 skipped (4)`. */
export function vitestText(output: string): Reading | null {
  const summary = /^\s+Tests\s+(.*\(\d+\)|no tests)$/m.exec(output)?.[1];
  if (summary === undefined) return null;
  const failing = [...output.matchAll(/^ FAIL\s+(?:\|[^|]+\|\s+)?(\S+\.\w+)(?: > (.+)| \[ .* \])?$/gm)].map((match) =>
    match[2] === undefined
      ? `${shortPath(match[1] ?? '')} › Test suite failed to run`
      : `${shortPath(match[1] ?? '')} › ${match[2].replaceAll(' > ', ' › ')}`,
  );
  const unloaded = failing.filter((name) => name.endsWith(' › Test suite failed to run')).length;
  // Errors outside of any test make the run red without a failing test.
  const loose = numberOf(output, /^\s+Errors\s+(\d+) errors?$/m);
  return {
    counts: {
      passed: numberOf(summary, /(\d+) passed/),
      failed: numberOf(summary, /(\d+) failed/) + unloaded + loose,
      skipped: numberOf(summary, /(\d+) skipped/) + numberOf(summary, /(\d+) todo/),
    },
    failing: [...failing, ...Array.from({ length: loose }, () => 'unhandled error outside of a test')],
  };
}

type JsonReport = {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { name: string; status: string; assertionResults: { status: string; ancestorTitles: string[]; title: string }[] }[];
};

/** The `--json` report of jest, which vitest's JSON reporter copies, and mocha's JSON reporter. */
export function runnerJson(output: string): Reading | null {
  const report = jsonFrom(output, /^\{\s*"(?:numFailedTestSuites|numTotalTestSuites)"/m) as JsonReport | null;
  if (report === null) return mochaJson(output);
  const failing = report.testResults.flatMap((suite) => {
    const failed = suite.assertionResults.filter((one) => one.status === 'failed');
    if (failed.length === 0 && suite.status === 'failed') return [`${shortPath(suite.name)} › Test suite failed to run`];
    return failed.map((one) => [shortPath(suite.name), ...one.ancestorTitles, one.title].join(' › '));
  });
  const unloaded = failing.filter((name) => name.endsWith(' › Test suite failed to run')).length;
  return {
    counts: {
      passed: report.numPassedTests,
      failed: report.numFailedTests + unloaded,
      skipped: report.numPendingTests + report.numTodoTests,
    },
    failing,
  };
}

function mochaJson(output: string): Reading | null {
  const report = jsonFrom(output, /^\{\s*"stats": \{/m) as {
    stats: { passes: number; pending: number; failures: number };
    failures: { fullTitle: string }[];
  } | null;
  if (report === null) return null;
  const { passes, pending, failures } = report.stats;
  return { counts: { passed: passes, failed: failures, skipped: pending }, failing: report.failures.map((one) => one.fullTitle) };
}

/** The JSON object that starts where the pattern matches, whatever is printed behind it. */
function jsonFrom(output: string, start: RegExp): unknown {
  const at = output.search(start);
  if (at === -1) return null;
  const text = output.slice(at);
  for (const end of [text.length, text.lastIndexOf('}') + 1, text.indexOf('\n}') + 2, text.indexOf('\n')]) {
    try {
      return JSON.parse(text.slice(0, end));
    } catch {
      // Something was printed behind the report: try a nearer end.
    }
  }
  return null;
}
