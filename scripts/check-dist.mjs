#!/usr/bin/env node
/** Fails when the committed bundle is not what the sources build to. `git status`, since `git diff` misses new files. */
import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const cwd = dirname(dirname(fileURLToPath(import.meta.url)));
execFileSync(process.execPath, ['scripts/build.mjs'], { cwd, stdio: 'inherit' });
const changed = execFileSync('git', ['status', '--porcelain', '--', 'dist'], { cwd, encoding: 'utf8' });
if (changed) {
  console.error(`dist/ is not what the sources build to; run "npm run build" and commit:\n${changed}`);
  process.exit(1);
}
console.log('dist/ is what the sources build to');
