import { accessIn, cloudVariables, missingAccess } from '../../src/local/access.ts';
import { isProvider } from '../../src/inputs/inputs.ts';

const KEYS = ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'OPENAI_BASE_URL', 'ANTHROPIC_FOUNDRY_API_KEY', 'ANTHROPIC_FOUNDRY_RESOURCE'];

/** The variables by which a real model is reached, as `alchemist run` reads them. Throws, in words, where a key is missing. */
export function liveEnvironment(provider: string, more: readonly string[] = []): Record<string, string> {
  if (!isProvider(provider)) throw new Error(`There is no provider ${provider}: anthropic, openai, bedrock, vertex or foundry.`);
  const missing = missingAccess(provider, accessIn(process.env), process.env, more.includes('--openai-base-url') ? 'given' : '');
  if (missing !== undefined) throw new Error(`--live asks a real model. ${missing}`);
  const keys = Object.fromEntries(KEYS.map((name) => [name, process.env[name]]));
  const all = Object.entries({ ...cloudVariables(process.env), ...keys });
  return Object.fromEntries(all.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
