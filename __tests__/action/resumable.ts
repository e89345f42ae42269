import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { work } from '../../src/agent/loop.ts';
import type { Parts } from '../../src/agent/parts.ts';
import type { Ending } from '../../src/agent/ending.ts';
import { readTestOutput } from '../../src/evidence/test-output.ts';
import { github as connectGitHub } from '../../src/forge/github.ts';
import { gates } from '../../src/story/gates.ts';
import { gather } from '../../src/story/gather.ts';
import { readInputs } from '../../src/inputs/inputs.ts';
import type { Model } from '../../src/model/model.ts';
import { priceOf } from '../../src/model/prices.ts';
import { PROMPTS_VERSION } from '../../src/prompts/author.ts';
import { REVIEWER_SYSTEM } from '../../src/prompts/reviewer.ts';
import { publication } from '../../src/story/publication.ts';
import { protectedBy } from '../../src/publish/policy.ts';
import { materialFor } from '../../src/review/material.ts';
import { connectHost } from '../../src/sandbox/host.ts';
import { off } from '../../src/sandbox/off.ts';
import { replayChanges } from '../../src/story/seeding.ts';
import { placeOf, safeText } from '../../src/story/telling.ts';
import { startingPoint } from '../../src/story/starting-point.ts';
import { PROTOCOL, type Host } from '../../src/toolhost/wire.ts';
import { authorTools, definitions, reviewerTools } from '../../src/tools/toolbox.ts';
import { chained } from '../../src/transcript/chain.ts';
import type { Event, Facts, PublicConfig } from '../../src/transcript/events.ts';
import { redactor } from '../../src/transcript/redaction.ts';
import { contextOf, testsVerdict } from '../../src/transcript/find.ts';
import { finalTotals } from '../../src/transcript/totals.ts';
import { VERSION } from '../../src/version.ts';
import { DEFAULT_TOKEN, type GitHubServer } from '../support/github/server.ts';
import { ISSUE } from '../support/world.ts';

export type ResumeOptions = Readonly<{
  server: GitHubServer;
  model: Model;
  branch: string;
  inputs: Readonly<Record<string, string>>;
  past?: readonly Event[];
  /** Tokens of the model's window; it summarises its conversations then. */
  window?: number;
}>;
export type Resumed = Readonly<{ events: readonly Event[]; ending: Ending }>;

const never = new AbortController().signal;
const TOOLHOST = join(import.meta.dirname, '..', '..', 'src', 'toolhost', 'toolhost.ts');
const TICKET = {
  source: 'issue_comment',
  number: ISSUE.number,
  title: ISSUE.title,
  body: ISSUE.body,
  instruction: 'fix it',
  author: ISSUE.login,
  askedBy: 'maintainer',
  url: '',
  discussion: [],
} as const;

/** A whole run, or what is left of one after `past`: a fresh checkout, the recorded patches replayed in a real tool host, then the loop to its end. */
export async function goOn(options: ResumeOptions): Promise<Resumed> {
  const root = mkdtempSync(join(tmpdir(), 'resume-'));
  const workspace = join(root, options.branch.replaceAll('/', '-'));
  await promisify(execFile)('git', ['clone', '-q', options.server.cloneUrl, workspace]);
  const launched = await off(process.env)(
    { workspace, node: process.execPath, toolhost: TOOLHOST, scratch: root, network: 'none', allowedHosts: [], onRefusal: () => undefined },
    never,
  );
  const host = connectHost(launched);
  try {
    return await finished(options, host);
  } finally {
    await host.close();
    await launched.close();
    rmSync(root, { recursive: true, force: true });
  }
}

async function finished({ server, model, branch, inputs, past = [], window }: ResumeOptions, host: Host): Promise<Resumed> {
  const { owner, repo } = server.state;
  const config = readInputs({ 'INPUT_ANTHROPIC-API-KEY': 'sk-ant-none', 'INPUT_GITHUB-TOKEN': DEFAULT_TOKEN, ...inputs });
  const github = connectGitHub({
    token: DEFAULT_TOKEN,
    apiUrl: server.apiUrl,
    serverUrl: server.serverUrl,
    owner,
    repo,
    onWarning: () => undefined,
  });
  const events: Event[] = [...past];
  const append = (facts: Facts): Event => {
    const event = chained(facts, events.at(-1), new Date());
    events.push(event);
    return event;
  };
  const drive = async <R>(generator: AsyncGenerator<Facts, R, Event>): Promise<R> => {
    let next = await generator.next();
    while (next.done !== true) next = await generator.next(append(next.value));
    return next.value;
  };
  const url = github.runUrl('4711');
  if (events.length === 0) {
    const run = {
      id: '4711',
      attempt: 1,
      url,
      repository: `${owner}/${repo}`,
      event: 'issue_comment',
      actor: 'maintainer',
      sha: '',
      ref: '',
      server_url: server.serverUrl,
    };
    append({ type: 'run_started', version: VERSION, prompts_version: PROMPTS_VERSION, run, ticket: TICKET, config: publicConfig(branch) });
  }

  const keep = redactor([DEFAULT_TOKEN]);
  const clean = (text: string): string => keep.clean(text).text;
  const openLog: Parts['openLog'] = () => ({ write: () => undefined, close: () => undefined, path: () => undefined });
  const isProtected = protectedBy(config.protectedPaths);
  const common = { host, testCommand: config.testCommand, isProtected, readTests: readTestOutput };
  if (!contextOf(events)) {
    const start: Parameters<typeof gather>[0]['start'] = (facts) =>
      startingPoint({ facts, config, host, github, branch, defaultBranch: undefined }, never);
    await drive(gather({ config, ticket: TICKET, clean, openLog: () => openLog(0, ''), start, restore: true, ...common }, never));
  } else {
    await host.call('hello', { protocol: PROTOCOL, working_directory: '.', restore: true }, never);
    await replayChanges(host, past, never);
  }
  const context = contextOf(events);
  if (!context) throw new Error('no context');
  const author = authorTools({ ...common, baseTree: context.base.tree });
  const reviewer = reviewerTools(host);
  const text = safeText(placeOf({ serverUrl: server.serverUrl, owner, repo }, ISSUE.number));
  const parts: Parts = {
    rules: {
      limits: config.limits,
      reviewRounds: 1,
      draft: 'auto',
      dryRun: false,
      fallbackModel: undefined,
      authorTools: context.tools,
      reviewerTools: definitions(reviewer),
      faults: (name, input) => author.get(name)?.faults(input) ?? null,
      price: (id) => priceOf(id, {}),
      maxOutput: () => undefined,
      maxInput: () => window,
      summaries: () => window !== undefined,
    },
    model,
    effort: 'medium',
    host,
    author,
    reviewer,
    clean,
    holdsSecret: (value) => keep.known(value),
    redactReply: (message) => message,
    openLog,
    check: gates({
      host,
      config,
      base: context.base,
      testCommand: config.testCommand,
      checkCommand: undefined,
      baseOutput: '',
      ticket: '',
      readTests: readTestOutput,
      openLog,
      redactor: keep,
      events: () => events,
    }),
    reviewMessage: (all, state, { round, part }, stop) =>
      materialFor(
        { host, ticket: TICKET, baseTree: context.base.tree, instructions: '', schemaAsText: false, clean },
        all,
        { tree: state.tree, round, part, gates: state.push?.gates ?? [] },
        stop,
      ),
    reviewerSystem: REVIEWER_SYSTEM,
    reviewModel: 'claude-opus-5-5',
    structuredOutputs: () => true,
    publish: publication({
      github,
      host,
      context,
      branch,
      adds: false,
      ticket: TICKET,
      text,
      redactor: keep,
      artifact: 'a',
      approvalNeeded: false,
    }),
    now: () => Date.now(),
    sleep: () => Promise.resolve(),
  };
  const ending = await drive(work(parts, [...events], never));
  append({ type: 'run_ended', ...ending, totals: finalTotals(events), tests: testsVerdict(events) });
  return { events, ending };
}

function publicConfig(branch: string): PublicConfig {
  const limits = { max_turns: 60, max_cost_usd: 50, max_minutes: 30 };
  const models = { provider: 'anthropic', model: 'claude-opus-5-5', review_model: 'claude-opus-5-5', effort: 'medium' };
  return {
    ...models,
    ...limits,
    review_rounds: 1,
    draft: 'auto',
    dry_run: false,
    sandbox: 'off',
    network: 'open',
    protected_paths: [],
    working_directory: '.',
    branch,
  };
}
