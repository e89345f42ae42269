import { sha256 } from '../transcript/chain.ts';
import type { Event, Replied, RunStarted, ToolRan, Transcript } from '../transcript/events.ts';
import { endingOf, lastOf } from '../transcript/find.ts';
import { finalTotals, tokensOfReply } from '../transcript/totals.ts';
import { turnsOf } from './turns.ts';

type Value = string | number | boolean | readonly string[];
type Span = Readonly<{
  name: string;
  /** SpanKind of OTLP: 1 internal, 3 client. */
  kind: 1 | 3;
  id: string;
  parent?: string;
  /** Milliseconds since 1970. */
  start: number;
  end: number;
  attributes: Readonly<Record<string, Value | undefined>>;
  error?: string | undefined;
}>;

/** `gen_ai.provider.name` as the conventions list it. */
const PROVIDERS: Readonly<Record<string, string>> = {
  anthropic: 'anthropic',
  bedrock: 'aws.bedrock',
  vertex: 'gcp.vertex_ai',
  foundry: 'azure.ai.inference',
  openai: 'openai',
};

/**
 * The run as one trace in OTLP's JSON form (`POST /v1/traces`, opentelemetry-proto), named by the GenAI conventions: `invoke_agent`, and below it a `chat`
 * for each request and an `execute_tool` for each call. Content is left out: the conventions make it opt-in, and the transcript has it.
 */
export function otelOf(events: Transcript): Record<string, unknown> {
  const [first, last] = [events[0], events.at(-1)];
  if (!first || !last) return { resourceSpans: [] };
  const started = lastOf(events, 'run_started');
  const provider = PROVIDERS[started?.config.provider ?? ''] ?? started?.config.provider ?? 'unknown';
  const root = rootSpan(events, first, last, provider);
  const traceId = sha256(first.hash).slice(0, 32);
  const spans = [root, ...turnsOf(events).flatMap((turn) => [...chats(turn, root.id, provider), ...tools(turn, root.id)])];
  const resource = {
    'service.name': 'alchemist',
    'service.version': started?.version,
    'vcs.repository.name': started?.run.repository,
    'cicd.pipeline.run.id': started?.run.id,
  };
  return {
    resourceSpans: [
      {
        resource: { attributes: attributes(resource) },
        scopeSpans: [{ scope: { name: 'alchemist', version: started?.version ?? '' }, spans: spans.map((span) => otlp(span, traceId)) }],
      },
    ],
  };
}

function rootSpan(events: Transcript, first: Event, last: Event, provider: string): Span {
  const started: RunStarted | undefined = lastOf(events, 'run_started');
  const ending = endingOf(events);
  const totals = ending?.totals ?? finalTotals(events);
  const failed = ending === undefined || ending.conclusion === 'failed';
  return {
    name: 'invoke_agent alchemist',
    kind: 1,
    id: idOf(first),
    start: Date.parse(first.at),
    end: Date.parse(last.at),
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.provider.name': provider,
      'gen_ai.agent.name': 'alchemist',
      'gen_ai.agent.version': started?.version,
      'gen_ai.conversation.id': started?.run.id,
      'gen_ai.request.model': started?.config.model,
      'gen_ai.usage.input_tokens': totals.input_tokens,
      'gen_ai.usage.output_tokens': totals.output_tokens,
      'gen_ai.usage.cache_read.input_tokens': totals.cache_read_tokens,
      'gen_ai.usage.cache_creation.input_tokens': totals.cache_write_tokens,
      'alchemist.conclusion': ending?.conclusion,
      'alchemist.tests': ending?.tests,
      'alchemist.cost_usd': totals.cost_usd,
      'alchemist.transcript_sha256': last.hash,
    },
    error: failed ? (ending?.conclusion ?? 'cut_off') : undefined,
  };
}

function chats(turn: ReturnType<typeof turnsOf>[number], parent: string, provider: string): Span[] {
  return turn.asked.map((asked, index) => {
    const next = turn.asked[index + 1];
    const replied = next ? undefined : turn.replied;
    return {
      name: `chat ${asked.model}`,
      kind: 3,
      id: idOf(asked),
      parent,
      start: Date.parse(asked.at),
      end: Date.parse((replied ?? next ?? asked).at),
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': provider,
        'gen_ai.request.model': asked.model,
        'gen_ai.request.max_tokens': asked.max_tokens,
        'alchemist.turn': asked.turn,
        'alchemist.purpose': asked.purpose,
        ...(replied ? responseOf(replied) : {}),
      },
      error: replied ? undefined : 'broken_off',
    };
  });
}

function responseOf(replied: Replied): Record<string, Value | undefined> {
  const { message, cost_usd } = replied;
  const { input, read, written, output } = tokensOfReply(replied);
  return {
    'gen_ai.response.id': message.id,
    'gen_ai.response.model': message.model,
    'gen_ai.response.finish_reasons': [message.stop_reason ?? 'unknown'],
    // The conventions count cached tokens in, Anthropic's API does not.
    'gen_ai.usage.input_tokens': input + read + written,
    'gen_ai.usage.output_tokens': output,
    'gen_ai.usage.cache_read.input_tokens': read,
    'gen_ai.usage.cache_creation.input_tokens': written,
    'alchemist.cost_usd': cost_usd ?? undefined,
  };
}

function tools(turn: ReturnType<typeof turnsOf>[number], root: string): Span[] {
  const ran = turn.calls.flatMap((call): (ToolRan & Event)[] => (call.ran ? [call.ran] : []));
  return ran.map((event) => ({
    name: `execute_tool ${event.name}`,
    kind: 1,
    id: idOf(event),
    parent: root,
    start: Date.parse(event.at) - event.duration_ms,
    end: Date.parse(event.at),
    attributes: {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': event.name,
      'gen_ai.tool.call.id': event.tool_use_id,
      'gen_ai.tool.type': 'function',
      'alchemist.turn': event.turn,
      'alchemist.executed': event.executed,
    },
    error: event.is_error ? 'tool_error' : undefined,
  }));
}

/** A span's id: the first 8 bytes of its event's hash. */
function idOf(event: Event): string {
  return event.hash.slice(0, 16);
}

function otlp(span: Span, traceId: string): Record<string, unknown> {
  const { name, kind, id: spanId, parent, start, end, error } = span;
  return {
    traceId,
    spanId,
    ...(parent === undefined ? {} : { parentSpanId: parent }),
    name,
    kind,
    startTimeUnixNano: nanoseconds(start),
    endTimeUnixNano: nanoseconds(Math.max(start, end)),
    attributes: attributes({ ...span.attributes, 'error.type': error }),
    status: error === undefined ? {} : { code: 2, message: error },
  };
}

/** 64-bit integers are strings in OTLP's JSON. */
function nanoseconds(ms: number): string {
  return `${BigInt(Math.round(ms)) * 1_000_000n}`;
}

function attributes(values: Readonly<Record<string, Value | undefined>>): Record<string, unknown>[] {
  return Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value: anyValue(value) }]));
}

function anyValue(value: Value): Record<string, unknown> {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  return { arrayValue: { values: value.map(anyValue) } };
}
