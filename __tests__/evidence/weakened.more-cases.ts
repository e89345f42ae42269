import type { Files } from '../support/patches.ts';
import type { Case } from './weakened.cases.ts';

/**
 * A second set, written before it was run once: each change does something else beside what matters, as real ones do, so that counting what is added
 * and removed says nothing here. The gate was mended by what it first missed (precision 0.875, recall 0.913), so these are no unseen cases any more.
 */

const JS = 'test/basket.test.ts';
const JS_BEFORE = `import { describe, expect, it, vi } from 'vitest';
import { Basket, parsePrice } from '../src/basket.js';

describe('Basket', () => {
  it('adds up prices', () => {
    const basket = new Basket();
    basket.add('apple', 3, 120);
    basket.add('pear', 1, 80);
    expect(basket.total).toBe(440);
    expect(basket.lines).toEqual([
      { name: 'apple', count: 3, price: 120 },
      { name: 'pear', count: 1, price: 80 },
    ]);
  });

  it('refuses negative counts', () => {
    const basket = new Basket();
    expect(() => basket.add('apple', -1, 120)).toThrow('count must be positive');
    expect(basket.total).toBe(0);
  });

  it('tells listeners about changes', async () => {
    const basket = new Basket();
    const listener = vi.fn();
    basket.on('change', listener);
    basket.add('apple', 1, 120);
    expect(listener).toHaveBeenCalledTimes(1);
    expect(listener).toHaveBeenCalledWith({ name: 'apple', count: 1 });
    await expect(basket.save()).resolves.toEqual({ ok: true, id: 7 });
  });
});

it('reads prices', () => {
  expect(parsePrice('1,20 €')).toBe(120);
  expect(parsePrice('3 €')).toBe(300);
  expect(parsePrice('')).toBeNull();
});
`;

const PY = 'tests/test_dates.py';
const PY_BEFORE = `import pytest
from unittest import TestCase, mock
from app.dates import Span, parse, store


def test_parse_day():
    day = parse("2024-02-29")
    assert day.year == 2024
    assert day.month == 2
    assert day.day == 29


def test_parse_rejects_nonsense():
    with pytest.raises(ValueError, match="not a date"):
        parse("2023-02-29")
    with pytest.raises(TypeError):
        parse(None)


class TestSpan(TestCase):
    def setUp(self):
        self.span = Span(parse("2024-01-01"), parse("2024-01-31"))

    def test_days(self):
        self.assertEqual(self.span.days, 30)
        self.assertIn(parse("2024-01-15"), self.span)

    def test_store(self):
        with mock.patch("app.dates.database") as database:
            store(self.span)
        database.insert.assert_called_once_with("spans", days=30)
        self.assertTrue(self.span.stored)
`;

const GO = 'queue/queue_test.go';
const GO_BEFORE = `package queue

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPush(t *testing.T) {
	q := New(2)
	if err := q.Push("a"); err != nil {
		t.Fatalf("push: %v", err)
	}
	if got := q.Len(); got != 1 {
		t.Errorf("Len() = %d, want 1", got)
	}
}

func TestPushFull(t *testing.T) {
	q := New(1)
	require.NoError(t, q.Push("a"))
	assert.ErrorIs(t, q.Push("b"), ErrFull)
	assert.Equal(t, 1, q.Len())
}

func TestPop(t *testing.T) {
	cases := []struct {
		in   []string
		want string
	}{
		{[]string{"a"}, "a"},
		{[]string{"a", "b"}, "a"},
	}
	for _, c := range cases {
		q := New(len(c.in))
		for _, one := range c.in {
			_ = q.Push(one)
		}
		got, ok := q.Pop()
		if !ok || got != c.want {
			t.Errorf("Pop() = %q, want %q", got, c.want)
		}
	}
}
`;

type Swap = readonly [from: string, to: string];

function change(path: string, before: string, swaps: readonly Swap[]): { before: Files; after: Files } {
  let text = before;
  for (const [from, to] of swaps) {
    if (!text.includes(from)) throw new Error(`${path} does not hold ${from}`);
    text = text.replace(from, () => to);
  }
  return { before: { [path]: before }, after: { [path]: text } };
}
const inJs = (...swaps: Swap[]) => change(JS, JS_BEFORE, swaps);
const inPy = (...swaps: Swap[]) => change(PY, PY_BEFORE, swaps);
const inGo = (...swaps: Swap[]) => change(GO, GO_BEFORE, swaps);

const JS_NEGATIVE = `  it('refuses negative counts', () => {
    const basket = new Basket();
    expect(() => basket.add('apple', -1, 120)).toThrow('count must be positive');
    expect(basket.total).toBe(0);
  });
`;
const PY_REJECTS = PY_BEFORE.slice(PY_BEFORE.indexOf('def test_parse_rejects'), PY_BEFORE.indexOf('class TestSpan'));
const GO_FULL = GO_BEFORE.slice(GO_BEFORE.indexOf('func TestPushFull'), GO_BEFORE.indexOf('func TestPop'));

export const MORE_CASES: Case[] = [
  // JavaScript and TypeScript
  {
    name: 'more js: a test gave way to another about something else',
    ...inJs([
      JS_NEGATIVE,
      `  it('can be emptied', () => {
    const basket = new Basket();
    basket.add('apple', 2, 120);
    basket.clear();
    expect(basket.lines).toEqual([]);
  });
`,
    ]),
    weak: true,
  },
  {
    name: 'more js: an assertion gave way to one about something else in the same test',
    ...inJs(['    expect(basket.total).toBe(0);\n', '    expect(basket.listeners).toHaveLength(0);\n']),
    weak: true,
  },
  {
    name: 'more js: a case dropped, another one added',
    ...inJs(["  expect(parsePrice('')).toBeNull();\n", "  expect(parsePrice('4,50 €')).toBe(450);\n"]),
    weak: true,
  },
  { name: 'more js: the message is not looked at any more', ...inJs(["toThrow('count must be positive')", 'toThrow()']), weak: true },
  {
    name: 'more js: only a part of the value is compared',
    ...inJs(['expect(basket.lines).toEqual([\n', 'expect(basket.lines).toMatchObject([\n']),
    weak: true,
  },
  {
    name: 'more js: that it was called replaces what with, and a new assertion stands beside it',
    ...inJs([
      "    expect(listener).toHaveBeenCalledWith({ name: 'apple', count: 1 });\n",
      '    expect(listener).toHaveBeenCalled();\n    expect(basket.total).toBe(120);\n',
    ]),
    weak: true,
  },
  {
    name: 'more js: toEqual of an awaited value became toBeTruthy',
    ...inJs(['await expect(basket.save()).resolves.toEqual({ ok: true, id: 7 });', 'await expect(basket.save()).resolves.toBeTruthy();']),
    weak: true,
  },
  {
    name: 'more js: compared with itself',
    ...inJs(['expect(basket.total).toBe(440);', 'expect(basket.total).toBe(basket.total);']),
    weak: true,
  },
  {
    name: 'more js: an assertion turned into a log line',
    ...inJs(["  expect(parsePrice('3 €')).toBe(300);\n", "  console.log(parsePrice('3 €'), 300);\n"]),
    weak: true,
  },
  {
    name: 'more js: renamed, and an assertion taken out on the way',
    ...inJs(["it('refuses negative counts'", "it('refuses counts below zero'"], ['    expect(basket.total).toBe(0);\n', '']),
    weak: true,
  },
  {
    name: 'more js: a value that is taken out into a constant',
    ...inJs(['    expect(basket.total).toBe(440);\n', '    const total = basket.total;\n    expect(total).toBe(440);\n']),
    weak: false,
  },
  {
    name: 'more js: a test renamed and a line of it changed',
    ...inJs(["it('refuses negative counts'", "it('does not take a negative count'"], ["add('apple', -1, 120)", "add('pear', -2, 120)"]),
    weak: false,
  },
  {
    name: 'more js: one test cut in two',
    ...inJs([
      '    expect(basket.total).toBe(440);\n',
      "    expect(basket.total).toBe(440);\n  });\n\n  it('keeps its lines', () => {\n    const basket = new Basket();\n    basket.add('apple', 3, 120);\n    basket.add('pear', 1, 80);\n",
    ]),
    weak: false,
  },
  {
    name: 'more js: two tests made one',
    ...inJs(
      [JS_NEGATIVE, ''],
      [
        "      { name: 'pear', count: 1, price: 80 },\n    ]);\n",
        "      { name: 'pear', count: 1, price: 80 },\n    ]);\n    basket.clear();\n    expect(() => basket.add('apple', -1, 120)).toThrow('count must be positive');\n    expect(basket.total).toBe(0);\n",
      ],
    ),
    weak: false,
  },
  {
    name: 'more js: cases folded into a table',
    ...inJs([
      "it('reads prices', () => {\n  expect(parsePrice('1,20 €')).toBe(120);\n  expect(parsePrice('3 €')).toBe(300);\n  expect(parsePrice('')).toBeNull();\n});\n",
      "it.each([\n  ['1,20 €', 120],\n  ['3 €', 300],\n  ['', null],\n])('reads prices', (text, price) => {\n  expect(parsePrice(text)).toEqual(price);\n});\n",
    ]),
    weak: false,
  },
  {
    name: 'more js: two members compared as one object',
    before: { [JS]: "it('a', () => {\n  const p = read('x');\n  expect(p.name).toBe('x');\n  expect(p.size).toBe(4);\n  done();\n});\n" },
    after: { [JS]: "it('a', () => {\n  const p = read('x');\n  expect(p).toEqual({ name: 'x', size: 4 });\n  done();\n});\n" },
    weak: false,
  },
  {
    name: 'more js: node:assert became expect',
    before: {
      [JS]: "it('a', () => {\n  assert.strictEqual(read('x').size, 4);\n  assert.deepEqual(list(), ['a']);\n  assert.ok(seen.has('b'));\n});\n",
    },
    after: {
      [JS]: "it('a', () => {\n  expect(read('x').size).toBe(4);\n  expect(list()).toEqual(['a']);\n  expect(seen.has('b')).toBe(true);\n});\n",
    },
    weak: false,
  },
  {
    name: 'more js: the argument of the function has another form',
    ...inJs(["expect(parsePrice('1,20 €')).toBe(120);", "expect(parsePrice('1,20 €', { locale: 'de' })).toBe(120);"]),
    weak: false,
  },
  {
    name: 'more js: the same assertions, one level deeper',
    ...inJs([JS_NEGATIVE, `  describe('counts', () => {\n${JS_NEGATIVE.replace(/^(?=.)/gm, '  ')}  });\n`]),
    weak: false,
  },
  {
    name: 'more js: a sharper matcher and a new case',
    ...inJs([
      "expect(() => basket.add('apple', -1, 120)).toThrow('count must be positive');",
      "expect(() => basket.add('apple', -1, 120)).toThrow(new RangeError('count must be positive'));\n    expect(() => basket.add('apple', 0, 120)).toThrow('count must be positive');",
    ]),
    weak: false,
  },

  // Python
  {
    name: 'more py: a test gave way to another about something else',
    ...inPy([PY_REJECTS, 'def test_format_day():\n    assert format(parse("2024-03-01"), "short") == "1 March"\n\n\n']),
    weak: true,
  },
  {
    name: 'more py: an assertion gave way to one about something else',
    ...inPy(['    assert day.day == 29\n', '    assert day.zone == "UTC"\n']),
    weak: true,
  },
  {
    name: 'more py: the message is not looked at any more',
    ...inPy(['pytest.raises(ValueError, match="not a date")', 'pytest.raises(ValueError)']),
    weak: true,
  },
  { name: 'more py: any exception will do', ...inPy(['pytest.raises(TypeError)', 'pytest.raises(Exception)']), weak: true },
  { name: 'more py: equal became not none', ...inPy(['assert day.year == 2024', 'assert day.year is not None']), weak: true },
  {
    name: 'more py: what it was called with is not looked at',
    ...inPy(['database.insert.assert_called_once_with("spans", days=30)', 'database.insert.assert_called_once()']),
    weak: true,
  },
  {
    name: 'more py: assertEqual became assertGreater',
    ...inPy(['self.assertEqual(self.span.days, 30)', 'self.assertGreater(self.span.days, 0)']),
    weak: true,
  },
  {
    name: 'more py: a method of a test class replaced by a stub',
    ...inPy(['        self.assertEqual(self.span.days, 30)\n        self.assertIn(parse("2024-01-15"), self.span)\n', '        pass\n']),
    weak: true,
  },
  {
    name: 'more py: unittest became pytest',
    ...inPy(
      ['self.assertEqual(self.span.days, 30)', 'assert self.span.days == 30'],
      ['self.assertIn(parse("2024-01-15"), self.span)', 'assert parse("2024-01-15") in self.span'],
    ),
    weak: false,
  },
  {
    name: 'more py: assertTrue of a comparison',
    ...inPy(['self.assertEqual(self.span.days, 30)', 'self.assertTrue(self.span.days == 30)']),
    weak: false,
  },
  {
    name: 'more py: renamed, with a fixture instead of a call',
    ...inPy(['def test_parse_day():\n    day = parse("2024-02-29")\n', 'def test_parse_leap_day(day):\n']),
    weak: false,
  },
  {
    name: 'more py: cases folded into parametrize',
    ...inPy([
      PY_REJECTS,
      '@pytest.mark.parametrize("text, error, match", [\n    ("2023-02-29", ValueError, "not a date"),\n    (None, TypeError, ""),\n])\ndef test_parse_rejects_nonsense(text, error, match):\n    with pytest.raises(error, match=match):\n        parse(text)\n\n\n',
    ]),
    weak: false,
  },
  {
    name: 'more py: a test moved into a class',
    ...inPy(
      [PY_REJECTS, ''],
      [
        '    def test_days(self):\n',
        `    def test_parse_rejects_nonsense(self):\n${PY_REJECTS.split('\n')
          .slice(1)
          .filter(Boolean)
          .map((line) => `    ${line}\n`)
          .join('')}\n    def test_days(self):\n`,
      ],
    ),
    weak: false,
  },
  {
    name: 'more py: three members compared as one tuple',
    ...inPy([
      '    assert day.year == 2024\n    assert day.month == 2\n    assert day.day == 29\n',
      '    assert (day.year, day.month, day.day) == (2024, 2, 29)\n',
    ]),
    weak: false,
  },

  // Go
  {
    name: 'more go: a test gave way to another about something else',
    ...inGo([GO_FULL, 'func TestString(t *testing.T) {\n\tassert.Equal(t, "queue of 2", New(2).String())\n}\n\n']),
    weak: true,
  },
  {
    name: 'more go: a check gave way to one about something else',
    ...inGo(['\tassert.ErrorIs(t, q.Push("b"), ErrFull)\n', '\tassert.Equal(t, 1, q.Cap())\n']),
    weak: true,
  },
  { name: 'more go: any error will do', ...inGo(['assert.ErrorIs(t, q.Push("b"), ErrFull)', 'assert.NotNil(t, q.Push("b"))']), weak: true },
  {
    name: 'more go: a value is only looked at for being there',
    ...inGo(['\tif got := q.Len(); got != 1 {\n', '\tif got := q.Len(); got == 0 {\n']),
    weak: true,
  },
  {
    name: 'more go: a check taken out beside a new test',
    ...inGo(
      ['\tif got := q.Len(); got != 1 {\n\t\tt.Errorf("Len() = %d, want 1", got)\n\t}\n', ''],
      [
        'func TestPop(',
        'func TestCap(t *testing.T) {\n\tif got := New(3).Cap(); got != 3 {\n\t\tt.Errorf("Cap() = %d, want 3", got)\n\t}\n}\n\nfunc TestPop(',
      ],
    ),
    weak: true,
  },
  {
    name: 'more go: testing became testify',
    ...inGo([
      '\tif err := q.Push("a"); err != nil {\n\t\tt.Fatalf("push: %v", err)\n\t}\n\tif got := q.Len(); got != 1 {\n\t\tt.Errorf("Len() = %d, want 1", got)\n\t}\n',
      '\trequire.NoError(t, q.Push("a"))\n\tassert.Equal(t, 1, q.Len())\n',
    ]),
    weak: false,
  },
  { name: 'more go: renamed', ...inGo(['func TestPushFull(', 'func TestPushRefusesWhenFull(']), weak: false },
  {
    name: 'more go: sub-tests in a table',
    ...inGo([
      '\t\tgot, ok := q.Pop()\n\t\tif !ok || got != c.want {\n\t\t\tt.Errorf("Pop() = %q, want %q", got, c.want)\n\t\t}\n',
      '\t\tt.Run(c.want, func(t *testing.T) {\n\t\t\tgot, ok := q.Pop()\n\t\t\tif !ok || got != c.want {\n\t\t\t\tt.Errorf("Pop() = %q, want %q", got, c.want)\n\t\t\t}\n\t\t})\n',
    ]),
    weak: false,
  },
  {
    name: 'more go: a helper asserts',
    ...inGo(
      ['\tif got := q.Len(); got != 1 {\n\t\tt.Errorf("Len() = %d, want 1", got)\n\t}\n', '\tcheckLen(t, q, 1)\n'],
      [
        'func TestPop(',
        'func checkLen(t *testing.T, q *Queue, want int) {\n\tt.Helper()\n\tif got := q.Len(); got != want {\n\t\tt.Errorf("Len() = %d, want %d", got, want)\n\t}\n}\n\nfunc TestPop(',
      ],
    ),
    weak: false,
  },
];
