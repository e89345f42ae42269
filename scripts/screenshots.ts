#!/usr/bin/env node
/**
 * Takes the pictures of the documentation, docs/images/*.png, of what the demo leaves: npm run screenshots [-- DIR]
 *
 * DIR is what `npx alchemist demo --keep DIR` wrote; without it the demo is played first. Needs Chromium. The pull request is rendered as GitHub does it, as far as
 * a renderer of its dialect and its published style go.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../__tests__/support/browser.ts';

const root = join(import.meta.dirname, '..');
const images = join(root, 'docs', 'images');
const scratch = mkdtempSync(join(tmpdir(), 'alchemist-screenshots-'));

try {
  const folder = process.argv[2] === undefined ? played() : resolve(process.argv[2]);
  const report = page('report.html', read(folder, 'run/report.html'));
  const pull = page('pull-request.html', asGitHub(read(folder, 'pull-request.md')));
  mkdirSync(images, { recursive: true });
  const browser = await openBrowser();
  await picture(browser, 'report-light', report, 'light', 1650);
  await picture(browser, 'report-dark', report, 'dark', 1150, async (shown) => {
    await shown.locator('.diff a.by').first().click();
    await shown.evaluate('window.scrollBy(0, -60); document.activeElement?.blur()');
  });
  await picture(browser, 'pull-request', pull, 'light', 1280);
  await browser.close();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function played(): string {
  const folder = join(scratch, 'demo');
  execFileSync(process.execPath, [join(root, 'dist', 'cli.js'), 'demo', '--keep', folder], { stdio: ['ignore', 'ignore', 'inherit'] });
  return folder;
}

/** The demo's GitHub listens on a port of the moment; the pictures shall not differ by it. */
function read(folder: string, file: string): string {
  return readFileSync(join(folder, file), 'utf8').replace(/http:\/\/github\.localhost:\d+/g, 'https://github.com');
}

function page(name: string, html: string): string {
  const file = join(scratch, name);
  writeFileSync(file, html);
  return pathToFileURL(file).href;
}

/** The Markdown of a pull request in GitHub's style. Only for text of our own making: HTML in it is kept, as the folds of the body need. */
function asGitHub(markdown: string): string {
  const style = readFileSync(createRequire(import.meta.url).resolve('github-markdown-css/github-markdown-light.css'), 'utf8');
  const html = micromark(markdown, { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true }).replace(
    /<blockquote>\s*<p>\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*([\s\S]*?)<\/blockquote>/g,
    (_, kind: string, rest: string) =>
      `<div class="markdown-alert markdown-alert-${kind.toLowerCase()}"><p class="markdown-alert-title">${kind[0] ?? ''}${kind.slice(1).toLowerCase()}</p><p>${rest}</div>`,
  );
  return `<!doctype html><meta charset="utf-8"><style>${style} body { margin: 0 } .markdown-body { max-width: 870px; padding: 24px; margin: 0 auto }</style>
<article class="markdown-body">${html}</article>`;
}

async function picture(
  browser: Browser,
  name: string,
  url: string,
  colorScheme: 'light' | 'dark',
  height: number,
  before?: (shown: Page) => Promise<void>,
): Promise<void> {
  const shown = await browser.newPage({ colorScheme, viewport: { width: name === 'pull-request' ? 920 : 1100, height } });
  await shown.goto(url);
  await before?.(shown);
  const path = join(images, `${name}.png`);
  await shown.screenshot({ path });
  await shown.close();
  console.log(`${path}: ${Math.round(statSync(path).size / 1000)} KB`);
}
