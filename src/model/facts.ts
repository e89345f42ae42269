import { EFFORTS } from './effort.ts';
import type { ModelFacts } from './model.ts';

/**
 * The facts in an answer of the Models API (`GET /v1/models/{id}`). Any server may stand there, so that nothing is taken for granted:
 * what is missing or of another type is unknown, and unknown is not a no.
 */
export function factsOf(id: string, answer: unknown): ModelFacts {
  const info = record(answer);
  const capabilities = record(info['capabilities']);
  const effort = record(capabilities['effort']);
  const compaction = record(capabilities['compaction']);
  const thinking = record(record(capabilities['thinking'])['types']);
  return {
    id,
    maxInputTokens: count(info['max_input_tokens']),
    maxOutputTokens: count(info['max_tokens']),
    adaptiveThinking: supported(thinking['adaptive']),
    effort: supported(effort),
    efforts: levels(effort),
    structuredOutputs: supported(capabilities['structured_outputs']),
    summaries: supported(compaction) === false ? false : supported(compaction['summarize']),
  };
}

/**
 * Whether the reviewer's JSON schema must be asked for in text, because the model is known to lack structured output. `requestBody` then
 * leaves `output_config.format` out; the caller writes the schema into the prompt.
 */
export function schemaGoesInText(facts: ModelFacts | undefined): boolean {
  return facts?.structuredOutputs === false;
}

function levels(effort: Readonly<Record<string, unknown>>): ModelFacts['efforts'] {
  const told = EFFORTS.flatMap((level) => {
    const has = supported(effort[level]);
    return has === undefined ? [] : [[level, has] as const];
  });
  return told.length === 0 ? undefined : Object.fromEntries(told);
}

function supported(capability: unknown): boolean | undefined {
  const value = record(capability)['supported'];
  return typeof value === 'boolean' ? value : undefined;
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
