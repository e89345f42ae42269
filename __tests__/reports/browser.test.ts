import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { reportHtml } from '../../src/reports/html.ts';
import { browserPath, faultsOf, openBrowser, openingTime } from '../support/browser.ts';
import { recordedRun } from '../support/transcripts.ts';
import { HOSTILE } from './hostile.ts';

// In CI its absence is a fault: the tests then fail for want of it.
const withBrowser = browserPath !== undefined || process.env['CI'] ? describe : describe.skip;
if (withBrowser === describe.skip) console.log('Skipped: there is no Chromium on this machine (on Debian: apt-get install chromium).');

let folder: string;
let browser: Browser;
/** A run of 1,010 turns, a short one, and one full of hostile words, each as an address of a file. */
let [long, short, hostile] = ['', '', ''];

function written(name: string, story: Parameters<typeof recordedRun>[0]): string {
  const run = recordedRun(story);
  run.repository.remove();
  const file = join(folder, name);
  writeFileSync(file, reportHtml(run.events));
  return pathToFileURL(file).href;
}

async function opened(url: string, options: Parameters<Browser['newPage']>[0] = {}): Promise<{ page: Page; faults: string[] }> {
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 }, ...options });
  const faults = faultsOf(page);
  await page.goto(url);
  return { page, faults };
}

withBrowser('the report in a browser', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'alchemist-browser-'));
    long = written('long.html', { reads: 1000, text: 'A reason of **some** length, with `code`.' });
    short = written('short.html', {});
    hostile = written('hostile.html', { text: HOSTILE, ticket: { title: HOSTILE, body: HOSTILE, instruction: HOSTILE } });
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('opens at 1,000 turns in moments, asks the network for nothing and logs no error', async () => {
    const { page, faults } = await opened('about:blank');
    const times: number[] = [];
    for (let time = 0; time < 3; time++) times.push(await openingTime(page, long));
    expect(await page.locator('.turn').count()).toBeGreaterThan(1000);
    // The bar is 2 s on a quiet machine (npm run bench prints the figure); a busy one is no fault of the page.
    expect(times.sort((one, other) => one - other)[1]).toBeLessThan(4000);
    expect(faults).toEqual([]);
    await page.close();
  });

  it('leads from a line of the diff to its turn and back', async () => {
    const { page, faults } = await opened(long);
    const line = page.locator('.diff .row', { hasText: 'let total;' }).locator('a.by').first();
    const turn = await line.textContent();
    await line.click();
    const call = page.locator('.target');
    expect(await call.textContent()).toContain('let total = 0;');
    expect(await call.locator('xpath=ancestor-or-self::*[contains(concat(" ",@class," ")," turn ")]').getAttribute('id')).toBe(
      `turn-${turn}`,
    );
    expect(await call.evaluate(inView)).toBe(true);
    await call.locator('a[href^="#hunk"]').first().click();
    expect(new URL(page.url()).hash).toMatch(/^#hunk-1-/);
    expect(await page.locator('.hunk.target').textContent()).toContain('let total = 0;');
    expect(await page.locator('.hunk.target').evaluate(inView)).toBe(true);
    await page.goBack();
    expect(await page.locator('.target').evaluate(inView)).toBe(true);
    expect(faults).toEqual([]);
    await page.close();
  });

  it('finds words in the turns, goes from hit to hit and shows everything again', async () => {
    const { page, faults } = await opened(long);
    await page.keyboard.press('/');
    await page.keyboard.type('reviewer is right');
    await page.locator('#found', { hasText: '1 turn' }).waitFor();
    expect(await page.locator('.turn:visible').count()).toBe(1);
    await page.keyboard.press('Enter');
    expect(await page.locator('.turn.target').textContent()).toContain('The reviewer is right.');
    await page.keyboard.press('Escape');
    expect(await page.locator('.turn:visible').count()).toBeGreaterThan(1000);
    await page.keyboard.press('/');
    await page.keyboard.type('no such words anywhere');
    await page.locator('#found', { hasText: '0 turns' }).waitFor();
    expect(await page.locator('.turn:visible').count()).toBe(0);
    expect(faults).toEqual([]);
    await page.close();
  });

  it('is walked by keys: j and k from turn to turn, o opens, ? tells', async () => {
    const { page, faults } = await opened(short);
    const focused = () => page.evaluate('document.activeElement.closest(".turn")?.id');
    const order: unknown[] = [];
    for (const key of ['j', 'j', 'j', 'k']) {
      await page.keyboard.press(key);
      order.push(await focused());
    }
    const ids = await page.locator('.turn').evaluateAll((turns) => turns.map((turn) => turn.id));
    expect(order).toEqual([ids[0], ids[1], ids[2], ids[1]]);
    const details = page.locator(`[id="${ids[1] ?? ''}"] details`).first();
    const before = await details.getAttribute('open');
    await page.keyboard.press('o');
    expect((await details.getAttribute('open')) === null).toBe(before !== null);
    await page.keyboard.press('?');
    expect(await page.locator('#help').isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    expect(await page.locator('#help').isVisible()).toBe(false);
    expect(faults).toEqual([]);
    await page.close();
  });

  it.each(['light', 'dark'] as const)('has nothing to object to for axe-core, %s, all unfolded', async (colorScheme) => {
    const { page } = await opened(short, { colorScheme });
    await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate<axe.AxeResults>('axe.run(document)');
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html, nodes[0]?.failureSummary])).toEqual([]);
    await page.close();
  });

  it('fits a narrow screen: nothing but code is wider than the page', async () => {
    const { page } = await opened(short, { viewport: { width: 390, height: 800 } });
    expect(await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth')).toBe(true);
    // A table's row stands as a block there, its cells one after the other, none cut off at the side.
    const cells = page.locator('main table:not(.numbers) td:visible');
    expect(await cells.count()).toBeGreaterThan(20);
    expect(await cells.evaluateAll((all) => all.filter((cell) => cell.getBoundingClientRect().right > 390).length)).toBe(0);
    await page.close();
  });

  it('prints the turns as one line each, without what only a screen can use', async () => {
    const { page } = await opened(short);
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('nav').isVisible()).toBe(false);
    const heights = await page.locator('.turn summary').evaluateAll((lines) => lines.map((line) => line.getBoundingClientRect().height));
    expect(heights.length).toBeGreaterThan(5);
    expect(Math.min(...heights)).toBeGreaterThan(15);
    await page.close();
  });

  it('tells a turn in a line: its calls and its reason', async () => {
    const { page } = await opened(short);
    expect(await page.locator('#turn-3 .what').textContent()).toBe(
      'edit_file src/sum.js (1 edit) · write_file test/sum.test.js Now the fix.',
    );
    await page.close();
  });

  it('runs nothing that a stranger or the model wrote', async () => {
    const { page, faults } = await opened(hostile);
    const dialogs: string[] = [];
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await page.reload();
    await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
    expect([dialogs, faults]).toEqual([[], []]);
    expect(await page.locator('script').count()).toBe(1);
    await page.close();
  });
});

/** Runs in the page, where elements have boxes. */
function inView(node: unknown): boolean {
  const { top, bottom } = (node as { getBoundingClientRect(): { top: number; bottom: number } }).getBoundingClientRect();
  return bottom > 0 && top < 900;
}
