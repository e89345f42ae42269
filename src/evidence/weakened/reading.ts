import { languageOf } from '../languages.ts';
import type { PatchedFile, PatchLine } from '../patch.ts';
import { assertionsIn, type Assertion, type Code } from './assertions.ts';
import { CONVENTIONS, isComment } from './conventions.ts';

/** What stands from one declaration of a test to the next, as far as the patch shows it, on one side of the patch. */
export type Unit = Readonly<{
  /** `null` for what a hunk begins with: it belongs to a test whose declaration the patch does not show, or to none. */
  test: string | null;
  /** A group of tests, which checks nothing itself. */
  group: boolean;
  /** Number of the hunk. */
  hunk: number;
  declaration: PatchLine | null;
  lines: readonly Code[];
  assertions: readonly Assertion[];
}>;

export type Side = 'old' | 'new';

export function codeOf(file: PatchedFile): Code[] {
  const language = languageOf(file.path);
  const { declaration } = CONVENTIONS[language];
  let block = 0;
  return file.lines
    .map((line) => ({ line, code: line.text.trim(), block: line.kind === 'context' ? block++ : block }))
    .filter(({ code }) => code !== '' && !isComment(code, language))
    .map(({ line, code, block }, index, lines) => {
      const match = declaration.exec(code);
      // A Rust or C# function is a test only by the attribute above it.
      const above = lines[index - 1]?.code ?? '';
      const attributed =
        language === 'rust'
          ? /#\[(?:\w+::)*(?:test|rstest|case)\b|#\[(?:ignore|should_panic)/.test(above)
          : language === 'csharp'
            ? /^\[/.test(above)
            : true;
      return { line, code, block, test: match && attributed ? (match.slice(1).find((one) => one !== undefined) ?? null) : null };
    });
}

/** One side of a file: the lines as they stood before, or as they stand after, cut into tests. */
export function unitsOf(file: PatchedFile, side: Side): Unit[] {
  const gone = side === 'old' ? 'added' : 'removed';
  const language = languageOf(file.path);
  const number = ({ line }: Code): number => (side === 'old' ? line.oldLine : line.newLine);
  const hunks = hunkNumbers(file);
  const parts: { hunk: number; lines: Code[] }[] = [];
  for (const one of codeOf(file).filter(({ line }) => line.kind !== gone)) {
    const hunk = hunks.get(one.line) ?? 0;
    const current = parts.at(-1);
    if (current === undefined || current.hunk !== hunk || one.test !== null) parts.push({ hunk, lines: [one] });
    else current.lines.push(one);
  }
  return parts.map(({ hunk, lines }) => {
    const first = lines[0];
    const declared = first !== undefined && first.test !== null;
    return {
      test: declared ? first.test : null,
      group: declared && GROUP.test(first.code),
      hunk,
      declaration: declared ? first.line : null,
      lines,
      assertions: assertionsIn(lines, language, number),
    };
  });
}

const GROUP = /^(?:export )?(?:x|f)?(?:describe|context|suite)\b|^class /;

/** Lines follow each other within a hunk; where they do not, another begins. */
function hunkNumbers(file: PatchedFile): Map<PatchLine, number> {
  const numbers = new Map<PatchLine, number>();
  let hunk = 0;
  let [old, fresh] = [0, 0];
  for (const line of file.lines) {
    if (
      (line.kind !== 'added' && line.oldLine !== old + 1 && old > 0) ||
      (line.kind !== 'removed' && line.newLine !== fresh + 1 && fresh > 0)
    )
      hunk++;
    if (line.kind !== 'added') old = line.oldLine;
    if (line.kind !== 'removed') fresh = line.newLine;
    numbers.set(line, hunk);
  }
  return numbers;
}
