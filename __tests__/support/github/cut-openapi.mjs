/**
 * Cuts GitHub's OpenAPI description (MIT, package `@octokit/openapi`, 385 MB and therefore no dependency) to the operations that the
 * loopback GitHub serves, and writes `openapi.json` beside this file:
 *
 *   npm install --prefix /tmp/openapi @octokit/openapi
 *   node __tests__/support/github/cut-openapi.mjs /tmp/openapi/node_modules/@octokit/openapi/generated/api.github.com.json
 *
 * OpenAPI 3.0 says `nullable: true` where JSON Schema says `type: [..., 'null']`; ajv only knows the latter, so it is rewritten here.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const OPERATIONS = [
  'actions/download-artifact',
  'actions/get-workflow-run',
  'actions/list-workflow-run-artifacts',
  'git/create-blob',
  'git/create-commit',
  'git/create-ref',
  'git/create-tree',
  'git/delete-ref',
  'git/get-blob',
  'git/get-commit',
  'git/get-ref',
  'git/get-tree',
  'git/update-ref',
  'issues/add-labels',
  'issues/create-comment',
  'issues/delete-comment',
  'issues/get',
  'issues/get-comment',
  'issues/list-comments',
  'issues/update-comment',
  'pulls/create',
  'pulls/get',
  'pulls/list',
  'pulls/request-reviewers',
  'pulls/update',
  'reactions/create-for-issue',
  'reactions/create-for-issue-comment',
  'repos/compare-commits-with-basehead',
  'actions/get-github-actions-default-workflow-permissions-repository',
  'repos/get',
  'repos/get-branch',
  'repos/get-content',
  'repos/get-collaborator-permission-level',
  'users/get-authenticated',
  'users/get-by-username',
];

const DROPPED = new Set(['description', 'example', 'examples', 'title', 'externalDocs', 'discriminator', 'deprecated', 'readOnly', 'xml']);

const source = process.argv[2];
if (!source) throw new Error('usage: cut-openapi.mjs PATH_OF_api.github.com.json');
const spec = JSON.parse(readFileSync(source, 'utf8'));
const schemas = {};

/** The value behind a `$ref`. */
function target(reference) {
  return reference
    .slice(2)
    .split('/')
    .reduce((value, key) => value[key.replaceAll('~1', '/').replaceAll('~0', '~')], spec);
}

function resolved(value) {
  return value?.$ref ? resolved(target(value.$ref)) : value;
}

/** A JSON schema without prose; referenced schemas are collected in `schemas` under `#/schemas/NAME`. */
function cut(schema) {
  if (Array.isArray(schema)) return schema.map(cut);
  if (schema === null || typeof schema !== 'object') return schema;
  if (schema.$ref) return { $ref: collected(schema.$ref) };
  const kept = Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => !DROPPED.has(key) && !key.startsWith('x-') && key !== 'nullable')
      .map(([key, value]) => [
        key,
        key === 'properties' ? properties(value) : key === 'enum' || key === 'required' || key === 'default' ? value : cut(value),
      ]),
  );
  return schema.nullable ? nullable(kept) : kept;
}

/** The names of properties are data, not keywords: `description` and `title` among them stay. */
function properties(value) {
  return Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, cut(schema)]));
}

function nullable(schema) {
  if (schema.type && !schema.oneOf && !schema.anyOf && !schema.allOf) {
    return { ...schema, type: [schema.type, 'null'].flat(), ...(schema.enum && { enum: [...new Set([...schema.enum, null])] }) };
  }
  return { anyOf: [schema, { type: 'null' }] };
}

function collected(reference) {
  const name = reference.split('/').at(-1);
  if (!(name in schemas)) {
    schemas[name] = null;
    schemas[name] = cut(target(reference));
  }
  return `#/schemas/${name}`;
}

const operations = {};
for (const [path, item] of Object.entries(spec.paths)) {
  for (const [method, operation] of Object.entries(item)) {
    if (!OPERATIONS.includes(operation.operationId)) continue;
    const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map(resolved);
    const success = Object.entries(operation.responses).filter(([status]) => status.startsWith('2'));
    const body = resolved(operation.requestBody);
    operations[operation.operationId] = {
      method: method.toUpperCase(),
      path,
      query: Object.fromEntries(
        parameters.filter((parameter) => parameter.in === 'query').map((parameter) => [parameter.name, cut(parameter.schema)]),
      ),
      body: body ? cut(body.content['application/json'].schema) : null,
      bodyRequired: body?.required ?? false,
      responses: Object.fromEntries(
        success.map(([status, response]) => [status, cut(resolved(response).content?.['application/json']?.schema ?? null)]),
      ),
    };
  }
}
const missing = OPERATIONS.filter((id) => !(id in operations));
if (missing.length > 0) throw new Error(`not in the description: ${missing.join(', ')}`);

/** One line an operation or schema: small, and a later cut shows what changed. */
const lines = (part) =>
  sorted(part)
    .map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`)
    .join(',\n');
const origin = JSON.stringify(`@octokit/openapi ${spec.info.version}, api.github.com, MIT, cut by cut-openapi.mjs`);
const output = `{"source": ${origin},\n"operations": {\n${lines(operations)}\n},\n"schemas": {\n${lines(schemas)}\n}}\n`;
writeFileSync(new URL('openapi.json', import.meta.url), output);

function sorted(value) {
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}
