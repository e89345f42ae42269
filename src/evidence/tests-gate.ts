import { isGreen, list } from './gate.ts';
import type { GateResult, Run } from './gate.ts';

/**
 * Gate 1, "tests after the last edit": the newest run on exactly the tree to be pushed must be green. A red one passes as a note only when
 * the base was red too and nothing new fails, with both lists known.
 *
 * @param runs all runs of the test command in order, the base run among them (`phase: 'base'`)
 * @param command the test command; `null` when none was found
 */
export function testsGate(input: { tree: string; runs: readonly Run[]; command: string | null }): GateResult {
  const { tree, runs, command } = input;
  const result = (outcome: GateResult['outcome'], detail: string): GateResult => ({ gate: 'tests', outcome, detail });
  if (command === null) return result('noted', 'No test command was found, so nothing was tested; the pull request is opened as a draft.');
  const on = runs.filter((run) => run.tree === tree);
  // On an unchanged tree the base run is a run like any other.
  const last = on.at(-1);
  const short = tree.slice(0, 7);
  if (last === undefined) {
    const tested = runs.filter((run) => run.phase !== 'base').at(-1);
    const why = tested
      ? `The last test run was on tree ${tested.tree.slice(0, 7)}, before the last edit`
      : 'The tests were never run on this change';
    return result('refused', `${why}. Call run_tests, then push_changes again (the tree to push is ${short}).`);
  }
  if (isGreen(last)) {
    const counts = last.counts;
    if (counts && counts.passed === 0 && counts.failed === 0) {
      return result('noted', `\`${last.command}\` exited with 0 on tree ${short}, but ran no test.`);
    }
    return result('passed', `\`${last.command}\` exited with 0 on tree ${short}${counts ? ` (${countsText(counts)})` : ''}.${flaky(on)}`);
  }
  const base = runs.find((run) => run.phase === 'base');
  const against = compared(base, last);
  if (against.kind === 'no_new') {
    return result(
      'noted',
      `Tests are red on tree ${short}, as they were on the base: ${String(last.failing?.length ?? 0)} failing, none of them new.\n${list(last.failing ?? [])}`,
    );
  }
  return result(
    'refused',
    `\`${last.command}\` ${ended(last)} on tree ${short}. ${against.text}\nFix the change, call run_tests, then push_changes again.`,
  );
}

/** Gate 2, "no new failures": what fails now and did not fail in the base run. */
export function noNewFailuresGate(base: Run | undefined, last: Run | undefined): GateResult {
  const result = (outcome: GateResult['outcome'], detail: string): GateResult => ({ gate: 'no_new_failures', outcome, detail });
  if (last === undefined) return result('skipped', 'There is no test run to compare.');
  if (isGreen(last)) {
    const mended =
      base && !isGreen(base)
        ? ` The base was red${base.failing?.length ? ` (${String(base.failing.length)} failing)` : ''}: the change mends it.`
        : '';
    return result('passed', `Nothing fails.${mended}`);
  }
  const against = compared(base, last);
  if (against.kind === 'no_new') return result('passed', `${String(last.failing?.length ?? 0)} tests fail, all of them on the base too.`);
  return result('refused', `${against.text}\nFix the change, call run_tests, then push_changes again.`);
}

/** Names that failed in one run and passed in another of the same tree: said, never hidden. */
export function flakyTests(runs: readonly Run[], tree: string): string[] {
  const on = runs.filter((run) => run.tree === tree && run.failing !== undefined);
  const ever = new Set(on.flatMap((run) => run.failing ?? []));
  return [...ever].filter((name) => on.some((run) => !run.failing?.includes(name)));
}

function flaky(on: readonly Run[]): string {
  const names = flakyTests(on, on[0]?.tree ?? '');
  if (names.length > 0) return ` Flaky, failed in another run of the same tree:\n${list(names)}`;
  return on.some((run) => !isGreen(run)) ? ' Another run of the same tree was red: the tests are flaky.' : '';
}

function compared(base: Run | undefined, last: Run): { kind: 'no_new' | 'new' | 'unknown'; text: string } {
  const now = last.failing;
  if (base === undefined) return { kind: 'unknown', text: `There is no run on the base to compare with.${named('Failing', now)}` };
  if (isGreen(base)) return { kind: 'new', text: `The base is green.${named('New failures', now)}` };
  if (last.timed_out) return { kind: 'unknown', text: 'The run was cut off by its time limit, so what fails is not known.' };
  // An empty list in a red run means that the runner itself failed: nothing can be told from it.
  if (!base.failing?.length || !now?.length) {
    return {
      kind: 'unknown',
      text: `The base is red too, but the runner does not tell which tests fail, so new failures cannot be ruled out.${named('Failing', now)}`,
    };
  }
  const before = new Set(base.failing);
  const fresh = now.filter((name) => !before.has(name));
  if (fresh.length === 0) return { kind: 'no_new', text: '' };
  return { kind: 'new', text: `The base is red too, but these failures are new:\n${list(fresh)}` };
}

function named(what: string, names: readonly string[] | undefined): string {
  return names && names.length > 0 ? ` ${what}:\n${list(names)}` : '';
}

function ended(run: Run): string {
  if (run.timed_out) return 'did not end within its time limit';
  return run.exit_code === null ? 'was killed' : `exited with ${String(run.exit_code)}`;
}

function countsText(counts: { passed: number; failed: number; skipped: number }): string {
  return `${String(counts.passed)} passed, ${String(counts.failed)} failed, ${String(counts.skipped)} skipped`;
}
