import { ModelError } from './model.ts';

/** An application registered in Microsoft Entra, with a federated credential for the repository's jobs. */
export type EntraApplication = Readonly<{
  tenantId: string;
  clientId: string;
  /** `https://login.microsoftonline.com` or a sovereign cloud's. */
  authority: string;
  /** Asks the runner for the job's identity token (a JWT). */
  identityToken(): Promise<string>;
}>;

/** What the token is for. Source: README of @anthropic-ai/foundry-sdk. */
const SCOPE = 'https://ai.azure.com/.default';
/** A token is fetched anew when it has no more than this to live. */
const SPARE_MS = 120_000;

/**
 * Exchanges the job's identity token for one of Microsoft Entra, and keeps it while it lives. No key exists anywhere.
 * Source: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow, "federated credential"
 */
export function entraToken(application: EntraApplication, fetch: typeof globalThis.fetch): () => Promise<string> {
  let kept: { token: string; until: number } | undefined;
  return async () => {
    if (kept === undefined || Date.now() > kept.until - SPARE_MS) kept = await exchange(application, fetch);
    return kept.token;
  };
}

async function exchange(
  { tenantId, clientId, authority, identityToken }: EntraApplication,
  fetch: typeof globalThis.fetch,
): Promise<{ token: string; until: number }> {
  const { protocol, hostname } = new URL(authority);
  if (protocol !== 'https:' && hostname !== '127.0.0.1')
    throw new ModelError('bad_request', 'AZURE_AUTHORITY_HOST must be an https address: an identity token is sent there.');
  const response = await fetch(`${authority.replace(/\/+$/, '')}/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({
      client_id: clientId,
      scope: SCOPE,
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await identityToken(),
    }),
  });
  const answer = (await response.json().catch(() => ({}))) as {
    access_token?: unknown;
    expires_in?: unknown;
    error?: unknown;
    error_codes?: unknown;
  };
  if (!response.ok || typeof answer.access_token !== 'string') {
    // Its description repeats claims of the identity token; the code says enough.
    const code = [answer.error, ...(Array.isArray(answer.error_codes) ? (answer.error_codes as unknown[]) : [])]
      .filter((part) => typeof part === 'string' || typeof part === 'number')
      .join(' ');
    throw new ModelError(
      'key_refused',
      `Microsoft Entra gave no token for the application AZURE_CLIENT_ID (${response.status} ${code.slice(0, 80)}). Check its federated credential: issuer https://token.actions.githubusercontent.com, the subject of this job, audience api://AzureADTokenExchange.`,
    );
  }
  return { token: answer.access_token, until: Date.now() + Number(answer.expires_in ?? 0) * 1000 };
}
