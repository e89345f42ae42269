import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { AnySchemaObject } from 'ajv';
import { atifOf } from '../../src/reports/atif.ts';
import { otelOf } from '../../src/reports/otel.ts';
import type { Transcript } from '../../src/transcript/events.ts';
import { conventionFaults, otlpFault, publishedExample } from '../support/opentelemetry.ts';
import type { Attributes } from '../support/opentelemetry.ts';
import { recordedRun } from '../support/transcripts.ts';
import type { Recorder } from '../support/transcripts.ts';
import { HOSTILE } from './hostile.ts';

let runs: readonly Recorder[];
/** A whole run, one full of hostile words, and both cut at many an event. */
let transcripts: readonly Transcript[];
beforeAll(() => {
  runs = [recordedRun(), recordedRun({ text: HOSTILE, ticket: { title: HOSTILE, body: HOSTILE, instruction: HOSTILE } })];
  transcripts = runs.flatMap(({ events }) => [
    events,
    ...events.flatMap((_, length) => (length % 5 === 1 ? [events.slice(0, length)] : [])),
  ]);
});
afterAll(() => {
  for (const run of runs) run.repository.remove();
});

type Changed = { [key: string]: never } & { [key: number]: never };
/** A copy of an export, altered: what the check must refuse. */
function altered(value: unknown, alter: (copy: Changed) => void): unknown {
  const copy = structuredClone(value) as Changed;
  alter(copy);
  return copy;
}

describe('the export to OpenTelemetry, read by the published definitions of OTLP', () => {
  it('is a request that arrives as it was sent, whole or cut', () => {
    expect(otlpFault(publishedExample())).toBeUndefined();
    expect(transcripts.map((events) => otlpFault(otelOf(events))).filter((fault) => fault !== undefined)).toEqual([]);
  });

  type Span = Record<string, unknown> & { attributes: { key: string; value: Record<string, unknown> }[] };
  const firstSpan = (copy: Changed): Span =>
    (copy as unknown as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] }).resourceSpans[0]!.scopeSpans[0]!.spans[0]!;
  it.each<[string, (span: Span) => void]>([
    ['a field that is not in the definitions', (span) => (span['cost'] = 1)],
    ['a field in the other spelling', (span) => delete Object.assign(span, { span_id: span['spanId'] })['spanId']],
    ['an id in base64', (span) => (span['traceId'] = Buffer.alloc(16, 7).toString('base64'))],
    ['an id that is too short', (span) => (span['spanId'] = '00')],
    ['a time as a number', (span) => (span['startTimeUnixNano'] = 1)],
    ['a time that is no time', (span) => (span['endTimeUnixNano'] = '2026-11-22')],
    ['a kind by its name', (span) => (span['kind'] = 'SPAN_KIND_INTERNAL')],
    ['a number as the text of an attribute', (span) => (span.attributes[0]!.value = { stringValue: 1 })],
    ['a fraction as an integer', (span) => (span.attributes[0]!.value = { intValue: '1.5' })],
    ['a value of two kinds', (span) => (span.attributes[0]!.value = { stringValue: 'a', boolValue: true })],
    ['a status without the form of one', (span) => (span['status'] = 'ok')],
  ])('would be refused with %s', (_, alter) => {
    expect(otlpFault(altered(otelOf(runs[0]!.events), (copy) => alter(firstSpan(copy))))).toEqual(expect.any(String));
  });
});

type KeyValue = { key: string; value: Record<string, unknown> };
type Resource = { resource: { attributes: KeyValue[] }; scopeSpans: { spans: { name: string; kind: number; attributes: KeyValue[] }[] }[] };

/** Attributes by name, of the resource and of each span. */
function attributesOf(events: Transcript): { resource: Attributes; spans: { name: string; kind: number; attributes: Attributes }[] } {
  const [first] = (otelOf(events) as { resourceSpans: Resource[] }).resourceSpans;
  const read = (list: readonly KeyValue[]): Attributes => Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]]));
  const spans = first?.scopeSpans[0]?.spans ?? [];
  return { resource: read(first?.resource.attributes ?? []), spans: spans.map((span) => ({ ...span, attributes: read(span.attributes) })) };
}

describe('the export to OpenTelemetry, by the published semantic conventions', () => {
  it('has no attribute and no listed value that they do not know, for any provider', () => {
    for (const provider of ['anthropic', 'bedrock', 'vertex', 'foundry', 'openai']) {
      const events = runs[0]!.events.map((event) =>
        event.type === 'run_started' ? { ...event, config: { ...event.config, provider } } : event,
      );
      const { resource, spans } = attributesOf(events);
      expect(spans.length).toBeGreaterThan(10);
      expect([resource, ...spans.map(({ attributes }) => attributes)].flatMap(conventionFaults)).toEqual([]);
    }
  });

  it('names each span as they say, with its kind and the attributes that they require', () => {
    for (const { name, kind, attributes } of attributesOf(runs[0]!.events).spans) {
      const operation = attributes['gen_ai.operation.name'];
      const of =
        { invoke_agent: 'gen_ai.agent.name', chat: 'gen_ai.request.model', execute_tool: 'gen_ai.tool.name' }[String(operation)] ?? '';
      expect(name).toBe(`${String(operation)} ${String(attributes[of])}`);
      // An agent in this process and a tool are INTERNAL, a request to a model is CLIENT.
      expect([name, kind]).toEqual([name, operation === 'chat' ? 3 : 1]);
      if (operation !== 'execute_tool') expect(attributes).toHaveProperty(['gen_ai.provider.name']);
    }
  });

  it('would be refused with a name or a value that they do not have, or gave up', () => {
    expect(conventionFaults({ 'gen_ai.usage.cost': 1 })).toEqual(['gen_ai.usage.cost is not in the conventions']);
    expect(conventionFaults({ 'gen_ai.system': 'anthropic' })).toEqual(['gen_ai.system was given up']);
    expect(conventionFaults({ 'gen_ai.usage.prompt_tokens': 1 })).toEqual(['gen_ai.usage.prompt_tokens was given up']);
    expect(conventionFaults({ 'gen_ai.operation.name': 'invoke agent' })).toEqual(['no such gen_ai.operation.name']);
    expect(conventionFaults({ 'gen_ai.provider.name': 'bedrock' })).toEqual(['no such gen_ai.provider.name']);
  });
});

describe("the export to ATIF, by the schema of Harbor's own models", () => {
  const schema = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', 'atif.schema.json'), 'utf8')) as AnySchemaObject;
  const validate = new Ajv2020().compile(schema);
  const faults = (value: unknown): unknown => (validate(value) ? [] : validate.errors);

  it('is a trajectory, whole or cut', () => {
    expect(transcripts.map((events) => atifOf(events)).flatMap(faults)).toEqual([]);
  });

  type Trajectory = Record<string, unknown> & { steps: Record<string, unknown>[]; agent: Record<string, unknown> };
  it.each<[string, (trajectory: Trajectory) => void]>([
    ['a version that does not exist', (trajectory) => (trajectory['schema_version'] = 'ATIF-v0.9')],
    ['no agent', (trajectory) => delete (trajectory as Partial<Trajectory>).agent],
    ['an agent without its version', ({ agent }) => delete agent['version']],
    ['no step', (trajectory) => (trajectory.steps = [])],
    ['a field of ours beside theirs', ({ steps }) => (steps[0]!['purpose'] = 'work')],
    ['a source that does not exist', ({ steps }) => (steps[2]!['source'] = 'reviewer')],
    ['a step numbered 0', ({ steps }) => (steps[0]!['step_id'] = 0)],
    ['arguments as text', ({ steps }) => ((steps[2]!['tool_calls'] as Record<string, unknown>[])[0]!['arguments'] = '{}')],
    ['tokens that are no whole number', ({ steps }) => ((steps[2]!['metrics'] as Record<string, unknown>)['prompt_tokens'] = 1.5)],
    ['a message that is not text', ({ steps }) => (steps[2]!['message'] = null)],
  ])('would be refused with %s', (_, alter) => {
    expect(faults(altered(atifOf(runs[0]!.events), (copy) => alter(copy as unknown as Trajectory)))).not.toEqual([]);
  });
});
