import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { switchTo } from './switch.ts';
import type { Wire } from './wire.ts';
import type { Workspace } from './workspace.ts';

/**
 * Brings the working tree to where a patch leads from the tree it is at. Made in an index of its own first, so that a patch that does not fit changes nothing.
 * Throws with Git's own words.
 */
export async function applyPatch(
  workspace: Workspace,
  { patch }: Wire['apply']['params'],
  signal: AbortSignal,
): Promise<Wire['apply']['result']> {
  const { git, temp, trees } = workspace;
  const env = { GIT_INDEX_FILE: join(temp, 'apply-index') };
  try {
    await git.run(['read-tree', await trees.hash(signal)], { env, signal });
    await git.run(['apply', '--cached', '--binary', '--whitespace=nowarn', '--allow-empty', '-'], { env, input: patch, signal });
    const tree = (await git.text(['write-tree', '--missing-ok'], { env, signal })).trim();
    return await switchTo(workspace, { tree }, signal);
  } finally {
    rmSync(env.GIT_INDEX_FILE, { force: true });
  }
}
