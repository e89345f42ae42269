import type { Octokit } from './connection.ts';
import { ForgeError } from './error.ts';

/** A workflow run, as far as it says whose work it is. Fields are empty where the server does not tell. */
export type WorkflowRun = Readonly<{
  id: string;
  /** `owner/name`. */
  repository: string;
  /** Repository that the workflow's code came from: another one for a fork's pull request. */
  headRepository: string;
  /** E.g. `.github/workflows/alchemist.yml`, without the reference; the workflow's id where the server tells no path. */
  workflow: string;
}>;

export type ArtifactFacts = Readonly<{ id: number; name: string; /** Bytes of the zip file. */ size: number; expired: boolean }>;

/** Workflow runs and their artifacts; needs `actions: read`. */
export type Runs = Readonly<{
  workflowRun(id: string): Promise<WorkflowRun>;
  /** The last 100 of the run. */
  artifacts(runId: string): Promise<readonly ArtifactFacts[]>;
  /** The zip file. */
  artifact(id: number): Promise<Buffer>;
  /** The token's own login; `null` for a token that is no person's (a job's, an App's). */
  ownLogin(): Promise<string | null>;
}>;

type Here = Readonly<{ owner: string; repo: string }>;
type Ask = <T>(doing: string, work: (rest: Octokit['rest'], octokit: Octokit) => Promise<T>) => Promise<T>;

export function runs(ask: Ask, here: Here): Runs {
  return {
    workflowRun: (id) =>
      ask(`read the workflow run ${id}`, async (rest) => {
        const { data } = await rest.actions.getWorkflowRun({ ...here, run_id: Number(id) });
        // A server may leave out more than GitHub does.
        const { path, workflow_id: workflow, repository, head_repository: head } = data as Partial<typeof data>;
        return {
          id,
          repository: repository?.full_name ?? '',
          headRepository: head?.full_name ?? '',
          workflow: (path ?? String(workflow ?? '')).replace(/@.*$/, ''),
        };
      }),
    artifacts: (runId) =>
      ask(`list the artifacts of the workflow run ${runId}`, async (rest) => {
        const { data } = await rest.actions.listWorkflowRunArtifacts({ ...here, run_id: Number(runId), per_page: 100 });
        return data.artifacts.map(({ id, name, size_in_bytes: size, expired }) => ({ id, name, size, expired }));
      }),
    artifact: (id) =>
      ask(`download the artifact ${id}`, async (rest) => {
        const { data } = await rest.actions.downloadArtifact({ ...here, artifact_id: id, archive_format: 'zip' });
        return Buffer.from(data as ArrayBuffer);
      }),
    ownLogin: async () => {
      try {
        return await ask("read the token's account", async (rest) => (await rest.users.getAuthenticated()).data.login);
      } catch (error) {
        if (error instanceof ForgeError && (error.kind === 'forbidden' || error.kind === 'not_found')) return null;
        throw error;
      }
    },
  };
}
