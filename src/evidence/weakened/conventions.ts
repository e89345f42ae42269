import type { Language } from '../languages.ts';

/** How a language's test frameworks look, line by line. Patterns are tried on trimmed code without comment lines. */
export type Conventions = Readonly<{
  /** A declaration of a test; the first group that matched is its name. */
  declaration: RegExp;
  /** A marker that keeps a test from running. */
  skip: RegExp;
  assertion: RegExp;
  /** An assertion that says little: truthy, defined, not null. */
  vague: RegExp;
  /** True when a marker stands on a line of its own above the test. */
  markerAbove: boolean;
}>;

const NONE = /(?!)/;

export const CONVENTIONS: Readonly<Record<Language, Conventions>> = {
  javascript: {
    declaration:
      /^(?:(?:export )?(?:await )?(?:t\.)?(?:x|f)?(?:test|it|specify|describe|context|suite)(?:\.(?:only|skip|todo|concurrent|failing|fails|serial|each\([^)]*\)|skipIf\([^)]*\)|runIf\([^)]*\)))*|[\]`]\))\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/,
    skip: /\b(?:test|it|describe|context|suite|specify)(?:\.\w+)*\.(?:skip|todo|fails|failing|skipIf)\b|^(?:xit|xtest|xdescribe|xcontext|xspecify)\(|\{\s*(?:skip|todo):\s*(?:true|['"`])|^(?:this|t|ctx|context)\.skip\(/,
    assertion:
      /\bexpect(?:TypeOf|\.\w+)?\s*\(|\bassert(?:\.\w+)*\s*\(|\bt\.(?:is|deepEqual|true|false|throws\w*|not\w*|like|regex|truthy|falsy|equal|same|ok|match|end|plan|snapshot)\(|\.should(?:\.|\()|\bcy\.\w+.*\.should\(/,
    vague:
      /\.(?:toBeDefined|toBeTruthy|toBeFalsy|not\.toBeNull|not\.toBeUndefined|not\.toThrow|toHaveBeenCalled)\(\)|expect\((?:true|1)\)\.|expect\.any(?:thing)?\(|assert(?:\.ok)?\(\s*true\s*\)|\bt\.(?:pass|truthy)\(|assert\.ok\(/,
    markerAbove: false,
  },
  python: {
    declaration: /^(?:async )?def (test\w*)\(|^class (Test\w*|\w+Tests?(?:Case)?)\b/,
    skip: /^@(?:pytest\.mark\.(?:skip|skipif|xfail)|(?:unittest\.)?(?:skip|skipIf|skipUnless|expectedFailure))\b|\bpytest\.(?:skip|xfail|importorskip)\(|\bself\.skipTest\(|\braise (?:unittest\.)?SkipTest\b|^pytestmark\s*=.*\b(?:skip|skipif|xfail)\b|^collect_ignore/,
    assertion: /^assert\b|\bself\.assert\w+\(|\bself\.fail\(|\bpytest\.(?:raises|warns|approx|fail)\(|\.assert_\w+\(|\bassert_\w+\(/,
    vague: /^assert (?:True|1|[\w.]+|[\w.]+ is not None|isinstance\(.*\))$|\bself\.assert(?:True|IsNotNone|IsInstance)\(/,
    markerAbove: true,
  },
  go: {
    declaration: /^func ((?:Test|Benchmark|Fuzz|Example)\w*)\(|\bt\.Run\(\s*"((?:[^"\\]|\\.)*)"/,
    skip: /\b[tb]\.(?:Skip|Skipf|SkipNow)\(|^\/\/go:build (?:ignore|never)\b|^\/\/ ?\+build ignore/,
    assertion:
      /\b[tb]\.(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow)\(|\b(?:assert|require|is|c|qt|must)\.\w+\(|\bExpect\(|\bcmp\.Diff\(|^\/\/ (?:Unordered o|O)utput:/,
    vague: /\b(?:assert|require)\.(?:NotNil|True|NotEmpty|NotPanics)\(/,
    markerAbove: false,
  },
  rust: {
    declaration: /^(?:pub )?(?:async )?fn (\w+)\(\s*\)/,
    skip: /^#\[ignore\b|^#\[cfg\(any\(\)\)\]/,
    assertion: /\b(?:debug_)?assert(?:_\w+)?!\(|#\[should_panic|\bpanic!\(/,
    vague: /\bassert!\(\s*true|\bassert!\(\w+(?:\.is_(?:ok|some)\(\))?\)/,
    markerAbove: true,
  },
  java: {
    declaration:
      /^(?:(?:public|private|protected|suspend|final|static) )*(?:void|fun) (?:`([^`]+)`|((?:test|should)\w*|\w*(?:Test|Should|When|Returns|Throws)\w*))\s*\(/,
    skip: /^@(?:Disabled\w*|Ignore\w*)\b|\bassume(?:True|False|That)\(\s*false/,
    assertion: /\bassert\w*\s*\(|\bverify\w*\(|\bfail\(|\bexpect\w*\(|\.should\w+/,
    vague: /\bassert(?:NotNull|True)\(|\.isNotNull\(\)/,
    markerAbove: true,
  },
  ruby: {
    declaration: /^(?:x|f)?(?:it|specify|describe|context|test|scenario)\s*\(?\s*(?:'([^']*)'|"([^"]*)")|^def (test_\w+)/,
    skip: /^(?:xit|xdescribe|xcontext|xspecify)\b|^(?:skip|pending)\b|,\s*(?::skip|:pending|skip: |pending: )/,
    assertion: /\bexpect\b|\bassert\w*\b|\brefute\w*\b|\bshould(?:_not)?\b|\bmust_\w+/,
    vague: /\bassert (?:true|\w+)$|\.to be_(?:truthy|present)$|\.not_to be_nil$/,
    markerAbove: false,
  },
  php: {
    declaration: /function (test\w+)\s*\(|^(?:it|test)\(\s*'((?:[^'\\]|\\.)*)'/,
    skip: /markTest(?:Skipped|Incomplete)\(|->skip\(|->todo\(/,
    assertion: /(?:->|::)assert\w+\(|\bexpect\(|->expectException/,
    vague: /assert(?:NotNull|True|NotEmpty)\(/,
    markerAbove: false,
  },
  csharp: {
    declaration: /^public (?:async )?(?:void|Task) (\w+)\s*\(/,
    skip: /\bSkip\s*=|^\[Ignore|^\[Explicit/,
    assertion: /\bAssert\.\w+|\.Should\w*\(|\bVerify\w*\(/,
    vague: /Assert\.(?:NotNull|True|IsNotNull|IsTrue)\(/,
    markerAbove: true,
  },
  other: { declaration: NONE, skip: NONE, assertion: NONE, vague: NONE, markerAbove: false },
};

export function isComment(code: string, language: Language): boolean {
  if (language === 'go' && /^\/\/(?:go:build| \+build| (?:Unordered o|O)utput:)/.test(code)) return false;
  return language === 'python' || language === 'ruby' ? code.startsWith('#') : /^(?:\/\/|\/\*|\*(?:\s|\/|$))/.test(code);
}
