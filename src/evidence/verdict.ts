import type { TestsVerdict } from '../transcript/events.ts';
import type { GateResult } from './gate.ts';

/**
 * The one word of the pull request. `none`: nothing was tested. `failed`: red on the tree that was pushed. `proven`: green, and the changed
 * tests failed on the base for the right reason (or catch a mutation). `passed`: green.
 */
export function testsVerdict(
  tests: GateResult,
  failsBefore: { proven: boolean } | null,
  ranOnTree: { exit_code: number | null; timed_out: boolean } | undefined,
): TestsVerdict {
  if (ranOnTree === undefined) return 'none';
  if (ranOnTree.exit_code !== 0 || ranOnTree.timed_out) return 'failed';
  // Green without a single test says nothing.
  if (tests.outcome === 'noted') return 'none';
  return failsBefore?.proven === true ? 'proven' : 'passed';
}
