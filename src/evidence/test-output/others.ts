import { numberOf } from './reading.ts';
import type { Reading } from './reading.ts';

/** RSpec: `4 examples, 2 failures, 1 pending`, `rspec ./spec/sum_spec.rb:5 # Sum adds`. */
export function rspec(output: string): Reading | null {
  const summary = /^(\d+) examples?, (\d+) failures?(?:, (\d+) pending)?(?:, (\d+) errors? occurred outside of examples)?$/m.exec(output);
  if (!summary) return null;
  const [, ran, failures, pending, outside] = summary.map((one) => Number(one ?? 0)) as [number, number, number, number, number];
  const failing = [...output.matchAll(/^rspec '?(\.\/[^\s:[']+)(?:[:[]\S*)?'?(?: # (.*))?$/gm)].map(
    (match) => `${(match[1] ?? '').slice(2)} › ${match[2] ?? 'errors outside of examples'}`,
  );
  return { counts: { passed: ran - failures - pending, failed: failures + outside, skipped: pending }, failing };
}

/** PHPUnit: `OK (3 tests, 3 assertions)` or `Tests: 4, Assertions: 3, Failures: 1, Skipped: 1.`, failures as `1) CalcTest::testAdds`. */
export function phpunit(output: string): Reading | null {
  const ok = /^OK \((\d+) tests?, \d+ assertions?\)$/m.exec(output);
  if (ok) return { counts: { passed: Number(ok[1]), failed: 0, skipped: 0 }, failing: [] };
  const summary = /^Tests: \d+, Assertions: \d+.*\.$/m.exec(output)?.[0];
  if (summary === undefined) return null;
  const failed = numberOf(summary, /Failures: (\d+)/) + numberOf(summary, /Errors: (\d+)/);
  const skipped = numberOf(summary, /Skipped: (\d+)/) + numberOf(summary, /Incomplete: (\d+)/);
  const failing = phpunitNames(output);
  return { counts: { passed: numberOf(summary, /Tests: (\d+)/) - failed - skipped, failed, skipped }, failing };
}

/** Skipped, risky and incomplete tests are listed in the same form under other headings. */
function phpunitNames(output: string): string[] {
  const names: string[] = [];
  let failing = false;
  for (const line of output.split('\n')) {
    const heading = /^There (?:was|were) \d+ (.+?):$/.exec(line)?.[1];
    if (heading !== undefined) failing = /^(?:failure|error)s?$/.test(heading);
    const name = /^\d+\) (\S+::.+)$/.exec(line)?.[1];
    if (name !== undefined && failing) names.push(name);
  }
  return names;
}

/** `dotnet test`: `Failed!  - Failed:     1, Passed:     2, Skipped:     0, Total:     3`, one a project, or the newer `Test summary:`. */
export function dotnet(output: string): Reading | null {
  const rows = [...output.matchAll(/(?:Failed|Passed)!\s+-\s+Failed:\s*(\d+), Passed:\s*(\d+), Skipped:\s*(\d+)/g)];
  const total = /^Test summary: total: (\d+), failed: (\d+), succeeded: (\d+), skipped: (\d+)/m.exec(output);
  if (rows.length === 0 && !total) return null;
  const sum = (index: number): number => rows.reduce((all, match) => all + Number(match[index]), 0);
  const counts =
    rows.length > 0
      ? { passed: sum(2), failed: sum(1), skipped: sum(3) }
      : { passed: Number(total?.[3]), failed: Number(total?.[2]), skipped: Number(total?.[4]) };
  const lines = [...output.matchAll(/^\s*(?:\[xUnit[^\]]*\]\s+)?(?:Failed (\S.*?) \[[^\]]+\]|failed (\S.*?) \([\d.,ms ]+\))$/gm)];
  return { counts, failing: lines.map((match) => match[1] ?? match[2] ?? '') };
}
