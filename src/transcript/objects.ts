import { createHash } from 'node:crypto';

/**
 * Runs `git` with these arguments; never through a shell. The door supplies it; it must give the child exactly `env` and `PATH`, so that no
 * system or global configuration, hook, prompt or network takes part.
 */
export type GitRunner = (
  args: readonly string[],
  options: Readonly<{ cwd: string; env: Readonly<Record<string, string>>; input?: string | Buffer }>,
) => Promise<Readonly<{ code: number; stdout: Buffer; stderr: string }>>;

/** What each git of ours is given. Replacement objects and lazy fetches are off: what is read is what the id names, from this disk. */
export const GIT_ENVIRONMENT: Readonly<Record<string, string>> = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_NO_LAZY_FETCH: '1',
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_OPTIONAL_LOCKS: '0',
  LC_ALL: 'C',
};

export type GitObject = Readonly<{ type: string; content: Buffer }>;

/** Read access to the objects of a repository: ids → objects; those that are not there are missing from the map. */
export type ReadObjects = (ids: readonly string[]) => Promise<ReadonlyMap<string, GitObject>>;

/**
 * Reads objects of the repository at `cwd`, many in one process, and checks each against its id (git itself does not always). Nothing is
 * written to the repository. Throws when git cannot run there or an object does not match its id.
 */
export function objectReader(git: GitRunner, cwd: string): ReadObjects {
  return async (ids) => {
    const wanted = [...new Set(ids)];
    if (wanted.length === 0) return new Map();
    const args = ['-c', 'safe.directory=*', '--no-pager', 'cat-file', '--batch'];
    const { code, stdout, stderr } = await git(args, { cwd, env: GIT_ENVIRONMENT, input: wanted.join('\n') + '\n' });
    if (code !== 0) throw new Error(`git cat-file failed in ${cwd}: ${stderr.trim() || `exit code ${code}`}`);
    return objectsOf(stdout);
  };
}

function objectsOf(output: Buffer): Map<string, GitObject> {
  const objects = new Map<string, GitObject>();
  for (let at = 0; at < output.length;) {
    const end = output.indexOf(10, at);
    const [id = '', type = '', size = ''] = output.toString('latin1', at, end).split(' ');
    at = end + 1;
    if (type === 'missing') continue;
    const content = output.subarray(at, at + Number(size));
    if (objectId(type, content, id.length) !== id) throw new Error(`object ${id} of the repository does not match its id`);
    objects.set(id, { type, content });
    at += Number(size) + 1;
  }
  return objects;
}

/** The id that git gives an object: SHA-1, or SHA-256 in a repository whose ids have 64 digits. */
export function objectId(type: string, content: Uint8Array, digits = 40): string {
  const hash = createHash(digits === 64 ? 'sha256' : 'sha1');
  return hash.update(`${type} ${content.length}\0`).update(content).digest('hex');
}
