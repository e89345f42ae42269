import { fold, occurrences, type Folds } from './fold.ts';
import { indentationMatches } from './indentation.ts';
import { merge } from './merge.ts';
import { endingAt, type Splice } from './splice.ts';

/** Which step of the ladder matched. */
export type Step = 'exact' | 'line endings' | 'trailing white space' | 'indentation' | 'typographic punctuation';

export type Match = { step: Step; splices: Splice[] };

/** Folding takes several bytes a character: a longer text is matched exactly or not at all. */
const MAX_FOLDED = 2 * 1024 * 1024;

/** Every way `wanted` is found in `text` at the first step of the ladder that finds it; empty when none does. Splices are in order. */
export function climb(text: string, wanted: string, replacement: string): Match | null {
  const steps: (() => Match)[] = [
    () => exact(text, wanted, replacement),
    () => folded(text, wanted, replacement, 'line endings', { trailing: false, typographic: false }),
    () => folded(text, wanted, replacement, 'trailing white space', { trailing: true, typographic: false }),
    () => ({ step: 'indentation', splices: indentationMatches(text, wanted, replacement) }),
    () => folded(text, wanted, replacement, 'typographic punctuation', { trailing: true, typographic: true }),
  ];
  for (const attempt of text.length > MAX_FOLDED ? steps.slice(0, 1) : steps) {
    const match = attempt();
    if (match.splices.length > 0) return match;
  }
  return null;
}

function exact(text: string, wanted: string, replacement: string): Match {
  // A match that begins or ends between \r and \n would tear the line ending apart.
  const whole = occurrences(text, wanted).filter((at) => !tears(text, at) && !tears(text, at + wanted.length));
  const splices = whole.map((start) => ({ start, end: start + wanted.length, replacement: withEnding(text, start, wanted, replacement) }));
  return { step: 'exact', splices };
}

const tears = (text: string, at: number): boolean => text[at - 1] === '\r' && text[at] === '\n';

/** Models write `\n`. Where the match itself shows no line ending, new lines get the one of the line they stand in. */
function withEnding(text: string, start: number, wanted: string, replacement: string): string {
  if (wanted.includes('\n') || replacement.includes('\r') || !replacement.includes('\n')) return replacement;
  return endingAt(text, start) === '\r\n' ? replacement.replaceAll('\n', '\r\n') : replacement;
}

function folded(text: string, wanted: string, replacement: string, step: Step, folds: Folds): Match {
  const needle = fold(wanted, folds).text;
  if (needle.trim() === '') return { step, splices: [] };
  const hay = fold(text, folds);
  const splices = occurrences(hay.text, needle)
    .filter((at) => hay.starts[at] !== hay.starts[at - 1] && hay.starts[at + needle.length] !== hay.starts[at + needle.length - 1])
    .map((at) => {
      const start = hay.starts[at] ?? 0;
      const end = hay.ends[at + needle.length - 1] ?? start;
      const plain = replacement.startsWith('\uFEFF') ? replacement.slice(1) : replacement;
      return { start, end, replacement: merge(text.slice(start, end), needle, plain, folds, endingAt(text, start)) };
    });
  return { step, splices };
}
