import type { FoundCommand } from '../wire.ts';

/** What a command line is for. */
export type Kind = 'test' | 'setup' | 'check';

/** What one source names: a command a kind at most. */
export type Found = Partial<Record<Kind, FoundCommand>>;

/** A command line that can run unattended. `whole` is false when it seems to run only a part of the tests. */
export type Classified = Readonly<{ command: string; kind: Kind; whole: boolean }>;

/**
 * Says what a shell line is for, and rewrites it so that it can be run again and again in a workspace: pipes that swallow the exit code and
 * flags that leave report files in the tree are taken off. `null`: neither of the three, or it cannot run unattended.
 */
export function classify(line: string): Classified | null {
  const command = tidy(line);
  if (command === '' || unattendable(command)) return null;
  // Variables that a workflow set elsewhere mean nothing here.
  if (/\$\{?(?!HOME\b|PWD\b|TMPDIR\b|PATH\b|CI\b)[A-Za-z_]/.test(command)) return null;
  const kinds = command.split(/\s*&&\s*|\s*;\s*/).map((part) => kindOf(part));
  const kind = kinds.includes('test') ? 'test' : kinds.includes('check') ? 'check' : kinds.includes('setup') ? 'setup' : null;
  if (kind === null) return null;
  // What CI tests in a folder that it has just built is not this workspace.
  if (/\bcd \S*(?:\*|dist|build|tmp)/.test(command)) return null;
  // A line that does something else beside (`make build && ./deploy test`) is not a plain test command.
  if (kinds.some((one) => one === 'other')) return null;
  return {
    command,
    kind,
    whole:
      !/(?:^|\s)(?:-k|-t|-run|--grep|--filter|--testNamePattern|-pl|--projects|-p|--package)\b|::|\.(?:test|spec)\.\w+\b|\btests?\/\S+\.\w+\b|_(?:test|spec)\.\w+\b/.test(
        command,
      ),
  };
}

/** How plainly a test command names the whole suite: 0 `npm test`, 1 `npm run test:unit`, 2 `npm run test:anything`. */
export function plainness(command: string): number {
  if (/\b(?:build|check|verify|install|package)\b/.test(command)) return 1;
  const variant = /\btests?[:-]([\w:-]+)/.exec(command)?.[1];
  if (variant === undefined) return 0;
  return /^(?:ci|unit|run|all|node|vitest|jest)$/.test(variant) ? 1 : 2;
}

/** Several commands in one line. All are run even when one fails, so that an old lint error does not hide a new type error. */
export function allOf(commands: readonly string[]): string {
  const unique = [...new Set(commands)];
  if (unique.length <= 1) return unique[0] ?? '';
  return `failed=0; ${unique.map((command) => `${command} || failed=1; `).join('')}exit $failed`;
}

/** Several commands in one line, each only when the former worked. */
export function inOrder(commands: readonly string[]): string {
  return [...new Set(commands)].join(' && ');
}

/** Commands that wait for a person, watch files, need what no sandbox has, or act on the world. */
export function unattendable(command: string): boolean {
  return (
    /\$\{\{|\$\{?(?:GITHUB|RUNNER|ACTIONS)_|<[\w .-]+>|\bpath\/to\b|\s\.\.\.(?:\s|$)|\s\[[\w\s=.-]+\](?:\s|$)|\bYOUR_/.test(command) ||
    /\s--?(?:watch(?:All)?|ui|inspect(?:-brk)?|debug-brk|open|headed|interactive|pdb)(?:=true)?(?=\s|$)|\b(?:watchexec|nodemon|ptw|entr)\b|:(?:watch|ui|debug|update)\b/.test(
      command,
    ) ||
    /\b(?:docker|podman|docker-compose|sudo|kubectl|helm|terraform|ssh|scp|rsync|heroku|codecov|coveralls|apt-get|systemctl|curl|wget)\b/.test(
      command,
    ) ||
    /(?:^|[;&|]\s*)(?:aws|gcloud|az|gh|git|brew|apt|choco|act|vercel|netlify|twine)\s/.test(command) ||
    /\b(?:publish|deploy|release)\b/.test(command)
  );
}

function tidy(line: string): string {
  return line
    .trim()
    .replace(/^[$%>❯]\s+/, '')
    .replace(/\s+#\s.*$/, '')
    .replace(/\s+\|\|\s*(?:true|:|exit 0)\s*$/, '')
    .replace(/\s+(?:2>&1\s*)?\|\s.*$/, '')
    .replace(/\s+-(?:coverprofile|covermode|coverpkg)[= ]\S+/g, '')
    .replace(/\s+--(?:cov-report|cov-fail-under|cov-config|junit-?xml|cov)[= ](?!-)\S+|\s+--cov(?=\s|$)/g, '')
    .replace(/\s+--(?:logger|results-directory)[= ]\S+/g, '')
    .replace(/\bcoverage run\s+(?:-\S+\s+)*?-m\s+(pytest|unittest)\b/, 'python3 -m $1')
    .replace(/^((?:\.\/)?gradlew?)(?!.*--no-daemon)(?=\s)/, '$1 --no-daemon')
    .replace(/\s+/g, ' ')
    .trim();
}

/** What may stand before the program itself. */
const WRAPPER =
  /^(?:(?:[A-Za-z_]\w*=(?:'[^']*'|"[^"]*"|\S*)|env|time|xvfb-run(?: -\S+)*|(?:poetry|pdm|pipenv|hatch|rye|uv) run(?: --[\w-]+(?:=\S+)?)*|bundle exec|npx(?: -\S+)*|(?:npm|pnpm|yarn) exec(?: --)?|bunx|mise exec --|python[\d.]*(?: -\S+)* -m)\s+|(?:\.\/)?(?:node_modules\/\.bin|vendor\/bin|bin)\/)+/;

function kindOf(part: string): Kind | 'neutral' | 'other' {
  const bare = part
    .replace(WRAPPER, '')
    .replace(/^(?:pnpm|yarn)\s+(?=(?:vitest|jest|mocha|ava|eslint|tsc|biome|prettier)\b)/, '')
    .trim();
  if (bare === '' || /^(?:cd|pushd|popd|export|set|source|\.|echo|mkdir|corepack|true)\b/.test(bare)) return 'neutral';
  if (
    /\b(?:e2e|end-to-end|integration|acceptance|browser|cypress|playwright|bench(?:mark)?s?|smoke|fuzz|miri|perf|storybook|chromatic|snapshot:update)\b|--no-run\b|--collect-only\b|--list\b|update-?snapshots?|--doc\b|\s--target[= ]|:(?:fix|watch|update|debug|coverage|types?:fix)\b/i.test(
      bare,
    )
  )
    return 'other';
  if (
    /\s--(?:fix|write|apply|autocorrect\S*|in-place)(?=\s|$)|^(?:rubocop|standardrb)\b.*\s-[aA]\b|^(?:gofmt|goimports|mocha|tsc)\b.*\s-w\b/.test(
      bare,
    )
  )
    return 'other';
  for (const [kind, pattern] of PATTERNS) if (pattern.test(bare)) return kind;
  return 'other';
}

/** Checks come before tests: `npm run test:types`, `make lint-tests`. */
const PATTERNS: readonly (readonly [Kind, RegExp])[] = [
  [
    'check',
    /^(?:npm run|pnpm(?: -\S+)*(?: run)?|yarn(?: run)?|bun run|deno task)(?: -\S+)* \S*(?:lint|type-?check|check-?types|tsc|check:types|types:check|test:types|format:check|check-?format|fmt:check|prettier:check)\S*(?: -\S+)*$/,
  ],
  ['check', /^(?:npm run|pnpm(?: run)?|yarn(?: run)?|bun run|deno task) check$/],
  [
    'check',
    /^(?:eslint|biome (?:ci|check|lint)|oxlint|prettier (?:.* )?(?:--check|-c)\b|tsc(?: .*)?(?:--noEmit|-b|--build|-p|$)|vue-tsc|svelte-check|standard$|xo$|stylelint)/,
  ],
  [
    'check',
    /^(?:ruff (?:check|format --check|\.)|flake8|mypy|pyright|basedpyright|pylint|black .*--check|black --check|isort .*--check|ty check|pre-commit run (?:.*--all|-a))/,
  ],
  [
    'check',
    /^(?:golangci-lint run|go vet|staticcheck|cargo (?:clippy|check|fmt .*--check)|rubocop|standardrb|rake (?:rubocop|lint)|phpstan|psalm|phpcs|php-cs-fixer .*--dry-run|composer (?:run )?(?:lint|stan|phpstan|analyse|cs))/,
  ],
  [
    'check',
    /^(?:mix (?:format --check|credo|dialyzer|compile --warnings)|dotnet format .*--verify|deno (?:lint|check|fmt --check)|dart analyze|flutter analyze|(?:g?make|just|task|mise run)(?: -\S+)* (?:\S*lint\S*|type-?check|vet|fmt-check|check-format|mypy|types))/,
  ],
  ['setup', /^(?:npm (?:ci|i|install|clean-install)|pnpm (?:i|install)|yarn(?: install)?(?= --|$)|bun (?:i|install))(?: --?\S+)*$/],
  [
    'setup',
    /^(?:pip3? install|uv sync|uv pip install|uv venv|poetry install|pdm (?:install|sync)|pipenv (?:install|sync)|hatch env create|rye sync|venv \S+$)/,
  ],
  [
    'setup',
    /^(?:go mod download|go get -t|cargo fetch|bundle install|bundle config|composer install|dotnet restore|mix deps\.get|mix local\.|mix do deps\.get|dart pub get|flutter pub get|swift package resolve|deno install|(?:\.\/)?mvnw? .*dependency:)/,
  ],
  ['setup', /^(?:g?make|just|task)(?: -\S+)* (?:install(?:-\w+)*|setup(?:-\w+)*|deps|bootstrap|dev-?deps|init|env|sync)$/],
  [
    'test',
    /^(?:npm (?:t|tst|test|run test\S*|run unit\S*|run tests)|pnpm(?: -\S+)* (?:run )?(?:t|test\S*)|yarn(?: workspaces? \S+)?(?: run)? test\S*|bun (?:run )?test\S*|lerna run test|turbo (?:run )?test|nx (?:run-many|affected) .*test|nx test)(?:\s|$)/,
  ],
  [
    'test',
    /^(?:jest|vitest(?: run)?|mocha|ava|tap|uvu|tape|c8|nyc|node (?:\S+ )*--test|tsx --test|react-scripts test|ng test|karma start .*--single-run|web-test-runner|wtr|lab)(?:\s|$)/,
  ],
  [
    'test',
    /^(?:pytest|py\.test|tox|nox|unittest|hatch test|trial|stestr run|(?:python[\d.]* )?(?:\.\/)?(?:manage\.py test|setup\.py test|runtests\.py|tests\/runtests\.py)|uv test)(?:\s|$)/,
  ],
  [
    'test',
    /^(?:go test|gotestsum|go tool gotestsum|ginkgo|cargo (?:\+\S+ )?(?:test|nextest run|t)|bazel(?:isk)? test|ctest|swift test|dart test|flutter test|sbt (?:.*)test|lein test|clojure .*test|stack test|cabal (?:v2-)?test|zig build test|bats|meson test|dune (?:run)?test|elm-test|nimble test|crystal spec|busted|prove)(?:\s|$)/,
  ],
  ['test', /^(?:\.\/)?mvnw?(?: \S+)* (?:test|verify|package|install)(?:\s|$)/],
  ['test', /^(?:\.\/)?gradlew?(?: \S+)* \S*(?:[tT]est|check|build)\b/],
  [
    'test',
    /^(?:rspec|rake(?: test\S*| spec\S*|$)|rails (?:test|spec)|phpunit|pest|(?:php )?artisan test|composer (?:run )?(?:test|phpunit|unit)\S*|dotnet test|mix test|deno (?:test|task test\S*))(?:\s|$)/,
  ],
  [
    'test',
    /^(?:\.\/)?(?:g?make|just|task|mise run|earthly)(?: -\S+)* (?:tests?|check|test-?unit|unit-?tests?|test-all|pytest)(?: \w+=\S+)*$/,
  ],
  ['test', /^(?:(?:\.\/|bash |sh )(?:\S*\/)?|(?:scripts?|ci|tools)\/)(?:run[-_]?)?tests?(?:\.sh)?$/],
  ['check', /^(?:(?:\.\/|bash |sh )(?:\S*\/)?|(?:scripts?|ci|tools)\/)(?:lint|check|typecheck)(?:\.sh)?$/],
  ['setup', /^(?:(?:\.\/|bash |sh )(?:\S*\/)?|(?:scripts?|ci|tools)\/)(?:install|setup|bootstrap)(?:[-_]deps)?(?:\.sh)?$/],
];
