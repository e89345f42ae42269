import type { Event, GateChecked, TestsRan, Transcript } from './events.ts';
import type { Fault } from './pairing.ts';

/** The record of tests agrees with itself: what a run of `run_tests` gave and what the model saw of it, and what a gate says and the runs it stands on. */
export function testsFault(events: Transcript): Fault {
  const whole: (TestsRan & Event)[] = [];
  const byCall = new Map<string, TestsRan & Event>();
  for (const event of events) {
    if (event.type === 'tests_ran') {
      if (event.partial !== true) whole.push(event);
      if (event.tool_use_id !== undefined) byCall.set(event.tool_use_id, event);
    } else if (event.type === 'tool_ran' && event.name === 'run_tests') {
      const run = byCall.get(event.tool_use_id);
      // The line after the command is the harness's own; the output, which may hold such words too, comes after it.
      const head = `$ ${run?.command ?? ''}\n`;
      const seen = event.content.startsWith(head) ? /^exit code (\d+) \(/.exec(event.content.slice(head.length))?.[1] : undefined;
      if (run && seen !== undefined && Number(seen) !== run.exit_code)
        return { seq: run.seq, detail: `records exit code ${run.exit_code ?? 'none'}, the model was shown ${seen} (event ${event.seq})` };
    } else if (event.type === 'gate_checked' && event.outcome === 'passed') {
      const lack = lackOf(event, whole);
      if (lack !== undefined) return { seq: event.seq, detail: `gate ${event.gate} is said to have passed, but ${lack}` };
    }
  }
  return undefined;
}

/** What a gate that passed must have had before it. */
function lackOf(gate: GateChecked, runs: readonly TestsRan[]): string | undefined {
  if (gate.gate !== 'tests' && gate.gate !== 'fails_before') return undefined;
  const last = runs.findLast((run) => run.tree === gate.tree);
  if (!last) return `no run of the tests on tree ${gate.tree} stands before it`;
  if (!isGreen(last)) return `the last run of the tests on that tree ended with ${last.exit_code ?? 'no exit code'}`;
  if (gate.gate === 'tests') return undefined;
  // The changed tests over the base, a mutation of the code, or, where the ticket's tests were there already, the base itself.
  const red = runs.some((run) => !isGreen(run) && (run.phase === 'base' || (run.phase === 'gate' && run.turn === gate.turn)));
  return red ? undefined : 'no run without the change failed';
}

function isGreen(run: TestsRan): boolean {
  return run.exit_code === 0 && !run.timed_out;
}
