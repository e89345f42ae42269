import type { Price, Provider } from '../config.ts';
import type { ModelPrice } from './price.ts';
import { priceOf } from './prices.ts';

/** What a regional endpoint costs more than the global one, from Claude 4.5 on. Source: https://platform.claude.com/docs/en/about-claude/pricing */
const REGIONAL = 1.1;

/**
 * Prices of Claude's models under their names on a cloud, for the names that the run uses. Only the clouds' own naming schemes are read, and what is left of a
 * name must stand in the price table exactly: Bedrock's `global.anthropic.claude-opus-5-5-v1:0` and `eu.anthropic.…`, Vertex's `claude-opus-4-5@20251101`.
 * All but a global endpoint is priced as a regional one, older models too: the limit may end a run early there, never late.
 */
export function cloudPrices(provider: Provider, region: string, models: readonly string[]): Readonly<Record<string, Price>> {
  if (provider !== 'bedrock' && provider !== 'vertex') return {};
  const priced = models.flatMap((model) => {
    const found = provider === 'bedrock' ? bedrockName(model) : vertexName(model, region);
    const price = found && priceOf(found.name, {});
    return price ? [[model, found.global ? price : times(price, REGIONAL)] as const] : [];
  });
  return Object.fromEntries(priced);
}

type Found = { name: string; global: boolean };

/** Source: https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html */
function bedrockName(model: string): Found | undefined {
  const parts =
    /^(?:arn:aws[\w-]*:bedrock:[^:]*:\d*:(?:inference-profile|foundation-model)\/)?(?:([a-z]{2,6})\.)?anthropic\.(claude-[a-z0-9-]+?)(?:-v\d+(?::\d+)?)?$/.exec(
      model,
    );
  return parts?.[2] === undefined ? undefined : { name: parts[2], global: parts[1] === 'global' };
}

function vertexName(model: string, region: string): Found {
  return { name: model.replace('@', '-'), global: region === 'global' };
}

function times(price: ModelPrice, factor: number): ModelPrice {
  const scaled = (value: Price): Price => ({
    input: value.input * factor,
    output: value.output * factor,
    cache_read: value.cache_read * factor,
    cache_write_5m: value.cache_write_5m * factor,
    cache_write_1h: value.cache_write_1h * factor,
  });
  const long = price.long_prompt;
  return { ...scaled(price), ...(long && { long_prompt: { ...scaled(long), above: long.above } }) };
}
