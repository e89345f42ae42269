import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Git } from './git.ts';
import type { Trees } from './trees.ts';

/** What every call works on. */
export type Workspace = {
  /** Absolute real path of the workspace root. */
  root: string;
  /** Folder of the commands, relative to the root; `''` for the root itself. */
  workingDirectory: string;
  /** The host's own folder outside the workspace. */
  temp: string;
  git: Git;
  trees: Trees;
};

/** Throws where the folder of the commands is none, in words for whoever wrote the input. */
export function requireFolder({ root, workingDirectory }: Pick<Workspace, 'root' | 'workingDirectory'>): void {
  if (statSync(join(root, workingDirectory), { throwIfNoEntry: false })?.isDirectory() === true) return;
  throw new Error(
    `The input working-directory is ${workingDirectory}, and the repository has no such folder. Write one that it has, relative to its root (working-directory: packages/app), or leave the line out for the whole repository.`,
  );
}
