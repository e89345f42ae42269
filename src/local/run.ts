import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Interruption } from '../agent/parts.ts';
import { alchemist } from '../alchemist.ts';
import type { Run } from '../story/run.ts';
import { say } from '../story/finish.ts';
import type { GitHub, GitHubOptions } from '../forge/github.ts';
import { readArguments, type Asked } from './arguments.ts';
import { commitLocally } from './branch.ts';
import type { Connection } from '../model/provider.ts';
import type { Config } from '../config.ts';
import type { Access } from './access.ts';
import { preflight } from '../story/preflight.ts';
import { noProgress } from '../story/progress.ts';
import { withDiscussion } from '../story/read-ticket.ts';
import { reportHtml } from '../reports/html.ts';
import { pullRequestTitle } from '../reports/pull-request.ts';
import { summaryMarkdown } from '../reports/summary.ts';
import { terminalLine } from '../reports/terminal.ts';
import { RunFolder } from '../story/run-folder.ts';
import { chooseLauncher } from '../sandbox/choose.ts';
import { remarksOn, type StartingPoint } from '../story/starting-point.ts';
import { placeOf, safeText } from '../story/telling.ts';
import { sanitise, sanitisePlain } from '../ticket/sanitise.ts';
import type { Ticket } from '../ticket/ticket.ts';
import type { HostFacts } from '../toolhost/wire.ts';
import type { Transcript } from '../transcript/events.ts';
import { TranscriptLog } from '../transcript/log.ts';
import { redactor } from '../transcript/redaction.ts';
import { contextOf, endingOf, lastOf, lastTree } from '../transcript/find.ts';
import { pushRequestOf } from '../transcript/plan.ts';
import { VERSION } from '../version.ts';

/** What the door hands in: adapters, and what stood in the environment before it was scrubbed. */
export type LocalParts = Readonly<{
  env: NodeJS.ProcessEnv;
  access: Access;
  folder: string;
  /** Absolute path of the tool host's bundle. */
  toolhost: string;
  connectGitHub(options: GitHubOptions): GitHub;
  connectModel(config: Config): Promise<Connection>;
  /** Keys in the environment that are the chosen provider's. */
  providerSecrets(config: Config): readonly string[];
}>;

/** Runs one ticket on the checkout; answers the exit code. Throws `WrongArguments`, or an error for a person. */
export async function runLocal(args: readonly string[], parts: LocalParts): Promise<number> {
  const asked = readArguments(args, parts);
  const { anthropicApiKey, openaiApiKey } = asked.config;
  const secrets = [anthropicApiKey, openaiApiKey, ...parts.providerSecrets(asked.config), parts.env['GITHUB_TOKEN'] ?? ''];
  const keep = redactor(secrets.filter((secret) => secret !== ''));
  const path = runFolder(parts.env);
  const folder = new RunFolder(join(path, 'run'), keep);
  const scratch = mkdtempSync(join(path, 'sandbox-'));
  process.stdout.write(`run folder: ${folder.path}\n`);
  try {
    const transcript = await alchemist(await made(asked, parts, { folder, scratch, keep }));
    folder.write('summary.md', summaryMarkdown(transcript));
    folder.write('report.html', reportHtml(transcript));
    return await end(asked, parts, folder, transcript);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Outside of the checkout, where nothing of a run may lie: in the user's state folder (XDG Base Directory Specification). */
function runFolder(env: NodeJS.ProcessEnv): string {
  const state = env['XDG_STATE_HOME'] || join(env['HOME'] || homedir(), '.local', 'state');
  mkdirSync(join(state, 'alchemist'), { recursive: true });
  return mkdtempSync(join(state, 'alchemist', `${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}-`));
}

type Made = Readonly<{ folder: RunFolder; scratch: string; keep: ReturnType<typeof redactor> }>;

async function made(asked: Asked, parts: LocalParts, { folder, scratch, keep }: Made): Promise<Run> {
  const { config, publish, repository, issue } = asked;
  const { env } = parts;
  const serverUrl = env['GITHUB_SERVER_URL'] || 'https://github.com';
  const place = { serverUrl, owner: repository?.owner ?? 'local', repo: repository?.repo ?? 'checkout' };
  const onWarning = (text: string): void => void process.stderr.write(`warning: ${text}\n`);
  const cancelled = onInterrupt();
  const github =
    repository && config.githubToken !== 'none'
      ? parts.connectGitHub({
          token: config.githubToken,
          apiUrl: env['GITHUB_API_URL'] || 'https://api.github.com',
          ...place,
          onWarning,
          signal: cancelled,
        })
      : nowhere();
  const id = folder.path.split('/').at(-2)?.slice(-6) ?? 'local';
  const ticket = issue === undefined ? taskTicket(asked.task) : await issueTicket(github, issue);
  const { model, describe } = await parts.connectModel(config);
  const branch = `${config.branchPrefix}${issue === undefined ? `run-${id}` : `issue-${issue}`}`;
  return {
    config,
    started: {
      version: VERSION,
      run: {
        id,
        attempt: 1,
        url: '',
        repository: `${place.owner}/${place.repo}`,
        event: 'command_line',
        actor: ticket.askedBy,
        sha: '',
        ref: '',
        server_url: serverUrl,
      },
    },
    branch,
    defaultBranch: undefined,
    ticket,
    discussed: () =>
      issue === undefined
        ? Promise.resolve(ticket)
        : withDiscussion(ticket, { number: issue, askedAt: new Date().toISOString() } as Parameters<typeof withDiscussion>[1], github),
    github,
    restore: false,
    ...(publish ? {} : { start: (facts: HostFacts) => localStart(facts, branch) }),
    preflight: () =>
      publish
        ? preflight({
            github,
            page: `${serverUrl}/${place.owner}/${place.repo}`,
            dryRun: false,
            defaultToken: false,
            lock: undefined,
            workflow: undefined,
            minutes: config.limits.minutes,
            base: config.baseBranch,
            defaultBranch: undefined,
            head: branch,
          })
        : Promise.resolve({ faults: [], remarks: [] }),
    model,
    describe,
    launcher: chooseLauncher({ sandbox: config.sandbox, environment: env, platform: process.platform }),
    launch: {
      workspace: parts.folder,
      node: process.execPath,
      toolhost: parts.toolhost,
      scratch,
      network: config.network,
      allowedHosts: config.allowedHosts,
    },
    redactor: keep,
    folder,
    log: TranscriptLog.create(folder.transcript, () => new Date()),
    progress: noProgress,
    onEvent: (event) => say(terminalLine(event), keep),
    onWarning,
    text: safeText(placeOf(place, issue)),
    approvalNeeded: false,
    now: () => Date.now(),
    sleep: (ms, signal) => sleep(ms, undefined, { signal }).then(() => undefined),
    cancelled,
  };
}

/** The checked-out commit, whatever GitHub has. */
function localStart({ git }: HostFacts, branch: string): Promise<StartingPoint> {
  if (!git?.head || !git.head_tree) throw new Error('This folder is no Git checkout with a commit: a run needs one to start from.');
  const base = { branch: git.branch ?? 'HEAD', commit: git.head, tree: git.head_tree };
  const remarks = remarksOn({ git } as HostFacts, '');
  return Promise.resolve({ base, branch, adds: false, instructionsAt: git.head, remarks });
}

function taskTicket(task: string): Ticket {
  const { text } = sanitisePlain(task, 64_000);
  const who = 'command line';
  return {
    source: 'command_line',
    title: text.split('\n')[0]?.slice(0, 120) ?? '',
    body: text,
    instruction: text,
    author: who,
    askedBy: '',
    url: '',
    discussion: [],
  };
}

async function issueTicket(github: GitHub, number: number): Promise<Ticket> {
  const issue = await github.issue(number);
  const title = sanitisePlain(issue.title, 1_000).text.replaceAll('\n', ' ');
  return {
    source: 'issue',
    number,
    title,
    body: sanitise(issue.body, 200_000).text,
    instruction: '',
    author: issue.author,
    askedBy: '',
    url: issue.url,
    discussion: [],
  };
}

/** Tells how it ended; a change that is ready becomes a local branch. */
async function end({ publish }: Asked, { folder: checkout, env }: LocalParts, folder: RunFolder, transcript: Transcript): Promise<number> {
  const ending = endingOf(transcript);
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  print(`transcript: ${folder.transcript}\nreport: ${folder.report}`);
  const context = contextOf(transcript);
  const tree = lastTree(transcript);
  if (!publish && ending?.conclusion === 'dry_run' && context && tree !== undefined) {
    const title = pullRequestTitle(transcript);
    const summary = pushRequestOf(transcript)?.summary ?? '';
    const message = `${title}\n\n${summary}\n\nAlchemist-Transcript: sha256:${transcript.at(-1)?.hash ?? ''}`;
    const branch = lastOf(transcript, 'run_started')?.config.branch ?? 'alchemist/run';
    const made = await commitLocally({
      folder: checkout,
      env,
      base: context.base,
      patch: join(folder.path, 'change.patch'),
      tree,
      branch,
      message,
    });
    print(`branch: ${made.branch}\ncommit: ${made.commit}\nLook at it with: git show ${made.branch}`);
    return 0;
  }
  print(`${ending?.conclusion ?? 'failed'}: ${ending?.reason ?? ''}`);
  return ending && ['pull_request', 'answered'].includes(ending.conclusion) ? 0 : 1;
}

/** Ctrl-C ends the run with what was done; a second one ends the process. */
function onInterrupt(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () =>
      controller.abort(new Interruption('signal', 'The run was interrupted. What was done so far is in change.patch.')),
    );
  }
  return controller.signal;
}

/** No GitHub: a run on a local checkout needs none, and whatever asks for it is told so. */
function nowhere(): GitHub {
  return new Proxy({} as GitHub, {
    get: () => () => {
      throw new Error('This run has no GitHub: give --publish and GITHUB_TOKEN.');
    },
  });
}
