import { isAbsolute, relative, resolve } from 'node:path';
import type { Config, Provider } from '../config.ts';
import { line } from './values.ts';
import type { Reader } from './values.ts';

/** The inputs and variables by which a provider is reached. */
export type ProviderInput =
  | 'anthropic-api-key'
  | 'anthropic-base-url'
  | 'anthropic-federation-rule-id'
  | 'anthropic-organization-id'
  | 'anthropic-service-account-id'
  | 'anthropic-workspace-id'
  | 'anthropic-oidc-audience'
  | 'openai-api-key'
  | 'openai-base-url'
  | 'provider-region'
  | 'provider-project'
  | 'foundry-resource'
  | 'model';

export type ProviderValues = Pick<Config, 'anthropicFederation' | 'providerRegion' | 'providerProject' | 'foundryResource'>;

const ID_TOKEN = 'the job must have the permission id-token: write; add it under permissions: of the job';

/**
 * What the chosen provider needs beside its key, from the inputs or from what the clouds' own login actions leave in the environment. All faults together,
 * each with what to write; what cannot work is refused here, before anything is paid.
 */
export function providerInputs(
  provider: Provider,
  raw: (name: ProviderInput) => string,
  env: NodeJS.ProcessEnv,
): Readonly<{ values: ProviderValues; faults: readonly string[] }> {
  const faults: string[] = [];
  const read = (name: ProviderInput, reader: Reader<string>, given: string): string => {
    if (given === '') return '';
    try {
      return reader(given);
    } catch (fault) {
      faults.push(`${name} ${(fault as Error).message}`);
      return '';
    }
  };
  const oidc = Boolean(env['ACTIONS_ID_TOKEN_REQUEST_URL'] && env['ACTIONS_ID_TOKEN_REQUEST_TOKEN']);
  const awsRegion = provider === 'bedrock' ? (env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? '') : '';
  const region = raw('provider-region') || awsRegion || (provider === 'vertex' ? env['CLOUD_ML_REGION'] || 'global' : '');
  const project =
    raw('provider-project') ||
    (provider === 'vertex' ? (env['GOOGLE_CLOUD_PROJECT'] ?? env['GCLOUD_PROJECT'] ?? env['CLOUDSDK_CORE_PROJECT'] ?? '') : '');
  const values: ProviderValues = {
    anthropicFederation: federation(provider, raw, oidc, faults),
    providerRegion: read(
      'provider-region',
      line('the name of a region', provider === 'vertex' ? 'global' : 'us-east-1', /^[a-z][a-z0-9-]{0,40}$/),
      region,
    ),
    providerProject: read(
      'provider-project',
      line('the id of a Google Cloud project', 'my-project', /^[a-z0-9][a-z0-9.:-]{0,100}$/),
      project,
    ),
    foundryResource: read(
      'foundry-resource',
      line('the name of a Foundry resource', 'my-resource', /^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/),
      raw('foundry-resource'),
    ),
  };
  faults.push(...missing[provider]({ raw, env, oidc, region, project }));
  return { values, faults };
}

type Given = Readonly<{ raw: (name: ProviderInput) => string; env: NodeJS.ProcessEnv; oidc: boolean; region: string; project: string }>;

const missing: Readonly<Record<Provider, (given: Given) => string[]>> = {
  anthropic: () => [],
  openai: ({ raw }) => {
    const faults: string[] = [];
    if (raw('openai-api-key') === '' && raw('openai-base-url') === '') {
      faults.push(
        'openai-api-key is missing; add the key under Settings > Secrets and variables > Actions as OPENAI_API_KEY, then write openai-api-key: ${{ secrets.OPENAI_API_KEY }}, or give openai-base-url for a server that wants no key',
      );
    }
    // A gateway may well serve Claude in this protocol; OpenAI's own API does not.
    if (raw('openai-base-url') === '' && raw('model').startsWith('claude-'))
      faults.push('model must be one of OpenAI with provider: openai; write model: gpt-5.5');
    return faults;
  },
  bedrock: ({ env, region }) => {
    const faults: string[] = [];
    const keys = Boolean(env['AWS_ACCESS_KEY_ID'] && env['AWS_SECRET_ACCESS_KEY']);
    if (!keys && !env['AWS_BEARER_TOKEN_BEDROCK']) {
      faults.push(
        'provider bedrock needs AWS credentials in the environment; run aws-actions/configure-aws-credentials in a step before this one, or set AWS_BEARER_TOKEN_BEDROCK under env:',
      );
    }
    if (region === '') faults.push('provider-region is missing; write provider-region: us-east-1, or set AWS_REGION');
    return faults;
  },
  vertex: ({ env, project }) => {
    const faults: string[] = [];
    const file = env['GOOGLE_APPLICATION_CREDENTIALS'] ?? '';
    if (file === '')
      faults.push('provider vertex needs Google credentials in the environment; run google-github-actions/auth in a step before this one');
    else if (isInside(env['GITHUB_WORKSPACE'] ?? '', file)) {
      // That action writes it there, and the sandbox shows the workspace to what the model runs.
      faults.push(
        'provider vertex: the credentials file lies in the workspace, where the code that the model runs could read it; add a step after google-github-actions/auth: run: mv "$GOOGLE_APPLICATION_CREDENTIALS" "$RUNNER_TEMP/google.json" && echo "GOOGLE_APPLICATION_CREDENTIALS=$RUNNER_TEMP/google.json" >> "$GITHUB_ENV"',
      );
    }
    if (project === '')
      faults.push(
        'provider-project is missing; write provider-project: my-project, or let google-github-actions/auth set it with project_id',
      );
    return faults;
  },
  foundry: ({ raw, env, oidc }) => {
    const faults: string[] = [];
    const application = Boolean(env['AZURE_CLIENT_ID'] && env['AZURE_TENANT_ID']);
    if (raw('anthropic-api-key') === '' && !application) {
      faults.push(
        'provider foundry needs a key or an application; write anthropic-api-key: ${{ secrets.FOUNDRY_API_KEY }}, or set AZURE_CLIENT_ID and AZURE_TENANT_ID under env: for an application with a federated credential for this repository',
      );
    } else if (raw('anthropic-api-key') === '' && !oidc) faults.push(`provider foundry without a key: ${ID_TOKEN}`);
    if (raw('foundry-resource') === '' && raw('anthropic-base-url') === '')
      faults.push('foundry-resource is missing; write foundry-resource: my-resource');
    return faults;
  },
};

function federation(
  provider: Provider,
  raw: (name: ProviderInput) => string,
  oidc: boolean,
  faults: string[],
): Config['anthropicFederation'] {
  const ruleId = raw('anthropic-federation-rule-id');
  if (ruleId === '' || provider !== 'anthropic') return undefined;
  const organizationId = raw('anthropic-organization-id');
  if (raw('anthropic-api-key') !== '')
    faults.push('anthropic-federation-rule-id cannot stand beside anthropic-api-key; leave one of the two out');
  if (organizationId === '')
    faults.push(
      'anthropic-organization-id is missing beside anthropic-federation-rule-id; write the id from Settings > Organization of the Claude Console',
    );
  if (!oidc) faults.push(`anthropic-federation-rule-id: ${ID_TOKEN}`);
  const optional = (name: ProviderInput): string | undefined => raw(name) || undefined;
  return {
    ruleId,
    organizationId,
    serviceAccountId: optional('anthropic-service-account-id'),
    workspaceId: optional('anthropic-workspace-id'),
    audience: optional('anthropic-oidc-audience'),
  };
}

function isInside(folder: string, path: string): boolean {
  if (folder === '') return false;
  const way = relative(resolve(folder), resolve(path));
  return !way.startsWith('..') && !isAbsolute(way);
}
