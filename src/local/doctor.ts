import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { GitHub } from '../forge/github.ts';
import { pullRequestsSetting } from '../story/preflight.ts';
import { noBranch } from '../story/starting-point.ts';
import { ciSymptom, modelSymptoms, stepInputs, type ModelsApi } from './doctor-inputs.ts';
import type { Symptom } from './symptom.ts';
import { connectHost } from '../sandbox/host.ts';
import { off } from '../sandbox/off.ts';
import { PROTOCOL, type HostFacts, type Overview } from '../toolhost/wire.ts';
import { missingPermissions, PERMISSIONS_BLOCK, readWorkflow, type WorkflowFile, type WorkflowJob } from '../story/workflow-file.ts';

export type DoctorParts = Readonly<{
  /** The checkout, or a folder in it. */
  folder: string;
  env: NodeJS.ProcessEnv;
  /** Absolute path of the tool host's bundle. */
  toolhost: string;
  /** Reads of the repository; absent without a token. */
  github: GitHub | undefined;
  /** E.g. `https://github.com/OWNER/NAME`. */
  page: string;
  /** Absent without a key. */
  models: ModelsApi | undefined;
}>;

type Found = Readonly<{ path: string; file: WorkflowFile; job: WorkflowJob }>;

/** What a repository still lacks, found without writing anywhere: neither to GitHub nor to the checkout. */
export async function doctor(parts: DoctorParts): Promise<readonly Symptom[]> {
  const root = await git(parts, ['rev-parse', '--show-toplevel']);
  if (root === null) return [node(), lacks('This folder is no Git checkout; start it in a clone of the repository.')];
  const found = await workflowsIn(root);
  const workflow =
    found === undefined
      ? [lacks(NO_WORKFLOW)]
      : [...workflowSymptoms(found), ...(await onDefaultBranch(parts, found)), ...(await beforehand(parts, root, found))];
  return [node(), await remote(parts), ...workflow, ...(await workspace(parts, root, found?.job)), ...(await online(parts))];
}

/** What the preflight of a run looks at besides. */
async function beforehand(parts: DoctorParts, root: string, { path, job }: Found): Promise<Symptom[]> {
  const { config, symptoms } = stepInputs(job);
  const head = parts.github
    ? (await parts.github.repository()).defaultBranch
    : await git(parts, ['rev-parse', '--abbrev-ref', 'origin/HEAD']);
  const usual = head?.replace(/^origin\//, '') ?? 'main';
  const base = config?.baseBranch;
  const noBase = base !== undefined && (await parts.github?.getRef(base)) === null;
  return [
    ...symptoms.map(({ state, text }) => ({ state, text: `${path}: ${text}` })),
    ...(await modelSymptoms(config, parts.models)),
    ...(noBase ? [lacks(noBranch(base, usual))] : []),
    await ciSymptom(root, job, usual),
  ];
}

const NO_WORKFLOW = 'No workflow in .github/workflows uses Alchemist: "alchemist init" writes one; commit it on the default branch.';

function node(): Symptom {
  const major = Number(process.versions.node.split('.')[0]);
  return major >= 20
    ? ok(`Node.js ${process.versions.node}`)
    : lacks(`Node.js ${process.versions.node} is too old here: 20 or newer is needed (a runner brings its own).`);
}

async function remote(parts: DoctorParts): Promise<Symptom> {
  const url = await git(parts, ['remote', 'get-url', 'origin']);
  if (url === null) return unknown('There is no remote "origin": whether this is a repository on GitHub cannot be told.');
  // A password may stand in it.
  return ok(`origin is ${url.replace(/\/\/[^@/]+@/, '//')}`);
}

async function workflowsIn(root: string): Promise<Found | undefined> {
  const folder = join(root, '.github', 'workflows');
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /\.ya?ml$/.test(name)) : [];
  for (const name of names.sort()) {
    const file = await readWorkflow(readFileSync(join(folder, name), 'utf8'));
    const job = file?.jobs[0];
    if (file && job) return { path: `.github/workflows/${name}`, file, job };
  }
  return undefined;
}

function workflowSymptoms({ path, file, job }: Found): Symptom[] {
  const missing = missingPermissions(job);
  const starts = file.events.filter((event) =>
    ['issue_comment', 'issues', 'workflow_dispatch', 'schedule', 'repository_dispatch'].includes(event),
  );
  return [
    starts.length > 0
      ? ok(`${path} starts on ${starts.join(', ')}`)
      : lacks(`${path} starts on no event that Alchemist acts on: add issue_comment (types: [created]).`),
    ...(/^OWNER\/|@COMMIT$/.test(job.uses)
      ? [lacks(`${path} uses ${job.uses}, a placeholder: write the repository that holds the action, and a commit or tag of it.`)]
      : []),
    permissions(path, job, missing),
    job.condition === ''
      ? note(`The job ${job.name} has no "if": every comment takes a runner. The workflow of "alchemist init" shows one.`)
      : ok('The job decides by "if" before a runner is taken'),
    job.checksOut
      ? ok('The job checks the repository out')
      : note(
          'No actions/checkout before Alchemist: files are read from GitHub, slower and without history. Add "- uses: actions/checkout@v5".',
        ),
    key(job),
    ...timeout(job),
  ];
}

function permissions(path: string, job: WorkflowJob, missing: readonly string[]): Symptom {
  if (missing.length > 0)
    return lacks(
      `${path}: the job ${job.name} lacks ${missing.map((name) => `${name}: write`).join(', ')}. Put into it:\n${PERMISSIONS_BLOCK}`,
    );
  if (job.permissions !== null) return ok('The job has the permissions it needs');
  return note(
    `${path} has no permissions block, so a setting decides (for most repositories: only reading). Put into the job ${job.name}:\n${PERMISSIONS_BLOCK}`,
  );
}

function key({ inputs }: WorkflowJob): Symptom {
  const provider = inputs['provider'] ?? 'anthropic';
  const value = inputs['anthropic-api-key'];
  if (provider !== 'anthropic') return unknown(`The provider is ${provider}: whether its credentials are there cannot be told from here.`);
  if (value === undefined)
    return lacks(
      'The input anthropic-api-key is missing. Add the key as the secret ANTHROPIC_API_KEY (Settings > Secrets and variables > Actions) and write\nanthropic-api-key: ${{ secrets.ANTHROPIC_API_KEY }}',
    );
  const secret = /secrets\.(\w+)/.exec(value)?.[1];
  if (secret !== undefined)
    return unknown(`The key comes from the secret ${secret}; whether it is set only GitHub knows (gh secret list).`);
  return value.includes('${{')
    ? unknown('The key comes from an expression that cannot be followed from here.')
    : lacks(
        'anthropic-api-key holds a text instead of ${{ secrets.ANTHROPIC_API_KEY }}. If that is a key, revoke it: it stands in the history.',
      );
}

function timeout({ timeoutMinutes, inputs }: WorkflowJob): Symptom[] {
  const minutes = Number(inputs['max-minutes'] ?? 30);
  if (timeoutMinutes === undefined || !Number.isFinite(minutes) || timeoutMinutes > minutes) return [];
  return [
    note(`The job is killed after ${timeoutMinutes} minutes, and a run may take ${minutes}: set timeout-minutes to ${minutes + 15}.`),
  ];
}

/** GitHub starts comments and labels only by what stands there. */
async function onDefaultBranch(parts: DoctorParts, { path }: Found): Promise<Symptom[]> {
  if (parts.github) {
    const { defaultBranch } = await parts.github.repository();
    return [
      (await parts.github.textFile(path, defaultBranch)) === null ? notThere(path, defaultBranch) : ok(`${path} is on ${defaultBranch}`),
    ];
  }
  const head = await git(parts, ['rev-parse', '--abbrev-ref', 'origin/HEAD']);
  if (head === null)
    return [
      unknown(`Whether ${path} is on the default branch cannot be told: give GITHUB_TOKEN, or run "git remote set-head origin --auto".`),
    ];
  return [(await git(parts, ['cat-file', '-e', `${head}:${path}`])) === null ? notThere(path, head) : ok(`${path} is on ${head}`)];
}

function notThere(path: string, branch: string): Symptom {
  return lacks(`${path} is not on ${branch}: GitHub starts comments and labels only by the workflows there. Commit and push it.`);
}

/** Looks as a run would: by the tool host, which only reads here and runs no program of the repository. */
async function workspace({ env, toolhost }: DoctorParts, root: string, job: WorkflowJob | undefined): Promise<Symptom[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'alchemist-doctor-'));
  const signal = AbortSignal.timeout(60_000);
  try {
    const launched = await off(env)(
      { workspace: root, node: process.execPath, toolhost, scratch, network: 'none', allowedHosts: [] },
      signal,
    );
    const host = connectHost(launched);
    try {
      const facts = await host.call(
        'hello',
        { protocol: PROTOCOL, working_directory: job?.inputs['working-directory'] ?? '.', restore: false },
        signal,
      );
      if (!facts.git?.head) return [lacks('The repository has no commit yet.')];
      return workspaceSymptoms(facts, await host.call('overview', { commit: facts.git.head, words: [] }, signal), job);
    } finally {
      await host.close();
      await launched.close();
    }
  } catch (error) {
    return [unknown(`The checkout could not be looked at: ${(error as Error).message}`)];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function workspaceSymptoms({ git: checkout }: HostFacts, overview: Overview, job: WorkflowJob | undefined): Symptom[] {
  const given = job?.inputs['test-command'];
  const { test, instructions } = overview;
  return [
    given
      ? ok(`Tests: ${given} (test-command)`)
      : test
        ? ok(`Tests: ${test.command} (${test.source})`)
        : note(
            'No test command was found: pull requests will be drafts without evidence. Write the input test-command, or name it in AGENTS.md.',
          ),
    instructions.length > 0
      ? ok(`Instructions: ${instructions.map(({ path }) => path).join(', ')}`)
      : note('No AGENTS.md or CLAUDE.md: what a newcomer should know (layout, commands, conventions) helps a model too.'),
    ...(checkout?.modified.length
      ? [note(`${checkout.modified.length} tracked files are changed here; a runner sees only what is committed.`)]
      : []),
  ];
}

/** What only GitHub knows. Reads alone: who looks after a repository should change nothing. */
async function online({ github, page }: DoctorParts): Promise<Symptom[]> {
  if (!github) return [unknown('Settings on GitHub were not looked at: set GITHUB_TOKEN and give --repo OWNER/NAME.')];
  const repository = await github.repository();
  const defaults = await github.actionsDefaults();
  return [
    repository.archived ? lacks(`The repository is archived: unarchive it at ${page}/settings.`) : ok('The repository can be written to'),
    repository.hasIssues
      ? ok('Issues are on')
      : note('Issues are off: runs start by workflow_dispatch only, and no comment can be written.'),
    defaults === null
      ? unknown(
          `"Allow GitHub Actions to create and approve pull requests": only an administrator's token can read it; see ${page}/settings/actions.`,
        )
      : defaults.mayOpenPullRequests
        ? ok('GitHub Actions may open pull requests')
        : lacks(pullRequestsSetting(page)),
  ];
}

async function git({ folder, env }: DoctorParts, args: readonly string[]): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)('git', ['-c', 'core.fsmonitor=false', ...args], {
      cwd: folder,
      env: { PATH: env['PATH'] ?? '', HOME: env['HOME'] ?? '' },
    });
    return stdout.trim();
  } catch {
    return null;
  }
}

const ok = (text: string): Symptom => ({ state: 'ok', text });
const lacks = (text: string): Symptom => ({ state: 'lacks', text });
const note = (text: string): Symptom => ({ state: 'note', text });
const unknown = (text: string): Symptom => ({ state: 'unknown', text });
