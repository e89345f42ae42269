import { isGreen, list } from './gate.ts';
import type { GateResult } from './gate.ts';

/** One run of the check command. */
export type CheckRun = Readonly<{ command: string; exit_code: number | null; timed_out: boolean; output: string }>;

/**
 * Gate 5, "checks": only lint and type errors that the base did not have. Outputs are compared line by line without line numbers, columns,
 * times and absolute folders, each message as often as it comes.
 *
 * @param before the check on the base; `null` when it was not run there
 * @param after the check on the change; `null` when no check command was found
 */
export function checksGate(before: CheckRun | null, after: CheckRun | null): GateResult {
  const result = (outcome: GateResult['outcome'], detail: string): GateResult => ({ gate: 'checks', outcome, detail });
  if (after === null) return result('skipped', 'No check command was found.');
  if (isGreen({ ...after, tree: '', tail: '' })) return result('passed', `\`${after.command}\` exited with 0.`);
  if (after.timed_out) return result('noted', `\`${after.command}\` did not end within its time limit.`);
  if (notInstalled(after)) return result('noted', `\`${after.command}\` cannot be run here: ${lastLine(after.output)}`);
  if (before === null || notInstalled(before))
    return result(
      'noted',
      `\`${after.command}\` exited with ${String(after.exit_code)}; it was not run on the base, so what is new is not known.\n${list(problems(after.output))}`,
    );
  const fresh = newProblems(before.output, after.output);
  const red = !isGreen({ ...before, tree: '', tail: '' });
  if (red && fresh.length === 0)
    return result(
      'passed',
      `\`${after.command}\` is red, as it was on the base: ${String(problems(after.output).length)} problems, none of them new.`,
    );
  if (fresh.length === 0)
    return result(
      'refused',
      `\`${after.command}\` exited with ${String(after.exit_code)}; on the base it exited with 0. Its output ends with:\n${tail(after.output)}`,
    );
  return result(
    'refused',
    `\`${after.command}\` reports what the base did not have:\n${list(fresh)}\nFix these and call push_changes again.`,
  );
}

/** Problems of `after` that `before` has less often, as they are printed, with the file where the tool names it on a line of its own. */
export function newProblems(before: string, after: string): string[] {
  const known = new Map<string, number>();
  for (const problem of problems(before)) known.set(normalised(problem), (known.get(normalised(problem)) ?? 0) + 1);
  return problems(after).filter((problem) => {
    const left = known.get(normalised(problem)) ?? 0;
    known.set(normalised(problem), left - 1);
    return left <= 0;
  });
}

/** Totals, which change with every other line. */
const SUMMARY =
  /^(?:✖|✗|×)?\s*\d+ (?:problems?|errors?|warnings?|files?|issues?)\b|^Found \d+|^(?:Success|All checks passed)|^\[\*\] \d+ fixable|^error: (?:could not compile|aborting due)|^npm (?:ERR!|error)|^make: \*\*\*|\(exit code \d+\)|^\d+ errors? generated|^(?:error|warning): `[\w-]+` \([^)]*\) generated|ELIFECYCLE|^\s*at /i;

const PROBLEM = /:\d+(?::\d+)?[:\s]|\(\d+,\d+\)|^\s*\d+:\d+\s|\berror\b|\bwarning\b|^\s*[A-Z]{1,4}\d{2,4}\b/i;

function problems(output: string): string[] {
  const result: string[] = [];
  let file = '';
  for (const raw of output.split(/\r?\n/)) {
    const line = raw.replace(/\u001b\[[0-9;]*m/g, '').trimEnd();
    // ESLint and its like name the file once, above its problems.
    if (/^(?:\/|\.{0,2}\/?[\w@-])[^\s:]*\.\w+$/.test(line)) {
      file = line;
      continue;
    }
    if (line.trim() === '' || SUMMARY.test(line.trim())) continue;
    if (/^\s+\d+:\d+\s/.test(line)) result.push(`${file} ${line.trim()}`.trim());
    else if (PROBLEM.test(line) && !/^\s*(?:\d+ )?[|^~]/.test(line)) result.push(line.trim());
  }
  return result;
}

/** Folders, positions and times off, so that an old problem that moved stays the old one. */
function normalised(problem: string): string {
  return problem
    .replace(/(?:[A-Za-z]:)?(?:\/[\w.@+-]+)+\/(?=[\w.@-]+\.\w+)/g, (folder) => `${folder.split('/').filter(Boolean).at(-1) ?? ''}/`)
    .replace(/:\d+(?::\d+)?(?=[:\s]|$)|\(\d+,\d+\)|(?:^|\s)\d+:\d+(?=\s)|\bline \d+\b/g, ' ')
    .replace(/\b\d+(?:\.\d+)? ?m?s\b/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

function notInstalled(run: CheckRun): boolean {
  return (
    run.exit_code === 127 || /: (?:command )?not found$|No module named (?:ruff|mypy|flake8|pyright|pylint)$/m.test(run.output.slice(-2000))
  );
}

function lastLine(output: string): string {
  return output.trimEnd().split('\n').at(-1) ?? '';
}

function tail(output: string): string {
  return output.trimEnd().split('\n').slice(-10).join('\n');
}
