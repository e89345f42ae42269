import { execFile, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Instance } from './dataset.ts';

/** Nobody's settings but ours, and for what we commit one author and one date. */
const ENVIRONMENT = {
  PATH: process.env['PATH'] ?? '',
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'Evaluation',
  GIT_AUTHOR_EMAIL: 'evaluation@example.com',
  GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z',
  GIT_COMMITTER_NAME: 'Evaluation',
  GIT_COMMITTER_EMAIL: 'evaluation@example.com',
  GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
};

export async function git(cwd: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('git', args, { cwd, env: ENVIRONMENT, maxBuffer: 256 << 20 });
  return stdout;
}

/** A checkout of the base commit in a new folder, without any later history: the known fix must not be there to find. */
export async function checkOut(instance: Instance, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  if (instance.repo === 'inline') return checkOutFiles(instance, folder);
  const url = /^[\w.-]+\/[\w.-]+$/.test(instance.repo) ? `https://github.com/${instance.repo}` : instance.repo;
  await git(folder, 'clone', '--quiet', '--no-checkout', '--', url, '.');
  await git(folder, 'checkout', '--quiet', '-B', 'evaluation', instance.base_commit);
  await git(folder, 'remote', 'remove', 'origin');
  const references = (await git(folder, 'for-each-ref', '--format=%(refname)'))
    .split('\n')
    .filter((name) => name !== '' && name !== 'refs/heads/evaluation');
  for (const name of references) await git(folder, 'update-ref', '-d', name);
  await git(folder, 'reflog', 'expire', '--expire=now', '--all');
  await git(folder, 'gc', '--quiet', '--prune=now');
}

async function checkOutFiles({ instance_id: id, files = {}, base_commit: base }: Instance, folder: string): Promise<void> {
  await git(folder, 'init', '--quiet', '--initial-branch', 'evaluation');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  await git(folder, 'add', '--all');
  await git(folder, 'commit', '--quiet', '--message', `Base of ${id}`);
  const made = (await git(folder, 'rev-parse', 'HEAD')).trim();
  if (made !== base) throw new Error(`${id}: the files make the commit ${made}, and base_commit says ${base}.`);
}

/** Applies a patch to the files; nothing when it is empty. */
export async function apply(folder: string, patch: string): Promise<void> {
  if (patch.trim() === '') return;
  await new Promise<void>((done, fail) => {
    const child = spawn('git', ['apply', '--whitespace=nowarn', '-'], { cwd: folder, env: ENVIRONMENT, stdio: ['pipe', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (piece: Buffer) => (said += piece.toString()));
    child.once('error', fail);
    child.once('close', (code) => (code === 0 ? done() : fail(new Error(`the patch does not apply: ${said.trim()}`))));
    child.stdin.end(patch.endsWith('\n') ? patch : `${patch}\n`);
  });
}

/** Paths that a patch touches, new names of renamed files included. */
export function pathsIn(patch: string): string[] {
  return [...new Set([...patch.matchAll(/^(?:---|\+\+\+) [ab]\/(.+)$/gm)].map(([, path]) => path ?? ''))];
}
