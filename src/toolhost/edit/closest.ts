/** The lines of a file that a text which was not found most likely means. */
export type Closest = { first: number; last: number; differs: number | null; text: string };

const MAX_WORK = 4_000_000;
const MAX_SHOWN = 14;

/** Slides the wanted lines over the file and takes the place with the most equal lines, then the most alike ones. `null` when nothing is alike. */
export function closest(lines: readonly string[], wanted: readonly string[]): Closest | null {
  if (lines.length === 0 || wanted.length === 0 || lines.length * wanted.length > MAX_WORK) return null;
  const file = lines.map((line) => line.trim());
  const target = wanted.map((line) => line.trim());
  const weights = target.map((line) => Math.min(line.length, 40));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let best = { at: -1, score: 0 };
  for (let at = 1 - target.length; at < file.length; at++) {
    let score = 0;
    for (let k = 0; k < target.length; k++) if (file[at + k] === target[k]) score += weights[k] ?? 0;
    if (score > best.score) best = { at, score };
  }
  if (best.score < total * 0.2) best = mostAlikeLine(file, target) ?? best;
  if (best.at === -1 && best.score === 0) return null;
  const first = Math.max(best.at, 0);
  const last = Math.min(best.at + target.length, lines.length) - 1;
  const offset = target.findIndex((line, k) => file[best.at + k] !== line);
  const differs = offset === -1 ? null : Math.min(Math.max(best.at + offset, 0), lines.length - 1) + 1;
  const from = last - first + 1 > MAX_SHOWN && differs !== null ? Math.max(first, Math.min(differs - 4, last - MAX_SHOWN + 1)) : first;
  const shown = lines.slice(from, Math.min(last + 1, from + MAX_SHOWN)).map((line, i) => `${from + i + 1}\t${line.slice(0, 300)}`);
  return { first: first + 1, last: last + 1, differs, text: shown.join('\n') };
}

/** By shared pairs of letters of the longest wanted line. */
function mostAlikeLine(file: readonly string[], target: readonly string[]): { at: number; score: number } | null {
  const offset = target.reduce((longest, line, k) => (line.length > (target[longest]?.length ?? 0) ? k : longest), 0);
  const wanted = pairs((target[offset] ?? '').slice(0, 400));
  if (wanted.size < 2) return null;
  let best = { at: -1, likeness: 0.5 };
  file.forEach((line, i) => {
    if (line.length > 2000 || line.length < 2) return;
    const own = pairs(line.slice(0, 400));
    let common = 0;
    for (const pair of own) if (wanted.has(pair)) common++;
    const likeness = (2 * common) / (own.size + wanted.size);
    if (likeness > best.likeness) best = { at: i, likeness };
  });
  return best.at === -1 ? null : { at: best.at - offset, score: best.likeness };
}

function pairs(text: string): Set<string> {
  const found = new Set<string>();
  for (let i = 0; i + 1 < text.length; i++) found.add(text.slice(i, i + 2));
  return found;
}
