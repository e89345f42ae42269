import type { Finding, Reviewed, Transcript } from './events.ts';
import { allOf } from './find.ts';

/**
 * What became of a finding. `not_raised_again`: a later round that answered did not repeat it. `open`: it asks for a revision, and no later round took it
 * back. `below_threshold`: shown, but too minor or too uncertain to ask for one. `dropped`: it lies outside the diff.
 */
export type Fate = 'not_raised_again' | 'open' | 'below_threshold' | 'dropped';

export type FindingHistory = Readonly<{ finding: Finding; /** Rounds that raised it. */ rounds: readonly number[]; fate: Fate }>;

/** Every finding of every review round, first raised first, and what became of it. */
export function findingsHistory(events: Transcript): FindingHistory[] {
  const answered = allOf(events, 'reviewed').filter((event) => event.review);
  const lastRound = answered.at(-1)?.round;
  const history: { finding: Finding; rounds: number[]; fate: Fate }[] = [];
  for (const event of answered) {
    for (const finding of [...(event.review?.findings ?? []), ...(event.over_edits ?? [])]) {
      const fate = fateInRound(event, finding);
      const known = history.find((one) => !one.rounds.includes(event.round) && isSameFinding(one.finding, finding));
      if (known) Object.assign(known, { finding, fate, rounds: [...known.rounds, event.round] });
      else history.push({ finding, rounds: [event.round], fate });
    }
  }
  return history.map((one) => {
    const repeated = one.rounds.at(-1) === lastRound;
    return repeated || one.fate === 'dropped' ? one : { ...one, fate: 'not_raised_again' };
  });
}

/** The findings that still ask for a revision when the run is over. */
export function openFindings(events: Transcript): Finding[] {
  return findingsHistory(events)
    .filter((one) => one.fate === 'open')
    .map((one) => one.finding);
}

function fateInRound(event: Reviewed, finding: Finding): Fate {
  if (event.dropped.some((one) => isEqual(one, finding))) return 'dropped';
  return event.blocking.some((one) => isEqual(one, finding)) ? 'open' : 'below_threshold';
}

function isEqual(one: Finding, other: Finding): boolean {
  return one.file === other.file && one.claim === other.claim && one.start_line === other.start_line && one.severity === other.severity;
}

/** A reviewer with a fresh context words the same fault anew: same file, same category and touching lines are taken for the same finding. */
function isSameFinding(one: Finding, other: Finding): boolean {
  if (one.file !== other.file || one.category !== other.category) return false;
  if (one.claim === other.claim) return true;
  return one.start_line <= other.end_line + 3 && other.start_line <= one.end_line + 3;
}
