import { numberOf } from './reading.ts';
import type { Reading } from './reading.ts';

/** pytest: the last line (`2 failed, 4 passed, 1 error in 0.05s`) and the short summary (`FAILED tests/test_a.py::test_b - …`). */
export function pytest(output: string): Reading | null {
  const words = '(?:\\d+ (?:failed|passed|skipped|deselected|xfailed|xpassed|warnings?|errors?|rerun|subtests passed|subtests failed))';
  const summaries = [...output.matchAll(new RegExp(`^(?:=+ )?(${words}(?:, ${words})*) in [\\d.]+s`, 'gm'))].map((match) => match[1] ?? '');
  if (summaries.length === 0) return null;
  const sum = (pattern: RegExp): number => summaries.reduce((total, line) => total + numberOf(line, pattern), 0);
  const counts = {
    passed: sum(/(\d+) passed/) + sum(/(\d+) xpassed/),
    failed: sum(/(\d+) failed/) + sum(/(\d+) errors?/),
    skipped: sum(/(\d+) skipped/) + sum(/(\d+) xfailed/),
  };
  const failing = [
    ...output.matchAll(/^(?:FAILED|ERROR|SUBFAILED(?:\([^)]*\)|\[[^\]]*\])*) ([^\s:[]+(?:::[^\s[]+)*(?:\[.*?\](?= - |$))?)(?: - .*)?$/gm),
  ].map((match) => match[1] ?? '');
  return { counts, failing };
}

/** `unittest` and Django's runner: `Ran 4 tests in 0.001s`, `FAILED (failures=1, errors=1, skipped=1)`. */
export function unittest(output: string): Reading | null {
  const ran = [...output.matchAll(/^Ran (\d+) tests? in /gm)].reduce((total, match) => total + Number(match[1]), -1) + 1;
  if (!/^Ran \d+ tests? in /m.test(output)) return null;
  const outcome = /^(?:OK|FAILED|NO TESTS RAN)(?: \((.*)\))?$/m.exec(output)?.[1] ?? '';
  const failed =
    numberOf(outcome, /failures=(\d+)/) + numberOf(outcome, /(?:^|, )errors=(\d+)/) + numberOf(outcome, /unexpected successes=(\d+)/);
  const skipped = numberOf(outcome, /skipped=(\d+)/) + numberOf(outcome, /expected failures=(\d+)/);
  const failing = [...output.matchAll(/^(?:FAIL|ERROR): (\w+) \(([\w.]+)\)(.*)$/gm)].map((match) => {
    const [, test = '', where = '', sub = ''] = match;
    return (where.endsWith(`.${test}`) ? where : `${where}.${test}`) + sub.trimEnd();
  });
  return { counts: { passed: Math.max(0, ran - failed - skipped), failed, skipped }, failing };
}
