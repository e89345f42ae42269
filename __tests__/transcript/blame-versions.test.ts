import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { blameChange, patchText } from '../../src/transcript/blame.ts';
import { parsePatch } from '../../src/transcript/patch.ts';
import { applyHunks } from '../../src/transcript/replay.ts';
import type { Files } from '../support/transcripts.ts';
import { Recorder, Repository } from '../support/transcripts.ts';

/** Packages of which released versions are development dependencies, as NAME-a, NAME-b and so on. */
const PACKAGES = ['commander', 'ini', 'minimist', 'ms', 'object-inspect', 'semver', 'uuid', 'validator', 'yargs-parser'] as const;
const modules = join(import.meta.dirname, '..', '..', 'node_modules');

type Pair = Readonly<{ from: string; to: string }>;

/** Every two versions of a package, the older one first: folders below node_modules. */
function pairsOf(name: string): Pair[] {
  const folders = readdirSync(modules).filter((folder) => new RegExp(`^${name}-[a-z]$`).test(folder));
  const versions = folders.sort((one, other) => compareVersions(versionOf(one), versionOf(other)));
  return versions.flatMap((from, index) => versions.slice(index + 1).map((to) => ({ from, to })));
}

function versionOf(folder: string): string {
  return (JSON.parse(readFileSync(join(modules, folder, 'package.json'), 'utf8')) as { version: string }).version;
}

function compareVersions(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}

/** Changed files of a difference, at most these many: the rest is more of the same. */
const MOST_FILES = 12;

type Difference = Readonly<{
  repository: Repository;
  base: Files;
  steps: ReadonlyMap<string, Readonly<{ half: string; whole: string | null }>>;
}>;

function sources(root: string): Map<string, string> {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).filter((path) => /\.(?:js|ts|mjs|cjs|json|md)$/.test(path));
  return new Map(paths.filter((path) => !/\.min\.js$/.test(path)).map((path) => [path.slice(root.length + 1), readFileSync(path, 'utf8')]));
}

/** A package from one version to the other. `half`: with every other hunk of the difference, as a turn leaves it that another one completes. */
function difference({ from, to }: Pair): Difference {
  const [before, after] = [sources(join(modules, from)), sources(join(modules, to))];
  const paths = [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => before.get(path) !== after.get(path))
    .slice(0, MOST_FILES);
  const base = Object.fromEntries(paths.flatMap((path) => (before.has(path) ? [[path, before.get(path) ?? '']] : [])));
  const repository = new Repository({ ...base, 'kept.txt': 'kept\n' });
  const final = repository.write(Object.fromEntries(paths.map((path) => [path, after.get(path) ?? null])));
  const hunks = new Map(parsePatch(repository.patch(repository.tree, final)).map((file) => [file.path, file.hunks]));
  const half = (path: string): string => {
    const every = (hunks.get(path) ?? []).filter((_, index) => index % 2 === 0);
    return applyHunks(Buffer.from(before.get(path) ?? ''), every).toString();
  };
  const steps = new Map(
    paths.map((path) => [path, { half: before.has(path) && after.has(path) ? half(path) : '', whole: after.get(path) ?? null }]),
  );
  return { repository, base, steps };
}

/** One way to get there: each file at once or in two turns, the files over four turns by `way`. Answers the run and the turns of each file. */
function replayed({ repository, base, steps }: Difference, way: number): { run: Recorder; turns: Map<string, number[]> } {
  const added = [...steps.keys()].filter((path) => !(path in base));
  repository.write({
    ...base,
    ...Object.fromEntries(added.filter((path) => existsSync(join(repository.dir, path))).map((path) => [path, null])),
  });
  repository.tree = repository.git(['write-tree']).trim();
  const plan: Record<string, string | null>[] = [{}, {}, {}, {}];
  const turns = new Map<string, number[]>();
  for (const [index, [path, { half, whole }]] of [...steps].entries()) {
    const first = (index * 7 + way * 3) % 3;
    const inTwo = (index + way) % 2 === 0 && whole !== null && half !== whole && half !== (base[path] ?? '');
    const last = inTwo ? first + 1 + ((index + way) % (3 - first)) : first;
    if (inTwo) plan[first]![path] = half;
    plan[last]![path] = whole;
    turns.set(path, inTwo ? [first + 1, last + 1] : [first + 1]);
  }
  const run = new Recorder(repository);
  run.start();
  for (const files of plan) {
    const changes = Object.keys(files).length > 0;
    run.turn('On to the next version.', [{ name: 'run_command', input: {}, ...(changes && { files }) }]);
  }
  return { run, turns };
}

describe('the way from a line to its turn, over released versions of packages', () => {
  it('has at least 50 different pairs of versions to replay', () => {
    const pairs = PACKAGES.flatMap((name) => pairsOf(name).map(({ from, to }) => `${name} ${versionOf(from)} ${versionOf(to)}`));
    expect(new Set(pairs).size).toBeGreaterThanOrEqual(50);
  });

  it.each(PACKAGES)('maps every hunk between any two versions of %s to the turn that wrote it', (name) => {
    const counts = { hunks: 0, exact: 0, lines: 0, alone: 0 };
    for (const [way, pair] of pairsOf(name).entries()) {
      const one = difference(pair);
      try {
        holds(one, way, `${versionOf(pair.from)} to ${versionOf(pair.to)}`, counts);
      } finally {
        one.repository.remove();
      }
    }
    expect(counts.hunks).toBeGreaterThan(pairsOf(name).length);
    expect(counts.exact / counts.hunks).toBeGreaterThan(0.95);
    expect(counts.alone / Math.max(counts.lines, 1)).toBeLessThan(0.05);
  });
});

/** Replays one difference, and holds that each of its hunks, and each line of the change composed from the transcript alone, has its turn. */
function holds(one: Difference, way: number, what: string, counts: { hunks: number; exact: number; lines: number; alone: number }): void {
  const { run, turns } = replayed(one, way);
  const final = one.repository.patch(one.repository.commit, one.repository.tree);
  const told = blameChange(run.events, final);
  expect(told.map((file) => file.path).sort()).toEqual([...turns.keys()].sort());
  for (const file of told) {
    const [first, second] = turns.get(file.path) ?? [];
    for (const [index, hunk] of file.hunks.entries()) {
      const wrote = second === undefined || index % 2 === 0 ? first : second;
      const named = hunk.origins.map((origin) => origin.turn);
      expect([what, file.path, index, named]).toEqual([what, file.path, index, expect.arrayContaining([wrote])]);
      counts.hunks += 1;
      counts.exact += named.length === 1 ? 1 : 0;
      // git may pair repeated lines otherwise over two steps than at once; such a line has a hunk with its turns, and none of its own.
      const changed = hunk.lines.filter((line) => line.kind !== ' ');
      counts.lines += changed.length;
      counts.alone += changed.filter((line) => line.by === undefined).length;
    }
  }
  // From the transcript alone: other hunks perhaps, but the same files come out, and no line is without its turn.
  const composed = blameChange(run.events);
  for (const file of parsePatch(patchText(composed))) {
    const result = applyHunks(Buffer.from((one.base[file.path] as string | undefined) ?? ''), file.hunks).toString();
    expect([what, file.path, result]).toEqual([what, file.path, one.steps.get(file.path)?.whole ?? '']);
  }
  const lines = composed.flatMap((file) => file.hunks.flatMap((hunk) => hunk.lines));
  expect(lines.filter((line) => line.kind !== ' ' && line.by === undefined)).toEqual([]);
}
