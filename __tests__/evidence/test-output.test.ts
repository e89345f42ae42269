import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { readTestOutput } from '../../src/evidence/test-output.ts';
import type { TestOutput } from '../../src/evidence/test-output.ts';

const recorded = (name: string): TestOutput =>
  readTestOutput('npm test', readFileSync(new URL(`./fixtures/${name}.txt`, import.meta.url), 'utf8'));

const JEST = [
  'jest/sum.test.js › sum › adds two numbers',
  'jest/sum.test.js › sum › with negatives › adds › them',
  'jest/broken.test.js › Test suite failed to run',
];
const VITEST = [
  'vitest/broken.test.mjs › Test suite failed to run',
  'vitest/sum.test.mjs › sum › adds two numbers',
  'vitest/sum.test.mjs › sum › with negatives › adds › them',
];
/** A file that cannot be loaded is named in the same way whatever Node ran it: a base and a change may be compared across two. */
const UNLOADABLE = ['broken.test.js', 'fine.test.js › bad'];
const NODE = ['broken.test.cjs', 'sum.test.cjs › sum › adds two numbers', 'sum.test.cjs › sum › with negatives › adds them'];
const GO = ['example.com/calc.TestAdd/one_two', 'example.com/calc/broken [build failed]'];
const UNITTEST = ['test_unit.SumTest.test_raises', 'test_unit.SumTest.test_adds'];

describe('recorded outputs of real runners', () => {
  test.each<[string, [number, number, number], string[]]>([
    ['jest', [1, 3, 1], JEST],
    ['jest-verbose', [1, 3, 1], JEST],
    ['jest-json', [1, 3, 1], JEST.map((name) => name.slice('jest/'.length))],
    ['jest-green', [1, 0, 3], []],
    ['vitest', [1, 3, 1], VITEST],
    ['vitest-verbose', [1, 3, 1], VITEST],
    [
      'vitest-json',
      [1, 3, 1],
      [
        'broken.test.mjs › Test suite failed to run',
        'sum.test.mjs › sum › adds two numbers',
        'sum.test.mjs › sum › with negatives › adds > them',
      ],
    ],
    ['vitest-green', [1, 0, 3], []],
    ['mocha', [1, 2, 1], ['sum › adds two numbers', 'sum › with negatives › adds them']],
    ['mocha-dot', [1, 2, 1], ['sum › adds two numbers', 'sum › with negatives › adds them']],
    ['mocha-json', [1, 2, 1], ['sum adds two numbers', 'sum with negatives adds them']],
    ['mocha-tap', [1, 2, 1], ['sum adds two numbers', 'sum with negatives adds them']],
    ['mocha-green', [1, 0, 0], []],
    ['node-spec', [2, 3, 2], ['broken.test.cjs', 'sum.test.cjs › adds two numbers', 'sum.test.cjs › adds them']],
    ['node-tap', [2, 3, 2], NODE],
    ['node-tap-20', [2, 3, 2], NODE],
    ['node-unloadable-20-spec', [1, 2, 0], UNLOADABLE],
    ['node-unloadable-20-tap', [1, 2, 0], UNLOADABLE],
    ['node-unloadable-24-spec', [1, 2, 0], UNLOADABLE],
    ['node-unloadable-24-tap', [1, 2, 0], UNLOADABLE],
    ['pytest', [0, 1, 0], ['tests/test_broken.py']],
    ['pytest-quiet', [0, 1, 0], ['tests/test_broken.py']],
    [
      'pytest-verbose',
      [3, 6, 3],
      [
        'test_unit.py::SumTest::test_adds',
        'test_unit.py::SumTest::test_raises',
        'tests/test_sum.py::test_adds',
        'tests/test_sum.py::test_table[1-1-2]',
        'tests/test_sum.py::TestGroup::test_inner',
        'tests/test_sum.py::test_fixture',
      ],
    ],
    ['pytest-green', [2, 0, 0], []],
    ['unittest', [1, 2, 1], UNITTEST],
    ['unittest-verbose', [1, 2, 1], UNITTEST],
    ['go-verbose', [2, 2, 1], GO],
    ['go-json', [2, 2, 1], [...GO].reverse()],
    ['cargo', [1, 1, 1], ['src/lib.rs › tests::adds']],
    ['cargo-all', [2, 2, 1], ['src/lib.rs › tests::adds', 'tests/outer.rs › outer_adds']],
    ['cargo-green', [1, 0, 0], []],
    ['junit-pytest', [0, 1, 0], ['tests.test_broken']],
    ['maven', [1, 2, 1], ['x.CalcTest.raises', 'x.CalcTest.adds']],
  ])('%s gives its counts and failing names', (name, [passed, failed, skipped], failing) => {
    expect(recorded(name)).toEqual({ counts: { passed, failed, skipped }, failing });
  });

  test('go test without -v tells its failures but no counts', () => {
    expect(recorded('go')).toEqual({ failing: GO });
    expect(recorded('go-green')).toEqual({ failing: [] });
  });

  test('a runner that found no test tells nothing', () => {
    expect(recorded('jest-none')).toEqual({});
    expect(recorded('pytest-none')).toEqual({});
  });
});

describe('outputs as their documentation gives them', () => {
  test.each<[string, string, TestOutput]>([
    [
      'rspec',
      'Failures:\n\n  1) Sum adds\n     Failure/Error: expect(1).to eq(3)\n\nFinished in 0.01 seconds\n4 examples, 1 failure, 1 pending\n\nFailed examples:\n\nrspec ./spec/sum_spec.rb:5 # Sum adds\n',
      { counts: { passed: 2, failed: 1, skipped: 1 }, failing: ['spec/sum_spec.rb › Sum adds'] },
    ],
    [
      'phpunit',
      'There was 1 failure:\n\n1) CalcTest::testAdds\nFailed asserting that 1 matches expected 3.\n\n--\n\nThere was 1 skipped test:\n\n1) CalcTest::testLater\n\nFAILURES!\nTests: 4, Assertions: 3, Failures: 1, Skipped: 1.\n',
      { counts: { passed: 2, failed: 1, skipped: 1 }, failing: ['CalcTest::testAdds'] },
    ],
    ['phpunit, green', 'OK (3 tests, 3 assertions)\n', { counts: { passed: 3, failed: 0, skipped: 0 }, failing: [] }],
    [
      'dotnet test',
      '  Failed Calc.Tests.CalcTests.Adds [12 ms]\n  Error Message:\n   Assert.Equal() Failure\n\nFailed!  - Failed:     1, Passed:     2, Skipped:     1, Total:     4, Duration: 20 ms - Calc.Tests.dll (net8.0)\n',
      { counts: { passed: 2, failed: 1, skipped: 1 }, failing: ['Calc.Tests.CalcTests.Adds'] },
    ],
    [
      'Gradle',
      '> Task :test FAILED\n\nCalcTest > adds() FAILED\n    org.opentest4j.AssertionFailedError at CalcTest.java:9\n\n4 tests completed, 1 failed, 1 skipped\n\nBUILD FAILED in 2s\n',
      { counts: { passed: 2, failed: 1, skipped: 1 }, failing: ['CalcTest › adds()'] },
    ],
    [
      'a newer Surefire over two modules',
      '[ERROR] x.CalcTest.adds -- Time elapsed: 0.01 s <<< FAILURE!\n[ERROR] Tests run: 3, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.1 s <<< FAILURE! -- in x.CalcTest\n[ERROR] Tests run: 3, Failures: 1, Errors: 0, Skipped: 0\n[INFO] Tests run: 2, Failures: 0, Errors: 0, Skipped: 1\n',
      { counts: { passed: 3, failed: 1, skipped: 1 }, failing: ['x.CalcTest.adds'] },
    ],
    [
      'JUnit XML of Gradle',
      '<?xml version="1.0"?><testsuite name="x"><testcase name="a &lt;b&gt;" classname="x.C" time="0"/><testcase name="c" classname="x.C"><failure message="no">t</failure></testcase><testcase name="d" classname="x.C"><skipped/></testcase></testsuite>',
      { counts: { passed: 1, failed: 1, skipped: 1 }, failing: ['x.C.c'] },
    ],
    [
      'cargo nextest',
      '        FAIL [   0.005s] calc tests::adds\n     Summary [   0.010s] 3 tests run: 2 passed, 1 failed, 1 skipped\n        FAIL [   0.005s] calc tests::adds\n',
      { counts: { passed: 2, failed: 1, skipped: 1 }, failing: ['calc › tests::adds'] },
    ],
  ])('%s', (_, output, expected) => {
    expect(readTestOutput('x', output)).toEqual(expected);
  });
});

test('names are left out when the output was cut and some are missing, since a missing name would hide a new failure', () => {
  const output = 'FAIL a.test.js\n  ● adds\n\n[… 120000 bytes in 300 lines left out …]\n\nTests:       2 failed, 3 passed, 5 total\n';
  expect(readTestOutput('jest', output)).toEqual({ counts: { passed: 3, failed: 2, skipped: 0 } });
  expect(readTestOutput('go test', '--- FAIL: TestA (0.00s)\n[… 9 KB left out …]\nFAIL\tx/y\t0.1s\n')).toEqual({});
});

test('two runners in one command add up', () => {
  const output = 'Tests:       1 failed, 3 passed, 4 total\nFAIL a.test.js\n  ● adds\n==== 2 passed, 1 skipped in 0.10s ====\n';
  expect(readTestOutput('make test', output)).toEqual({ counts: { passed: 5, failed: 1, skipped: 1 }, failing: ['a.test.js › adds'] });
});

test('colours and carriage returns do not matter, and names do not hold absolute folders', () => {
  expect(
    readTestOutput('x', '\u001b[31mFAIL\u001b[39m /tmp/one/a.test.js\r\n  ● adds\r\nTests:       1 failed, 1 total\r\n').failing,
  ).toEqual(['a.test.js › adds']);
});

test('an output that nobody knows gives nothing', () => {
  expect(readTestOutput('make test', 'all fine\n')).toEqual({});
  expect(readTestOutput('make test', '')).toEqual({});
});
