/** Text with some differences folded away, and for each character where it came from. */
export type Folded = { text: string; starts: Int32Array; ends: Int32Array };

/** What is folded; each step of the ladder folds more. */
export type Folds = { trailing: boolean; typographic: boolean };

const TYPOGRAPHIC = new Map<string, string>([
  ...[...'‘’‚‛′ʼ'].map((character) => [character, "'"] as const),
  ...[...'“”„‟″«»'].map((character) => [character, '"'] as const),
  ...[...'‐‑‒–—―−'].map((character) => [character, '-'] as const),
  ...[...'\u00a0\u2002\u2003\u2009\u200a\u202f\u3000'].map((character) => [character, ' '] as const),
  ['…', '...'],
]);

/** Folds line endings and a byte-order mark, and what `folds` names besides. */
export function fold(text: string, folds: Folds): Folded {
  const output: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  const emit = (characters: string, start: number, end: number): void => {
    for (const character of characters) {
      output.push(character);
      starts.push(start);
      ends.push(end);
    }
  };
  for (let i = text.startsWith('\uFEFF') ? 1 : 0; i < text.length;) {
    const code = text.charCodeAt(i);
    if (code === 13 && text.charCodeAt(i + 1) === 10) {
      emit('\n', i, i + 2);
      i += 2;
      continue;
    }
    const blank = folds.trailing && (code === 32 || code === 9 || (folds.typographic && code === 0xa0)) ? trailingEnd(text, i, folds) : -1;
    if (blank !== -1) {
      i = blank;
      continue;
    }
    const character = text[i] ?? '';
    const plain = folds.typographic && code > 127 ? (TYPOGRAPHIC.get(character) ?? character) : character;
    emit(plain, i, i + 1);
    i++;
  }
  return { text: output.join(''), starts: Int32Array.from(starts), ends: Int32Array.from(ends) };
}

/** End of the run of white space at `from` when a line end follows it, else -1. */
function trailingEnd(text: string, from: number, folds: Folds): number {
  let i = from;
  while (i < text.length && (text[i] === ' ' || text[i] === '\t' || (folds.typographic && text[i] === '\u00a0'))) i++;
  if (i === text.length || text[i] === '\n' || (text[i] === '\r' && text[i + 1] === '\n')) return i;
  return -1;
}

/** Every place where `wanted` begins, overlapping ones too: two of them make a match ambiguous. At most `limit`. */
export function occurrences(text: string, wanted: string, limit = 10_000): number[] {
  const found: number[] = [];
  if (wanted === '') return found;
  for (let at = text.indexOf(wanted); at !== -1 && found.length < limit; at = text.indexOf(wanted, at + 1)) found.push(at);
  return found;
}
