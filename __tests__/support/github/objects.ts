import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { deflateSync } from 'node:zlib';

/** A file of the first commit: its text, or its bytes and mode. A mode of `120000` makes a symbolic link. */
export type SeedFile = string | Readonly<{ content: string | Uint8Array; mode?: string }>;

/** One entry of a tree as `git ls-tree` tells it. */
export type TreeEntry = Readonly<{ path: string; mode: string; type: 'blob' | 'tree' | 'commit'; sha: string; size?: number }>;

/** One entry that is put into a tree; `sha: null` takes it out. */
export type TreeChange = Readonly<{ path: string; mode: string; sha: string | null }>;

export type GitObject = Readonly<{ type: string; content: Buffer }>;

const ENVIRONMENT = {
  PATH: process.env['PATH'] ?? '',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Octo Cat',
  GIT_AUTHOR_EMAIL: 'octocat@users.noreply.github.com',
  GIT_COMMITTER_NAME: 'Octo Cat',
  GIT_COMMITTER_EMAIL: 'octocat@users.noreply.github.com',
};

/** The answer of a git command; rejects with its stderr. Arguments are an array, never a shell line. */
export function git(
  directory: string,
  args: readonly string[],
  input?: string | Uint8Array,
  environment: Record<string, string> = {},
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { cwd: directory, env: { ...ENVIRONMENT, ...environment }, encoding: 'buffer' as const, maxBuffer: 256 * 1024 * 1024 };
    const child = execFile('git', [...args], options, (error, stdout, stderr) => {
      if (error) reject(new Error(`git ${args[0]}: ${stderr.toString().trim() || error.message}`));
      else resolve(stdout);
    });
    // A command that does not read its input to the end (an invalid object) closes the pipe: its exit status is the answer.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

/** A bare repository on disk, written by git itself: its hashes are those GitHub would give. */
export class Objects {
  readonly directory: string;
  readonly #root: string;
  #reader: Reader | undefined;

  private constructor(root: string) {
    this.#root = root;
    this.directory = join(root, 'repository.git');
  }

  /** A new bare repository with one commit of `files` on `branch`, or a copy of the one at `source`; empty when there is neither. */
  static async create(options: { branch: string; files?: Record<string, SeedFile>; source?: string; date: Date }): Promise<Objects> {
    const objects = new Objects(await mkdtemp(join(tmpdir(), 'loopback-github-')));
    if (options.source !== undefined) {
      await git(tmpdir(), ['clone', '--quiet', '--bare', '--no-hardlinks', '--template=', '--', options.source, objects.directory]);
      // A clone of a clone: its remote-tracking branches are none of ours.
      await git(objects.directory, ['symbolic-ref', 'HEAD', `refs/heads/${options.branch}`]);
    } else {
      await git(tmpdir(), ['init', '--quiet', '--bare', '--template=', `--initial-branch=${options.branch}`, objects.directory]);
      if (options.files) await objects.#first(options.branch, options.files, options.date);
    }
    return objects;
  }

  async #first(branch: string, files: Record<string, SeedFile>, date: Date): Promise<void> {
    const tree = await this.writeFiles(null, files);
    const stamp = `${Math.floor(date.getTime() / 1000)} +0000`;
    const dates = { GIT_AUTHOR_DATE: stamp, GIT_COMMITTER_DATE: stamp };
    const commit = (await git(this.directory, ['commit-tree', tree, '-m', 'First commit'], undefined, dates)).toString().trim();
    await this.setRef(`refs/heads/${branch}`, commit);
  }

  /** A tree of `files` laid over `base`. */
  async writeFiles(base: string | null, files: Record<string, SeedFile | null>): Promise<string> {
    const changes = await Promise.all(
      Object.entries(files).map(async ([path, file]) => {
        if (file === null) return { path, mode: '100644', sha: null };
        const { content, mode } = typeof file === 'string' || file instanceof Uint8Array ? { content: file, mode: undefined } : file;
        return { path, mode: mode ?? '100644', sha: await this.writeBlob(content) };
      }),
    );
    return this.writeTree(base, changes);
  }

  /** `null` when there is no such object. */
  read(id: string): Promise<GitObject | null> {
    this.#reader ??= new Reader(this.directory);
    return this.#reader.read(id);
  }

  async isA(type: 'blob' | 'tree' | 'commit', id: string): Promise<boolean> {
    return (await this.read(id))?.type === type;
  }

  /** Written as git writes a loose object, without starting a process: a change may have thousands of files. */
  async writeBlob(content: string | Uint8Array): Promise<string> {
    const bytes = Buffer.from(content as string);
    const object = Buffer.concat([Buffer.from(`blob ${bytes.length}\0`), bytes]);
    const id = createHash('sha1').update(object).digest('hex');
    const folder = join(this.directory, 'objects', id.slice(0, 2));
    const file = join(folder, id.slice(2));
    if (existsSync(file)) return id;
    await mkdir(folder, { recursive: true });
    const partial = `${file}.${randomUUID()}`;
    await writeFile(partial, deflateSync(object), { mode: 0o444 });
    await rename(partial, file);
    return id;
  }

  /** The raw text of a commit object → its id. */
  async writeCommit(text: string): Promise<string> {
    return (await git(this.directory, ['hash-object', '-t', 'commit', '-w', '--stdin'], text)).toString().trim();
  }

  /** Through an index of its own, so that git sorts, nests and checks the entries. */
  async writeTree(base: string | null, changes: readonly TreeChange[]): Promise<string> {
    const folder = await mkdtemp(join(this.#root, 'index-'));
    const index = { GIT_INDEX_FILE: join(folder, 'index') };
    try {
      if (base !== null) await git(this.directory, ['read-tree', base], undefined, index);
      const lines = changes.map(({ path, mode, sha }) => (sha === null ? `0 ${'0'.repeat(40)}\t${path}\0` : `${mode} ${sha}\t${path}\0`));
      await git(this.directory, ['update-index', '-z', '--add', '--replace', '--index-info'], lines.join(''), index);
      return (await git(this.directory, ['write-tree', '--missing-ok'], undefined, index)).toString().trim();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async listTree(tree: string, recursive: boolean): Promise<TreeEntry[]> {
    const output = await git(this.directory, ['ls-tree', '-z', '--long', ...(recursive ? ['-r', '-t'] : []), tree]);
    return output
      .toString()
      .split('\0')
      .filter(Boolean)
      .map((line) => {
        const [, mode, type, sha, size, path] = /^(\d+) (\w+) ([0-9a-f]+) +(\S+)\t(.*)$/s.exec(line)!;
        return { path: path!, mode: mode!, type: type as TreeEntry['type'], sha: sha!, ...(size !== '-' && { size: Number(size) }) };
      });
  }

  /** The id that a fully qualified ref points at; `null` when there is none. */
  async ref(name: string): Promise<string | null> {
    const line = await git(this.directory, ['for-each-ref', '--format=%(objectname) %(refname)', name]);
    const found = line
      .toString()
      .split('\n')
      .find((text) => text.endsWith(` ${name}`));
    return found?.split(' ')[0] ?? null;
  }

  async refs(prefix = 'refs/'): Promise<Record<string, string>> {
    const output = (await git(this.directory, ['for-each-ref', '--format=%(refname) %(objectname)', prefix])).toString();
    return Object.fromEntries(
      output
        .split('\n')
        .filter(Boolean)
        .map((line) => line.split(' ') as [string, string]),
    );
  }

  async setRef(name: string, id: string | null): Promise<void> {
    await git(this.directory, id === null ? ['update-ref', '-d', name] : ['update-ref', name, id]);
  }

  async isAncestor(ancestor: string, descendant: string): Promise<boolean> {
    return (await this.count(descendant, ancestor)) === 0;
  }

  /** Number of commits that `include` reaches and `exclude` does not. */
  async count(exclude: string, include: string): Promise<number> {
    return Number((await git(this.directory, ['rev-list', '--count', `${exclude}..${include}`])).toString());
  }

  async mergeBase(one: string, other: string): Promise<string | null> {
    return git(this.directory, ['merge-base', one, other]).then(
      (output) => output.toString().trim(),
      () => null,
    );
  }

  /** Text of a file of a commit or tree, for tests. */
  async file(treeish: string, path: string): Promise<string> {
    return (await git(this.directory, ['cat-file', 'blob', `${treeish}:${path}`])).toString();
  }

  async close(): Promise<void> {
    this.#reader?.close();
    await rm(this.#root, { recursive: true, force: true });
  }
}

/** One `git cat-file --batch` for all reads: an answer is a header line, the content and a newline. */
class Reader {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  #waiting: ((object: GitObject | null) => void)[] = [];
  #buffer = Buffer.alloc(0);

  constructor(directory: string) {
    this.#child = spawn('git', ['cat-file', '--batch'], { cwd: directory, env: ENVIRONMENT, stdio: ['pipe', 'pipe', 'ignore'] });
    this.#child.stdout.on('data', (chunk: Buffer) => {
      this.#buffer = Buffer.concat([this.#buffer, chunk]);
      while (this.#take());
    });
    this.#child.on('close', () => {
      for (const resolve of this.#waiting.splice(0)) resolve(null);
    });
  }

  read(id: string): Promise<GitObject | null> {
    if (!/^[0-9a-f]{40}$/.test(id)) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#child.stdin.write(`${id}\n`);
    });
  }

  close(): void {
    this.#child.stdin.end();
  }

  #take(): boolean {
    const end = this.#buffer.indexOf(10);
    if (end < 0 || this.#waiting.length === 0) return false;
    const [, type, size] = this.#buffer.subarray(0, end).toString().split(' ');
    if (type === 'missing') {
      this.#buffer = this.#buffer.subarray(end + 1);
      this.#waiting.shift()!(null);
      return true;
    }
    const last = end + 1 + Number(size);
    if (this.#buffer.length < last + 1) return false;
    const content = Buffer.from(this.#buffer.subarray(end + 1, last));
    this.#buffer = this.#buffer.subarray(last + 1);
    this.#waiting.shift()!({ type: type!, content });
    return true;
  }
}
