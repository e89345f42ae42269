import type { FoundCommand } from '../wire.ts';
import { unattendable } from './commands.ts';
import type { Found } from './commands.ts';
import { looseJson, stringsOf } from './project.ts';
import type { Project } from './project.ts';

const found = (command: string, source: string, confidence: FoundCommand['confidence'] = 'high'): FoundCommand => ({
  command,
  source,
  confidence,
});

/** Targets of a Makefile (or justfile) whose names say what they are and whose recipes can run unattended. */
export function makefile(project: Project): Found {
  const path = ['Makefile', 'makefile', 'GNUmakefile', 'justfile', 'Justfile'].find((one) => project.has(one));
  if (path === undefined) return {};
  const text = project.text(path);
  const tool = /just/i.test(path) ? 'just' : 'make';
  const target = (...names: string[]): FoundCommand | null => {
    for (const name of names) {
      const rule = new RegExp(`^@?${name}(?:\\s+[\\w*="'. -]+)?\\s*:(?!=)([^\\n]*)\\n((?:[ \\t]+[^\\n]*(?:\\n|$)|[ \\t]*\\n)*)`, 'm').exec(
        `${text}\n`,
      );
      if (!rule || `${rule[1] ?? ''}${rule[2] ?? ''}`.trim() === '' || unattendable(` ${(rule[2] ?? '').replaceAll('\n', ' ')} `)) continue;
      return found(`${tool} ${name}`, `${path} ${name}`, name === 'check' ? 'low' : 'medium');
    }
    return null;
  };
  const test = target('test', 'tests', 'unit-test', 'unit-tests', 'test-unit', 'unittest', 'check');
  const check = target('lint', 'typecheck', 'vet');
  const setup = target('install-dev', 'dev-install', 'install-deps', 'dev-deps', 'deps', 'setup', 'bootstrap');
  return { ...(test && { test }), ...(setup && { setup }), ...(check && { check }) };
}

export function goAndRust(project: Project): Found {
  if (project.has('Cargo.toml')) {
    const workspace = /^\[workspace\]/m.test(project.text('Cargo.toml')) ? ' --workspace' : '';
    return {
      // Else it stops at the first red target, and the list of failures is not complete.
      test: found(`cargo test${workspace} --no-fail-fast`, 'Cargo.toml'),
      setup: found('cargo fetch', 'Cargo.toml', 'medium'),
      check: found(
        project.has('clippy.toml') || project.has('.clippy.toml')
          ? `cargo clippy${workspace} --all-targets`
          : `cargo check${workspace} --all-targets`,
        'Cargo.toml',
        'medium',
      ),
    };
  }
  if (project.has('go.mod') || project.has('go.work')) {
    const source = project.has('go.mod') ? 'go.mod' : 'go.work';
    const linter = project.files.some((path) => /^\.golangci\.(?:ya?ml|toml|json)$/.test(path));
    // `./...` stops at module borders, so a workspace needs each of its modules named.
    const modules =
      source === 'go.work'
        ? [...project.text('go.work').matchAll(/(?:^|\s)(\.\/[\w./-]+|\.)(?=\s|$)/gm)].map(
            (match) => `${(match[1] ?? '.').replace(/\/$/, '')}/...`,
          )
        : ['./...'];
    return {
      test: found(`go test ${modules.join(' ')}`, source),
      setup: found('go mod download', source),
      check: linter ? found('golangci-lint run', '.golangci.yml', 'medium') : found(`go vet ${modules.join(' ')}`, source, 'medium'),
    };
  }
  return {};
}

export function jvm(project: Project): Found {
  if (project.has('pom.xml')) {
    const tool = project.has('mvnw') ? './mvnw' : 'mvn';
    return { test: found(`${tool} -B test`, 'pom.xml'), setup: found(`${tool} -B -q -DskipTests test-compile`, 'pom.xml', 'medium') };
  }
  const build = ['build.gradle', 'build.gradle.kts', 'settings.gradle', 'settings.gradle.kts'].find((path) => project.has(path));
  if (build !== undefined) {
    // A daemon would outlive the command and be ended with it.
    const tool = `${project.has('gradlew') ? './gradlew' : 'gradle'} --no-daemon`;
    return { test: found(`${tool} test`, build), setup: found(`${tool} testClasses`, build, 'medium') };
  }
  if (project.has('build.sbt'))
    return { test: found('sbt -batch test', 'build.sbt'), setup: found('sbt -batch update', 'build.sbt', 'medium') };
  if (project.has('project.clj')) return { test: found('lein test', 'project.clj'), setup: found('lein deps', 'project.clj') };
  return {};
}

export function phpAndRuby(project: Project): Found {
  if (project.has('composer.json')) return php(project);
  if (project.has('Gemfile') || project.has('Rakefile') || project.files.some((path) => /^[^/]+\.gemspec$/.test(path)))
    return ruby(project);
  if (project.has('shard.yml')) return { test: found('crystal spec', 'shard.yml'), setup: found('shards install', 'shard.yml') };
  return {};
}

function php(project: Project): Found {
  const manifest = looseJson(project.text('composer.json'));
  const needed = { ...stringsOf(manifest.require), ...stringsOf(manifest['require-dev']) };
  const scripts = manifest.scripts as Record<string, unknown> | undefined;
  const setup = found('composer install --no-interaction --no-progress', 'composer.json');
  const stan = project.files.some((path) => /^phpstan\.(?:neon|neon\.dist|dist\.neon)$/.test(path));
  const check = stan ? { check: found('vendor/bin/phpstan analyse --no-progress', 'phpstan.neon', 'medium') } : {};
  const configured = project.files.find((path) => /^phpunit(?:\.dist)?\.xml(?:\.dist)?$/.test(path));
  const script = JSON.stringify(scripts?.test ?? '');
  if (scripts?.test !== undefined && !unattendable(` ${script} `))
    return { test: found('composer test', 'composer.json scripts.test'), setup, ...check };
  if (needed['pestphp/pest'] !== undefined) return { test: found('vendor/bin/pest', 'composer.json require-dev'), setup, ...check };
  if (configured !== undefined || needed['phpunit/phpunit'] !== undefined)
    return { test: found('vendor/bin/phpunit', configured ?? 'composer.json require-dev'), setup, ...check };
  return { setup, ...check };
}

function ruby(project: Project): Found {
  const setup = project.has('Gemfile') ? { setup: found('bundle install', 'Gemfile') } : {};
  const prefix = project.has('Gemfile') ? 'bundle exec ' : '';
  const check = project.has('.rubocop.yml') ? { check: found(`${prefix}rubocop`, '.rubocop.yml', 'medium') } : {};
  const specs = project.has('.rspec') || project.files.some((path) => /^spec\/.*_spec\.rb$/.test(path));
  if (specs) return { test: found(`${prefix}rspec`, project.has('.rspec') ? '.rspec' : 'spec/'), ...setup, ...check };
  if (project.has('bin/rails') && project.files.some((path) => /^test\/.*_test\.rb$/.test(path)))
    return { test: found('bin/rails test', 'bin/rails'), ...setup, ...check };
  const rake = project.text('Rakefile');
  if (/Rake::TestTask|Minitest::TestTask|task[ (]:test|task default: *:?test/.test(rake))
    return { test: found(`${prefix}rake test`, 'Rakefile'), ...setup, ...check };
  return { ...setup, ...check };
}

export function dotnet(project: Project): Found {
  const solutions = project.files.filter((path) => /^[^/]+\.slnx?$/.test(path));
  const projects = project.files.filter((path) => /\.(?:cs|fs|vb)proj$/.test(path));
  if (projects.length === 0) return {};
  const tests = projects.filter((path) => /Microsoft\.NET\.Test\.Sdk|xunit|NUnit|MSTest|TUnit/i.test(project.text(path)));
  // With several solutions, or none and several projects in the folder, the tool asks which.
  const here = solutions.length > 0 ? solutions : projects.filter((path) => !path.includes('/'));
  const target = here.length === 1 ? '' : here.length > 1 ? ` ${here[0] ?? ''}` : tests.length === 1 ? ` ${tests[0] ?? ''}` : null;
  if (target === null) return {};
  const setup = found(`dotnet restore${target}`, here[0] ?? tests[0] ?? '');
  return tests.length === 0 ? { setup } : { test: found(`dotnet test${target}`, tests[0] ?? ''), setup };
}

export function elixirAndDeno(project: Project): Found {
  if (project.has('mix.exs')) {
    const check = project.has('.formatter.exs') ? { check: found('mix format --check-formatted', '.formatter.exs', 'medium') } : {};
    return { test: found('mix test', 'mix.exs'), setup: found('mix deps.get', 'mix.exs'), ...check };
  }
  const path = ['deno.json', 'deno.jsonc'].find((one) => project.has(one));
  if (path === undefined) return {};
  const tasks = stringsOf(looseJson(project.text(path)).tasks);
  const check = found(tasks.lint === undefined ? 'deno lint' : 'deno task lint', path, 'medium');
  if (tasks.test !== undefined && !unattendable(` ${tasks.test} `)) return { test: found('deno task test', `${path} tasks.test`), check };
  const tests = project.files.find((one) => /(?:_|\.)test\.[jt]sx?$/.test(one));
  return tests === undefined ? { check } : { test: found('deno test --allow-all', tests, 'medium'), check };
}

export function native(project: Project): Found {
  if (project.has('Package.swift'))
    return { test: found('swift test', 'Package.swift'), setup: found('swift package resolve', 'Package.swift') };
  if (project.has('pubspec.yaml')) {
    const tool = /^\s*flutter:\s*$/m.test(project.text('pubspec.yaml')) ? 'flutter' : 'dart';
    return {
      test: found(`${tool} test`, 'pubspec.yaml'),
      setup: found(`${tool} pub get`, 'pubspec.yaml'),
      check: found(`${tool} analyze`, 'pubspec.yaml', 'medium'),
    };
  }
  if (project.has('stack.yaml')) return { test: found('stack test', 'stack.yaml') };
  if (project.has('dune-project')) return { test: found('dune test', 'dune-project') };
  if (project.has('CMakeLists.txt') && /enable_testing|include\(CTest\)|add_test/i.test(project.text('CMakeLists.txt'))) {
    // Outside the workspace: a build folder in it would be part of the tree.
    const folder = '"${TMPDIR:-/tmp}/cmake-build"';
    return {
      test: found(
        `cmake -S . -B ${folder} && cmake --build ${folder} && ctest --test-dir ${folder} --output-on-failure`,
        'CMakeLists.txt',
        'medium',
      ),
    };
  }
  if (project.has('meson.build'))
    return {
      test: found(
        'meson setup "${TMPDIR:-/tmp}/meson-build" . --reconfigure && meson test -C "${TMPDIR:-/tmp}/meson-build"',
        'meson.build',
        'low',
      ),
    };
  return {};
}
