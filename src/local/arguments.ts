import { parseArgs } from 'node:util';
import type { Config } from '../config.ts';
import { accessInputs, cloudVariables, missingAccess, type Access } from './access.ts';
import { DEFAULTS, InputFaults, isProvider, readInputs, type InputName } from '../inputs/inputs.ts';

/** The command line cannot be used; the message says what to write. */
export class WrongArguments extends Error {
  override readonly name = 'WrongArguments';
}

/** Inputs of the action that are options here, by the same names. */
const OPTIONS = [
  'provider',
  'anthropic-base-url',
  'openai-base-url',
  'provider-region',
  'provider-project',
  'foundry-resource',
  'model',
  'review-model',
  'effort',
  'fallback-model',
  'max-turns',
  'max-cost-usd',
  'max-minutes',
  'price-overrides',
  'working-directory',
  'setup-command',
  'test-command',
  'check-command',
  'instructions',
  'sandbox',
  'network',
  'allowed-hosts',
  'protected-paths',
  'review-rounds',
  'draft',
  'base-branch',
  'branch-prefix',
] as const satisfies readonly InputName[];

export const RUN_HELP = `alchemist run --task TEXT [--publish] [OPTIONS]
alchemist run --issue OWNER/REPO#N [--publish] [OPTIONS]

A ticket on the checkout in this folder. It must have no changed tracked files. The run ends with one commit on a new local branch; the checked-out branch and
the index stay as they are. Nothing is written to GitHub unless --publish is given: then branch and pull request go there, as in the action.

GitHub's token (for --issue and --publish) comes from GITHUB_TOKEN, the model's key from the environment too, by --provider:
  anthropic   ANTHROPIC_API_KEY; where it is sent only --anthropic-base-url can change
  openai      OPENAI_API_KEY, OPENAI_BASE_URL (or --openai-base-url): OpenAI, GitHub Models, Ollama, vLLM, …; give --model
  bedrock     AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN or AWS_BEARER_TOKEN_BEDROCK; AWS_REGION
  vertex      GOOGLE_APPLICATION_CREDENTIALS, outside of this folder; GOOGLE_CLOUD_PROJECT
  foundry     ANTHROPIC_FOUNDRY_API_KEY, ANTHROPIC_FOUNDRY_RESOURCE
With --sandbox off the model's commands run as you, in this folder.

  --repo OWNER/REPO   with --publish and --task: where to (else the remote "origin")
${OPTIONS.map((name) => `  --${name}${DEFAULTS[name] === '' || DEFAULTS[name] === '.' ? '' : ` (${DEFAULTS[name]})`}`).join('\n')}

Exit 0: a branch, a pull request or an answer; 1: anything else; 2: wrong usage.`;

/** What `alchemist run` was asked for. */
export type Asked = Readonly<{
  config: Config;
  task: string;
  publish: boolean;
  repository: { owner: string; repo: string } | undefined;
  issue: number | undefined;
}>;

/** Reads the command line. Throws `WrongArguments`. */
export function readArguments(
  args: readonly string[],
  { env, access, folder }: Readonly<{ env: NodeJS.ProcessEnv; access: Access; folder: string }>,
): Asked {
  const text = { type: 'string' } as const;
  const options = Object.fromEntries(['task', 'issue', 'repo', ...OPTIONS].map((name) => [name, text]));
  const { values } = parseArgs({ args: [...args], options: { ...options, publish: { type: 'boolean' } } });
  const given = values as Readonly<Record<string, string | undefined>> & { publish?: boolean };
  if ((given['task'] === undefined) === (given['issue'] === undefined))
    throw new WrongArguments('Give one of --task TEXT and --issue OWNER/REPO#N.');
  if (given['task']?.trim() === '') throw new WrongArguments('--task is empty: say what is to be done, in plain words.');
  const issue = /^([\w.-]+)\/([\w.-]+)#(\d+)$/.exec(given['issue'] ?? '');
  if (given['issue'] !== undefined && !issue) throw new WrongArguments(`--issue must be OWNER/REPO#N (got ${given['issue']}).`);
  const place = issue ?? /^([\w.-]+)\/([\w.-]+)$/.exec(given['repo'] ?? '');
  if (given['repo'] !== undefined && !place) throw new WrongArguments(`--repo must be OWNER/REPO (got ${given['repo']}).`);
  const publish = values['publish'] === true;
  const token = env['GITHUB_TOKEN'] ?? '';
  if (token === '' && (publish || issue)) throw new WrongArguments('GITHUB_TOKEN is not set: --issue and --publish need a token.');
  if (publish && !place) throw new WrongArguments('--publish with --task needs --repo OWNER/REPO.');
  const repository = place ? { owner: place[1] ?? '', repo: place[2] ?? '' } : undefined;
  const config = configOf(given, { env, access, folder, token, dryRun: !publish });
  return { config, task: given['task'] ?? '', publish, repository, issue: issue ? Number(issue[3]) : undefined };
}

/** By the reader of the action's inputs: the same rules, the same words for what is wrong. */
function configOf(
  given: Readonly<Record<string, string | undefined>>,
  { env, access, folder, token, dryRun }: { env: NodeJS.ProcessEnv; access: Access; folder: string; token: string; dryRun: boolean },
): Config {
  const provider = given['provider'] ?? DEFAULTS.provider;
  const missing = isProvider(provider) ? missingAccess(provider, access, env, given['openai-base-url']) : undefined;
  if (missing !== undefined) throw new WrongArguments(missing);
  const inputs: Record<string, string | undefined> = {
    ...cloudVariables(env),
    // Where a credentials file must not lie.
    GITHUB_WORKSPACE: folder,
    ...accessInputs(provider, access),
    // The action always has one; here it is used for GitHub alone.
    'INPUT_GITHUB-TOKEN': token || 'none',
    'INPUT_DRY-RUN': String(dryRun),
  };
  for (const name of OPTIONS) if (given[name] !== undefined) inputs[`INPUT_${name.toUpperCase()}`] = given[name];
  try {
    return readInputs(inputs);
  } catch (error) {
    if (error instanceof InputFaults) throw new WrongArguments(error.faults.map((fault) => `--${fault}`).join('\n'));
    throw error;
  }
}
