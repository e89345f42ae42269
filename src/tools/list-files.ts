import { z } from 'zod';
import type { Host } from '../toolhost/wire.ts';
import { answered, path } from './fields.ts';
import { defineTool, type Tool } from './tool.ts';

export function listFiles(host: Host): Tool {
  return defineTool({
    name: 'list_files',
    description: 'Lists tracked and untracked-not-ignored files, below a folder or matching a glob such as **/*.test.ts.',
    input: z.strictObject({ path: path.optional(), glob: z.string().min(1).optional(), limit: z.int().min(1).max(5000).optional() }),
    writes: false,
    run: async (input, { signal, log }) => answered(await host.call('list_files', input, signal, log)),
  });
}
