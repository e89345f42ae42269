import type { Asked, Event, Replied, Totals, Transcript } from './events.ts';
import { type Pass, tokensOf } from '../model/usage.ts';
import { summaryOf } from '../model/summary.ts';

/** What was spent so far, and the call that is still unanswered. */
export type TotalsState = Readonly<{
  /** Settled amounts: replies, and calls known to have broken off. */
  totals: Totals;
  /** The last `asked` without its `replied`; counted at its worst case once the next `asked` or the end of the run shows that it broke off. */
  pending: Asked | undefined;
}>;

export const emptyTotals: TotalsState = {
  totals: { turns: 0, cost_usd: 0, input_tokens: 0, cache_read_tokens: 0, cache_write_tokens: 0, output_tokens: 0 },
  pending: undefined,
};

/** Tokens that a reply is billed for, the API's own summary of the conversation included. */
export function tokensOfReply({ message }: Pick<Replied, 'message'>): Pass {
  return tokensOf(message.usage);
}

/** The API's own summary of the conversation; `undefined` in any other reply. */
export function summaryIn({ message }: Pick<Replied, 'message'>): string | undefined {
  return summaryOf(message)?.content ?? undefined;
}

/** The totals after one more event. Pure: the loop folds with it, `verify` repeats the fold. */
export function addToTotals(state: TotalsState, event: Event): TotalsState {
  switch (event.type) {
    case 'asked':
      return { ...settled(state), pending: event };
    case 'replied': {
      const { input, read, written, output } = tokensOfReply(event);
      const { totals } = state;
      return {
        pending: undefined,
        totals: {
          turns: totals.turns + 1,
          cost_usd: totals.cost_usd + (event.cost_usd ?? 0),
          input_tokens: totals.input_tokens + input + read + written,
          cache_read_tokens: totals.cache_read_tokens + read,
          cache_write_tokens: totals.cache_write_tokens + written,
          output_tokens: totals.output_tokens + output,
        },
      };
    }
    case 'noticed':
      // A request that was refused before a reply began costs nothing; one that broke off half way may have been billed.
      return event.data?.['billed'] === false ? { ...state, pending: undefined } : state;
    case 'run_ended':
      return settled(state);
    default:
      return state;
  }
}

/** The state with the unanswered call, if any, counted at its worst case: what `run_ended` must state. */
export function settled(state: TotalsState): TotalsState {
  if (!state.pending) return state;
  const cost_usd = state.totals.cost_usd + (state.pending.worst_case_usd ?? 0);
  return { totals: { ...state.totals, cost_usd }, pending: undefined };
}

/**
 * Turns (replies of author and reviewer), tokens (cached ones included in `input_tokens`) and US dollars of a run. Each `asked` that no `replied`
 * answers before the next `asked` or the `run_ended` counts at its worst case; a call still under way at the end of the list does not count yet.
 */
export function totals(events: Transcript): Totals {
  return events.reduce(addToTotals, emptyTotals).totals;
}

/** The totals if the run ended now, a call under way counted at its worst case. */
export function finalTotals(events: Transcript): Totals {
  return settled(events.reduce(addToTotals, emptyTotals)).totals;
}
