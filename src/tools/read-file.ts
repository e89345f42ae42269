import { z } from 'zod';
import type { Host } from '../toolhost/wire.ts';
import { defineTool, type Tool } from './tool.ts';
import { answered, line, path } from './fields.ts';

export function readFile(host: Host): Tool {
  return defineTool({
    name: 'read_file',
    description: 'Reads a text file as numbered lines, at most 1,000 lines or 24 KB a call. Give start_line and end_line for a part.',
    input: z.strictObject({ path, start_line: line.optional(), end_line: line.optional() }),
    writes: false,
    run: async (input, { signal, log }) => answered(await host.call('read_file', input, signal, log)),
  });
}
