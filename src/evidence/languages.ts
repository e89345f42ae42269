/** Languages whose conventions the gates know. */
export type Language = 'javascript' | 'python' | 'go' | 'rust' | 'java' | 'ruby' | 'php' | 'csharp' | 'other';

const BY_EXTENSION: readonly (readonly [RegExp, Language])[] = [
  [/\.(?:[cm]?[jt]sx?|vue|svelte)$/i, 'javascript'],
  [/\.pyi?$/i, 'python'],
  [/\.go$/i, 'go'],
  [/\.rs$/i, 'rust'],
  [/\.(?:java|kts?|scala|groovy)$/i, 'java'],
  [/\.(?:rb|rake)$/i, 'ruby'],
  [/\.php$/i, 'php'],
  [/\.(?:cs|fs|vb)$/i, 'csharp'],
];

export function languageOf(path: string): Language {
  return BY_EXTENSION.find(([pattern]) => pattern.test(path))?.[1] ?? 'other';
}

/** True for a file that holds tests, by the conventions of its language. Fixtures and helpers beside tests are told by `isTestSupport`. */
export function isTestFile(path: string): boolean {
  const name = path.split('/').at(-1) ?? path;
  switch (languageOf(path)) {
    case 'javascript':
      return (
        /(?:^|[._-])(?:test|spec|tests|e2e|cy|test-d)\.[cm]?[jt]sx?$/i.test(name) ||
        (/(?:^|\/)(?:__tests__|tests?|spec)\//i.test(path) && !isTestSupport(path))
      );
    case 'python':
      return /^(?:test_.*|.*_tests?|tests?)\.py$/.test(name) && !/^conftest/.test(name);
    case 'go':
      return name.endsWith('_test.go');
    case 'rust':
      return /(?:^|\/)tests\//.test(path) || /^tests?\.rs$/.test(name);
    case 'java':
      return /(?:^|\/)src\/\w*[tT]est\w*\//.test(path) || /(?:^Test\w+|Tests?|IT|Spec)\.(?:java|kt|scala|groovy)$/.test(name);
    case 'ruby':
      return /_(?:spec|test)\.rb$/.test(name) || /^test_\w+\.rb$/.test(name);
    case 'php':
      return /Test\.php$/.test(name) || /^tests?\/.*\.php$/i.test(path) || name.endsWith('.phpt');
    case 'csharp':
      return /Tests?\.(?:cs|fs|vb)$/.test(name) || /(?:^|[/.])Tests?\//i.test(path);
    default:
      return /\.(?:bats|snap)$/.test(name) || /_test\.(?:exs|cc|cpp|c|dart|clj|erl|hs)$/.test(name);
  }
}

/** Files that tests need but that hold none: fixtures, snapshots, helpers, `conftest.py`. They are laid over the base together with the tests. */
export function isTestSupport(path: string): boolean {
  if (/(?:^|\/)(?:conftest\.py|(?:spec|rails|test)_helper\.\w+)$|\.snap$/.test(path)) return true;
  if (/(?:^|\/)(?:__fixtures__|__snapshots__|__mocks__|testdata|test-data)\//.test(path)) return true;
  return (
    /(?:^|\/)(?:__tests__|tests?|spec|e2e|src\/test)\/(?:.*\/)?(?:fixtures?|support|helpers?|factories|resources|data|utils?|mocks?|snapshots?)\//i.test(
      path,
    ) || /(?:^|\/)fixtures?\//i.test(path)
  );
}
