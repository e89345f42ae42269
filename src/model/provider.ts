import type { Config } from '../config.ts';
import type { Model, ModelFacts } from './model.ts';

/** A model behind its provider, and what can be asked about one. */
export type Connection = Readonly<{
  model: Model;
  /** What a model can do, where the server tells; remembered for the requests that follow. Throws when the key is refused, or the server is sure that there is no such model. */
  describe(modelId: string, signal: AbortSignal): Promise<ModelFacts>;
}>;

/** What a provider may need of the job beside the inputs. */
export type Job = Readonly<{
  environment: NodeJS.ProcessEnv;
  /** Asks the runner for the job's identity token (a JWT) for this audience; rejects without the permission `id-token: write`. */
  identityToken(audience: string): Promise<string>;
}>;

/** What the exchanges expect in the token's `aud`. */
const ANTHROPIC_AUDIENCE = 'https://api.anthropic.com';
const ENTRA_AUDIENCE = 'api://AzureADTokenExchange';

/**
 * The provider that the input `provider` names. Each client is loaded when it is needed: a run that nobody may ask for needs none. The inputs were found complete
 * by `providerFaults`.
 */
export async function connectModel(config: Config, job: Job): Promise<Connection> {
  const known = new Map<string, ModelFacts>();
  const facts = (model: string): ModelFacts | undefined => known.get(model);
  const { model, describe } = await connect(config, job, facts);
  return {
    model,
    describe: async (id, signal) => {
      const told = describe ? await describe(id, signal) : { id };
      // Anthropic's own API alone tells whether a model writes summaries; behind the others they are not asked for.
      const found = config.provider === 'anthropic' ? told : { ...told, summaries: false };
      known.set(id, found);
      return found;
    },
  };
}

type Connected = { model: Model; describe?: Connection['describe'] };

async function connect(
  config: Config,
  { environment: env, identityToken }: Job,
  facts: (model: string) => ModelFacts | undefined,
): Promise<Connected> {
  const baseUrl = config.anthropicBaseUrl;
  switch (config.provider) {
    case 'anthropic': {
      const { anthropic } = await import('./anthropic.ts');
      const rule = config.anthropicFederation;
      const federation = rule && { ...rule, identityToken: () => identityToken(rule.audience ?? ANTHROPIC_AUDIENCE) };
      return anthropic({ apiKey: config.anthropicApiKey, baseUrl, facts, federation });
    }
    case 'openai': {
      const { openai } = await import('./openai.ts');
      return openai({ apiKey: config.openaiApiKey, baseUrl: config.openaiBaseUrl });
    }
    case 'bedrock': {
      const { bedrock } = await import('./bedrock.ts');
      const bearerToken = env['AWS_BEARER_TOKEN_BEDROCK'];
      const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '', AWS_SESSION_TOKEN } = env;
      const credentials = bearerToken
        ? { bearerToken }
        : { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY, sessionToken: AWS_SESSION_TOKEN || undefined };
      return bedrock({ region: config.providerRegion, credentials, baseUrl, facts });
    }
    case 'vertex': {
      const { vertex } = await import('./vertex.ts');
      return vertex({
        region: config.providerRegion,
        project: config.providerProject,
        credentialsFile: env['GOOGLE_APPLICATION_CREDENTIALS'] ?? '',
        baseUrl,
        facts,
      });
    }
    case 'foundry': {
      const { foundry } = await import('./foundry.ts');
      const application = {
        tenantId: env['AZURE_TENANT_ID'] ?? '',
        clientId: env['AZURE_CLIENT_ID'] ?? '',
        authority: env['AZURE_AUTHORITY_HOST'] || 'https://login.microsoftonline.com',
        identityToken: () => identityToken(ENTRA_AUDIENCE),
      };
      const credentials = config.anthropicApiKey === '' ? application : { apiKey: config.anthropicApiKey };
      return foundry({ baseUrl: baseUrl ?? `https://${config.foundryResource}.services.ai.azure.com/anthropic`, credentials, facts });
    }
  }
}

/** Every secret that the action holds: what the redactor looks for and the log masks. */
export function secretsOf(config: Config, env: NodeJS.ProcessEnv): string[] {
  const job = [env['ACTIONS_RUNTIME_TOKEN'] ?? '', env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] ?? ''];
  const own = [config.anthropicApiKey, config.githubToken, config.openaiApiKey, ...job, ...providerSecrets(config, env)];
  return own.filter((secret) => secret !== '');
}

/** Keys in the environment that are the chosen provider's, for the redactor. */
export function providerSecrets(config: Config, env: NodeJS.ProcessEnv): string[] {
  if (config.provider !== 'bedrock') return [];
  return ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_BEARER_TOKEN_BEDROCK']
    .map((name) => env[name] ?? '')
    .filter((secret) => secret !== '');
}
