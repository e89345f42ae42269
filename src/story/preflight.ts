import { readBase, type BaseAhead } from './base-ahead.ts';
import { randomUUID } from 'node:crypto';
import { ForgeError } from '../forge/error.ts';
import type { GitHub, RepositoryFacts } from '../forge/github.ts';
import { ciRemark, ciWorkflows } from './ci.ts';
import type { Lock } from './lock.ts';
import { noBranch } from './starting-point.ts';
import { missingPermissions, NEEDED, PERMISSIONS_BLOCK, readWorkflow, usesJobToken, type WorkflowJob } from './workflow-file.ts';

/** Where the workflow that runs this stands. Of `GITHUB_WORKFLOW_REF`, `GITHUB_WORKFLOW_SHA` and `GITHUB_JOB`. */
export type WorkflowPlace = Readonly<{ path: string; commit: string; job: string }>;

export type PreflightParts = Readonly<{
  github: Pick<GitHub, 'repository' | 'createBlob' | 'createPullRequest' | 'textFile' | 'fileNames' | 'branch'>;
  /** The repository's page, e.g. `https://github.com/OWNER/NAME`. */
  page: string;
  /** Reads only: nothing would be written anyway. */
  dryRun: boolean;
  /** A token that may be the job's own (an App's looks the same): only that one is bound by the workflow's `permissions:`. */
  defaultToken: boolean;
  /** Asking for the lock was the first write: it tells whether the token may write. */
  lock: Lock | undefined;
  workflow: WorkflowPlace | undefined;
  minutes: number;
  /** The input `base-branch`. */
  base: string | undefined;
  /** As the event tells it. */
  defaultBranch: string | undefined;
  baseAhead?: BaseAhead | undefined;
  /** The branch that the change would go to. */
  head: string;
}>;

export type Preflight = Readonly<{
  /** What makes the run fail for certain; each says what to change, in words that stand alone. */
  faults: readonly string[];
  /** What a person should know, and what stops nothing. */
  remarks: readonly string[];
}>;

/**
 * What would make a run fail at its end, found before a model is paid: it only ever says no to what GitHub itself would refuse. Whatever cannot be found out
 * counts as right. Leaves nothing behind: the one probe that writes stores the empty blob, which belongs to no tree. Never throws.
 */
export async function preflight(parts: PreflightParts): Promise<Preflight> {
  const asked = unknownWhenItFails(parts.github.repository());
  const running = unknownWhenItFails(workflowJob(parts));
  // Another token than the job's own: the block says nothing of it.
  const own = running.then((job) => (job && usesJobToken(job) ? job : null));
  const jobToken = running.then((job) => parts.defaultToken && (job === null || usesJobToken(job)));
  const [repository, job, contents, base] = await Promise.all([
    asked,
    own,
    contentsRefused(parts),
    unknownWhenItFails(baseAndCi(parts, asked, jobToken)),
  ]);
  if (repository?.archived && !parts.dryRun) return { faults: [archived(parts)], remarks: [] };
  const pulls = contents && repository ? await pullRequestsRefused(parts, repository) : undefined;
  const lacking = parts.dryRun ? [] : missingPermissions(job ?? { permissions: null });
  // Without the comment a run still works, and says so in the log.
  const decisive = new Set(lacking.filter((name) => name !== 'issues'));
  if (contents) decisive.add('contents');
  if (pulls === 'permission') decisive.add('pull-requests');
  const faults = [
    ...(decisive.size > 0 ? [permissionsFault([...new Set([...decisive, ...lacking])], contents?.said ?? '')] : []),
    ...(pulls === 'setting' ? [pullRequestsSetting(parts.page)] : []),
    ...(base?.fault === undefined ? [] : [base.fault]),
  ];
  return { faults, remarks: [...remarksOn(job, lacking, parts.minutes), ...(base?.ci === undefined ? [] : [base.ci])] };
}

/** Whether there is a branch to start from, and what CI will do on a pull request to it. */
async function baseAndCi(
  { github, base, defaultBranch, baseAhead, head, dryRun }: PreflightParts,
  repository: Promise<RepositoryFacts | null>,
  jobToken: Promise<boolean>,
): Promise<{ fault?: string; ci?: string }> {
  const usual = defaultBranch ?? (await repository)?.defaultBranch;
  const branch = base ?? usual;
  if (branch === undefined) return {};
  const [start, workflows] = await Promise.all([
    readBase(baseAhead, github, branch),
    dryRun ? null : ciWorkflows(github, { base: branch, head }),
  ]);
  if (start === null) return { fault: noBranch(branch, base === undefined ? undefined : usual) };
  return dryRun ? {} : { ci: ciRemark(workflows, { base: branch, jobToken: await jobToken }) };
}

/** All that is missing, as one text for the comment. */
export function preflightMessage(faults: readonly string[], remarks: readonly string[] = []): string {
  const list = (texts: readonly string[]): string => texts.map((text) => `- ${text.replaceAll('\n', '\n  ')}`).join('\n');
  const also = remarks.length === 0 ? '' : `\n\nThese stop nothing, and are good to know:\n\n${list(remarks)}`;
  if (faults.length === 1) return `${faults[0] ?? ''}\n\nNothing was started: the model was not asked, and nothing was spent.${also}`;
  return `These stand in the way, so nothing was started: the model was not asked, and nothing was spent.\n\n${list(faults)}${also}`;
}

/** Where the switch is that lets the job's own token open pull requests. */
export function pullRequestsSetting(page: string): string {
  return `GitHub Actions is not permitted to create pull requests here. Switch on "Allow GitHub Actions to create and approve pull requests" at ${page}/settings/actions (where it is greyed out, the organisation's settings decide), or give a github-token of an App or a person.`;
}

export function permissionsFault(missing: readonly string[], said: string): string {
  const named = missing.map((name) => `\`${name}: write\` (${NEEDED[name] ?? 'needed'})`).join(' and ');
  if (/personal access token/i.test(said))
    return `The token lacks ${named}. Give it to the personal access token of the input github-token (its settings, "Repository permissions").`;
  return `The token lacks ${named}. Put into the workflow's job:\n\n\`\`\`yaml\n${PERMISSIONS_BLOCK}\n\`\`\`\n`;
}

function archived({ page }: PreflightParts): string {
  return `The repository is archived, so GitHub lets nobody write to it. Unarchive it at ${page}/settings ("Danger Zone"), then ask again.`;
}

/** GitHub's no to the first write, when it was a matter of permission. */
async function contentsRefused({ github, dryRun, lock }: PreflightParts): Promise<ForgeError | undefined> {
  if (dryRun || lock?.kind === 'held') return undefined;
  // A lock that was refused may be a matter of its own name: only a refused blob says that nothing can be written.
  const failed: unknown = await github.createBlob(new Uint8Array()).then(nothing, (error: unknown) => error);
  return isPermission(failed) ? failed : undefined;
}

/**
 * Asked only when the run fails in any case, to name everything together: a pull request from a branch that cannot be there is answered 422 where the token
 * may open pull requests.
 */
async function pullRequestsRefused(
  { github }: PreflightParts,
  { defaultBranch }: RepositoryFacts,
): Promise<'permission' | 'setting' | undefined> {
  const head = `alchemist-no-such-branch-${randomUUID()}`;
  const title = 'May this token open pull requests?';
  try {
    const result = await github.createPullRequest({ title, body: '', head, base: defaultBranch, draft: false });
    return result.kind === 'not_permitted' ? 'setting' : undefined;
  } catch (error) {
    return isPermission(error) ? 'permission' : undefined;
  }
}

function isPermission(error: unknown): error is ForgeError {
  return error instanceof ForgeError && error.kind === 'forbidden' && /Resource not accessible by/i.test(error.said);
}

async function workflowJob({ github, workflow, defaultToken }: PreflightParts): Promise<WorkflowJob | null> {
  if (!workflow || !defaultToken) return null;
  const text = await github.textFile(workflow.path, workflow.commit);
  const jobs = (text === null ? null : await readWorkflow(text))?.jobs ?? [];
  return jobs.find(({ name }) => name === workflow.job) ?? null;
}

function remarksOn(job: WorkflowJob | null, lacking: readonly string[], minutes: number): string[] {
  const timeout = job?.timeoutMinutes;
  return [
    ...(lacking.includes('issues')
      ? ['The job has no "issues: write" permission: no progress comment can be written, the log is all there is to see.']
      : []),
    ...(timeout !== undefined && timeout <= minutes
      ? [
          `The job is killed after ${timeout} minutes (timeout-minutes) and the run may take ${minutes} (max-minutes): give the job at least 10 more.`,
        ]
      : []),
  ];
}

async function unknownWhenItFails<T>(asked: Promise<T>): Promise<T | null> {
  return asked.catch(() => null);
}

function nothing(): undefined {
  return undefined;
}
