import { preflightMessage, type Preflight } from './preflight.ts';

/** The preflight while the rest starts. */
export type Checked = Readonly<{
  /** Fires once a fault is known, so that what is being started need not come to its end. */
  failed: AbortSignal;
  /** For a start that failed: rejects with that and the faults together, so that one message names everything. */
  joined: (error: unknown) => Promise<never>;
  /** For what was ended by `failed`: rejects with the faults, else with the error. */
  instead: (error: unknown) => Promise<never>;
  /** Waits for the preflight; rejects with its faults. */
  remarks: () => Promise<readonly string[]>;
}>;

/**
 * The checks beside the other starts, so that they cost no time. None of them may reject.
 */
export function checkFirst(checks: readonly Promise<Preflight>[], cancelled: AbortSignal): Checked {
  const failing = new AbortController();
  const found = Promise.all(checks).then((done) => {
    const all = done.flatMap(({ faults }) => faults);
    const remarks = done.flatMap((check) => check.remarks);
    if (all.length > 0) failing.abort(new Error(preflightMessage(all, remarks)));
    return { all, remarks };
  });
  const joined: Checked['joined'] = async (error) => {
    const { all, remarks } = await found;
    if (cancelled.aborted || (all.length === 0 && !(error instanceof AggregateError))) throw error;
    const errors: unknown[] = error instanceof AggregateError ? error.errors : [error];
    const more = errors.map((one) => (one instanceof Error ? one.message : String(one)));
    throw new Error(preflightMessage([...new Set([...all, ...more])], remarks));
  };
  return {
    failed: failing.signal,
    joined,
    instead: async (error) => {
      await found;
      if (failing.signal.aborted && error === failing.signal.reason) throw error;
      return joined(error);
    },
    remarks: async () => {
      const { remarks } = await found;
      failing.signal.throwIfAborted();
      return remarks;
    },
  };
}
