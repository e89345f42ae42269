import { z } from 'zod';
import type { CommandResult, Host } from '../toolhost/wire.ts';
import { defineTool, type Tool } from './tool.ts';

/** Seconds a command may take when the call does not say. */
const DEFAULT_TIMEOUT_S = 120;
/** Bytes of output the model sees: the start and the end; the whole goes to the log. */
const HEAD_BYTES = 4 * 1024;
const TAIL_BYTES = 12 * 1024;

/** What a command's output is cut to. */
export const OUTPUT_CUT = { head_bytes: HEAD_BYTES, tail_bytes: TAIL_BYTES } as const;

export function runCommand(host: Host): Tool {
  return defineTool({
    name: 'run_command',
    description:
      'Runs one fresh bash -c in the workspace: no terminal, no stdin, nothing survives the call. Answers exit code and output. 120 s unless timeout_s says otherwise. Use run_tests for the test suite.',
    input: z.strictObject({ command: z.string().min(1), timeout_s: z.int().min(1).max(1800).optional() }),
    writes: true,
    run: async ({ command, timeout_s = DEFAULT_TIMEOUT_S }, { signal, log }) => {
      const result = await host.call('run', { command, timeout_s, ...OUTPUT_CUT }, signal, log);
      // A non-zero exit code is a normal result: the model asked for it and reads it.
      return { text: commandText(result, timeout_s), isError: false };
    },
  });
}

/** How a finished command is told to the model. */
export function commandText(result: CommandResult, timeoutS: number): string {
  return [outcome(result, timeoutS), result.output.trimEnd() || '(no output)', ...survivors(result)].join('\n');
}

function outcome(result: CommandResult, timeoutS: number): string {
  const seconds = `${(result.duration_ms / 1000).toFixed(1)} s`;
  if (result.timed_out) return `timed out after ${timeoutS} s and was ended; output so far:`;
  if (result.exit_code === null) return `ended by ${result.signal ?? 'a signal'} after ${seconds}`;
  return `exit code ${result.exit_code} (${seconds})`;
}

function survivors({ survivors }: CommandResult): string[] {
  return survivors.length === 0 ? [] : [`Still running when the command ended, and ended with it: ${survivors.join(', ')}`];
}

/** Cuts a longer output to what the model sees: its start, its end, and a line between that says how much is missing. */
export function excerpt(output: string): string {
  if (output.length <= HEAD_BYTES + TAIL_BYTES) return output;
  const head = output.slice(0, HEAD_BYTES);
  const tail = output.slice(-TAIL_BYTES);
  return `${head.slice(0, head.lastIndexOf('\n') + 1)}[… ${output.length - head.length - tail.length} characters left out; the whole output is in the log …]\n${tail.slice(tail.indexOf('\n') + 1)}`;
}
