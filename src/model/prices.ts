import type { Price } from '../config.ts';
import type { Usage } from './model.ts';
import type { ModelPrice } from './price.ts';
import { PRICE_ADDITIONS } from './price-additions.ts';
import { PRICE_TABLE } from './price-table.ts';
import { passesOf, type Pass } from './usage.ts';

const PER = 1_000_000;

/**
 * The price of a model, by its exact name. Never guessed from a likeness: a model that does not exist has no price, and a new one may cost more
 * than the one it is named after. `overrides` (the input `price-overrides`) go first.
 */
export function priceOf(model: string, overrides: Readonly<Record<string, Price>>): ModelPrice | undefined {
  for (const table of [overrides, PRICE_ADDITIONS, PRICE_TABLE]) if (Object.hasOwn(table, model)) return table[model];
  return undefined;
}

/** What a reply cost, in US dollars, the API's own summaries included. Cache writes without detail count as 5-minute ones. */
export function costOf(usage: Usage, price: ModelPrice): number {
  return passesOf(usage).reduce((sum, pass) => sum + costOfPass(pass, price), 0);
}

function costOfPass({ input, read, written, writtenFor1h, output }: Pass, price: ModelPrice): number {
  const at = priceFor(input + read + written, price);
  return (
    (input * at.input +
      read * at.cache_read +
      (written - writtenFor1h) * at.cache_write_5m +
      writtenFor1h * at.cache_write_1h +
      output * at.output) /
    PER
  );
}

/**
 * The most that a call can cost, in US dollars: the whole input written to the cache (which may have expired), `maxTokens` of output, and the price
 * of a long prompt where there is one, since `inputTokens` is an estimate.
 */
export function worstCase(inputTokens: number, maxTokens: number, price: ModelPrice): number {
  const at = price.long_prompt ?? price;
  return (inputTokens * Math.max(at.cache_write_5m, at.input) + maxTokens * at.output) / PER;
}

/** Why a run with a money limit cannot use a model without a price, and the line that helps. */
export function unpriced(model: string, limitUsd: number): string {
  const line = JSON.stringify({ [model]: { input: 4, output: 20, cache_read: 0.2, cache_write_5m: 5, cache_write_1h: 8 } });
  return (
    `The model "${model}" has no known price, so the limit of $${limitUsd} (max-cost-usd) could not be kept. ` +
    `Add its price in US dollars per million tokens to the input price-overrides, with its own numbers in place of these: price-overrides: '${line}'`
  );
}

function priceFor(promptTokens: number, price: ModelPrice): Price {
  return price.long_prompt && promptTokens > price.long_prompt.above ? price.long_prompt : price;
}
