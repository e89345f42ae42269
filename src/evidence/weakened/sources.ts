import { isTestFile, languageOf } from '../languages.ts';
import type { PatchedFile, PatchLine } from '../patch.ts';
import type { Weakening } from '../weakened-tests-gate.ts';
import { CONVENTIONS, isComment } from './conventions.ts';

/** Weakenings in test files and snapshots, read from the lines of the patch alone. */
export function weakenedSources(file: PatchedFile, all: readonly PatchedFile[]): Weakening[] {
  if (isSnapshot(file.path)) return changedSnapshot(file);
  const inlineTests =
    languageOf(file.path) === 'rust' && file.lines.some((line) => /#\[(?:tokio::)?test\]|#\[cfg\(test\)\]/.test(line.text));
  if (!isTestFile(file.oldPath) && !isTestFile(file.path) && !inlineTests) return [];
  const reading = readLines(file);
  const elsewhere = new Set(all.filter((other) => other !== file).flatMap((other) => namesIn(other, 'added')));
  const deleted = deletedTests(file, reading, elsewhere);
  if (file.status === 'deleted' || (file.status === 'renamed' && !isTestFile(file.path))) return deletedFile(file, reading, deleted);
  const fewer = deleted.length === 0 ? fewerAssertions(file, reading, all) : [];
  return [...deleted, ...skippedTests(file, reading), ...fewer, ...loosenedAssertions(file, reading), ...inlineSnapshots(file)];
}

/** Lines of code, without comments, each with the name of the test that it declares. */
type Code = { line: PatchLine; code: string; test: string | null };

function readLines(file: PatchedFile): Code[] {
  const language = languageOf(file.path);
  const { declaration } = CONVENTIONS[language];
  return file.lines
    .map((line) => ({ line, code: line.text.trim() }))
    .filter(({ code }) => code !== '' && !isComment(code, language))
    .map(({ line, code }, index, lines) => {
      const match = declaration.exec(code);
      // A Rust or C# function is a test only by the attribute above it.
      const above = lines[index - 1]?.code ?? '';
      const attributed =
        language === 'rust'
          ? /#\[(?:\w+::)*(?:test|rstest|case)\b|#\[(?:ignore|should_panic)/.test(above)
          : language === 'csharp'
            ? /^\[/.test(above)
            : true;
      return { line, code, test: match && attributed ? (match.slice(1).find((one) => one !== undefined) ?? null) : null };
    });
}

function namesIn(file: PatchedFile, kind: PatchLine['kind']): string[] {
  return readLines(file)
    .filter((one) => one.line.kind === kind && one.test !== null)
    .map((one) => one.test ?? '');
}

/** Runs of changed lines without a context line between them: what stands against each other in one. */
function blocks(reading: readonly Code[]): { removed: Code[]; added: Code[] }[] {
  const result: { removed: Code[]; added: Code[] }[] = [];
  let current: { removed: Code[]; added: Code[] } | null = null;
  for (const one of reading) {
    if (one.line.kind === 'context') {
      current = null;
      continue;
    }
    if (current === null) result.push((current = { removed: [], added: [] }));
    current[one.line.kind].push(one);
  }
  return result;
}

/** Declarations that are gone, not moved to another place and not renamed where they stood. */
function deletedTests(file: PatchedFile, reading: readonly Code[], elsewhere: ReadonlySet<string>): Weakening[] {
  const kept = new Set([...reading.filter((one) => one.line.kind === 'added' && one.test !== null).map((one) => one.test), ...elsewhere]);
  return blocks(reading).flatMap(({ removed, added }) => {
    const gone = removed.filter((one) => one.test !== null && !kept.has(one.test));
    const old = new Set(removed.map((one) => one.test));
    const renamed = added.filter((one) => one.test !== null && !old.has(one.test)).length;
    return gone.slice(renamed).map((one) => item(file, 'deleted_test', one.line, `deleted test "${one.test ?? ''}"`));
  });
}

function deletedFile(file: PatchedFile, reading: readonly Code[], deleted: readonly Weakening[]): Weakening[] {
  const tests = reading.filter((one) => one.line.kind === 'removed' && one.test !== null).length;
  // All of its tests are found in other files: it was split or moved.
  if (tests > 0 && deleted.length === 0) return [];
  const many = tests === 0 ? '' : ` with ${String(deleted.length)} test${deleted.length === 1 ? '' : 's'} that stand nowhere else`;
  return [{ path: file.oldPath, kind: 'deleted_test', text: `${file.oldPath}: deleted test file${many}` }];
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

/** Fewer assertions after than before, those aside that moved to another file. A table of cases counts its rows as assertions. */
function fewerAssertions(file: PatchedFile, reading: readonly Code[], all: readonly PatchedFile[]): Weakening[] {
  const { assertion } = CONVENTIONS[languageOf(file.path)];
  const asserts = (kind: 'added' | 'removed'): Code[] => reading.filter((one) => one.line.kind === kind && assertion.test(one.code));
  const moved = new Set(
    all
      .filter((other) => other !== file)
      .flatMap((other) => other.lines.filter((line) => line.kind === 'added').map((line) => line.text.trim())),
  );
  const removed = asserts('removed').filter((one) => !moved.has(one.code));
  const added = asserts('added');
  const rows = reading.filter(
    (one) => one.line.kind === 'added' && /^(?:\[.*\]|\{.*\}|\(.*\)|test\.each.*|case\(.*\)|#\[case.*),?;?$/.test(one.code),
  ).length;
  const lost = removed.length - added.length - rows;
  if (lost <= 0) return [];
  const texts = new Set(added.map((one) => one.code));
  const first = removed.find((one) => !texts.has(one.code)) ?? removed[0];
  if (!first) return [];
  return [
    item(
      file,
      'fewer_assertions',
      first.line,
      `${String(lost)} fewer assertion${lost === 1 ? '' : 's'}, first of them \`${clip(first.code)}\``,
    ),
  ];
}

/** An exact assertion that gave way to one that says little, in the same place. */
function loosenedAssertions(file: PatchedFile, reading: readonly Code[]): Weakening[] {
  const { assertion, vague } = CONVENTIONS[languageOf(file.path)];
  return blocks(reading).flatMap(({ removed, added }) => {
    const exact = removed.filter((one) => assertion.test(one.code) && !vague.test(one.code));
    const stillExact = added.filter((one) => assertion.test(one.code) && !vague.test(one.code));
    const loose = added.filter((one) => assertion.test(one.code) && vague.test(one.code) && !removed.some((old) => old.code === one.code));
    const first = exact[0];
    if (!first || loose.length === 0 || stillExact.length >= exact.length) return [];
    return [
      item(
        file,
        'loosened_assertion',
        loose[0]?.line ?? first.line,
        `vaguer assertion: \`${clip(first.code)}\` became \`${clip(loose[0]?.code ?? '')}\``,
      ),
    ];
  });
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
