import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Event, Facts } from './events.ts';

/** `prev` of the first event. */
export const GENESIS = '0'.repeat(64);

/** RFC 8785 canonical JSON. Throws for what JSON cannot say (NaN, lone functions). */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('value has no JSON form');
  return text;
}

/** SHA-256 over UTF-8, lower-case hex. */
export function sha256(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The hash of an event: over its canonical JSON without `hash`. */
export function eventHash(event: Omit<Event, 'hash'> & { hash?: string }): string {
  const { hash: _, ...rest } = event;
  return sha256(canonicalJson(rest));
}

/** The event that follows `previous` and states `facts`. */
export function chained(facts: Facts, previous: Event | undefined, at: Date): Event {
  const link = { seq: previous ? previous.seq + 1 : 0, at: at.toISOString(), prev: previous?.hash ?? GENESIS };
  // Through JSON once, so that what is hashed is what is written: `undefined` fields vanish here and not later. RFC 8785 knows no lone
  // surrogates, which a text that was cut inside an emoji ends in.
  const wellFormed = (_: string, value: unknown): unknown => (typeof value === 'string' ? value.toWellFormed() : value);
  const event = JSON.parse(JSON.stringify({ ...link, ...facts }, wellFormed)) as Omit<Event, 'hash'>;
  return { ...event, hash: eventHash(event) } as Event;
}
