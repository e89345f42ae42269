import picomatch from 'picomatch';
import { folded } from './names.ts';

/**
 * What a change may not touch unless `protected-paths` says otherwise (attack 9): files that decide what runs with the repository's rights, who must
 * approve, what a reviewer sees, or what an agent believes. None of them is needed for an ordinary fix; each is one that a steered model would want.
 */
export const DEFAULT_PROTECTED_PATHS: readonly string[] = [
  // Run with the repository's secrets and tokens: workflows, the actions they call by path, and other systems' pipelines.
  '.github/workflows/**',
  '.github/actions/**',
  '**/action.{yml,yaml}',
  '.gitlab-ci.yml',
  '.circleci/**',
  '.buildkite/**',
  '.woodpecker/**',
  '.{travis,drone,appveyor}.yml',
  '{azure-pipelines,bitbucket-pipelines,appveyor}.yml',
  'Jenkinsfile',
  // Who must approve; GitHub reads it in three places.
  'CODEOWNERS',
  '.github/CODEOWNERS',
  'docs/CODEOWNERS',
  // Git's own: submodules fetch from addresses; attributes run filters and hide files from the diff a reviewer sees (`-diff`, `linguist-generated`).
  '**/.gitmodules',
  '**/.gitattributes',
  '**/.gitconfig',
  // Hooks run on the maintainers' machines at the next commit.
  '**/.husky/**',
  '**/.{githooks,git-hooks,hooks}/**',
  '**/.pre-commit-{config,hooks}.{yml,yaml}',
  '**/{.,}lefthook{,-local}.{yml,yaml,toml,json}',
  '**/.lefthook/**',
  '**/.lintstagedrc{,.*}',
  '**/lint-staged.config.*',
  '**/{.,}simple-git-hooks.{json,js,cjs,mjs}',
  '**/.overcommit.yml',
  // What agents read as instructions, or start as tools: this one (AGENTS.md, CLAUDE.md) and others.
  '**/{AGENTS,CLAUDE,CLAUDE.local,GEMINI}.md',
  '**/.{claude,agents,codex,gemini,cursor,windsurf,roo,continue,aider}/**',
  '**/.{cursorrules,windsurfrules,clinerules,roorules}{,/**}',
  '**/.aider.conf.yml',
  '**/{.,}mcp.json',
  '.github/copilot-instructions.md',
  '.github/{instructions,prompts,agents,chatmodes}/**',
];

/** Files that run without being called by the change's own code: at install, build, test, or when an editor opens the folder (attack 10). */
const EXECUTABLE_CONFIGURATION: readonly string[] = [
  // JavaScript
  '**/{package,deno,bunfig,lerna,nx,turbo}.{json,jsonc,toml}',
  '**/{package-lock.json,npm-shrinkwrap.json,yarn.lock,pnpm-lock.yaml,bun.lock,bun.lockb}',
  '**/{.npmrc,.yarnrc,.yarnrc.yml,.pnpmfile.cjs,.pnp.cjs,.pnp.loader.mjs,pnpm-workspace.yaml}',
  '**/.yarn/**',
  '**/*.config.{js,cjs,mjs,ts,cts,mts}',
  '**/.{babel,eslint,mocha,nyc,prettier,swc}rc{,.*}',
  '**/{gulpfile,Gruntfile,Gulpfile}.*',
  // Python
  '**/{setup.py,setup.cfg,pyproject.toml,tox.ini,noxfile.py,conftest.py,sitecustomize.py,usercustomize.py,pytest.ini}',
  '**/{requirements*.txt,Pipfile,Pipfile.lock,poetry.lock,uv.lock,*.pth}',
  // Go, Rust, C
  '**/{go.mod,go.sum,Cargo.toml,Cargo.lock,build.rs,rust-toolchain,rust-toolchain.toml}',
  '**/.cargo/**',
  '**/{CMakeLists.txt,*.cmake,configure,configure.ac,meson.build,conanfile.*}',
  // JVM, .NET, Ruby, PHP, Swift, Elixir
  '**/{pom.xml,*.gradle,*.gradle.kts,gradlew,gradlew.bat,gradle.properties,mvnw,mvnw.cmd,build.sbt}',
  '**/{gradle/wrapper,.mvn}/**',
  '**/{*.csproj,*.fsproj,*.vbproj,*.props,*.targets,nuget.config}',
  '**/{Rakefile,Gemfile,Gemfile.lock,*.gemspec,composer.json,composer.lock,Package.swift,Podfile,mix.exs}',
  // Make and its like, containers, shells
  '**/{Makefile,GNUmakefile,*.mk,justfile,.justfile,Taskfile.yml,Taskfile.yaml,Procfile,Vagrantfile,Earthfile}',
  '**/{BUILD,WORKSPACE,MODULE}{,.bazel}',
  '**/.bazelrc',
  '**/{*.nix,.envrc,.env,.env.*,mise.toml,.mise.toml,.tool-versions}',
  '**/{Dockerfile,Containerfile}{,.*}',
  '**/{,docker-}compose*.{yml,yaml}',
  // What GitHub and editors start
  '.github/**',
  '**/.devcontainer/**',
  '**/{.devcontainer.json,devcontainer.json}',
  '**/.{vscode,idea,fleet,zed}/**',
];

/** Case does not protect: on the file systems of most maintainers `.GitHub/Workflows` is the same folder. */
const OPTIONS = { dot: true, nocase: true } as const;

/** The protected paths that are touched, each with the glob that protects it. A glob that names a folder protects all below it. */
export function touchesProtected(paths: readonly string[], globs: readonly string[]): { path: string; glob: string }[] {
  const glob = protectedBy(globs);
  return paths.flatMap((path) => {
    const found = glob(path);
    return found === null ? [] : [{ path, glob: found }];
  });
}

/** The glob that protects a path, or `null`: the same rule for the tools and for the raw change. */
export function protectedBy(globs: readonly string[]): (path: string) => string | null {
  const matchers = globs.map((glob) => ({ glob, matches: picomatch([glob, `${glob.replace(/\/+$/, '')}/**`], OPTIONS) }));
  return (path) => {
    const plain = path
      .replace(/^(\.\/)+/, '')
      .split('/')
      .map(folded)
      .join('/');
    return matchers.find(({ matches }) => matches(path) || matches(plain))?.glob ?? null;
  };
}

/** The paths that are executable configuration, for the banner of the pull request. */
export function executableConfiguration(paths: readonly string[]): string[] {
  return paths.filter((path) => isExecutableConfiguration(path));
}

const isExecutableConfiguration = picomatch([...EXECUTABLE_CONFIGURATION], OPTIONS);
