import { isTestFile, languageOf } from '../languages.ts';
import type { PatchedFile, PatchLine } from '../patch.ts';
import type { Weakening } from './weakening.ts';
import { CONVENTIONS } from './conventions.ts';
import type { Assertion } from './assertions.ts';
import { lostAssertions } from './lost-assertions.ts';
import { paired, type Pair } from './pairs.ts';
import type { Code } from './assertions.ts';
import { codeOf, unitsOf, type Unit } from './reading.ts';

/** Weakenings in test files and snapshots, read from the lines of the patch alone. */
export function weakenedSources(file: PatchedFile, all: readonly PatchedFile[]): Weakening[] {
  if (isSnapshot(file.path)) return changedSnapshot(file);
  if (!holdsTests(file)) return [];
  const others = all.filter((other) => other !== file && holdsTests(other)).flatMap((other) => unitsOf(other, 'new').filter(isNew));
  const fresh = unitsOf(file, 'new');
  const pairs = paired(unitsOf(file, 'old'), fresh, others);
  const moved = new Set(
    [...fresh, ...others].flatMap((unit) => unit.assertions.filter(({ changed }) => changed).map(({ text }) => withoutSpace(text))),
  );
  const deleted = pairs.filter((pair) => isDeleted(pair, moved)).map(({ before }) => before);
  if (file.status === 'deleted' || (file.status === 'renamed' && !isTestFile(file.path))) return deletedFile(file, deleted);
  return [
    ...deleted.flatMap(({ declaration, test }) =>
      declaration ? [item(file, 'deleted_test', declaration, `deleted test "${test ?? ''}"`)] : [],
    ),
    ...skippedTests(file, codeOf(file)),
    ...fewerAssertions(file, pairs, moved),
    ...inlineSnapshots(file),
  ];
}

function holdsTests(file: PatchedFile): boolean {
  const inline = languageOf(file.path) === 'rust' && file.lines.some((line) => /#\[(?:tokio::)?test\]|#\[cfg\(test\)\]/.test(line.text));
  return isTestFile(file.oldPath) || isTestFile(file.path) || inline;
}

const isNew = ({ declaration }: Unit): boolean => declaration?.kind === 'added';
const withoutSpace = (text: string): string => text.replace(/\s+/g, '').replace(/;$/, '');

/** A test that is gone, under any name, and whose assertions do not all stand in another. What it grouped is told test by test. */
function isDeleted({ before, after }: Pair, moved: ReadonlySet<string>): boolean {
  if (after !== null || before.test === null || before.group || before.declaration?.kind !== 'removed') return false;
  return before.assertions.length === 0 || !before.assertions.every(({ text, changed }) => !changed || moved.has(withoutSpace(text)));
}

function deletedFile(file: PatchedFile, deleted: readonly Unit[]): Weakening[] {
  const tests = unitsOf(file, 'old').filter(({ test, group }) => test !== null && !group).length;
  // All of its tests are found in other files: it was split or moved.
  if (tests > 0 && deleted.length === 0) return [];
  const many = tests === 0 ? '' : ` with ${String(deleted.length)} test${deleted.length === 1 ? '' : 's'} that stand nowhere else`;
  return [{ path: file.oldPath, kind: 'deleted_test', text: `${file.oldPath}: deleted test file${many}` }];
}

/** Assertions that are gone, told once a file, and such as say less, each. */
function fewerAssertions(file: PatchedFile, pairs: readonly Pair[], moved: ReadonlySet<string>): Weakening[] {
  const added = codeOf(file).filter(({ line }) => line.kind === 'added');
  const lost = pairs.flatMap(({ before, after }) => (after === null ? [] : [lostAssertions(before, after, moved, added)]));
  const gone = lost.flatMap((one) => one.gone);
  const first = gone[0];
  const many = `${String(gone.length)} fewer assertion${gone.length === 1 ? '' : 's'}`;
  const fewer = first ? [item(file, 'fewer_assertions', placeOf(first), `${many}, first of them \`${clip(first.text)}\``)] : [];
  const weaker = lost
    .flatMap((one) => one.weaker)
    .map(({ before, after }) =>
      item(file, 'loosened_assertion', placeOf(after), `vaguer assertion: \`${clip(before.text)}\` became \`${clip(after.text)}\``),
    );
  return [...fewer, ...weaker];
}

function skippedTests(file: PatchedFile, reading: readonly Code[]): Weakening[] {
  const { skip, markerAbove, declaration } = CONVENTIONS[languageOf(file.path)];
  const before = reading.filter((one) => one.line.kind === 'removed');
  const oldNames = new Set(before.map((one) => one.test).filter((one) => one !== null));
  const oldMarkers = before.filter((one) => skip.test(one.code)).map((one) => one.code.replace(/\s+/g, ''));
  return reading.flatMap((one, index) => {
    if (one.line.kind !== 'added' || !skip.test(one.code)) return [];
    const known = oldMarkers.indexOf(one.code.replace(/\s+/g, ''));
    if (known !== -1) {
      oldMarkers.splice(known, 1);
      return [];
    }
    const subject = declaration.test(one.code)
      ? one
      : (markerAbove && one.code.startsWith('@')) || one.code.startsWith('#[') || one.code.startsWith('[')
        ? nextTest(reading, index)
        : lastTest(reading, index);
    // A new test that is skipped takes nothing away.
    if (subject && subject.line.kind === 'added' && subject.test !== null && !oldNames.has(subject.test)) return [];
    const whose = subject?.test ? ` "${subject.test}"` : '';
    return [item(file, 'skipped_test', one.line, `skipped test${whose}: \`${clip(one.code)}\``)];
  });
}

function nextTest(reading: readonly Code[], index: number): Code | undefined {
  return reading.slice(index + 1, index + 12).find((one) => one.line.kind !== 'removed' && one.test !== null);
}

function lastTest(reading: readonly Code[], index: number): Code | undefined {
  return reading.slice(0, index).findLast((one) => one.line.kind !== 'removed' && one.test !== null);
}

/** The first line of an assertion that the patch touches. */
function placeOf({ lines }: Assertion): PatchLine {
  const touched = lines.find(({ line }) => line.kind !== 'context') ?? lines[0];
  if (touched === undefined) throw new Error('An assertion without a line');
  return touched.line;
}

function isSnapshot(path: string): boolean {
  return /\.(?:snap|ambr|golden|approved\.\w+|verified\.\w+)$|(?:^|\/)__snapshots__\//.test(path);
}

/** New entries are new tests; changed and removed ones accept another result than before. */
function changedSnapshot(file: PatchedFile): Weakening[] {
  if (file.status === 'added') return [];
  const gone = file.lines.filter((line) => line.kind === 'removed' && line.text.trim() !== '').length;
  if (file.status === 'deleted') return [{ path: file.oldPath, kind: 'changed_snapshot', text: `${file.oldPath}: deleted snapshot` }];
  if (gone === 0 && !file.binary) return [];
  return [
    {
      path: file.path,
      kind: 'changed_snapshot',
      text: `${file.path}: changed snapshot (${file.binary ? 'binary' : `${String(gone)} recorded lines replaced`})`,
    },
  ];
}

function inlineSnapshots(file: PatchedFile): Weakening[] {
  const changed = file.lines.find(
    (line, index) =>
      line.kind === 'removed' &&
      /toMatchInlineSnapshot\(\s*[`'"]|^\s*inline_snapshot\(|=\s*snapshot\(/.test(line.text) &&
      file.lines.slice(index, index + 40).some((other) => other.kind === 'added'),
  );
  return changed ? [item(file, 'changed_snapshot', changed, 'changed inline snapshot')] : [];
}

function item(file: PatchedFile, kind: Weakening['kind'], line: PatchLine, text: string): Weakening {
  const number = line.kind === 'removed' ? `${String(line.oldLine)} before` : String(line.newLine);
  return { path: file.path, kind, text: `${file.path} (line ${number}): ${text}` };
}

function clip(text: string): string {
  return text.length > 90 ? `${text.slice(0, 89)}…` : text;
}
