import { numberOf } from './reading.ts';
import type { Reading } from './reading.ts';

/** Maven's Surefire: the total of each module, and each failing test's own `<<< FAILURE!` line. */
export function maven(output: string): Reading | null {
  const totals = [
    ...output.matchAll(
      /^\[(?:INFO|ERROR|WARNING)\] Tests run: (\d+), Failures: (\d+), Errors: (\d+), Skipped: (\d+)(?:, Flakes: \d+)?\s*$/gm,
    ),
  ];
  const older =
    totals.length > 0 ? totals : [...output.matchAll(/^Tests run: (\d+), Failures: (\d+), Errors: (\d+), Skipped: (\d+)\s*$/gm)];
  if (older.length === 0) return null;
  const sum = (index: number): number => older.reduce((total, match) => total + Number(match[index]), 0);
  const failed = sum(2) + sum(3);
  const lines = [...output.matchAll(/^(?:\[ERROR\] )?(?!Tests run)(\S[^\n]*?)\s+(?:-- )?Time elapsed: [^\n]*<<< (?:FAILURE|ERROR)!\s*$/gm)];
  // Older versions write `adds(x.CalcTest)`, newer ones `x.CalcTest.adds`.
  const failing = lines.map((match) => (match[1] ?? '').replace(/^(.+)\(([\w.$]+)\)$/, '$2.$1'));
  return { counts: { passed: sum(1) - failed - sum(4), failed, skipped: sum(4) }, failing };
}

/** Gradle's console: `CalcTest > adds() FAILED`, `4 tests completed, 2 failed, 1 skipped`. A green run tells no numbers. */
export function gradle(output: string): Reading | null {
  if (!/^> Task \S*[tT]est\b|^BUILD (?:SUCCESSFUL|FAILED) in /m.test(output)) return null;
  const summaries = [...output.matchAll(/^(\d+) tests? completed(.*)$/gm)];
  const failing = [...output.matchAll(/^(\S.*? > .+?) FAILED$/gm)].map((match) => (match[1] ?? '').replaceAll(' > ', ' › '));
  if (summaries.length === 0) return /^BUILD SUCCESSFUL/m.test(output) && /^> Task \S*[tT]est\b/m.test(output) ? { failing } : null;
  const sum = (pattern: RegExp): number => summaries.reduce((total, match) => total + numberOf(match[2] ?? '', pattern), 0);
  const failed = sum(/(\d+) failed/);
  const skipped = sum(/(\d+) skipped/);
  const ran = summaries.reduce((total, match) => total + Number(match[1]), 0);
  return { counts: { passed: ran - failed - skipped, failed, skipped }, failing };
}

/** JUnit XML, as Maven, Gradle, pytest and many others write it. */
export function junitXml(output: string): Reading | null {
  if (!/<testsuites?\b/.test(output)) return null;
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const failing: string[] = [];
  for (const match of output.matchAll(/<testcase\b((?:[^>"']|"[^"]*"|'[^']*')*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g)) {
    const [, attributes = '', body = ''] = match;
    const inside = body.replace(/<!\[CDATA\[[\s\S]*?\]\]>/g, '');
    if (/<(?:failure|error)\b/.test(inside)) {
      counts.failed++;
      failing.push([attribute(attributes, 'classname'), attribute(attributes, 'name')].filter(Boolean).join('.'));
    } else if (/<skipped\b/.test(inside)) counts.skipped++;
    else counts.passed++;
  }
  return { counts, failing };
}

function attribute(text: string, name: string): string {
  const value = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(text);
  return (value?.[1] ?? value?.[2] ?? '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
}
