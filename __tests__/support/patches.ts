import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Contents by path. A path that ends in `!x` is executable. */
export type Files = Readonly<Record<string, string>>;

/** The patch that real git gives between two sets of files, renames found, as a pull request shows it. */
export function patchOf(before: Files, after: Files, options: readonly string[] = []): string {
  return patchesOf([{ before, after }], options)[0] ?? '';
}

/** Many at once, with three processes in all. */
export function patchesOf(pairs: readonly { before: Files; after: Files }[], options: readonly string[] = []): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'evidence-'));
  const git = (parameters: string[], input: string): string =>
    execFileSync('git', parameters, {
      cwd: folder,
      input,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      env: { PATH: process.env.PATH, HOME: folder },
    });
  try {
    git(['init', '-q', '--bare'], '');
    const commits = pairs.flatMap((pair) => [pair.before, pair.after]);
    git(['fast-import', '--quiet', '--export-marks=marks'], commits.map((files, index) => commit(files, index + 1)).join(''));
    const ids = new Map(
      readFileSync(join(folder, 'marks'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.split(' ') as [string, string]),
    );
    const id = (mark: number): string => ids.get(`:${String(mark)}`) ?? '';
    const wanted = pairs.map((_, index) => `${id(2 * index + 2)} ${id(2 * index + 1)}\n`).join('');
    const output = git(['diff-tree', '--stdin', '-r', '-p', '-M', '--no-color', '--always', ...options], wanted);
    return pairs.map((_, index) => {
      const start = output.indexOf(`${id(2 * index + 2)}\n`);
      const end = index + 1 < pairs.length ? output.indexOf(`${id(2 * index + 4)}\n`) : output.length;
      return output.slice(start + 41, end).replace(/^\n/, '');
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function commit(files: Files, mark: number): string {
  const data = (text: string): string => `data ${String(Buffer.byteLength(text))}\n${text}\n`;
  const entries = Object.entries(files).map(([name, content]) => {
    const path = name.replace(/!x$/, '');
    return `M ${name.endsWith('!x') ? '100755' : '100644'} inline "${path.replace(/["\\]/g, '\\$&')}"\n${data(content)}`;
  });
  return `commit refs/heads/c${String(mark)}\nmark :${String(mark)}\ncommitter a <a@b> 1 +0000\n${data(String(mark))}${entries.join('')}\n`;
}
