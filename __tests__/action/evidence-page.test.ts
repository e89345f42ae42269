import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';

const root = resolve(import.meta.dirname, '../..');

/** The section of docs/evidence.md that shows the demo. */
function shown(): string {
  const page = readFileSync(join(root, 'docs/evidence.md'), 'utf8');
  const start = page.indexOf('## What it looks like: the demo');
  return page.slice(start, page.indexOf('What the model is told when a gate refuses', start));
}

/** Columns are as wide in a page as its formatter makes them. */
const evenly = (line: string): string => line.trim().replace(/-{3,}/g, '---').replace(/ +/g, ' ');

const withoutChance = (line: string): string =>
  evenly(line)
    .replace(/^pushed [0-9a-f]{12} /, 'pushed … ')
    .replace(/^(Opened a pull request) · .* · (tests \w+) · .*$/, '$1 · … · $2 · …');

test('the page on evidence shows what the demo says today, in its order', async () => {
  const demo = spawn(process.execPath, [join(root, 'dist/cli.js'), 'demo'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [output] = await Promise.all([text(demo.stdout), once(demo, 'exit')]);
  const said = output.split('\n').map(withoutChance);
  const log = /```\n([^`]*(?:`[^`]+`[^`]*)*?)\n```/.exec(shown())?.[1]?.split('\n') ?? [];
  const table = shown()
    .split('\n')
    .flatMap((line) => /^> (.+)$/.exec(line)?.[1] ?? []);
  expect(log.length).toBeGreaterThan(15);
  expect(table.length).toBeGreaterThan(4);
  let at = -1;
  for (const line of log.filter((one) => !one.startsWith('…'))) {
    const found = said.indexOf(line, at + 1);
    expect([line, found > at]).toEqual([line, true]);
    at = found;
  }
  for (const line of table) expect(said).toContain(evenly(line));
  expect(said.filter((line) => line.startsWith('Opened a pull request'))).toEqual(['Opened a pull request · … · tests proven · …']);
}, 120_000);
