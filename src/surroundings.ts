import { join } from 'node:path';
import { Interruption } from './agent/parts.ts';
import type { Surroundings } from './config.ts';
import type { WorkflowPlace } from './story/preflight.ts';
import type { RunStarted } from './transcript/events.ts';

/** The runner's variables are missing or wrong; all of them are named together. */
export class SurroundingsFault extends Error {
  override readonly name = 'SurroundingsFault';
}

/** Reads what a GitHub runner tells a JavaScript action. Throws `SurroundingsFault` naming every variable that is missing. */
export function readSurroundings(env: NodeJS.ProcessEnv): Surroundings {
  const faults: string[] = [];
  const need = (name: string): string => {
    const value = env[name] ?? '';
    if (value === '') faults.push(`${name} is missing`);
    return value;
  };
  const [owner = '', repo = ''] = need('GITHUB_REPOSITORY').split('/');
  if (env['GITHUB_REPOSITORY'] && (owner === '' || repo === '')) faults.push('GITHUB_REPOSITORY must be OWNER/NAME');
  const surroundings: Surroundings = {
    eventName: need('GITHUB_EVENT_NAME'),
    eventPath: need('GITHUB_EVENT_PATH'),
    owner,
    repo,
    workspace: need('GITHUB_WORKSPACE'),
    actor: env['GITHUB_ACTOR'] ?? '',
    sha: env['GITHUB_SHA'] ?? '',
    ref: env['GITHUB_REF'] ?? '',
    runId: need('GITHUB_RUN_ID'),
    runAttempt: Number(env['GITHUB_RUN_ATTEMPT'] ?? '1') || 1,
    workflow: env['GITHUB_WORKFLOW'] ?? '',
    apiUrl: env['GITHUB_API_URL'] || 'https://api.github.com',
    serverUrl: env['GITHUB_SERVER_URL'] || 'https://github.com',
    folder: join(need('RUNNER_TEMP'), 'alchemist'),
    runnerOs: env['RUNNER_OS'] ?? '',
  };
  if (faults.length > 0)
    throw new SurroundingsFault(
      `This is not a GitHub runner: ${faults.join('; ')}. Run it as a step of a workflow, or use the command line (npx alchemist --help).`,
    );
  return surroundings;
}

/**
 * Takes every variable away that the model SDKs would read a base URL, token or header from (attack 34): only inputs say where the key goes.
 */
export function scrubEnvironment(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(env)) if (/^(ANTHROPIC|OPENAI)_/i.test(name)) Reflect.deleteProperty(env, name);
}

/** What the transcript says of the workflow run. */
export function runFacts(surroundings: Surroundings, url: string): RunStarted['run'] {
  const { owner, repo, runId, runAttempt, eventName, actor, sha, ref, serverUrl } = surroundings;
  return { id: runId, attempt: runAttempt, url, repository: `${owner}/${repo}`, event: eventName, actor, sha, ref, server_url: serverUrl };
}

/** `OWNER/NAME/.github/workflows/FILE@REF`; absent where the runner does not tell. */
export function workflowPlace(env: NodeJS.ProcessEnv): WorkflowPlace | undefined {
  const path = /^[^/]+\/[^/]+\/(\.github\/workflows\/[^@]+)@/.exec(env['GITHUB_WORKFLOW_REF'] ?? '')?.[1];
  const commit = env['GITHUB_WORKFLOW_SHA'] ?? '';
  return path === undefined || commit === '' ? undefined : { path, commit, job: env['GITHUB_JOB'] ?? '' };
}

/** The job's own token is an installation token of GitHub Actions; an App's looks the same, and the note about workflows does no harm there. */
export function isDefaultToken(token: string): boolean {
  return token.startsWith('ghs_');
}

/** A cancelled job gets SIGINT, 7.5 s later SIGTERM, 2.5 s later SIGKILL. */
export function onSignals(): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => controller.abort(new Interruption('signal', 'The job was cancelled. What was done so far is in the artifact.'));
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return controller.signal;
}
