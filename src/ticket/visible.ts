import { cleanCodePoints, type Cleaned } from './code-points.ts';
import { attribute, isElement, isHidden, isText, type Child, type Element, type Fragment } from './rendered.ts';

/** Writes down, as Markdown, what a reader sees of a rendered page, and counts what was left out. */
export function visibleMarkdown(tree: Fragment): Cleaned {
  const page = new Page();
  const text = page.blocks(tree.childNodes, 0).join('\n\n');
  return { text, ledger: [...page.counts].map(([what, count]) => ({ what, count })) };
}

/** Deeper than this nobody nests, and the walk is recursive. */
const DEEPEST = 100;

const BLOCKS = new Set(
  'address article aside blockquote center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html body li main nav ol p pre section summary table ul'.split(
    ' ',
  ),
);

/** Attributes that the renderer itself writes. */
const RENDERED = new Set(['href', 'align', 'id', 'class', 'type', 'checked', 'disabled', 'start', 'dir', 'src', 'style', 'hidden', 'open']);

class Page {
  readonly counts = new Map<string, number>();

  /** Each block as its lines. */
  blocks(nodes: readonly Child[], depth: number): string[] {
    const blocks: string[] = [];
    let run: Child[] = [];
    const flush = (): void => {
      const text = paragraph(this.inline(run, depth));
      if (text !== '') blocks.push(text);
      run = [];
    };
    for (const node of nodes) {
      if (!isElement(node) || !holdsBlocks(node)) {
        run.push(node);
        continue;
      }
      flush();
      if (this.#shown(node, depth)) blocks.push(...this.#block(node, depth + 1).filter((block) => block !== ''));
    }
    flush();
    return blocks;
  }

  #block(element: Element, depth: number): string[] {
    const { tagName, childNodes } = element;
    switch (tagName) {
      case 'h1':
      case 'h2':
      case 'h3':
      case 'h4':
      case 'h5':
      case 'h6': {
        const text = paragraph(this.inline(childNodes, depth)).replace(/\s+/g, ' ');
        return text === '' ? [] : [`${'#'.repeat(Number(tagName[1]))} ${text}`];
      }
      case 'hr':
        return ['---'];
      case 'pre':
        return [this.#code(element)];
      case 'blockquote':
        return [indented(this.blocks(childNodes, depth).join('\n\n'), '> ', '> ')];
      case 'ul':
      case 'ol':
        return [this.#list(element, depth)];
      case 'table':
        return [this.#table(element, depth)];
      case 'details':
        return this.#details(element, depth);
      default:
        return this.blocks(childNodes, depth);
    }
  }

  /** The inline content as one text, line ends as they stand. */
  inline(nodes: readonly Child[], depth: number): string {
    let result = '';
    for (const [index, node] of nodes.entries()) {
      if (isText(node)) result += literal(node.value);
      else if (node.nodeName === '#comment') this.#count('comments and declarations');
      else if (isElement(node) && this.#shown(node, depth)) result += this.#inlineElement(node, nodes[index + 1], depth + 1);
    }
    return result;
  }

  #inlineElement(element: Element, next: Child | undefined, depth: number): string {
    const inner = (): string => this.inline(element.childNodes, depth);
    switch (element.tagName) {
      case 'br':
        // The renderer writes a line end after it.
        return next !== undefined && isText(next) && next.value.startsWith('\n') ? '' : '\n';
      case 'img':
        this.#count('images');
        return '(image)';
      case 'input':
        return attribute(element, 'type') === 'checkbox' ? `[${attribute(element, 'checked') === undefined ? ' ' : 'x'}]` : '';
      case 'code':
      case 'samp':
      case 'tt':
        return span(textOf(element));
      case 'em':
      case 'i':
        return wrapped(inner(), '*');
      case 'strong':
      case 'b':
        return wrapped(inner(), '**');
      case 'del':
      case 's':
      case 'strike':
        return wrapped(inner(), '~~');
      case 'a':
        return this.#link(element, inner());
      default:
        return inner();
    }
  }

  #link(element: Element, inner: string): string {
    const text = inner.replace(/\s+/g, ' ').trim();
    const href = cleanCodePoints(attribute(element, 'href') ?? '').text.replace(/\s/g, '%20');
    if (text === '') {
      if (href !== '') this.#count('links without text');
      return '';
    }
    if (text === '↩') return '';
    // Footnotes and headings of this very page say nothing; other schemes than these are not followed by anyone.
    if (href === '' || href.startsWith('#') || !/^(?:https?:|mailto:|[^:]*$|[^:]*[/?#])/i.test(href)) return inner;
    const plain = literal(href);
    if ([text, `http://${text}`, `mailto:${text}`].includes(plain)) return inner;
    return /[()<>\\]/.test(href)
      ? `[${text}](<${plain.replace(/\\?[<>]/g, (sign) => (sign.endsWith('<') ? '%3C' : '%3E'))}>)`
      : `[${text}](${plain})`;
  }

  #code(element: Element): string {
    const code = element.childNodes.find((child): child is Element => isElement(child) && child.tagName === 'code');
    const language = /^language-([\w+#.-]{1,30})$/.exec(code === undefined ? '' : (attribute(code, 'class') ?? ''))?.[1] ?? '';
    const text = cleanCodePoints(textOf(element)).text.replace(/\n$/, '');
    const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
    return `${fence}${language}\n${text}\n${fence}`;
  }

  #list(element: Element, depth: number): string {
    const start = Number.parseInt(attribute(element, 'start') ?? '1', 10);
    const items = element.childNodes.filter(
      (child): child is Element => isElement(child) && child.tagName === 'li' && this.#shown(child, depth),
    );
    const loose = items.some((item) => item.childNodes.some((child) => isElement(child) && child.tagName === 'p'));
    const lines = items.map((item, index) => {
      const number = Math.min(Math.max(Number.isNaN(start) ? 1 : start, 0), 999_999_000) + index;
      const marker = element.tagName === 'ol' ? `${number}. ` : '- ';
      return indented(this.blocks(item.childNodes, depth + 1).join(loose ? '\n\n' : '\n'), marker, ' '.repeat(marker.length));
    });
    // Text and other elements right in a list are shown too.
    const others = this.blocks(
      element.childNodes.filter((child) => !(isElement(child) && child.tagName === 'li')),
      depth + 1,
    );
    return [lines.join(loose ? '\n\n' : '\n'), ...others].filter((block) => block !== '').join('\n\n');
  }

  #table(element: Element, depth: number): string {
    const rows: string[][] = [];
    const others: Child[] = [];
    const walk = (parent: Element): void => {
      for (const child of parent.childNodes) {
        if (!isElement(child) || child.tagName === 'caption') others.push(child);
        else if (!this.#shown(child, depth)) continue;
        else if (child.tagName === 'tr') rows.push(this.#cells(child, depth));
        else if (['thead', 'tbody', 'tfoot'].includes(child.tagName)) walk(child);
      }
    };
    walk(element);
    const width = Math.max(0, ...rows.map((row) => row.length));
    const written = rows.map((row) => `| ${[...row, ...Array<string>(width - row.length).fill('')].join(' | ')} |`);
    if (width > 0) written.splice(1, 0, `|${' --- |'.repeat(width)}`);
    return [...this.blocks(others, depth + 1), written.join('\n')].filter((block) => block !== '').join('\n\n');
  }

  #cells(row: Element, depth: number): string[] {
    return row.childNodes
      .filter((child): child is Element => isElement(child) && ['td', 'th'].includes(child.tagName) && this.#shown(child, depth))
      .map((cell) =>
        this.blocks(cell.childNodes, depth + 2)
          .join(' ')
          .replace(/\s+/g, ' ')
          .replace(/\\?\|/g, '\\|'),
      );
  }

  #details(element: Element, depth: number): string[] {
    this.#count('collapsed sections, flattened');
    const isSummary = (child: Child): boolean => isElement(child) && child.tagName === 'summary';
    const summary = this.blocks(element.childNodes.filter(isSummary), depth).join(' ').replace(/\s+/g, ' ');
    const rest = this.blocks(
      element.childNodes.filter((child) => !isSummary(child)),
      depth,
    );
    return [`(collapsed section: ${summary || 'without a title'})`, ...rest, '(end of the collapsed section)'];
  }

  #shown(element: Element, depth: number): boolean {
    for (const { name, value } of element.attrs) {
      if (name === 'title' || name === 'alt') this.#count(name === 'title' ? 'titles' : 'image descriptions', value === '' ? 0 : 1);
      else if (!RENDERED.has(name) && !name.startsWith('data-footnote') && !name.startsWith('aria-')) this.#count('attributes');
    }
    if (isHidden(element)) this.#count('hidden elements');
    else if (depth > DEEPEST) this.#count('elements nested too deeply');
    else return true;
    return false;
  }

  #count(what: string, times = 1): void {
    if (times > 0) this.counts.set(what, (this.counts.get(what) ?? 0) + times);
  }
}

/** Visible text of a code element: verbatim, without elements that are not shown. */
function textOf(element: Element): string {
  let text = '';
  const waiting: Child[] = [...element.childNodes].reverse();
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (isText(node)) text += node.value;
    else if (isElement(node) && node.tagName === 'br') text += '\n';
    else if (isElement(node) && !isHidden(node)) waiting.push(...[...node.childNodes].reverse());
  }
  return text;
}

/** True for a block, and for an inline element around one (`<span><div>`). */
function holdsBlocks(element: Element): boolean {
  const waiting: Element[] = [element];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (BLOCKS.has(node.tagName)) return true;
    for (const child of node.childNodes) if (isElement(child)) waiting.push(child);
  }
  return false;
}

/**
 * Text that means itself when it is read again: no tag, no entity, no escape, no definition comes of it. Other signs may stay bare; at worst they make
 * emphasis.
 */
function literal(value: string): string {
  return cleanCodePoints(value)
    .text.replace(/\\(?=[!-/:-@[-`{-~])/g, '\\\\')
    .replace(/<(?=[A-Za-z/!?])/g, '\\<')
    .replace(/&(?=#?\w+;)/g, '\\&')
    .replace(/\[(?=[^\]]*\]:)/g, '\\[')
    .replace(/[ \t]+/g, ' ');
}

/** Lines trimmed, and without empty ones: in HTML those part nothing. */
function paragraph(text: string): string {
  return text
    .split('\n')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join('\n');
}

function wrapped(inner: string, sign: string): string {
  return inner.trim() === '' ? inner : `${sign}${inner}${sign}`;
}

function span(value: string): string {
  const inner = cleanCodePoints(value).text.replace(/\s+/g, ' ');
  if (inner.trim() === '') return inner;
  const fence = '`'.repeat(longestRun(inner) + 1);
  const pad = inner.startsWith('`') || inner.endsWith('`') || (inner.startsWith(' ') && inner.endsWith(' ')) ? ' ' : '';
  return `${fence}${pad}${inner}${pad}${fence}`;
}

function indented(text: string, first: string, other: string): string {
  return text
    .split('\n')
    .map((part, index) => (index === 0 ? first + part : part === '' ? other.trimEnd() : other + part))
    .join('\n')
    .trimEnd();
}

function longestRun(text: string): number {
  return Math.max(0, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
}
