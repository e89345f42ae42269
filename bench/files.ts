/** The tool host on many files: a generated repository of 100,000, and a clone of this one. Ordinary reads, on a warm file cache. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectHost } from '../src/sandbox/host.ts';
import { off } from '../src/sandbox/off.ts';
import type { Host } from '../src/toolhost/wire.ts';
import { median, type Figure } from './figure.ts';

const FILES = 100_000;
const RUNS = 5;
const STARTS = 9;
/** How long a run asks GitHub for the discussion and the provider for its models, at the least. */
const AHEAD_MS = 500;
const root = join(import.meta.dirname, '..');
const { signal } = new AbortController();

type Place = Readonly<{
  folder: string;
  edited: string;
  common: string;
  rare: string;
  bars: { start: number; search: number; list: number; tree: number };
}>;

/** The tables, each with its title. Makes about 500 MB of temporary files and removes them. */
export async function fileFigures(): Promise<{ title: string; figures: Figure[] }[]> {
  const temp = realpathSync(mkdtempSync(join(tmpdir(), 'alchemist-bench-files-')));
  try {
    const large = join(temp, 'large');
    generate(large);
    const own = join(temp, 'own');
    execFileSync('git', ['clone', '-q', root, own]);
    const many: Place = {
      folder: large,
      edited: 'group-07/part-3/file-0009.js',
      common: 'export function',
      rare: `work${FILES - 1}`,
      bars: { start: 1500, search: 1000, list: 300, tree: 300 },
    };
    const few: Place = {
      folder: own,
      edited: 'README.md',
      common: 'export function',
      rare: 'Everything here is fixed but this',
      bars: { start: 30, search: 30, list: 30, tree: 30 },
    };
    return [
      { title: `the tool host on ${FILES} files, medians of ${RUNS} (starts: ${STARTS})`, figures: await figures(many) },
      {
        title: `the tool host on this repository, medians of ${RUNS} (starts: ${STARTS})`,
        figures: await figures(few),
      },
    ];
  } finally {
    rmSync(temp, { recursive: true, force: true });
  }
}

/**
 * The start in its parts. What the interpreter takes before it reads a line of ours is the machine's and Node's; the bar is for the rest. A run starts
 * its host while it asks GitHub and the provider, so what it waits for is only the answer to `hello`.
 */
async function startFigures(folder: string, bar: number): Promise<Figure[]> {
  const starts: { node: number; all: number; waited: number }[] = [];
  // The first start fills the caches.
  for (let run = 0; run <= STARTS; run++) {
    const node = milliseconds(() => spawnSync(process.execPath, ['-e', '0']));
    const started = performance.now();
    const host = await launched(folder);
    await greet(host);
    const all = performance.now() - started;
    await host.close();
    const early = await launched(folder);
    await new Promise((resolve) => setTimeout(resolve, AHEAD_MS));
    const asked = performance.now();
    await greet(early);
    starts.push({ node, all, waited: performance.now() - asked });
    await early.close();
  }
  const middle = (of: (start: (typeof starts)[number]) => number): number => median(starts.slice(1).map(of));
  return [
    { what: 'the interpreter alone (node -e 0)', value: middle(({ node }) => node), unit: 'ms' },
    { what: 'host start after the interpreter', value: middle(({ node, all }) => all - node), unit: 'ms', bar },
    { what: 'both: launch to the answer of hello', value: middle(({ all }) => all), unit: 'ms' },
    { what: `hello, of a host started ${AHEAD_MS} ms ahead`, value: middle(({ waited }) => waited), unit: 'ms', bar },
  ];
}

async function figures({ folder, edited, common, rare, bars }: Place): Promise<Figure[]> {
  const starts = await startFigures(folder, bars.start);
  const host = await launched(folder);
  try {
    await greet(host);
    const often = async (call: (run: number) => Promise<unknown>, before?: (run: number) => Promise<unknown>): Promise<number> => {
      const times: number[] = [];
      for (let run = 0; run <= RUNS; run++) {
        await before?.(run);
        const started = performance.now();
        await call(run);
        times.push(performance.now() - started);
      }
      return median(times.slice(1));
    };
    const search = (pattern: string) => async (): Promise<unknown> => host.call('search', { pattern }, signal);
    const edit = async (run: number): Promise<unknown> =>
      host.call('write_file', { path: edited, content: `// edit ${run}\n`, overwrite: true }, signal);
    return [
      ...starts,
      { what: 'search, hits everywhere', value: await often(search(common)), unit: 'ms', bar: bars.search },
      { what: 'search, one hit at most: every file read', value: await often(search(rare)), unit: 'ms', bar: bars.search },
      { what: 'list_files', value: await often(async () => host.call('list_files', {}, signal)), unit: 'ms', bar: bars.list },
      { what: 'tree hash after one edit', value: await often(async () => host.call('tree', {}, signal), edit), unit: 'ms', bar: bars.tree },
    ];
  } finally {
    await host.close();
  }
}

async function launched(folder: string): Promise<Host> {
  const toolhost = join(root, 'dist', 'toolhost', 'index.js');
  const launch = { workspace: folder, node: process.execPath, toolhost, scratch: folder, network: 'none', allowedHosts: [] } as const;
  return connectHost(await off(process.env)(launch, signal));
}

const greet = async (host: Host): Promise<unknown> => host.call('hello', { protocol: 1, working_directory: '.', restore: false }, signal);

function milliseconds(work: () => unknown): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}

/** Through `git fast-import`: writing and adding that many files takes several times as long. */
function generate(folder: string): void {
  mkdirSync(folder);
  const git = (args: string[], input?: string): void =>
    void execFileSync('git', args, {
      cwd: folder,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'ignore', 'inherit'],
      ...(input === undefined ? {} : { input }),
    });
  git(['init', '-q', '-b', 'main']);
  const files = Array.from({ length: FILES }, (_, index) => {
    const content = source(index);
    const path = `group-${String(index % 100).padStart(2, '0')}/part-${index % 7}/file-${String(Math.floor(index / 100)).padStart(4, '0')}.js`;
    return `M 100644 inline ${path}\ndata ${content.length}\n${content}\n`;
  });
  git(
    ['fast-import', '--quiet'],
    `commit refs/heads/main\ncommitter A <a@example.org> 1700000000 +0000\ndata 5\nfirst\n${files.join('')}\n`,
  );
  git(['checkout', '-q', '-f', 'main']);
}

/** About 1 KB that looks like code. */
function source(index: number): string {
  const lines = Array.from({ length: 14 }, (_, line) => `  const value${line} = compute(input[${line}] ?? ${index}, options.limit);\n`);
  return `import { compute } from '../shared.js';\n\nexport function work${index}(input, options) {\n${lines.join('')}  return [${lines.map((_, line) => `value${line}`).join(', ')}];\n}\n`;
}
