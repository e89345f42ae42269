import { AnthropicVertex } from '@anthropic-ai/vertex-sdk';
import { GoogleAuth } from 'google-auth-library';
import { hostOf } from './connection.ts';
import { ANTHROPIC_SERVICE, type Service } from './failure.ts';
import { overMessages, type MessagesOptions } from './messages.ts';
import type { Model } from './model.ts';

export type VertexOptions = MessagesOptions &
  Readonly<{
    /** `global`, `us`, `eu` or a region such as `europe-west1`. */
    region: string;
    project: string;
    /** Path of the credentials that `google-github-actions/auth` wrote. */
    credentialsFile: string;
    baseUrl: string | undefined;
  }>;

const SERVICE: Service = {
  ...ANTHROPIC_SERVICE,
  name: 'Vertex AI',
  checkKey: 'Check the step google-github-actions/auth: its workload identity provider and service account.',
  anotherKey: 'service account to that step, one with the role Vertex AI User (roles/aiplatform.user)',
  checkAddress: 'Check the inputs provider-region and provider-project, and anthropic-base-url when it is given.',
  unreachable: 'Check the step google-github-actions/auth and the input provider-region, and that the runner may reach that server.',
  outages: '; https://status.cloud.google.com tells of outages',
};

/**
 * Claude on Vertex AI. With a workload identity provider the credentials file holds no key but the way to exchange the job's identity token, which Google's
 * library goes.
 */
export function vertex({ region, project, credentialsFile, baseUrl, ...options }: VertexOptions): { model: Model } {
  // Given both, the library asks nobody else: neither the machine's metadata server nor Google for the project's name.
  const googleAuth = new GoogleAuth({
    scopes: 'https://www.googleapis.com/auth/cloud-platform',
    projectId: project,
    keyFilename: credentialsFile,
  });
  return overMessages(
    options,
    (common) => new AnthropicVertex({ ...common, region, projectId: project, baseURL: baseUrl ?? null, googleAuth }),
    (model) => ({
      apiKey: '',
      host: hostOf(baseUrl ?? (region === 'global' ? 'https://aiplatform.googleapis.com' : `https://${region}-aiplatform.googleapis.com`)),
      model,
      answered: undefined,
      service: { ...SERVICE, noKey: SERVICE.checkKey },
    }),
  );
}
