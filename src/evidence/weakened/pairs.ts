import type { Assertion } from './assertions.ts';
import type { Unit } from './reading.ts';
import { likeness, nameWords, wordsOf } from './words.ts';

/** A test before and after; `after` is `null` when it is gone. */
export type Pair = Readonly<{ before: Unit; after: Unit | null }>;

/**
 * Which test became which. The same name first (tests of one name in their order); then, for tests whose name is gone, the new test that keeps
 * most of the body, here or in another file: a test that was renamed or moved. A new test that merely stands where another stood is no pair.
 */
export function paired(old: readonly Unit[], fresh: readonly Unit[], elsewhere: readonly Unit[]): Pair[] {
  const free = new Set(fresh);
  const take = (found: Unit | undefined): Unit | null => {
    if (found === undefined) return null;
    free.delete(found);
    return found;
  };
  const sameName = new Map<Unit, Unit | null>();
  for (const before of old)
    sameName.set(before, take([...free].find((one) => one.test === before.test && (one.test !== null || one.hunk === before.hunk))));
  const isNew = (one: Unit): boolean => one.test !== null && one.declaration?.kind === 'added';
  return old.map((before) => {
    const same = sameName.get(before) ?? null;
    if (same !== null || before.test === null) return { before, after: same };
    const moved = elsewhere.find((one) => one.test === before.test);
    return { before, after: moved ?? take(closest(before, [...free].filter(isNew))) ?? closest(before, elsewhere) ?? null };
  });
}

/** The candidate that is most like a test, if any is enough like it to be the same one under another name. */
function closest(before: Unit, candidates: readonly Unit[]): Unit | undefined {
  const scored = candidates.filter(({ group }) => group === before.group).map((one) => ({ one, ...compared(before, one) }));
  const likely = scored.filter(({ name, body, checks }) => body >= 0.5 && (checks >= 0.4 || name >= 0.5));
  return likely.sort((left, right) => right.body + right.name + right.checks - (left.body + left.name + left.checks))[0]?.one;
}

function compared(left: Unit, right: Unit): { name: number; body: number; checks: number } {
  const body = ({ lines }: Unit): string[] => lines.slice(1).flatMap(({ code }) => wordsOf(code));
  const oneLine = ({ lines }: Unit): string[] => wordsOf(lines[0]?.code ?? '');
  const [old, fresh] = [body(left), body(right)];
  const words = (all: readonly Assertion[]): string[] => all.flatMap(({ text }) => wordsOf(text));
  return {
    name: likeness(nameWords(left.test ?? ''), nameWords(right.test ?? '')),
    body: old.length + fresh.length === 0 ? likeness(oneLine(left), oneLine(right)) : likeness(old, fresh),
    checks: likeness(words(left.assertions), words(right.assertions)),
  };
}
