import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as core from '@actions/core';
import type { UploadedArtifact } from './story/artifact.ts';
import { CUT_OFF_BEFORE, readHeardAt, tellCutOff } from './story/cut-off.ts';
import { conclude, finish } from './story/finish.ts';
import { github as connectGitHub, type GitHub } from './forge/github.ts';
import { triggerInputs } from './inputs/inputs.ts';
import { releaseLock } from './story/lock.ts';
import { noProgress, progressComment, type ArtifactState } from './story/progress.ts';
import { commentBody } from './reports/comment.ts';
import { marker } from './reports/pull-request.ts';
import { RunFolder } from './story/run-folder.ts';
import { readSurroundings, scrubEnvironment } from './surroundings.ts';
import { placeOf, safeText } from './story/telling.ts';
import type { Transcript } from './transcript/events.ts';
import { TranscriptLog } from './transcript/log.ts';
import { redactor } from './transcript/redaction.ts';
import { allOf, endingOf, lastOf, testsVerdict } from './transcript/find.ts';
import { finalTotals } from './transcript/totals.ts';

/** The reason that stands in the transcript of a run whose process did not live to write one. */
const CUT_OFF = 'The job was cancelled, or the process was killed, before the run could end. What was done so far is in the artifact.';

/** The door after the action: where main was cancelled, killed or crashed, it ends the transcript and the comment and uploads what there is. */
export async function post(): Promise<void> {
  const env = process.env;
  scrubEnvironment(env);
  const concluded = env['STATE_concluded'] === 'true';
  if (concluded && (env['STATE_lock'] ?? '') === '') return;
  if (!concluded) {
    const ended = await endRun(env).catch((error: unknown) => {
      core.warning(`The run could not be ended: ${(error as Error).message}`);
      return false;
    });
    if (!ended) await cutOff(env).catch((error: unknown) => core.warning(`Nobody could be told: ${(error as Error).message}`));
  }
  await unlock(env).catch((error: unknown) => core.warning(`The issue's lock was not given back: ${(error as Error).message}`));
  // The step that failed is main's; this one only told of it.
  process.exit(0);
}

/** Main was killed while it held the lock of its issue, or GitHub did not answer. */
async function unlock(env: NodeJS.ProcessEnv): Promise<void> {
  const [name = '', sha = ''] = (env['STATE_lock'] ?? '').split(' ');
  if (sha === '') return;
  await releaseLock(connect(env), { name, sha });
}

function connect(env: NodeJS.ProcessEnv): GitHub {
  const { owner, repo, apiUrl, serverUrl } = readSurroundings(env);
  return connectGitHub({ token: env['INPUT_GITHUB-TOKEN']?.trim() ?? '', apiUrl, serverUrl, owner, repo, onWarning: core.warning });
}

/** Killed between the creation of the comment and the note of its id: found by its marker, which names the run. */
async function orphan(github: GitHub, issue: number, mark: string): Promise<number | undefined> {
  const comments = await github.comments(issue).catch(() => []);
  return comments.find(({ body }) => body.startsWith(mark))?.id;
}

/** Main was killed before its run had begun. Nobody but those who may ask is told: for others there is no note of where they asked. */
async function cutOff(env: NodeJS.ProcessEnv): Promise<void> {
  const heard = readHeardAt(env['STATE_asked']);
  conclude('cancelled', CUT_OFF_BEFORE);
  if (!heard) return;
  const { runId } = readSurroundings(env);
  const comment = Number(env['STATE_comment'] ?? '') || undefined;
  await tellCutOff(connect(env), heard, { trigger: triggerInputs(env).phrase, runId, comment });
}

/** Main did not live to write the change against the base: the recorded steps in their order, which `git apply` takes one after the other. */
function keepRecorded(folder: RunFolder, events: Transcript): void {
  const steps = allOf(events, 'tree_changed');
  const lost = steps.findIndex(({ patch_omitted }) => patch_omitted !== undefined);
  const whole = lost === -1 ? steps : steps.slice(0, lost);
  if (whole.length === 0 || existsSync(join(folder.path, 'change.patch'))) return;
  try {
    folder.write('change.patch', whole.map(({ patch }) => (patch.endsWith('\n') ? patch : `${patch}\n`)).join(''));
  } catch (error) {
    core.warning(`change.patch could not be written: ${(error as Error).message}`);
  }
}

/** False where there is no run to end: it was killed before its first event was whole. */
async function endRun(env: NodeJS.ProcessEnv): Promise<boolean> {
  const path = env['STATE_folder'] ?? '';
  if (path === '' || !existsSync(join(path, 'transcript.jsonl'))) return false;
  const surroundings = readSurroundings(env);
  const secrets = [
    'INPUT_ANTHROPIC-API-KEY',
    'INPUT_GITHUB-TOKEN',
    'INPUT_OPENAI-API-KEY',
    'ACTIONS_RUNTIME_TOKEN',
    'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
  ].map((name) => env[name]?.trim() ?? '');
  const keep = redactor(secrets.filter((secret) => secret !== ''));
  const folder = new RunFolder(path, keep, true);
  const log = TranscriptLog.reopen(folder.transcript, () => new Date());
  if (log.events.length === 0) {
    log.close();
    return false;
  }
  if (!endingOf(log.events)) {
    log.append({
      type: 'run_ended',
      conclusion: 'cancelled',
      reason: CUT_OFF,
      totals: finalTotals(log.events),
      tests: testsVerdict(log.events),
    });
  }
  log.close();
  keepRecorded(folder, log.events);
  const started = lastOf(log.events, 'run_started');
  const issue = started?.ticket.number;
  const text = safeText(placeOf(surroundings, issue));
  const github = connect(env);
  const quiet = issue === undefined || started?.config.dry_run === true;
  const comment = Number(env['STATE_comment'] ?? '') || (quiet ? undefined : await orphan(github, issue, marker(log.events)));
  const trigger = triggerInputs(env).phrase;
  const body = (events: typeof log.events, artifact?: ArtifactState): string =>
    commentBody(events, { text, trigger, continueWith: `${trigger} continue`, ...artifact });
  const progress = quiet
    ? noProgress
    : progressComment({ github, issue, body, comment, onCreated: () => undefined, now: () => Date.now(), onWarning: core.warning });
  const retention = Number(env['INPUT_ARTIFACT-RETENTION-DAYS'] ?? '') || undefined;
  const serviceKnown = Boolean(env['ACTIONS_RUNTIME_TOKEN'] && env['ACTIONS_RESULTS_URL']);
  const artifact = { name: env['INPUT_ARTIFACT-NAME']?.trim() || 'alchemist-transcript', retentionDays: retention, serviceKnown };
  const uploaded = env['STATE_uploaded'] ? (JSON.parse(env['STATE_uploaded']) as UploadedArtifact) : undefined;
  await finish({ transcript: log.events, folder, progress, text, redactor: keep, uploaded, artifact });
  return true;
}
