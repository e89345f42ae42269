import { fold, type Folds } from './fold.ts';

const MAX_CELLS = 1_000_000;

/**
 * The replacement for `region`, which matched `oldFolded` only after folding: what the edit leaves alone keeps its original bytes
 * (endings, trailing white space, typographic characters), line by line and, in a changed line, at both its ends.
 */
export function merge(region: string, oldFolded: string, newText: string, folds: Folds, ending: string): string {
  const original = piecesOf(region);
  const oldLines = oldFolded.split('\n');
  const newLines = newText.split('\n').map((line) => line.replace(/\r$/, ''));
  const newFolded = newLines.map((line) => fold(line, folds).text);
  const partner = align(oldLines, newFolded);
  const paired = pairRest(partner, oldLines.length);
  const usual = original.find((piece) => piece.ending !== '')?.ending ?? ending;
  return newLines
    .map((line, j) => {
      const same = original[partner[j] ?? -1];
      const near = original[paired[j] ?? -1];
      const text = same?.text ?? (near === undefined ? line : keepEnds(near.text, line, folds));
      if (j === newLines.length - 1) return text;
      return text + ((same ?? near)?.ending || usual);
    })
    .join('');
}

type Piece = { text: string; ending: string };

function piecesOf(region: string): Piece[] {
  return region.split('\n').map((line, i, all) => {
    if (i === all.length - 1) return { text: line, ending: '' };
    return line.endsWith('\r') ? { text: line.slice(0, -1), ending: '\r\n' } : { text: line, ending: '\n' };
  });
}

/** Longest common subsequence: for each new line the old line that it is, or -1. */
function align(oldLines: readonly string[], newLines: readonly string[]): number[] {
  const partner = newLines.map(() => -1);
  let head = 0;
  while (head < oldLines.length && head < newLines.length && oldLines[head] === newLines[head]) partner[head] = head++;
  let tail = 0;
  const room = Math.min(oldLines.length, newLines.length) - head;
  while (tail < room && oldLines.at(-1 - tail) === newLines.at(-1 - tail)) {
    partner[newLines.length - 1 - tail] = oldLines.length - 1 - tail;
    tail++;
  }
  const rows = oldLines.length - head - tail;
  const columns = newLines.length - head - tail;
  if (rows * columns === 0 || rows * columns > MAX_CELLS) return partner;
  const table = Array.from({ length: rows + 1 }, () => new Int32Array(columns + 1));
  const cell = (i: number, j: number): number => table[i]?.[j] ?? 0;
  for (let i = rows - 1; i >= 0; i--)
    for (let j = columns - 1; j >= 0; j--) {
      const row = table[i];
      if (row !== undefined)
        row[j] = oldLines[head + i] === newLines[head + j] ? cell(i + 1, j + 1) + 1 : Math.max(cell(i + 1, j), cell(i, j + 1));
    }
  for (let i = 0, j = 0; i < rows && j < columns;) {
    if (oldLines[head + i] === newLines[head + j]) partner[head + j++] = head + i++;
    else if (cell(i + 1, j) >= cell(i, j + 1)) i++;
    else j++;
  }
  return partner;
}

/** Between two kept lines, as many changed lines as before: each is the successor of the one in its place. */
function pairRest(partner: readonly number[], oldCount: number): number[] {
  const paired = partner.map(() => -1);
  let before = -1;
  for (let j = 0; j < partner.length;) {
    if (partner[j] !== -1) {
      before = partner[j++] ?? before;
      continue;
    }
    let end = j;
    while (end < partner.length && partner[end] === -1) end++;
    const next = end < partner.length ? (partner[end] ?? oldCount) : oldCount;
    if (next - before - 1 === end - j) for (let k = j; k < end; k++) paired[k] = before + 1 + (k - j);
    j = end;
  }
  return paired;
}

/** Where a changed line begins and ends as before, its original characters stay. */
function keepEnds(original: string, line: string, folds: Folds): string {
  const was = fold(original, folds);
  const is = fold(line, folds);
  let head = 0;
  while (head < was.text.length && head < is.text.length && was.text[head] === is.text[head]) head++;
  while (head > 0 && splitsCharacter(was.starts, head)) head--;
  while (head > 0 && splitsCharacter(is.starts, head)) head--;
  let tail = 0;
  const room = Math.min(was.text.length, is.text.length) - head;
  while (tail < room && was.text.at(-1 - tail) === is.text.at(-1 - tail)) tail++;
  while (tail > 0 && (splitsCharacter(was.starts, was.text.length - tail) || splitsCharacter(is.starts, is.text.length - tail))) tail--;
  const kept = head === 0 ? '' : original.slice(0, was.ends[head - 1]);
  const middleStart = head === 0 ? 0 : (is.ends[head - 1] ?? 0);
  const middleEnd = tail === 0 ? line.length : (is.starts[is.text.length - tail] ?? line.length);
  const end = tail === 0 ? '' : original.slice(was.starts[was.text.length - tail]);
  return kept + line.slice(middleStart, middleEnd) + end;
}

const splitsCharacter = (starts: Int32Array, at: number): boolean => at > 0 && at < starts.length && starts[at] === starts[at - 1];
