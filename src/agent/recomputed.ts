import type Anthropic from '@anthropic-ai/sdk';
import { judge, merged, plainPath } from '../review/verdict.ts';
import { PROMPTS_VERSION } from '../prompts/author.ts';
import { REVIEW_SCHEMA } from '../prompts/reviewer.ts';
import { canonicalJson } from '../transcript/chain.ts';
import type { Asked, Event, Pushed, Reviewed, RunStarted, ToolRan, Transcript } from '../transcript/events.ts';
import type { Check } from '../transcript/verify.ts';
import type { Effort, ToolDefinition } from '../model/model.ts';
import { VERSION } from '../version.ts';
import { pushStep } from './next-step.ts';
import { requestHash, requestOf } from './request.ts';
import { reviewerSays } from './reviewer-says.ts';
import { advance, NOTHING, type State } from './state.ts';

/** What is wrong with an event, given all that came before it; `undefined` when nothing is. */
type Rule = (state: State, event: Event, tools: Tools) => string | undefined;
type Tools = Readonly<Record<'work' | 'review', readonly ToolDefinition[]>>;

/**
 * What the loop would have made of these events, made again: each request that was sent, and each decision over a change that was handed in. A
 * transcript whose chain was computed anew, but whose results, replies or verdicts were altered, gives another one. For `verify`.
 */
export function recomputed(events: Transcript): Check[] {
  const count = (...types: Event['type'][]): number => events.filter(({ type }) => types.includes(type)).length;
  return [
    checked('requests', requestFault, events, `${count('asked')} requests rebuilt from the events before them have the recorded hashes`),
    checked(
      'decisions',
      decisionFault,
      events,
      `${count('reviewed')} reviews and what became of each change handed in, decided again, are those recorded`,
    ),
  ];
}

function checked(name: string, rule: Rule, events: Transcript, fine: string): Check {
  let state = NOTHING;
  let tools: Tools = { work: [], review: [] };
  for (const event of events) {
    const fault = rule(state, event, tools);
    if (fault !== undefined) return { name, ...judged(events, `event ${event.seq}: ${fault}`) };
    state = advance(state, event);
    if (event.type === 'context_gathered') tools = { ...tools, work: event.tools };
    if (event.type === 'review_started') tools = { ...tools, review: event.tools };
  }
  return { name, ok: true, detail: fine };
}

/** Another version words and decides otherwise: what it wrote cannot be held against this one. */
function judged(events: Transcript, detail: string): Pick<Check, 'ok' | 'detail'> {
  const run = events.find((event): event is RunStarted & Event => event.type === 'run_started');
  if (run?.version === VERSION && run.prompts_version === PROMPTS_VERSION) return { ok: false, detail };
  return { ok: 'unknown', detail: `${detail}; the run was made by version ${run?.version ?? 'unknown'}, verify with that one` };
}

function requestFault(state: State, event: Event, tools: Tools): string | undefined {
  if (event.type !== 'asked') return undefined;
  const thread = state[event.purpose];
  if (!thread) return `asks in a conversation (${event.purpose}) that was not begun`;
  if (event.model !== thread.model) return `asks ${event.model} where the conversation is with ${thread.model}`;
  // Whether a reviewer's server takes a schema is not recorded; the hash says it.
  const schemas = event.purpose === 'review' ? [REVIEW_SCHEMA, undefined] : [undefined];
  const hashes = schemas.map((outputSchema) => {
    const options = { tools: tools[event.purpose], maxTokens: event.max_tokens, effort: state.run?.config.effort as Effort, outputSchema };
    return requestHash(requestOf(thread, options), thread);
  });
  return hashes.includes(event.request_sha256) ? messagesFault(event, requestOf(thread, NO_OPTIONS).messages) : CHANGED;
}

const CHANGED =
  'its request cannot be rebuilt from the events before it: a prompt, a tool, a reply, a result or a notice among them was altered';
const NO_OPTIONS = { tools: [], maxTokens: 1, effort: 'medium', outputSchema: undefined } as const;

function messagesFault(event: Asked, messages: readonly Anthropic.MessageParam[]): string | undefined {
  return event.messages === messages.length ? undefined : `says that ${event.messages} messages were sent where it is ${messages.length}`;
}

function decisionFault(state: State, event: Event): string | undefined {
  switch (event.type) {
    case 'review_part_ended':
      return isSame(event.review, reviewerSays(state.review)) ? undefined : NOT_SAID;
    case 'reviewed':
      return reviewFault(state, event);
    case 'tool_ran':
      return answerFault(state, event);
    case 'pushed':
      return pushFault(state, event);
    default:
      return undefined;
  }
}

const NOT_SAID = "its review is not what the reviewer's reply says";

/** Which findings lie outside the diff, and which of its hunks serve nothing, only the diff can tell; all else of a verdict follows from the review. */
function reviewFault(state: State, event: Reviewed): string | undefined {
  const review = merged([...(state.push?.parts ?? []), reviewerSays(state.review)]);
  if (!isSame(event.review, review)) return NOT_SAID;
  const dropped = event.dropped.map(canonicalJson);
  const inside = (review?.findings ?? []).filter((finding) => !dropped.includes(canonicalJson(finding)));
  const shown = new Map(inside.map(({ file }) => [plainPath(file), [{ start: -Infinity, end: Infinity }]]));
  // Nor is recorded whether the diff was cut for its size: `unanswered` then.
  const again = judge(review && { ...review, findings: inside }, shown, event.over_edits, event.verdict === 'unanswered');
  if (again.verdict !== event.verdict) return `verdict ${event.verdict} where its findings give ${again.verdict}`;
  if (!isSame(again.blocking, event.blocking)) return 'the findings that ask for a revision are not those that its review gives';
  return inside.length + event.dropped.length === (review?.findings.length ?? 0)
    ? undefined
    : 'drops a finding that its review does not have';
}

/** The answer to a `push_changes` tells gates, findings or the pull request: it is made of the events before it. */
function answerFault(state: State, event: ToolRan): string | undefined {
  if (event.name !== 'push_changes' || event.purpose !== 'work' || !event.executed || !state.push || !state.run) return undefined;
  const step = stepOf(state);
  if (step?.kind !== 'answer')
    return `answers push_changes where ${step?.kind === 'publish' ? 'the change was due to be published' : 'more was to be checked'}`;
  return step.text === event.content && step.isError === event.is_error
    ? undefined
    : `answers push_changes otherwise than gates and review say`;
}

function pushFault(state: State, event: Pushed): string | undefined {
  if (!state.push) return 'pushed, although no change was handed in';
  const step = stepOf(state);
  if (step?.kind !== 'publish')
    return `pushed, although ${step?.kind === 'answer' ? 'gates or review refused the change' : 'not all of it was checked'}`;
  return event.tree === state.tree ? undefined : `pushed tree ${event.tree} where the run left ${state.tree}`;
}

function stepOf(state: State): ReturnType<typeof pushStep> | undefined {
  if (!state.push || !state.run) return undefined;
  const { review_rounds: reviewRounds, dry_run: dryRun, draft } = state.run.config;
  const call = { type: 'tool_use', id: state.push.id, name: 'push_changes', input: state.push.input } as Anthropic.ToolUseBlock;
  return pushStep(state, { reviewRounds, dryRun, draft }, call, state.push);
}

function isSame(one: unknown, other: unknown): boolean {
  return canonicalJson(one) === canonicalJson(other);
}
