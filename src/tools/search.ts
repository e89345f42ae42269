import { z } from 'zod';
import type { Host } from '../toolhost/wire.ts';
import { answered, path } from './fields.ts';
import { defineTool, type Tool } from './tool.ts';

export function search(host: Host): Tool {
  return defineTool({
    name: 'search',
    description: 'Searches those files for a regular expression (or a literal string) and answers path:line: text, at most 100 hits.',
    input: z.strictObject({
      pattern: z.string().min(1),
      path: path.optional(),
      glob: z.string().min(1).optional(),
      literal: z.boolean().optional(),
      ignore_case: z.boolean().optional(),
      context: z.int().min(0).max(10).optional().describe('Lines around each hit'),
      limit: z.int().min(1).max(1000).optional(),
    }),
    writes: false,
    run: async (input, { signal, log }) => answered(await host.call('search', input, signal, log)),
  });
}
