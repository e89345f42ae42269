/**
 * Third-party notices of a bundle, from the list of modules that really went in (ncc's own `licenses.txt` misses the packages of
 * concatenated modules).
 */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

const LICENSE_FILE = /^(licen[cs]e|copying|notice|third.?party.?notices?)([.-].*)?$/i;

/** Packages whose published package.json names no licence, and where it is named. */
const LICENSE_NAMED_ELSEWHERE = {
  'buffers@0.1.1': 'MIT, by the README of its repository https://github.com/substack/node-buffers',
};

/**
 * The packages that own the given module paths, sorted by name and version: `{ name, version, license, folder }`.
 * Throws for a package without a name, version or licence: that needs a person's eye before it ships.
 */
export async function bundledPackages(modulePaths, root) {
  const folders = new Set(modulePaths.map((path) => packageFolder(path)).filter(Boolean));
  const found = new Map();
  for (const folder of folders) {
    const { name, version, license } = await manifest(folder);
    if (!name || !version || typeof license !== 'string')
      throw new Error(`${relative(root, folder)}: package.json lacks name, version or license`);
    found.set(`${name}@${version}`, { name, version, license, folder });
  }
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}

async function manifest(folder) {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  return { name, version, license: license ?? LICENSE_NAMED_ELSEWHERE[`${name}@${version}`] };
}

/** The text of the notices file. */
export async function notices(packages) {
  const parts = await Promise.all(packages.map(notice));
  return `The bundles in this folder contain the packages below.\n\n${parts.join('\n')}`;
}

/** `…/node_modules/@scope/name/lib/x.js` → `…/node_modules/@scope/name`; nothing for the project's own files. */
function packageFolder(path) {
  const parts = path.split(sep);
  const at = parts.lastIndexOf('node_modules');
  if (at < 0) return undefined;
  return parts.slice(0, at + (parts[at + 1].startsWith('@') ? 3 : 2)).join(sep);
}

async function notice({ name, version, license, folder }) {
  const files = (await readdir(folder)).filter((file) => LICENSE_FILE.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const body = texts.map((text) => text.replaceAll('\r\n', '\n').trim()).join('\n\n') || '(the package ships no licence file)';
  return `${'='.repeat(80)}\n${name} ${version} (${license})\n\n${body}\n`;
}
