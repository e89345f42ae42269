import { cargo } from './test-output/cargo.ts';
import { goJson, goText } from './test-output/go.ts';
import { gradle, junitXml, maven } from './test-output/java.ts';
import { jestText, runnerJson, vitestText } from './test-output/jest.ts';
import { mochaText } from './test-output/mocha.ts';
import { nodeSpec, tap } from './test-output/node.ts';
import { dotnet, phpunit, rspec } from './test-output/others.ts';
import { pytest, unittest } from './test-output/python.ts';
import type { Reader, Reading } from './test-output/reading.ts';

/**
 * What a run told of itself. `failing` is there only when the list is complete: absent means that it cannot be known, empty that nothing
 * failed. Names are made to compare between two trees: no durations, line numbers or absolute folders.
 */
export type TestOutput = { counts?: { passed: number; failed: number; skipped: number }; failing?: string[] };

/** Readers of one runner each; the first that recognises its own summary speaks for its row, and the rows add up (`jest && pytest`). */
const ROWS: readonly (readonly Reader[])[] = [
  [runnerJson, jestText],
  [vitestText],
  [mochaText],
  [nodeSpec, tap],
  [pytest],
  [unittest],
  [goJson, goText],
  [cargo],
  [maven],
  [gradle],
  [rspec],
  [phpunit],
  [dotnet],
];

/**
 * Reads counts and failing names from the output of a test command. The runner is recognised by its summary, since the command is as often
 * `make test` as it is the runner's name. An output that nobody recognises gives `{}`.
 *
 * @param command only used to say who must have spoken; kept so that a reader may need it
 * @param output both streams; pieces may be missing from its middle
 */
export function readTestOutput(command: string, output: string): TestOutput {
  void command;
  const text = plain(output);
  const readings = ROWS.map((row) => firstOf(row, text)).filter((one) => one !== null);
  const last = readings.length === 0 ? junitXml(text) : null;
  return combined(last ? [last] : readings, wasCut(text));
}

function firstOf(row: readonly Reader[], text: string): Reading | null {
  for (const read of row) {
    const reading = read(text);
    if (reading) return reading;
  }
  return null;
}

function combined(readings: readonly Reading[], cut: boolean): TestOutput {
  if (readings.length === 0) return {};
  const result: TestOutput = {};
  const counts = readings.map((one) => one.counts).filter((one) => one !== undefined);
  if (counts.length === readings.length) {
    const sum = (key: 'passed' | 'failed' | 'skipped'): number => counts.reduce((total, one) => total + one[key], 0);
    result.counts = { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
  }
  const named = readings.every((one) => one.failing.length >= (one.counts?.failed ?? (cut ? Number.POSITIVE_INFINITY : 0)));
  if (named) result.failing = [...new Set(readings.flatMap((one) => one.failing))];
  return result;
}

/** ANSI sequences and carriage returns taken off. */
function plain(output: string): string {
  return output.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '').replace(/\r\n?/g, '\n');
}

/** True when the tool host left out a piece of the middle, so that a name may be missing. */
function wasCut(text: string): boolean {
  return /^\[?[.…\s]*\d[\d,]* (?:bytes|characters|lines|KB|MB)\b[^\n]{0,40}\b(?:omitted|missing|not shown|left out|cut|skipped)\b/m.test(
    text,
  );
}
