import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { structuredPatch } from 'diff';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { leftoversGate } from '../../src/evidence/leftovers-gate.ts';
import { weakenedTestsGate, weakenings } from '../../src/evidence/weakened-tests-gate.ts';
import { isTestFile } from '../../src/evidence/languages.ts';
import type { Edit } from '../../src/toolhost/wire.ts';
import { patchesOf } from '../support/patches.ts';
import { cleanUp, repository, startHost, treeByGit, type StartedHost } from './started.ts';

/** Two published versions each (`NAME-a`, `NAME-b`: aliases of the lock file), all under MIT or ISC. */
const PACKAGES = ['validator', 'uuid', 'minimist', 'object-inspect', 'semver', 'commander'];
/** Lines around a hunk tried as context, fewest first. */
const CONTEXTS = [1, 3, 8, 20, 60];

/** What an author would call to make the new file of the old one. */
type Step = { path: string; edits: Edit[] } | { path: string; content: string; overwrite: boolean };
type Difference = { path: string; before: string | null; after: string | null };

let host: StartedHost;
let differences: Difference[];

beforeAll(async () => {
  differences = PACKAGES.flatMap((name) => differencesOf(name));
  host = await startHost(repository(Object.fromEntries(PACKAGES.flatMap((name) => Object.entries(packageFiles(name, 'a'))))));
}, 60_000);
afterAll(cleanUp);

describe('differences between published versions of real packages', () => {
  it('arrive byte for byte by edit_file and write_file', async () => {
    const told = { edited: 0, edits: 0, written: 0, overwritten: 0, removed: 0 };
    for (const difference of differences) await apply(difference, told);
    const changed = differences.filter(({ before }) => before !== null).length;
    console.log(
      `${differences.length} files of ${PACKAGES.length} packages (${changed} of them there before): ${told.edits} edits in ${told.edited} files, ` +
        `${told.written} new files, ${told.overwritten} overwritten, ${told.removed} removed`,
    );
    for (const name of PACKAGES) {
      for (const [path, content] of Object.entries(packageFiles(name, 'b')))
        if (!readFileSync(join(host.root, path)).equals(content)) throw new Error(`${path} is not as published`);
      expect(filesBelow(join(host.root, name)).sort()).toEqual(filesBelow(folderOf(name, 'b')).sort());
    }
    expect(differences.length).toBeGreaterThanOrEqual(200);
    expect(told.overwritten).toBeLessThan(told.edited / 10);
    expect(await host.tree()).toBe(treeByGit(host.root));
  }, 60_000);

  it('are flagged by the gates at the rates printed', () => {
    const patches = patchesOf(
      differences.map(({ path, before, after }) => ({
        before: before === null ? {} : { [path]: before },
        after: after === null ? {} : { [path]: after },
      })),
    );
    const weakened = patches.filter((patch) => weakenedTestsGate({ patch }).outcome === 'refused');
    const leftovers = patches.map((patch) => leftoversGate({ patch })).filter(({ outcome }) => outcome === 'refused');
    const tests = differences.filter(({ path }) => isTestFile(path)).length;
    const rate = (flagged: readonly unknown[]): string =>
      `${flagged.length} of ${patches.length} (${((100 * flagged.length) / patches.length).toFixed(1)} %)`;
    console.log(
      [
        `weakened_tests flags ${rate(weakened)} files, ${tests} of which are tests; leftovers ${rate(leftovers)}`,
        ...weakened.flatMap((patch) => weakenings(patch).map(({ text }) => `weakened_tests: ${text}`)),
        ...leftovers.map(({ detail }) => `leftovers: ${detail.split('\n')[0] ?? ''}`),
      ].join('\n'),
    );
    expect(tests).toBeGreaterThan(10);
    expect(weakened.length).toBeLessThan(patches.length / 20);
    expect(leftovers.length).toBeLessThan(patches.length / 20);
  }, 60_000);
});

async function apply(
  difference: Difference,
  told: Record<'edited' | 'edits' | 'written' | 'overwritten' | 'removed', number>,
): Promise<void> {
  const { path, after } = difference;
  if (after === null) {
    // There is no tool for this: an author runs rm.
    const { exit_code: code } = await host.run(`rm -- '${path}'`);
    expect([path, code]).toEqual([path, 0]);
    told.removed++;
    return;
  }
  const step = stepFor(difference, after);
  const answer = 'edits' in step ? await host.call('edit_file', step) : await host.call('write_file', step);
  if (answer.is_error) throw new Error(`${path}: ${answer.text}`);
  if ('edits' in step) {
    told.edited++;
    told.edits += step.edits.length;
  } else told[step.overwrite ? 'overwritten' : 'written']++;
}

/** The hunks of the line difference, each with as many lines around it as make it unique where it is applied. */
function stepFor({ path, before }: Difference, after: string): Step {
  if (before === null) return { path, content: after, overwrite: false };
  for (const context of CONTEXTS) {
    const edits = structuredPatch(path, path, before, after, '', '', { context }).hunks.map(({ lines }) => editOf(lines));
    if (isUnique(before, after, edits)) return { path, edits };
  }
  return { path, content: after, overwrite: true };
}

function editOf(lines: readonly string[]): Edit {
  // `\ No newline at end of file` speaks of the line before it, on that line's side.
  const side = (sign: '-' | '+'): string => {
    let text = '';
    for (const [index, line] of lines.entries())
      if (line.startsWith(sign) || line.startsWith(' '))
        text += `${line.slice(1)}${lines[index + 1]?.startsWith('\\') === true ? '' : '\n'}`;
    return text;
  };
  return { old_str: side('-'), new_str: side('+') };
}

/** True when each edit is found once in what the former ones left, and all of them together make `after`. */
function isUnique(before: string, after: string, edits: readonly Edit[]): boolean {
  let text = before;
  for (const { old_str: old, new_str: wanted } of edits) {
    const at = text.indexOf(old);
    if (old === '' || at === -1 || text.includes(old, at + 1)) return false;
    text = text.slice(0, at) + wanted + text.slice(at + old.length);
  }
  return text === after;
}

function differencesOf(name: string): Difference[] {
  const [old, fresh] = [packageFiles(name, 'a'), packageFiles(name, 'b')];
  const text = (content: Buffer | undefined): string | null => {
    if (content === undefined) return null;
    if (!Buffer.from(content.toString('utf8')).equals(content)) throw new Error('no text');
    return content.toString('utf8');
  };
  return [...new Set([...Object.keys(old), ...Object.keys(fresh)])]
    .filter((path) => old[path] === undefined || fresh[path]?.equals(old[path]) !== true)
    .map((path) => ({ path, before: text(old[path]), after: text(fresh[path]) }));
}

function packageFiles(name: string, version: 'a' | 'b'): Record<string, Buffer> {
  const folder = folderOf(name, version);
  return Object.fromEntries(filesBelow(folder).map((file) => [`${name}/${file}`, readFileSync(join(folder, file))]));
}

const MODULES = join(import.meta.dirname, '..', '..', 'node_modules');
const folderOf = (name: string, version: 'a' | 'b'): string => join(MODULES, `${name}-${version}`);

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((path) => !path.split('/').includes('node_modules') && lstatSync(join(folder, path)).isFile());
}
