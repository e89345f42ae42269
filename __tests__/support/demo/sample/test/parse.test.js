import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from '../src/parse.js';

test('reads several units', () => {
  assert.equal(parse('1h 30m'), 5_400_000);
  assert.equal(parse('2d4h'), 187_200_000);
});

test('reads fractions and milliseconds', () => {
  assert.equal(parse('0.4s'), 400);
  assert.equal(parse('250ms'), 250);
});

test('reads a negative duration', () => {
  assert.equal(parse('-90s'), -90_000);
});

test('refuses anything else', () => {
  for (const text of ['', '-', 'soon', '5 parsecs', '1h-30m']) assert.throws(() => parse(text), RangeError);
});
