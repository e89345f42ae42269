import assert from 'node:assert/strict';
import { test } from 'node:test';
import { format } from '../src/format.js';

test('writes the largest unit first', () => {
  assert.equal(format(5_400_000), '1h 30m');
  assert.equal(format(187_200_000), '2d 4h');
});

test('leaves out units that are zero', () => {
  assert.equal(format(3_605_000), '1h 5s');
});

test('rounds seconds', () => {
  assert.equal(format(12_400), '12s');
  assert.equal(format(12_600), '13s');
});

test('writes a negative duration', () => {
  assert.equal(format(-90_000), '-1m 30s');
});
