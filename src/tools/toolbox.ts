import type { ToolDefinition } from '../model/model.ts';
import type { Host } from '../toolhost/wire.ts';
import { editFile } from './edit-file.ts';
import { blockedInput, pushChanges, pushInput, reportBlocked } from './endings.ts';
import { gitDiff } from './git-diff.ts';
import { listFiles } from './list-files.ts';
import type { Protected } from './protected.ts';
import { readFile } from './read-file.ts';
import { runCommand } from './run-command.ts';
import { runTests, type ReadTests } from './run-tests.ts';
import { search } from './search.ts';
import { inputFaults, type Tool } from './tool.ts';
import { updatePlan } from './update-plan.ts';
import { writeFile } from './write-file.ts';

/** The author's tools that run, by name; `push_changes` and `report_blocked` belong to the loop. */
export type Toolbox = ReadonlyMap<string, Tool>;

export function authorTools(options: {
  host: Host;
  baseTree: string;
  testCommand: string | undefined;
  isProtected: Protected;
  readTests: ReadTests;
}): Toolbox {
  const { host, isProtected } = options;
  return named([
    readFile(host),
    listFiles(host),
    search(host),
    editFile(host, isProtected),
    writeFile(host, isProtected),
    runCommand(host),
    runTests(host, options.testCommand, options.readTests),
    gitDiff(host, options.baseTree),
    updatePlan(),
  ]);
}

/** The reviewer's tools: read-only. */
export function reviewerTools(host: Host): Toolbox {
  return named([readFile(host), search(host)]);
}

/** What the author is told of: every tool of the contract, always in this order. */
export function authorDefinitions(toolbox: Toolbox): readonly ToolDefinition[] {
  return [...definitions(toolbox), pushChanges, reportBlocked];
}

export function definitions(toolbox: Toolbox): readonly ToolDefinition[] {
  return [...toolbox.values()].map(({ definition }) => definition);
}

/** What is wrong with the input of one of the author's calls, said for the model; `null` when nothing is. */
export function callFaults(author: Toolbox, name: string, input: unknown): string | null {
  const tool = author.get(name);
  if (tool) return tool.faults(input);
  const schema = name === 'push_changes' ? pushInput : name === 'report_blocked' ? blockedInput : undefined;
  if (!schema) return `There is no tool ${name}. The tools are: ${[...author.keys(), 'push_changes', 'report_blocked'].join(', ')}.`;
  return inputFaults(name, schema, input);
}

function named(tools: readonly Tool[]): Toolbox {
  return new Map(tools.map((tool) => [tool.definition.name, tool]));
}
