import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

const root = resolve(import.meta.dirname, '../..');
let project: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'layers-'));
});

afterEach(() => {
  rmSync(project, { recursive: true, force: true });
});

type Violation = Readonly<{ rule: string; from: string; to: string }>;

/** What a project of these files breaks, in the files' order. */
function broken(files: Readonly<Record<string, string>>): Violation[] {
  for (const [path, text] of Object.entries({ 'tsconfig.json': '{}', 'package.json': '{"type": "module"}', ...files })) {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), text);
  }
  const cruiser = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [cruiser, '--config', join(root, '.dependency-cruiser.cjs'), '--output-type', 'json', 'src'];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: project, encoding: 'utf8' });
  if (!stdout) throw new Error(stderr);
  const { summary } = JSON.parse(stdout) as { summary: { violations: { rule: { name: string }; from: string; to: string }[] } };
  const order = Object.keys(files);
  const found = summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }));
  return found.sort((left, right) => order.indexOf(left.from) - order.indexOf(right.from));
}

const exporting = 'export const value = 1;\nexport type Value = number;\n';
const importing = (path: string): string => `import { value as imported } from '${path}';\nexport const value = imported;\n`;
const importingType = (path: string): string => `import type { Value } from '${path}';\nexport const value: Value = 1;\n`;

test('each dependency rule refuses the import it is there for, and no other', () => {
  const violations: Violation[] = [
    { rule: 'story-above-agent', from: 'src/agent/a.ts', to: 'src/alchemist.ts' },
    { rule: 'workshop-looks-down', from: 'src/tools/b.ts', to: 'src/agent/loop.ts' },
    { rule: 'ground-looks-down', from: 'src/ticket/c.ts', to: 'src/evidence/gates.ts' },
    { rule: 'reports-read-transcripts-only', from: 'src/reports/d.ts', to: 'src/publish/body.ts' },
    { rule: 'transcript-knows-no-report', from: 'src/transcript/e.ts', to: 'src/reports/html.ts' },
    { rule: 'toolhost-stands-alone', from: 'src/toolhost/f.ts', to: 'src/config.ts' },
    { rule: 'broker-knows-only-the-wire', from: 'src/tools/g.ts', to: 'src/toolhost/files.ts' },
    { rule: 'adapters-are-named-in-the-doors', from: 'src/agent/h.ts', to: 'src/model/anthropic.ts' },
    { rule: 'doors-are-entered-from-outside', from: 'src/story.ts', to: 'src/main.ts' },
    { rule: 'no-tests-in-the-product', from: 'src/publish/j.ts', to: '__tests__/support/runner.ts' },
  ];
  const files = violations.flatMap(({ from, to }) => [
    [from, importing(`${'../'.repeat(from.split('/').length - 1)}${to}`)],
    [to, exporting],
  ]);
  expect(broken(Object.fromEntries(files))).toEqual(violations);
});

test('imports that run downward, and types of an adapter, are let through', () => {
  const files = {
    'src/main.ts': importing('./alchemist.ts'),
    'src/alchemist.ts': importing('./agent/loop.ts'),
    'src/agent/loop.ts': importing('../tools/search.ts'),
    'src/tools/search.ts': importing('../toolhost/wire.ts'),
    'src/toolhost/wire.ts': exporting,
    'src/model/anthropic.ts': exporting,
    'src/publish/body.ts': importingType('../model/anthropic.ts'),
  };
  expect(broken(files)).toEqual([]);
});

test('a cycle of values is refused, one of types is not', () => {
  const values = { 'src/agent/a.ts': importing('./b.ts'), 'src/agent/b.ts': importing('./a.ts') };
  expect(broken(values).map(({ rule }) => rule)).toContain('no-cycles');
  const types = {
    ...values,
    'src/agent/a.ts': `${importing('./b.ts')}export type Value = number;\n`,
    'src/agent/b.ts': importingType('./a.ts'),
  };
  expect(broken(types)).toEqual([]);
});
