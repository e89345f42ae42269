import { commandsOfInstructions } from './discovery/instructions.ts';
import { commandsOfManifests } from './discovery/manifests.ts';
import { projectAt } from './discovery/project.ts';
import type { Project } from './discovery/project.ts';
import { commandsOfWorkflows } from './discovery/workflows.ts';
import type { FoundCommand } from './wire.ts';

/** The commands of a repository, each `null` when none was found that can run unattended. */
export type Discovered = { test: FoundCommand | null; setup: FoundCommand | null; check: FoundCommand | null };

/**
 * Finds how a repository is set up, tested and checked. What people wrote down for agents comes first (AGENTS.md, CLAUDE.md), then what
 * the repository's own CI runs, then what its manifests imply. It is a guess with a stated source: the base run shows whether it works.
 *
 * @param files paths of the repository, relative to its root, with `/`
 * @param read content of one of them; `null` when it cannot be read as text
 * @param workingDirectory folder that the commands are run in, relative to the root
 */
export function discover(files: readonly string[], read: (path: string) => string | null, workingDirectory = '.'): Discovered {
  const project = projectAt(files, read, workingDirectory);
  const sources = [commandsOfInstructions(project), commandsOfWorkflows(project), commandsOfManifests(project)];
  const first = (kind: keyof Discovered): FoundCommand | null => sources.find((source) => source[kind])?.[kind] ?? null;
  return { test: first('test'), setup: withoutLockFile(project, first('setup')), check: first('check') };
}

/** npm would write a lock file where there is none, and it would end up in the change. */
function withoutLockFile(project: Project, setup: FoundCommand | null): FoundCommand | null {
  if (setup === null || project.has('package-lock.json') || project.root.has('package-lock.json') || project.has('npm-shrinkwrap.json'))
    return setup;
  return {
    ...setup,
    command: setup.command.replace(/\bnpm (?:i|install)(?= --|\s*(?:$|&&|;))(?!.*--no-package-lock)/g, '$& --no-package-lock'),
  };
}
