import type { Edit } from '../wire.ts';
import { linesOf } from '../text.ts';
import { closest } from './closest.ts';
import { fold, occurrences } from './fold.ts';
import { climb, type Match, type Step } from './ladder.ts';
import type { Splice } from './splice.ts';
import { withoutLineNumbers } from './prefixes.ts';

const MAX_LOOKED_AT = 2 * 1024 * 1024;

/** Lines of the text after all edits, from 1. */
export type Touched = { step: Step; first: number; last: number };

export type Applied = {
  text: string;
  touched: Touched[];
  /** Numbers (from 1) of the edits whose result was there already. */
  already: number[];
  /** True when line-number prefixes were taken out of an edit. */
  stripped: boolean;
};

/** Why nothing was changed, in words for the model. */
export type NotApplied = { problem: string };

/** Applies all edits in order, each on the text that the one before left, or none of them. */
export function applyEdits(original: string, edits: readonly Edit[]): Applied | NotApplied {
  let text = original;
  const result: Applied = { text, touched: [], already: [], stripped: false };
  for (const [i, edit] of edits.entries()) {
    const problem = (why: string): NotApplied => ({
      problem: edits.length === 1 ? why : `Edit ${i + 1} of ${edits.length}: ${why} No edit of this call was made.`,
    });
    if (edit.old_str === '')
      return problem(
        'old_str is empty. To insert, give the line beside it as old_str and repeat it in new_str; to write a whole file use write_file.',
      );
    // Half of a pair could match half of an emoji and tear it apart.
    if (!edit.old_str.isWellFormed() || !edit.new_str.isWellFormed())
      return problem('old_str or new_str holds half of a surrogate pair. Give whole characters.');
    if (edit.old_str === edit.new_str) return problem('old_str and new_str are the same: there is nothing to change.');
    const { match, replaced, stripped } = find(text, edit);
    if (match === 'already') {
      result.already.push(i + 1);
      continue;
    }
    if (match === null) return problem(notFound(text, edit));
    const splices = chosen(match, edit.replace_all === true);
    if (splices === null) return problem(ambiguous(text, match, replaced));
    text = splice(text, splices, match.step, result);
    result.stripped ||= stripped;
  }
  return { ...result, text };
}

type Found = { match: Match | 'already' | null; replaced: Edit; stripped: boolean };

function find(text: string, edit: Edit): Found {
  if (standsAlready(text, edit)) return { match: 'already', replaced: edit, stripped: false };
  const match = climb(text, edit.old_str, edit.new_str);
  if (match !== null) return { match, replaced: edit, stripped: false };
  const plain = withoutLineNumbers(edit);
  if (plain !== null) {
    if (standsAlready(text, plain)) return { match: 'already', replaced: plain, stripped: true };
    const second = climb(text, plain.old_str, plain.new_str);
    if (second !== null) return { match: second, replaced: plain, stripped: true };
  }
  return { match: isThere(text, plain ?? edit) ? 'already' : null, replaced: edit, stripped: false };
}

/** `new_str` holds `old_str`, and every place where `old_str` is found is already such a `new_str`: applying again would double it. */
function standsAlready(text: string, { old_str: before, new_str: after }: Edit): boolean {
  // A short addition may well be meant once more (two spaces before a line that has two).
  if (after.trim().length < before.length + 16 || text.length > MAX_LOOKED_AT) return false;
  const folds = { trailing: false, typographic: false };
  const hay = fold(text, folds).text;
  const [old, wanted] = [fold(before, folds).text, fold(after, folds).text];
  const inside = occurrences(wanted, old, 100);
  if (inside.length === 0) return false;
  const done = new Set(occurrences(hay, wanted).flatMap((at) => inside.map((offset) => at + offset)));
  const places = occurrences(hay, old);
  return places.length > 0 && places.every((at) => done.has(at));
}

/** `old_str` is gone and a `new_str` long enough to be no accident is there. */
function isThere(text: string, { new_str: after }: Edit): boolean {
  if (text.length > MAX_LOOKED_AT) return text.includes(after) && after.trim().length >= 20;
  const folds = { trailing: true, typographic: false };
  const wanted = fold(after, folds).text;
  return wanted.trim().length >= 20 && fold(text, folds).text.includes(wanted);
}

function chosen(match: Match, all: boolean): Splice[] | null {
  if (match.splices.length === 1) return match.splices;
  if (!all) return null;
  let end = -1;
  return match.splices.filter((splice) => (splice.start < end ? false : ((end = splice.end), true)));
}

function splice(text: string, splices: readonly Splice[], step: Step, result: Applied): string {
  const pieces: string[] = [];
  let at = 0;
  let line = 1;
  const fresh: Touched[] = [];
  for (const { start, end, replacement } of splices) {
    const kept = text.slice(at, start);
    line += newlines(kept);
    const added = newlines(replacement);
    const delta = added - newlines(text.slice(start, end));
    for (const earlier of result.touched) {
      if (earlier.first <= line) continue;
      earlier.first += delta;
      earlier.last += delta;
    }
    fresh.push({ step, first: line, last: line + added });
    line += added;
    pieces.push(kept, replacement);
    at = end;
  }
  result.touched.push(...fresh);
  return pieces.join('') + text.slice(at);
}

function newlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

function ambiguous(text: string, match: Match, edit: Edit): string {
  const numbers = match.splices.slice(0, 20).map(({ start }) => newlines(text.slice(0, start)) + 1);
  const more = match.splices.length > 20 ? ', …' : '';
  const how = match.step === 'exact' ? '' : ` (with ${match.step} ignored)`;
  const several = edit.old_str.includes('\n') ? 'further lines' : 'the lines around it';
  return `old_str is found ${match.splices.length} times${how}, at lines ${numbers.join(', ')}${more}. Add ${several} to old_str so that it is found once, or set replace_all to change every one.`;
}

function notFound(text: string, edit: Edit): string {
  const near = closest(linesOf(text), linesOf(edit.old_str));
  const gone = edit.new_str === '' ? ' If this deletion was made before, it is already applied.' : '';
  if (near === null)
    return `old_str not found, and no part of the file is like it.${gone} Read the file with read_file and copy the lines to change.`;
  const where = near.first === near.last ? `line ${near.first}` : `lines ${near.first}–${near.last}`;
  const at = near.differs === null ? '' : ` (differs at ${near.differs})`;
  return `old_str not found.${gone} Closest is ${where}${at}:\n${near.text}\nCopy old_str from there, without the line numbers.`;
}
