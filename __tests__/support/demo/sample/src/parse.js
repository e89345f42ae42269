import { UNITS } from './units.js';

const SIZES = new Map([...UNITS, { symbol: 'ms', ms: 1 }].map(({ symbol, ms }) => [symbol, ms]));
const PART = /(\d+(?:\.\d+)?)\s*(ms|[dhms])/g;

/** Reads a duration such as "1h 30m" or "0.4s" as milliseconds. Throws a RangeError for anything else. */
export function parse(text) {
  const input = text.trim();
  const unsigned = input.replace(/^-/, '');
  if (!unsigned || unsigned.replace(PART, '').trim()) throw new RangeError(`not a duration: ${text}`);
  let total = 0;
  for (const [, count, symbol] of unsigned.matchAll(PART)) total += Number(count) * SIZES.get(symbol);
  return unsigned === input ? total : -total;
}
