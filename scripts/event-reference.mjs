#!/usr/bin/env node
/** Writes the reference of the transcript's events into docs/audit.md, between its markers, from the types and docstrings of src/transcript/events.ts. With `--check` it only says whether it is current. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as prettier from 'prettier';
import ts from 'typescript';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const page = join(root, 'docs', 'audit.md');
const source = join(root, 'src', 'transcript', 'events.ts');
const file = ts.createSourceFile(source, readFileSync(source, 'utf8'), ts.ScriptTarget.Latest, true);
const types = new Map(file.statements.filter(ts.isTypeAliasDeclaration).map((alias) => [alias.name.text, alias]));

const events = namesIn(types.get('Facts').type);
const link = types.get('Link');
/** Types of the file that the events use and that are not events themselves. */
const shared = [...types.keys()].filter((name) => !['Event', 'Transcript', 'Link', 'Facts', ...events].includes(name));

const reference = [
  `### Every event\n\n${table(link.type)}`,
  ...events.map((name) => section(types.get(name), `\`${typeOf(types.get(name))}\``)),
  ...shared.map((name) => section(types.get(name), name)),
].join('\n\n');

const before = readFileSync(page, 'utf8');
const after = await prettier.format(between(before, reference), { ...(await prettier.resolveConfig(page)), filepath: page });
if (!process.argv.includes('--check')) writeFileSync(page, after);
else if (after !== before) {
  console.error('docs/audit.md does not say what src/transcript/events.ts says; run: npm run event-reference');
  process.exitCode = 1;
}

function namesIn(union) {
  return union.types.map((member) => member.typeName.text);
}

/** The word in an event's `type`. */
function typeOf(alias) {
  return literalOf(alias.type).members.find((member) => member.name.text === 'type').type.literal.text;
}

function section(alias, title) {
  const body = literalOf(alias.type) ? table(alias.type) : `\`${words(alias.type)}\``;
  return [`### ${title}`, docOf(alias), body].filter(Boolean).join('\n\n');
}

function table(type) {
  const rows = rowsOf(type, '').map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`);
  return ['| Field | Type | Meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

/** One row a field, those of inner objects after it: `run.id`, `parts[].name`. `?`: may be absent. */
function rowsOf(type, prefix) {
  return literalOf(type).members.flatMap((member) => {
    const name = member.name.text;
    if (name === 'type' && prefix === '') return [];
    const path = `${prefix}${name}${member.questionToken ? '?' : ''}`;
    const isList = listOf(member.type) !== undefined;
    const inner = listOf(member.type) ?? member.type;
    if (!literalOf(inner)) return [[`\`${path}\``, `\`${words(member.type)}\``, docOf(member)]];
    const own = docOf(member);
    return [...(own ? [[`\`${path}\``, isList ? 'list' : 'object', own]] : []), ...rowsOf(inner, `${path}${isList ? '[]' : ''}.`)];
  });
}

/** The members of `Readonly<{…}>` or `{…}`. */
function literalOf(type) {
  if (ts.isTypeLiteralNode(type)) return type;
  const inner = ts.isTypeReferenceNode(type) && type.typeName.text === 'Readonly' ? type.typeArguments?.[0] : undefined;
  return inner && ts.isTypeLiteralNode(inner) ? inner : undefined;
}

/** What `readonly T[]` is a list of. */
function listOf(type) {
  return ts.isTypeOperatorNode(type) && ts.isArrayTypeNode(type.type) ? type.type.elementType : undefined;
}

function words(type) {
  return type
    .getText(file)
    .replace(/\s+/g, ' ')
    .replace(/^(?:readonly|\|) /, '');
}

function docOf(node) {
  const text = ts
    .getJSDocCommentsAndTags(node)
    .map((doc) => ts.getTextOfJSDocComment(doc.comment) ?? '')
    .join(' ');
  return text.replace(/\s+/g, ' ').trim();
}

/** The page with what stands between `<!-- events -->` and `<!-- /events -->` replaced. */
function between(text, content) {
  const [open, close] = ['<!-- events -->', '<!-- /events -->'];
  const [start, end] = [text.indexOf(open), text.indexOf(close)];
  if (start === -1 || end < start) throw new Error(`docs/audit.md lacks the markers ${open} and ${close}`);
  return `${text.slice(0, start + open.length)}\n\n${content}\n\n${text.slice(end)}`;
}
