import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { atifOf } from '../../src/reports/atif.ts';
import { blameText, changedFiles, FORMATS } from '../../src/reports/cli-report.ts';
import { otelOf } from '../../src/reports/otel.ts';
import type { Recorder } from '../support/transcripts.ts';
import { recordedRun } from '../support/transcripts.ts';

let run: Recorder;
beforeAll(() => {
  run = recordedRun();
});
afterAll(() => {
  run.repository.remove();
});

type Attribute = { key: string; value: Record<string, unknown> };
type OtlpSpan = {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: Attribute[];
  status: object;
};

const spans = (): OtlpSpan[] => {
  const { resourceSpans } = otelOf(run.events) as { resourceSpans: { scopeSpans: { spans: OtlpSpan[] }[] }[] };
  return resourceSpans[0]?.scopeSpans[0]?.spans ?? [];
};

describe('the export to OpenTelemetry', () => {
  it('is one trace: the agent, below it each request and each call', () => {
    const [root, ...rest] = spans();
    expect(root).toMatchObject({ name: 'invoke_agent alchemist', kind: 1, status: {} });
    expect(rest.every((span) => span.parentSpanId === root?.spanId && span.traceId === root?.traceId)).toBe(true);
    expect(rest.filter((span) => span.name.startsWith('chat ')).length).toBe(9);
    expect(rest.filter((span) => span.name.startsWith('execute_tool ')).length).toBe(8);
    expect(new Set(spans().map((span) => span.spanId)).size).toBe(spans().length);
  });

  it('has ids and times in the form of OTLP, and input tokens that include cached ones', () => {
    for (const span of spans()) {
      expect(span.traceId).toMatch(/^[0-9a-f]{32}$/);
      expect(span.spanId).toMatch(/^[0-9a-f]{16}$/);
      expect(BigInt(span.endTimeUnixNano) >= BigInt(span.startTimeUnixNano)).toBe(true);
      for (const { value } of span.attributes) expect(Object.keys(value)).toHaveLength(1);
    }
    const chat = spans().find((span) => span.name.startsWith('chat '));
    const tokens = chat?.attributes.find((one) => one.key === 'gen_ai.usage.input_tokens');
    expect(tokens?.value).toEqual({ intValue: '6520' });
  });

  it('marks a request that broke off and a call that failed', () => {
    const cut = run.events.slice(0, 5).map((event) => (event.type === 'tool_ran' ? { ...event, is_error: true } : event));
    const { resourceSpans } = otelOf(cut) as { resourceSpans: { scopeSpans: { spans: OtlpSpan[] }[] }[] };
    expect(resourceSpans[0]?.scopeSpans[0]?.spans.at(-1)).toMatchObject({
      name: 'chat claude-opus-5-5',
      status: { code: 2, message: 'broken_off' },
    });
  });
});

describe('the export to ATIF', () => {
  it('numbers its steps from 1, with results tied to their calls and metrics that add up', () => {
    const trajectory = atifOf(run.events) as {
      schema_version: string;
      steps: {
        step_id: number;
        source: string;
        tool_calls?: { tool_call_id: string }[];
        observation?: { results: { source_call_id: string }[] };
        metrics?: { prompt_tokens: number; cost_usd: number };
      }[];
      final_metrics: { total_prompt_tokens: number; total_cost_usd: number; total_steps: number };
    };
    expect(trajectory.schema_version).toBe('ATIF-v1.4');
    expect(trajectory.steps.map((step) => step.step_id)).toEqual(trajectory.steps.map((_, index) => index + 1));
    expect(trajectory.steps.map((step) => step.source)).toEqual(['system', 'user', ...Array<string>(9).fill('agent')]);
    for (const step of trajectory.steps) {
      const calls = step.tool_calls?.map((call) => call.tool_call_id) ?? [];
      for (const result of step.observation?.results ?? []) expect(calls).toContain(result.source_call_id);
    }
    const sum = (key: 'prompt_tokens' | 'cost_usd') => trajectory.steps.reduce((total, step) => total + (step.metrics?.[key] ?? 0), 0);
    expect(sum('prompt_tokens')).toBe(trajectory.final_metrics.total_prompt_tokens);
    expect(sum('cost_usd')).toBeCloseTo(trajectory.final_metrics.total_cost_usd, 9);
    expect(trajectory.final_metrics.total_steps).toBe(trajectory.steps.length);
  });
});

describe('the report of one file', () => {
  it('tells each hunk, the calls and words it came from, its requirement, and the turn of each line', () => {
    const text = blameText(run.events, 'src/sum.js') ?? '';
    expect(text).toContain('src/sum.js @@ -1,7 +1,7 @@');
    expect(text).toContain('turn 3: edit_file src/sum.js (1 edit)\n    "Now the fix."');
    expect(text).toContain('turn 7: edit_file src/sum.js (0 edits)\n    "The reviewer is right."');
    expect(text).toContain('requirement R1: sum([]) answers 0.');
    expect(text).toMatch(/^ {4}3 \+ {2}let total = 0;$/m);
    expect(text).toMatch(/^ {4}7 \+ {4}total = total \+ Number\(number\);$/m);
  });

  it('is not there for a file that the run left alone, and the changed ones are named', () => {
    expect(blameText(run.events, 'README.md')).toBeUndefined();
    expect(changedFiles(run.events)).toBe('2 files changed:\n  src/sum.js\n  test/sum.test.js');
  });
});

describe('each format', () => {
  it('can be written for a run that was cut at any event', () => {
    for (let length = 0; length <= run.events.length; length += 7) {
      for (const { render } of Object.values(FORMATS)) expect(render(run.events.slice(0, length))).not.toBe('');
    }
  });
});
