import { Interruption, type Parts } from './agent/parts.ts';
import { work } from './agent/loop.ts';
import type { Rules } from './agent/rules.ts';
import type { Ending } from './agent/state.ts';
import { carryOver } from './story/carry-over.ts';
import type { Config } from './config.ts';
import type { EarlierRun } from './story/continue.ts';
import { gather, type Gathered } from './story/gather.ts';
import { inWords } from './story/disk-fault.ts';
import type { GitHub } from './forge/github.ts';
import { gates } from './story/gates.ts';
import { effortRemarks, withEffort } from './model/effort.ts';
import type { Model, ModelFacts } from './model/model.ts';
import { priceOf, unpriced } from './model/prices.ts';
import type { Progress } from './story/progress.ts';
import { PROMPTS_VERSION } from './prompts/author.ts';
import { REVIEWER_SYSTEM } from './prompts/reviewer.ts';
import { checkFirst } from './story/check-first.ts';
import type { Preflight } from './story/preflight.ts';
import { publication, type PublicationText } from './story/publication.ts';
import { protectedBy } from './publish/policy.ts';
import { materialFor } from './review/material.ts';
import type { RunFolder } from './story/run-folder.ts';
import { connectHost } from './sandbox/host.ts';
import type { Launch, Launcher, SandboxFacts } from './sandbox/launcher.ts';
import { startingPoint, type StartingPoint } from './story/starting-point.ts';
import type { HostFacts } from './toolhost/wire.ts';
import type { Ticket } from './ticket/ticket.ts';
import { blockedInput, pushInput } from './tools/endings.ts';
import { inputFaults } from './tools/tool.ts';
import { definitions, type Toolbox } from './tools/toolbox.ts';
import { readTestOutput } from './evidence/test-output.ts';
import { chained } from './transcript/chain.ts';
import type { Event, Facts, PublicConfig, RunStarted, Transcript } from './transcript/events.ts';
import type { TranscriptLog } from './transcript/log.ts';
import type { Redactor } from './transcript/redaction.ts';
import { finalTotals, lastTree, testsVerdict } from './transcript/totals.ts';

/** What a run is made of; the doors wire it. */
export type Run = Readonly<{
  config: Config;
  started: Omit<RunStarted, 'type' | 'prompts_version' | 'config' | 'ticket'>;
  branch: string;
  /** As the event tells it; `undefined` where it does not. */
  defaultBranch: string | undefined;
  /** The earlier run that this one goes on from. */
  earlier?: EarlierRun | undefined;
  /** Why the run cannot even begin: it ends with this. */
  obstacle?: Error | undefined;
  /** As it stood in the event, sanitised. */
  ticket: Ticket;
  /** The ticket with its discussion. */
  discussed(): Promise<Ticket>;
  github: GitHub;
  /** Where the change starts, for a run on a local checkout; else GitHub says. */
  start?(facts: HostFacts): Promise<StartingPoint>;
  /** False: tracked files that differ from the commit are refused, not put back. */
  restore?: boolean;
  /** What stands in the way of a good ending, found before a model is paid. Never rejects. */
  preflight(): Promise<Preflight>;
  model: Model;
  /** Asks what a model can do; answers are remembered and read by `facts`. */
  describe(model: string, signal: AbortSignal): Promise<ModelFacts>;
  launcher: Launcher;
  launch: Launch;
  redactor: Redactor;
  folder: RunFolder;
  log: TranscriptLog;
  progress: Progress;
  /** Told of every event as it is appended. */
  onEvent(event: Event): void;
  onWarning(text: string): void;
  /** Words made safe for GitHub. */
  text: PublicationText;
  approvalNeeded: boolean;
  now(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Fires with an `Interruption` when the job is cancelled. */
  cancelled: AbortSignal;
}>;

/** The story: ticket → context → work, with gates, review and publication inside it → the ending. Always ends with `run_ended` in the transcript. */
export async function alchemist(run: Run): Promise<Transcript> {
  const { log } = run;
  const append = (facts: Facts): Event => {
    const event = log.append(facts);
    run.onEvent(event);
    run.progress.update(log.events);
    return event;
  };
  append({ type: 'run_started', ...run.started, prompts_version: PROMPTS_VERSION, ticket: run.ticket, config: publicConfig(run) });
  run.progress.start(log.events);

  const clock = deadline(run);
  const signal = AbortSignal.any([run.cancelled, clock.signal]);
  let ending: Ending;
  try {
    ending = await attempt(run, append, signal);
  } catch (error) {
    ending = endingOf(error, signal);
  } finally {
    clock.clear();
  }
  const ended: Facts = {
    type: 'run_ended',
    ...ending,
    reason: run.redactor.clean(ending.reason).text,
    totals: finalTotals(log.events),
    tests: testsVerdict(log.events),
  };
  try {
    append(ended);
    return log.events;
  } catch (error) {
    // No room for it on the disk: people are told from memory.
    run.onWarning(`The transcript has no last event: ${inWords(error)}`);
    return [...log.events, chained(ended, log.events.at(-1), new Date(run.now()))];
  }
}

async function attempt(run: Run, append: (facts: Facts) => Event, signal: AbortSignal): Promise<Ending> {
  const { config, redactor } = run;
  if (run.obstacle) throw run.obstacle;
  const checked = checkFirst(run.preflight(), unpricedModels(run), run.cancelled);
  const [ticket, facts, launched] = await settle([
    run.discussed(),
    Promise.all(modelsOf(run).map((model) => run.describe(model, signal))).then((facts) => withEffort(facts, config)),
    run.launcher(run.launch, signal),
  ]).catch(checked.joined);
  const host = connectHost(launched);
  try {
    append(sandboxNotice(launched.facts));
    const known = new Map(facts.map((fact) => [fact.id, fact]));
    for (const text of effortRemarks(facts, config.effort)) append({ type: 'noticed', kind: 'effort', text, to_model: false });
    const clean = (text: string): string => redactor.clean(text).text;
    const isProtected = protectedBy(config.protectedPaths);
    const openLog: Parts['openLog'] = (turn, name) => run.folder.openLog(turn, name);
    const start: Parameters<typeof gather>[0]['start'] = async (facts) => {
      const point = run.start
        ? await run.start(facts)
        : await startingPoint({ facts, config, host, github: run.github, branch: run.branch, defaultBranch: run.defaultBranch }, signal);
      return run.earlier ? carryOver({ host, earlier: run.earlier, holdsSecret: (text) => redactor.known(text) }, point, signal) : point;
    };
    const gathering = gather(
      {
        config,
        ticket,
        host,
        start,
        restore: run.restore ?? true,
        readTests: readTestOutput,
        isProtected,
        clean,
        openLog: (name) => openLog(0, name),
      },
      AbortSignal.any([signal, checked.failed]),
    );
    const gathered = await drive(gathering, append).catch(checked.instead);
    for (const text of await checked.remarks()) append({ type: 'noticed', kind: 'preflight', text, to_model: false });

    const rules = rulesOf(run, gathered, known);
    const baseTree = gathered.context.base.tree;
    const schemaAsText = known.get(config.reviewModel)?.structuredOutputs === false;
    const { instructions } = gathered;
    const gateCommands = {
      testCommand: gathered.testCommand,
      checkCommand: gathered.context.commands.check?.command,
      baseOutput: gathered.baseOutput,
    };
    const parts: Parts = {
      rules,
      model: run.model,
      effort: config.effort,
      host,
      author: gathered.author,
      reviewer: gathered.reviewer,
      clean,
      holdsSecret: (text) => redactor.known(text),
      redactReply: (message) => withoutSecrets(message, redactor),
      openLog,
      check: gates({
        host,
        config,
        base: gathered.context.base,
        ...gateCommands,
        ticket: `${ticket.title}\n${ticket.body}\n${ticket.instruction}`,
        readTests: readTestOutput,
        openLog,
        redactor,
        events: () => run.log.events,
      }),
      reviewMessage: (events, state, { round, part }, stop) =>
        materialFor(
          { host, ticket, baseTree, instructions, schemaAsText, clean },
          events,
          { tree: state.tree, round, part, gates: state.push?.gates ?? [] },
          stop,
        ),
      reviewerSystem: REVIEWER_SYSTEM,
      reviewModel: config.reviewModel,
      structuredOutputs: (model) => known.get(model)?.structuredOutputs !== false,
      publish: publication({
        github: run.github,
        host,
        context: gathered.context,
        branch: gathered.branch,
        adds: gathered.adds,
        ticket,
        text: run.text,
        redactor,
        artifact: config.artifactName,
        approvalNeeded: run.approvalNeeded,
      }),
      now: run.now,
      sleep: run.sleep,
    };
    try {
      return await drive(work(parts, run.log.events, signal), append);
    } finally {
      await keepPatch(run, parts, baseTree);
    }
  } finally {
    await host.close();
    await launched.close();
  }
}

/** Appends each fact before the generator goes on: the transcript is a write-ahead log. */
async function drive<R>(generator: AsyncGenerator<Facts, R, Event>, append: (facts: Facts) => Event): Promise<R> {
  let next = await generator.next();
  while (next.done !== true) next = await generator.next(append(next.value));
  return next.value;
}

/** All at once; when one fails, the others are waited for, so that nothing started is left behind unseen. */
async function settle<A, B, C extends { close(): Promise<void> }>([a, b, c]: [Promise<A>, Promise<B>, Promise<C>]): Promise<[A, B, C]> {
  const [first, second, third] = await Promise.allSettled([a, b, c]);
  if (first.status === 'fulfilled' && second.status === 'fulfilled' && third.status === 'fulfilled')
    return [first.value, second.value, third.value];
  if (third.status === 'fulfilled') await third.value.close();
  for (const result of [second, third, first]) if (result.status === 'rejected') throw result.reason;
  throw new Error('unreachable');
}

/** What was done is never lost: the change against the base, whatever the ending. */
async function keepPatch(run: Run, { host }: Parts, baseTree: string): Promise<void> {
  const tree = lastTree(run.log.events);
  if (tree === undefined || tree === baseTree) return;
  try {
    const patch = await host.call(
      'diff',
      { from: baseTree, to: tree, binary: true, max_bytes: 12 * 1024 * 1024 },
      AbortSignal.timeout(5_000),
    );
    run.folder.write('change.patch', patch.text);
  } catch (error) {
    run.onWarning(`change.patch could not be written: ${(error as Error).message}`);
  }
}

function rulesOf(run: Run, gathered: Gathered, known: ReadonlyMap<string, ModelFacts>): Rules {
  const { config } = run;
  return {
    limits: config.limits,
    reviewRounds: config.reviewRounds,
    draft: config.draft,
    dryRun: config.dryRun,
    fallbackModel: config.fallbackModel,
    authorTools: gathered.context.tools,
    reviewerTools: definitions(gathered.reviewer),
    faults: (name, input) => faultsOf(gathered.author, name, input),
    price: (model) => priceOf(model, config.priceOverrides),
    maxOutput: (model) => known.get(model)?.maxOutputTokens,
    maxInput: (model) => known.get(model)?.maxInputTokens,
    summaries: (model) => known.get(model)?.summaries !== false,
  };
}

function faultsOf(author: Toolbox, name: string, input: unknown): string | null {
  const tool = author.get(name);
  if (tool) return tool.faults(input);
  const schema = name === 'push_changes' ? pushInput : name === 'report_blocked' ? blockedInput : undefined;
  if (!schema) return `There is no tool ${name}. The tools are: ${[...author.keys(), 'push_changes', 'report_blocked'].join(', ')}.`;
  return inputFaults(name, schema, input);
}

/** The models that a run may ask, each once, the author's first. */
function modelsOf({ config }: Run): string[] {
  return [...new Set([config.model, config.reviewModel, ...(config.fallbackModel === undefined ? [] : [config.fallbackModel])])];
}

/** A money limit without a price is no limit. */
function unpricedModels(run: Run): string[] {
  const { config } = run;
  const missing = modelsOf(run).filter((model) => priceOf(model, config.priceOverrides) === undefined);
  return missing.map((model) => unpriced(model, config.limits.usd));
}

function endingOf(error: unknown, signal: AbortSignal): Ending {
  if (signal.aborted && signal.reason instanceof Interruption) {
    const reason = signal.reason.message;
    if (signal.reason.by === 'minutes') return { conclusion: 'out_of_budget', limit: 'minutes', reason };
    return { conclusion: 'cancelled', reason };
  }
  return { conclusion: 'failed', reason: inWords(error) };
}

/** The time limit as a signal. */
function deadline(run: Run): { signal: AbortSignal; clear(): void } {
  const { minutes } = run.config.limits;
  const controller = new AbortController();
  const stop = (): void => controller.abort(new Interruption('minutes', `The limit of ${minutes} minutes is used up`));
  const timer = setTimeout(stop, minutes * 60_000);
  return { signal: controller.signal, clear: () => clearTimeout(timer) };
}

function sandboxNotice({ launcher, level, holds, lacks }: SandboxFacts): Facts {
  const text = `Sandbox: ${launcher} (${level}).${holds.length > 0 ? ` Holds: ${holds.join('; ')}.` : ''}${lacks.length > 0 ? ` Lacks: ${lacks.join('; ')}.` : ''}`;
  return {
    type: 'noticed',
    kind: 'sandbox',
    text,
    to_model: false,
    data: { launcher, level, holds: holds.join('; '), lacks: lacks.join('; ') },
  };
}

function publicConfig({ config, branch }: Run): PublicConfig {
  const { limits } = config;
  return {
    provider: config.provider,
    model: config.model,
    review_model: config.reviewModel,
    effort: config.effort,
    max_turns: limits.turns,
    max_cost_usd: limits.usd,
    max_minutes: limits.minutes,
    review_rounds: config.reviewRounds,
    draft: config.draft,
    dry_run: config.dryRun,
    sandbox: config.sandbox,
    network: config.network,
    protected_paths: config.protectedPaths,
    working_directory: config.workingDirectory,
    branch,
  };
}

/** The same object when no known secret stands in it; else a copy with `[secret N]` in every text. */
function withoutSecrets<T>(value: T, redactor: Redactor): T {
  if (!redactor.known(JSON.stringify(value))) return value;
  const walk = (part: unknown): unknown => {
    if (typeof part === 'string') return redactor.redact(part).text;
    if (Array.isArray(part)) return part.map(walk);
    if (part === null || typeof part !== 'object') return part;
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, walk(inner)]));
  };
  return walk(value) as T;
}
