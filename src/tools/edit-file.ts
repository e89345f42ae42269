import { z } from 'zod';
import type { Host } from '../toolhost/wire.ts';
import { answered, path } from './fields.ts';
import { refuseProtected, type Protected } from './protected.ts';
import { defineTool, type Tool } from './tool.ts';

export function editFile(host: Host, isProtected: Protected): Tool {
  return defineTool({
    name: 'edit_file',
    description:
      'Replaces exact text in a file; all edits of a call are made or none. old_str must match once (or set replace_all): include enough lines around it. Only the matched bytes change.',
    input: z.strictObject({
      path,
      edits: z.array(z.strictObject({ old_str: z.string().min(1), new_str: z.string(), replace_all: z.boolean().optional() })).min(1),
    }),
    writes: true,
    run: async (input, { signal, log }) =>
      (await refuseProtected(input.path, isProtected, host, signal)) ?? answered(await host.call('edit_file', input, signal, log)),
  });
}
