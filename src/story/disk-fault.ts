/** An error of the file system in words for a person, with what to change; any other error's own message. */
export function inWords(error: unknown): string {
  const { code = '', syscall = '', path, message } = error as NodeJS.ErrnoException;
  const said = typeof message === 'string' ? message : String(error);
  // Programs that cannot be started have such codes too.
  if (!WRITING.has(syscall)) return said;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return `The runner's disk is full (${said}). Free space in a step before this one (for example by deleting caches), or use a larger runner.`;
  }
  if (!UNWRITABLE.has(code)) return said;
  return `The run's files cannot be written (${code}${path === undefined ? '' : ` at ${path}`}). Give the job a temporary folder (RUNNER_TEMP) that this user can write to.`;
}

const WRITING = new Set(['open', 'write', 'mkdir', 'mkdtemp', 'rm', 'rmdir', 'stat', 'lstat', 'unlink', 'rename', 'ftruncate', 'close']);
const UNWRITABLE = new Set(['EROFS', 'EACCES', 'EPERM', 'ENOTDIR', 'ENOENT']);
