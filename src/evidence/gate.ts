import type { GateName } from '../transcript/events.ts';

/**
 * What a gate decided. `refused` keeps the change from being published and `detail` tells the author what to do; `noted` is shown to the
 * reviewer and in the pull request and refuses nothing; `skipped` means that the gate had nothing to judge by.
 */
export type GateResult = { gate: GateName; outcome: 'passed' | 'refused' | 'noted' | 'skipped'; detail: string };

/** The part of a `tests_ran` event (or of a run of the harness) that gates look at. */
export type Run = Readonly<{
  phase?: 'base' | 'work' | 'gate';
  command: string;
  exit_code: number | null;
  timed_out: boolean;
  /** Git tree hash that was tested. */
  tree: string;
  counts?: Readonly<{ passed: number; failed: number; skipped: number }> | undefined;
  /** Complete list of failing names; absent when it cannot be known. */
  failing?: readonly string[] | undefined;
  /** Last part of the output. */
  tail: string;
}>;

export type Explanation = Readonly<{ gate: string; text: string }>;

/** At most this many items are listed in a detail; the rest is counted. */
const SHOWN = 20;

export function list(items: readonly string[], shown = SHOWN): string {
  const lines = items.slice(0, shown).map((item) => `- ${item}`);
  if (items.length > shown) lines.push(`- … and ${String(items.length - shown)} more`);
  return lines.join('\n');
}

export function isGreen(run: Run): boolean {
  return run.exit_code === 0 && !run.timed_out;
}
