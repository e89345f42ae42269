import type { Heading, Nodes, Paragraph } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { isElement, isHidden, isTangled, isText, renderedTree, type Child } from './rendered.ts';

/**
 * The instruction after the trigger phrase: the rest of the first line that starts with it, and what follows. `null` when no line does.
 *
 * A line counts only if a reader sees it and its author says it (attack 19): not in a quote, in code, in a comment, in a hidden or collapsed part, in a
 * link or table. The phrase is a whole word, `@alchemists` and `@alchemist-bot` are others; upper and lower case are alike, as in GitHub's logins. It must
 * stand in the source as it is written: `\@alchemist` is how to write about it without calling.
 */
export function instructionOf(markdown: string, phrase: string): string | null {
  const text = markdown.replace(/\r\n?/g, '\n');
  if (phrase === '' || !text.toLowerCase().includes(phrase.toLowerCase()) || isTangled(text)) return null;
  for (const start of lineStarts(text)) {
    const end = start + phrase.length;
    if (text.slice(start, end).toLowerCase() !== phrase.toLowerCase() || !endsWord(text.slice(end))) continue;
    if (isVisible(text, start, end))
      return text
        .slice(end)
        .replace(/^[,:;.!?]+(?=\s|$)|^[,:]/, '')
        .trim();
  }
  return null;
}

/** After the phrase comes nothing, white space, or punctuation that ends a word: `@alchemist/team` and `@alchemist.io` are other words. */
function endsWord(rest: string): boolean {
  return /^(?:$|\s|[,:](?!\/)|[;.!?]+(?:\s|$))/.test(rest);
}

/** Offsets where lines of paragraphs and headings start with plain text, outside quotes, code, tables and footnotes. */
function lineStarts(text: string): number[] {
  // Without the transforms, which make nodes that no longer know where they stood.
  const mdastExtensions = gfmFromMarkdown().map((extension) => ({ ...extension, transforms: [] }));
  const starts: number[] = [];
  const waiting: Nodes[] = [fromMarkdown(text, { extensions: [gfm()], mdastExtensions })];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (node.type === 'paragraph' || node.type === 'heading') starts.push(...startsIn(node, text));
    else if (node.type === 'root' || node.type === 'list' || node.type === 'listItem') waiting.push(...[...node.children].reverse());
  }
  return starts;
}

function startsIn(block: Paragraph | Heading, text: string): number[] {
  const starts: number[] = [];
  for (const [index, child] of block.children.entries()) {
    const from = child.position?.start.offset;
    const to = child.position?.end.offset;
    if (child.type !== 'text' || from === undefined || to === undefined) continue;
    // The first child starts the block's first line; another starts a line only right after a hard break, which is a node of its own.
    if (index === 0 || text.slice(text.lastIndexOf('\n', from - 1) + 1, from).trim() === '') starts.push(from);
    for (let end = text.indexOf('\n', from); end !== -1 && end < to; end = text.indexOf('\n', end + 1)) {
      const start = end + 1 + (/^[ \t]*/.exec(text.slice(end + 1, to))?.[0].length ?? 0);
      if (start < to) starts.push(start);
    }
  }
  return starts;
}

/** Elements around a line that leave it a plain, visible statement of its author. */
const PLAIN = new Set(['p', 'div', 'ul', 'ol', 'li', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'span', 'center', 'section']);

/** Looks the phrase up in the rendered page, under a name that stands nowhere else. */
function isVisible(text: string, start: number, end: number): boolean {
  let name = 'thephrase';
  while (text.toLowerCase().includes(name)) name += 'x';
  const waiting: Child[] = [...renderedTree(text.slice(0, start) + name + text.slice(end)).childNodes];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (isText(node) && node.value.includes(name)) return true;
    if (isElement(node) && PLAIN.has(node.tagName) && !isHidden(node)) waiting.push(...node.childNodes);
  }
  return false;
}
