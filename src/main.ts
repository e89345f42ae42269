import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as core from '@actions/core';
import { alchemist } from './alchemist.ts';
import type { Config, Surroundings } from './config.ts';
import { inWords } from './story/disk-fault.ts';
import { baseAhead, type BaseAhead } from './story/base-ahead.ts';
import { earlierRun, goingOn } from './story/continue.ts';
import { conclude, finish, say } from './story/finish.ts';
import { heardAt } from './story/cut-off.ts';
import { firstSign, noSign } from './story/first-sign.ts';
import { github as connectGitHub, type GitHub } from './forge/github.ts';
import { InputFaults, readInputs, survivingInputs, triggerInputs } from './inputs/inputs.ts';
import { busyReason, lockName, type Lock } from './story/lock.ts';
import { giveBack, isLocked, lockIssue } from './story/locking.ts';
import { connectModel, secretsOf } from './model/provider.ts';
import { preflight } from './story/preflight.ts';
import { noProgress, progressComment, type Progress } from './story/progress.ts';
import { commentBody, type CommentOptions } from './reports/comment.ts';
import { RunFolder } from './story/run-folder.ts';
import { chooseLauncher } from './sandbox/choose.ts';
import { isDefaultToken, onSignals, readSurroundings, runFacts, scrubEnvironment, workflowPlace } from './surroundings.ts';
import { MalformedEvent, OWN_MARKER, readEvent, type Asked } from './ticket/event.ts';
import { mayAsk } from './ticket/permission.ts';
import { askToStop, watchForStop } from './story/stop.ts';
import { commandOf } from './ticket/command.ts';
import { ticketOf, withDiscussion } from './story/read-ticket.ts';
import type { Transcript } from './transcript/events.ts';
import { placeOf, safeText } from './story/telling.ts';
import { TranscriptLog } from './transcript/log.ts';
import { redactor } from './transcript/redaction.ts';
import { terminalLine } from './reports/terminal.ts';
import { logLine } from './story/outbound.ts';
import { VERSION } from './version.ts';

/** Milliseconds for giving back an issue's lock. */
const UNLOCK_MS = 3_000;

/** Where the bundles are; the shims in `dist/` know. */
export type Bundles = Readonly<{ toolhost: string }>;

/** The door of the action: reads the surroundings, wires the parts, runs, answers. */
export async function main(bundles: Bundles): Promise<void> {
  const env = process.env;
  scrubEnvironment(env);
  const cancelled = onSignals();
  try {
    await act(env, bundles, cancelled);
  } catch (error) {
    // Nothing is expected to reach this: whatever does must still be seen.
    // The reason is one line for a person; where it came from is for the log.
    if (error instanceof Error && !(error instanceof MalformedEvent) && error.stack !== undefined) core.info(logLine(error.stack, ''));
    conclude('failed', error instanceof Error ? error.message : String(error));
  }
  keepState('concluded', 'true');
  // Sockets that are kept alive must not keep a finished job running.
  process.exit(process.exitCode ?? 0);
}

async function act(env: NodeJS.ProcessEnv, bundles: Bundles, cancelled: AbortSignal): Promise<void> {
  const surroundings = readSurroundings(env);
  const asked = readRequest(env, surroundings);
  if (asked.kind === 'not_for_us') return conclude('skipped', asked.reason);
  if (asked.kind === 'refused') return conclude('refused', asked.reason);

  const inputs = tryInputs(env);
  const trust = inputs instanceof InputFaults ? survivingInputs(env) : inputs;
  const token = trust.githubToken;
  if (token === '') return conclude('failed', (inputs as InputFaults).message);
  core.setSecret(token);
  const { owner, repo, apiUrl, serverUrl } = surroundings;
  // What ends a run must still be told when the run was cancelled; all else gives up at once then.
  const lasting = connectGitHub({ token, apiUrl, serverUrl, owner, repo, onWarning: core.warning });
  const github = connectGitHub({ token, apiUrl, serverUrl, owner, repo, onWarning: core.warning, signal: cancelled });

  const config = inputs instanceof InputFaults ? undefined : inputs;
  const stops = commandOf(asked.instruction)?.kind === 'stop';
  // A look at the lock is a read: it need not wait for the answer to who asks.
  const ahead = config && !stops && isLocked(config, asked) ? github.reference(lockName(asked.number ?? 0)) : undefined;
  ahead?.catch(() => undefined); // A failure is met where it is waited for.
  const base = config && !stops ? baseAhead(github, config.baseBranch ?? asked.defaultBranch) : undefined;
  const answer = await mayAsk(asked, trust, (login) => github.permission(login));
  if (!answer.allowed && cancelled.aborted) return conclude('cancelled', (cancelled.reason as Error).message);
  if (!answer.allowed) return conclude('refused', answer.reason);
  if (stops && config) {
    const { conclusion, reason } = await askToStop({ github, asked, dryRun: config.dryRun });
    return conclude(conclusion, reason);
  }
  // From here on they are told whatever happens: `post` does it for a process that is killed.
  if (!trust.dryRun) keepState('asked', heardAt(asked));
  if (!config) return unusable(inputs as InputFaults, asked, trust.dryRun ? null : lasting);

  const sign = config.dryRun ? noSign : firstSign(github, asked, core.info, () => performance.now());
  // Loading the model's client takes a while: it is done while GitHub is asked for the lock.
  const connecting = connectModel(config, { environment: env, identityToken: (audience) => core.getIDToken(audience) });
  connecting.catch(() => undefined); // A failure is met where it is waited for.
  const { lock, claimed } = await lockIssue({ config, surroundings, asked, github, ahead, base, sign, keepState, onWarning: core.warning });
  if (lock?.kind === 'busy') {
    keepState('asked', '');
    return conclude('skipped', busyReason(asked.number ?? 0, lock.holder));
  }
  try {
    await perform({ config, surroundings, asked, github, lasting, lock, base, connecting, bundles, cancelled, env });
  } catch (error) {
    // The run has no folder, so no transcript and no comment of its own.
    const reason = inWords(error);
    if (!config.dryRun) await tell(asked, `Alchemist could not do its work. ${reason}`, lasting);
    conclude('failed', reason);
  } finally {
    // Bounded: a cancelled job has 10 s in all, and what is left over here `post` does.
    if (claimed)
      await giveBack(
        connectGitHub({ token, apiUrl, serverUrl, owner, repo, onWarning: core.warning, signal: AbortSignal.timeout(UNLOCK_MS) }),
        claimed,
        { keepState, onWarning: core.warning },
      );
  }
}

function readRequest(env: NodeJS.ProcessEnv, surroundings: Surroundings): ReturnType<typeof readEvent> {
  let payload: unknown;
  try {
    payload = JSON.parse(readFileSync(surroundings.eventPath, 'utf8'));
  } catch (cause) {
    throw new MalformedEvent(surroundings.eventName, 'the file', 'readable JSON', { cause });
  }
  return readEvent(surroundings.eventName, payload, triggerInputs(env), { actor: surroundings.actor });
}

function tryInputs(env: NodeJS.ProcessEnv): Config | InputFaults {
  try {
    return readInputs(env);
  } catch (error) {
    if (error instanceof InputFaults) return error;
    throw error;
  }
}

/** Somebody who may ask did, and the workflow's inputs cannot be used: they are told where they asked. */
async function unusable(faults: InputFaults, asked: Asked, github: GitHub | null): Promise<void> {
  const body = `The workflow's inputs for Alchemist cannot be used, so nothing was started:\n${faults.faults.map((fault) => `- ${fault}`).join('\n')}`;
  if (github) await tell(asked, body, github);
  conclude('failed', faults.message);
}

/** A comment without a run behind it. */
async function tell(asked: Asked, body: string, github: GitHub): Promise<void> {
  if (asked.number === undefined) return;
  try {
    await github.createComment(asked.number, `${OWN_MARKER} -->\n${body}`);
    keepState('asked', '');
  } catch (error) {
    core.warning(`No comment could be written: ${(error as Error).message}`);
  }
}

/** For `post`. A full disk keeps nothing, and must not end the run. */
function keepState(name: string, value: string): void {
  try {
    core.saveState(name, value);
  } catch (error) {
    core.warning(`Nothing could be kept for the post step: ${inWords(error)}`);
  }
}

type Performance = Readonly<{
  config: Config;
  surroundings: Surroundings;
  asked: Asked;
  /** Ends with the run when that is cancelled. */
  github: GitHub;
  /** Does not. */
  lasting: GitHub;
  lock: Lock | undefined;
  base: BaseAhead | undefined;
  connecting: ReturnType<typeof connectModel>;
  bundles: Bundles;
  cancelled: AbortSignal;
  env: NodeJS.ProcessEnv;
}>;

async function perform({
  config,
  surroundings,
  asked,
  github,
  lasting,
  lock,
  base,
  connecting,
  bundles,
  cancelled,
  env,
}: Performance): Promise<void> {
  const secrets = secretsOf(config, env);
  const keep = redactor(secrets);
  for (const secret of secrets) core.setSecret(secret);
  const folder = new RunFolder(surroundings.folder, keep);
  const log = TranscriptLog.create(folder.transcript, () => new Date());
  keepState('folder', surroundings.folder);
  const text = safeText(placeOf(surroundings, asked.number));
  const progress =
    config.dryRun || asked.number === undefined
      ? noProgress
      : progressOf({ github: lasting, meanwhile: github }, asked.number, {
          text,
          trigger: config.triggerPhrase,
          continueWith: `${config.triggerPhrase} continue`,
        });
  // Outside of what is uploaded, and out of the sandbox's reach.
  const scratch = mkdtempSync(join(dirname(surroundings.folder), 'alchemist-sandbox-'));

  const { model, describe } = await connecting;
  const find = (): ReturnType<typeof earlierRun> =>
    earlierRun({
      github,
      issue: asked.number ?? 0,
      repository: `${surroundings.owner}/${surroundings.repo}`,
      runId: surroundings.runId,
      artifactName: config.artifactName,
      login: async () => (isDefaultToken(config.githubToken) ? null : github.ownLogin()),
    });
  const { ticket, earlier, obstacle } = asked.number === undefined ? { ticket: ticketOf(asked) } : await goingOn(ticketOf(asked), find);
  const stop = watchForStop({ github, asked, runId: surroundings.runId, trigger: config.triggerPhrase, allowed: config });
  const branch = `${config.branchPrefix}${asked.number === undefined ? `run-${surroundings.runId}` : `issue-${asked.number}`}`;
  const transcript: Transcript = await alchemist({
    config,
    started: {
      version: VERSION,
      run: runFacts(surroundings, github.runUrl(surroundings.runId)),
      ...(earlier && { continues: { run: earlier.run, attempt: earlier.attempt, sha256: earlier.sha256 } }),
    },
    earlier,
    obstacle,
    branch,
    defaultBranch: asked.defaultBranch,
    baseAhead: base,
    ticket,
    discussed: () => withDiscussion(ticket, asked, github),
    github,
    preflight: () =>
      preflight({
        github,
        page: `${surroundings.serverUrl}/${surroundings.owner}/${surroundings.repo}`,
        dryRun: config.dryRun,
        defaultToken: isDefaultToken(config.githubToken),
        lock,
        workflow: workflowPlace(env),
        minutes: config.limits.minutes,
        base: config.baseBranch,
        defaultBranch: asked.defaultBranch,
        baseAhead: base,
        head: branch,
      }),
    model,
    describe,
    launcher: chooseLauncher({ sandbox: config.sandbox, environment: env, platform: process.platform }),
    launch: {
      workspace: surroundings.workspace,
      node: process.execPath,
      toolhost: bundles.toolhost,
      scratch,
      network: config.network,
      allowedHosts: config.allowedHosts,
      onRefusal: (host, reason) => core.warning(`The sandbox refused a connection to ${host}: ${reason}`),
    },
    redactor: keep,
    folder,
    log,
    progress,
    onEvent: (event) => say(terminalLine(event), keep),
    onWarning: core.warning,
    text,
    approvalNeeded: isDefaultToken(config.githubToken),
    now: () => Date.now(),
    sleep: (ms, signal) => sleep(ms, undefined, { signal }).then(() => undefined),
    cancelled: AbortSignal.any([cancelled, stop.signal]),
  });
  stop.close();
  const serviceKnown = Boolean(env['ACTIONS_RUNTIME_TOKEN'] && env['ACTIONS_RESULTS_URL']);
  const artifact = { name: config.artifactName, retentionDays: config.artifactRetentionDays, serviceKnown };
  try {
    rmSync(scratch, { recursive: true, force: true });
  } catch (error) {
    core.warning(`${scratch} could not be removed: ${(error as Error).message}`);
  }
  await finish({ transcript, folder, progress, text, redactor: keep, artifact });
}

function progressOf(connections: { github: GitHub; meanwhile: GitHub }, issue: number, options: CommentOptions): Progress {
  return progressComment({
    ...connections,
    issue,
    body: (events, artifact) => commentBody(events, { ...options, ...artifact }),
    onCreated: (id) => keepState('comment', String(id)),
    now: () => Date.now(),
    onWarning: core.warning,
  });
}
