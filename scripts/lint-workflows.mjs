#!/usr/bin/env node
/**
 * Checks `action.yml`, the workflows and the examples with GitHub's own language service: unknown keys, wrong values, misspelt contexts in
 * expressions. Needs Node 22.15 or newer.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TextDocument } from 'vscode-languageserver-textdocument';

// The package is written for bundlers: it imports JSON without an attribute and files without their ending.
registerHooks({
  load: (url, context, next) => next(url, url.endsWith('.json') ? { ...context, importAttributes: { type: 'json' } } : context),
  resolve(specifier, context, next) {
    try {
      return next(specifier, context);
    } catch (error) {
      if (error.code !== 'ERR_MODULE_NOT_FOUND' && error.code !== 'ERR_UNSUPPORTED_DIR_IMPORT') throw error;
      return next(`${specifier}${error.code === 'ERR_MODULE_NOT_FOUND' ? '.js' : '/index.js'}`, context);
    }
  },
});
const { validate } = await import('@actions/languageservice');
const { validateAction } = await import('@actions/languageservice/validate-action');

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const workflows = ['.github/workflows', 'examples'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((file) => /\.ya?ml$/.test(file))
    .map((file) => `${folder}/${file}`),
);
const faults = [
  ...(await faultsOf('action.yml', validateAction)),
  ...(await Promise.all(workflows.map((file) => faultsOf(file, validate)))).flat(),
];
for (const fault of faults) console.error(fault);
console.log(`${workflows.length + 1} files, ${faults.length} faults`);
if (faults.length > 0) process.exit(1);

async function faultsOf(file, check) {
  const document = TextDocument.create(`file:///${file}`, 'yaml', 1, readFileSync(join(root, file), 'utf8'));
  return (await check(document)).map(({ message, range }) => `${file}:${range.start.line + 1}: ${message}`);
}
