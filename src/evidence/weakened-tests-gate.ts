import { explain } from './explanations.ts';
import { list } from './gate.ts';
import type { Explanation, GateResult } from './gate.ts';
import { parsePatch } from './patch.ts';
import { weakenedSettings } from './weakened/settings.ts';
import { weakenedSources } from './weakened/sources.ts';
import type { Weakening } from './weakened/weakening.ts';

/**
 * Gate 4, "tests not weakened": deleted or skipped tests, fewer or vaguer assertions, changed snapshots, lowered thresholds, loosened lint,
 * type and CI settings. Often right to do, never to be done silently: each must be explained, and the explanation is shown to people.
 */
export function weakenedTestsGate(input: { patch: string; explanations?: readonly Explanation[] }): GateResult {
  const items = weakenings(input.patch);
  const result = (outcome: GateResult['outcome'], detail: string): GateResult => ({ gate: 'weakened_tests', outcome, detail });
  if (items.length === 0) return result('passed', 'No test, threshold or check was weakened.');
  const { open, explained, used } = explain('weakened_tests', items, input.explanations ?? []);
  if (open.length === 0) return result('noted', `${list(explained.map((item) => item.text))}\nExplained by the author:\n${list(used)}`);
  return result(
    'refused',
    `${list(open.map((item) => item.text))}\nUndo these, or give push_changes an explanation {gate: "weakened_tests", text} that names the file and says why it is right.`,
  );
}

/** All weakenings of a git patch, in its order of files. */
export function weakenings(patch: string): Weakening[] {
  const files = parsePatch(patch);
  return files.flatMap((file) => [...weakenedSources(file, files), ...weakenedSettings(file)]);
}
