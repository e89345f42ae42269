import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { DEFAULT_PROTECTED_PATHS } from '../../src/publish/policy.ts';
import { DEFAULTS, InputFaults, readInputs, triggerInputs } from '../../src/inputs/inputs.ts';

type ActionFile = Readonly<{
  inputs: Record<string, { description: string; default: string; required: boolean }>;
  outputs: Record<string, { description: string }>;
  runs: Record<string, string>;
}>;
const action = parse(readFileSync(new URL('../../action.yml', import.meta.url), 'utf8')) as ActionFile;

const KEY = 'sk-ant-api03-Qw3eRt7YuIoP1aSdFgHjKlMnBvC5';
const least = { 'INPUT_ANTHROPIC-API-KEY': KEY, 'INPUT_GITHUB-TOKEN': 'ghs_token' };

function faultsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    readInputs(env);
  } catch (error) {
    if (error instanceof InputFaults) return error.faults;
    throw error;
  }
  return [];
}

/** The one fault of an input with this text. */
function faultOf(name: string, value: string): string {
  const faults = faultsOf({ ...least, [`INPUT_${name.toUpperCase()}`]: value });
  expect(faults).toHaveLength(1);
  return faults[0] ?? '';
}

describe('action.yml', () => {
  it('has the same inputs and defaults as the code', () => {
    const declared = Object.fromEntries(Object.entries(action.inputs).map(([name, input]) => [name, input.default]));
    expect({ ...declared, 'github-token': '' }).toEqual({ ...DEFAULTS });
    expect(declared['github-token']).toBe('${{ github.token }}');
  });

  it('gives every default as text, since the runner does', () => {
    for (const [name, input] of Object.entries(action.inputs))
      expect([name, typeof input.default, input.required]).toEqual([name, 'string', false]);
  });

  it('has the outputs of the contract, each described, and no token among them', () => {
    expect(Object.keys(action.outputs)).toEqual(
      'conclusion exit-reason branch head-sha pull-request-number pull-request-url turns cost-usd input-tokens output-tokens tests review-verdict transcript-path report-path transcript-sha256 artifact-id artifact-url'.split(
        ' ',
      ),
    );
    for (const part of [...Object.values(action.inputs), ...Object.values(action.outputs)])
      expect(part.description.length).toBeGreaterThan(8);
  });

  it('is what the tables in README.md were made of', () => {
    execFileSync(process.execPath, [fileURLToPath(new URL('../../scripts/readme.mjs', import.meta.url)), '--check']);
  });

  it('runs the committed bundles on Node 24 and always the post step', () => {
    expect(action.runs).toEqual({ using: 'node24', main: 'dist/main.js', post: 'dist/post.js', 'post-if': 'always()' });
  });
});

describe('readInputs', () => {
  it('applies the defaults in code too, and freezes the result all the way down', () => {
    const config = readInputs(least);
    expect(config).toMatchObject({
      provider: 'anthropic',
      anthropicApiKey: KEY,
      anthropicBaseUrl: undefined,
      triggerPhrase: '@alchemist',
      labelTrigger: 'alchemist',
      assigneeTrigger: '',
      branchPrefix: 'alchemist/',
      model: 'claude-opus-5-5',
      reviewModel: 'claude-opus-5-5',
      effort: 'medium',
      fallbackModel: undefined,
      limits: { turns: 60, usd: 5, minutes: 30 },
      workingDirectory: '.',
      testCommand: undefined,
      sandbox: 'auto',
      network: 'registries',
      reviewRounds: 2,
      draft: 'auto',
      dryRun: false,
      artifactName: 'alchemist-transcript',
      artifactRetentionDays: undefined,
    });
    expect([config, config.limits, config.allowedUsers, config.priceOverrides].every((part) => Object.isFrozen(part))).toBe(true);
  });

  it('takes names with hyphens, as the runner makes them, and with underscores', () => {
    expect(readInputs({ ...least, 'INPUT_MAX-TURNS': '7' }).limits.turns).toBe(7);
    expect(readInputs({ ...least, INPUT_MAX_TURNS: '8' }).limits.turns).toBe(8);
    expect(readInputs({ ...least, 'INPUT_MAX-TURNS': '' }).limits.turns).toBe(60);
  });

  it('reports all faults together, each with what to write instead', () => {
    const env = {
      'INPUT_MAX-TURNS': 'ten',
      'INPUT_DRY-RUN': 'yes',
      INPUT_DRAFT: 'maybe',
      'INPUT_ALLOWED-BOTS': '*',
      'INPUT_BRANCH-PREFIX': 'a..b/',
    };
    expect(() => readInputs(env)).toThrow(/^Inputs: .*; .*/);
    expect(faultsOf(env)).toEqual([
      'anthropic-api-key is missing; add the key under Settings > Secrets and variables > Actions as ANTHROPIC_API_KEY, then write anthropic-api-key: ${{ secrets.ANTHROPIC_API_KEY }}',
      'github-token is missing; write github-token: ${{ github.token }}, or leave the line out',
      'allowed-bots must name each login: * would let in everybody; write dependabot[bot], my-app[bot]',
      'branch-prefix must make a valid branch name (got "a..b/"); write alchemist/',
      'max-turns must be a whole number from 1 to 1000 (got "ten"); write max-turns: 60',
      'draft must be one of auto, always, never (got "maybe"); write auto',
      'dry-run must be one of true, false (got "yes"); write false',
    ]);
  });

  it.each([
    ['provider', 'acme', 'must be one of anthropic, bedrock, vertex, foundry, openai'],
    ['anthropic-api-key', 'two words', 'contains white space'],
    ['anthropic-base-url', 'ftp://x', 'must be an http or https address'],
    ['anthropic-base-url', 'https://a:b@x', 'must not contain a user name or password'],
    ['trigger-phrase', '*bold*', 'without Markdown signs'],
    ['trigger-phrase', 'a\nb', 'without Markdown signs'],
    ['assignee-trigger', '@me', 'must be one login without @'],
    ['allowed-users', 'ok, not ok', '(got "not ok")'],
    ['allowed-users', '*', 'must name each login'],
    ['base-branch', '-x', 'must make a valid branch name'],
    ['branch-prefix', 'x.lock/', 'must make a valid branch name'],
    ['branch-prefix', 'a b', 'must make a valid branch name'],
    ['model', 'a b', 'must be a model id'],
    ['effort', 'huge', 'must be one of low, medium, high, xhigh, max'],
    ['max-turns', '0', 'from 1 to 1000'],
    ['max-turns', '1001', 'from 1 to 1000'],
    ['max-turns', '1e2', 'from 1 to 1000'],
    ['max-cost-usd', '0', 'above 0'],
    ['max-cost-usd', '-1', 'above 0'],
    ['max-cost-usd', 'NaN', 'above 0'],
    ['max-minutes', '361', 'at most 360'],
    ['price-overrides', '[]', 'must be a JSON object'],
    ['price-overrides', '{x', 'must be a JSON object'],
    [
      'price-overrides',
      '{"m": {"input": "4", "out": 1}}',
      '"m" has the unknown field "out", "m" lacks output, "m" has input that is no number of 0 or more',
    ],
    ['working-directory', '/abs', 'must be a folder inside the repository'],
    ['working-directory', 'a/../../b', 'must be a folder inside the repository'],
    ['working-directory', '.git', 'must be a folder inside the repository'],
    ['network', 'all', 'must be one of registries, none, open'],
    ['allowed-hosts', 'https://x.y', 'must be host or host:port'],
    ['allowed-hosts', 'x.y:70000', 'must be host or host:port'],
    ['protected-paths', '!src', 'must be globs'],
    ['review-rounds', '6', 'from 0 to 5'],
    ['artifact-name', 'a/b', 'must not contain'],
    ['artifact-retention-days', '91', 'from 1 to 90'],
  ])('refuses %s: %j', (name, value, text) => {
    const fault = faultOf(name, value);
    expect(fault).toContain(text);
    expect(fault.startsWith(`${name} `)).toBe(true);
  });

  it.each(['anthropic-api-key', 'github-token', 'model', 'network', 'anthropic-base-url', 'price-overrides'])(
    'never shows a key that was pasted into %s',
    (name) => {
      const fault = faultOf(name, `${KEY} `.repeat(2));
      expect(fault).not.toContain('Qw3eRt7');
    },
  );

  it('reads lists by comma and by line', () => {
    const config = readInputs({
      ...least,
      'INPUT_ALLOWED-USERS': 'a, b\nc,,\n',
      'INPUT_ALLOWED-HOSTS': 'localhost:5432\nRegistry.Example.com',
      'INPUT_ALLOWED-BOTS': 'x[bot],y',
    });
    expect([config.allowedUsers, config.allowedHosts, config.allowedBots]).toEqual([
      ['a', 'b', 'c'],
      ['localhost:5432', 'registry.example.com'],
      ['x[bot]', 'y'],
    ]);
  });

  it('protects the default paths unless a list replaces them, and takes globs with braces whole', () => {
    const paths = (raw: string): readonly string[] => readInputs({ ...least, 'INPUT_PROTECTED-PATHS': raw }).protectedPaths;
    expect(paths('')).toEqual(DEFAULT_PROTECTED_PATHS);
    expect(paths('infra/**, **/*.{yml,yaml},db/{a,b}/*\nlegal.txt')).toEqual(['infra/**', '**/*.{yml,yaml}', 'db/{a,b}/*', 'legal.txt']);
    expect(paths('default, infra/**')).toEqual([...DEFAULT_PROTECTED_PATHS, 'infra/**']);
    expect(paths(DEFAULT_PROTECTED_PATHS.join(','))).toEqual(DEFAULT_PROTECTED_PATHS);
  });

  it('takes missing cache prices at their worst, so that a money limit still holds', () => {
    const config = readInputs({ ...least, 'INPUT_PRICE-OVERRIDES': '{"m": {"input": 4, "output": 20, "cache_read": 0.2}}' });
    expect(config.priceOverrides).toEqual({ m: { input: 4, output: 20, cache_read: 0.2, cache_write_5m: 5, cache_write_1h: 8 } });
  });

  it('keeps the folder of a monorepo in one form', () => {
    expect(readInputs({ ...least, 'INPUT_WORKING-DIRECTORY': './packages//app/' }).workingDirectory).toBe('packages/app');
  });

  describe('with another provider', () => {
    const oidc = { ACTIONS_ID_TOKEN_REQUEST_URL: 'http://127.0.0.1:1/token', ACTIONS_ID_TOKEN_REQUEST_TOKEN: 't' };
    const aws = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 's', AWS_REGION: 'eu-central-1' };
    const google = {
      GOOGLE_APPLICATION_CREDENTIALS: '/runner/temp/google.json',
      GOOGLE_CLOUD_PROJECT: 'my-project',
      GITHUB_WORKSPACE: '/work',
    };
    const azure = { AZURE_CLIENT_ID: 'c', AZURE_TENANT_ID: 't', 'INPUT_FOUNDRY-RESOURCE': 'mine' };
    const federation = { 'INPUT_ANTHROPIC-FEDERATION-RULE-ID': 'fdrl_1', 'INPUT_ANTHROPIC-ORGANIZATION-ID': 'o' };
    const openai = { INPUT_PROVIDER: 'openai', 'INPUT_OPENAI-API-KEY': 'k', INPUT_MODEL: 'gpt-5.5' };

    it.each<[string, NodeJS.ProcessEnv]>([
      ['OpenAI with a key', openai],
      ['a server without a key', { ...openai, 'INPUT_OPENAI-API-KEY': '', 'INPUT_OPENAI-BASE-URL': 'http://127.0.0.1:11434/v1' }],
      ['Bedrock', { INPUT_PROVIDER: 'bedrock', ...aws }],
      ['Bedrock with a key of its own', { INPUT_PROVIDER: 'bedrock', AWS_BEARER_TOKEN_BEDROCK: 'b', 'INPUT_PROVIDER-REGION': 'us-east-1' }],
      ['Vertex', { INPUT_PROVIDER: 'vertex', ...google }],
      ['Foundry with a key', { INPUT_PROVIDER: 'foundry', 'INPUT_FOUNDRY-RESOURCE': 'mine', 'INPUT_ANTHROPIC-API-KEY': 'k' }],
      ['Foundry without a key', { INPUT_PROVIDER: 'foundry', ...azure, ...oidc }],
      ['Anthropic without a key', { ...federation, ...oidc }],
    ])('takes %s', (_, env) => {
      expect(faultsOf({ 'INPUT_GITHUB-TOKEN': 't', ...env })).toEqual([]);
    });

    it.each<[string, NodeJS.ProcessEnv, RegExp[]]>([
      ['OpenAI', { INPUT_PROVIDER: 'openai' }, [/^openai-api-key is missing.*OPENAI_API_KEY/, /^model must be one of OpenAI/]],
      ['Bedrock', { INPUT_PROVIDER: 'bedrock' }, [/aws-actions\/configure-aws-credentials/, /^provider-region is missing.*AWS_REGION/]],
      ['Vertex', { INPUT_PROVIDER: 'vertex' }, [/google-github-actions\/auth/, /^provider-project is missing/]],
      [
        'Vertex where the sandbox would see the key',
        { INPUT_PROVIDER: 'vertex', ...google, GOOGLE_APPLICATION_CREDENTIALS: '/work/gha-creds-1.json' },
        [/lies in the workspace.*RUNNER_TEMP/],
      ],
      ['Foundry', { INPUT_PROVIDER: 'foundry' }, [/needs a key or an application/, /^foundry-resource is missing/]],
      ['Foundry without identity', { INPUT_PROVIDER: 'foundry', ...azure }, [/id-token: write/]],
      ['a rule without identity', federation, [/id-token: write/]],
      [
        'a rule beside a key',
        { ...oidc, 'INPUT_ANTHROPIC-FEDERATION-RULE-ID': 'fdrl_1', 'INPUT_ANTHROPIC-API-KEY': 'k' },
        [/cannot stand beside/, /^anthropic-organization-id is missing/],
      ],
    ])('says all that %s lacks', (_, env, texts) => {
      const faults = faultsOf({ 'INPUT_GITHUB-TOKEN': 't', ...env });
      expect(faults).toHaveLength(texts.length);
      for (const [index, text] of texts.entries()) expect(faults[index]).toMatch(text);
    });

    it('prices Claude under its names on the clouds, a tenth more where the endpoint is regional', () => {
      const price = (model: string, env: NodeJS.ProcessEnv): number | undefined =>
        readInputs({ 'INPUT_GITHUB-TOKEN': 't', ...env, INPUT_MODEL: model }).priceOverrides[model]?.output;
      const bedrock = { INPUT_PROVIDER: 'bedrock', ...aws };
      expect(price('global.anthropic.claude-opus-5-5-v1:0', bedrock)).toBe(20);
      expect(price('eu.anthropic.claude-opus-5-5-v1:0', bedrock)).toBeCloseTo(22, 9);
      expect(price('anthropic.claude-haiku-4-5-20251001-v1:0', bedrock)).toBeCloseTo(5.5, 9);
      expect(price('global.anthropic.claude-opus-99-v1:0', bedrock)).toBeUndefined();
      expect(price('claude-opus-4-5@20251101', { INPUT_PROVIDER: 'vertex', ...google })).toBe(25);
      expect(price('claude-opus-5-5', { INPUT_PROVIDER: 'vertex', ...google, 'INPUT_PROVIDER-REGION': 'europe-west1' })).toBeCloseTo(22, 9);
    });
  });
});

describe('triggerInputs', () => {
  it('reads what starts a run without judging any other input', () => {
    expect(triggerInputs({ 'INPUT_MAX-TURNS': 'ten', 'INPUT_LABEL-TRIGGER': 'bot' })).toEqual({
      phrase: '@alchemist',
      label: 'bot',
      assignee: '',
      task: '',
    });
  });
});
