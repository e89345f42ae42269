import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { RunnerLog } from './runner-log.ts';

const repositoryRoot = fileURLToPath(new URL('../../', import.meta.url));

export type RunnerOptions = Readonly<{
  /** Folder of `action.yml`. Default: this repository. */
  action?: string;
  /** As under `with:`. What is not given has the action's default. */
  inputs?: Readonly<Record<string, string>>;
  event: Readonly<{ name: string; payload: unknown }>;
  /** The checkout; the action's working directory. */
  workspace: string;
  /** `owner/name`. */
  repository: string;
  /** E.g. `http://127.0.0.1:PORT`. */
  apiUrl: string;
  /** E.g. `http://github.localhost:PORT`: `@actions/artifact` takes no other host for a server on loopback. */
  serverUrl: string;
  /** Where artifacts go, e.g. `http://127.0.0.1:PORT/`. Default: no artifact service, and no runtime token. */
  resultsUrl?: string;
  /** Stands for `${{ github.token }}`. */
  githubToken?: string;
  actor?: string;
  sha?: string;
  ref?: string;
  runId?: string;
  runAttempt?: number;
  workflow?: string;
  /** Laid over the environment; `undefined` takes a variable away. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Values masked from the start, as the runner does with secrets. */
  secrets?: readonly string[];
  /** Node.js that runs the action. Default: the project's Node 24, else the one that runs this. */
  node?: string;
  /** Called once main has started; main is not waited for before this is done. */
  during?: (running: Running) => void | Promise<void>;
  /** Milliseconds after which a step is killed. Default 120 s. */
  timeoutMs?: number;
  /** Milliseconds that a cancelled step has after SIGINT and after SIGTERM. Default 7.5 s and 2.5 s, as on GitHub. */
  patience?: Readonly<{ interrupt: number; terminate: number }>;
}>;

/** A step while it runs. */
export type Running = Readonly<{
  process: ChildProcess;
  /** `$RUNNER_TEMP/alchemist`. */
  folder: string;
  /** Resolves once the log holds the text. Rejects when the step ends first. */
  logged(text: string | RegExp): Promise<void>;
  /** As a person's "Cancel workflow": SIGINT, 7.5 s, SIGTERM, 2.5 s, SIGKILL. Resolves when the process is gone. */
  cancel(): Promise<void>;
  /** SIGKILL at once, as when the machine dies; post runs all the same. */
  kill(): void;
}>;

export type RunnerResult = Readonly<{
  /** `null` when a signal ended it. */
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  outputs: Readonly<Record<string, string>>;
  /** The step summary that main left. */
  summary: string;
  /** Both streams as they would stand in the log: commands taken out, masks applied. */
  log: string;
  /** Both streams as they came. */
  raw: string;
  /** Workflow commands but masks, e.g. `{ name: 'error', message: '…' }`. */
  commands: RunnerLog['commands'];
  state: Readonly<Record<string, string>>;
  postExitCode: number | null;
  postLog: string;
  postRaw: string;
  postSummary: string;
  /** `$RUNNER_TEMP/alchemist`. */
  folder: string;
  /** Everything of this run: home, temp, tools. */
  root: string;
  /** Milliseconds of main and post. */
  durationMs: number;
  /** Removes `root`. */
  cleanUp(): void;
}>;

type ActionFile = Readonly<{
  inputs?: Record<string, { default?: string | number | boolean } | null>;
  runs: { main: string; post?: string };
}>;

/** Runs the action as a GitHub runner runs a JavaScript action: main, then post whatever became of main. */
export async function runAction(options: RunnerOptions): Promise<RunnerResult> {
  const folder = options.action ?? repositoryRoot;
  const action = parse(readFileSync(join(folder, 'action.yml'), 'utf8')) as ActionFile;
  const root = mkdtempSync(join(tmpdir(), 'runner-'));
  const base = { ...environment(options, root), ...inputVariables(action, options) };
  const started = performance.now();
  const main = await runStep(options, root, base, join(folder, action.runs.main), options.during);
  const stateVariables = Object.fromEntries(Object.entries(main.state).map(([name, value]) => [`STATE_${name}`, value]));
  const post =
    action.runs.post === undefined
      ? undefined
      : await runStep(options, root, { ...base, ...stateVariables }, join(folder, action.runs.post));
  return {
    ...main,
    postExitCode: post?.exitCode ?? null,
    postLog: post?.log ?? '',
    postRaw: post?.raw ?? '',
    postSummary: post?.summary ?? '',
    folder: join(root, 'temp', 'alchemist'),
    root,
    durationMs: performance.now() - started,
    cleanUp: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** A token in the shape of the runner's own: a JWT whose `scp` names the workflow run and the job. */
export function runtimeToken(run: string, job: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  return [
    part({ alg: 'HS256', typ: 'JWT' }),
    part({ scp: `Actions.ExampleScope Actions.Results:${run}:${job}`, iat: now, exp: now + 3600 }),
    'c2lnbmF0dXJl',
  ].join('.');
}

/** `INPUT_*` as the runner names them: upper case, spaces to underscores, hyphens kept. */
function inputVariables(action: ActionFile, { inputs = {}, githubToken = '' }: RunnerOptions): Record<string, string> {
  const defaults = Object.entries(action.inputs ?? {}).map(([name, input]) => [
    name,
    String(input?.default ?? '').replaceAll('${{ github.token }}', githubToken),
  ]);
  const values = Object.entries({ ...Object.fromEntries(defaults), ...inputs } as Record<string, string>);
  return Object.fromEntries(values.map(([name, value]) => [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, value]));
}

/** The variables of a step on a hosted runner, from scratch: nothing of the caller's environment but PATH. */
function environment(options: RunnerOptions, root: string): Record<string, string> {
  const temp = join(root, 'temp');
  for (const path of [join(temp, '_github_workflow'), join(temp, '_runner_file_commands'), join(root, 'home'), join(root, 'tools')])
    mkdirSync(path, { recursive: true });
  const eventPath = join(temp, '_github_workflow', 'event.json');
  writeFileSync(eventPath, JSON.stringify(options.event.payload));
  const {
    actor = 'octocat',
    sha = '0'.repeat(40),
    ref = 'refs/heads/main',
    runId = '4711',
    runAttempt = 1,
    workflow = 'Alchemist',
  } = options;
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: join(root, 'home'),
    LANG: 'C.UTF-8',
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTION: '__self',
    GITHUB_ACTOR: actor,
    GITHUB_TRIGGERING_ACTOR: actor,
    GITHUB_API_URL: options.apiUrl,
    GITHUB_GRAPHQL_URL: `${options.apiUrl}/graphql`,
    GITHUB_SERVER_URL: options.serverUrl,
    GITHUB_EVENT_NAME: options.event.name,
    GITHUB_EVENT_PATH: eventPath,
    GITHUB_JOB: 'alchemist',
    GITHUB_REF: ref,
    GITHUB_REF_NAME: ref.replace(/^refs\/(heads|tags)\//, ''),
    GITHUB_REF_TYPE: 'branch',
    GITHUB_REPOSITORY: options.repository,
    GITHUB_REPOSITORY_OWNER: options.repository.split('/')[0] ?? '',
    GITHUB_RETENTION_DAYS: '90',
    GITHUB_RUN_ATTEMPT: String(runAttempt),
    GITHUB_RUN_ID: runId,
    GITHUB_RUN_NUMBER: '1',
    GITHUB_SHA: sha,
    GITHUB_WORKFLOW: workflow,
    GITHUB_WORKSPACE: options.workspace,
    RUNNER_ARCH: 'X64',
    RUNNER_ENVIRONMENT: 'github-hosted',
    RUNNER_NAME: 'GitHub Actions 1',
    RUNNER_OS: 'Linux',
    RUNNER_TEMP: temp,
    RUNNER_TOOL_CACHE: join(root, 'tools'),
    RUNNER_TRACKING_ID: `github_${randomUUID()}`,
    RUNNER_WORKSPACE: join(options.workspace, '..'),
    ...(options.resultsUrl !== undefined && {
      ACTIONS_RESULTS_URL: options.resultsUrl,
      ACTIONS_RUNTIME_URL: options.resultsUrl,
      ACTIONS_RUNTIME_TOKEN: runtimeToken(runId, 'job-1'),
    }),
  };
}

type Step = Pick<RunnerResult, 'exitCode' | 'signal' | 'outputs' | 'summary' | 'log' | 'raw' | 'commands' | 'state'>;

async function runStep(
  options: RunnerOptions,
  root: string,
  base: Record<string, string>,
  file: string,
  during?: RunnerOptions['during'],
): Promise<Step> {
  const files = commandFiles(join(root, 'temp', '_runner_file_commands'));
  const env = { ...base, ...files, ...options.env };
  const child = spawn(options.node ?? defaultNode(), [file], { cwd: options.workspace, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const log = new RunnerLog(options.secrets ?? []);
  child.stdout.setEncoding('utf8').on('data', (text: string) => log.add('stdout', text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => log.add('stderr', text));
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 120_000);
  try {
    await Promise.all([closed, during?.(running(child, log, closed, join(root, 'temp', 'alchemist'), options.patience ?? PATIENCE))]);
  } finally {
    clearTimeout(timer);
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  }
  const [exitCode, signal] = await closed;
  log.end();
  return {
    exitCode,
    signal,
    outputs: valuesIn(files['GITHUB_OUTPUT']),
    state: valuesIn(files['GITHUB_STATE']),
    summary: readFileSync(files['GITHUB_STEP_SUMMARY'], 'utf8'),
    log: log.text,
    raw: log.raw,
    commands: log.commands,
  };
}

/** A runner's patience with a cancelled step. */
const PATIENCE: Readonly<{ interrupt: number; terminate: number }> = { interrupt: 7_500, terminate: 2_500 };

function running(child: ChildProcess, log: RunnerLog, closed: Promise<unknown>, folder: string, patience: typeof PATIENCE): Running {
  const gone = closed.then(() => true);
  const goneWithin = (ms: number): Promise<boolean> => Promise.race([gone, wait(ms, false, { ref: false })]);
  return {
    process: child,
    folder,
    kill: () => void child.kill('SIGKILL'),
    cancel: async () => {
      child.kill('SIGINT');
      if (await goneWithin(patience.interrupt)) return;
      child.kill('SIGTERM');
      if (await goneWithin(patience.terminate)) return;
      child.kill('SIGKILL');
      await gone;
    },
    logged: async (text) => {
      const found = (): boolean => (typeof text === 'string' ? log.raw.includes(text) : text.test(log.raw));
      while (!found())
        if ((await goneWithin(10)) && !found()) throw new Error(`the step ended without logging ${String(text)}:\n${log.raw}`);
    },
  };
}

const COMMAND_FILES = ['GITHUB_OUTPUT', 'GITHUB_STATE', 'GITHUB_ENV', 'GITHUB_PATH', 'GITHUB_STEP_SUMMARY'] as const;

/** Fresh files for one step, each named by its variable. */
function commandFiles(folder: string): Record<(typeof COMMAND_FILES)[number], string> {
  const paths = COMMAND_FILES.map((name) => [name, join(folder, `${name.slice('GITHUB_'.length).toLowerCase()}_${randomUUID()}`)] as const);
  for (const [, path] of paths) writeFileSync(path, '');
  return Object.fromEntries(paths) as Record<(typeof COMMAND_FILES)[number], string>;
}

/** Reads a file of `name=value` lines and `name<<DELIMITER` blocks; the last value of a name counts. Throws for anything else, as the runner does. */
export function valuesIn(path: string): Readonly<Record<string, string>> {
  const lines = readFileSync(path, 'utf8').split(/\r?\n/);
  const values: Record<string, string> = {};
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line === '') continue;
    const [, name, operator, rest] = /^([^=<]+?)(=|<<)(.*)$/.exec(line) ?? [];
    if (name === undefined || rest === undefined) throw new Error(`Invalid format '${line}'`);
    if (operator === '=') {
      values[name] = rest;
      continue;
    }
    const end = lines.indexOf(rest, at + 1);
    if (end < 0) throw new Error(`Invalid value. Matching delimiter not found '${rest}'`);
    values[name] = lines.slice(at + 1, end).join('\n');
    at = end;
  }
  return values;
}

function defaultNode(): string {
  const bundled = join(repositoryRoot, 'node_modules', '.bin', 'node');
  return existsSync(bundled) ? bundled : process.execPath;
}
