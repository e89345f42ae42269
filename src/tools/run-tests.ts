import { z } from 'zod';
import type { CommandResult, Host } from '../toolhost/wire.ts';
import { commandText, excerpt } from './run-command.ts';
import { defineTool, type TestRun, type Tool } from './tool.ts';

/** Seconds a test run may take. */
export const TESTS_TIMEOUT_S = 600;

/** A test run's output is read for counts and names before it is cut for the model. */
const READ_CUT = { head_bytes: 1024 * 1024, tail_bytes: 2 * 1024 * 1024 } as const;

/** Reads counts and failing names out of a runner's output. */
export type ReadTests = (command: string, output: string) => Pick<TestRun, 'counts' | 'failing'>;

/** The repository's test command, if one is known. */
export function runTests(host: Host, command: string | undefined, readOutput: ReadTests): Tool {
  return defineTool({
    name: 'run_tests',
    description:
      "Runs the repository's own test command and records it as evidence for this exact state of the files. args are appended (a file or a filter); push_changes needs a green run of the whole suite after the last edit.",
    input: z.strictObject({ args: z.array(z.string()).optional() }),
    writes: true,
    run: async ({ args = [] }, { signal, log }) => {
      if (command === undefined) return { text: NO_COMMAND, isError: true };
      const { run, result } = await testOnce(host, command, args, readOutput, signal, log);
      const shown = { ...result, output: excerpt(result.output) };
      return { text: `$ ${run.command}\n${commandText(shown, TESTS_TIMEOUT_S)}`, isError: false, tests: run };
    },
  });
}

const NO_COMMAND =
  'No test command is known for this repository, so nothing was run. Use run_command with the command you find in its files; push_changes will open a draft that says so.';

/** Runs a test command once and reads its outcome. */
export async function testOnce(
  host: Host,
  testCommand: string,
  args: readonly string[],
  readOutput: ReadTests,
  signal: AbortSignal,
  log: (piece: string) => void,
): Promise<{ run: TestRun; result: CommandResult }> {
  const command = withArguments(testCommand, args);
  const result = await host.call('run', { command, timeout_s: TESTS_TIMEOUT_S, ...READ_CUT }, signal, log);
  const run: TestRun = {
    command,
    partial: args.length > 0,
    exit_code: result.exit_code,
    timed_out: result.timed_out,
    duration_ms: result.duration_ms,
    ...readOutput(command, result.output),
    tail: lastLines(result.output, 40),
  };
  return { run, result };
}

/** Appends arguments as words the shell cannot read as anything else; npm needs `--` to hand them on. */
export function withArguments(command: string, args: readonly string[]): string {
  if (args.length === 0) return command;
  const words = args.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const separator = /^(npm|pnpm)\s+(run|test|t)\b/.test(command) && !command.includes(' -- ') ? ' --' : '';
  return `${command}${separator} ${words}`;
}

function lastLines(text: string, count: number): string {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
