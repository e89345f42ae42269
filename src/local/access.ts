import type { Provider } from '../config.ts';

/** Keys and addresses of models as people keep them in their environment: read once in the door, before those variables are deleted there. */
export type Access = Readonly<{
  anthropicApiKey: string;
  openaiApiKey: string;
  openaiBaseUrl: string;
  foundryApiKey: string;
  foundryResource: string;
}>;

/** What the clouds' own tools leave in the environment. */
const CLOUD_VARIABLES = /^(AWS|GOOGLE|GCLOUD|CLOUDSDK|CLOUD_ML|AZURE)_/;

export function accessIn(env: NodeJS.ProcessEnv): Access {
  const value = (name: string): string => env[name]?.trim() ?? '';
  return {
    anthropicApiKey: value('ANTHROPIC_API_KEY'),
    openaiApiKey: value('OPENAI_API_KEY'),
    openaiBaseUrl: value('OPENAI_BASE_URL'),
    foundryApiKey: value('ANTHROPIC_FOUNDRY_API_KEY'),
    foundryResource: value('ANTHROPIC_FOUNDRY_RESOURCE'),
  };
}

/** The variables that a provider is reached by, and no other: nothing else of a person's environment passes for an input. */
export function cloudVariables(env: NodeJS.ProcessEnv): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => CLOUD_VARIABLES.test(name)));
}

/** The key as the input that the action has for it, by provider; nothing of another provider. */
export function accessInputs(provider: string, access: Access): Record<string, string> {
  if (provider === 'openai') return { 'INPUT_OPENAI-API-KEY': access.openaiApiKey, 'INPUT_OPENAI-BASE-URL': access.openaiBaseUrl };
  if (provider === 'foundry') return { 'INPUT_ANTHROPIC-API-KEY': access.foundryApiKey, 'INPUT_FOUNDRY-RESOURCE': access.foundryResource };
  return provider === 'anthropic' ? { 'INPUT_ANTHROPIC-API-KEY': access.anthropicApiKey } : {};
}

/** Which variable is missing, and what to write; `undefined` when the provider can be asked. */
export function missingAccess(provider: Provider, access: Access, env: NodeJS.ProcessEnv, openaiBaseUrl = ''): string | undefined {
  switch (provider) {
    case 'anthropic':
      return access.anthropicApiKey === '' ? 'ANTHROPIC_API_KEY is not set: the run needs the key of a model.' : undefined;
    case 'openai':
      if (access.openaiApiKey !== '' || access.openaiBaseUrl !== '' || openaiBaseUrl !== '') return undefined;
      return 'OPENAI_API_KEY is not set: give the key, or --openai-base-url (OPENAI_BASE_URL) for a server that wants none.';
    case 'bedrock':
      if (env['AWS_BEARER_TOKEN_BEDROCK'] || (env['AWS_ACCESS_KEY_ID'] && env['AWS_SECRET_ACCESS_KEY'])) return undefined;
      return 'AWS credentials are not set: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_BEARER_TOKEN_BEDROCK. Profiles are not read; eval "$(aws configure export-credentials --format env)" sets them.';
    case 'vertex':
      if (env['GOOGLE_APPLICATION_CREDENTIALS']) return undefined;
      return 'GOOGLE_APPLICATION_CREDENTIALS is not set: give the path of a credentials file, e.g. the one that gcloud auth application-default login writes.';
    case 'foundry':
      return access.foundryApiKey === ''
        ? 'ANTHROPIC_FOUNDRY_API_KEY is not set: the run needs the key of the Foundry resource.'
        : undefined;
  }
}
