import { micromark, type Options } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { parseFragment, type DefaultTreeAdapterTypes } from 'parse5';

export type Element = DefaultTreeAdapterTypes.Element;
export type Child = DefaultTreeAdapterTypes.ChildNode;
export type Fragment = DefaultTreeAdapterTypes.DocumentFragment;

/**
 * Markdown as the page shows it: rendered as GitHub does, then read by a browser's parser. What is hidden is thereby decided on the tree, where tags that
 * open in one paragraph and close in another, unterminated comments and the like have become what they are.
 */
export function renderedTree(markdown: string): Fragment {
  const tree = parseFragment(render(markdown, [gfmHtml(), ALL_TAGS]), { sourceCodeLocationInfo: true });
  // `<title>` or `<textarea>` without an end swallows all that follows. GitHub shows such a tag as text; so does the tag filter.
  return swallows(tree) ? parseFragment(render(markdown, [gfmHtml()])) : tree;
}

/**
 * True for a text whose parsing would take many seconds: a paragraph of hundreds of emphasis marks, or deeply nested containers, which the parser handles
 * in quadratic time. No person writes such a text. Underscores inside words are no marks, and brackets do not matter: logs have thousands of both.
 */
export function isTangled(markdown: string): boolean {
  if (/^[\t ]*(?:(?:>|[-*+]|\d{1,9}[.)])[\t ]*){60}/m.test(markdown)) return true;
  return markdown.split(/\n[\t ]*\n/).some((part) => (part.match(/[*~]+|(?<!\w)_+|_+(?!\w)/g)?.length ?? 0) > 600);
}

/** Elements whose content is never text on the page, whatever stands in them. */
const NEVER_TEXT = new Set([
  'script',
  'style',
  'template',
  'title',
  'textarea',
  'xmp',
  'iframe',
  'noembed',
  'noframes',
  'noscript',
  'plaintext',
  'object',
]);
const NEVER_EITHER = new Set([
  'select',
  'svg',
  'math',
  'audio',
  'video',
  'canvas',
  'head',
  'dialog',
  'datalist',
  'frameset',
  'applet',
  'embed',
  'map',
  'area',
  'portal',
]);

/** True for an element that a reader does not see, by its name, the `hidden` attribute or its own style. */
export function isHidden(element: Element): boolean {
  if (NEVER_TEXT.has(element.tagName) || NEVER_EITHER.has(element.tagName)) return true;
  return element.attrs.some(
    ({ name, value }) => name === 'hidden' || (name === 'style' && hidesByStyle(value)) || (name === 'class' && /\bsr-only\b/.test(value)),
  );
}

export const isElement = (node: Child): node is Element => 'tagName' in node;
export const isText = (node: Child): node is DefaultTreeAdapterTypes.TextNode => node.nodeName === '#text';

export function attribute(element: Element, name: string): string | undefined {
  return element.attrs.find((attr) => attr.name === name)?.value;
}

type HtmlExtension = NonNullable<Options['htmlExtensions']>[number];

/** Lets every tag through where GitHub's filter would escape some; the parser then drops them with their content. */
const ALL_TAGS: HtmlExtension = {
  exit: {
    htmlFlowData(token) {
      this.raw(this.sliceSerialize(token));
    },
    htmlTextData(token) {
      this.raw(this.sliceSerialize(token));
    },
  },
};

function render(markdown: string, htmlExtensions: HtmlExtension[]): string {
  return micromark(markdown, { allowDangerousHtml: true, allowDangerousProtocol: true, extensions: [gfm()], htmlExtensions });
}

/** True when an element that is never text was opened and not closed. */
function swallows(tree: Fragment): boolean {
  const waiting: Child[] = [...tree.childNodes];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (!isElement(node)) continue;
    if (NEVER_TEXT.has(node.tagName) && node.sourceCodeLocation && !node.sourceCodeLocation.endTag) return true;
    for (const child of node.childNodes) waiting.push(child);
  }
  return false;
}

function hidesByStyle(style: string): boolean {
  return style.split(';').some((declaration) => {
    const [property = '', ...rest] = declaration.split(':');
    const value = rest.join(':').replace('!important', '').trim().toLowerCase();
    switch (property.trim().toLowerCase()) {
      case 'display':
        return value === 'none';
      case 'visibility':
        return value !== 'visible';
      case 'content-visibility':
        return value === 'hidden';
      case 'color':
        return value === 'transparent';
      case 'opacity':
      case 'font-size':
      case 'width':
      case 'height':
      case 'max-height':
      case 'max-width':
      case 'line-height':
        return Number.parseFloat(value) === 0;
      case 'position':
        return value === 'absolute' || value === 'fixed';
      default:
        return false;
    }
  });
}
