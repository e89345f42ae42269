import type { Conclusion, Noticed, Reviewed, ToolRan } from '../transcript/events.ts';

/** How a run ends, before its totals are added. */
export type Ending = Readonly<{
  conclusion: Conclusion;
  reason: string;
  limit?: 'turns' | 'dollars' | 'minutes' | 'context';
  question?: string;
  blocked_kind?: string;
}>;

/** Of a run whose `push_changes` was answered; `null` when that was a refusal. */
export function pushEnding(event: ToolRan, dryRun: boolean): Ending | null {
  if (event.is_error) return null;
  if (dryRun) {
    return { conclusion: 'dry_run', reason: 'Dry run: the change passed every gate and the self-review; nothing was written to GitHub.' };
  }
  return { conclusion: 'pull_request', reason: event.content.split('\n')[0] ?? '' };
}

/** `report_blocked`: an answer, or why it cannot be done. */
export function blockedEnding(input: unknown): Ending {
  const { kind, reason, question } = input as { kind: string; reason: string; question?: string };
  return {
    conclusion: kind === 'answered' ? 'answered' : 'blocked',
    reason,
    blocked_kind: kind,
    ...(question === undefined ? {} : { question }),
  };
}

/** A blocker that is open after the last round, where no draft can show it. */
export function rejection(reviewed: Reviewed, rounds: number): Ending | null {
  const blocker = reviewed.blocking.find(({ severity }) => severity === 'blocker');
  if (!blocker || reviewed.round < rounds) return null;
  const reason = `The self-review still finds a blocker after round ${reviewed.round}, and no draft pull request can be opened: ${blocker.claim}`;
  return { conclusion: 'rejected_by_review', reason };
}

/** The time was up, or somebody stopped it. */
export function interruption(event: Noticed): Ending {
  if (event.data?.['by'] === 'minutes') return { conclusion: 'out_of_budget', limit: 'minutes', reason: event.text };
  return { conclusion: 'cancelled', reason: event.text };
}
