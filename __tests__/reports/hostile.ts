import type { Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';

/** Words that try to become markup, to notify, to close, to load, to hide, and to break out of where they stand. */
export const HOSTILE = [
  '</script><script>alert(1)</script> ]]> </style></details></pre> <img src=x onerror=alert(1)> @octocat fixes #99, closes other/repo#1',
  '![i](https://evil.example/x.png) [link](https://evil.example) https://evil.example/y [js](javascript:alert(1)) <!-- hidden -->',
  '# Heading | cell `code` ``two`` ``` "quoted" \'single\' &amp; &lt;b&gt; \u202Ereversed\u202C zero\u200Bwidth \u0007bell',
  '',
  '```',
  'fence',
  '````',
  '</textarea><svg onload=alert(1)>',
].join('\n');

/** What GitHub would make of Markdown: tags that get through, links, images, and words that stand outside code. */
export function fromHtml(body: string): { tags: string[]; links: string[]; images: string[]; words: string[] } {
  const found = { tags: new Set<string>(), links: [] as string[], images: [] as string[], words: [] as string[] };
  const walk = (node: Nodes): void => {
    if (node.type === 'html') for (const [, name = ''] of node.value.matchAll(/<([a-z][\w-]*)/gi)) found.tags.add(name.toLowerCase());
    if (node.type === 'link' || node.type === 'definition') found.links.push(node.url);
    if (node.type === 'image') found.images.push(node.url);
    if (node.type === 'text') found.words.push(node.value);
    if ('children' in node) for (const child of node.children) walk(child);
  };
  walk(fromMarkdown(body, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }));
  return { ...found, tags: [...found.tags].sort() };
}
