import type { Transcript } from '../transcript/events.ts';
import { contextOf, endingOf, lastOf } from '../transcript/find.ts';
import { finalTotals } from '../transcript/totals.ts';
import { spentOn, turnsOf } from './turns.ts';
import type { CallRecord, Turn } from './turns.ts';

/** A version whose fields are all that we need; later ones only add to it. */
const ATIF = 'ATIF-v1.4';

/**
 * The run as a trajectory of the Agent Trajectory Interchange Format (Harbor's RFC 0001): a JSON value. System prompt and first message, then one step a
 * reply with its calls, results and metrics. The reviewer's conversations stand between the author's turns, marked in `extra`.
 */
export function atifOf(events: Transcript): Record<string, unknown> {
  const started = lastOf(events, 'run_started');
  const context = contextOf(events);
  const totals = endingOf(events)?.totals ?? finalTotals(events);
  const opening = context
    ? [
        { timestamp: context.at, source: 'system', message: context.system },
        { timestamp: context.at, source: 'user', message: context.first_message },
      ]
    : [];
  const told = [...opening, ...turnsOf(events).flatMap((turn) => (turn.replied ? [step(turn)] : []))];
  const steps = told.length > 0 ? told : [nothing(events)];
  return {
    schema_version: ATIF,
    session_id: started ? `${started.run.repository}/${started.run.id}/${started.run.attempt}` : 'unknown',
    agent: { name: 'alchemist', version: started?.version ?? 'unknown', model_name: started?.config.model ?? 'unknown' },
    steps: steps.map((one, index) => ({ step_id: index + 1, ...one })),
    notes: 'Exported from transcript.jsonl, which alone is complete and verifiable. Steps of the self-review have extra.purpose "review".',
    final_metrics: {
      total_prompt_tokens: totals.input_tokens,
      total_completion_tokens: totals.output_tokens,
      total_cached_tokens: totals.cache_read_tokens,
      total_cost_usd: totals.cost_usd,
      total_steps: steps.length,
    },
    extra: {
      conclusion: endingOf(events)?.conclusion ?? null,
      tests: endingOf(events)?.tests ?? null,
      transcript_sha256: events.at(-1)?.hash ?? null,
    },
  };
}

/** A trajectory has at least one step; of a run that ended before it asked a model, that is the step which says so. */
function nothing(events: Transcript): Record<string, unknown> {
  const ending = endingOf(events);
  return { source: 'system', message: `No model was asked${ending ? `: ${ending.reason}` : ' so far'}` };
}

function step(turn: Turn): Record<string, unknown> {
  const spent = spentOn(turn);
  const results = turn.calls.flatMap((call) => (call.ran ? [{ source_call_id: call.id, content: call.ran.content }] : []));
  const failed = turn.calls.flatMap((call) => (call.ran?.is_error === true ? [call.id] : []));
  return {
    timestamp: turn.replied?.at,
    source: 'agent',
    model_name: turn.replied?.message.model,
    message: turn.text,
    ...(turn.thinking === '' ? {} : { reasoning_content: turn.thinking }),
    ...(turn.calls.length === 0 ? {} : { tool_calls: turn.calls.map(toolCall) }),
    ...(results.length === 0 ? {} : { observation: { results } }),
    metrics: {
      prompt_tokens: spent.fresh + spent.cacheRead + spent.cacheWrite,
      completion_tokens: spent.output,
      cached_tokens: spent.cacheRead,
      cost_usd: spent.usd,
      extra: { cache_creation_input_tokens: spent.cacheWrite, attempts_broken_off: spent.brokenOff },
    },
    extra: { purpose: turn.purpose, turn: turn.turn, ...(failed.length === 0 ? {} : { failed_call_ids: failed }) },
  };
}

function toolCall(call: CallRecord): Record<string, unknown> {
  const isObject = typeof call.input === 'object' && call.input !== null && !Array.isArray(call.input);
  return { tool_call_id: call.id, function_name: call.name, arguments: isObject ? call.input : { input: call.input } };
}
