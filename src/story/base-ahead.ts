import type { GitHub } from '../forge/github.ts';

/** The head of the base branch, read once while a run starts: the lock, the preflight and the starting point all ask for it. */
export type BaseAhead = ReturnType<GitHub['branch']>;

/** Begins the read, where the event or the input names the branch. */
export function baseAhead(github: GitHub, branch: string | undefined): BaseAhead | undefined {
  const read = branch === undefined ? undefined : github.branch(branch);
  read?.catch(() => undefined); // A failure is met where it is waited for.
  return read;
}

/** What was read ahead, else (also where that failed) a read of its own. */
export function readBase(ahead: BaseAhead | undefined, github: Pick<GitHub, 'branch'>, branch: string): BaseAhead {
  return ahead ? ahead.catch(() => github.branch(branch)) : github.branch(branch);
}
