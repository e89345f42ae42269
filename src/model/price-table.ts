// Written by scripts/price-table.ts from @pydantic/genai-prices. Do not edit: what it lacks stands in price-additions.ts.
import type { ModelPrice } from './price.ts';

/** US dollars per million tokens, by exact name. */
// prettier-ignore
export const PRICE_TABLE: Readonly<Record<string, ModelPrice>> = {
  'claude-3-5-haiku-latest': { input: 0.8, output: 4, cache_read: 0.08, cache_write_5m: 1, cache_write_1h: 1.6 },
  'claude-3-5-sonnet': { input: 3, output: 15, cache_read: 0.3, cache_write_5m: 3.75, cache_write_1h: 6 },
  'claude-3-7-sonnet-latest': { input: 3, output: 15, cache_read: 0.3, cache_write_5m: 3.75, cache_write_1h: 6 },
  'claude-3-haiku': { input: 0.25, output: 1.25, cache_read: 0.03, cache_write_5m: 0.3, cache_write_1h: 0.5 },
  'claude-3-opus-latest': { input: 15, output: 75, cache_read: 1.5, cache_write_5m: 18.75, cache_write_1h: 30 },
  'claude-3-sonnet': { input: 3, output: 15, cache_read: 0.3, cache_write_5m: 3.75, cache_write_1h: 6 },
  'claude-fable-5': { input: 10, output: 50, cache_read: 1, cache_write_5m: 12.5, cache_write_1h: 20 },
  'claude-fable-5-1': { input: 10, output: 50, cache_read: 0.25, cache_write_5m: 12.5, cache_write_1h: 20 },
  'claude-haiku-4-5': { input: 1, output: 5, cache_read: 0.1, cache_write_5m: 1.25, cache_write_1h: 2 },
  'claude-opus-4': { input: 15, output: 75, cache_read: 1.5, cache_write_5m: 18.75, cache_write_1h: 30 },
  'claude-opus-4-0': { input: 15, output: 75, cache_read: 1.5, cache_write_5m: 18.75, cache_write_1h: 30 },
  'claude-opus-4-1': { input: 15, output: 75, cache_read: 1.5, cache_write_5m: 18.75, cache_write_1h: 30 },
  'claude-opus-4-20250514': { input: 15, output: 75, cache_read: 1.5, cache_write_5m: 18.75, cache_write_1h: 30 },
  'claude-opus-4-5': { input: 5, output: 25, cache_read: 0.5, cache_write_5m: 6.25, cache_write_1h: 10 },
  'claude-opus-4-6': { input: 5, output: 25, cache_read: 0.5, cache_write_5m: 6.25, cache_write_1h: 10 },
  'claude-opus-4-7': { input: 5, output: 25, cache_read: 0.5, cache_write_5m: 6.25, cache_write_1h: 10 },
  'claude-opus-4-8': { input: 5, output: 25, cache_read: 0.5, cache_write_5m: 6.25, cache_write_1h: 10 },
  'claude-opus-5': { input: 5, output: 25, cache_read: 0.5, cache_write_5m: 6.25, cache_write_1h: 10 },
  'claude-opus-5-5': { input: 4, output: 20, cache_read: 0.2, cache_write_5m: 5, cache_write_1h: 8 },
  'claude-sonnet-4': { input: 3, output: 15, cache_read: 0.3, cache_write_5m: 3.75, cache_write_1h: 6 },
  'claude-sonnet-4-0': { input: 3, output: 15, cache_read: 0.3, cache_write_5m: 3.75, cache_write_1h: 6 },
  'claude-sonnet-4-5': { input: 3, output: 15, cache_read: 0.3, cache_write_5m: 3.75, cache_write_1h: 6, long_prompt: { above: 200000, input: 6, output: 22.5, cache_read: 0.6, cache_write_5m: 7.5, cache_write_1h: 12 } },
  'claude-sonnet-4-6': { input: 3, output: 15, cache_read: 0.3, cache_write_5m: 3.75, cache_write_1h: 6 },
  'claude-sonnet-5': { input: 2, output: 10, cache_read: 0.2, cache_write_5m: 2.5, cache_write_1h: 4 },
};
