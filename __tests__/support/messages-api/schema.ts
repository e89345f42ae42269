import { readFileSync } from 'node:fs';
import { Ajv, type AnySchemaObject, type ErrorObject, type ValidateFunction } from 'ajv';

/** `schema.json` is generated from the SDK's types by `generate-schema.ts`. */
const schemaFile = new URL('schema.json', import.meta.url);

export type Definition =
  | 'BetaRequest'
  | 'BetaStreamingRequest'
  | 'BetaMessage'
  | 'BetaRawMessageStreamEvent'
  | 'BetaModelInfo'
  | 'MessageCreateParamsStreaming'
  | 'MessageCreateParamsNonStreaming'
  | 'Message'
  | 'RawMessageStreamEvent'
  | 'ModelInfo'
  | 'ErrorResponse';

let ajv: Ajv | undefined;
const compiled = new Map<Definition, ValidateFunction>();

/** What is wrong with the value by the SDK's types, the deepest faults first; empty when nothing is. */
export function schemaFaults(definition: Definition, value: unknown): readonly string[] {
  const validate = validator(definition);
  if (validate(value)) return [];
  const depth = (error: ErrorObject): number => error.instancePath.split('/').length;
  const errors = [...(validate.errors ?? [])].sort((left, right) => depth(right) - depth(left));
  return [...new Set(errors.map(sentence))].slice(0, 5);
}

function validator(definition: Definition): ValidateFunction {
  if (ajv === undefined) {
    ajv = new Ajv({ strict: false, allErrors: false });
    ajv.addSchema(JSON.parse(readFileSync(schemaFile, 'utf8')) as AnySchemaObject, 'wire');
  }
  const known = compiled.get(definition) ?? ajv.compile({ $ref: `wire#/definitions/${definition}` });
  compiled.set(definition, known);
  return known;
}

function sentence(error: ErrorObject): string {
  const extra = (error.params as { additionalProperty?: string }).additionalProperty;
  const path = error.instancePath.slice(1).replaceAll('/', '.') || '(body)';
  return extra === undefined ? `${path}: ${error.message ?? error.keyword}` : `${path}.${extra}: Extra inputs are not permitted`;
}
