import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Config } from '../../src/config.ts';
import { readInputs } from '../../src/inputs/inputs.ts';
import { connectModel, providerSecrets, type Connection } from '../../src/model/provider.ts';
import { BrokenStream, ModelError } from '../../src/model/model.ts';
import {
  failInFrames,
  HELLO,
  json,
  sayHello,
  sayHelloInFrames,
  signatureOf,
  startCloud,
  type CloudServer,
} from '../support/clouds/server.ts';
import { never, rejection, request } from './support.ts';

let cloud: CloudServer | undefined;

afterEach(async () => {
  await cloud?.close();
  cloud = undefined;
});

async function started(...routes: Parameters<typeof startCloud>[0]): Promise<CloudServer> {
  return (cloud = await startCloud(routes));
}

/** As the door does it: inputs and surroundings, then the connection. */
async function connected(env: Readonly<Record<string, string>>): Promise<Connection & { config: Config; audiences: string[] }> {
  const audiences: string[] = [];
  const oidc = { ACTIONS_ID_TOKEN_REQUEST_URL: 'http://127.0.0.1:1', ACTIONS_ID_TOKEN_REQUEST_TOKEN: 't' };
  const config = readInputs({ 'INPUT_GITHUB-TOKEN': 't', ...oidc, ...env });
  const identityToken = (audience: string): Promise<string> => Promise.resolve(`jwt.${audiences.push(audience)}.signed`);
  return { config, audiences, ...(await connectModel(config, { environment: env, identityToken })) };
}

describe('Bedrock', () => {
  const aws = {
    INPUT_PROVIDER: 'bedrock',
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/EXAMPLE',
    AWS_SESSION_TOKEN: 'session',
    AWS_REGION: 'eu-central-1',
  };
  const model = 'eu.anthropic.claude-opus-5-5-v1:0';

  test('is asked with a signature that holds, and its frames become a reply', async () => {
    const { url, requests } = await started([/invoke-with-response-stream$/, (_, response) => sayHelloInFrames(response)]);
    const { model: ask, config } = await connected({ ...aws, 'INPUT_ANTHROPIC-BASE-URL': url });
    const { message } = await ask(request({ model }), never());
    expect(message.content).toEqual(HELLO.content);
    expect(message.usage).toMatchObject({ input_tokens: 12, cache_read_input_tokens: 40, output_tokens: 9 });
    const [sent] = requests;
    if (!sent) throw new Error('nothing was sent');
    expect(sent.path).toBe('/model/eu.anthropic.claude-opus-5-5-v1:0/invoke-with-response-stream');
    expect(sent.headers.authorization).toBe(signatureOf(sent, aws.AWS_SECRET_ACCESS_KEY));
    expect(sent.headers['x-amz-security-token']).toBe('session');
    expect(JSON.parse(sent.text)).toMatchObject({
      anthropic_version: expect.any(String),
      max_tokens: 1000,
      system: [{ text: 'You fix bugs.' }],
    });
    expect(providerSecrets(config, aws)).toEqual([aws.AWS_SECRET_ACCESS_KEY, 'session']);
  });

  test('is asked with its own key where there is one', async () => {
    const { url, requests } = await started([/invoke/, (_, response) => sayHelloInFrames(response)]);
    const { model: ask } = await connected({
      INPUT_PROVIDER: 'bedrock',
      AWS_BEARER_TOKEN_BEDROCK: 'bedrock-key',
      AWS_REGION: 'us-east-1',
      'INPUT_ANTHROPIC-BASE-URL': url,
    });
    await ask(request({ model }), never());
    expect(requests[0]?.headers.authorization).toBe('Bearer bedrock-key');
  });

  test('tells of no model what it can do, which is not a no', async () => {
    const { url } = await started();
    const { describe: facts } = await connected({ ...aws, 'INPUT_ANTHROPIC-BASE-URL': url });
    expect(await facts(model, never())).toEqual({ id: model, summaries: false });
  });

  test('may end its stream by an exception or too early: the same bytes may be sent again', async () => {
    const answers = [
      (response: Parameters<typeof failInFrames>[0]) => failInFrames(response, 'throttlingException'),
      (response: Parameters<typeof failInFrames>[0]) => sayHelloInFrames(response, true),
    ];
    const { url } = await started([/invoke/, (_, response) => answers.shift()?.(response)]);
    const { model: ask } = await connected({ ...aws, 'INPUT_ANTHROPIC-BASE-URL': url });
    for (const _ of [1, 2]) expect(await rejection(ask(request({ model }), never()))).toBeInstanceOf(BrokenStream);
  });

  test('refuses in words that name what to check', async () => {
    const { url } = await started([
      /invoke/,
      (_, response) => json(response, 403, { message: 'The security token included in the request is expired' }),
    ]);
    const { model: ask } = await connected({ ...aws, 'INPUT_ANTHROPIC-BASE-URL': url });
    const error = await rejection(ask(request({ model }), never()));
    expect(error).toBeInstanceOf(ModelError);
    expect(error).toMatchObject({
      kind: 'key_refused',
      message: expect.stringMatching(/Amazon Bedrock.*expired.*bedrock:InvokeModelWithResponseStream/),
    });
  });
});

describe('Vertex AI', () => {
  test('is reached by the file that google-github-actions/auth leaves, without any key', async () => {
    const { url, requests } = await started(
      [/^GET \/id-token/, (_, response) => json(response, 200, { value: 'github.jwt' })],
      [
        /^POST \/sts$/,
        (_, response) =>
          json(response, 200, {
            access_token: 'google-token',
            issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
            token_type: 'Bearer',
            expires_in: 3600,
          }),
      ],
      [/:streamRawPredict$/, sayHello],
    );
    // The shape that the action writes with a workload identity provider.
    const folder = mkdtempSync(join(tmpdir(), 'google-'));
    const file = join(folder, 'google.json');
    const credentials = {
      type: 'external_account',
      audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/g',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: `${url}/sts`,
      credential_source: {
        url: `${url}/id-token?audience=x`,
        headers: { Authorization: 'Bearer runner' },
        format: { type: 'json', subject_token_field_name: 'value' },
      },
    };
    writeFileSync(file, JSON.stringify(credentials));
    const { model: ask } = await connected({
      INPUT_PROVIDER: 'vertex',
      GOOGLE_APPLICATION_CREDENTIALS: file,
      GOOGLE_CLOUD_PROJECT: 'my-project',
      'INPUT_ANTHROPIC-BASE-URL': `${url}/v1`,
    });
    for (const _ of [1, 2]) expect((await ask(request(), never())).message.content).toEqual(HELLO.content);
    expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /id-token?audience=x',
      'POST /sts',
      ...[1, 2].map(() => 'POST /v1/projects/my-project/locations/global/publishers/anthropic/models/claude-opus-5-5:streamRawPredict'),
    ]);
    expect(requests[1]?.text).toContain('github.jwt');
    expect(requests[2]?.headers['authorization']).toBe('Bearer google-token');
    expect(requests[2]?.headers).not.toHaveProperty('x-api-key');
    rmSync(folder, { recursive: true });
  });
});

describe('Foundry', () => {
  test('is asked with the key of its resource', async () => {
    const { url, requests } = await started([/^POST \/anthropic\/v1\/messages$/, sayHello]);
    const { model: ask } = await connected({
      INPUT_PROVIDER: 'foundry',
      'INPUT_ANTHROPIC-API-KEY': 'foundry-key',
      'INPUT_ANTHROPIC-BASE-URL': `${url}/anthropic`,
    });
    expect((await ask(request(), never())).message.content).toEqual(HELLO.content);
    expect(requests[0]?.headers['x-api-key']).toBe('foundry-key');
  });

  test('is asked without a key by an application that trusts the job, whose token is kept while it lives', async () => {
    const { url, requests } = await started(
      [
        /^POST \/tenant\/oauth2\/v2.0\/token$/,
        (_, response) => json(response, 200, { access_token: 'entra-token', expires_in: 3600, token_type: 'Bearer' }),
      ],
      [/^POST \/anthropic\/v1\/messages$/, sayHello],
    );
    const azure = {
      INPUT_PROVIDER: 'foundry',
      AZURE_CLIENT_ID: 'client',
      AZURE_TENANT_ID: 'tenant',
      AZURE_AUTHORITY_HOST: url,
      'INPUT_ANTHROPIC-BASE-URL': `${url}/anthropic`,
      ACTIONS_ID_TOKEN_REQUEST_URL: 'u',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 't',
    };
    const { model: ask, audiences } = await connected(azure);
    for (const _ of [1, 2]) await ask(request(), never());
    expect(requests.map(({ path }) => path)).toEqual(['/tenant/oauth2/v2.0/token', '/anthropic/v1/messages', '/anthropic/v1/messages']);
    expect(Object.fromEntries(new URLSearchParams(requests[0]?.text))).toEqual({
      client_id: 'client',
      scope: 'https://ai.azure.com/.default',
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: 'jwt.1.signed',
    });
    expect(requests[2]?.headers['authorization']).toBe('Bearer entra-token');
    expect(audiences).toEqual(['api://AzureADTokenExchange']);
  });

  test('says what to check where Entra gives no token, and repeats no claim of it', async () => {
    const { url } = await started([
      /token$/,
      (_, response) =>
        json(response, 401, { error: 'invalid_client', error_codes: [700213], error_description: 'subject repo:secret/repo' }),
    ]);
    const azure = {
      INPUT_PROVIDER: 'foundry',
      AZURE_CLIENT_ID: 'c',
      AZURE_TENANT_ID: 't',
      AZURE_AUTHORITY_HOST: url,
      'INPUT_ANTHROPIC-BASE-URL': url,
    };
    const { model: ask } = await connected(azure);
    const error = await rejection(ask(request(), never()));
    expect(error).toMatchObject({ kind: 'key_refused', message: expect.stringMatching(/invalid_client 700213.*federated credential/) });
    expect(error.message).not.toContain('secret/repo');
  });
});

describe('Anthropic without a key', () => {
  const rule = {
    'INPUT_ANTHROPIC-FEDERATION-RULE-ID': 'fdrl_1',
    'INPUT_ANTHROPIC-ORGANIZATION-ID': 'org',
    'INPUT_ANTHROPIC-SERVICE-ACCOUNT-ID': 'svac_1',
  };

  test('exchanges the identity token of the job once, and asks with what it got', async () => {
    const { url, requests } = await started(
      [
        /^POST \/v1\/oauth\/token$/,
        (_, response) => json(response, 200, { access_token: 'sk-ant-oat-1', expires_in: 600, token_type: 'Bearer' }),
      ],
      [/^POST \/v1\/messages$/, sayHello],
    );
    const { model: ask, audiences } = await connected({ ...rule, 'INPUT_ANTHROPIC-BASE-URL': url });
    for (const _ of [1, 2]) expect((await ask(request(), never())).message.content).toEqual(HELLO.content);
    expect(requests.map(({ path }) => path)).toEqual(['/v1/oauth/token', '/v1/messages', '/v1/messages']);
    expect(JSON.parse(requests[0]?.text ?? '')).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: 'jwt.1.signed',
      federation_rule_id: 'fdrl_1',
      organization_id: 'org',
      service_account_id: 'svac_1',
    });
    expect(requests[1]?.headers['authorization']).toBe('Bearer sk-ant-oat-1');
    expect(requests[1]?.headers).not.toHaveProperty('x-api-key');
    expect(audiences).toEqual(['https://api.anthropic.com']);
  });

  test('says what to check where the rule does not fit', async () => {
    const { url } = await started([/token$/, (_, response) => json(response, 401, { error: 'invalid_grant' })]);
    const { model: ask } = await connected({ ...rule, 'INPUT_ANTHROPIC-BASE-URL': url });
    const error = await rejection(ask(request(), never()));
    expect(error).toMatchObject({ kind: 'key_refused', message: expect.stringMatching(/federation rule/) });
  });
});
