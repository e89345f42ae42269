#!/usr/bin/env node
/**
 * Writes src/model/price-table.ts from the data of @pydantic/genai-prices, so that a run need not load 830 KB (35 ms) to know one price.
 * Run it after an update of that package: node scripts/price-table.ts (Node 24)
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { findProvider, type ConditionalPrice, type MatchLogic, type ModelPrice as PackagePrice } from '@pydantic/genai-prices';
import type { Price } from '../src/config.ts';
import type { ModelPrice } from '../src/model/price.ts';

const file = fileURLToPath(new URL('../src/model/price-table.ts', import.meta.url));

const KEYS: Readonly<Record<keyof Price, string>> = {
  input: 'input_mtok',
  output: 'output_mtok',
  cache_read: 'cache_read_mtok',
  cache_write_5m: 'cache_write_mtok',
  cache_write_1h: 'cache_write_1h_mtok',
};

/** The table as committed. Only exact names count: the package's patterns would price models that do not exist. */
export function priceTable(today = new Date()): string {
  const models = [
    ...modelsOf('anthropic'),
    ...modelsOf('openai')
      .filter(({ id }) => CHAT_MODEL.test(id))
      .map(withCachePrices),
  ];
  const rows = models.flatMap((model) => {
    const price = priceOn(model.prices, today);
    return price === undefined
      ? []
      : [...new Set([model.id, ...equalsIn(model.match)])]
          .filter((name) => name.startsWith('claude-') || CHAT_MODEL.test(name))
          .map((name) => ({ name, price }));
  });
  const lines = rows.sort((left, right) => (left.name < right.name ? -1 : 1)).map(({ name, price }) => `  '${name}': ${literal(price)},\n`);
  return `// Written by scripts/price-table.ts from @pydantic/genai-prices. Do not edit: what it lacks stands in price-additions.ts.
import type { ModelPrice } from './price.ts';

/** US dollars per million tokens, by exact name. */
// prettier-ignore
export const PRICE_TABLE: Readonly<Record<string, ModelPrice>> = {
${lines.join('')}};
`;
}

/** Models of OpenAI that hold a conversation in text with tools. */
const CHAT_MODEL = /^(gpt-(4\.1|4o|5)|o[34]\b)(?!.*(audio|realtime|transcribe|tts|image|search|research|extended|ft-))/;

type PricedModel = Readonly<{ id: string; match: MatchLogic; prices: ConditionalPrice[] | PackagePrice }>;

function modelsOf(providerId: string): readonly PricedModel[] {
  return findProvider({ providerId })?.models ?? [];
}

/** OpenAI has no price for what it does not sell: there cached tokens cost what others cost, and writing to the cache costs nothing extra. */
function withCachePrices(model: PricedModel): PricedModel {
  const filled = (prices: PackagePrice): PackagePrice => {
    const write = prices['cache_write_mtok'] ?? prices['input_mtok'];
    const read = prices['cache_read_mtok'] ?? prices['input_mtok'];
    return {
      ...prices,
      ...(read !== undefined && { cache_read_mtok: read }),
      ...(write !== undefined && { cache_write_mtok: write, cache_write_1h_mtok: write }),
    };
  };
  const { prices } = model;
  return { ...model, prices: Array.isArray(prices) ? prices.map((entry) => ({ ...entry, prices: filled(entry.prices) })) : filled(prices) };
}

/** Prices that hold today; nothing where one is missing. */
function priceOn(prices: ConditionalPrice[] | PackagePrice, today: Date): ModelPrice | undefined {
  const all: ConditionalPrice[] = Array.isArray(prices) ? prices : [{ prices }];
  const current = all.findLast(
    ({ constraint }) => constraint === undefined || ('start_date' in constraint && new Date(constraint.start_date) <= today),
  );
  if (current === undefined || Object.values(KEYS).some((key) => current.prices[key] === undefined)) return undefined;
  const base = each((key) => {
    const price = current.prices[key];
    return typeof price === 'object' ? price.base : price;
  });
  const starts = Object.values(KEYS).flatMap((key) => {
    const price = current.prices[key];
    return typeof price === 'object' ? price.tiers.map(({ start }) => start) : [];
  });
  if (starts.length === 0) return base;
  const long = each((key) => {
    const price = current.prices[key];
    return typeof price === 'object' ? price.tiers.at(-1)?.price : price;
  });
  return { ...base, long_prompt: { above: Math.min(...starts), ...long } };
}

function each(pick: (key: string) => number | undefined): Price {
  return Object.fromEntries(Object.entries(KEYS).map(([name, key]) => [name, pick(key)])) as Price;
}

function equalsIn(match: MatchLogic): string[] {
  if ('equals' in match) return [match.equals];
  return 'or' in match ? match.or.flatMap(equalsIn) : [];
}

function literal(value: object | number): string {
  if (typeof value === 'number') return String(value);
  const fields = Object.entries(value as Record<string, object | number>).map(([key, inner]) => `${key}: ${literal(inner)}`);
  return `{ ${fields.join(', ')} }`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(file, priceTable());
