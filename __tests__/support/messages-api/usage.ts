import { unitsOf } from './prefix.ts';
import type { MessagesRequest } from './script.ts';

/** Bytes of one token, roughly. */
const BYTES_PER_TOKEN = 4;
/** How many blocks before a breakpoint the API looks back for an entry (prompt-caching page of the API's documentation). */
const LOOK_BACK = 20;

export type InputTokens = Readonly<{ input: number; read: number; written: number }>;

/** A prefix cache keyed on the actual bytes before each breakpoint, as the API's: entries are written at breakpoints only. */
export class PrefixCache {
  readonly #entries = new Set<string>();
  readonly #smallest: number;

  /** `smallest`: tokens below which a prefix is not cached. */
  constructor(smallest: number) {
    this.#smallest = smallest;
  }

  /** How the input of this request divides, and remembers its breakpoints. */
  divide(request: MessagesRequest): InputTokens {
    const units = unitsOf(request);
    const ends: number[] = [];
    let bytes = 0;
    for (const unit of units) ends.push((bytes += unit.bytes));
    const tokens = (end: number): number => Math.ceil(end / BYTES_PER_TOKEN);
    const total = Math.max(1, tokens(bytes));
    const cacheable = units.flatMap((unit, at) => (unit.breakpoint && tokens(ends[at] ?? 0) >= this.#smallest ? [at] : []));
    const hit = Math.max(-1, ...cacheable.map((at) => this.#lookBack(units, at)));
    const last = cacheable.at(-1) ?? -1;
    const read = hit < 0 ? 0 : tokens(ends[hit] ?? 0);
    const covered = last < 0 ? 0 : tokens(ends[last] ?? 0);
    for (const at of cacheable) this.#entries.add(units[at]?.hash ?? '');
    return { input: Math.max(total - Math.max(covered, read), 0), read, written: Math.max(covered - read, 0) };
  }

  #lookBack(units: ReturnType<typeof unitsOf>, from: number): number {
    for (let at = from; at >= 0 && at > from - LOOK_BACK; at--) if (this.#entries.has(units[at]?.hash ?? '')) return at;
    return -1;
  }
}

/** Tokens of a text, roughly. */
export function tokensOf(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);
}
