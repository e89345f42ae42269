import { UNITS } from './units.js';

/** Writes milliseconds as people do, largest unit first, e.g. 5_400_000 → "1h 30m". */
export function format(ms) {
  if (!Number.isFinite(ms)) throw new RangeError(`not a duration: ${ms}`);
  const sign = ms < 0 ? '-' : '';
  let rest = Math.abs(ms);
  if (rest < 1000) return `${sign}${rest}ms`;

  const parts = [];
  for (const { symbol, ms: size } of UNITS) {
    const count = symbol === 's' ? Math.round(rest / size) : Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count}${symbol}`);
  }
  return sign + parts.join(' ');
}
