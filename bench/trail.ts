/** The trail of a long run on a large repository: verifying it, and opening its report in a browser. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { browserPath, openBrowser, openingTime } from '../__tests__/support/browser.ts';
import { recordedRun, Recorder, Repository, runGit } from '../__tests__/support/transcripts.ts';
import { reportHtml } from '../src/reports/html.ts';
import { verify } from '../src/transcript/verify.ts';
import { median, type Figure } from './figure.ts';

const RUNS = 3;
const FILES = 10_000;
const EVENTS = 1000;
const TURNS = 1000;

export async function trailFigures(): Promise<{ title: string; figures: Figure[] }> {
  return { title: `the trail of a run, medians of ${RUNS}`, figures: [await verifying(), ...(await reporting())] };
}

/** With the repository: chain, calls, totals, and every tree rebuilt from the base commit. */
async function verifying(): Promise<Figure> {
  const path = (index: number): string => `folder-${index % 100}/part-${index % 7}/file-${index}.js`;
  const source = (index: number): string => `export const value${index} = ${index};\n`.repeat(20);
  const repository = new Repository(Object.fromEntries(Array.from({ length: FILES }, (_, index) => [path(index), source(index)])));
  try {
    const run = new Recorder(repository);
    run.start();
    // Four events a turn that only reads, six a turn that changes a file; every fifth turn does.
    for (let turn = 0; run.events.length < EVENTS; turn++) {
      const at = path((turn * 37) % FILES);
      const edit = { name: 'write_file', input: { path: at }, files: { [at]: `// turn ${turn}\n${source(turn)}` } };
      const read = { name: 'read_file', input: { path: at }, result: source(turn) };
      run.turn('One more step.', turn % 5 === 0 ? [read, edit] : [read]);
    }
    const times: number[] = [];
    for (let time = 0; time < RUNS; time++) {
      const started = performance.now();
      const { checks } = await verify(run.text, { repo: repository.dir, git: runGit });
      times.push(performance.now() - started);
      const replay = checks.find(({ name }) => name === 'replay');
      if (replay?.ok !== true) throw new Error(`the bench's transcript does not verify: ${JSON.stringify(checks)}`);
    }
    const changes = run.events.filter(({ type }) => type === 'tree_changed').length;
    const note = `${run.events.length} events, ${changes} trees replayed`;
    return { what: `verify on ${FILES} files`, value: median(times), unit: 'ms', bar: 10_000, note };
  } finally {
    repository.remove();
  }
}

async function reporting(): Promise<Figure[]> {
  const run = recordedRun({ reads: TURNS, text: 'A reason of **some** length, with `code`. '.repeat(10) });
  run.repository.remove();
  const folder = mkdtempSync(join(tmpdir(), 'alchemist-bench-trail-'));
  try {
    const file = join(folder, 'report.html');
    const making: number[] = [];
    let page = '';
    for (let time = 0; time < RUNS; time++) {
      const started = performance.now();
      page = reportHtml(run.events);
      making.push(performance.now() - started);
    }
    writeFileSync(file, page);
    const size = `${(page.length / 1e6).toFixed(1)} MB`;
    const made: Figure = { what: `report.html of ${TURNS} turns, made`, value: median(making), unit: 'ms', note: size };
    if (browserPath === undefined) return [{ ...made, note: `${size}; not opened, there is no Chromium here` }];
    return [
      made,
      { what: `report.html of ${TURNS} turns, opened`, value: await opening(file), unit: 'ms', bar: 2000, note: versionOf(browserPath) },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function opening(file: string): Promise<number> {
  const browser = await openBrowser();
  try {
    const times: number[] = [];
    for (let time = 0; time < RUNS; time++) {
      const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
      times.push(await openingTime(page, pathToFileURL(file).href));
      await page.close();
    }
    return median(times);
  } finally {
    await browser.close();
  }
}

function versionOf(browser: string): string {
  return execFileSync(browser, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    .split(' ')
    .slice(0, 2)
    .join(' ');
}
