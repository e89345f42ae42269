import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { canonicalJson, chained, eventHash, GENESIS } from '../../src/transcript/chain.ts';
import type { Facts } from '../../src/transcript/events.ts';

const facts: Facts = { type: 'noticed', kind: 'nudge', text: 'é\u2028"', to_model: false, data: { b: 1, a: 1e21 } };

describe('the hash chain', () => {
  it('starts at 64 zeros and links each event to the one before', () => {
    const first = chained(facts, undefined, new Date(0));
    const second = chained(facts, first, new Date(1));
    expect([first.seq, first.prev, first.at]).toEqual([0, GENESIS, '1970-01-01T00:00:00.000Z']);
    expect([second.seq, second.prev]).toEqual([1, first.hash]);
  });

  it('hashes the RFC 8785 form of the event without its hash, also after a round trip through a file', () => {
    const event = chained(facts, undefined, new Date(0));
    const bytes =
      '{"at":"1970-01-01T00:00:00.000Z","data":{"a":1e+21,"b":1},"kind":"nudge","prev":"' +
      GENESIS +
      '","seq":0,"text":"é\u2028\\"","to_model":false,"type":"noticed"}';
    expect(event.hash).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(eventHash(JSON.parse(JSON.stringify(event)) as typeof event)).toBe(event.hash);
  });

  it('leaves undefined fields out before hashing, so that the written line and the hash agree', () => {
    const event = chained({ ...facts, data: undefined } as unknown as Facts, undefined, new Date(0));
    expect('data' in event).toBe(false);
    expect(eventHash(event)).toBe(event.hash);
  });

  it('takes a text that was cut inside an emoji', () => {
    const event = chained({ ...facts, text: '\ud83d' }, undefined, new Date(0));
    expect(event).toMatchObject({ text: '\ufffd' });
    expect(eventHash(event)).toBe(event.hash);
  });

  it('refuses what JSON cannot say', () => {
    expect(() => canonicalJson(Number.NaN)).toThrow();
  });
});
