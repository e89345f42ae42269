import type { Explanation } from './gate.ts';

/** Something that a gate holds against a change, in one file. */
export type Item = Readonly<{ path: string; text: string }>;

/**
 * Which items are explained. An explanation counts only for its own gate and only for a listed item: it must name the item's file (or its
 * last part), unless all items lie in one file. One that names nothing the gate lists counts for nothing.
 */
export function explain<T extends Item>(
  gate: string,
  items: readonly T[],
  explanations: readonly Explanation[],
): { open: T[]; explained: T[]; used: string[] } {
  const own = explanations.filter((one) => one.gate === gate && one.text.trim().length >= 10);
  const oneFile = new Set(items.map((item) => item.path)).size === 1;
  const speaksOf = (explanation: Explanation, item: Item): boolean =>
    oneFile || explanation.text.includes(item.path) || explanation.text.includes(item.path.split('/').at(-1) ?? item.path);
  const explained = items.filter((item) => own.some((one) => speaksOf(one, item)));
  const used = own.filter((one) => items.some((item) => speaksOf(one, item))).map((one) => one.text);
  return { open: items.filter((item) => !explained.includes(item)), explained, used };
}
