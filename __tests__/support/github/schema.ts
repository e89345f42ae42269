import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

type Schema = boolean | SchemaObject;
type SchemaObject = {
  $ref?: string;
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  required?: string[];
  properties?: Record<string, SchemaObject>;
  items?: SchemaObject;
  allOf?: SchemaObject[];
  anyOf?: SchemaObject[];
  oneOf?: SchemaObject[];
  additionalProperties?: Schema;
};

/** One operation of GitHub's OpenAPI description, as `cut-openapi.mjs` leaves it. */
export type Operation = Readonly<{
  method: string;
  /** With `{name}` parts. */
  path: string;
  query: Record<string, SchemaObject>;
  body: SchemaObject | null;
  bodyRequired: boolean;
  responses: Record<string, SchemaObject | null>;
}>;

const description = JSON.parse(readFileSync(new URL('openapi.json', import.meta.url), 'utf8')) as {
  operations: Record<string, Operation>;
  schemas: Record<string, SchemaObject>;
};

export const operations = description.operations;

const ajv = new Ajv2020({ strict: false, allErrors: true });
(addFormats as unknown as (instance: Ajv2020) => void)(ajv);
ajv.addFormat('repo.nwo', /^[^/]+\/[^/]+$/);
ajv.addSchema({ $id: 'github', schemas: description.schemas });

const compiled = new Map<string, ValidateFunction>();

/** What is wrong with a request body, in words; empty when it is right. Fields that the description does not know are wrong too. */
export function requestFaults(id: string, body: unknown, query: URLSearchParams): string[] {
  const operation = operations[id]!;
  const unknown = [...query.keys()].filter((name) => !(name in operation.query)).map((name) => `unknown query parameter ${name}`);
  if (!operation.body) return body === undefined ? unknown : [...unknown, 'a body is not expected'];
  if (body === undefined) return operation.bodyRequired ? [...unknown, 'a JSON body is required'] : unknown;
  return [...unknown, ...faults(`${id} request`, closed(operation.body), body)];
}

/** What is wrong with an answer of the far side's own making. */
export function responseFaults(id: string, status: number, data: unknown): string[] {
  if (status >= 400) return [];
  const schema = operations[id]!.responses[status];
  if (schema === undefined) return [`status ${status} is not described`];
  return schema === null ? [] : faults(`${id} ${status}`, schema, data);
}

function faults(key: string, schema: SchemaObject, value: unknown): string[] {
  let validate = compiled.get(key);
  if (!validate) {
    validate = ajv.compile(referenced(schema));
    compiled.set(key, validate);
  }
  return validate(value)
    ? []
    : (validate.errors ?? []).map((error) => `${error.instancePath || '/'} ${error.message ?? ''} ${JSON.stringify(error.params)}`);
}

/** `#/schemas/x` is a place in the shared document, not in the schema of this operation. */
function referenced<T>(schema: T): T {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/schemas/', '"$ref":"github#/schemas/')) as T;
}

/** The same schema, refusing fields it does not name, at the top and in the items of arrays: GitHub ignores a misspelt field, a test must not. */
function closed(schema: SchemaObject): SchemaObject {
  if (!schema.properties) return schema;
  const inside = Object.entries(schema.properties).map(
    ([name, value]) => [name, value.items ? { ...value, items: closed(value.items) } : value] as const,
  );
  return { ...schema, properties: Object.fromEntries(inside), additionalProperties: false };
}

/** `value` with every required field that it lacks filled in by something of the described shape. */
export function complete(id: string, status: number, value: unknown): unknown {
  const schema = operations[id]!.responses[status];
  return schema ? filled(schema, value) : value;
}

function filled(schema: SchemaObject, value: unknown): unknown {
  if (schema.$ref) return filled(description.schemas[schema.$ref.split('/').at(-1)!]!, value);
  if (schema.allOf) return schema.allOf.reduce((sum: unknown, part) => filled(part, sum), value);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return chosen(choices, value);
  if (value === null) return null;
  if (Array.isArray(value)) return schema.items ? value.map((item) => filled(schema.items!, item)) : value;
  if (value === undefined || (typeof value === 'object' && schema.properties))
    return value === undefined ? invented(schema) : object(schema, value);
  return value;
}

function chosen(choices: SchemaObject[], value: unknown): unknown {
  const nullable = choices.some((choice) => choice.type === 'null');
  if (nullable && (value === undefined || value === null)) return null;
  const wanted = typeof value === 'object' && value !== null ? 'object' : typeof value;
  const fitting = choices.find((choice) => kinds(choice).includes(wanted)) ?? choices.find((choice) => choice.type !== 'null')!;
  return filled(fitting, value);
}

function kinds(schema: SchemaObject): string[] {
  if (schema.$ref) return kinds(description.schemas[schema.$ref.split('/').at(-1)!]!);
  if (schema.allOf || schema.properties) return ['object'];
  return [schema.type ?? []].flat();
}

function object(schema: SchemaObject, value: object): object {
  const result: Record<string, unknown> = { ...value };
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (name in result ? result[name] !== undefined : schema.required?.includes(name)) result[name] = filled(property, result[name]);
  }
  return result;
}

function invented(schema: SchemaObject): unknown {
  const types = [schema.type ?? (schema.properties ? 'object' : [])].flat();
  if (types.includes('null')) return null;
  if (schema.enum) return schema.enum[0];
  if (types.includes('object')) return object(schema, {});
  if (types.includes('array')) return [];
  if (types.includes('boolean')) return false;
  if (types.includes('integer') || types.includes('number')) return 0;
  if (schema.format === 'date-time') return '2026-01-01T00:00:00Z';
  if (schema.format === 'uri') return 'http://github.localhost/';
  if (schema.format === 'email') return 'nobody@users.noreply.github.com';
  return '';
}
