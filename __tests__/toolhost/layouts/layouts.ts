/**
 * Layouts of real repositories: the paths are recorded (trees.json), the contents reduced to the lines that decide the command. `expect` is
 * what a person who knows the project would type; `null` means that nothing can be known, not that nothing exists.
 */
export type Layout = {
  name: string;
  contents: Record<string, string>;
  workingDirectory?: string;
  /** Paths beside those of trees.json, or all paths for a layout that is not there. */
  paths?: string[];
  expect: { test: string | null; setup?: string | null; check?: string | null };
};

const job = (steps: string, more = ''): string =>
  `name: CI\non:\n  push:\n  pull_request:\njobs:\n  test:\n    runs-on: ubuntu-latest\n${more}    steps:\n${steps}`;
const scripts = (value: Record<string, string>, more: Record<string, unknown> = {}): string =>
  JSON.stringify({ scripts: value, devDependencies: { x: '1' }, ...more });

export const LAYOUTS: Layout[] = [
  {
    name: 'expressjs/express',
    contents: {
      'package.json': scripts({ lint: 'eslint .', test: 'mocha --check-leaks test/', 'test-ci': 'nyc --reporter=text npm test' }),
      '.github/workflows/ci.yml': job(
        '      - uses: actions/checkout@v4\n      - name: Install\n        run: npm install\n      - run: npm run lint\n      - name: Run tests\n        shell: bash\n        run: npm run test-ci\n',
      ),
    },
    expect: { test: 'npm run test-ci', setup: 'npm install --no-package-lock', check: 'npm run lint' },
  },
  {
    name: 'sindresorhus/execa',
    contents: {
      'package.json': scripts({ test: 'npm run lint && npm run unit && npm run type', lint: 'xo', unit: 'c8 ava', type: 'tsd && tsc' }),
      '.github/workflows/main.yml':
        'name: CI\non:\n  - push\n  - pull_request\njobs:\n  test:\n    runs-on: ${{ matrix.os }}-latest\n    steps:\n      - run: npm install\n      - run: npm run lint\n' +
        "        if: ${{ matrix.os == 'ubuntu' && matrix.node-version == 26 }}\n      - run: npm run type\n      - run: npm run unit\n",
    },
    expect: { test: 'npm run unit', setup: 'npm install --no-package-lock', check: 'npm run lint' },
  },
  {
    name: 'honojs/hono',
    contents: {
      'package.json': scripts({ test: 'tsc -p tsconfig.spec.json && vitest --run', lint: 'eslint src', 'lint:fix': 'eslint --fix src' }),
      '.github/workflows/ci.yml': job(
        '      - run: bun install --frozen-lockfile\n      - run: bun run lint\n      - run: bun run test\n      - run: env NAME=Deno deno test --allow-read runtime-tests/deno\n',
      ),
      '.github/workflows/autofix.yml':
        'on: [push, pull_request]\njobs:\n  fix:\n    runs-on: ubuntu-latest\n    steps:\n      - run: bun run lint:fix\n',
    },
    expect: { test: 'bun run test', setup: 'bun install --frozen-lockfile', check: 'bun run lint' },
  },
  {
    name: 'vuejs/pinia',
    contents: {
      'package.json': scripts({
        lint: 'prettier -c src',
        test: 'pnpm run build && pnpm test:dts',
        'test:vitest': 'vitest --coverage',
        'test:types': 'tsc --build',
      }),
      '.github/workflows/ci.yml': job(
        '      - run: pnpm install --frozen-lockfile\n      - run: pnpm run lint\n      - run: pnpm run test:types\n      - run: pnpm run build\n      - run: pnpm run test:vitest\n',
      ),
    },
    expect: {
      test: 'pnpm run test:vitest',
      setup: 'pnpm install --frozen-lockfile',
      check: 'failed=0; pnpm run lint || failed=1; pnpm run test:types || failed=1; exit $failed',
    },
  },
  {
    name: 'colinhacks/zod',
    contents: {
      'AGENTS.md':
        '- `pnpm build` - Build all packages\n- `pnpm vitest run` - Run all tests with Vitest\n- `pnpm vitest run <path>` - Run specific test file\n- `pnpm test:watch` - Run tests in watch mode\n- `pnpm lint` - Lint and fix\n',
      'package.json': scripts(
        { lint: 'biome lint --write .', test: 'vitest run', 'test:watch': 'vitest' },
        { packageManager: 'pnpm@10.12.1' },
      ),
    },
    expect: { test: 'pnpm vitest run', setup: 'pnpm install --frozen-lockfile' },
  },
  {
    name: 'changesets/action',
    contents: {
      'package.json': scripts({ test: 'vitest', 'test:watch': 'pnpm test --watch', typecheck: 'tsc' }),
      '.github/workflows/ci.yml': job('      - uses: ./.github/actions/setup\n      - run: pnpm test\n      - run: pnpm typecheck\n'),
    },
    expect: { test: 'pnpm test', setup: 'pnpm install --frozen-lockfile', check: 'pnpm typecheck' },
  },
  {
    name: 'pallets/flask',
    contents: {
      'pyproject.toml':
        '[project]\nname = "flask"\n[tool.pytest.ini_options]\ntestpaths = ["tests"]\n[tool.mypy]\nfiles = ["src", "tests"]\n[tool.ruff]\nsrc = ["src"]\n',
      '.github/workflows/tests.yaml': job(
        '      - run: uv run --locked tox run\n        env:\n          TOX_ENV: ${{ matrix.tox }}\n',
      ).replace('tox run\n', 'tox run -e ${{ matrix.tox }}\n'),
    },
    expect: {
      test: 'uv run pytest',
      setup: 'uv sync',
      check: 'failed=0; uv run ruff check . || failed=1; uv run mypy || failed=1; exit $failed',
    },
  },
  {
    name: 'encode/httpx',
    contents: {
      'pyproject.toml': '[project]\nname = "httpx"\n[tool.pytest.ini_options]\naddopts = "-rxXs"\n',
      'scripts/test': '#!/bin/sh -e\ncoverage run -m pytest "$@"\n',
      '.github/workflows/test-suite.yml': job(
        '      - name: "Install dependencies"\n        run: "scripts/install"\n      - run: "scripts/check"\n      - name: "Run tests"\n        run: "scripts/test"\n',
      ),
    },
    expect: { test: 'scripts/test', setup: 'scripts/install', check: 'scripts/check' },
  },
  {
    name: 'psf/requests',
    contents: {
      'pyproject.toml': '[project]\nname = "requests"\n[tool.pytest.ini_options]\ntestpaths = ["tests"]\n',
      Makefile:
        'init:\n\tpython -m pip install -r requirements-dev.txt\ntest:\n\t# This runs all of the tests.\n\tpython -m pytest tests\n\npublish:\n\tpython -m twine upload dist/*\n',
      'requirements-dev.txt': 'pytest>=2.8.0\n',
    },
    expect: { test: 'make test', setup: 'python3 -m pip install -e . && python3 -m pip install -r requirements-dev.txt' },
  },
  {
    name: 'fastapi/fastapi',
    contents: {
      'pyproject.toml':
        '[project]\nname = "fastapi"\n[tool.pytest.ini_options]\naddopts = "--strict-config"\n[tool.ruff.lint]\nselect = ["E"]\n',
      '.github/workflows/test-redistribute.yml': job(
        '      - run: pip install build\n      - name: Run tests\n        run: |\n          cd dist/fastapi*/\n          bash scripts/test.sh\n',
      ),
    },
    expect: { test: 'uv run pytest', setup: 'uv sync', check: 'uv run ruff check .' },
  },
  {
    name: 'SWE-agent/mini-swe-agent',
    contents: {
      'AGENTS.md':
        '# Style\n```bash\npre-commit install\n```\n## Tests\n1. Use `pytest`, not `unittest`.\n2. <IMPORTANT>Do not mock</IMPORTANT>\n',
      'pyproject.toml': '[project]\nname = "mini"\n[project.optional-dependencies]\nfull = ["x"]\ndev = ["pytest"]\n',
    },
    expect: { test: 'pytest', setup: "python3 -m pip install -e '.[dev]'" },
  },
  {
    name: 'django/djangoproject.com',
    contents: {
      Makefile:
        'APP_LIST ?= main\ntest:\n\t@python -m coverage run --module manage test --verbosity 2 $(APP_LIST)\nwatch-scss:\n\twatchmedo shell-command\n',
      'manage.py': '#!/usr/bin/env python\n',
      'pyproject.toml': '[tool.ruff]\nline-length = 88\n',
    },
    expect: { test: 'make test', setup: 'uv sync', check: 'uv run ruff check .' },
  },
  {
    name: 'spf13/cobra',
    contents: {
      'go.mod': 'module github.com/spf13/cobra\n',
      Makefile:
        '.PHONY: test\nlint:\n\t$(info running lint)\n\tgolangci-lint run -v\n\ntest: install_deps\n\t$(info running tests)\n\tgo test -v ./...\n\ninstall_deps:\n\tgo get -v ./...\n',
      '.github/workflows/test.yml': job(
        '    - run: >-\n        docker run\n        -v $(pwd):/wrk\n    - run: |\n        export GOBIN=$HOME/go/bin\n        go install github.com/kyoh86/richgo@latest\n    - run: RICHGO_FORCE_COLOR=1 PATH=$HOME/go/bin/:$PATH make richtest\n',
      ),
    },
    expect: { test: 'make test', setup: 'go mod download', check: 'make lint' },
  },
  {
    name: 'charmbracelet/bubbletea',
    contents: {
      'go.mod': 'module github.com/charmbracelet/bubbletea\n',
      '.github/workflows/coverage.yml': job(
        '      - name: Coverage\n        run: |\n          go test -race -covermode=atomic -coverprofile=coverage.txt ./...\n',
      ),
    },
    expect: { test: 'go test -race ./...', setup: 'go mod download', check: 'golangci-lint run' },
  },
  {
    name: 'BurntSushi/ripgrep',
    contents: {
      'Cargo.toml': '[package]\nname = "ripgrep"\n[workspace]\nmembers = ["crates/cli"]\n',
      '.github/workflows/ci.yml': job(
        "      - name: Run tests\n        if: matrix.os != 'windows-2022'\n        run: ${{ env.CARGO }} test --verbose --workspace ${{ env.TARGET_FLAGS }}\n      - run: cargo fmt --all --check\n",
      ),
    },
    expect: { test: 'cargo test --workspace --no-fail-fast', setup: 'cargo fetch', check: 'cargo fmt --all --check' },
  },
  {
    name: 'google/gson',
    contents: {
      'pom.xml': '<project/>',
      '.github/workflows/build.yml': job(
        '      - run: mvn clean test --projects gson --activate-profiles gson-subset\n      - run: mvn test --activate-profiles native ${{ matrix.extra }}\n',
      ),
    },
    expect: { test: 'mvn -B test', check: null },
  },
  {
    name: 'spring-projects/spring-petclinic',
    contents: {
      'pom.xml': '<project/>',
      'build.gradle': 'plugins { id "java" }',
      '.github/workflows/gradle-build.yml': job('      - run: ./gradlew build\n'),
      '.github/workflows/maven-build.yml': job('      - name: Build with Maven Wrapper\n        run: ./mvnw -B verify\n'),
    },
    expect: { test: './mvnw -B verify' },
  },
  {
    name: 'square/okio',
    contents: {
      'build.gradle.kts': 'plugins {}',
      '.github/workflows/build.yml': job(
        '      - run: |\n          ./gradlew -Dkjs=false -Dtest.java.version=${{ matrix.java-version }} build --stacktrace\n',
      ),
    },
    expect: { test: './gradlew --no-daemon test', setup: './gradlew --no-daemon testClasses' },
  },
  {
    name: 'sinatra/sinatra',
    contents: {
      Gemfile: "source 'https://rubygems.org'\ngem 'rake'\n",
      Rakefile: "require 'rake/testtask'\nRake::TestTask.new(:test)\ntask default: :test\n",
      '.github/workflows/test.yml': job(
        '      - uses: ruby/setup-ruby@v1\n        with:\n          bundler-cache: true\n      - name: Run tests\n        run: |\n          bundle exec rake\n',
      ),
    },
    expect: { test: 'bundle exec rake', setup: 'bundle install', check: 'bundle exec rubocop' },
  },
  {
    name: 'Seldaek/monolog',
    contents: {
      'composer.json': JSON.stringify({
        require: { php: '>=8.1' },
        'require-dev': { 'phpunit/phpunit': '^10' },
        scripts: { test: '@php vendor/bin/phpunit', phpstan: '@php vendor/bin/phpstan analyse' },
      }),
      '.github/workflows/continuous-integration.yml': job(
        '      - name: "Run tests"\n        run: "composer exec phpunit -- --exclude-group Elastica"\n',
      ),
      '.github/workflows/phpstan.yml': job('      - run: composer phpstan\n'),
    },
    expect: { test: 'composer test', setup: 'composer install --no-interaction --no-progress', check: 'composer phpstan' },
  },
  {
    name: 'guzzle/guzzle',
    contents: {
      'composer.json': JSON.stringify({ 'require-dev': { 'phpunit/phpunit': '^9' } }),
      '.github/workflows/ci.yml': job(
        '      - run: composer update --prefer-lowest\n      - run: |\n          ./vendor/bin/http_test_server &\n      - run: ./vendor/bin/phpunit\n',
      ),
    },
    expect: { test: './vendor/bin/phpunit', setup: 'composer install --no-interaction --no-progress' },
  },
  {
    name: 'DapperLib/Dapper',
    contents: {
      'tests/Dapper.Tests/Dapper.Tests.csproj': '<Project><PackageReference Include="xunit" /></Project>',
      '.github/workflows/main.yml': job(
        '    - run: dotnet test tests/Dapper.Tests/Dapper.Tests.csproj -c Release --logger GitHubActions\n',
        '    services:\n      postgres:\n        image: postgres\n',
      ),
    },
    expect: { test: 'dotnet test', setup: 'dotnet restore' },
  },
  {
    name: 'elixir-plug/plug',
    contents: {
      'mix.exs': 'defmodule Plug.MixProject do\nend\n',
      '.github/workflows/ci.yml': job(
        '      - run: mix deps.get --check-locked\n      - run: mix format --check-formatted\n        if: ${{ matrix.lint }}\n      - run: mix deps.unlock --check-unused\n      - run: mix test\n',
      ),
    },
    expect: { test: 'mix test', setup: 'mix deps.get --check-locked' },
  },
  {
    name: 'oakserver/oak',
    contents: {
      'deno.json': JSON.stringify({ tasks: { test: 'deno test --allow-net', 'test:coverage': 'deno test --coverage=./cov' } }),
      '.github/workflows/ci.yml': job('      - run: deno fmt --check\n      - run: deno lint\n      - run: deno task test:coverage\n'),
    },
    expect: { test: 'deno task test', setup: null, check: 'failed=0; deno fmt --check || failed=1; deno lint || failed=1; exit $failed' },
  },
  {
    name: 'a workspace in a monorepo',
    paths: [
      'package.json',
      'pnpm-lock.yaml',
      'pnpm-workspace.yaml',
      'packages/api/package.json',
      'packages/api/src/x.ts',
      '.github/workflows/ci.yml',
    ],
    workingDirectory: 'packages/api',
    contents: {
      'packages/api/package.json': scripts({ test: 'vitest run', lint: 'eslint .' }),
      '.github/workflows/ci.yml': job('      - run: pnpm -r test\n      - run: pnpm test:unit\n        working-directory: packages/web\n'),
    },
    expect: { test: 'pnpm test', setup: 'pnpm install --frozen-lockfile', check: 'pnpm lint' },
  },
  {
    name: 'one service in a folder',
    paths: ['README.md', 'backend/go.mod', 'backend/main.go', 'docs/package.json'],
    contents: { 'backend/go.mod': 'module x\n', 'docs/package.json': scripts({ test: 'jest' }) },
    expect: { test: 'cd backend && go test ./...', setup: 'cd backend && go mod download' },
  },
  {
    name: 'two services in folders, which cannot be known',
    paths: ['README.md', 'backend/go.mod', 'frontend/package.json'],
    contents: { 'backend/go.mod': 'module x\n', 'frontend/package.json': scripts({ test: 'jest' }) },
    expect: { test: null },
  },
  {
    name: 'a create-react-app project, whose tests watch',
    paths: ['package.json', 'yarn.lock', 'src/App.test.js'],
    contents: {
      'package.json': scripts({ test: 'react-scripts test', start: 'react-scripts start' }),
      'yarn.lock': '# yarn lockfile v1\n',
    },
    expect: { test: 'CI=true yarn test', setup: 'yarn install --frozen-lockfile' },
  },
  {
    name: "a package with npm's placeholder",
    paths: ['package.json', 'index.js'],
    contents: { 'package.json': JSON.stringify({ scripts: { test: 'echo "Error: no test specified" && exit 1' } }) },
    expect: { test: null, setup: null, check: null },
  },
  {
    name: 'a CLAUDE.md with warnings',
    paths: ['CLAUDE.md', 'package.json', 'package-lock.json'],
    contents: {
      'CLAUDE.md':
        '# Commands\n```bash\n# Install\nnpm ci\n# Run a single test\nnpm test -- src/a.test.ts\n# Run all tests\nnpm test   # takes a minute\nnpm run dev\n```\nNever run:\n```sh\nnpm run test:e2e\n```\n',
      'package.json': scripts({ test: 'jest', 'test:e2e': 'playwright test', dev: 'vite' }),
    },
    expect: { test: 'npm test', setup: 'npm ci', check: null },
  },
  {
    name: 'scripts that all need a person, a browser or Docker',
    paths: ['package.json', 'Makefile'],
    contents: {
      'package.json': scripts({ test: 'jest --watch', 'test:e2e': 'cypress open' }),
      Makefile: 'test:\n\tdocker compose run app pytest\n',
    },
    expect: { test: null },
  },
];
