/**
 * Splits a command line into its words, as a POSIX shell would, but with nothing that a shell would expand: blanks separate, single and
 * double quotes group, a back-slash takes the next character as it is (within double quotes only before `"` and `\`).
 *
 * @throws Error when a quote is not closed or nothing is left
 */
export function splitWords(line: string): [string, ...string[]] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at] as string;
    if (quote === "'") {
      if (character === "'") quote = undefined;
      else word = (word ?? '') + character;
    } else if (character === '\\' && (quote === undefined || line[at + 1] === '"' || line[at + 1] === '\\')) {
      at += 1;
      word = (word ?? '') + (line[at] ?? '');
    } else if (character === quote) {
      quote = undefined;
    } else if (quote === undefined && (character === "'" || character === '"')) {
      quote = character;
      word ??= '';
    } else if (quote === undefined && /\s/u.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== undefined) throw new Error(`a ${quote} is not closed`);
  if (word !== undefined) words.push(word);
  const [first, ...rest] = words;
  if (first === undefined) throw new Error('it is empty');
  return [first, ...rest];
}

/** The message of anything thrown. (`instanceof Error` is false for an error of another realm.) */
export function messageOf(thrown: unknown): string {
  return typeof thrown === 'object' && thrown !== null && 'message' in thrown ? String(thrown.message) : String(thrown);
}
