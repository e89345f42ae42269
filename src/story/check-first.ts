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
 * The preflight beside the other starts, so that it costs no time.
 *
 * @param known Faults that are known without asking anybody.
 */
export function checkFirst(preflight: Promise<Preflight>, known: readonly string[], cancelled: AbortSignal): Checked {
  const failing = new AbortController();
  const found = preflight.then(({ faults, remarks }) => {
    const all = [...known, ...faults];
    if (all.length > 0) failing.abort(new Error(preflightMessage(all)));
    return { all, remarks };
  });
  return {
    failed: failing.signal,
    joined: async (error) => {
      const { all } = await found;
      if (all.length === 0 || cancelled.aborted) throw error;
      throw new Error(preflightMessage([...all, error instanceof Error ? error.message : String(error)]));
    },
    instead: async (error) => {
      await found;
      throw failing.signal.aborted && !cancelled.aborted ? failing.signal.reason : error;
    },
    remarks: async () => {
      const { remarks } = await found;
      failing.signal.throwIfAborted();
      return remarks;
    },
  };
}
