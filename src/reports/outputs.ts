import type { Transcript } from '../transcript/events.ts';
import { endingOf, lastOf, testsVerdict } from '../transcript/find.ts';
import { finalTotals } from '../transcript/totals.ts';

/** The outputs of the action (contract, §3) that the transcript tells; strings, empty where there is nothing to say. */
export function outputsOf(events: Transcript): Record<string, string> {
  const ending = endingOf(events);
  const pushed = lastOf(events, 'pushed');
  const pull = lastOf(events, 'pull_request_opened');
  const totals = ending?.totals ?? finalTotals(events);
  return {
    conclusion: ending?.conclusion ?? 'failed',
    'exit-reason': (ending?.reason ?? 'The run was cut off before it could end.').replace(/\s+/g, ' ').trim(),
    branch: pushed?.branch ?? '',
    'head-sha': pushed?.commit ?? '',
    'pull-request-number': pull ? String(pull.number) : '',
    'pull-request-url': pull?.url ?? '',
    turns: String(totals.turns),
    // Fixed decimals: `String(1e-7)` would be no number for a shell's arithmetic.
    'cost-usd': totals.cost_usd.toFixed(6),
    'input-tokens': String(totals.input_tokens),
    'output-tokens': String(totals.output_tokens),
    tests: ending?.tests ?? testsVerdict(events),
    'review-verdict': lastOf(events, 'reviewed')?.verdict ?? 'none',
    'transcript-sha256': events.at(-1)?.hash ?? '',
  };
}
