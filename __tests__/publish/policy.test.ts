import { describe, expect, test } from '@jest/globals';
import {
  checkPolicy,
  DEFAULT_PROTECTED_PATHS,
  executableConfiguration,
  MAX_NEW_FILE,
  protectedBy,
  touchesProtected,
} from '../../src/publish/policy.ts';
import type { Change } from '../../src/toolhost/wire.ts';

const ZERO = '0'.repeat(40);

function added(path: string, facts: Partial<Change> = {}): Change {
  return {
    path,
    status: 'A',
    old_mode: '000000',
    new_mode: '100644',
    old_id: ZERO,
    new_id: 'a'.repeat(40),
    size: 10,
    filtered: false,
    binary: false,
    ...facts,
  };
}

const rules = (changes: Change[], targets: Record<string, string> = {}): string[] =>
  checkPolicy(changes, new Map(Object.entries(targets))).map((refusal) => refusal.rule);

/** The name in ASCII, short: test names go to logs. */
const labelled = (paths: string[]): [string, string][] =>
  paths.map((path) => [
    JSON.stringify(path.slice(0, 40)).replace(/[^\x20-\x7e]/g, (letter) => `U+${letter.charCodeAt(0).toString(16)}`),
    path,
  ]);

describe('attack 8, a hostile tree', () => {
  test.each(
    labelled([
      '.git/config',
      '.GIT/config',
      'sub/.Git/hooks/post-checkout',
      'git~1/config',
      'GIT~1/config',
      '.git./config',
      '.git /config',
      '.git::$INDEX_ALLOCATION/config',
      '.g\u200cit/config',
      '.gi\ufefft/config',
      '.\u206agit/config',
      '.ｇｉｔ/config',
      '.gıt/config',
      'a/../../b',
      '../b',
      './b',
      '/etc/passwd',
      'C:/Windows/x',
      'a//b',
      '',
      'a\nb',
      'a\u0000b',
      'a\u0085b',
      'a\u2028b',
      'a\\..\\b',
      'b\ufffd',
      'evil\u202egnp.js',
      'trailing.',
      'trailing /file',
      'con',
      'lib/AUX.js',
      'GITMOD~1',
      'gi7eba~1',
      '.GitModules',
      '.git\u200bmodules',
      'x'.repeat(5000),
    ]),
  )('refuses the name %s', (_label, path) => {
    const refusals = checkPolicy([added(path)], new Map());
    expect(refusals.map((refusal) => refusal.rule)).toEqual(['name']);
    expect(refusals[0]!.message).not.toMatch(/[^\x20-\x7e…]/);
  });

  test.each([
    'src/a b.ts',
    '.github/dependabot.yml',
    '.gitignore',
    '.gitattributes',
    'docs/ümlaut.md',
    'app/[id]/page.tsx',
    '.gitlab/x',
    'git/config',
    'a.git/x',
    'digit~1',
    'console.ts',
    'aux-data.json',
  ])('lets the name %j pass', (path) => {
    expect(checkPolicy([added(path)], new Map())).toEqual([]);
  });

  test('names the entry and says what to do', () => {
    expect(checkPolicy([added('a\nb')], new Map())).toEqual([
      {
        entry: '"a\\nb"',
        rule: 'name',
        message: '"a\\nb" has a control character or line break in its name. Remove it or give it another name.',
      },
    ]);
  });

  test('refuses links to other repositories, added or changed, and lets one be removed', () => {
    expect(rules([added('vendor/lib', { new_mode: '160000' })])).toEqual(['gitlink']);
    expect(rules([added('vendor/lib', { status: 'M', old_mode: '160000', new_mode: '160000' })])).toEqual(['gitlink']);
    expect(rules([added('vendor/lib', { status: 'D', old_mode: '160000', new_mode: '000000', new_id: ZERO })])).toEqual([]);
  });

  test.each(['100664', '040000', '100600', '120777', '', '777'])('refuses the mode %j', (mode) => {
    expect(rules([added('a', { new_mode: mode })])).toEqual(['mode']);
  });

  test.each([
    ['link', '/etc/passwd'],
    ['link', '../outside'],
    ['a/link', '../../outside'],
    ['a/link', '..//../x'],
    ['link', '.git/config'],
    ['link', '.GIT'],
    ['a/link', '../.git/hooks'],
    ['link', 'a/../../outside'],
    ['link', 'a/..'],
    ['link', './a/../b'],
    ['link', 'C:\\Windows'],
    ['link', '..\\outside'],
    ['link', '~/.ssh/id_rsa'],
    ['link', 'a\nb'],
    ['link', ''],
    ['.gitmodules', 'a'],
    ['a/.gitattributes', 'b'],
  ])('refuses the symbolic link %s → %j', (path, target) => {
    expect(rules([added(path, { new_mode: '120000' })], { [path]: target })).toEqual(['symlink']);
  });

  test('refuses a symbolic link whose target is not told', () => {
    expect(rules([added('link', { new_mode: '120000' })])).toEqual(['symlink']);
  });

  test.each([
    ['link', 'a/b'],
    ['link', './a'],
    ['a/link', '../b'],
    ['a/b/link', '../../c/d'],
    ['a/link', '..'],
    ['link', '..data/x'],
    ['link', 'x..'],
  ])('lets the symbolic link %s → %s pass', (path, target) => {
    expect(rules([added(path, { new_mode: '120000' })], { [path]: target })).toEqual([]);
  });

  test('refuses paths that a filter keeps, large new files, and object ids that are not SHA-1', () => {
    expect(rules([added('model.bin', { filtered: true })])).toEqual(['filtered']);
    expect(rules([added('dump.sql', { size: MAX_NEW_FILE + 1 })])).toEqual(['size']);
    expect(rules([added('dump.sql', { size: MAX_NEW_FILE })])).toEqual([]);
    expect(
      rules([added('package-lock.json', { status: 'M', old_mode: '100644', old_id: 'b'.repeat(40), size: 2 * MAX_NEW_FILE })]),
    ).toEqual([]);
    expect(rules([added('a', { new_id: 'a'.repeat(64) })])).toEqual(['object']);
  });

  test('refuses two spellings of one path, as for a symbolic link that a second folder goes through', () => {
    const changes = [added('A', { new_mode: '120000' }), added('a/post-checkout'), added('B/x'), added('b/y')];
    expect(checkPolicy(changes, new Map([['A', 'target']])).map(({ rule, entry }) => [rule, entry])).toEqual([
      ['case', 'a'],
      ['case', 'b'],
    ]);
    expect(rules([added('README.md', { status: 'D', new_mode: '000000' }), added('readme.md')])).toEqual([]);
    expect(rules([added('a:b'.replace('a', 'ax')), added('ax:c')])).toEqual([]);
  });

  test('tells everything that is wrong at once', () => {
    expect(rules([added('.git/x', { filtered: true }), added('ok'), added('sub', { new_mode: '160000' })])).toEqual([
      'name',
      'filtered',
      'gitlink',
    ]);
  });

  test('lets an unfortunate name that was there before be edited or removed, unless it reaches out', () => {
    const edited = { status: 'M', old_mode: '100644', old_id: 'b'.repeat(40) } as const;
    expect(rules([added('aux.c', edited), added('odd ', edited)])).toEqual([]);
    expect(rules([added('.GIT/config', edited)])).toEqual(['name']);
    expect(rules([added('odd\nname', { ...edited, status: 'D', new_mode: '000000' })])).toEqual([]);
  });
});

describe('attack 9, protected paths', () => {
  test.each([
    '.github/workflows/ci.yml',
    '.github/workflows/sub/x.yaml',
    '.GitHub/Workflows/ci.yml',
    '.github/work\u200bflows/ci.yml',
    '.github/actions/build/index.js',
    'tools/thing/action.yml',
    'action.yaml',
    'CODEOWNERS',
    '.github/CODEOWNERS',
    'docs/CODEOWNERS',
    '.gitmodules',
    'sub/.gitattributes',
    '.husky/pre-commit',
    'packages/app/.husky/_/husky.sh',
    '.githooks/pre-push',
    '.pre-commit-config.yaml',
    'lefthook.yml',
    '.lefthook-local.yml',
    'AGENTS.md',
    'packages/app/AGENTS.md',
    'claude.md',
    '.claude/settings.json',
    '.cursor/rules/x.mdc',
    '.cursorrules',
    '.mcp.json',
    '.github/copilot-instructions.md',
    '.gitlab-ci.yml',
    '.circleci/config.yml',
    'Jenkinsfile',
  ])('%s is protected by default', (path) => {
    const [touched] = touchesProtected([path], DEFAULT_PROTECTED_PATHS);
    expect(touched).toMatchObject({ path });
    expect(DEFAULT_PROTECTED_PATHS).toContain(touched!.glob);
  });

  test.each([
    'src/workflows/a.ts',
    'README.md',
    'package.json',
    'docs/agents.ts',
    'src/actions.yml',
    '.github/ISSUE_TEMPLATE/bug.md',
    '.gitignore',
    'src/hooks/useThing.ts',
    'interaction.yml',
  ])('%s is not', (path) => {
    expect(touchesProtected([path], DEFAULT_PROTECTED_PATHS)).toEqual([]);
  });

  test('a glob of a folder protects all below it, and the given spelling is named', () => {
    const glob = protectedBy(['infra', 'secrets/', 'src/*.key']);
    expect(['infra/a/b.tf', 'secrets/x', 'src/a.key', 'src/deep/a.key', 'infrastructure/x', './infra/x'].map(glob)).toEqual([
      'infra',
      'secrets/',
      'src/*.key',
      null,
      null,
      'infra',
    ]);
    expect(protectedBy([])('.github/workflows/ci.yml')).toBeNull();
  });
});

describe('attack 10, scripts that run later', () => {
  test('lists what runs without being called by the code', () => {
    const runs = [
      'package.json',
      'packages/a/package.json',
      'Makefile',
      'build/rules.mk',
      'setup.py',
      'tests/conftest.py',
      'build.rs',
      'crates/x/Cargo.toml',
      '.cargo/config.toml',
      'pom.xml',
      'app/build.gradle.kts',
      'gradle/wrapper/gradle-wrapper.properties',
      'Dockerfile',
      'Dockerfile.dev',
      'docker-compose.yml',
      'jest.config.ts',
      '.eslintrc.cjs',
      '.npmrc',
      '.vscode/tasks.json',
      '.devcontainer/devcontainer.json',
      '.envrc',
      'package-lock.json',
      '.github/dependabot.yml',
    ];
    const harmless = [
      'src/index.ts',
      'README.md',
      'src/package.ts',
      'docs/make.md',
      'config.json',
      'src/config.ts',
      'data/requirements.md',
    ];
    expect(executableConfiguration([...harmless, ...runs])).toEqual(runs);
  });
});
