import { randomUUID } from 'node:crypto';
import { ForgeError } from '../forge/error.ts';
import type { GitHub } from '../forge/github.ts';
import { readBase, type BaseAhead } from './base-ahead.ts';
import { isDead, type ProcessMark } from './holder.ts';

/** Who holds the lock of an issue. */
export type Holder = Readonly<{
  /** Id and attempt of the workflow run. */
  run: string;
  attempt: number;
  url: string;
  /** ISO 8601: after it the lock counts for nothing, since the run's own time limit is over. */
  until: string;
}> &
  Partial<ProcessMark>;

/** A lock as it was asked for: its reference, and the commit that names the run. */
export type Claim = Readonly<{ name: string; sha: string }>;

export type LockParts = Readonly<{
  github: Pick<
    GitHub,
    'reference' | 'createReference' | 'moveReference' | 'deleteReference' | 'runStatus' | 'createCommit' | 'commit' | 'branch'
  >;
  issue: number;
  defaultBranch: string;
  holder: Omit<Holder, 'until'>;
  /** The run's own time limit. */
  minutes: number;
  now(): number;
  /** The first look, where it was begun before it was known who asks: it is a read. */
  ahead?: Promise<string | null> | undefined;
  /** The base branch, where it was read ahead. */
  base?: BaseAhead | undefined;
  /** Told of a claim before it is made, so that `post` can give back what a killed process could not note any more. */
  onClaim?: ((claim: Claim) => void) | undefined;
  /** Told that nobody holds it, before it is taken. */
  onFree?: (() => void) | undefined;
}>;

/** What became of asking for the lock. `unlocked`: it could not be had for another reason than another run; that must not stop this one. */
export type Lock =
  | (Claim & Readonly<{ kind: 'held' }>)
  | Readonly<{ kind: 'busy'; holder: Holder | undefined }>
  | Readonly<{ kind: 'unlocked'; error: unknown }>;

/** Time to set up before and to publish and upload after a run's own limit, in minutes. */
const MARGIN_MINUTES = 15;
/** How often it is tried anew when the lock went away between two looks. */
const TRIES = 3;

const FIELD = 'Alchemist-Lock';

/**
 * One run an issue acts. The lock is the reference `refs/alchemist/lock/issue-N`, whose creation GitHub lets only one win. It points at a commit of its own
 * (no branch holds it) that names the run. One that was left behind by a run that is over is taken over by a fast-forward, which again only one wins. Never throws.
 */
export async function takeLock(parts: LockParts): Promise<Lock> {
  try {
    const base = readBase(parts.base, parts.github, parts.defaultBranch);
    base.catch(() => undefined); // Read ahead; a failure is met where it is waited for.
    return await tryToTake(parts, base);
  } catch (error) {
    return { kind: 'unlocked', error };
  }
}

async function tryToTake(parts: LockParts, base: ReturnType<GitHub['branch']>): Promise<Lock> {
  const { github } = parts;
  const name = lockName(parts.issue);
  for (let tries = 0; tries < TRIES; tries++) {
    const found = await ((tries === 0 ? parts.ahead : undefined) ?? github.reference(name));
    if (found !== null) {
      const holder = await holderOf(parts, found);
      if (holder !== null && !(await isOver(parts, holder))) return { kind: 'busy', holder };
    }
    parts.onFree?.();
    const tree = (await base)?.tree;
    // An empty repository: there is nothing to work on, and the run says so.
    if (tree === undefined) return { kind: 'unlocked', error: new Error(`there is no branch ${parts.defaultBranch}`) };
    const { commit } = await github.createCommit({ message: claim(parts), tree, parents: found === null ? [] : [found] });
    parts.onClaim?.({ name, sha: commit });
    if (await (found === null ? github.createReference(name, commit) : github.moveReference(name, commit)))
      return { kind: 'held', name, sha: commit };
  }
  return { kind: 'busy', holder: undefined };
}

/** Gives the lock back, where it is still ours. Throws where GitHub refuses; then it ends by its own time. */
export async function releaseLock(github: LockParts['github'], { name, sha }: Claim): Promise<void> {
  if ((await github.reference(name)) !== sha) return;
  try {
    await github.deleteReference(name);
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    // It may not be deleted here: a commit without a holder on top says the same.
    const { tree } = await github.commit(sha);
    const { commit } = await github.createCommit({ message: 'Alchemist has ended its run', tree, parents: [sha] });
    await github.moveReference(name, commit);
  }
}

/** Without `refs/`. */
export function lockName(issue: number): string {
  return `alchemist/lock/issue-${issue}`;
}

/** Why a run that did not get the lock is skipped. */
export function busyReason(issue: number, holder: Holder | undefined): string {
  const who = holder === undefined ? 'Another run' : `The run ${holder.url || holder.run}`;
  return `${who} is working on issue #${issue} already, and one run an issue acts at a time. Ask again when it has ended.`;
}

function claim({ holder, issue, minutes, now }: LockParts): string {
  const until = new Date(now() + (minutes + MARGIN_MINUTES) * 60_000).toISOString();
  // `id`: two claims are two commits, even of one run in one second.
  const fields = JSON.stringify({ ...holder, until, id: randomUUID() });
  return `Alchemist works on issue ${issue}\n\n${FIELD}: ${fields}\nAlchemist-Run: ${holder.url}\n`;
}

/** `null` when the commit names nobody: the lock was given back. */
async function holderOf({ github }: LockParts, sha: string): Promise<Holder | null> {
  const { message } = await github.commit(sha);
  const fields = new RegExp(`^${FIELD}: (\\{.*\\})$`, 'm').exec(message)?.[1];
  if (fields === undefined) return null;
  const { run, attempt, url, until, machine, process } = JSON.parse(fields) as Partial<Record<keyof Holder, unknown>>;
  const mark = typeof machine === 'string' && typeof process === 'string' ? { machine, process } : {};
  return { run: String(run), attempt: Number(attempt), url: String(url), until: String(until), ...mark };
}

async function isOver({ github, holder: self, now }: LockParts, holder: Holder): Promise<boolean> {
  // A date that cannot be read is over: nothing may be locked for ever.
  if (!(Date.parse(holder.until) > now())) return true;
  // Killed, and its post step did not come to it: the step was started again, or a machine of one's own.
  if (isDead(holder)) return true;
  // This run was started again: its former attempt is at an end. The same attempt elsewhere is a job beside this one.
  if (holder.run === self.run) return holder.attempt < self.attempt;
  return (await github.runStatus(holder.run)) === 'completed';
}
