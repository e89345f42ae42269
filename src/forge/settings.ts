import type { Octokit } from './connection.ts';
import { ForgeError } from './error.ts';

/** What a repository holds that decides whether a run can end well. `null`: it is not there, or the token may not read it. */
export type Settings = Readonly<{
  /** A file's text at a commit, branch or tag. */
  textFile(path: string, ref: string): Promise<string | null>;
  /** Names of the files in a folder, without those in folders below it. */
  fileNames(folder: string, ref: string): Promise<readonly string[] | null>;
  /** The setting "Allow GitHub Actions to create and approve pull requests", and the default of the job token. Only administrators may read it. */
  actionsDefaults(): Promise<Readonly<{ mayOpenPullRequests: boolean; permissions: 'read' | 'write' }> | null>;
}>;

type Here = Readonly<{ owner: string; repo: string }>;
type Ask = <T>(doing: string, work: (rest: Octokit['rest'], octokit: Octokit) => Promise<T>) => Promise<T>;

export function settings(ask: Ask, here: Here): Settings {
  return {
    textFile: (path, ref) =>
      orNull(
        ask(`read ${path}`, async (rest) => {
          const { data } = await rest.repos.getContent({ ...here, path, ref });
          if (Array.isArray(data) || data.type !== 'file') return null;
          return Buffer.from(data.content, 'base64').toString('utf8');
        }),
      ),
    fileNames: (path, ref) =>
      orNull(
        ask(`list ${path}`, async (rest) => {
          const { data } = await rest.repos.getContent({ ...here, path, ref });
          return Array.isArray(data) ? data.filter(({ type }) => type === 'file').map(({ name }) => name) : null;
        }),
      ),
    actionsDefaults: () =>
      orNull(
        ask('read the settings of Actions', async (rest) => {
          const { data } = await rest.actions.getGithubActionsDefaultWorkflowPermissionsRepository(here);
          return { mayOpenPullRequests: data.can_approve_pull_request_reviews, permissions: data.default_workflow_permissions };
        }),
      ),
  };
}

async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ForgeError && (error.kind === 'not_found' || error.kind === 'forbidden')) return null;
    throw error;
  }
}
