import { AnthropicVertex } from '@anthropic-ai/vertex-sdk';
import { hostOf } from './connection.ts';
import { ANTHROPIC_SERVICE, type Service } from './failure.ts';
import { overMessages, type MessagesOptions } from './messages.ts';
import type { Model } from './model.ts';

export type VertexOptions = MessagesOptions &
  Readonly<{
    /** `global`, `us`, `eu` or a region such as `europe-west1`. */
    region: string;
    project: string;
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
 * Claude on Vertex AI. The package takes Google's Application Default Credentials: the file that `google-github-actions/auth` names in
 * `GOOGLE_APPLICATION_CREDENTIALS`, which with a workload identity provider holds no key but the way to exchange the job's identity token.
 */
export function vertex({ region, project, baseUrl, ...options }: VertexOptions): { model: Model } {
  return overMessages(
    options,
    (common) => new AnthropicVertex({ ...common, region, projectId: project, baseURL: baseUrl ?? null }),
    (model) => ({
      apiKey: '',
      host: hostOf(baseUrl ?? (region === 'global' ? 'https://aiplatform.googleapis.com' : `https://${region}-aiplatform.googleapis.com`)),
      model,
      answered: undefined,
      service: { ...SERVICE, noKey: SERVICE.checkKey },
    }),
  );
}
