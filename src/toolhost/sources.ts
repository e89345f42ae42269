import type { Git } from './git.ts';
import { splitNul } from './trees.ts';
import type { Wire } from './wire.ts';

/** More files than this are not listed: what needs them (finding the source of a test) is a guess anyway. */
const MAX_FILES = 20_000;

/** Files of a tree: all paths when none are given, with their text where it is UTF-8 and not larger than asked for. */
export async function sourcesOf(
  git: Git,
  { tree, paths = [], max_bytes }: Wire['sources']['params'],
  signal: AbortSignal,
): Promise<Wire['sources']['result']> {
  const specs = paths.map((path) => `:(literal)${path}`);
  const listed = splitNul(await git.text(['ls-tree', '-r', '-z', '--full-tree', '-l', tree, '--', ...specs], { signal })).slice(
    0,
    MAX_FILES,
  );
  const files: { path: string; text?: string }[] = [];
  for (const entry of listed) {
    const [meta = '', path = ''] = entry.split('\t');
    const [mode = '', type, id = '', size] = meta.split(/ +/);
    const text = type === 'blob' && mode.startsWith('100') && Number(size) <= max_bytes ? await textOf(git, id, signal) : null;
    files.push(text === null ? { path } : { path, text });
  }
  return { files };
}

async function textOf(git: Git, id: string, signal: AbortSignal): Promise<string | null> {
  const bytes = await git.run(['cat-file', 'blob', id], { signal });
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) && !text.includes('\0') ? text : null;
}
