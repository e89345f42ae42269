import type { ToolDefinition } from '../model/model.ts';

/** What a tool answers: text for the model. `is_error` texts say what happened, why, and what to do instead. */
export type ToolResult = Readonly<{
  text: string;
  isError: boolean;
  /** Set by `run_tests`: the evidence, recorded beside the text. */
  tests?: TestRun;
}>;

/** One run of the repository's test command. */
export type TestRun = Readonly<{
  command: string;
  /** `null` when the command was killed (time-out, signal). */
  exit_code: number | null;
  timed_out: boolean;
  duration_ms: number;
  counts?: Readonly<{ passed: number; failed: number; skipped: number }>;
  /** Names of failing tests, where the runner tells them. */
  failing?: readonly string[];
  /** The last part of the output, redacted. */
  tail: string;
}>;

/** One of the model's tools. Input is validated against `definition.input_schema` before `run` sees it. */
export type Tool = Readonly<{
  definition: ToolDefinition;
  /** True when a call can change the workspace: the tree is hashed after it, and it is never run twice on resume. */
  writes: boolean;
  run(input: unknown, signal: AbortSignal): Promise<ToolResult>;
}>;
