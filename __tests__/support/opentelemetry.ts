import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as conventions from '@opentelemetry/semantic-conventions/incubating';
import protobuf from 'protobufjs';
import protojson from 'protobufjs/ext/protojson.js';

/** The published definitions of OTLP (see the README beside them). */
const definitions = join(import.meta.dirname, '..', 'reports', 'fixtures', 'opentelemetry-proto');

/** The example of a request that the definitions come with. */
export function publishedExample(): unknown {
  return JSON.parse(readFileSync(join(definitions, 'examples', 'trace.json'), 'utf8'));
}

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/**
 * What is wrong with a trace as the body of `POST /v1/traces` in JSON; `undefined` when nothing is. The body is read by the published definitions with unknown fields
 * refused, put on the wire in binary form, read from there and written as JSON again: what comes out must be what went in, or a field was not of the
 * canonical form. OTLP's two deviations from protobuf's JSON (hexadecimal ids, enums as numbers) are undone and done again around it.
 * https://github.com/open-telemetry/opentelemetry-proto/blob/v1.11.0/docs/specification.md#json-protobuf-encoding
 */
export function otlpFault(body: unknown): string | undefined {
  try {
    const type = requestType();
    const read = protojson.fromJson(type, toStandard(body as Json));
    const arrived = toOtlp(protojson.toJson(type, type.decode(type.encode(read).finish())) as Json);
    const [sent, received] = [sorted(body as Json), sorted(arrived)];
    return sent === received ? undefined : `another form than the canonical one: ${sent} arrives as ${received}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

let request: protobuf.Type | undefined;

function requestType(): protobuf.Type {
  if (request) return request;
  const root = new protobuf.Root();
  root.resolvePath = (_, target) => join(definitions, target);
  root.loadSync('opentelemetry/proto/collector/trace/v1/trace_service.proto');
  request = root.lookupType('opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest');
  return request;
}

/** Bytes of an id. */
const ID_BYTES: Readonly<Record<string, number>> = { traceId: 16, spanId: 8, parentSpanId: 8 };
const ENUMS: Readonly<Record<string, readonly string[]>> = {
  kind: ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'].map((name) => `SPAN_KIND_${name}`),
  code: ['UNSET', 'OK', 'ERROR'].map((name) => `STATUS_CODE_${name}`),
};

function toStandard(value: Json, key = ''): Json {
  const bytes = ID_BYTES[key];
  if (bytes !== undefined) {
    if (typeof value !== 'string' || !/^[0-9a-f]*$/i.test(value) || value.length !== 2 * bytes)
      throw new Error(`${key} is not ${bytes} bytes in hexadecimal: ${JSON.stringify(value)}`);
    return Buffer.from(value, 'hex').toString('base64');
  }
  if (key in ENUMS && typeof value !== 'number') throw new Error(`${key} is an enum and must be a number: ${JSON.stringify(value)}`);
  return mapped(value, toStandard);
}

function toOtlp(value: Json, key = ''): Json {
  if (key in ID_BYTES && typeof value === 'string') return Buffer.from(value, 'base64').toString('hex');
  const names = ENUMS[key];
  return names && typeof value === 'string' ? names.indexOf(value) : mapped(value, toOtlp);
}

function mapped(value: Json, change: (value: Json, key: string) => Json): Json {
  if (Array.isArray(value)) return value.map((one) => change(one, ''));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, change(one, key)]));
}

/** JSON with the keys in order; ids in lower case, since both are allowed. */
function sorted(value: Json): string {
  const inOrder = (one: Json, key = ''): Json => {
    if (key in ID_BYTES && typeof one === 'string') return one.toLowerCase();
    const next = mapped(one, inOrder);
    return typeof next === 'object' && next !== null && !Array.isArray(next)
      ? Object.fromEntries(Object.entries(next).sort(([left], [right]) => (left < right ? -1 : 1)))
      : next;
  };
  return JSON.stringify(inOrder(value));
}

/** All of the conventions' attribute names, and of the older ones those that were given up for another. */
const known = new Set<unknown>(Object.entries(conventions).flatMap(([name, value]) => (name.startsWith('ATTR_') ? [value] : [])));
const declarations = readFileSync(
  join(import.meta.dirname, '..', '..', 'node_modules', '@opentelemetry', 'semantic-conventions', 'dist', 'experimental_attributes.d.mts'),
  'utf8',
);
// All GenAI names are marked "Moved to …", to a repository of their own, where they stay as they are; what is given up says "Replaced" or "Obsoleted".
const givenUp = new Set(
  [...declarations.matchAll(/@deprecated (?!Moved to)(?:(?!\*\/)[\s\S])*\*\/\s*declare const ATTR_\w+: "([^"]+)"/g)].map(
    ([, name]) => name,
  ),
);

/** The values that the conventions list for an attribute, e.g. `GEN_AI_PROVIDER_NAME`. */
function listed(prefix: string): Set<unknown> {
  return new Set(Object.entries(conventions).flatMap(([name, value]) => (name.startsWith(`${prefix}_VALUE_`) ? [value] : [])));
}

export type Attributes = Readonly<Record<string, unknown>>;

/** What the published conventions do not know of a span's or a resource's attributes: names, and values of those that have a list. Our own names begin with `alchemist.`. */
export function conventionFaults(attributes: Attributes): string[] {
  const names = Object.keys(attributes).filter((name) => !name.startsWith('alchemist.'));
  const operation = attributes['gen_ai.operation.name'];
  const provider = attributes['gen_ai.provider.name'];
  return [
    ...names.filter((name) => !known.has(name)).map((name) => `${name} is not in the conventions`),
    ...names.filter((name) => givenUp.has(name)).map((name) => `${name} was given up`),
    ...(operation === undefined || listed('GEN_AI_OPERATION_NAME').has(operation) ? [] : ['no such gen_ai.operation.name']),
    ...(provider === undefined || listed('GEN_AI_PROVIDER_NAME').has(provider) ? [] : ['no such gen_ai.provider.name']),
  ];
}
