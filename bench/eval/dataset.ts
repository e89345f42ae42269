import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** A list, or the JSON text of one, as SWE-bench's own files have it. */
const names = z.preprocess((value) => (typeof value === 'string' ? (JSON.parse(value) as unknown) : value), z.array(z.string()));

const instance = z.object({
  instance_id: z.string().regex(/^[\w.-]+$/),
  /** A folder, a Git URL, `OWNER/NAME` on GitHub, or `inline` with `files`. */
  repo: z.string().min(1),
  /** Whole small repositories, by path; their one commit is made with a fixed author and date, so that its hash is fixed too. */
  files: z.record(z.string(), z.string()).optional(),
  base_commit: z.string().regex(/^[0-9a-f]{40}$/),
  problem_statement: z.string().min(1),
  /** The known change: what a recording replays. Never shown to a real model. */
  patch: z.string().default(''),
  /** Tests that tell whether the problem is gone. Never shown to a real model. */
  test_patch: z.string().default(''),
  FAIL_TO_PASS: names.default([]),
  PASS_TO_PASS: names.default([]),
  /** Ours: how the tests are run in a plain checkout. Without it a prediction is written and not checked. */
  test_command: z.string().optional(),
  /** Ours: what the recording states as `change_kind`. */
  change_kind: z.enum(['fix', 'feature', 'refactor', 'tests', 'docs', 'config']).default('fix'),
});

/** One instance in SWE-bench's form (https://www.swebench.com/SWE-bench/guides/datasets/), fields we do not know left out. */
export type Instance = z.infer<typeof instance>;

/** Reads a JSON Lines file. Throws naming the line and the field that is wrong. */
export function readDataset(file: string): readonly Instance[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  const instances = lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    try {
      return [instance.parse(JSON.parse(line))];
    } catch (cause) {
      const text =
        cause instanceof z.ZodError
          ? cause.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
          : (cause as Error).message;
      throw new Error(`${file}, line ${index + 1}: ${text}`, { cause });
    }
  });
  if (instances.length === 0) throw new Error(`${file} holds no instance.`);
  const twice = instances.find(({ instance_id: id }, index) => instances.findIndex((other) => other.instance_id === id) !== index);
  if (twice) throw new Error(`${file}: ${twice.instance_id} stands there twice.`);
  return instances;
}
