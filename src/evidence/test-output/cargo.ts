import { numberOf } from './reading.ts';
import type { Reading } from './reading.ts';

/** `cargo test`, one summary a target (`test result: FAILED. 1 passed; 1 failed; 1 ignored; …`), and `cargo nextest run`. */
export function cargo(output: string): Reading | null {
  const summaries = [...output.matchAll(/^test result: (?:ok|FAILED)\. (.*)$/gm)].map((match) => match[1] ?? '');
  if (summaries.length === 0) return nextest(output);
  const sum = (pattern: RegExp): number => summaries.reduce((total, line) => total + numberOf(line, pattern), 0);
  return { counts: { passed: sum(/(\d+) passed/), failed: sum(/(\d+) failed/), skipped: sum(/(\d+) ignored/) }, failing: names(output) };
}

/** From the list at the end of each target: the lines above it can be broken by what the tests print. */
function names(output: string): string[] {
  const result: string[] = [];
  let target = '';
  let listing = false;
  for (const line of output.split('\n')) {
    const running = /^\s+Running (?:unittests )?(\S+) \(|^\s+Doc-tests (\S+)/.exec(line);
    if (running) target = running[1] ?? `doc ${running[2] ?? ''}`;
    if (line === 'failures:') listing = true;
    else if (/^test result:|^----/.test(line)) listing = false;
    else if (listing && /^ {4}\S/.test(line)) result.push(`${target} › ${line.trim().replace(/ \(line \d+\)/, '')}`);
  }
  return result;
}

function nextest(output: string): Reading | null {
  const summary = /^\s+Summary \[.*\] +(?:\d+\/)?\d+ tests? run: (.*)$/m.exec(output)?.[1];
  if (summary === undefined) return null;
  const failed = numberOf(summary, /(\d+) failed/) + numberOf(summary, /(\d+) timed out/);
  const lines = [...output.matchAll(/^\s+(?:FAIL|TIMEOUT|SIGABRT|SIGSEGV|ABORT) \[[^\]]*\] (?:\([^)]*\) )?(\S+) (\S.*)$/gm)];
  const failing = [...new Set(lines.map((match) => `${match[1] ?? ''} › ${match[2] ?? ''}`))];
  return { counts: { passed: numberOf(summary, /(\d+) passed/), failed, skipped: numberOf(summary, /(\d+) skipped/) }, failing };
}
