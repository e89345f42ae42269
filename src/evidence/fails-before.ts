import { failureKinds } from './failure-kinds.ts';
import { isGreen, list } from './gate.ts';
import type { GateResult, Run } from './gate.ts';
import { isTestFile, isTestSupport } from './languages.ts';
import { parsePatch } from './patch.ts';

/** What the author says the change is; the default is `fix`. */
export type ChangeKind = 'fix' | 'feature' | 'refactor' | 'tests' | 'docs' | 'config';

/** A file of the change that gate 3 may lay over the base. The wire's `Change` is one. */
export type ChangedFile = Readonly<{ path: string; status: 'A' | 'M' | 'D' | 'T'; new_mode?: string; new_id?: string }>;

/** What gate 3 needs from the harness before it can judge. */
export type FailsBeforePlan =
  | { kind: 'not_needed'; reason: string }
  /** Nothing can be laid over the base. */
  | { kind: 'no_tests'; reason: string }
  /** Lay these files of the change over the base tree (deletions too) and run the test command there, in a folder with installed dependencies. */
  | { kind: 'run_on_base'; overlay: string[]; tests: string[]; mutate: boolean };

/** `proven`: the changed tests failed before and pass now (or, for `tests`, catch a mutation). The gate's result says it in words. */
export type FailsBeforeJudgement = { result: GateResult; proven: boolean };

/** A run of the changed tests against one small mutation of the code that they cover. */
export type MutationRun = Readonly<{ path: string; description: string; run: Run }>;

/** Which changed files are tests or belong to them. `inline` are source files whose own tests the patch changes (Rust): they cannot be laid over alone. */
export function changedTestFiles(changes: readonly ChangedFile[], patch = ''): { tests: string[]; support: string[]; inline: string[] } {
  const tests = changes.filter((change) => isTestFile(change.path)).map((change) => change.path);
  const support = changes.filter((change) => !isTestFile(change.path) && isTestSupport(change.path)).map((change) => change.path);
  const inline = parsePatch(patch)
    .filter(
      (file) =>
        !tests.includes(file.path) &&
        file.path.endsWith('.rs') &&
        file.lines.some((line) => line.kind === 'added' && /#\[(?:\w+::)*test\b/.test(line.text)),
    )
    .map((file) => file.path);
  return { tests, support, inline };
}

/** Decides what has to be run for gate 3. */
export function planFailsBefore(input: {
  kind: ChangeKind;
  changes: readonly ChangedFile[];
  patch: string;
  command: string | null;
}): FailsBeforePlan {
  const { kind, changes, patch, command } = input;
  if (kind === 'refactor' || kind === 'docs' || kind === 'config')
    return { kind: 'not_needed', reason: `A change of kind "${kind}" needs no new test.` };
  if (command === null) return { kind: 'no_tests', reason: 'No test command was found.' };
  const { tests, support, inline } = changedTestFiles(changes, patch);
  const kept = tests.filter((path) => changes.some((change) => change.path === path && change.status !== 'D'));
  if (kept.length === 0) {
    const why =
      inline.length > 0
        ? `The changed tests stand in source files (${inline.join(', ')}), so they cannot be run without the change.`
        : 'The change adds or changes no test.';
    return { kind: 'no_tests', reason: why };
  }
  return { kind: 'run_on_base', overlay: [...tests, ...support].sort(), tests: kept, mutate: kind === 'tests' };
}

/**
 * Gate 3, "fails before, passes after".
 *
 * @param base run of the untouched base, where there is one: what failed there anyway proves nothing
 * @param baseRun run on the base with the plan's overlay
 * @param changeRun newest run on the tree to be pushed
 * @param ticket its text, to know a reported exception by its name
 * @param mutations for `tests`: runs of mutated code, until one is red
 */
export function judgeFailsBefore(input: {
  kind: ChangeKind;
  plan: FailsBeforePlan;
  base?: Run | undefined;
  baseRun?: Run | undefined;
  changeRun: Run | undefined;
  ticket?: string;
  mutations?: readonly MutationRun[];
}): FailsBeforeJudgement {
  const { kind, plan, baseRun, changeRun } = input;
  if (plan.kind === 'not_needed') return judged('skipped', plan.reason);
  if (plan.kind === 'no_tests')
    return judged('noted', `${plan.reason} Nothing shows that the fault was there before, so the tests count as passed, not as proven.`);
  if (changeRun === undefined || !isGreen(changeRun))
    return judged('noted', 'The tests are not green on the change, so nothing is proven.');
  if (baseRun === undefined) return judged('noted', 'The changed tests could not be run on the base.');
  const files = plan.tests.join(', ');
  if (kind === 'tests') return judgeNewTests(baseRun, files, input.mutations);
  if (isGreen(baseRun)) {
    return judged(
      'refused',
      `${files}: passes on the base too, without the change, so it does not show what the change is for. Make it fail there (run it in your mind against the old code), then call push_changes again.`,
    );
  }
  return judgeRed(input.base, baseRun, files, kind, input.ticket ?? '');
}

function judgeRed(base: Run | undefined, baseRun: Run, files: string, kind: ChangeKind, ticket: string): FailsBeforeJudgement {
  if (baseRun.timed_out) {
    const reported =
      /\b(?:hang|hangs|hung|infinite|endless|never (?:ends|returns|terminates|finishes)|time[sd]?[ -]?out|deadlock|stuck)\b/i.test(ticket);
    const text = `${files}: does not end on the base within the time limit, and passes with the change.`;
    return reported
      ? proven(`${text} The ticket reports a hang.`)
      : judged('noted', `${text} Whether that is the reported fault is not known.`);
  }
  const old = new Set(base?.failing ?? []);
  const fresh = baseRun.failing?.filter((name) => !old.has(name));
  if (base && !isGreen(base) && (base.failing === undefined || fresh === undefined))
    return judged(
      'noted',
      `${files}: red on the base, which was red before too; the runner does not tell which tests fail, so nothing is proven.`,
    );
  if (fresh?.length === 0 && old.size > 0)
    return judged(
      'refused',
      `${files}: on the base only those tests fail that failed there anyway; none of the changed ones does. Make them show the fault.`,
    );
  const names = fresh && fresh.length > 0 ? `\n${list(fresh)}` : '';
  const kinds = failureKinds(baseRun.tail);
  if (kinds.assertion) return proven(`${files}: fails by assertion on the base and passes with the change.${names}`);
  const reported = kinds.exceptions.find((name) => ticket.includes(name) || (name === 'panic' && /\bpanic/i.test(ticket)));
  if (reported !== undefined)
    return proven(`${files}: fails on the base with the reported ${reported} and passes with the change.${names}`);
  if (kinds.missing && kind === 'feature')
    return proven(`${files}: fails on the base, where what it uses does not exist, and passes with the change.${names}`);
  if (kinds.missing) {
    // Not refused: a fix may well come with a new function of its own. But it proves nothing of the reported fault.
    return judged(
      'noted',
      `${files}: fails on the base only because what it uses is missing there, not because the fault shows, so it counts as passed, not as proven.${names}`,
    );
  }
  const what =
    kinds.exceptions.length > 0
      ? `with ${kinds.exceptions.slice(0, 3).join(', ')}, which the ticket does not name`
      : 'in a way that its output does not tell';
  return judged('noted', `${files}: fails on the base ${what}, and passes with the change. That counts as passed, not as proven.${names}`);
}

function judgeNewTests(baseRun: Run, files: string, mutations: readonly MutationRun[] = []): FailsBeforeJudgement {
  if (!isGreen(baseRun))
    return judged(
      'refused',
      `${files}: a change of kind "tests" pins today's behaviour, but these tests fail on the base. If they show a fault that the change mends, say change_kind "fix".`,
    );
  const caught = mutations.find((one) => !isGreen(one.run) && !one.run.timed_out);
  if (caught)
    return proven(
      `${files}: passes on the base, and catches a mutation of the code that it covers (${caught.path}: ${caught.description}).`,
    );
  if (mutations.length === 0) return judged('noted', `${files}: passes on the base. No mutation of the covered code could be tried.`);
  return judged(
    'refused',
    `${files}: passes on the base, but also on each of ${String(mutations.length)} mutations of the code that it covers:\n${list(mutations.map((one) => `${one.path}: ${one.description}`))}\nAssert what the code does.`,
  );
}

function judged(outcome: GateResult['outcome'], detail: string): FailsBeforeJudgement {
  return { result: { gate: 'fails_before', outcome, detail }, proven: false };
}

function proven(detail: string): FailsBeforeJudgement {
  return { result: { gate: 'fails_before', outcome: 'passed', detail }, proven: true };
}
