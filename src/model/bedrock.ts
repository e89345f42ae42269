import { AnthropicBedrock, type ClientOptions } from '@anthropic-ai/bedrock-sdk/client';
import { hostOf } from './connection.ts';
import { ANTHROPIC_SERVICE, type Service } from './failure.ts';
import { overMessages, type MessagesOptions } from './messages.ts';
import { ModelError, type Model } from './model.ts';

/** What `aws-actions/configure-aws-credentials` leaves in the environment, or a Bedrock API key. */
export type AwsCredentials =
  Readonly<{ accessKeyId: string; secretAccessKey: string; sessionToken: string | undefined }> | Readonly<{ bearerToken: string }>;

export type BedrockOptions = MessagesOptions & Readonly<{ region: string; credentials: AwsCredentials; baseUrl: string | undefined }>;

const SERVICE: Service = {
  ...ANTHROPIC_SERVICE,
  name: 'Amazon Bedrock',
  checkKey:
    'Check the credentials of the step aws-actions/configure-aws-credentials; they live for an hour unless role-duration-seconds says otherwise.',
  anotherKey: 'role to that step, one that allows bedrock:InvokeModelWithResponseStream',
  checkAddress: 'Check the input provider-region, and anthropic-base-url when it is given.',
  unreachable: 'Check the input provider-region, and that the runner may reach that server.',
  outages: '; https://health.aws.amazon.com tells of outages',
};

/** Claude on Amazon Bedrock. There is no Models API there: what a model can do is unknown, which is not a no. */
export function bedrock({ region, credentials, baseUrl, ...options }: BedrockOptions): { model: Model } {
  const host = hostOf(baseUrl ?? `https://bedrock-runtime.${region}.amazonaws.com`);
  const secret = 'bearerToken' in credentials ? credentials.bearerToken : credentials.secretAccessKey;
  return overMessages(
    options,
    (common) => connect(credentials, { ...common, awsRegion: region, ...(baseUrl !== undefined && { baseURL: baseUrl }) }),
    (model) => ({ apiKey: secret, host, model, answered: undefined, service: SERVICE }),
  );
}

function connect(
  credentials: AwsCredentials,
  options: Omit<ClientOptions, 'awsAccessKey' | 'awsSecretKey' | 'awsSessionToken'>,
): AnthropicBedrock {
  // Never asked with the credentials at hand: the chain behind it would look for others on the machine.
  const providerChainResolver = (): Promise<never> => Promise.reject(new ModelError('key_refused', 'No AWS credentials were given.'));
  if ('bearerToken' in credentials)
    return new AnthropicBedrock({
      ...options,
      providerChainResolver,
      apiKey: credentials.bearerToken,
      awsAccessKey: null,
      awsSecretKey: null,
      awsSessionToken: null,
    });
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  // No key: else the package would look one up in the environment and not sign.
  return new AnthropicBedrock({
    ...options,
    providerChainResolver,
    apiKey: null,
    awsAccessKey: accessKeyId,
    awsSecretKey: secretAccessKey,
    awsSessionToken: sessionToken ?? null,
  });
}
