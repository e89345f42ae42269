import type { Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { cleanCodePoints, type Cleaned } from './code-points.ts';
import { isTangled, renderedTree } from './rendered.ts';
import { visibleMarkdown } from './visible.ts';

export { cleanCodePoints } from './code-points.ts';
export type { Cleaned, Ledger } from './code-points.ts';

/** GitHub's own bound on the body of an issue or comment, in characters. */
const LIMIT = 65_536;

/**
 * What a person sees of a Markdown text, as Markdown, and a ledger of what was left out (attacks 14 and 15).
 *
 * The text is bounded, brought to NFC, freed of invisible code points, rendered and read by real parsers, and written down again from the tree: comments,
 * declarations, hidden elements, attributes but `href`, titles, image descriptions and unused definitions are thereby gone, entities decoded, `<details>`
 * flattened and marked. Code stays verbatim but for the code points. Never throws; doing it twice changes nothing.
 */
export function sanitise(markdown: string, limit: number = LIMIT): Cleaned {
  const counts = new Map<string, number>();
  const count = (what: string, times: number): void => {
    if (times > 0) counts.set(what, (counts.get(what) ?? 0) + times);
  };
  const clean = cleanCodePoints(markdown);
  for (const entry of clean.ledger) count(entry.what, entry.count);
  let text = bounded(clean.text.normalize('NFC'), limit);
  count('characters over the limit', clean.text.normalize('NFC').length - text.length);
  if (isTangled(text)) {
    text = withoutMarkup(text);
    count('all markup (too tangled to be read)', 1);
  }
  count('unused definitions', unusedDefinitions(text));
  text = settled(text, count);
  while (text.length > limit) text = settled(bounded(text, 2 * limit - text.length - 1), () => undefined);
  return { text, ledger: [...counts].map(([what, times]) => ({ what, count: times })) };
}

/**
 * The same for text that GitHub shows as it is, not as Markdown: titles, and tasks out of an input. `List<T>` keeps its `<T>`. Only invisible code points
 * go, and what is over the limit.
 */
export function sanitisePlain(text: string, limit: number = LIMIT): Cleaned {
  const clean = cleanCodePoints(text);
  const whole = clean.text.normalize('NFC').trim();
  const shown = bounded(whole, limit);
  const over = whole.length - shown.length;
  return { text: shown, ledger: over > 0 ? [...clean.ledger, { what: 'characters over the limit', count: over }] : clean.ledger };
}

type Count = (what: string, times: number) => void;

/**
 * Reads and writes the text until that changes nothing. One round is enough for nearly every text; what it wrote may still mean something else when read
 * again (a title made of brackets, say), and that too must not hide anything.
 */
function settled(markdown: string, count: Count): string {
  let text = markdown;
  for (let round = 1; round <= 12; round += 1) {
    const visible = visibleMarkdown(renderedTree(text));
    const next = cleanCodePoints(visible.text).text.normalize('NFC').trim();
    for (const entry of visible.ledger) count(entry.what, entry.count);
    if (next === text) return text;
    text = round === 8 ? withoutMarkup(next) : next;
  }
  return text;
}

/** At most `limit` characters, none cut in half. */
function bounded(text: string, limit: number): string {
  return text.length <= limit ? text : text.slice(0, Math.max(0, limit)).replace(/[\ud800-\udbff]$/, '');
}

/** Words only: no sign is left that Markdown or HTML could read. */
function withoutMarkup(text: string): string {
  return text.replace(/[*_~[\]<>&`#|\\+=!()-]/g, ' ').replace(/(\d)\./g, '$1 ');
}

/** Definitions that nothing refers to: `[//]: # (a hidden remark)`. Those in use live on in the links. */
function unusedDefinitions(markdown: string): number {
  const defined: string[] = [];
  const used = new Set<string>();
  const waiting: Nodes[] = [fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: gfmFromMarkdown() })];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (node.type === 'definition') defined.push(node.identifier);
    else if (node.type === 'footnoteDefinition') defined.push(`^${node.identifier}`);
    else if (node.type === 'linkReference' || node.type === 'imageReference') used.add(node.identifier);
    else if (node.type === 'footnoteReference') used.add(`^${node.identifier}`);
    if ('children' in node) waiting.push(...node.children);
  }
  return defined.filter((identifier) => !used.has(identifier)).length;
}
