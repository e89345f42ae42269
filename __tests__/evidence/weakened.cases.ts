import type { Files } from '../support/patches.ts';

/** `weak` is what a careful reviewer would ask about; the gate must agree as far as it can, and the test prints how far it does. */
export type Case = { name: string; before: Files; after: Files; weak: boolean };

const js = (body: string): string => `import { sum } from '../sum.js';\n\ndescribe('sum', () => {\n${body}});\n`;
const A = "  test('adds', () => {\n    expect(sum(1, 2)).toBe(3);\n    expect(sum(0, 0)).toBe(0);\n  });\n";
const B = "  test('keeps zero', () => {\n    expect(sum(1, 0)).toBe(1);\n  });\n";
const T = '__tests__/sum.test.js';

const py = (body: string): string => `import pytest\nfrom calc import add\n\n\n${body}`;
const PA = 'def test_adds():\n    assert add(1, 2) == 3\n    assert add(0, 0) == 0\n\n\n';
const PB = 'def test_zero():\n    assert add(1, 0) == 1\n';
const P = 'tests/test_calc.py';

const go = (body: string): string => `package calc\n\nimport "testing"\n\n${body}`;
const GA =
  'func TestAdd(t *testing.T) {\n\tif Add(1, 2) != 3 {\n\t\tt.Fatal("add")\n\t}\n\tif Add(0, 0) != 0 {\n\t\tt.Error("zero")\n\t}\n}\n\n';
const GB = 'func TestZero(t *testing.T) {\n\tif Add(1, 0) != 1 {\n\t\tt.Error("zero")\n\t}\n}\n';
const G = 'calc_test.go';

const edit = (path: string, before: string, after: string): { before: Files; after: Files } => ({
  before: { [path]: before },
  after: { [path]: after },
});
const manifest = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

export const CASES: Case[] = [
  // JavaScript and TypeScript
  { name: 'js: a test taken out', ...edit(T, js(A + B), js(A)), weak: true },
  { name: 'js: a test file taken out', before: { [T]: js(A), 'sum.js': 'x\n' }, after: { 'sum.js': 'y\n' }, weak: true },
  { name: 'js: test.skip', ...edit(T, js(A + B), js(A.replace('test(', 'test.skip(') + B)), weak: true },
  { name: 'js: xit', ...edit(T, js(A.replace('test(', 'it(')), js(A.replace('test(', 'xit('))), weak: true },
  { name: 'js: describe.skip', ...edit(T, js(A), js(A).replace('describe(', 'describe.skip(')), weak: true },
  { name: 'js: an option skip', ...edit(T, js(A), js(A.replace("'adds', ", "'adds', { skip: true }, "))), weak: true },
  { name: 'js: an assertion less', ...edit(T, js(A), js(A.replace('    expect(sum(0, 0)).toBe(0);\n', ''))), weak: true },
  { name: 'js: an assertion commented out', ...edit(T, js(A), js(A.replace('    expect(sum(1', '    // expect(sum(1'))), weak: true },
  { name: 'js: toBe became toBeDefined', ...edit(T, js(A), js(A.replace('.toBe(3)', '.toBeDefined()'))), weak: true },
  { name: 'js: expect(true)', ...edit(T, js(B), js(B.replace('expect(sum(1, 0)).toBe(1)', 'expect(true).toBe(true)'))), weak: true },
  {
    name: 'js: a snapshot changed',
    ...edit('__tests__/__snapshots__/a.test.js.snap', 'exports[`a 1`] = `"one"`;\n', 'exports[`a 1`] = `"two"`;\n'),
    weak: true,
  },
  {
    name: 'js: a coverage threshold lowered',
    ...edit(
      'jest.config.js',
      'export default {\n  coverageThreshold: {\n    global: {\n      lines: 90,\n    },\n  },\n};\n',
      'export default {\n  coverageThreshold: {\n    global: {\n      lines: 60,\n    },\n  },\n};\n',
    ),
    weak: true,
  },
  {
    name: 'js: a coverage threshold taken out',
    ...edit(
      'vitest.config.ts',
      'export default { test: { coverage: { thresholds: {\n  branches: 80,\n  lines: 90,\n} } } };\n',
      'export default { test: { coverage: { thresholds: {\n  lines: 90,\n} } } };\n',
    ),
    weak: true,
  },
  {
    name: 'ts: strict turned off',
    ...edit(
      'tsconfig.json',
      '{\n  "compilerOptions": {\n    "strict": true\n  }\n}\n',
      '{\n  "compilerOptions": {\n    "strict": false\n  }\n}\n',
    ),
    weak: true,
  },
  {
    name: 'ts: a strict flag removed',
    ...edit(
      'tsconfig.json',
      '{\n  "compilerOptions": {\n    "noUncheckedIndexedAccess": true,\n    "target": "es2022"\n  }\n}\n',
      '{\n  "compilerOptions": {\n    "target": "es2022"\n  }\n}\n',
    ),
    weak: true,
  },
  {
    name: 'ts: a rule turned off',
    ...edit(
      'eslint.config.js',
      "export default [{ rules: {\n  'no-unused-vars': 'error',\n} }];\n",
      "export default [{ rules: {\n  'no-unused-vars': 'off',\n} }];\n",
    ),
    weak: true,
  },
  {
    name: 'ts: @ts-ignore in a source',
    ...edit('src/a.ts', 'export const a: number = f();\n', '// @ts-ignore\nexport const a: number = f();\n'),
    weak: true,
  },
  { name: 'ts: eslint-disable in a source', ...edit('src/a.ts', 'f();\n', '/* eslint-disable */\nf();\ng();\n'), weak: true },
  {
    name: 'js: the test script made harmless',
    ...edit('package.json', manifest({ scripts: { test: 'jest' } }), manifest({ scripts: { test: 'jest || true' } })),
    weak: true,
  },
  {
    name: 'js: tests ignored by the runner',
    ...edit('jest.config.js', 'export default {\n};\n', "export default {\n  testPathIgnorePatterns: ['sum'],\n};\n"),
    weak: true,
  },
  {
    name: 'js: a CI step that may fail',
    ...edit(
      '.github/workflows/ci.yml',
      'jobs:\n  t:\n    steps:\n      - run: npm test\n',
      'jobs:\n  t:\n    steps:\n      - run: npm test\n        continue-on-error: true\n',
    ),
    weak: true,
  },
  {
    name: 'js: a CI check taken out',
    ...edit(
      '.github/workflows/ci.yml',
      'jobs:\n  t:\n    steps:\n      - run: npm ci\n      - run: npm run lint\n      - run: npm test\n',
      'jobs:\n  t:\n    steps:\n      - run: npm ci\n      - run: npm test\n',
    ),
    weak: true,
  },
  {
    name: 'js: an inline snapshot changed',
    ...edit(
      T,
      js('  test(\'a\', () => {\n    expect(a()).toMatchInlineSnapshot(`"one"`);\n  });\n'),
      js('  test(\'a\', () => {\n    expect(a()).toMatchInlineSnapshot(`"two"`);\n  });\n'),
    ),
    weak: true,
  },
  { name: 'js: a test added', ...edit(T, js(A), js(A + B)), weak: false },
  { name: 'js: a test renamed', ...edit(T, js(A), js(A.replace("'adds'", "'adds two numbers'"))), weak: false },
  { name: 'js: an expected value changed', ...edit(T, js(A), js(A.replace('toBe(3)', 'toBe(4)'))), weak: false },
  {
    name: 'js: a test moved to another file',
    before: { [T]: js(A + B), '__tests__/zero.test.js': js('') },
    after: { [T]: js(A), '__tests__/zero.test.js': js(B) },
    weak: false,
  },
  { name: 'js: a test file renamed', before: { [T]: js(A + B) }, after: { '__tests__/add.test.js': js(A + B) }, weak: false },
  { name: 'js: order of tests changed', ...edit(T, js(A + B), js(B + A)), weak: false },
  {
    name: 'js: assertions made sharper',
    ...edit(T, js(A), js(A.replace('expect(sum(1, 2)).toBe(3)', 'expect(sum(1, 2)).toStrictEqual(3)'))),
    weak: false,
  },
  { name: 'js: a new test that is a todo', ...edit(T, js(A), js(`${A}  test.todo('with text');\n`)), weak: false },
  {
    name: 'js: tests turned into a table',
    ...edit(
      T,
      js(A),
      js("  test.each([\n    [1, 2, 3],\n    [0, 0, 0],\n  ])('adds', (a, b, c) => {\n    expect(sum(a, b)).toBe(c);\n  });\n"),
    ),
    weak: false,
  },
  {
    name: 'js: a snapshot added',
    ...edit(
      '__tests__/__snapshots__/a.test.js.snap',
      'exports[`a 1`] = `"one"`;\n',
      'exports[`a 1`] = `"one"`;\n\nexports[`b 1`] = `"two"`;\n',
    ),
    weak: false,
  },
  { name: 'js: a threshold raised', ...edit('.nycrc', '{\n  "lines": 80\n}\n', '{\n  "lines": 85\n}\n'), weak: false },
  {
    name: 'js: a word skip in a source',
    ...edit('src/reader.js', 'a();\n', "a();\nreader.skip(3);\nconst skip = 'test.skip';\n"),
    weak: false,
  },
  {
    name: 'js: an unused import in a test',
    ...edit(T, js(A), js(A).replace("import { sum } from '../sum.js';\n", "import { sum } from '../lib/sum.js';\n")),
    weak: false,
  },
  {
    name: 'ts: @ts-expect-error in a test of types',
    ...edit(
      '__tests__/types.test.ts',
      js(A),
      js(A.replace('    expect(sum(0', '    // @ts-expect-error text is refused\n    expect(sum(0')),
    ),
    weak: false,
  },
  {
    name: 'js: a dependency added',
    ...edit(
      'package.json',
      manifest({ scripts: { test: 'jest' }, dependencies: { a: '1' } }),
      manifest({ scripts: { test: 'jest' }, dependencies: { a: '1', b: '2' } }),
    ),
    weak: false,
  },
  {
    name: 'js: a tool whose name begins like a script got a new version',
    ...edit(
      'package.json',
      manifest({ devDependencies: { 'lint-staged': '13.0.3', 'test-exclude': '^6.0.0' } }),
      manifest({ devDependencies: { 'lint-staged': '15.2.5', 'test-exclude': '^7.0.1' } }),
    ),
    weak: false,
  },
  {
    name: "js: jest's environment changed",
    ...edit('package.json', manifest({ jest: { testEnvironment: 'node' } }), manifest({ jest: { testEnvironment: 'jsdom' } })),
    weak: false,
  },
  {
    name: 'js: the test script does more',
    ...edit('package.json', manifest({ scripts: { test: 'jest' } }), manifest({ scripts: { test: 'npm run build && jest' } })),
    weak: false,
  },
  {
    name: 'ts: tsconfig with another target',
    ...edit(
      'tsconfig.json',
      '{\n  "compilerOptions": {\n    "strict": true,\n    "target": "es2020"\n  }\n}\n',
      '{\n  "compilerOptions": {\n    "strict": true,\n    "target": "es2022"\n  }\n}\n',
    ),
    weak: false,
  },
  {
    name: 'js: a rule made stricter',
    ...edit('.eslintrc.json', '{\n  "rules": {\n    "eqeqeq": "warn"\n  }\n}\n', '{\n  "rules": {\n    "eqeqeq": "error"\n  }\n}\n'),
    weak: false,
  },

  // Python
  { name: 'py: a test taken out', ...edit(P, py(PA + PB), py(PA)), weak: true },
  { name: 'py: pytest.mark.skip', ...edit(P, py(PA + PB), py(`${PA}@pytest.mark.skip(reason="flaky")\n${PB}`)), weak: true },
  { name: 'py: xfail', ...edit(P, py(PA), py(`@pytest.mark.xfail\n${PA}`)), weak: true },
  {
    name: 'py: pytest.skip in the body',
    ...edit(P, py(PA), py(PA.replace('    assert add(1', '    pytest.skip("later")\n    assert add(1'))),
    weak: true,
  },
  { name: 'py: an assertion less', ...edit(P, py(PA), py(PA.replace('    assert add(0, 0) == 0\n', ''))), weak: true },
  { name: 'py: assert on truth', ...edit(P, py(PB), py(PB.replace('assert add(1, 0) == 1', 'assert True'))), weak: true },
  {
    name: 'py: assertEqual became assertTrue',
    ...edit(
      P,
      py('class TestA:\n    def test_a(self):\n        self.assertEqual(add(1, 2), 3)\n'),
      py('class TestA:\n    def test_a(self):\n        self.assertTrue(add(1, 2))\n'),
    ),
    weak: true,
  },
  {
    name: 'py: fail_under lowered',
    ...edit('pyproject.toml', '[tool.coverage.report]\nfail_under = 95\n', '[tool.coverage.report]\nfail_under = 80\n'),
    weak: true,
  },
  {
    name: 'py: a ruff rule ignored',
    ...edit('pyproject.toml', '[tool.ruff.lint]\nignore = ["E501"]\n', '[tool.ruff.lint]\nignore = ["E501", "F401"]\n'),
    weak: true,
  },
  {
    name: 'py: a ruff rule ignored in a list over lines',
    ...edit(
      'pyproject.toml',
      '[tool.ruff.lint]\nignore = [\n    "E501",\n]\n',
      '[tool.ruff.lint]\nignore = [\n    "E501",\n    "B008",\n]\n',
    ),
    weak: true,
  },
  { name: 'py: mypy strict off', ...edit('pyproject.toml', '[tool.mypy]\nstrict = true\n', '[tool.mypy]\nstrict = false\n'), weak: true },
  { name: 'py: mypy ignores errors', ...edit('mypy.ini', '[mypy]\n', '[mypy]\n[mypy-app.*]\nignore_errors = True\n'), weak: true },
  { name: 'py: type: ignore in a source', ...edit('app.py', 'x = f()\n', 'x = f()  # type: ignore\n'), weak: true },
  {
    name: 'py: tests deselected by addopts',
    ...edit('pytest.ini', '[pytest]\naddopts = -q\n', '[pytest]\naddopts = -q --ignore=tests/test_calc.py\n'),
    weak: true,
  },
  { name: 'py: a test added', ...edit(P, py(PA), py(PA + PB)), weak: false },
  {
    name: 'py: a new test for one platform',
    ...edit(P, py(PA), py(`${PA}@pytest.mark.skipif(sys.platform == "win32", reason="posix")\n${PB}`)),
    weak: false,
  },
  { name: 'py: a test renamed', ...edit(P, py(PB), py(PB.replace('test_zero', 'test_keeps_zero'))), weak: false },
  {
    name: 'py: a test parametrized',
    ...edit(
      P,
      py(PA),
      py(
        '@pytest.mark.parametrize("a,b,c", [\n    (1, 2, 3),\n    (0, 0, 0),\n])\ndef test_adds(a, b, c):\n    assert add(a, b) == c\n\n\n',
      ),
    ),
    weak: false,
  },
  {
    name: 'py: a dependency in pyproject',
    ...edit('pyproject.toml', '[project]\ndependencies = ["a"]\n', '[project]\ndependencies = ["a", "b"]\n'),
    weak: false,
  },
  {
    name: 'py: ruff ignores less',
    ...edit('pyproject.toml', '[tool.ruff.lint]\nignore = ["E501", "F401"]\n', '[tool.ruff.lint]\nignore = ["E501"]\n'),
    weak: false,
  },
  {
    name: 'py: an assert in a source taken out',
    ...edit('app.py', 'def f(x):\n    assert x\n    return x\n', 'def f(x):\n    return x\n'),
    weak: false,
  },
  {
    name: 'py: the expected message changed',
    ...edit(
      P,
      py('def test_e():\n    with pytest.raises(ValueError, match="bad"):\n        add("a", 1)\n'),
      py('def test_e():\n    with pytest.raises(ValueError, match="not a number"):\n        add("a", 1)\n'),
    ),
    weak: false,
  },

  // Go
  { name: 'go: a test taken out', ...edit(G, go(GA + GB), go(GA)), weak: true },
  { name: 'go: t.Skip', ...edit(G, go(GA), go(GA.replace('{\n\tif Add(1', '{\n\tt.Skip("later")\n\tif Add(1'))), weak: true },
  { name: 'go: a check less', ...edit(G, go(GA), go(GA.replace('\tif Add(0, 0) != 0 {\n\t\tt.Error("zero")\n\t}\n', ''))), weak: true },
  { name: 'go: an error made a log', ...edit(G, go(GB), go(GB.replace('t.Error(', 't.Log('))), weak: true },
  { name: 'go: a test kept from the build', ...edit(G, go(GA), `//go:build ignore\n\n${go(GA)}`), weak: true },
  {
    name: 'go: nolint in a source',
    ...edit('calc.go', 'package calc\n\nfunc f() { g() }\n', 'package calc\n\nfunc f() { g() } //nolint:errcheck\n'),
    weak: true,
  },
  {
    name: 'go: a linter disabled',
    ...edit('.golangci.yml', 'linters:\n  enable:\n    - errcheck\n    - gosec\n', 'linters:\n  enable:\n    - errcheck\n'),
    weak: true,
  },
  {
    name: 'go: require.Equal became NotNil',
    ...edit(
      G,
      go('func TestA(t *testing.T) {\n\trequire.Equal(t, 3, Add(1, 2))\n}\n'),
      go('func TestA(t *testing.T) {\n\trequire.NotNil(t, Add(1, 2))\n}\n'),
    ),
    weak: true,
  },
  {
    name: 'go: vet taken out of the Makefile',
    ...edit('Makefile', 'check:\n\tgo vet ./...\n\tgo test ./...\n', 'check:\n\tgo test ./...\n'),
    weak: true,
  },
  {
    name: 'go: a case added to a table',
    ...edit(
      G,
      go(
        'func TestA(t *testing.T) {\n\tfor _, c := range []int{\n\t\t1,\n\t} {\n\t\tif Add(c, 0) != c {\n\t\t\tt.Fatal(c)\n\t\t}\n\t}\n}\n',
      ),
      go(
        'func TestA(t *testing.T) {\n\tfor _, c := range []int{\n\t\t1,\n\t\t2,\n\t} {\n\t\tif Add(c, 0) != c {\n\t\t\tt.Fatal(c)\n\t\t}\n\t}\n}\n',
      ),
    ),
    weak: false,
  },
  {
    name: 'go: Fatal with a better message',
    ...edit(G, go(GB), go(GB.replace('t.Error("zero")', 't.Errorf("Add(1, 0) = %d", Add(1, 0))'))),
    weak: false,
  },
  {
    name: 'go: a helper called Skip in a source',
    ...edit('scan.go', 'package scan\n', 'package scan\n\nfunc (s *S) Next() { s.Skip(1) }\n'),
    weak: false,
  },
  {
    name: 'go: a linter enabled',
    ...edit('.golangci.yml', 'linters:\n  enable:\n    - errcheck\n', 'linters:\n  enable:\n    - errcheck\n    - gosec\n'),
    weak: false,
  },
  {
    name: 'go: sub-tests by t.Run',
    ...edit(
      G,
      go(GB),
      go(
        'func TestZero(t *testing.T) {\n\tt.Run("one", func(t *testing.T) {\n\t\tif Add(1, 0) != 1 {\n\t\t\tt.Error("zero")\n\t\t}\n\t})\n}\n',
      ),
    ),
    weak: false,
  },

  // Others
  {
    name: 'rust: #[ignore]',
    ...edit(
      'src/lib.rs',
      '#[cfg(test)]\nmod tests {\n    #[test]\n    fn adds() {\n        assert_eq!(1, 1);\n    }\n}\n',
      '#[cfg(test)]\nmod tests {\n    #[test]\n    #[ignore]\n    fn adds() {\n        assert_eq!(1, 1);\n    }\n}\n',
    ),
    weak: true,
  },
  { name: 'docs only', ...edit('README.md', '# a\n', '# a\n\nRun `test.skip` to skip, `# noqa` to silence.\n'), weak: false },
];
