import { z } from 'zod';
import type { Host } from '../toolhost/wire.ts';
import { path } from './fields.ts';
import { defineTool, type Tool } from './tool.ts';

const MAX_BYTES = 24 * 1024;

/** The change so far, against the tree of the base commit. */
export function gitDiff(host: Host, baseTree: string): Tool {
  return defineTool({
    name: 'git_diff',
    description:
      'Shows the change so far against the base commit: your own diff to review before push_changes. stat_only gives the list of files.',
    input: z.strictObject({ path: path.optional(), stat_only: z.boolean().optional() }),
    writes: false,
    run: async ({ path: given, stat_only = false }, { signal, log }) => {
      const place = given === undefined ? { path: '' } : await host.call('place', { path: given }, signal);
      if ('refused' in place) return { text: place.refused, isError: true };
      const { path } = place;
      const { tree } = await host.call('tree', {}, signal, log);
      if (tree === baseTree) return { text: 'No change yet: the files are as in the base commit.', isError: false };
      const scope = path === '' ? {} : { path };
      const diff = await host.call('diff', { from: baseTree, to: tree, ...scope, stat: stat_only, max_bytes: MAX_BYTES }, signal, log);
      const cut = diff.truncated ? `\n[first ${MAX_BYTES} of ${diff.bytes} bytes; give path for one file, or stat_only]` : '';
      return { text: (diff.text || `No change in ${path === '' ? 'the workspace' : path}.`) + cut, isError: false };
    },
  });
}
