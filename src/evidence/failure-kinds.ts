/** Why a test run is red, as far as its output tells; a run can fail in several ways. */
export type FailureKinds = Readonly<{
  /** A test ran and said that the result is not the expected one. */
  assertion: boolean;
  /** What the tests use is not there: a module, a symbol, a method; the code does not compile against them. */
  missing: boolean;
  /** Names of exceptions and panics other than these two, e.g. `ValueError`, `panic`. */
  exceptions: readonly string[];
}>;

const ASSERTION =
  /\bAssertionError\b|\bAssertionFailedError\b|\bERR_ASSERTION\b|\bexpect\(.*\)\.|^E\s+assert\b|assertion (?:`.*` )?failed|\bassertion failed:|\bexpected\b[^\n]{0,200}\b(?:but|got|received|was|actual|to (?:be|equal|have|include|match))\b|\bExpected:|^\s*(?:Error:? )?Not equal|\bFailed asserting that\b|\bgot\b[^\n]{0,120}\bwant\b|\bwant\b[^\n]{0,120}\bgot\b|Expectation(?:NotMet|Failed)|\bDID NOT RAISE\b|ComparisonFailure|Assert\.\w+\(\) Failure|\(left (?:==|!=) right\)|^\s+Error Trace:|^\s+\w+_test\.go:\d+: /im;

const MISSING =
  /Cannot find module|ERR_MODULE_NOT_FOUND|MODULE_NOT_FOUND|does not provide an export named|\bis not a function\b|\bis not a constructor\b|\bis not defined\b|Failed to (?:load url|resolve import)|No "[\w$]+" export|TS2305|TS2307|TS2339|TS2304|Property '\w+' does not exist|\bModuleNotFoundError\b|\bImportError\b|has no attribute|\bNameError\b|unexpected keyword argument|takes \d+ positional argument|\bundefined: \w|\bundefined \(type .* has no field or method|no required module provides package|is not in std|cannot find (?:function|type|value|struct|macro|module|crate|symbol|trait|method|attribute)|unresolved import|no (?:method|function|field|variant)[^\n]*(?:named|found)|error\[E0(?:425|432|433|412|599|609|061|560)\]|cannot find symbol|package [\w.]+ does not exist|Unresolved reference|\bNoMethodError\b|uninitialized constant|undefined (?:method|local variable)|cannot load such file|Call to undefined|Class "[^"]+" not found|\bCS(?:0103|0117|0234|0246|1061)\b|not enough arguments in call|too many arguments in call|unknown field/m;

/** Classifies the output of a red run. Names of tests can hold such words, so this is a judgement of last resort after the failing names. */
export function failureKinds(output: string): FailureKinds {
  const thrown = [...output.matchAll(/\b((?:[A-Z]\w*(?:\.|::))*[A-Z]\w*(?:Error|Exception|Fault|Panic))\b/g)].map(
    (match) => (match[1] ?? '').split(/\.|::/).at(-1) ?? '',
  );
  const ignored =
    /^(?:AssertionError|AssertionFailedError|ModuleNotFoundError|ImportError|NameError|NoMethodError|TestFailedError|MojoFailureException|ComparisonError)$/;
  const panic = /^panic: |thread '.*' \(?.*panicked at/m.test(output) && !/assertion/.test(output) ? ['panic'] : [];
  return {
    assertion: ASSERTION.test(output),
    missing: MISSING.test(output),
    exceptions: [...new Set([...thrown.filter((name) => !ignored.test(name)), ...panic])],
  };
}
