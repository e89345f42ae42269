import type { Assertion } from './assertions.ts';
import type { Code } from './assertions.ts';
import type { Unit } from './reading.ts';
import { likeness, literalsOf, wordsOf } from './words.ts';

/** What a test asserts less than before. */
export type Lost = Readonly<{ gone: readonly Assertion[]; weaker: readonly { before: Assertion; after: Assertion }[] }>;

/** Enough common words for one assertion to be another, rewritten. */
const REWRITTEN = 0.5;

const bare = (text: string): string => text.replace(/\s+/g, '').replace(/;$/, '');

/**
 * Holds the assertions of a test against those of the same test afterwards, by what they look at. One that was moved, rewritten as strongly, folded
 * into a table of cases, or into an assertion about the whole, is not lost.
 *
 * @param moved assertions added anywhere in the change, without white space
 * @param added lines that the change adds to the file
 */
export function lostAssertions(before: Unit, after: Unit, moved: ReadonlySet<string>, added: readonly Code[]): Lost {
  const free = new Set(after.assertions.filter(({ changed }) => changed));
  const take = (one: Assertion | undefined): Assertion | undefined => (one !== undefined && free.delete(one) ? one : undefined);
  const removed = before.assertions.filter(({ changed }) => changed);
  const open = removed.filter(
    (one) => take([...free].find((other) => bare(other.text) === bare(one.text))) === undefined && !moved.has(bare(one.text)),
  );
  const partners = new Map<Assertion, Assertion>();
  const pair = (find: (one: Assertion) => Assertion | undefined): void => {
    for (const one of open) {
      const found = partners.has(one) ? undefined : take(find(one));
      if (found !== undefined) partners.set(one, found);
    }
  };
  pair((one) => strongest([...free].filter((other) => other.subject === one.subject && other.strength > 0)));
  pair((one) => mostAlike(one, [...free]));
  pair((one) => [...free].find((other) => isSameThroughName(one, other, before, after)));
  pair((one) => [...free].find((other) => other.strength >= one.strength && isRewritten(blockOf(one), blockOf(other), before, after)));
  const standing = (one: Assertion): boolean => after.assertions.some((other) => saysAsMuch(other, one)) || isRow(one, added);
  return {
    gone: open.filter((one) => !partners.has(one) && one.strength > 0 && !standing(one)),
    weaker: [...partners]
      .map(([old, fresh]) => ({ before: old, after: fresh }))
      .filter((two) => two.after.strength < two.before.strength && !standing(two.before)),
  };
}

const strongest = (all: readonly Assertion[]): Assertion | undefined => [...all].sort((left, right) => right.strength - left.strength)[0];

function mostAlike(one: Assertion, candidates: readonly Assertion[]): Assertion | undefined {
  const scored = candidates
    .filter(({ strength }) => strength > 0)
    .map((other) => ({ other, score: likeness(wordsOf(one.text), wordsOf(other.text)) }))
    .filter(({ score }) => score >= REWRITTEN);
  return scored.sort((left, right) => right.score - left.score)[0]?.other;
}

/** `expect(sum(1, 2)).toBe(3)` and `const all = sum(1, 2); expect(all).toBe(3)`, either way. */
function isSameThroughName(one: Assertion, other: Assertion, before: Unit, after: Unit): boolean {
  if (one.expected === '' || one.expected !== other.expected) return false;
  const named = (subject: string, assertion: Assertion, lines: readonly Code[]): boolean =>
    /^[\w$.]+$/.test(subject) &&
    lines.some(({ code }) => !code.includes(assertion.text) && bare(code).includes(assertion.subject) && code.includes(subject));
  return named(other.subject, one, after.lines) || named(one.subject, other, before.lines);
}

const blockOf = ({ lines }: Assertion): number | undefined => lines.find(({ line }) => line.kind !== 'context')?.block;

/** Whether what the test does was rewritten together with what it asserts: then the new assertions are about other things by nature. */
function isRewritten(old: number | undefined, fresh: number | undefined, before: Unit, after: Unit): boolean {
  const doing = ({ lines, assertions }: Unit): boolean => {
    const asserting = new Set(assertions.flatMap((one) => one.lines));
    return lines.some(
      (one) => one.block === old && one.line.kind !== 'context' && one.test === null && !asserting.has(one) && wordsOf(one.code).length > 1,
    );
  };
  return old === fresh && doing(before) && doing(after);
}

/** An assertion that stands afterwards and makes another one needless: about the same, exactly, or about a whole that holds it. */
function saysAsMuch(other: Assertion, one: Assertion): boolean {
  if (other.subject === one.subject) return other.strength === 3 && (one.strength < 3 || other.expected === one.expected);
  const holds = (whole: string, part: string): boolean => wordsOf(part).every((word) => wordsOf(whole).includes(word));
  if (other.strength < 2 || other.subject === '' || one.expected === '') return false;
  // `expect([x, y]).toEqual([1, 2])` for `expect(x).toBe(1)`
  if (/^[([{].*,/.test(other.subject)) return holds(other.subject, one.subject) && holds(other.expected, one.expected);
  // `expect(point).toEqual({ x: 1 })` for `expect(point.x).toBe(1)`
  const member = one.subject.startsWith(other.subject) ? one.subject.slice(other.subject.length) : '';
  return /^[.[]/.test(member) && holds(other.expected, `${member} ${one.expected}`);
}

const TABLE = /\.each\b|parametrize|range (?:tests|cases|\[\])|forEach\(|for .*(?: of | in | range )|#\[case/;
const FUNCTION = /\b(?:function|def|func|fn)\s+(\w+)|\b(?:const|let|var)\s+(\w+)\s*=\s*(?:async\s*)?(?:function|\(|\w+\s*=>)/;

/** All its numbers and texts stand together in a new line that asserts nothing itself: a row of a table, a call of a helper. */
function isRow(one: Assertion, added: readonly Code[]): boolean {
  const literals = literalsOf(`${one.subject} ${one.expected}`);
  const wanted = literals.length > 0 ? literals : wordsOf(one.expected);
  const table = added.some(({ code }) => TABLE.test(code));
  const helpers = added.flatMap(({ code }) => FUNCTION.exec(code)?.slice(1).find(Boolean) ?? []);
  return added.some(({ code }) => {
    if (/\b(?:console|print\w*|log\w*|fmt)\b|\bt\.Log/i.test(code)) return false;
    const helped = helpers.some((name) => code.includes(`${name}(`) && FUNCTION.exec(code) === null);
    const there = [...literalsOf(code), ...wordsOf(code)];
    return wanted.length >= (table || helped ? 1 : 2) && wanted.every((word) => there.includes(word));
  });
}
