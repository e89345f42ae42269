/** Words of every test, which tell none from another. */
const COMMON = new Set(
  `expect assert require should must to be not equal equals deep deepequal strictequal deepstrictequal is ok true false null none nil undefined
  t b self this test it describe const let var return await async function def func fn if else for of in and or the a an with as new err error
  errorf fatal fatalf tobe toequal tostrictequal assertequal assertequals assertthat import from then`.split(/\s+/),
);

const WORD = /[A-Za-z_$][\w$]*|\d+(?:\.\d+)?|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`/g;

/** Names, numbers and texts of a piece of code, those left out that stand in any test. */
export function wordsOf(code: string): string[] {
  return (code.match(WORD) ?? []).filter((word) => !COMMON.has(word.toLowerCase()));
}

/** Numbers and texts alone, whatever quotes they stand in, without white space. */
export function literalsOf(code: string): string[] {
  return (code.match(WORD) ?? [])
    .filter((word) => /^[\d"'`]/.test(word))
    .map((word) => word.replace(/^["'`]|["'`]$/g, '"').replace(/\s+/g, ''));
}

/** The words of a test's name: `test_adds_two`, `addsTwo`, "adds two". */
export function nameWords(name: string): string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '' && word !== 'test');
}

/** From 0, nothing in common, to 1, the same words in any order. */
export function likeness(left: readonly string[], right: readonly string[]): number {
  if (left.length + right.length === 0) return 1;
  const rest = [...right];
  let common = 0;
  for (const word of left) {
    const at = rest.indexOf(word);
    if (at === -1) continue;
    rest.splice(at, 1);
    common++;
  }
  return (2 * common) / (left.length + right.length);
}
