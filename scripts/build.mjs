#!/usr/bin/env node
/**
 * Builds the committed bundles: npm run build. With `--out DIR` they are put elsewhere, to try something.
 *
 *   src/broker.ts             → dist/broker/    main, post and command line; what only some runs need stays in chunks of its own
 *   src/toolhost/toolhost.ts  → dist/toolhost/  the sandboxed program
 *   dist/{main,post,cli}.js                     the doors: a few lines each, which know where the rest stands
 *   dist/THIRD_PARTY_NOTICES.txt                the licence of every package that went in
 *
 * The output is byte-identical for the same lock file, whatever the folder or the Node version, so that `npm run check-dist` can compare it.
 * Not minified and without source maps: what runs in somebody's workflow can be read there, and it starts faster.
 */
import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { bundledPackages, notices } from './notices.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const ncc = createRequire(import.meta.url).resolve('@vercel/ncc/dist/ncc/cli.js');
const bundles = { broker: 'src/broker.ts', toolhost: 'src/toolhost/toolhost.ts' };
const here = `import { join } from 'node:path';\n`;
const doors = {
  'main.js': `${here}import { main } from './broker/index.js';\n\nawait main({ toolhost: join(import.meta.dirname, 'toolhost', 'index.js') });\n`,
  'post.js': `import { post } from './broker/index.js';\n\nawait post();\n`,
  'cli.js': `#!/usr/bin/env node\n${here}import { cli } from './broker/index.js';\n\nawait cli(join(import.meta.dirname, '..'));\n`,
};

const { values } = parseArgs({ options: { out: { type: 'string' } } });
const out = values.out === undefined ? join(root, 'dist') : resolve(values.out);

// Built beside its place and moved there when whole: whoever starts the bundle meanwhile never meets half of one.
await mkdir(join(root, 'build'), { recursive: true });
const draft = await mkdtemp(join(root, 'build', 'dist-'));
try {
  const moduleLists = await Promise.all(Object.entries(bundles).map(([name, entry]) => bundle(name, entry)));
  for (const [name, text] of Object.entries(doors)) await writeFile(join(draft, name), text);
  await chmod(join(draft, 'cli.js'), 0o755);
  await writeFile(join(draft, 'package.json'), '{\n  "type": "module"\n}\n');
  const packages = await bundledPackages(moduleLists.flat(), root);
  await writeFile(join(draft, 'THIRD_PARTY_NOTICES.txt'), await notices(packages));
  await chmod(draft, 0o755); // mkdtemp keeps others out; the sandbox may run as somebody else
  await rm(out, { recursive: true, force: true });
  if (values.out === undefined) await rename(draft, out);
  else await cp(draft, out, { recursive: true }); // which may be another disk
  console.log(`dist/ is built; ${packages.length} packages went in`);
} finally {
  await rm(draft, { recursive: true, force: true });
}

/** Bundles one entry; answers the paths of the modules that went in. Types of `src/` alone are checked, by the tsconfig.json there. */
async function bundle(name, entry) {
  const stats = join(draft, `${name}.stats.json`);
  const args = [ncc, 'build', entry, '--out', join(draft, name), '--target', 'es2022', '--no-cache', '--stats-out', stats];
  await promisify(execFile)(process.execPath, args, { cwd: root, maxBuffer: 64 << 20 }).catch((error) => {
    throw new Error(`ncc failed on ${entry}:\n${error.stdout}${error.stderr}`);
  });
  const { modules } = JSON.parse(await readFile(stats, 'utf8'));
  await rm(stats);
  // ncc takes `new URL('literal', import.meta.url)` for an asset and rewrites it, silently, to a stub of its own.
  if ((await readFile(join(draft, name, 'index.js'), 'utf8')).includes('/* asset import */')) {
    throw new Error(`${entry}: ncc rewrote a "new URL('…', import.meta.url)"; write join(import.meta.dirname, '…') instead`);
  }
  return modulePaths(modules);
}

/** The file paths in webpack's statistics, concatenated modules included. */
function modulePaths(modules) {
  return modules.flatMap((module) => [module.nameForCondition, ...modulePaths(module.modules ?? [])]).filter(Boolean);
}
