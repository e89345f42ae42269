import type { Effort } from './model/model.ts';

export type Provider = 'anthropic' | 'bedrock' | 'vertex' | 'foundry' | 'openai';

/** Ids of a federation rule of the Claude Console; no secrets. */
export type FederationRule = Readonly<{
  ruleId: string;
  organizationId: string;
  serviceAccountId: string | undefined;
  workspaceId: string | undefined;
  /** What the rule expects in the token's `aud`; `undefined`: Anthropic's default. */
  audience: string | undefined;
}>;

/** US dollars per million tokens. */
export type Price = Readonly<{ input: number; output: number; cache_read: number; cache_write_5m: number; cache_write_1h: number }>;

/** Hard limits of a run, over work and review together. */
export type Limits = Readonly<{ turns: number; usd: number; minutes: number }>;

/** Every input of the action, parsed once at the edge and frozen; below the doors nothing reads the environment. */
export type Config = Readonly<{
  provider: Provider;
  anthropicApiKey: string;
  anthropicBaseUrl: string | undefined;
  /** Where no key is given: a rule that exchanges the job's identity token for one. */
  anthropicFederation: FederationRule | undefined;
  openaiApiKey: string;
  openaiBaseUrl: string | undefined;
  /** Region of Bedrock or Vertex; empty with other providers. */
  providerRegion: string;
  /** Google Cloud project; empty with other providers. */
  providerProject: string;
  /** Name of the Foundry resource; empty with other providers, or where a base URL stands for it. */
  foundryResource: string;
  githubToken: string;
  triggerPhrase: string;
  labelTrigger: string;
  assigneeTrigger: string;
  /** Empty when none was given. */
  task: string;
  allowedUsers: readonly string[];
  allowedBots: readonly string[];
  /** `undefined`: the event's default branch. */
  baseBranch: string | undefined;
  branchPrefix: string;
  model: string;
  reviewModel: string;
  effort: Effort;
  fallbackModel: string | undefined;
  limits: Limits;
  priceOverrides: Readonly<Record<string, Price>>;
  workingDirectory: string;
  setupCommand: string | undefined;
  testCommand: string | undefined;
  checkCommand: string | undefined;
  instructions: string;
  /** `auto`, `off`, or a command line that starts the tool host. */
  sandbox: string;
  network: 'registries' | 'none' | 'open';
  allowedHosts: readonly string[];
  protectedPaths: readonly string[];
  reviewRounds: number;
  draft: 'auto' | 'always' | 'never';
  dryRun: boolean;
  artifactName: string;
  artifactRetentionDays: number | undefined;
}>;

/** What a GitHub runner tells a JavaScript action by environment variables, read once in the door. */
export type Surroundings = Readonly<{
  eventName: string;
  eventPath: string;
  owner: string;
  repo: string;
  workspace: string;
  actor: string;
  sha: string;
  ref: string;
  runId: string;
  runAttempt: number;
  workflow: string;
  apiUrl: string;
  serverUrl: string;
  /** The run's folder: `$RUNNER_TEMP/alchemist`. */
  folder: string;
  runnerOs: string;
}>;
