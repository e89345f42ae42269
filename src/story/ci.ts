import type { GitHub } from '../forge/github.ts';
import { readWorkflow } from './workflow-file.ts';

/** Files that are read; a repository with more has CI. */
const MAX_FILES = 15;
/** Files that are named to people. */
const MAX_NAMED = 5;

const FOLDER = '.github/workflows';

/** Where a pull request will come from and go to. */
export type Route = Readonly<{ base: string; head: string }>;

/** Names of the workflow files that start by themselves on such a pull request; `null` where that cannot be found out. Never throws. */
export async function ciWorkflows(github: Pick<GitHub, 'textFile' | 'fileNames'>, route: Route): Promise<readonly string[] | null> {
  try {
    const names = (await github.fileNames(FOLDER, route.base))?.filter((name) => /\.ya?ml$/.test(name)) ?? [];
    const texts = await Promise.all(names.slice(0, MAX_FILES).map((name) => github.textFile(`${FOLDER}/${name}`, route.base)));
    const starts = await Promise.all(texts.map(async (text) => text !== null && ((await readWorkflow(text))?.startsOn(route) ?? false)));
    const found = names.filter((_, at) => starts[at]);
    return found.length === 0 && names.length > MAX_FILES ? null : found;
  } catch {
    return null;
  }
}

/** Whether CI will run on the pull request, in a sentence, and the line that changes it. */
export function ciRemark(workflows: readonly string[] | null, { base, jobToken }: Readonly<{ base: string; jobToken: boolean }>): string {
  if (workflows?.length === 0) return `CI will not run on the pull request: no workflow on ${base} starts on one.`;
  const named = workflows === null ? '' : ` (${workflows.slice(0, MAX_NAMED).join(', ')}${workflows.length > MAX_NAMED ? ', …' : ''})`;
  if (!jobToken)
    return `CI will run on the pull request by itself: the token is not the job's own${workflows === null ? ', so whatever starts on a pull request does' : named}.`;
  return `CI will wait on the pull request: it is opened with the job's own token, and GitHub holds its workflows${named} until a maintainer presses "Approve workflows to run" (some repositories see none). For CI to run by itself give the token of an App or a person:\ngithub-token: \${{ steps.app-token.outputs.token }}`;
}
