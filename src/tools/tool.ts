import { z } from 'zod';
import type { JsonSchema, ToolDefinition } from '../model/model.ts';

/** What a tool answers: text for the model. Error texts say what happened, why, and what to do instead. */
export type ToolResult = Readonly<{
  text: string;
  isError: boolean;
  /** Set by `run_tests`: the evidence, recorded beside the text. */
  tests?: TestRun;
}>;

/** One run of the repository's test command. */
export type TestRun = Readonly<{
  command: string;
  /** True when arguments narrowed the run. */
  partial: boolean;
  /** `null` when the command was killed (time-out, signal). */
  exit_code: number | null;
  timed_out: boolean;
  duration_ms: number;
  counts?: Readonly<{ passed: number; failed: number; skipped: number }>;
  /** Names of failing tests, where the runner tells them. */
  failing?: readonly string[];
  /** The last part of the output. */
  tail: string;
}>;

/** What a call is given beside its input. `log` takes the full output, piece by piece. */
export type CallContext = Readonly<{ signal: AbortSignal; log: (piece: string) => void }>;

/** One of the model's tools. */
export type Tool = Readonly<{
  definition: ToolDefinition;
  /** True when a call can change the workspace: the tree is hashed after it, and it is never run twice on resume. */
  writes: boolean;
  /** What is wrong with an input, all faults in one text that says what to write instead; `null` when nothing is. */
  faults(input: unknown): string | null;
  /** Runs a call whose input has no faults. Throws only when the tool host is gone or the signal fired. */
  run(input: unknown, context: CallContext): Promise<ToolResult>;
}>;

/** Makes a tool of a strict zod schema: the one source of the JSON schema, the validation and the input's type. */
export function defineTool<S extends z.ZodObject>(spec: {
  name: string;
  description: string;
  input: S;
  writes: boolean;
  run(input: z.infer<S>, context: CallContext): Promise<ToolResult>;
}): Tool {
  return {
    definition: { name: spec.name, description: spec.description, input_schema: schemaOf(spec.input) },
    writes: spec.writes,
    faults: (input) => inputFaults(spec.name, spec.input, input),
    run: (input, context) => spec.run(input as z.infer<S>, context),
  };
}

/** Everything that is wrong with an input, in one text for the model; `null` when nothing is. */
export function inputFaults(name: string, schema: z.ZodType, input: unknown): string | null {
  const parsed = schema.safeParse(input);
  if (parsed.success) return null;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'input'}: ${issue.message}`);
  return `Invalid input for ${name}: ${faults.join('; ')}. Nothing was done; call it again with the schema's fields.`;
}

/** The JSON schema of a strict object, as the Messages API takes it. */
export function schemaOf(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    override({ jsonSchema }) {
      // zod bounds every integer by what a double holds exactly: noise that costs tokens in each request.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  return rest as unknown as JsonSchema;
}
