import type { Config } from '../config.ts';
import type { GitHub } from '../forge/github.ts';
import type { Model, ModelFacts } from '../model/model.ts';
import type { Launch, Launcher } from '../sandbox/launcher.ts';
import type { Ticket } from '../ticket/ticket.ts';
import type { HostFacts } from '../toolhost/wire.ts';
import type { Event, PublicConfig, RunStarted } from '../transcript/events.ts';
import type { TranscriptLog } from '../transcript/log.ts';
import type { Redactor } from '../transcript/redaction.ts';
import type { BaseAhead } from './base-ahead.ts';
import type { EarlierRun } from './continue.ts';
import type { Preflight } from './preflight.ts';
import type { Progress } from './progress.ts';
import type { PublicationText } from './publication.ts';
import type { RunFolder } from './run-folder.ts';
import type { StartingPoint } from './starting-point.ts';

/** What a run is made of; the doors wire it. */
export type Run = Readonly<{
  config: Config;
  started: Omit<RunStarted, 'type' | 'prompts_version' | 'config' | 'ticket'>;
  branch: string;
  /** As the event tells it; `undefined` where it does not. */
  defaultBranch: string | undefined;
  baseAhead?: BaseAhead | undefined;
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

/** The configuration as the transcript shows it: without what is secret. */
export function publicConfig({ config, branch }: Run): PublicConfig {
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
