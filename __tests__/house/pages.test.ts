import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';

const root = resolve(import.meta.dirname, '../..');
const pages = ['.', 'docs', 'docs/decisions'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(folder, file)),
);

test.each(pages)('every link of %s inside the repository leads somewhere', (page) => {
  const targets = linksOf(readFileSync(join(root, page), 'utf8')).filter((url) => !/^[a-z]+:/.test(url));
  const dead = targets.filter((url) => {
    const [path = '', fragment] = url.split('#');
    const file = path === '' ? join(root, page) : join(root, dirname(page), path);
    if (!existsSync(file)) return true;
    return fragment !== undefined && !headingsOf(readFileSync(file, 'utf8')).includes(fragment);
  });
  expect(dead).toEqual([]);
});

test('every decision record is in the index, with its own title', () => {
  const folder = join(root, 'docs/decisions');
  const index = readFileSync(join(folder, 'README.md'), 'utf8');
  const records = readdirSync(folder).filter((file) => /^\d{4}-/.test(file));
  const lines = records.map((file) => {
    const [, number, title] = /^# (\d{4}) (.*)$/m.exec(readFileSync(join(folder, file), 'utf8')) ?? [];
    return { file, number, line: new RegExp(`\\| \\[${number}\\]\\(${file}\\) *\\| ${title}`).test(index) };
  });
  expect(lines).toEqual(records.map((file) => ({ file, number: file.slice(0, 4), line: true })));
});

test('every command that a page tells a reader to run exists', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
  const named = pages.flatMap((page) =>
    [...readFileSync(join(root, page), 'utf8').matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name ?? ''),
  );
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

type Node = { type: string; url?: string; value?: string; children?: Node[] };

function linksOf(markdown: string): string[] {
  const tree = fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }) as Node;
  const walk = (node: Node): string[] => [...(node.type === 'link' && node.url ? [node.url] : []), ...(node.children ?? []).flatMap(walk)];
  return walk(tree);
}

/** Fragments of headings as GitHub makes them. */
function headingsOf(markdown: string): string[] {
  const headings = [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, text]) => text ?? '');
  return headings.map((text) =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  );
}
