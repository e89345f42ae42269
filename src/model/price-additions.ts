import type { ModelPrice } from './price.ts';

type Addition = Readonly<{ names: readonly string[]; price: ModelPrice; source: string; seen: string }>;

const PRICING_PAGE = 'https://platform.claude.com/docs/en/about-claude/pricing';

/** What the price table lacks or has too old, each with its source and the day it was seen. Goes before the table. */
const ADDITIONS: readonly Addition[] = [
  {
    names: ['claude-haiku-5-5'],
    // By the length of the prompt, cached tokens counted; all tokens of a longer request, output too, have the higher price.
    price: {
      input: 0.1,
      output: 0.5,
      cache_read: 0.01,
      cache_write_5m: 0.125,
      cache_write_1h: 0.2,
      long_prompt: { above: 100_000, input: 0.5, output: 2.5, cache_read: 0.05, cache_write_5m: 0.625, cache_write_1h: 1 },
    },
    source: 'https://platform.claude.com/docs/en/models/haiku-5-5/overview; release notes of kurofune/claudit v1.9.2',
    seen: '2026-11-22',
  },
  {
    names: ['claude-sonnet-5-5'],
    // Cache reads cost 0.2 until 2026-10-07.
    price: { input: 2, output: 10, cache_read: 0.1, cache_write_5m: 2.5, cache_write_1h: 4 },
    source: 'https://platform.claude.com/docs/en/models/sonnet-5-5/overview; cache reads: release notes of kurofune/claudit v1.9.2',
    seen: '2026-11-22',
  },
  {
    names: ['claude-fable-5-2'],
    price: { input: 8, output: 40, cache_read: 0.2, cache_write_5m: 10, cache_write_1h: 16 },
    source: 'https://github.com/archid21/rightsize/releases/tag/v0.10.2 (reads the pricing page)',
    seen: '2026-11-22',
  },
  {
    names: ['claude-mythos-5-1'],
    price: { input: 10, output: 50, cache_read: 0.25, cache_write_5m: 12.5, cache_write_1h: 20 },
    source: PRICING_PAGE,
    seen: '2026-11-22',
  },
  {
    names: ['claude-mythos-5'],
    price: { input: 10, output: 50, cache_read: 1, cache_write_5m: 12.5, cache_write_1h: 20 },
    source: PRICING_PAGE,
    seen: '2026-11-22',
  },
  // Dated names that the SDK lists (its type `Model`), priced as their alias.
  {
    names: ['claude-haiku-4-5-20251001'],
    price: { input: 1, output: 5, cache_read: 0.1, cache_write_5m: 1.25, cache_write_1h: 2 },
    source: PRICING_PAGE,
    seen: '2026-11-22',
  },
  {
    names: ['claude-opus-4-5-20251101'],
    price: { input: 5, output: 25, cache_read: 0.5, cache_write_5m: 6.25, cache_write_1h: 10 },
    source: PRICING_PAGE,
    seen: '2026-11-22',
  },
];

export const PRICE_ADDITIONS: Readonly<Record<string, ModelPrice>> = Object.fromEntries(
  ADDITIONS.flatMap(({ names, price }) => names.map((name) => [name, price])),
);
