import { AnthropicFoundry } from '@anthropic-ai/foundry-sdk';
import { hostOf } from './connection.ts';
import { entraToken, type EntraApplication } from './entra.ts';
import { ANTHROPIC_SERVICE, type Service } from './failure.ts';
import { overMessages, type MessagesOptions } from './messages.ts';
import type { Model } from './model.ts';

export type FoundryOptions = MessagesOptions &
  Readonly<{
    /** The address before `/v1/messages`, e.g. `https://NAME.services.ai.azure.com/anthropic`. */
    baseUrl: string;
    /** A key of the resource, or an application of Microsoft Entra that trusts this repository's jobs. */
    credentials: Readonly<{ apiKey: string }> | EntraApplication;
  }>;

const SERVICE: Service = {
  ...ANTHROPIC_SERVICE,
  name: 'Microsoft Foundry',
  checkKey:
    'Check that the input anthropic-api-key holds a key of that Foundry resource, or that AZURE_CLIENT_ID names an application that may use it.',
  anotherKey: 'key of a resource that has it deployed',
  checkAddress: 'Check the input foundry-resource, and anthropic-base-url when it is given.',
  unreachable: 'Check the input foundry-resource, and that the runner may reach that server.',
  outages: '; https://azure.status.microsoft tells of outages',
};

/** Claude on Microsoft Foundry; the model's name is the deployment's. There is no Models API there. */
export function foundry({ baseUrl, credentials, ...options }: FoundryOptions): { model: Model } {
  const key = 'apiKey' in credentials ? credentials.apiKey : '';
  return overMessages(
    options,
    (common) =>
      new AnthropicFoundry({
        ...common,
        // The other way to name the server; null, since the package would look it up in the environment.
        resource: null,
        baseURL: baseUrl,
        ...('apiKey' in credentials ? { apiKey: credentials.apiKey } : { azureADTokenProvider: entraToken(credentials, common.fetch) }),
      }),
    (model) => ({ apiKey: key, host: hostOf(baseUrl), model, answered: undefined, service: { ...SERVICE, noKey: SERVICE.checkKey } }),
  );
}
