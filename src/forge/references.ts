import type { Octokit } from './connection.ts';
import { ForgeError } from './error.ts';

/**
 * References outside of branches and tags, by their name without `refs/`, e.g. `alchemist/lock/issue-7`. GitHub takes any name that starts with `refs/` and has
 * two slashes (docs.github.com, "Create a reference"); they show up in no list of branches, start no workflow and fall under no branch rule.
 */
export type References = Readonly<{
  /** The object it points at; `null` when there is none. */
  reference(name: string): Promise<string | null>;
  /** False when it exists already. Of many at once exactly one is answered true. */
  createReference(name: string, sha: string): Promise<boolean>;
  /** Fast-forward only: false when it does not point at an ancestor of `sha` (any more). Of many with the same parent exactly one is answered true. */
  moveReference(name: string, sha: string): Promise<boolean>;
  deleteReference(name: string): Promise<void>;
  /** E.g. `in_progress`, `completed`; `null` where it cannot be read (the token needs `actions: read`). */
  runStatus(runId: string): Promise<string | null>;
}>;

type Here = Readonly<{ owner: string; repo: string }>;
type Ask = <T>(doing: string, work: (rest: Octokit['rest'], octokit: Octokit) => Promise<T>) => Promise<T>;

export function references(ask: Ask, here: Here): References {
  const reference: References['reference'] = (name) =>
    ask(`read refs/${name}`, async (rest) => (await rest.git.getRef({ ...here, ref: name })).data.object.sha).catch((error: unknown) => {
      if (error instanceof ForgeError && error.status === 404) return null;
      throw error;
    });
  /** A request that was sent again finds its own work done. */
  const unlessRefused = async (name: string, sha: string, work: Promise<unknown>): Promise<boolean> => {
    try {
      await work;
      return true;
    } catch (error) {
      if (!(error instanceof ForgeError) || (error.kind !== 'conflict' && !/reference does not exist/i.test(error.said))) throw error;
      return (await reference(name)) === sha;
    }
  };
  return {
    reference,
    createReference: (name, sha) =>
      unlessRefused(
        name,
        sha,
        ask(`create refs/${name}`, (rest) => rest.git.createRef({ ...here, ref: `refs/${name}`, sha })),
      ),
    moveReference: (name, sha) =>
      unlessRefused(
        name,
        sha,
        ask(`move refs/${name}`, (rest) => rest.git.updateRef({ ...here, ref: name, sha, force: false })),
      ),
    deleteReference: async (name) => {
      await ask(`delete refs/${name}`, (rest) => rest.git.deleteRef({ ...here, ref: name }));
    },
    runStatus: async (runId) => {
      try {
        return await ask(
          'read a workflow run',
          async (rest) => (await rest.actions.getWorkflowRun({ ...here, run_id: Number(runId) })).data.status,
        );
      } catch {
        return null;
      }
    },
  };
}
