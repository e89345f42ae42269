import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { calcPrice } from '@pydantic/genai-prices';
import { costOf, priceOf, unpriced, worstCase } from '../../src/model/prices.ts';
import type { Usage } from '../../src/model/model.ts';
import { PRICE_TABLE } from '../../src/model/price-table.ts';
import { priceTable } from '../../scripts/price-table.ts';

const million = 1_000_000;

function usage(changes: Partial<Usage>): Usage {
  return {
    cache_creation: null,
    cache_creation_input_tokens: null,
    cache_read_input_tokens: null,
    inference_geo: null,
    input_tokens: 0,
    output_tokens: 0,
    output_tokens_details: null,
    server_tool_use: null,
    service_tier: null,
    speed: null,
    ...changes,
  };
}

describe('priceOf', () => {
  test.each(['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-haiku-5-5', 'claude-fable-5-2', 'claude-opus-5', 'claude-haiku-4-5-20251001'])(
    'knows %s',
    (model) => {
      expect(priceOf(model, {})).toBeDefined();
    },
  );

  test.each([
    'claude-sonnet-5-99-imaginary',
    'claude-sonnet-5-',
    'claude-opus-5-6',
    'CLAUDE-OPUS-5-5',
    'local-model',
    '',
    'constructor',
    '__proto__',
    'toString',
  ])('has no price for %p', (model) => {
    expect(priceOf(model, {})).toBeUndefined();
  });

  test('takes an override before anything else', () => {
    const price = { input: 1, output: 2, cache_read: 3, cache_write_5m: 4, cache_write_1h: 5 };
    expect(priceOf('claude-opus-5-5', { 'claude-opus-5-5': price })).toEqual(price);
    expect(priceOf('mine', { mine: price })).toEqual(price);
  });

  test('takes newer prices before the package, which prices Sonnet 5.5 as Sonnet 5', () => {
    expect(priceOf('claude-sonnet-5-5', {})?.cache_read).toBe(0.1);
  });
});

describe('the price table', () => {
  test('is what its generator writes from the package', () => {
    expect(readFileSync(new URL('../../src/model/price-table.ts', import.meta.url), 'utf8')).toBe(priceTable());
  });

  test.each(Object.keys(PRICE_TABLE))('agrees with the package on %s, short and long', (model) => {
    const price = priceOf(model, {});
    if (!price) throw new Error('no price');
    const providerId = model.startsWith('claude-') ? 'anthropic' : 'openai';
    // OpenAI writes to its caches without a price of its own for it, on most models.
    const written = providerId === 'anthropic' ? 500 : 0;
    for (const scale of [1, 100]) {
      const ours = usage({
        input_tokens: 1000 * scale,
        cache_read_input_tokens: 2000 * scale,
        cache_creation_input_tokens: written * scale,
        output_tokens: 300 * scale,
      });
      const theirs = {
        input_tokens: (3000 + written) * scale,
        cache_read_tokens: 2000 * scale,
        cache_write_tokens: written * scale,
        output_tokens: 300 * scale,
      };
      expect(costOf(ours, price)).toBeCloseTo(calcPrice(theirs, model, { providerId })?.total_price ?? NaN, 9);
    }
  });
});

describe('costOf', () => {
  const price = { input: 4, output: 20, cache_read: 0.2, cache_write_5m: 5, cache_write_1h: 8 };

  test('prices uncached input, reads, both writes and output apart', () => {
    const spent = usage({
      input_tokens: million,
      cache_read_input_tokens: 10 * million,
      cache_creation_input_tokens: 3 * million,
      cache_creation: { ephemeral_5m_input_tokens: 2 * million, ephemeral_1h_input_tokens: million },
      output_tokens: 2 * million,
    });
    expect(costOf(spent, price)).toBeCloseTo(4 + 2 + 10 + 8 + 40, 9);
  });

  test('takes writes without detail for 5-minute ones', () => {
    expect(costOf(usage({ cache_creation_input_tokens: million }), price)).toBeCloseTo(5, 9);
  });

  test('takes the price of a long prompt for the whole request, cached tokens counted', () => {
    const haiku = priceOf('claude-haiku-5-5', {});
    if (!haiku) throw new Error('no price');
    expect(costOf(usage({ input_tokens: 100_000, output_tokens: 1000 }), haiku)).toBeCloseTo(0.01 + 0.0005, 9);
    expect(costOf(usage({ input_tokens: 1, cache_read_input_tokens: 100_000, output_tokens: 1000 }), haiku)).toBeCloseTo(
      0.0000005 + 0.005 + 0.0025,
      9,
    );
  });
});

describe('worstCase', () => {
  test('is never below what a call with such a usage costs', () => {
    for (const model of ['claude-opus-5-5', 'claude-haiku-5-5', 'claude-sonnet-4-5']) {
      const price = priceOf(model, {});
      if (!price) throw new Error('no price');
      for (const input of [0, 1000, 99_999, 250_000]) {
        const written = usage({ cache_creation_input_tokens: input, output_tokens: 4000 });
        expect(worstCase(input, 4000, price)).toBeGreaterThanOrEqual(costOf(written, price));
        expect(worstCase(input, 4000, price)).toBeGreaterThanOrEqual(costOf(usage({ input_tokens: input, output_tokens: 4000 }), price));
      }
    }
  });

  test('prices the whole input as a cache write and all of the output', () => {
    expect(worstCase(million, 100_000, { input: 4, output: 20, cache_read: 0.2, cache_write_5m: 5, cache_write_1h: 8 })).toBeCloseTo(7, 9);
  });
});

test('the refusal of a model without a price names the line to add, which is valid JSON', () => {
  const text = unpriced('claude-sonnet-5-99-imaginary', 5);
  const json = /price-overrides: '(.*)'$/.exec(text)?.[1] ?? '';
  expect(Object.keys(JSON.parse(json) as object)).toEqual(['claude-sonnet-5-99-imaginary']);
  expect(text).toContain('$5');
});
