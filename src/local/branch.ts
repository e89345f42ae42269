import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export type LocalCommit = Readonly<{
  /** A folder of the checkout. */
  folder: string;
  env: NodeJS.ProcessEnv;
  /** Of the commit that the change is made against. */
  base: Readonly<{ commit: string; tree: string }>;
  /** Path of the whole change as `git diff --binary --full-index` writes it. */
  patch: string;
  /** Hash of the tree that was tested: the commit has exactly this one, or there is none. */
  tree: string;
  branch: string;
  message: string;
}>;

/**
 * Makes one commit on a new local branch, from the recorded change: a private index, no hooks, no filters, no signing; work tree, index and the checked-out branch
 * stay as they are. Answers branch and commit; where the branch exists, `-2` and so on is added. Throws with Git's own words.
 */
export async function commitLocally(wanted: LocalCommit): Promise<{ branch: string; commit: string }> {
  const { base, patch, tree, message } = wanted;
  const scratch = mkdtempSync(join(tmpdir(), 'alchemist-index-'));
  const git = await plumbing(wanted, join(scratch, 'index'));
  try {
    await git(['read-tree', base.tree]);
    await git(['apply', '--cached', '--binary', '--whitespace=nowarn', patch]);
    const written = await git(['write-tree']);
    if (written !== tree)
      throw new Error(`The change gives the tree ${written} here, not the tested ${tree}; no branch was made. The change is in ${patch}.`);
    const commit = await git(['commit-tree', tree, '-p', base.commit, '-m', message]);
    return { branch: await newBranch(git, wanted.branch, commit), commit };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

type Git = (args: readonly string[]) => Promise<string>;

/** A branch is made only where there is none: `update-ref` with the null id refuses another. */
async function newBranch(git: Git, wanted: string, commit: string): Promise<string> {
  for (let counter = 1; ; counter++) {
    const branch = counter === 1 ? wanted : `${wanted}-${counter}`;
    try {
      await git(['update-ref', `refs/heads/${branch}`, commit, '0'.repeat(commit.length)]);
      return branch;
    } catch (error) {
      if (counter === 20 || !/already exists|reference.*exists/i.test(String(error))) throw error;
    }
  }
}

async function plumbing({ folder, env }: LocalCommit, index: string): Promise<Git> {
  const own = { PATH: env['PATH'] ?? '', HOME: env['HOME'] ?? '', LC_ALL: 'C', GIT_INDEX_FILE: index, GIT_TERMINAL_PROMPT: '0' };
  // Nothing of the checkout's configuration runs a program.
  const safe = [
    '-c',
    'core.hooksPath=/dev/null',
    '-c',
    'core.fsmonitor=false',
    '-c',
    'core.attributesFile=/dev/null',
    '-c',
    'core.autocrlf=false',
    '-c',
    'commit.gpgSign=false',
    '-c',
    'gc.auto=0',
  ];
  const run = async (args: readonly string[], identity: Record<string, string> = {}): Promise<string> => {
    const { stdout } = await promisify(execFile)('git', [...safe, ...args], {
      cwd: folder,
      env: { ...own, ...identity },
      maxBuffer: 16 << 20,
    });
    return stdout.trim();
  };
  const config = (name: string, otherwise: string): Promise<string> => run(['config', '--get', name]).catch(() => otherwise);
  const [name, email] = [await config('user.name', 'Alchemist'), await config('user.email', 'alchemist@localhost')];
  // `apply --cached` resolves paths from the top only there.
  const top = await run(['rev-parse', '--show-toplevel']);
  const identity = { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email };
  return (args) => run(['-C', top, ...args], identity);
}
