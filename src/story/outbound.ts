import type { Nodes, PhrasingContent, Root, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown, gfmToMarkdown } from 'mdast-util-gfm';
import { toMarkdown } from 'mdast-util-to-markdown';
import { gfm } from 'micromark-extension-gfm';
import { cleanCodePoints } from '../ticket/code-points.ts';
import { isTangled } from '../ticket/rendered.ts';

/** Where the text is posted: what may be linked there. */
export type Place = Readonly<{
  /** GitHub's web address, e.g. `https://github.com`. */
  serverUrl: string;
  owner: string;
  repo: string;
  /** The run's own issue: the only number that may be mentioned as `#number`. */
  number?: number | undefined;
  /** Characters at most; 20,000 when not given. */
  limit?: number | undefined;
}>;

/**
 * Text of the model's, or out of files, made harmless for a comment or a pull request body (attack 26): its form stays (lists, tables, code, emphasis),
 * but images become text, links lead to this repository only, HTML is shown as text and its comments go, headings become bold lines (so that nobody takes
 * them for the harness's own), and what would notify, refer, close or command (`@name`, `#1`, addresses, `/command`) stands in code spans.
 */
export function safeMarkdown(text: string, place: Place): string {
  const limit = place.limit ?? 20_000;
  for (let size = limit; ; size = Math.floor(size / 2)) {
    const part = cut(cleanCodePoints(text).text, size);
    const safe = isTangled(part) ? codeBlock(part) : inert(part, place);
    if (safe.length <= limit || size < 100) return safe.length <= limit ? safe : '';
  }
}

/** A code span that holds any text, on one line; empty for nothing. */
export function codeSpan(text: string): string {
  const inner = oneLine(text, 10_000);
  if (inner === '') return '';
  const fence = '`'.repeat(longestRun(inner) + 1);
  const pad = inner.startsWith('`') || inner.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${inner}${pad}${fence}`;
}

/** A fenced block that holds any text; the fence is longer than any in it. */
export function codeBlock(text: string, lang = ''): string {
  const inner = cleanCodePoints(text).text.replace(/\n$/, '');
  const fence = '`'.repeat(Math.max(3, longestRun(inner) + 1));
  return `${fence}${inertLanguage(lang)}\n${inner}\n${fence}`;
}

/** The text on one line, without what cannot be seen, at most `max` characters. */
export function oneLine(text: string, max: number): string {
  return cut(cleanCodePoints(text).text.replace(/\s+/g, ' ').trim(), max);
}

/**
 * Text for the runner's log (attack 20). The runner takes `::name::` at a line's start (after white space) and `##[name]` anywhere for a command, and a
 * line ends at `\r` and U+0085 too: so every line is prefixed, and both signs are broken.
 */
export function logLine(text: string, prefix = '| '): string {
  return text
    .split(/\r\n|[\n\r\u0085\u2028\u2029\v\f]/)
    .map(
      (part) =>
        prefix +
        cleanCodePoints(part)
          .text.replaceAll('##[', '# #[')
          .replace(/^(\s*):(?=:)/, '$1: '),
    )
    .join('\n');
}

/** Title of a commit or a pull request: one line that closes, mentions, links and skips nothing. */
export function plainTitle(text: string, max = 72): string {
  return oneLine(plain(text), max);
}

/** Several lines for a commit message, harmless in the same way, without lines that git or GitHub would take for trailers. */
export function plainText(text: string, max = 5_000): string {
  const lines = plain(cleanCodePoints(text).text).split('\n');
  return cut(
    lines
      .map((part) => part.trimEnd().replace(/^(\s*(?:[\w-]+-by|skip-checks|alchemist-[\w-]+)\s*):/i, '$1 -'))
      .join('\n')
      .trim(),
    max,
  );
}

/** In a commit message there are no code spans: the signs themselves go. `[skip ci]` and its kind would keep the tests from running. */
function plain(text: string): string {
  return cleanCodePoints(text)
    .text.replace(/\[\s*(skip ci|ci skip|no ci|skip actions|actions skip)\s*\]/gi, '$1')
    .replace(/\*\*\*NO_CI\*\*\*/gi, 'NO_CI')
    .replace(/\b(?:https?|ftp):\/\/(?=\S)/gi, '')
    .replace(/(?<![\w`])@(?=[\w-])/g, '')
    .replace(/(?<=\w)#(?=\d)/g, ' ')
    .replace(/#(?=\d)/g, '')
    .replace(/\bGH-(?=\d)/gi, 'GH ');
}

function inert(text: string, place: Place): string {
  const tree = parsed(text);
  const definitions = new Map<string, string>();
  for (const node of everyNode(tree)) if (node.type === 'definition') definitions.set(node.identifier, node.url);
  const safe: Root = { type: 'root', children: tree.children.flatMap((child) => inBlocks(inertNode(child, { place, definitions }))) };
  const result = toMarkdown(safe, { extensions: [gfmToMarkdown()], bullet: '-', rule: '-', fences: true }).trim();
  // Belt and braces: what the serialiser wrote is read again, as GitHub will, and anything live left in it makes the whole a code block.
  return isInert(result, place) ? result : codeBlock(text);
}

/** What stands among paragraphs must be one: block HTML has become a code span. */
function inBlocks(nodes: readonly Nodes[]): RootContent[] {
  return nodes.map((node) => (node.type === 'inlineCode' ? { type: 'paragraph', children: [node] } : (node as RootContent)));
}

function parsed(text: string): Root {
  return fromMarkdown(text, { extensions: [gfm()], mdastExtensions: gfmFromMarkdown() });
}

type Around = Readonly<{ place: Place; definitions: ReadonlyMap<string, string> }>;

/** The node made harmless: none, one or several in its place. */
function inertNode(node: Nodes, around: Around): Nodes[] {
  switch (node.type) {
    case 'definition':
    case 'footnoteDefinition':
    case 'yaml':
      return [];
    case 'html':
      return inertHtml(node.value);
    case 'image':
    case 'imageReference':
      return [{ type: 'text', value: `(image: ${oneLine(node.alt ?? '', 200)})` }];
    case 'footnoteReference':
      return [{ type: 'text', value: `(${node.identifier})` }];
    case 'link':
      return inertLink(node.url, inside(node, around), around);
    case 'linkReference':
      return inertLink(around.definitions.get(node.identifier) ?? '', inside(node, around), around);
    case 'heading':
      return [{ type: 'paragraph', children: [{ type: 'strong', children: inside(node, around) }] }];
    case 'code':
      return [{ type: 'code', lang: inertLanguage(node.lang ?? '') || null, value: node.value }];
    default:
      return 'children' in node ? [{ ...node, children: inside(node, around) } as Nodes] : [node];
  }
}

/** The children made harmless. Texts that have come to stand side by side are joined before they are read: `#<!-- -->1` must not become `#1`. */
function inside(node: Extract<Nodes, { children: unknown[] }>, around: Around): PhrasingContent[] {
  if (node.type === 'blockquote' || node.type === 'listItem') {
    return inBlocks(node.children.flatMap((child) => inertNode(child, around))) as unknown as PhrasingContent[];
  }
  const children: Nodes[] = [];
  for (const child of node.children.flatMap((one) => inertNode(one, around))) {
    const last = children.at(-1);
    if (child.type === 'text' && last?.type === 'text') children[children.length - 1] = { type: 'text', value: last.value + child.value };
    else children.push(child);
  }
  return joined(
    children.flatMap((child, index) => (child.type === 'text' ? inertText(child.value, index === 0, around.place) : [child])),
  ) as PhrasingContent[];
}

/** Code spans side by side made one: their back-ticks would run together. */
function joined(nodes: readonly Nodes[]): Nodes[] {
  const result: Nodes[] = [];
  for (const node of nodes) {
    const last = result.at(-1);
    if (node.type === 'inlineCode' && last?.type === 'inlineCode')
      result[result.length - 1] = { type: 'inlineCode', value: last.value + node.value };
    else result.push(node);
  }
  return result;
}

/** What GitHub would make something of: addresses, mentions, references, slash commands at a line's start. */
const LIVE =
  /[a-z][a-z+.-]*:\/\/[^\s<>]+|\bwww\.[^\s<>]+|[\w.+-]*@[\w][\w.-]*(?:\/[\w.-]+)?|(?:[\w.-]+\/)?[\w.-]*#\d+|\bGH-\d+|(?<=^[ \t]*)\/[a-z][^\s]*/gim;

function inertText(value: string, first: boolean, place: Place): Nodes[] {
  const nodes: Nodes[] = [];
  const live = new RegExp(LIVE);
  let at = 0;
  for (let match = live.exec(value); match; match = live.exec(value)) {
    const [token] = match;
    // `^` also fits where a text node starts in the middle of a line. No command then, but what follows the slash may be an address.
    if (token.startsWith('/') && !first && !value.slice(0, match.index).includes('\n')) {
      live.lastIndex = match.index + 1;
      continue;
    }
    if (token === `#${place.number ?? 0}`) continue;
    if (match.index > at) nodes.push({ type: 'text', value: value.slice(at, match.index) });
    nodes.push({ type: 'inlineCode', value: token });
    at = match.index + token.length;
  }
  if (at < value.length) nodes.push({ type: 'text', value: value.slice(at) });
  return nodes;
}

function inertHtml(value: string): Nodes[] {
  const shown = value.replace(/<!--[\s\S]*?(?:-->|--!>|$)/g, '').trim();
  // As code: in text a `<` could still meet what stands beside it.
  return shown === '' || /^<[!?]/.test(shown) ? [] : [{ type: 'inlineCode', value: shown.replace(/\s+/g, ' ') }];
}

function inertLink(url: string, children: PhrasingContent[], around: Around): Nodes[] {
  if (isOurs(url, around.place))
    return [{ type: 'link', url, title: null, children: children.length > 0 ? children : [{ type: 'text', value: 'link' }] }];
  const shown = oneLine(url, 300);
  const text = children.map((child) => ('value' in child ? child.value : '')).join('');
  if (shown === '' || text === shown || `mailto:${text}` === shown || `http://${text}` === shown) return children;
  return [...children, { type: 'text', value: ' (' }, { type: 'inlineCode', value: shown }, { type: 'text', value: ')' }];
}

/** In this repository on this server, and no other issue: a link to one shows up there, and after `fixes` closes it. */
function isOurs(url: string, place: Place): boolean {
  if (!URL.canParse(url) || !URL.canParse(place.serverUrl)) return false;
  const { origin, pathname, username, password, search } = new URL(url);
  if (origin !== new URL(place.serverUrl).origin || username !== '' || password !== '' || search !== '') return false;
  const [owner = '', repo = '', kind = '', number = ''] = pathname.split('/').slice(1);
  if (owner.toLowerCase() !== place.owner.toLowerCase() || repo.toLowerCase() !== place.repo.toLowerCase()) return false;
  return ['issues', 'pull', 'discussions'].includes(kind)
    ? number === String(place.number ?? 0)
    : ['blob', 'tree', 'commit', 'actions', 'compare', 'raw', ''].includes(kind);
}

function isInert(markdown: string, place: Place): boolean {
  for (const node of everyNode(parsed(markdown))) {
    if (['html', 'image', 'imageReference', 'definition', 'linkReference', 'footnoteDefinition'].includes(node.type)) return false;
    if (node.type === 'link' && !isOurs(node.url, place)) return false;
    if (node.type === 'text' && inertText(node.value, false, place).some((part) => part.type === 'inlineCode')) return false;
  }
  return true;
}

function* everyNode(root: Nodes): Generator<Nodes> {
  const waiting: Nodes[] = [root];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    yield node;
    if ('children' in node) waiting.push(...node.children);
  }
}

/** Languages that GitHub draws instead of showing (`mermaid`, `geojson`, `math` …) would be pictures again. */
function inertLanguage(lang: string): string {
  return /^[\w+#.-]{1,30}$/.test(lang) && !/^(?:mermaid|geojson|topojson|stl|math|suggestion)$/i.test(lang) ? lang : '';
}

function longestRun(text: string): number {
  return Math.max(0, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, Math.max(0, max - 1)).replace(/[\ud800-\udbff]$/, '')}…`;
}
