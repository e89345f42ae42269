import { existsSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';

/** Where Debian and GitHub's hosted runners keep a browser of Chromium's kind. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The machine's Chromium; `undefined` where it has none. */
export const browserPath = PLACES.find((place) => existsSync(place));

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
/** Without these a starting Chromium asks hosts of its maker's, which a closed network refuses one by one. */
const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** Headless, with a profile of its own that is gone with it. Throws where there is none. */
export async function openBrowser(): Promise<Browser> {
  if (browserPath === undefined)
    throw new Error(`There is no Chromium at ${PLACES.join(', ')}; on Debian: apt-get install chromium fonts-noto-color-emoji`);
  return chromium.launch({ executablePath: browserPath, headless: true, args: [...FLAGS, ...QUIET] });
}

/** What a page must not do: complain, throw, ask the network. Collects it from now on. */
export function faultsOf(page: Page): string[] {
  const faults: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`thrown: ${String(error)}`));
  page.on('request', (request) => {
    if (!request.url().startsWith('file:')) faults.push(`request: ${request.url()}`);
  });
  return faults;
}

/** Milliseconds from the address to a page that was laid out and painted. */
export async function openingTime(page: Page, url: string): Promise<number> {
  const started = performance.now();
  await page.goto(url, { waitUntil: 'load' });
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  return performance.now() - started;
}
