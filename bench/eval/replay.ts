import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ScriptBlock, Turn } from '../../__tests__/support/messages-api/script.ts';
import { apply, checkOut, pathsIn } from './checkout.ts';
import type { Instance } from './dataset.ts';

/**
 * The model's side of an instance, made of the known change: tests first, red; then the change, green; then publication. It proves the way from ticket to
 * patch, and nothing about any model.
 */
export async function recordingOf(instance: Instance): Promise<Readonly<Record<'work' | 'review', readonly Turn[]>>> {
  const folder = mkdtempSync(join(tmpdir(), 'eval-recording-'));
  try {
    await checkOut(instance, folder);
    const before = (path: string): boolean => existsSync(join(folder, path));
    const [tests, sources] = [pathsIn(instance.test_patch), pathsIn(instance.patch)];
    const there = new Set([...tests, ...sources].filter(before));
    await apply(folder, instance.test_patch);
    await apply(folder, instance.patch);
    const written = (paths: readonly string[]): ScriptBlock[] =>
      paths.map((path) =>
        before(path)
          ? call('write_file', { path, content: readFileSync(join(folder, path), 'utf8'), ...(there.has(path) && { overwrite: true }) })
          : call('run_command', { command: `rm -- '${path.replaceAll("'", `'\\''`)}'` }),
      );
    const title = instance.problem_statement.split('\n')[0]?.slice(0, 70) ?? '';
    const requirement = { id: 'R1', text: title, status: 'open' };
    return {
      work: [
        { blocks: [call('update_plan', { requirements: [requirement], files_expected: [...sources, ...tests] })] },
        { blocks: [...written(tests), call('run_tests', {})] },
        { blocks: [...written(sources), call('run_tests', {})] },
        { blocks: [call('push_changes', { title, summary: 'The known change of this instance.', change_kind: instance.change_kind })] },
      ],
      review: [
        {
          blocks: [
            {
              type: 'text',
              text: JSON.stringify({
                summary: 'Replayed.',
                requirements: [{ id: 'R1', status: 'met', evidence: 'the tests' }],
                findings: [],
                hunks: [],
              }),
            },
          ],
        },
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function call(name: string, input: unknown): ScriptBlock {
  return { type: 'tool_use', name, input };
}
