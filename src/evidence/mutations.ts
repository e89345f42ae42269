import type { Language } from './languages.ts';

/** A source text with one operator changed. `line` counts from 1. */
export type Mutation = Readonly<{ line: number; description: string; source: string }>;

type Rule = readonly [RegExp, string | ((found: string) => string)];

/** Each is small enough to compile and large enough to be seen by a test that asserts anything about the line. */
const COMMON: readonly Rule[] = [
  [/(?<=\s)<=(?=\s)/, '>'],
  [/(?<=\s)>=(?=\s)/, '<'],
  [/(?<=\s)<(?=\s)/, '>='],
  [/(?<=\s)>(?=\s)/, '<='],
  [/(?<=\s)\+(?=\s)/, '-'],
  [/(?<=\s)-(?=\s)/, '+'],
  [/(?<=\s)\*(?=\s)/, '+'],
  [/(?<=\s)\/(?=\s)/, '*'],
  [/(?<=\s)%(?=\s)/, '+'],
];

const BRACES: readonly Rule[] = [
  [/(?<=\s)!==(?=\s)/, '==='],
  [/(?<=\s)===(?=\s)/, '!=='],
  [/(?<=\s)!=(?=\s)/, '=='],
  [/(?<=\s)==(?=\s)/, '!='],
  [/(?<=\s)&&(?=\s)/, '||'],
  [/(?<=\s)\|\|(?=\s)/, '&&'],
  ...COMMON,
  [/\btrue\b/, 'false'],
  [/\bfalse\b/, 'true'],
];

const PYTHON: readonly Rule[] = [
  [/(?<=\s)!=(?=\s)/, '=='],
  [/(?<=\s)==(?=\s)/, '!='],
  [/\bis not\b/, 'is'],
  [/\bnot in\b/, 'in'],
  [/(?<=\s)and(?=\s)/, 'or'],
  [/(?<=\s)or(?=\s)/, 'and'],
  ...COMMON,
  [/\bTrue\b/, 'False'],
  [/\bFalse\b/, 'True'],
];

const BY_LANGUAGE: Readonly<Record<Language, readonly Rule[]>> = {
  javascript: [...BRACES, [/\?\?(?=\s)/, '&&'], [/\.(?:every|some)\(/, (found) => (found === '.every(' ? '.some(' : '.every(')]],
  python: PYTHON,
  go: BRACES,
  rust: BRACES,
  java: BRACES,
  ruby: BRACES,
  php: BRACES,
  csharp: BRACES,
  other: [],
};

/**
 * Small mutations of a source text: one operator or truth value each, never inside a string or comment, spread over the file. What cannot
 * be told from a type (`a < b` in generics) is kept apart by asking for spaces around operators, as formatters write them.
 *
 * @param lines line numbers to prefer, e.g. those that the tests are about
 * @param limit the most mutations to give
 */
export function mutations(source: string, language: Language, options: { lines?: readonly number[]; limit?: number } = {}): Mutation[] {
  const rules = BY_LANGUAGE[language];
  const texts = source.split('\n');
  const masked = mask(source, language).split('\n');
  const found: Mutation[] = [];
  for (const [index, code] of masked.entries()) {
    if (/^\s*(?:import|from|package|use|using|export \*|require|#include|@|type |interface )/.test(code)) continue;
    for (const [pattern, replacement] of rules) {
      const match = pattern.exec(code);
      if (!match) continue;
      const text = texts[index] ?? '';
      const value = typeof replacement === 'string' ? replacement : replacement(match[0]);
      const changed = text.slice(0, match.index) + value + text.slice(match.index + match[0].length);
      found.push({
        line: index + 1,
        description: `line ${String(index + 1)}: \`${match[0].trim()}\` became \`${value}\``,
        source: [...texts.slice(0, index), changed, ...texts.slice(index + 1)].join('\n'),
      });
      // One a line: the second tells little more.
      break;
    }
    const returned = /^(\s*return )(?!$|\s|null|undefined|None|nil|;)(.+?)(;?)\s*$/.exec(code);
    if (returned && found.at(-1)?.line !== index + 1 && (language === 'javascript' || language === 'python')) {
      const empty = language === 'python' ? 'None' : 'undefined';
      const text = `${returned[1] ?? ''}${empty}${returned[3] ?? ''}`;
      found.push({
        line: index + 1,
        description: `line ${String(index + 1)}: returned \`${empty}\``,
        source: [...texts.slice(0, index), text, ...texts.slice(index + 1)].join('\n'),
      });
    }
  }
  return spread(found, options.lines ?? [], options.limit ?? 8);
}

/** The preferred lines first, then evenly over the rest. */
function spread(found: readonly Mutation[], lines: readonly number[], limit: number): Mutation[] {
  const wanted = found.filter((one) => lines.includes(one.line));
  const rest = found.filter((one) => !lines.includes(one.line));
  const room = Math.max(0, limit - wanted.length);
  const step = Math.max(1, rest.length / Math.max(1, room));
  const chosen = Array.from({ length: Math.min(room, rest.length) }, (_, index) => rest[Math.floor(index * step)]).filter(
    (one) => one !== undefined,
  );
  return [...wanted.slice(0, limit), ...chosen];
}

/** The source with strings and comments blanked out, at the same positions. */
function mask(source: string, language: Language): string {
  const hash = language === 'python' || language === 'ruby' || language === 'php';
  const pattern =
    language === 'python'
      ? /("""|''')[\s\S]*?\1|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#[^\n]*/g
      : hash
        ? /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\/\*[\s\S]*?\*\/|#[^\n]*|\/\/[^\n]*/g
        : /`(?:[^`\\]|\\[\s\S])*`|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;
  return source.replace(pattern, (text) => text.replace(/[^\n]/g, '\0'));
}
