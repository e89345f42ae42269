import { mainEnding } from '../text.ts';

/** Offsets in the text and what is put there. */
export type Splice = { start: number; end: number; replacement: string };

/** The ending of the line at an offset; of the line before, in the last line; else the file's usual one. */
export function endingAt(text: string, offset: number): '\n' | '\r\n' {
  const after = text.indexOf('\n', offset);
  const at = after !== -1 ? after : offset > 0 ? text.lastIndexOf('\n', offset - 1) : -1;
  if (at === -1) return mainEnding(text);
  return text[at - 1] === '\r' ? '\r\n' : '\n';
}
