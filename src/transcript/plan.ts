import type { Transcript } from './events.ts';
import { allOf, lastAnswer } from './find.ts';

export type PlanStatus = 'open' | 'met' | 'unmet' | 'unknown';

/** The author's plan: its last `update_plan`. */
export type Plan = Readonly<{
  requirements: readonly Readonly<{ id: string; text: string; status: PlanStatus }>[];
  filesExpected: readonly string[];
}>;

/** The last plan that the author stated; `undefined` when it stated none. */
export function planOf(events: Transcript): Plan | undefined {
  const call = lastCall(events, 'update_plan');
  if (!call) return undefined;
  const input = record(call.input);
  return { requirements: statedRequirements(input['requirements']), filesExpected: strings(input['files_expected']) };
}

/** A requirement of the ticket, as the author stated it and as the reviewer judged it. */
export type Requirement = Readonly<{
  id: string;
  text: string;
  /** The author's last word. */
  stated: PlanStatus;
  /** The reviewer's last word; `undefined` when no review answered for it. */
  judged: 'met' | 'unmet' | 'unverifiable' | undefined;
  /** The reviewer's evidence; empty without one. */
  evidence: string;
}>;

/** The ticket's requirements: texts from the last plan and the last `push_changes`, judgement from the last review that answered. */
export function requirementsOf(events: Transcript): Requirement[] {
  const stated = new Map<string, Plan['requirements'][number]>();
  for (const name of ['update_plan', 'push_changes']) {
    const call = lastCall(events, name, name === 'push_changes');
    for (const one of statedRequirements(record(call?.input)['requirements'])) {
      stated.set(one.id, { ...one, text: one.text || stated.get(one.id)?.text || '' });
    }
  }
  const judged = new Map(lastAnswer(events)?.review?.requirements.map((one) => [one.id, one]));
  const ids = new Set([...stated.keys(), ...judged.keys()]);
  return [...ids].map((id) => ({
    id,
    text: stated.get(id)?.text ?? '',
    stated: stated.get(id)?.status ?? 'unknown',
    judged: judged.get(id)?.status,
    evidence: judged.get(id)?.evidence ?? '',
  }));
}

/** What the author said on asking for publication; empty strings and lists where it said nothing. */
export type PushRequest = Readonly<{
  title: string;
  summary: string;
  changeKind: string;
  explanations: readonly Readonly<{ gate: string; text: string }>[];
}>;

/** The last `push_changes`; `undefined` when publication was never asked for. */
export function pushRequestOf(events: Transcript): PushRequest | undefined {
  const call = lastCall(events, 'push_changes', true);
  if (!call) return undefined;
  const input = record(call.input);
  const explanations = list(input['explanations']).map(record);
  return {
    title: string(input['title']),
    summary: string(input['summary']),
    changeKind: string(input['change_kind']) || 'fix',
    explanations: explanations.map((one) => ({ gate: string(one['gate']), text: string(one['text']) })),
  };
}

/** The author's last call of a tool that was run; `refused` lets in those answered with an error (a gate that refused, say). */
function lastCall(events: Transcript, name: string, refused = false): Readonly<{ input: unknown }> | undefined {
  const ran = allOf(events, 'tool_ran').findLast(
    (event) => event.name === name && event.purpose === 'work' && event.executed && (refused || !event.is_error),
  );
  return (refused ? underWay(events, name) : undefined) ?? ran;
}

/** A call of the last reply that has no result yet: the `push_changes` whose pull request is being written. */
function underWay(events: Transcript, name: string): Readonly<{ input: unknown }> | undefined {
  const reply = allOf(events, 'replied').findLast(({ purpose }) => purpose === 'work');
  const call = reply?.message.content.findLast((block) => block.type === 'tool_use' && block.name === name);
  if (call?.type !== 'tool_use') return undefined;
  const answered = allOf(events, 'tool_ran').some(
    ({ tool_use_id, purpose, seq }) => tool_use_id === call.id && purpose === 'work' && seq > (reply?.seq ?? 0),
  );
  return answered ? undefined : call;
}

function statedRequirements(value: unknown): Plan['requirements'][number][] {
  return list(value).map((item) => {
    const { id, text, status } = record(item);
    return { id: string(id), text: string(text), status: isPlanStatus(status) ? status : 'unknown' };
  });
}

function isPlanStatus(value: unknown): value is PlanStatus {
  return value === 'open' || value === 'met' || value === 'unmet' || value === 'unknown';
}

// A tool's input is what the model wrote: nothing of its shape is taken for granted.
function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function string(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function strings(value: unknown): string[] {
  return list(value).filter((item) => typeof item === 'string');
}
