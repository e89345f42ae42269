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
