import { z } from 'zod';
import type { Host } from '../toolhost/wire.ts';
import { answered, path } from './fields.ts';
import { refuseProtected, type Protected } from './protected.ts';
import { defineTool, type Tool } from './tool.ts';

export function writeFile(host: Host, isProtected: Protected): Tool {
  return defineTool({
    name: 'write_file',
    description: 'Creates a file. An existing file is replaced whole only with overwrite: true; prefer edit_file for a change.',
    input: z.strictObject({ path, content: z.string(), overwrite: z.boolean().optional() }),
    writes: true,
    run: async (input, { signal, log }) =>
      (await refuseProtected(input.path, isProtected, host, signal)) ?? answered(await host.call('write_file', input, signal, log)),
  });
}
