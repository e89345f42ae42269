import picomatch from 'picomatch';
import { list } from './gate.ts';
import type { GateResult } from './gate.ts';
import { isTestFile, isTestSupport } from './languages.ts';
import { parsePatch } from './patch.ts';
import type { PatchedFile } from './patch.ts';

/** More changed lines than this are worth a word; lock files and generated files are not counted. */
const MANY_LINES = 600;
const MANY_FILES = 25;

/** One deterministic sign that a change does more than was asked. */
export type ScopeSign = Readonly<{
  kind: 'outside_plan' | 'white_space' | 'mode' | 'line_endings' | 'final_newline' | 'lock_file' | 'size';
  path: string;
  text: string;
}>;

/**
 * Scope: files outside the plan, white-space churn, mode and line-ending changes, lock-file drift, size. It never refuses: the reviewer and
 * the maintainer see it beside the hunks that serve no requirement.
 *
 * @param filesExpected paths, folders or globs of the plan; `undefined` when none was stated
 */
export function scopeGate(input: { patch: string; filesExpected?: readonly string[] | undefined }): GateResult {
  const signs = scopeSigns(input.patch, input.filesExpected);
  if (signs.length === 0) return { gate: 'scope', outcome: 'passed', detail: 'Nothing outside the plan, and no churn.' };
  return { gate: 'scope', outcome: 'noted', detail: list(signs.map((sign) => sign.text)) };
}

export function scopeSigns(patch: string, filesExpected?: readonly string[]): ScopeSign[] {
  const files = parsePatch(patch);
  return [...outsidePlan(files, filesExpected), ...files.flatMap((file) => churn(file)), ...lockDrift(files), ...size(files)];
}

/** Tests and their fixtures belong to any plan; a plan that names no file says nothing. */
function outsidePlan(files: readonly PatchedFile[], expected: readonly string[] = []): ScopeSign[] {
  if (expected.length === 0) return [];
  const matchers = expected
    .map((entry) => entry.replace(/^\.\//, '').replace(/\/+$/, ''))
    .map((entry) => ({ entry, matches: picomatch(entry, { dot: true }) }));
  const planned = (path: string): boolean =>
    matchers.some(({ entry, matches }) => path === entry || path.startsWith(`${entry}/`) || matches(path));
  return files
    .filter((file) => !planned(file.path) && !planned(file.oldPath) && !isTestFile(file.path) && !isTestSupport(file.path))
    .map((file) => ({ kind: 'outside_plan', path: file.path, text: `${file.path}: not among the files that the plan expects` }));
}

function churn(file: PatchedFile): ScopeSign[] {
  const signs: ScopeSign[] = [];
  const sign = (kind: ScopeSign['kind'], text: string): void => void signs.push({ kind, path: file.path, text: `${file.path}: ${text}` });
  if (file.oldMode !== undefined && file.newMode !== undefined && file.oldMode !== file.newMode)
    sign('mode', `mode ${file.oldMode} became ${file.newMode}`);
  const gone = file.lines.filter((line) => line.kind === 'removed').map((line) => line.text);
  const fresh = file.lines.filter((line) => line.kind === 'added').map((line) => line.text);
  const endings = matched(gone, fresh, (text) => text.replace(/\r$/, '')).length;
  if (endings > 0)
    sign(
      'line_endings',
      `${String(endings)} line${endings === 1 ? '' : 's'} changed only in line ending (${fresh.some((text) => text.endsWith('\r')) ? 'LF to CRLF' : 'CRLF to LF'})`,
    );
  else {
    const spaces = matched(gone, fresh, (text) => text.replace(/\s+/g, ''));
    const alone = spaces.length > 0 && fresh.length === spaces.length && gone.length === spaces.length;
    if (alone || isReformatted(spaces) || matched(gone, fresh, (text) => text.trimEnd()).length > 0)
      sign('white_space', `${String(spaces.length)} line${spaces.length === 1 ? '' : 's'} changed only in white space`);
  }
  if (file.status === 'modified' && file.oldLacksFinalNewline !== file.newLacksFinalNewline)
    sign('final_newline', file.newLacksFinalNewline ? 'final newline taken away' : 'final newline added');
  return signs;
}

type Twin = readonly [before: string, after: string];

/** Lines on both sides that become equal, but are not, when normalised; blank ones left out. */
function matched(gone: readonly string[], fresh: readonly string[], normalise: (text: string) => string): Twin[] {
  const left = new Map<string, string[]>();
  for (const text of gone) if (text.trim() !== '') left.set(normalise(text), [...(left.get(normalise(text)) ?? []), text]);
  return fresh.flatMap((text) => {
    const old = left.get(normalise(text))?.shift();
    return old === undefined || old === text ? [] : [[old, text] as const];
  });
}

/** Lines reformatted within themselves by the number, beside a change of substance. */
const MANY_REFORMATTED = 3;

/**
 * A new level of nesting re-indents what it encloses, all of it by the same: that is part of a change. Another width of indentation moves deeper
 * lines further, and a formatter also changes what stands between the words.
 */
function isReformatted(twins: readonly Twin[]): boolean {
  const inner = twins.filter(([before, after]) => before.trim() !== after.trim());
  const width = (text: string): number => text.search(/\S/);
  const shifts = new Map<number, number>();
  for (const [before, after] of twins)
    if (before.trim() === after.trim() && width(before) > 0) shifts.set(width(before), width(after) / width(before));
  const factors = [...shifts.values()];
  return inner.length >= MANY_REFORMATTED || (shifts.size > 1 && factors.every((factor) => factor !== 1 && factor === factors[0]));
}

/** Lock files and the manifests that they follow. */
const LOCKS: readonly (readonly [RegExp, RegExp])[] = [
  [
    /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?)$/,
    /(?:^|\/)(?:package\.json|pnpm-workspace\.yaml)$/,
  ],
  [/(?:^|\/)(?:poetry\.lock|uv\.lock|pdm\.lock|Pipfile\.lock)$/, /(?:^|\/)(?:pyproject\.toml|Pipfile)$/],
  [/(?:^|\/)Cargo\.lock$/, /(?:^|\/)Cargo\.toml$/],
  [/(?:^|\/)go\.sum$/, /(?:^|\/)go\.mod$/],
  [/(?:^|\/)Gemfile\.lock$/, /(?:^|\/)(?:Gemfile|[^/]+\.gemspec)$/],
  [/(?:^|\/)composer\.lock$/, /(?:^|\/)composer\.json$/],
];

function lockDrift(files: readonly PatchedFile[]): ScopeSign[] {
  return LOCKS.flatMap(([lock, manifest]) => {
    const locks = files.filter((file) => lock.test(file.path));
    if (locks.length === 0 || files.some((file) => manifest.test(file.path))) return [];
    return locks.map((file): ScopeSign => ({
      kind: 'lock_file',
      path: file.path,
      text: `${file.path}: changed, though its manifest did not`,
    }));
  });
}

function size(files: readonly PatchedFile[]): ScopeSign[] {
  const counted = files.filter(
    (file) =>
      !LOCKS.some(([lock]) => lock.test(file.path)) && !/\.(?:snap|min\.js|map)$|(?:^|\/)(?:dist|vendor|generated)\//.test(file.path),
  );
  const lines = counted.reduce((total, file) => total + file.lines.filter((line) => line.kind !== 'context').length, 0);
  if (lines <= MANY_LINES && counted.length <= MANY_FILES) return [];
  return [{ kind: 'size', path: '', text: `large: ${String(lines)} changed lines in ${String(counted.length)} files` }];
}
