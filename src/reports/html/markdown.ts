import type { Nodes, Parents } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { markup, join, pre, text } from './escape.ts';
import type { Html } from './escape.ts';

/** Longer text, or text that nests without end to keep a parser busy, is shown as it is. */
const LONGEST = 12_000;
const TANGLED = /[>[\]*_~`(!#-]{40,}|(?:[>*+-][ \t]?){12,}|^[ \t]{80,}/m;
/** Signs without which Markdown is plain paragraphs. */
const MARKED = /[`*_#>[\]|~\\&<]|^\s*(?:[-+]|\d+[.)])\s|^(?: {4}|\t)|^\s*[-=]+\s*$/m;
const DEEPEST = 24;

/**
 * Markdown of the model's and of strangers, rendered from the tree of a well-kept parser by naming the few elements that are let through. HTML in it,
 * images and addresses stay text: nothing of it becomes a tag, a request or a link. Not `isRich`: paragraphs as they are, for the many.
 */
export function markdown(source: string, isRich = true): Html {
  if (source.trim() === '') return { html: '' };
  if (source.length > LONGEST || TANGLED.test(source)) return pre(source);
  // Most reasons are plain sentences; at a thousand turns the parser is what the page's making would wait for.
  if (!isRich || !MARKED.test(source))
    return markup`<div class="prose">${join(source.split(/\n{2,}/).map((part) => markup`<p>${part}</p>`))}</div>`;
  try {
    const tree = fromMarkdown(source, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
    return markup`<div class="prose">${children(tree, 0)}</div>`;
  } catch {
    return pre(source);
  }
}

function children(node: Parents, depth: number): Html {
  return join(node.children.map((child) => element(child, depth + 1)));
}

function element(node: Nodes, depth: number): Html {
  if (depth > DEEPEST) return text('…');
  switch (node.type) {
    case 'text':
    case 'html':
      return text(node.value);
    case 'paragraph':
      return markup`<p>${children(node, depth)}</p>`;
    // Not a heading: the outline of the page is the report's own.
    case 'heading':
      return markup`<p class="heading">${children(node, depth)}</p>`;
    case 'inlineCode':
      return markup`<code>${node.value}</code>`;
    case 'code':
      return pre(node.value);
    case 'emphasis':
      return markup`<em>${children(node, depth)}</em>`;
    case 'strong':
      return markup`<strong>${children(node, depth)}</strong>`;
    case 'delete':
      return markup`<del>${children(node, depth)}</del>`;
    case 'blockquote':
      return markup`<blockquote>${children(node, depth)}</blockquote>`;
    case 'list':
      return node.ordered
        ? markup`<ol>
            ${children(node, depth)}
          </ol>`
        : markup`<ul>
            ${children(node, depth)}
          </ul>`;
    case 'listItem':
      return markup`<li>${typeof node.checked === 'boolean' ? (node.checked ? '☑ ' : '☐ ') : ''}${children(node, depth)}</li>`;
    case 'table':
      return markup`<table>
        ${children(node, depth)}
      </table>`;
    case 'tableRow':
      return markup`<tr>
        ${children(node, depth)}
      </tr>`;
    case 'tableCell':
      return markup`<td>${children(node, depth)}</td>`;
    case 'break':
      return { html: '<br>' };
    case 'thematicBreak':
      return { html: '<hr>' };
    case 'link':
      return markup`${children(node, depth)}<span class="address"> (${node.url})</span>`;
    case 'image':
      return markup`<span class="address">[image: ${node.alt ?? ''} ${node.url}]</span>`;
    default:
      return 'children' in node ? children(node, depth) : 'value' in node ? text(node.value) : { html: '' };
  }
}
