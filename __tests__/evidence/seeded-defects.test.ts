import { describe, expect, test } from '@jest/globals';
import { leftoversGate } from '../../src/evidence/leftovers-gate.ts';
import { scopeSigns } from '../../src/evidence/scope-gate.ts';
import { weakenings } from '../../src/evidence/weakened-tests-gate.ts';
import { redactor } from '../../src/transcript/redaction.ts';
import { patchesOf, type Files } from './patches.ts';

type Detector = 'weakened_tests' | 'leftovers' | 'scope' | 'secrets';
type Seed = Readonly<{
  defect: string;
  kind: 'bug' | 'over-edit' | 'weakened test' | 'debug leftover' | 'secret' | 'missing requirement';
  found: Detector | null;
  after: Files;
}>;

/** A small program in three languages; each seed is the right fix (or none) with one defect more. */
const BEFORE: Files = {
  'src/cart.js':
    "import { tax } from './tax.js';\n\nexport function total(items) {\n  let sum = 0;\n  for (let i = 1; i < items.length; i++) {\n    sum += items[i].price * items[i].count;\n  }\n  return sum + tax(sum);\n}\n\nexport function count(items) {\n  return items.reduce((all, item) => all + item.count, 0);\n}\n",
  'src/tax.js': 'export function tax(sum) {\n  return sum * 0.19;\n}\n',
  'src/format.js': "export function euros(value) {\n  return value.toFixed(2) + ' EUR';\n}\n",
  'test/cart.test.js':
    "import assert from 'node:assert/strict';\nimport { test } from 'node:test';\nimport { count, total } from '../src/cart.js';\n\ntest('counts', () => {\n  assert.equal(count([{ count: 2 }]), 2);\n  assert.equal(count([]), 0);\n});\n\ntest('of nothing is nothing', () => {\n  assert.equal(total([]), 0);\n});\n",
  'app/prices.py': 'def net(gross):\n    return gross / 1.19\n',
  'tests/test_prices.py': 'from app.prices import net\n\n\ndef test_net():\n    assert round(net(119), 2) == 100\n    assert net(0) == 0\n',
  'package.json': '{\n  "name": "cart",\n  "version": "1.0.0",\n  "jest": { "coverageThreshold": { "global": { "lines": 90 } } }\n}\n',
  'package-lock.json': '{\n  "name": "cart",\n  "lockfileVersion": 3,\n  "packages": { "": { "name": "cart", "version": "1.0.0" } }\n}\n',
  'README.md': '# Cart\n\nTotals of carts.\n',
  'run.sh': '#!/bin/sh\nnode src/cart.js\n',
};

const edit = (path: string, from: string, to: string): Files => ({ [path]: (BEFORE[path] ?? '').replace(from, () => to) });
const FIX = edit('src/cart.js', 'let i = 1', 'let i = 0');
const TESTED = edit(
  'test/cart.test.js',
  "test('of nothing",
  "test('adds up every item', () => {\n  assert.equal(total([{ price: 100, count: 1 }]), 119);\n});\n\ntest('of nothing",
);
const right = (more: Files = {}): Files => ({ ...BEFORE, ...FIX, ...TESTED, ...more });
const inFix = (from: string, to: string): Files => ({ 'src/cart.js': (FIX['src/cart.js'] ?? '').replace(from, () => to) });
const inTest = (from: string, to: string): Files => ({ 'test/cart.test.js': (TESTED['test/cart.test.js'] ?? '').replace(from, () => to) });
const key = ['gh', 'p_', 'q7Rk2VxNbT9wLmZ4cYpJ8sDfGh1uEa6oXtWv'].join('');
const aws = ['AK', 'IA', 'IOSFODNN7Q2RKVXB'].join('');
const pem = ['-----BEGIN ', 'PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE', ' KEY-----\n'].join('');

const SEEDS: readonly Seed[] = [
  { defect: 'off by one at the other end', kind: 'bug', found: null, after: right(inFix('i < items.length', 'i < items.length - 1')) },
  { defect: 'plus became minus', kind: 'bug', found: null, after: right(inFix('sum + tax(sum)', 'sum - tax(sum)')) },
  {
    defect: 'an error is swallowed',
    kind: 'bug',
    found: null,
    after: right(inFix('  return sum + tax(sum);', '  try {\n    return sum + tax(sum);\n  } catch {\n    return 0;\n  }')),
  },
  { defect: 'null is not handled', kind: 'bug', found: null, after: right(inFix('items[i].price', 'items[i].offer.price')) },
  { defect: 'another file touched', kind: 'over-edit', found: 'scope', after: right(edit('src/format.js', "' EUR'", "' €'")) },
  {
    defect: 'white space everywhere',
    kind: 'over-edit',
    found: 'scope',
    after: right({ 'src/cart.js': (FIX['src/cart.js'] ?? '').replaceAll('  ', '    ') }),
  },
  {
    defect: 'line endings changed',
    kind: 'over-edit',
    found: 'scope',
    after: right({ 'src/cart.js': (FIX['src/cart.js'] ?? '').replaceAll('\n', '\r\n') }),
  },
  {
    defect: 'lock file drifted',
    kind: 'over-edit',
    found: 'scope',
    after: right(edit('package-lock.json', '"lockfileVersion": 3', '"lockfileVersion": 2')),
  },
  {
    defect: 'a file became executable',
    kind: 'over-edit',
    found: 'scope',
    after: {
      ...Object.fromEntries(Object.entries(right()).filter(([path]) => path !== 'README.md')),
      'README.md!x': BEFORE['README.md'] ?? '',
    },
  },
  {
    defect: 'a rename nobody asked for',
    kind: 'over-edit',
    found: null,
    after: right({ 'src/cart.js': (FIX['src/cart.js'] ?? '').replaceAll('sum', 'subtotal') }),
  },
  { defect: 'a test skipped', kind: 'weakened test', found: 'weakened_tests', after: right(inTest("test('counts'", "test.skip('counts'")) },
  {
    defect: 'a test deleted',
    kind: 'weakened test',
    found: 'weakened_tests',
    after: right(inTest("test('of nothing is nothing', () => {\n  assert.equal(total([]), 0);\n});\n", '')),
  },
  {
    defect: 'an assertion removed',
    kind: 'weakened test',
    found: 'weakened_tests',
    after: right(inTest('  assert.equal(count([]), 0);\n', '')),
  },
  {
    defect: 'a Python test skipped',
    kind: 'weakened test',
    found: 'weakened_tests',
    after: right(edit('tests/test_prices.py', 'def test_net', "import pytest\n\n\n@pytest.mark.skip(reason='later')\ndef test_net")),
  },
  {
    defect: 'a Python assertion removed',
    kind: 'weakened test',
    found: 'weakened_tests',
    after: right(edit('tests/test_prices.py', '    assert net(0) == 0\n', '')),
  },
  {
    defect: 'the coverage threshold lowered',
    kind: 'weakened test',
    found: 'weakened_tests',
    after: right(edit('package.json', '"lines": 90', '"lines": 60')),
  },
  {
    defect: 'a debug print',
    kind: 'debug leftover',
    found: 'leftovers',
    after: right(inFix('  return sum', '  console.log(sum);\n  return sum')),
  },
  { defect: 'a focused test', kind: 'debug leftover', found: 'leftovers', after: right(inTest("test('adds up", "test.only('adds up")) },
  {
    defect: 'a Python breakpoint',
    kind: 'debug leftover',
    found: 'leftovers',
    after: right(edit('app/prices.py', '    return', '    breakpoint()\n    return')),
  },
  {
    defect: 'a conflict marker',
    kind: 'debug leftover',
    found: 'leftovers',
    after: right(edit('README.md', 'Totals', '<<<<<<< HEAD\nTotals')),
  },
  {
    defect: 'a token in the code',
    kind: 'secret',
    found: 'secrets',
    after: right(inFix('export function count', `const token = '${key}';\n\nexport function count`)),
  },
  {
    defect: 'a cloud key in the documentation',
    kind: 'secret',
    found: 'secrets',
    after: right(edit('README.md', 'Totals', `Key: ${aws}\n\nTotals`)),
  },
  { defect: 'a private key file', kind: 'secret', found: 'secrets', after: right({ 'test/key.pem': pem }) },
  { defect: 'the fix is missing, only the test is there', kind: 'missing requirement', found: null, after: { ...BEFORE, ...TESTED } },
  { defect: 'only half of what was asked', kind: 'missing requirement', found: null, after: { ...BEFORE, ...FIX } },
];

describe('25 seeded defects in real diffs', () => {
  const patches = patchesOf([...SEEDS.map(({ after }) => ({ before: BEFORE, after })), { before: BEFORE, after: right() }]);
  const found = patches.map(detected);

  test('the deterministic detectors find what they are there for, and nothing else', () => {
    expect(SEEDS).toHaveLength(25);
    const expected = SEEDS.filter((seed) => seed.found !== null);
    const hits = SEEDS.filter((seed, index) => seed.found !== null && found[index]?.includes(seed.found));
    const flags = found.slice(0, SEEDS.length).flat();
    const wrong = SEEDS.flatMap((seed, index) =>
      (found[index] ?? []).filter((one) => one !== seed.found).map((one) => `${seed.defect}: ${one}`),
    );
    const precision = (flags.length - wrong.length) / flags.length;
    const recall = hits.length / expected.length;
    const missed = expected.filter((seed) => !hits.includes(seed)).map(({ defect }) => defect);
    console.info(
      `Deterministic detectors over 25 seeded defects: precision ${precision.toFixed(2)}, recall ${recall.toFixed(2)} of the ${expected.length} they can see; ${25 - expected.length} (bugs, missing requirements, a quiet rename) are the reviewer's. Missed: ${missed.join(', ') || 'none'}.`,
    );
    expect(wrong).toEqual([]);
    expect(recall).toBeGreaterThanOrEqual(0.95);
  });

  test('the right fix with its test raises no flag', () => {
    expect(found.at(-1)).toEqual([]);
  });
});

function detected(patch: string): Detector[] {
  const planned = ['src/cart.js', 'test/cart.test.js'];
  const checks: Record<Detector, boolean> = {
    weakened_tests: weakenings(patch).length > 0,
    leftovers: leftoversGate({ patch }).outcome === 'refused',
    scope: scopeSigns(patch, planned).some(({ path, kind }) => kind !== 'outside_plan' || isPlainlyOutside(path)),
    secrets: redactor([]).shapes(patch).count > 0,
  };
  return (Object.keys(checks) as Detector[]).filter((name) => checks[name]);
}

/** The seeds of other kinds need a file of their own kind; that it lies outside the plan is not what they are about. */
function isPlainlyOutside(path: string): boolean {
  return path === 'src/format.js';
}
