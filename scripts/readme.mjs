#!/usr/bin/env node
/** Writes the tables of inputs and outputs into README.md, between its markers, from action.yml. With `--check` it only says whether they are current. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as prettier from 'prettier';
import { parse } from 'yaml';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const readme = join(root, 'README.md');
const action = parse(readFileSync(join(root, 'action.yml'), 'utf8'));

const before = readFileSync(readme, 'utf8');
const withInputs = between(before, 'inputs', table(['Input', 'Default', 'Meaning'], Object.entries(action.inputs).map(inputRow)));
const withBoth = between(withInputs, 'outputs', table(['Output', 'Meaning'], Object.entries(action.outputs).map(outputRow)));
const after = await prettier.format(withBoth, { ...(await prettier.resolveConfig(readme)), filepath: readme });

if (!process.argv.includes('--check')) writeFileSync(readme, after);
else if (after !== before) {
  console.error('README.md does not say what action.yml says; run: npm run readme');
  process.exitCode = 1;
}

function inputRow([name, { default: value, description }]) {
  return [`\`${name}\``, value === '' ? '' : `\`${value}\``, description];
}

function outputRow([name, { description }]) {
  return [`\`${name}\``, description];
}

function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replace(/\s+/g, ' ').trim().replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** The text with what stands between `<!-- name -->` and `<!-- /name -->` replaced. */
function between(text, name, content) {
  const open = `<!-- ${name} -->`;
  const start = text.indexOf(open);
  const end = text.indexOf(`<!-- /${name} -->`);
  if (start === -1 || end < start) throw new Error(`README.md lacks the markers ${open} and <!-- /${name} -->`);
  return `${text.slice(0, start + open.length)}\n\n${content}\n\n${text.slice(end)}`;
}
