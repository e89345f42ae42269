import type { Event, RunEnded, Totals, Transcript } from './events.ts';
import type { Fault } from './pairing.ts';
import { allOf, contextOf, endingOf, lastOf, lastTestsOnFinalTree, lastTree, testsVerdict } from './find.ts';
import { finalTotals } from './totals.ts';

/** Dollars are sums of doubles; a rounding apart they must agree. */
const CENT_FRACTION = 1e-9;

/** The recorded totals are those of the events before them. */
export function totalsFault(events: Transcript): Fault {
  for (const event of events) {
    if (event.type !== 'run_ended') continue;
    const due = finalTotals(events.slice(0, event.seq));
    for (const key of Object.keys(due) as (keyof Totals)[]) {
      if (Math.abs(due[key] - event.totals[key]) > CENT_FRACTION) {
        return { seq: event.seq, detail: `totals.${key} is ${event.totals[key]}, the events before it give ${due[key]}` };
      }
    }
  }
  return undefined;
}

/** The recorded ending is one that the events before it can have, and nothing comes after it. */
export function endingFault(events: Transcript): Fault {
  const ending = endingOf(events);
  if (!ending) return undefined;
  const { seq } = ending;
  if (seq !== events.length - 1) return { seq: seq + 1, detail: 'an event after the end of the run' };
  const before = events.slice(0, seq);
  const tests = testsVerdict(before);
  if (tests !== ending.tests) return { seq, detail: `tests are recorded as ${ending.tests}, the events give ${tests}` };
  const lack = lackOf(ending, before);
  return lack === undefined ? undefined : { seq, detail: `the run is said to have ended as ${ending.conclusion}, but ${lack}` };
}

function lackOf(ending: RunEnded, events: Transcript): string | undefined {
  const pushed = lastOf(events, 'pushed');
  const config = lastOf(events, 'run_started')?.config;
  switch (ending.conclusion) {
    case 'pull_request':
      if (!pushed) return 'nothing was pushed';
      return lastOf(events, 'pull_request_opened') ? undefined : 'no pull request was opened';
    case 'dry_run':
      return config?.dry_run ? (pushed ? 'something was pushed' : undefined) : 'no dry run was asked for';
    case 'answered':
    case 'blocked':
      return allOf(events, 'tool_ran').some((event) => event.name === 'report_blocked' && !event.is_error)
        ? undefined
        : 'report_blocked was not called';
    case 'rejected_by_review':
      return lastOf(events, 'reviewed')?.verdict === 'proceed' ? 'the last review let it pass' : undefined;
    case 'refused':
    case 'skipped':
      return lastOf(events, 'asked') ? 'a model was asked' : undefined;
    default:
      return undefined;
  }
}

/** What proves the pushed tree: tests, gates and review of exactly that tree. A fault where the record contradicts itself. */
export function evidenceDetail(events: Transcript): { fault: Fault; detail: string } {
  const pushed = lastOf(events, 'pushed');
  if (!pushed) return { fault: undefined, detail: 'nothing was pushed; no evidence is needed' };
  const before = events.slice(0, pushed.seq);
  const refused = gatesOf(before, pushed.tree).find((gate) => gate.outcome === 'refused');
  if (refused)
    return {
      fault: { seq: pushed.seq, detail: `pushed, although gate ${refused.gate} refused this tree (event ${refused.seq})` },
      detail: '',
    };
  const review = lastOf(before, 'reviewed');
  const run = lastTestsOnFinalTree(before);
  const command = contextOf(before)?.commands.test?.command;
  const tests = run
    ? `tests of event ${run.seq} ran on the pushed tree, exit code ${run.exit_code ?? 'none (killed)'}`
    : command === undefined
      ? 'no test command was found, nothing was run'
      : 'the tests were not run on the pushed tree';
  const gates = gatesOf(before, pushed.tree);
  const outcomes = ['passed', 'noted', 'skipped'].flatMap((outcome) => {
    const count = gates.filter((gate) => gate.outcome === outcome).length;
    return count > 0 ? [`${count} ${outcome}`] : [];
  });
  const checked = gates.length === 0 ? 'no gate was checked on it' : `gates on it: ${outcomes.join(', ')}`;
  // After the last round a change is published as a draft with its open findings, so this is for the reader to weigh, not a contradiction.
  const reviewed = !review
    ? 'not reviewed'
    : review.tree === pushed.tree
      ? `review round ${review.round} of it: ${review.verdict}`
      : 'changed after its last review';
  return { fault: undefined, detail: `${tests}; ${checked}; ${reviewed}; tree ${lastTree(before) ?? ''}` };
}

/** The last outcome of each gate for a tree. */
function gatesOf(events: Transcript, tree: string): Extract<Event, { type: 'gate_checked' }>[] {
  const last = new Map(allOf(events, 'gate_checked').map((event) => [event.gate, event]));
  return [...last.values()].filter((gate) => gate.tree === tree);
}
