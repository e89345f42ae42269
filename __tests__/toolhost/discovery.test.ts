import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { discover } from '../../src/toolhost/discovery.ts';
import { classify } from '../../src/toolhost/discovery/commands.ts';
import { flatten } from '../../src/toolhost/discovery/yaml-lines.ts';
import { LAYOUTS } from './layouts/layouts.ts';

const trees = JSON.parse(readFileSync(new URL('./layouts/trees.json', import.meta.url), 'utf8')) as Record<string, string[]>;

describe('the commands of real repository layouts', () => {
  for (const layout of LAYOUTS) {
    test(`are found for ${layout.name}`, () => {
      const files = [...new Set([...(trees[layout.name] ?? []), ...(layout.paths ?? []), ...Object.keys(layout.contents)])];
      const found = discover(files, (path) => layout.contents[path] ?? null, layout.workingDirectory);
      const kinds = Object.keys(layout.expect) as (keyof typeof layout.expect)[];
      const commands = Object.fromEntries(kinds.map((kind) => [kind, found[kind]?.command ?? null]));
      expect(commands).toEqual(layout.expect);
    });
  }

  test('are taken from at least 20 recorded trees', () => {
    expect(LAYOUTS.filter((layout) => trees[layout.name]).length).toBeGreaterThanOrEqual(20);
  });

  test('name their source and how sure it is', () => {
    const found = discover(['package.json', 'package-lock.json'], () =>
      JSON.stringify({ scripts: { test: 'jest' }, devDependencies: { jest: '30' } }),
    );
    expect(found.test).toEqual({ command: 'npm test', source: 'package.json scripts.test', confidence: 'high' });
    expect(found.setup).toEqual({ command: 'npm ci', source: 'package.json', confidence: 'high' });
  });

  test('are none for an empty repository and for unreadable files', () => {
    expect(discover([], () => null)).toEqual({ test: null, setup: null, check: null });
    expect(discover(['package.json', 'AGENTS.md', '.github/workflows/ci.yml'], () => null).test).toBeNull();
    expect(discover(['package.json'], () => '{ not json').test).toBeNull();
  });
});

describe('a command line', () => {
  test.each([
    ['go test ./... | tee log.txt', 'go test ./...'],
    ['$ npm test', 'npm test'],
    ['npm test || true', 'npm test'],
    ['pytest --cov=src --cov-report=xml -q', 'pytest -q'],
    ['coverage run -m pytest tests', 'python3 -m pytest tests'],
    ['PYTHONPATH=. poetry run pytest', 'PYTHONPATH=. poetry run pytest'],
    ['xvfb-run -a npm test', 'xvfb-run -a npm test'],
    ['cd packages/core && npm ci && npm test', 'cd packages/core && npm ci && npm test'],
  ])('%s is a test command', (line, command) => {
    expect(classify(line)).toMatchObject({ kind: 'test', command });
  });

  test.each([
    'npm run test:watch',
    'jest --watch',
    'docker compose run app pytest',
    'sudo make test',
    'pytest ${{ matrix.args }}',
    'npm test && npm publish',
    'npm test -- <path>',
    'npm run test:e2e',
    'playwright test --ui',
    'cargo test --no-run',
    'npm run build',
    'pytest $EXTRA',
    'eslint --fix .',
  ])('%s is not run', (line) => {
    expect(classify(line)).toBeNull();
  });
});

test('a workflow is read into dotted paths, whatever the indentation of its lists', () => {
  const text =
    'on: [push]\njobs:\n  a:\n    steps:\n    - uses: x/y@v1 # pinned\n      with: {node: 20}\n    - name: "T: est"\n      run: |\n        one\n\n        two\n    -\n      run: >-\n        three\n        four\n';
  const entries = flatten(text);
  expect(entries.get('on')).toBe('[push]');
  expect(entries.get('jobs.a.steps.0.uses')).toBe('x/y@v1');
  expect(entries.get('jobs.a.steps.1.name')).toBe('T: est');
  expect(entries.get('jobs.a.steps.1.run')).toBe('one\n\ntwo');
  expect(entries.get('jobs.a.steps.2.run')).toBe('three four');
});
