import type { Effort, ModelFacts } from './model.ts';

/** From the least to the most. */
export const EFFORTS: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max'];

/** True where the model is known to have no such level (which is not the same as not knowing). */
function lacksEffort(effort: Effort, facts: ModelFacts | undefined): boolean {
  return facts?.effort !== false && facts?.efforts?.[effort] === false;
}

/** The level that is sent: the one asked for, else the nearest below it that the model has, else the nearest above. `undefined`: none is sent. */
export function effortFor(effort: Effort | undefined, facts: ModelFacts | undefined): Effort | undefined {
  if (effort === undefined || facts?.effort === false) return undefined;
  const at = EFFORTS.indexOf(effort);
  const inOrder = [effort, ...EFFORTS.slice(0, at).reverse(), ...EFFORTS.slice(at + 1)];
  return inOrder.find((level) => !lacksEffort(level, facts));
}

/** There is one input `effort`, and it is the author's: what is wrong where its model lacks the level, with those it has; else `undefined`. */
export function effortFault(
  facts: readonly ModelFacts[],
  { model, effort }: Readonly<{ model: string; effort: Effort }>,
): string | undefined {
  const own = facts.find(({ id }) => id === model);
  if (!own || !lacksEffort(effort, own)) return undefined;
  const levels = EFFORTS.filter((level) => own.efforts?.[level] === true).join(', ') || 'it tells of none';
  return `The model "${model}" has no effort "${effort}". Write one that it has (${levels}) in the input effort, or choose another model.`;
}

/** The reviewer's and the fallback model take the nearest level that they have, and it is said. */
export function effortRemarks(facts: readonly ModelFacts[], effort: Effort): string[] {
  return facts
    .filter((fact) => lacksEffort(effort, fact))
    .map((fact) => `The model ${fact.id} has no effort ${effort}; it is asked with ${effortFor(effort, fact) ?? 'none'}.`);
}
