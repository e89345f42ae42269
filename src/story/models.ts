import type { Config } from '../config.ts';
import { effortFault, effortRemarks } from '../model/effort.ts';
import { ModelError, type ModelFacts } from '../model/model.ts';
import { priceOf, unpriced } from '../model/prices.ts';

/** What is known of a run's models before one is paid. */
export type ModelsAsked = Readonly<{
  known: ReadonlyMap<string, ModelFacts>;
  /** What makes the run fail for certain, each with what to change. */
  faults: readonly string[];
  remarks: readonly string[];
}>;

type Named = Pick<Config, 'model' | 'reviewModel' | 'fallbackModel' | 'effort' | 'priceOverrides' | 'limits'>;

/** Written where a model is not known: the default, and the cheaper choice. */
const CURRENT = ['claude-opus-5-5', 'claude-sonnet-5-5'] as const;

/**
 * Asks what each model of a run can do, and looks up its price: a money limit without a price is no limit. Never rejects; a server that does not tell is not
 * taken for a no.
 */
export async function askModels(config: Named, describe: (model: string) => Promise<ModelFacts>): Promise<ModelsAsked> {
  const inputs = inputsByModel(config);
  const asked = await Promise.all([...inputs.keys()].map((model) => answerOf(model, describe)));
  const unknown = asked.filter(({ error }) => error?.kind === 'unknown_model').map(({ facts }) => facts.id);
  const faults = asked.flatMap(({ facts: { id }, error }) => {
    const refused = error && (unknown.includes(id) ? unknownFault(error.message, inputs.get(id) ?? [], unknown) : error.message);
    const priced = priceOf(id, config.priceOverrides) !== undefined;
    return [...(refused === undefined ? [] : [refused]), ...(priced ? [] : [unpriced(id, config.limits.usd)])];
  });
  const facts = asked.map((one) => one.facts);
  const level = effortFault(facts, config);
  return {
    known: new Map(facts.map((fact) => [fact.id, fact])),
    // A refused key is refused for each of them.
    faults: [...new Set([...faults, ...(level === undefined ? [] : [level])])],
    remarks: level === undefined ? effortRemarks(facts, config.effort) : [],
  };
}

/** The inputs that name each model, e.g. `model`. */
function inputsByModel({ model, reviewModel, fallbackModel }: Named): ReadonlyMap<string, readonly string[]> {
  const named = new Map<string, string[]>();
  for (const [input, id] of [
    ['model', model],
    ['review-model', reviewModel],
    ['fallback-model', fallbackModel],
  ] as const) {
    if (id === undefined) continue;
    const inputs = named.get(id) ?? [];
    // Without a line of its own the reviewer is the author's model.
    if (input !== 'review-model' || id !== model) named.set(id, [...inputs, input]);
  }
  return named;
}

async function answerOf(
  model: string,
  describe: (model: string) => Promise<ModelFacts>,
): Promise<{ facts: ModelFacts; error?: ModelError }> {
  try {
    return { facts: await describe(model) };
  } catch (error) {
    // Anything else is the run's own signal, which ends it elsewhere.
    return error instanceof ModelError ? { facts: { id: model }, error } : { facts: { id: model } };
  }
}

function unknownFault(message: string, inputs: readonly string[], unknown: readonly string[]): string {
  const instead = CURRENT.find((model) => !unknown.includes(model)) ?? CURRENT[0];
  return `${message} Put into the workflow's step, with a model that the key may use:\n\n\`\`\`yaml\n${inputs.map((input) => `${input}: ${instead}`).join('\n')}\n\`\`\`\n`;
}
