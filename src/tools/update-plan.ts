import { z } from 'zod';
import { defineTool, type Tool } from './tool.ts';

export const planSchema = z.strictObject({
  requirements: z
    .array(
      z.strictObject({
        id: z.string().min(1).describe('e.g. R1'),
        text: z.string().min(1),
        status: z.enum(['open', 'met', 'unmet', 'unknown']),
      }),
    )
    .min(1),
  files_expected: z.array(z.string().min(1)).optional().describe('Files the change should touch'),
});

/** The plan lives in the transcript alone: whoever wants it reads the last call. */
export function updatePlan(): Tool {
  return defineTool({
    name: 'update_plan',
    description:
      "States the ticket's requirements, one by one, and the files the change should touch. Call it first, and again when a status changes.",
    input: planSchema,
    writes: false,
    run: ({ requirements }) => {
      const met = requirements.filter(({ status }) => status === 'met').length;
      return Promise.resolve({ text: `Plan recorded: ${met} of ${requirements.length} requirements met.`, isError: false });
    },
  });
}
