import type { Purpose } from '../transcript/events.ts';
import { settled } from '../transcript/totals.ts';
import { worstCase } from '../model/prices.ts';
import { RESERVE, type Rules } from './rules.ts';
import type { Ending } from './ending.ts';
import type { State } from './state.ts';
import { messagesOf, type Thread } from './thread.ts';

/** Cap on a reply's tokens, thinking included, and the cap after a reply was cut. */
const MAX_TOKENS = 32_000;
/** Under this a reply is of no use: better stop and keep the work. */
const MIN_TOKENS = 2_048;
/** Cap on the API's summary of a conversation, thinking included, and what it needs at least: a summary that is cut is lost. */
const SUMMARY_TOKENS = 16_000;
const MIN_SUMMARY_TOKENS = 8_000;
/** Bytes a token has at least, on the average of a long text; real ones are nearer four. Errs on the dear side. */
const BYTES_PER_TOKEN = 2;

/** Tokens of a conversation after which a fresh one takes over; a smaller window brings it forward. */
const COMPACT_AT = 160_000;

export function compactionPoint(thread: Thread, rules: Rules): number {
  return Math.min(COMPACT_AT, 0.8 * (rules.maxInput(thread.model) ?? Infinity));
}

/** A request that fits under the limits, or the ending when none does. */
export type Allowance = { kind: 'fits'; maxTokens: number; worstCaseUsd: number | null } | { kind: 'ends'; ending: Ending };

/** Share of the most used limit, 0 to 1 and over. */
export function usedShare(state: State, { limits }: Rules, now: number): number {
  const { turns, cost_usd } = settled(state.totals).totals;
  return Math.max(turns / limits.turns, cost_usd / limits.usd, (now - state.startedAt) / (limits.minutes * 60_000));
}

/** What is used of each limit, in words. */
export function left(state: State, { limits }: Rules, now: number): string {
  const { turns, cost_usd } = settled(state.totals).totals;
  const minutes = ((now - state.startedAt) / 60_000).toFixed(1);
  return `${turns} of ${limits.turns} turns, $${cost_usd.toFixed(2)} of $${limits.usd}, ${minutes} of ${limits.minutes} minutes`;
}

/** Milliseconds since the epoch at which the minutes are used up. */
export function deadline(state: State, { limits }: Rules): number {
  return state.startedAt + limits.minutes * 60_000;
}

/**
 * Whether the next request of a thread may be sent. The worst it can cost (the whole input as a cache write, since the cache may have expired, and
 * `max_tokens` of output) and what is spent must stay under the limit, less the reserve while the author works. A summary by the API is one pass over
 * the same input, so that the same sum bounds it.
 */
export function allow(state: State, thread: Thread, purpose: Purpose, rules: Rules, summarise = false): Allowance {
  const { turns, cost_usd } = settled(state.totals).totals;
  const { limits } = rules;
  if (turns >= limits.turns) return ends('turns', `The limit of ${limits.turns} turns is used up`);
  const input = inputTokens(thread, purpose === 'work' ? rules.authorTools : rules.reviewerTools);
  const most = summarise ? SUMMARY_TOKENS : MAX_TOKENS * (state.doubled ? 2 : 1);
  const least = summarise ? MIN_SUMMARY_TOKENS : MIN_TOKENS;
  const wanted = Math.min(most, rules.maxOutput(thread.model) ?? Infinity);
  const window = rules.maxInput(thread.model);
  if (window !== undefined && thread.tokens + least > window) return ends('context', `The context window of ${window} tokens is full`);
  const price = rules.price(thread.model);
  if (price === undefined) return { kind: 'fits', maxTokens: wanted, worstCaseUsd: null };

  const left = limits.usd * (purpose === 'work' ? 1 - RESERVE : 1) - cost_usd;
  const forOutput = left - worstCase(input, 0, price);
  const affordable = price.output > 0 ? Math.floor((forOutput * 1_000_000) / price.output) : Infinity;
  const maxTokens = Math.min(wanted, forOutput < 0 ? 0 : affordable);
  if (maxTokens < Math.min(least, wanted)) {
    const spent = `$${cost_usd.toFixed(2)} of $${limits.usd.toFixed(2)} are spent`;
    return ends(
      'dollars',
      `The money limit does not allow another call: ${spent} and the next could cost $${worstCase(input, least, price).toFixed(2)}`,
    );
  }
  return { kind: 'fits', maxTokens, worstCaseUsd: worstCase(input, maxTokens, price) };
}

/** An upper estimate of a request's input: what the last reply proved, and the bytes that are new since. */
export function inputTokens(thread: Thread, tools: readonly unknown[]): number {
  if (thread.tokens === 0) return Math.ceil(bytes([thread.system, tools, messagesOf(thread)]) / BYTES_PER_TOKEN);
  return thread.tokens + Math.ceil(bytes(thread.open) / BYTES_PER_TOKEN);
}

function bytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

function ends(limit: 'turns' | 'dollars' | 'context', reason: string): Allowance {
  return { kind: 'ends', ending: { conclusion: 'out_of_budget', limit, reason } };
}
