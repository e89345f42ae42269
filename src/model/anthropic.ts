import Anthropic from '@anthropic-ai/sdk';
import type { AccessTokenProvider } from '@anthropic-ai/sdk/lib/credentials';
import { oidcFederationProvider } from '@anthropic-ai/sdk/lib/credentials/oidc-federation';
import { hostOf } from './connection.ts';
import { ANTHROPIC_SERVICE, failure, type FailedCall, type Service } from './failure.ts';
import { factsOf } from './facts.ts';
import { overMessages, type CommonClientOptions, type MessagesOptions } from './messages.ts';
import { ModelError, type Model, type ModelFacts } from './model.ts';
import { SUMMARY_BETA } from './summary.ts';

/**
 * A federation rule of the Claude Console: the job's own identity token is exchanged for an access token that lives for minutes.
 * Source: https://platform.claude.com/docs/en/manage-claude/wif-providers/github-actions
 */
export type Federation = Readonly<{
  ruleId: string;
  organizationId: string;
  serviceAccountId: string | undefined;
  workspaceId: string | undefined;
  /** Asks the runner for the job's identity token (a JWT). */
  identityToken(): Promise<string>;
}>;

export type AnthropicOptions = MessagesOptions &
  Readonly<{
    /** Empty with `federation`. */
    apiKey: string;
    /** `undefined`: Anthropic's own API. */
    baseUrl: string | undefined;
    federation?: Federation | undefined;
  }>;

export const DEFAULT_BASE_URL = 'https://api.anthropic.com';

const DESCRIBE_MS = 5_000;

/**
 * Claude over the Messages API. `model` streams one reply and collects it whole; `describe` asks the Models API what a model can do, and throws where that is sure
 * that there is no such model. Nothing is read from the environment: every option that the SDK would otherwise look up there is given. (`ANTHROPIC_CUSTOM_HEADERS`
 * it reads in any case, which is one more reason for the door to delete those variables.)
 */
export function anthropic(options: AnthropicOptions): {
  model: Model;
  describe(modelId: string, signal: AbortSignal): Promise<ModelFacts>;
} {
  const baseUrl = options.baseUrl ?? DEFAULT_BASE_URL;
  const service = options.federation ? FEDERATED : ANTHROPIC_SERVICE;
  const call = (model: string): FailedCall => ({ apiKey: options.apiKey, host: hostOf(baseUrl), model, answered: undefined, service });
  const { model, client } = overMessages(
    options,
    (common) => connect(options, baseUrl, common),
    call,
    (sdk, body, betas, signal) =>
      sdk.beta.messages.stream({ ...(body as Anthropic.Beta.MessageCreateParamsNonStreaming), betas }, { signal }),
  );

  const describe = async (modelId: string, signal: AbortSignal): Promise<ModelFacts> => {
    signal.throwIfAborted();
    try {
      // The outer limit bounds a `retry-after` too.
      const bounded = AbortSignal.any([signal, AbortSignal.timeout(2 * DESCRIBE_MS)]);
      const request = { signal: bounded, timeout: DESCRIBE_MS, maxRetries: 1 };
      // With the header of summaries on demand: without it the answer leaves that capability out.
      return factsOf(modelId, await client.beta.models.retrieve(modelId, { betas: [SUMMARY_BETA] }, request));
    } catch (error) {
      signal.throwIfAborted();
      if (
        error instanceof Anthropic.APIError &&
        (error.status === 401 || isNotKnown(error as Parameters<typeof isNotKnown>[0], modelId, options.baseUrl === undefined))
      )
        throw failure(error, call(modelId));
      return { id: modelId };
    }
  };

  return { model, describe };
}

/**
 * Whether a 404 means that there is no such model, and not that there is no Models API: gateways and local servers answer 404 to whatever they do not serve, some of
 * them in Anthropic's own form. Elsewhere than at Anthropic the error must be of its type and speak of a model, not of an address.
 */
function isNotKnown(
  error: Readonly<{ status: unknown; type: unknown; error: unknown; apiMessage: string | null }>,
  model: string,
  own: boolean,
): boolean {
  const body = error.error as { type?: unknown } | undefined;
  if (error.status !== 404 || error.type !== 'not_found_error' || body?.type !== 'error') return false;
  const said = (error.apiMessage ?? '').replaceAll(/(https?:\/)?\/\S+/g, ' ');
  return own || /\bmodel\b/i.test(said) || said.includes(model);
}

const FEDERATED: Service = {
  ...ANTHROPIC_SERVICE,
  checkKey:
    "The access token came from the federation rule: check in the Claude Console that the rule's service account may use this workspace.",
  anotherKey: 'service account to the federation rule',
};

function connect({ apiKey, baseUrl: given, federation }: AnthropicOptions, baseUrl: string, common: CommonClientOptions): Anthropic {
  const shared = { ...common, authToken: null, webhookKey: null, baseURL: baseUrl };
  if (federation) return new Anthropic({ ...shared, apiKey: null, credentials: accessToken(federation, baseUrl, common) });
  return new Anthropic({
    ...shared,
    apiKey,
    // Since 1.0 the SDK sends the key as a bearer token; gateways and local servers of before know the `x-api-key` header alone.
    ...(given !== undefined && { defaultHeaders: { 'x-api-key': apiKey } }),
  });
}

/** The exchange of the SDK, with a failure in words: which step went wrong, and where to look. */
function accessToken(
  { ruleId, organizationId, serviceAccountId, workspaceId, identityToken }: Federation,
  baseURL: string,
  { fetch }: CommonClientOptions,
): AccessTokenProvider {
  const identityTokenProvider = (): Promise<string> =>
    identityToken().catch((error: unknown) => {
      throw new ModelError(
        'key_refused',
        `GitHub gave no identity token for this job (${(error as Error).message}). The job needs the permission id-token: write.`,
      );
    });
  const exchange = oidcFederationProvider({
    federationRuleId: ruleId,
    organizationId,
    serviceAccountId,
    workspaceId,
    identityTokenProvider,
    baseURL,
    fetch,
  });
  return async (...args) => {
    try {
      return await exchange(...args);
    } catch (error) {
      if (error instanceof ModelError) throw error;
      const status = (error as { statusCode?: unknown }).statusCode;
      const refused = typeof status === 'number' && status < 500;
      throw new ModelError(
        refused ? 'key_refused' : 'unavailable',
        `The job's identity token could not be exchanged for an access token (${refused ? status : 'the server did not answer'}). ${refused ? 'Check in the Claude Console that the federation rule fits this repository and its trigger (issuer, subject, audience), and the inputs anthropic-organization-id and anthropic-service-account-id.' : 'Start the run again later.'}`,
      );
    }
  };
}
