import { git, type SeedFile } from '../support/github/objects.ts';
import type { GitHubServer } from '../support/github/server.ts';

/** What a person's push does: one commit of `files` on a branch (laid over `parent`, by default the branch's head). Answers its id. */
export async function commitOn(
  github: GitHubServer,
  branch: string,
  files: Record<string, SeedFile | null>,
  parent?: string,
): Promise<string> {
  const from = parent ?? (await headOf(github, branch));
  const tree = await github.objects.writeFiles(await treeOf(github, from), files);
  const commit = (await git(github.objects.directory, ['commit-tree', tree, '-p', from, '-m', 'By a person'])).toString().trim();
  await github.objects.setRef(`refs/heads/${branch}`, commit);
  return commit;
}

export async function headOf(github: GitHubServer, branch: string): Promise<string> {
  const head = await github.objects.ref(`refs/heads/${branch}`);
  if (head === null) throw new Error(`there is no branch ${branch}`);
  return head;
}

export async function treeOf(github: GitHubServer, commit: string): Promise<string> {
  return (await git(github.objects.directory, ['rev-parse', `${commit}^{tree}`])).toString().trim();
}
