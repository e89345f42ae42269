import type { Config, Provider } from '../config.ts';
import {
  quoted,
  booleanOf,
  choice,
  hosts,
  items,
  jsonPrices,
  line,
  logins,
  numberOf,
  oneLogin,
  reference,
  secret,
  webAddress,
  wholeNumber,
} from './values.ts';
import type { Reader } from './values.ts';
import { providerInputs } from './provider.ts';
import { cloudPrices } from '../model/cloud-prices.ts';
import { DEFAULT_PROTECTED_PATHS } from '../publish/policy.ts';

/**
 * Default of every input that has one, as the runner would fill it in from `action.yml` (a test holds the two together). An input that is absent or empty
 * has its default, so that `max-turns: ${{ vars.MAX_TURNS }}` works where the variable is not set.
 */
export const DEFAULTS = Object.freeze({
  'anthropic-api-key': '',
  'anthropic-base-url': '',
  provider: 'anthropic',
  'anthropic-federation-rule-id': '',
  'anthropic-organization-id': '',
  'anthropic-service-account-id': '',
  'anthropic-workspace-id': '',
  'anthropic-oidc-audience': '',
  'openai-api-key': '',
  'openai-base-url': '',
  'provider-region': '',
  'provider-project': '',
  'foundry-resource': '',
  'github-token': '',
  'trigger-phrase': '@alchemist',
  'label-trigger': 'alchemist',
  'assignee-trigger': '',
  task: '',
  'allowed-users': '',
  'allowed-bots': '',
  'base-branch': '',
  'branch-prefix': 'alchemist/',
  model: 'claude-opus-5-5',
  'review-model': '',
  effort: 'medium',
  'fallback-model': '',
  'max-turns': '60',
  'max-cost-usd': '5',
  'max-minutes': '30',
  'price-overrides': '',
  'working-directory': '.',
  'setup-command': '',
  'test-command': '',
  'check-command': '',
  instructions: '',
  sandbox: 'auto',
  network: 'registries',
  'allowed-hosts': '',
  'protected-paths': '',
  'review-rounds': '2',
  draft: 'auto',
  'dry-run': 'false',
  'artifact-name': 'alchemist-transcript',
  'artifact-retention-days': '',
});

export type InputName = keyof typeof DEFAULTS;

const PROVIDERS: readonly Provider[] = ['anthropic', 'bedrock', 'vertex', 'foundry', 'openai'];

export function isProvider(name: string): name is Provider {
  return (PROVIDERS as readonly string[]).includes(name);
}

/** The inputs cannot be used. `faults` has one line for each, with what to write instead; no secret is ever quoted. */
export class InputFaults extends Error {
  override readonly name = 'InputFaults';
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(`Inputs: ${faults.join('; ')}`);
    this.faults = faults;
  }
}

/**
 * Reads every input once, from the variables that the runner makes of them (`INPUT_MAX-TURNS`; `INPUT_MAX_TURNS` is understood too).
 * Throws `InputFaults` with all faults together.
 */
export function readInputs(env: NodeJS.ProcessEnv): Config {
  const faults: string[] = [];
  const read = <T>(name: InputName, reader: Reader<T>, fallback: T): T => {
    try {
      return reader(rawInput(env, name));
    } catch (fault) {
      faults.push(`${name} ${(fault as Error).message}`);
      return fallback;
    }
  };
  const optional = <T>(name: InputName, reader: Reader<T>): T | undefined =>
    rawInput(env, name) === '' ? undefined : read(name, reader, undefined as T);

  const provider = read<Provider>('provider', choice(PROVIDERS, 'anthropic'), 'anthropic');
  const needsKey =
    provider === 'anthropic' && rawInput(env, 'provider') === 'anthropic' && rawInput(env, 'anthropic-federation-rule-id') === '';
  const access = providerInputs(provider, (name) => rawInput(env, name), env);
  faults.push(...access.faults);
  const model = read('model', line('a model id', 'claude-opus-5-5', /^[\w.:@/-]{1,200}$/), '');
  const config: Config = {
    provider,
    anthropicApiKey: read(
      'anthropic-api-key',
      secret(needsKey ? 'anthropic-api-key: ${{ secrets.ANTHROPIC_API_KEY }}' : undefined, 'ANTHROPIC_API_KEY'),
      '',
    ),
    anthropicBaseUrl: optional('anthropic-base-url', webAddress),
    ...access.values,
    openaiApiKey: read('openai-api-key', secret(undefined, 'OPENAI_API_KEY'), ''),
    openaiBaseUrl: optional('openai-base-url', webAddress),
    githubToken: read('github-token', secret('github-token: ${{ github.token }}, or leave the line out'), ''),
    triggerPhrase: read('trigger-phrase', triggerPhrase, ''),
    labelTrigger: read('label-trigger', line('the name of one label', 'alchemist', /^.{1,100}$/u), ''),
    assigneeTrigger: optional('assignee-trigger', oneLogin) ?? '',
    task: rawInput(env, 'task'),
    allowedUsers: read('allowed-users', logins('users'), []),
    allowedBots: read('allowed-bots', logins('bots'), []),
    baseBranch: optional('base-branch', (raw) => reference(raw, raw, 'main')),
    branchPrefix: read('branch-prefix', (raw) => reference(raw, `${raw}issue-1`, 'alchemist/'), ''),
    model,
    reviewModel: optional('review-model', line('a model id', 'claude-sonnet-5-5', /^[\w.:@/-]{1,200}$/)) ?? model,
    effort: read('effort', choice(['low', 'medium', 'high', 'xhigh', 'max'], 'medium'), 'medium'),
    fallbackModel: optional('fallback-model', line('a model id', 'claude-sonnet-5-5', /^[\w.:@/-]{1,200}$/)),
    limits: {
      turns: read('max-turns', wholeNumber(1, 1000, 'max-turns: 60'), 0),
      usd: read('max-cost-usd', numberOf(100_000, 'US dollars', 'max-cost-usd: 5'), 0),
      minutes: read('max-minutes', numberOf(360, 'minutes', 'max-minutes: 30'), 0),
    },
    priceOverrides: {
      ...cloudPrices(provider, access.values.providerRegion, [model, rawInput(env, 'review-model'), rawInput(env, 'fallback-model')]),
      ...(optional('price-overrides', jsonPrices) ?? {}),
    },
    workingDirectory: read('working-directory', folder, '.'),
    setupCommand: optional('setup-command', command),
    testCommand: optional('test-command', command),
    checkCommand: optional('check-command', command),
    instructions: rawInput(env, 'instructions'),
    sandbox: read('sandbox', command, 'auto'),
    network: read('network', choice(['registries', 'none', 'open'], 'registries'), 'registries'),
    allowedHosts: read('allowed-hosts', hosts, []),
    protectedPaths: read('protected-paths', protectedPaths, []),
    reviewRounds: read('review-rounds', wholeNumber(0, 5, 'review-rounds: 2'), 0),
    draft: read('draft', choice(['auto', 'always', 'never'], 'auto'), 'auto'),
    dryRun: read('dry-run', booleanOf, false),
    artifactName: read('artifact-name', artifactName, ''),
    artifactRetentionDays: optional('artifact-retention-days', wholeNumber(1, 90, 'artifact-retention-days: 30')),
  };
  if (faults.length > 0) throw new InputFaults(faults);
  return frozen(config);
}

/**
 * The inputs that say what starts a run, read without judging them: an event that is none of our business is skipped even where another input is wrong.
 * Never throws.
 */
export function triggerInputs(env: NodeJS.ProcessEnv): Readonly<{ phrase: string; label: string; assignee: string; task: string }> {
  return {
    phrase: rawInput(env, 'trigger-phrase'),
    label: rawInput(env, 'label-trigger'),
    assignee: rawInput(env, 'assignee-trigger'),
    task: rawInput(env, 'task'),
  };
}

/**
 * What is still needed where an input cannot be used: the token to tell people with, who is let in, and whether anything may be written (also where somebody
 * wrote `yes` for `true`). Never throws.
 */
export function survivingInputs(env: NodeJS.ProcessEnv): Readonly<{
  githubToken: string;
  allowedUsers: readonly string[];
  allowedBots: readonly string[];
  dryRun: boolean;
}> {
  const list = (name: InputName, kind: 'users' | 'bots'): readonly string[] => {
    try {
      return logins(kind)(rawInput(env, name));
    } catch {
      return [];
    }
  };
  return {
    githubToken: rawInput(env, 'github-token'),
    allowedUsers: list('allowed-users', 'users'),
    allowedBots: list('allowed-bots', 'bots'),
    dryRun: /^(true|yes|y|on|1)$/i.test(rawInput(env, 'dry-run')),
  };
}

/** As the runner passes it (actions/runner, `ExecutionContext`: spaces become underscores, hyphens stay), trimmed; else the default. */
function rawInput(env: NodeJS.ProcessEnv, name: InputName): string {
  const key = `INPUT_${name.toUpperCase()}`;
  const value = (env[key] ?? env[key.replaceAll('-', '_')] ?? '').trim();
  return value === '' ? DEFAULTS[name] : value;
}

/** Plain words only: the phrase is compared with what stands on the page, where Markdown's own signs would never be seen. */
function triggerPhrase(raw: string): string {
  if (raw.length > 100 || !/^[@/!.+#]?[\p{L}\p{N}](?:[\p{L}\p{N}._/-]| (?! ))*$/u.test(raw)) {
    throw new Error(`must be one word or a few, without Markdown signs (got ${quoted(raw)}); write trigger-phrase: '@alchemist'`);
  }
  return raw;
}

/** A command line, or several lines of one script. */
function command(raw: string): string {
  if (/\u0000/.test(raw)) throw new Error('contains a NUL character; write the command as text');
  return raw;
}

/** Relative, with `/`, inside the repository; `./a/` becomes `a`. */
function folder(raw: string): string {
  const parts = raw.split('/').filter((part) => part !== '' && part !== '.');
  const odd = raw.startsWith('/') || /^[A-Za-z]:/.test(raw) || raw.includes('\\') || /[\u0000-\u001f\u007f]/.test(raw);
  if (odd || parts.includes('..') || parts.some((part) => part.toLowerCase() === '.git')) {
    throw new Error(
      `must be a folder inside the repository, relative to its root (got ${quoted(raw)}); write working-directory: packages/app`,
    );
  }
  return parts.length === 0 ? '.' : parts.join('/');
}

/** The item `default` stands for the default list; otherwise what is given replaces it. */
function protectedPaths(raw: string): readonly string[] {
  const given = items(raw, true);
  if (given.length === 0) return DEFAULT_PROTECTED_PATHS;
  for (const glob of given) {
    if (glob.startsWith('/') || glob.startsWith('!') || glob.includes('\\')) {
      throw new Error(
        `must be globs relative to the repository's root, with / and without ! (got ${quoted(glob)}); write protected-paths: default, infra/**`,
      );
    }
  }
  return [...new Set(given.flatMap((glob) => (glob === 'default' ? DEFAULT_PROTECTED_PATHS : [glob])))];
}

/** Characters that `@actions/artifact` refuses in a name (its `path-and-artifact-name-validation`). */
function artifactName(raw: string): string {
  if (/[":<>|*?\r\n\\/]/.test(raw) || raw.length > 200) {
    throw new Error(
      `must not contain any of " : < > | * ? \\ / or a line break (got ${quoted(raw)}); write artifact-name: alchemist-transcript`,
    );
  }
  return raw;
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) frozen(part);
    Object.freeze(value);
  }
  return value;
}
