import type { Config, Surroundings } from '../config.ts';
import type { GitHub } from '../forge/github.ts';
import type { Asked } from '../ticket/event.ts';
import type { BaseAhead } from './base-ahead.ts';
import type { FirstSign } from './first-sign.ts';
import { ownMark } from './holder.ts';
import { releaseLock, takeLock, type Claim, type Lock } from './lock.ts';

/** What the door hands in: the runner's state, where `post` finds the lock, and the log. */
export type Door = Readonly<{ keepState(name: 'lock', value: string): void; onWarning(text: string): void }>;

export type Locking = Door &
  Readonly<{
    config: Config;
    surroundings: Surroundings;
    asked: Asked;
    github: GitHub;
    /** The first look at the lock, begun before it was known who asks. */
    ahead: Promise<string | null> | undefined;
    base: BaseAhead | undefined;
    sign: FirstSign;
  }>;

/** One run an issue acts. A task has a branch of its own, and a dry run writes nothing. */
export function isLocked(config: Config, { number }: Asked): boolean {
  return number !== undefined && !config.dryRun;
}

/** Takes the lock of the issue, and gives the first sign once it is known that no other run acts. `claimed` is to be given back; also where it is not known whether it was had. */
export async function lockIssue({
  config,
  surroundings,
  asked,
  github,
  ahead,
  base,
  sign,
  ...door
}: Locking): Promise<{ lock?: Lock; claimed?: Claim | undefined }> {
  if (!isLocked(config, asked)) return {};
  let claimed: Claim | undefined;
  const lock = await takeLock({
    github,
    issue: asked.number ?? 0,
    defaultBranch: config.baseBranch ?? asked.defaultBranch ?? 'main',
    holder: { run: surroundings.runId, attempt: surroundings.runAttempt, url: github.runUrl(surroundings.runId), ...ownMark() },
    minutes: config.limits.minutes,
    now: () => Date.now(),
    ahead,
    base,
    onFree: () => sign.giveSoon(),
    onClaim: (claim) => {
      claimed = claim;
      door.keepState('lock', `${claim.name} ${claim.sha}`);
    },
  });
  if (lock.kind === 'unlocked') door.onWarning(`The issue could not be locked against a second run: ${(lock.error as Error).message}`);
  if (lock.kind !== 'busy') {
    sign.give();
    return { lock, claimed };
  }
  sign.withhold();
  if (claimed) door.keepState('lock', '');
  return { lock };
}

/** What cannot be given back now, `post` gives back. */
export async function giveBack(github: GitHub, claimed: Claim, { keepState, onWarning }: Door): Promise<void> {
  try {
    await releaseLock(github, claimed);
    keepState('lock', '');
  } catch (error) {
    onWarning(`The issue's lock was not given back yet: ${(error as Error).message}`);
  }
}
