import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { InputFaults, readInputs } from '../inputs/inputs.ts';
import type { ModelFacts } from '../model/model.ts';
import { ciRemark, ciWorkflows } from '../story/ci.ts';
import { askModels } from '../story/models.ts';
import { usesJobToken, type WorkflowJob } from '../story/workflow-file.ts';
import type { Symptom } from './symptom.ts';

/** The Models API, where there is a key to ask with. */
export type ModelsApi = Readonly<{
  /** The server that the caller trusts with the key. A workflow's own `anthropic-base-url` is never sent it: the checkout may be anybody's. */
  baseUrl: string | undefined;
  describe(model: string): Promise<ModelFacts>;
}>;

/** What can be said of a step's inputs without running it. */
export type StepInputs = Readonly<{
  /** `undefined` where they cannot be used, or where the runner's secrets decide. */
  config: Config | undefined;
  symptoms: readonly Symptom[];
}>;

const SECRETS = ['anthropic-api-key', 'openai-api-key', 'github-token'];

/** Reads the inputs as a run would; what only the runner knows (an expression) has its default. */
export function stepInputs({ inputs }: WorkflowJob): StepInputs {
  // What other providers need stands in the job's environment, which only the runner has.
  if ((inputs['provider'] ?? 'anthropic') !== 'anthropic') return { config: undefined, symptoms: [] };
  const given = Object.entries(inputs).filter(([name, value]) => !SECRETS.includes(name) && !value.includes('${{'));
  const secrets = SECRETS.map((name) => [name, 'given-by-the-runner']);
  const env = Object.fromEntries([...given, ...secrets].map(([name = '', value]) => [`INPUT_${name.toUpperCase()}`, value]));
  try {
    return { config: readInputs(env), symptoms: [] };
  } catch (error) {
    if (!(error instanceof InputFaults)) throw error;
    return { config: undefined, symptoms: error.faults.map((text) => ({ state: 'lacks', text })) };
  }
}

/** Whether the models are known, and have a price. */
export async function modelSymptoms(config: Config | undefined, api: ModelsApi | undefined): Promise<Symptom[]> {
  if (!config) return [];
  const elsewhere = config.anthropicBaseUrl !== undefined && config.anthropicBaseUrl !== api?.baseUrl;
  const asks = api && !elsewhere;
  const { faults } = await askModels(config, (id) => (asks ? api.describe(id) : Promise.resolve({ id })));
  const models = [...new Set([config.model, config.reviewModel, config.fallbackModel])].filter((id) => id !== undefined).join(', ');
  const symptoms = faults.map((text): Symptom => ({ state: 'lacks', text: text.replaceAll(/```(yaml)?\n?/g, '').trim() }));
  if (asks) return symptoms.length > 0 ? symptoms : [{ state: 'ok', text: `Models: ${models}` }];
  const why = elsewhere
    ? 'the workflow names a server of its own (anthropic-base-url), which is asked only where ANTHROPIC_BASE_URL names it too'
    : 'set ANTHROPIC_API_KEY';
  return [...symptoms, { state: 'unknown', text: `Whether the Models API knows ${models} was not asked: ${why}.` }];
}

/** Whether CI will run on the pull requests, by the files of this checkout. */
export async function ciSymptom(root: string, job: WorkflowJob, defaultBranch: string): Promise<Symptom> {
  const base = job.inputs['base-branch'] ?? defaultBranch;
  const checkout = {
    fileNames: (folder: string) => Promise.resolve(readdirSync(join(root, folder))),
    textFile: (path: string) => Promise.resolve(readFileSync(join(root, path), 'utf8')),
  };
  const workflows = await ciWorkflows(checkout, { base, head: `${job.inputs['branch-prefix'] ?? 'alchemist/'}issue-1` });
  const jobToken = usesJobToken(job);
  return { state: !jobToken && workflows?.length !== 0 ? 'ok' : 'note', text: ciRemark(workflows, { base, jobToken }) };
}
