import { z } from 'zod';
import type { ToolDefinition } from '../model/model.ts';
import { schemaOf } from './tool.ts';

/**
 * The two tools that can end a run. They run nothing themselves: the loop answers them from the transcript (gates, review, publication), so they are
 * definitions and parsers only.
 */
export const pushInput = z.strictObject({
  title: z.string().min(1).max(200).describe('Of the pull request and the commit'),
  summary: z.string().min(1).describe('What changed and why, in Markdown, short'),
  change_kind: z.enum(['fix', 'feature', 'refactor', 'tests', 'docs', 'config']).optional().describe('Default fix'),
  requirements: z
    .array(
      z.union([
        z.string(),
        z.strictObject({
          id: z.string().min(1),
          text: z.string().optional(),
          status: z.enum(['open', 'met', 'unmet', 'unknown']).optional(),
          evidence: z.string().optional(),
        }),
      ]),
    )
    .optional()
    .describe('As in update_plan, when they changed'),
  explanations: z
    .array(z.strictObject({ gate: z.string().min(1), text: z.string().min(1) }))
    .optional()
    .describe('Only for what a gate listed'),
});

export const blockedInput = z.strictObject({
  kind: z.enum(['blocked', 'needs_info', 'not_reproducible', 'out_of_scope', 'answered']),
  reason: z.string().min(1).describe('Posted on the ticket, in Markdown'),
  question: z.string().min(1).optional().describe('What you need to know to go on'),
});

export type PushInput = z.infer<typeof pushInput>;
export type BlockedInput = z.infer<typeof blockedInput>;

export const pushChanges: ToolDefinition = {
  name: 'push_changes',
  description:
    'Asks for publication of the change as it stands. Gates run first (green tests on exactly these files, protected paths), then an independent review of the diff; what they find comes back as the result, to be mended before asking again. On success the pull request is opened and the run ends.',
  input_schema: schemaOf(pushInput),
};

export const reportBlocked: ToolDefinition = {
  name: 'report_blocked',
  description:
    'Ends the run without a change and posts the reason: answered (a question answered without code), needs_info, not_reproducible, out_of_scope or blocked. Use it early rather than guess.',
  input_schema: schemaOf(blockedInput),
};
