import type { ContextGathered, Event, Reviewed, RunEnded, TestsRan, TestsVerdict, Transcript } from './events.ts';

/** The last event of a type; `undefined` when there is none. */
export function lastOf<T extends Event['type']>(events: Transcript, type: T): Extract<Event, { type: T }> | undefined {
  return events.findLast((event): event is Extract<Event, { type: T }> => event.type === type);
}

/** All events of a type, in order. */
export function allOf<T extends Event['type']>(events: Transcript, type: T): Extract<Event, { type: T }>[] {
  return events.filter((event): event is Extract<Event, { type: T }> => event.type === type);
}

/** Git tree hash of the workspace as the run left it; `undefined` before the context was gathered. */
export function lastTree(events: Transcript): string | undefined {
  return lastOf(events, 'tree_changed')?.after ?? lastOf(events, 'context_gathered')?.start_tree;
}

/** The last run of the tests on the tree that the run left, by the model or by the harness; the run on the untouched base is not one. */
export function lastTestsOnFinalTree(events: Transcript): (TestsRan & Event) | undefined {
  const tree = lastTree(events);
  return allOf(events, 'tests_ran').findLast((run) => run.phase !== 'base' && run.partial !== true && run.tree === tree);
}

/**
 * What the tests say of the final tree. `none`: there is nothing to say (no change, or no test command and no run). `passed`: the last run on
 * exactly that tree exited 0. `proven`: besides, the gate `fails_before` passed for that tree. `failed`: anything else, a tree that was never
 * tested included.
 */
export function testsVerdict(events: Transcript): TestsVerdict {
  const run = lastTestsOnFinalTree(events);
  if (run) {
    if (run.exit_code !== 0) return 'failed';
    return provenTree(events) === run.tree ? 'proven' : 'passed';
  }
  const context = lastOf(events, 'context_gathered');
  const changed = lastTree(events) !== context?.start_tree;
  return changed && context?.commands.test ? 'failed' : 'none';
}

function provenTree(events: Transcript): string | undefined {
  const gate = allOf(events, 'gate_checked').findLast((event) => event.gate === 'fails_before');
  return gate?.outcome === 'passed' ? gate.tree : undefined;
}

/** Milliseconds from the first event to the last. */
export function elapsedMs(events: Transcript): number {
  const [first, last] = [events[0], events.at(-1)];
  return first && last ? Math.max(0, Date.parse(last.at) - Date.parse(first.at)) : 0;
}

/** The last review that gave a readable answer. */
export function lastAnswer(events: Transcript): (Reviewed & Event) | undefined {
  return allOf(events, 'reviewed').findLast((event) => event.review !== null);
}

/** The `run_ended` of the run; `undefined` while it goes on. */
export function endingOf(events: Transcript): (RunEnded & Event) | undefined {
  return lastOf(events, 'run_ended');
}

/** What the run began with; `undefined` before it. */
export function contextOf(events: Transcript): (ContextGathered & Event) | undefined {
  return lastOf(events, 'context_gathered');
}
