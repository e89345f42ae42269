import type { Language } from '../languages.ts';
import type { PatchLine } from '../patch.ts';
import { CONVENTIONS } from './conventions.ts';

/** A line of code, not a comment. */
export type Code = Readonly<{
  line: PatchLine;
  code: string;
  /** Name of the test that it declares. */
  test: string | null;
  /** Number of the run of changed lines that it belongs to or stands after. */
  block: number;
}>;

/** One assertion of a test, read from its text. */
export type Assertion = Readonly<{
  /** The whole of it, on one line. */
  text: string;
  /** What is looked at, without white space: `sum(1,2)`. */
  subject: string;
  /** What it is held against; empty where nothing is. */
  expected: string;
  /** How much it says: 0 nothing, 1 that something is there, 2 something about it, 3 what it is. */
  strength: 0 | 1 | 2 | 3;
  /** As it stands in the patch, with a condition above it. */
  lines: readonly Code[];
  /** Whether the patch touches it. */
  changed: boolean;
}>;

/** An assertion over more lines than this is read as far as these go. */
const MAX_LINES = 25;

/** @param number of a line on the side that is read, so that nothing is joined over a gap of the patch */
export function assertionsIn(lines: readonly Code[], language: Language, number: (code: Code) => number): Assertion[] {
  const { assertion } = CONVENTIONS[language];
  const found: Assertion[] = [];
  for (let index = 0; index < lines.length; index++) {
    const at = lines[index];
    if (at === undefined || !assertion.test(at.code)) continue;
    const own = statement(lines, index, number);
    const before = language === 'go' && /^[tb]\.\w+\(/.test(at.code) ? lines[index - 1] : undefined;
    const condition = before !== undefined && /^(?:\} else )?if\b/.test(before.code) ? before : undefined;
    const text = own.map(({ code }) => code).join(' ');
    const all = condition === undefined ? own : [condition, ...own];
    const changed = all.some(({ line }) => line.kind !== 'context');
    const meaning = condition === undefined ? meaningOf(text, language) : ofCondition(condition.code);
    // `with pytest.raises(…):` is about what stands in it.
    const block = language === 'python' && /^(?:async )?with\b.*:$/.test(text) ? bare(lines[index + own.length]?.code ?? '') : '';
    found.push({
      text: condition === undefined ? text : `${condition.code} ${text}`,
      lines: all,
      changed,
      ...meaning,
      subject: meaning.subject + block,
    });
    index += own.length - 1;
  }
  return found;
}

/** The lines from an assertion's first to where its brackets close, and what is chained to it. */
function statement(lines: readonly Code[], start: number, number: (code: Code) => number): Code[] {
  const own: Code[] = [];
  let open = 0;
  for (const one of lines.slice(start, start + MAX_LINES)) {
    const last = own.at(-1);
    if (last !== undefined && (number(one) - number(last) > 3 || (open <= 0 && !/^\??\./.test(one.code)))) break;
    own.push(one);
    const bare = one.code.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`/g, '');
    // A block that opens with the line, as of a test or of `with`, is not the assertion's.
    const brackets = bare.replace(/(?:=>\s*|\)\s*)\{$/, '').match(/[([{)\]}]/g) ?? [];
    open += brackets.reduce((sum, bracket) => sum + ('([{'.includes(bracket) ? 1 : -1), 0);
  }
  return own;
}

type Meaning = Pick<Assertion, 'subject' | 'expected' | 'strength'>;

function meaningOf(text: string, language: Language): Meaning {
  const meaning = language === 'python' ? ofPython(text) : undefined;
  const found = meaning ?? ofExpect(text) ?? ofCall(text, language) ?? { subject: bare(text), expected: '', strength: strengthOf(text) };
  const { vague } = CONVENTIONS[language];
  const told = language === 'javascript' || language === 'python' || language === 'go' || !vague.test(text);
  const says = isNothing(found.subject) || (found.expected !== '' && found.subject === found.expected);
  return { ...found, strength: says ? 0 : told ? found.strength : 1 };
}

const bare = (text: string): string =>
  text
    .replace(/\s+/g, '')
    .replace(/^await/, '')
    .replace(/;$/, '');
const isNothing = (subject: string): boolean => /^(?:true|True|1|)$/.test(subject);

const COMPARISON = /\s(===?|!==?|<=?|>=?|not in|in|is not|is)\s/;

/** A comparison, also one that is only asked to be true. */
function ofComparison(expression: string): Meaning | undefined {
  const match = COMPARISON.exec(withoutNested(expression));
  if (match === null) return undefined;
  const [left, right] = [bare(expression.slice(0, match.index)), bare(expression.slice(match.index + match[0].length))];
  const operator = match[1] ?? '';
  if (/^(?:None|null|undefined|nil)$/.test(right))
    return { subject: left, expected: right, strength: /^(?:is|={2,3})$/.test(operator) ? 3 : 1 };
  return { subject: left, expected: right, strength: /^(?:is|={2,3})$/.test(operator) ? 3 : 2 };
}

/** `if got != want {`: what fails when it holds. */
function ofCondition(line: string): Meaning {
  const condition = line.replace(/^(?:\} else )?if\s+/, '').replace(/\s*\{$/, '');
  const expression = condition.split(';').at(-1)?.trim() ?? condition;
  const [, name = '', value = ''] = /^(\w+) := (.*);/.exec(condition) ?? [];
  const compared = ofComparison(expression);
  const found = compared?.subject === name ? { ...compared, subject: bare(value) } : compared;
  const subject = bare(condition);
  if (found === undefined) return { subject, expected: '', strength: /Equal|Diff/.test(condition) ? 3 : 1 };
  if (found.expected === 'nil') return { ...found, strength: /!=/.test(expression) ? 2 : 1 };
  return { ...found, strength: /!=/.test(expression) ? 3 : 2 };
}

/** `expect(x).not.toBe(y)`, `expect(x).to.equal(y)`, `Expect(x).To(Equal(y))`, `x.should.equal(y)`. */
function ofExpect(text: string): Meaning | undefined {
  const call = /\b[eE]xpect(?:TypeOf|\.\w+)?\s*\(/.exec(text);
  const should = call === null ? /^(.*?)\.should\b/.exec(text) : null;
  if (call === null && should === null) return undefined;
  const from = call === null ? (should?.[0].length ?? 0) : closing(text, call.index + call[0].length) + 1;
  const inside = call === null ? (should?.[1] ?? '') : text.slice(call.index + call[0].length, from - 1);
  const rest = text.slice(from);
  const expected = bare(/\((.*)\)/s.exec(rest)?.[1] ?? '');
  const strength = strengthOf(rest);
  const compared = /\.(?:toBe|toEqual)\(true\)|toBeTruthy|\.be\.true/.test(rest) ? ofComparison(inside) : undefined;
  return compared ?? { subject: bare(inside), expected, strength };
}

/** `assert.equal(x, y)`, `t.is(x, y)`, `self.assertEqual(x, y)`, `assert.Equal(t, y, x)`, `assert_eq!(x, y)`. */
function ofCall(text: string, language: Language): Meaning | undefined {
  const call = /(?:\b[\w$]+\.)*\b([\w$]+)!?\s*\(/.exec(text);
  if (call === null) return undefined;
  const from = call.index + call[0].length;
  const all = separated(text.slice(from, closing(text, from)));
  const name = call[1] ?? '';
  const [first = '', second = ''] = language === 'go' ? goOrder(all) : all;
  const told = strengthOf(`.${name}(${second === '' ? '' : '…'}`);
  const strength = /^(?:assert|ok|true|truthy|assertTrue|True)$/.test(name) ? 1 : told;
  const compared = strength === 1 ? ofComparison(first) : undefined;
  return compared ?? { subject: bare(first), expected: bare(second), strength };
}

/** testify has the test first and what is expected before what is there. */
function goOrder(all: readonly string[]): readonly string[] {
  const own = all.filter((one, index) => index > 0 || !/^[tb]$/.test(one.trim()));
  return own.length > 1 ? [own[1] ?? '', own[0] ?? ''] : own;
}

function ofPython(text: string): Meaning | undefined {
  const plain = /^assert\s+(.*)$/.exec(text) ?? /^assert(\(.*)$/.exec(text);
  if (plain) {
    const first = (separated(plain[1] ?? '')[0] ?? '').trim();
    const expression = first.startsWith('(') && closing(first, 1) === first.length - 1 ? first.slice(1, -1).trim() : first;
    return ofComparison(expression) ?? { subject: bare(expression.replace(/^not\s+/, '')), expected: '', strength: 1 };
  }
  const raises = /\bpytest\.(?:raises|warns)\((.*)\)|\bself\.assert(?:Raises|Warns)\w*\((.*)\)/.exec(text);
  if (raises) {
    const all = separated(raises[1] ?? raises[2] ?? '');
    const any = /^(?:Base)?Exception$/.test(all[0]?.trim() ?? '');
    return { subject: 'raises', expected: bare(all.join(',')), strength: all.length > 1 ? 3 : any ? 1 : 2 };
  }
  const mock = /^([\w.[\]]+)\.assert_(\w+)\((.*)\)/.exec(text);
  if (mock)
    return {
      subject: bare(mock[1] ?? ''),
      expected: bare(mock[3] ?? ''),
      strength: /with|not_called|has_calls/.test(mock[2] ?? '') ? 3 : 1,
    };
  return undefined;
}

const VAGUE =
  /\.(?:toBeDefined|toBeTruthy|toBeFalsy|not\.toBeNull|not\.toBeUndefined|not\.toThrow|toHaveBeenCalled|toBeCalled|toReturn|toBeInstanceOf|toBeNaN)\(|\.(?:exist|ok|undefined|instanceOf|called)\b|\.(?:assertIsNotNone|assertIsInstance|assertFalse|NotNil|NotEmpty|NotPanics|exists|isDefined|isNotNull|pass|falsy|false|False|assertNotNull)\(|BeNil|BeTrue|NotTo\(/;
const PARTIAL =
  /\.(?:toContain\w*|toMatch|toMatchObject|toBeGreater\w+|toBeLess\w+|toBeCloseTo|toHaveProperty|toHaveLength|toSatisfy)\(|(?:object|array|string)(?:Containing|Matching)\(|expect\.any(?:thing)?\(|\.(?:toThrow\w*|rejects|throws\w*|match|like|include\w*|regex|lengthOf|least|most|above|below)\(|\.(?:assertIn|assertRegex|assertGreater\w*|assertLess\w*|assertAlmostEqual|Contains|Regexp|Len|Greater\w*|Less\w*|InDelta|NoError|ElementsMatch)\(|\.not\.|not_?[eE]qual|NotEqual/;

function strengthOf(matcher: string): Assertion['strength'] {
  if (/\.(?:toThrow\w*|rejects|throws\w*)\((?!\s*\))/.test(matcher)) return 3;
  if (VAGUE.test(matcher)) return 1;
  return PARTIAL.test(matcher) ? 2 : 3;
}

/** The place of the bracket that closes what is open at `from`; the end where none does. */
function closing(text: string, from: number): number {
  let open = 1;
  const plain = masked(text);
  for (let at = from; at < plain.length; at++) {
    const letter = plain[at] ?? '';
    if ('([{'.includes(letter)) open++;
    else if (')]}'.includes(letter) && --open === 0) return at;
  }
  return text.length;
}

/** Arguments: the parts between commas that stand in no bracket or text. */
function separated(list: string): string[] {
  const parts: string[] = [];
  const plain = withoutNested(list);
  let from = 0;
  for (let at = plain.indexOf(','); at !== -1; at = plain.indexOf(',', at + 1)) {
    parts.push(list.slice(from, at));
    from = at + 1;
  }
  return [...parts, list.slice(from)].filter((part) => part.trim() !== '');
}

/** The same length, with blanks for letters within texts. */
const masked = (text: string): string =>
  text.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`/g, (found) => '_'.repeat(found.length));

/** The same length, with underlines for what stands in brackets. */
function withoutNested(text: string): string {
  let open = 0;
  return [...masked(text)]
    .map((letter) => {
      if (')]}'.includes(letter)) open--;
      const shown = open > 0 ? '_' : letter;
      if ('([{'.includes(letter)) open++;
      return shown;
    })
    .join('');
}
