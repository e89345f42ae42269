import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { capture } from './capture.ts';
import { linesOf } from './text.ts';
import type { Workspace } from './workspace.ts';

/** What is wrong, in the checker's words; `null` when nothing is, or when there is no checker for it here. */
type Checker = (text: string, workspace: Workspace, signal: AbortSignal) => Promise<string | null>;

const MAX_TEXT = 2 * 1024 * 1024;
const TIMEOUT_MS = 5000;

/** Looks for a syntax error that the edit brought in. One that was there before is not the edit's, and the edit stays either way. */
export async function newSyntaxError(
  workspace: Workspace,
  path: string,
  before: string | null,
  after: string,
  signal: AbortSignal,
): Promise<string | null> {
  const checker = checkerFor(path, after);
  if (checker === null || after.length > MAX_TEXT) return null;
  try {
    const error = await checker(after, workspace, signal);
    if (error === null || (before !== null && (await checker(before, workspace, signal)) !== null)) return null;
    return `Syntax error since this change (the change stays; correct it): ${inWordsOf(path, error)}`;
  } catch (error) {
    signal.throwIfAborted();
    void error; // A checker that cannot be run says nothing about the file.
    return null;
  }
}

/** Checkers name our copy, or their standard input. */
function inWordsOf(path: string, error: string): string {
  return error
    .replace(/\S*\/check-\w+\/checked\.\w+|<standard input>/g, path)
    .replace(/^bash: (-c: )?/gm, '')
    .trim()
    .slice(0, 1000);
}

function checkerFor(path: string, text: string): Checker | null {
  // These may hold comments.
  if (/(^|\/)([tj]sconfig[^/]*|devcontainer|\.eslintrc|\.swcrc|\.babelrc)(\.json)?$|(^|\/)\.vscode\//.test(path)) return null;
  const byExtension = CHECKERS[extname(path).toLowerCase()];
  if (byExtension !== undefined) return byExtension;
  const program = /^#!\s*\S*?(?:\/env\s+(?:-S\s+)?)?(?:\/)?(\w+)[\d.]*(?:\s|$)/.exec(linesOf(text.slice(0, 200))[0] ?? '')?.[1] ?? '';
  if (/^(ba)?sh$/.test(program)) return shell;
  return program.startsWith('python') ? python(PARSE) : program === 'node' ? javascript : null;
}

const json: Checker = async (text) => {
  try {
    JSON.parse(text.replace(/^\uFEFF/, ''));
    return null;
  } catch (error) {
    return `JSON: ${(error as Error).message}`;
  }
};

/** As a script first, inside this process and never run; what that refuses may still be a module. */
const javascript: Checker = async (text, workspace, signal) => {
  const { Script } = await import('node:vm');
  try {
    new Script(`(function (exports, require, module, __filename, __dirname) {${text.replace(/^#!.*/, '')}\n})`);
    return null;
  } catch {
    if (/<\/?[A-Za-z][^<>]*>|@flow/.test(text)) return null; // JSX or Flow, which Node does not read.
    return withFile(workspace, 'checked.mjs', text, async (file) => {
      const answer = await run(workspace, process.execPath, ['--check', file], signal);
      return answer === null ? null : answer.replace(/\n\s+at [\s\S]*$/, '').replace(/\nNode\.js v[\s\S]*$/, '');
    });
  }
};

/** Node's own type stripper, where this Node has one; syntax that it merely does not support is no error. */
const typescript: Checker = async (text) => {
  const nodeModule: { stripTypeScriptTypes?: (code: string) => string } = await import('node:module');
  const strip = nodeModule.stripTypeScriptTypes;
  if (strip === undefined) return null;
  try {
    strip(text);
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_INVALID_TYPESCRIPT_SYNTAX' ? (error as Error).message : null;
  }
};

const shell: Checker = (text, workspace, signal) => run(workspace, 'bash', ['-O', 'extglob', '-n'], signal, text);
const go: Checker = (text, workspace, signal) => run(workspace, 'gofmt', ['-e', '-l'], signal, text);

/** `-I`: nothing of the workspace is imported; parsing writes no `.pyc`. */
const python =
  (program: string): Checker =>
  (text, workspace, signal) =>
    run(workspace, 'python3', ['-I', '-S', '-c', program], signal, text);

const REPORT = 'except SyntaxError as e:\n print(f"{type(e).__name__}: {e.msg} (line {e.lineno})", file=sys.stderr); sys.exit(1)\n';
const PARSE = `import ast, sys, warnings\nwarnings.simplefilter("ignore")\ntry:\n ast.parse(sys.stdin.buffer.read())\n${REPORT}`;
const TOML =
  'import sys\ntry:\n import tomllib\nexcept ImportError: sys.exit(0)\ntry:\n tomllib.loads(sys.stdin.buffer.read().decode())\nexcept Exception as e:\n print("TOML:", e, file=sys.stderr); sys.exit(1)\n';
const YAML =
  'import sys\ntry:\n import yaml\nexcept ImportError: sys.exit(0)\ntry:\n for _ in yaml.parse(sys.stdin.buffer.read(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)): pass\nexcept yaml.YAMLError as e:\n print("YAML:", e, file=sys.stderr); sys.exit(1)\n';

const yaml: Checker = (text, workspace, signal) => run(workspace, 'python3', ['-I', '-c', YAML], signal, text);

const CHECKERS: Record<string, Checker> = {
  '.json': json,
  '.js': javascript,
  '.mjs': javascript,
  '.cjs': javascript,
  '.ts': typescript,
  '.mts': typescript,
  '.cts': typescript,
  '.py': python(PARSE),
  '.pyi': python(PARSE),
  '.sh': shell,
  '.bash': shell,
  '.go': go,
  '.toml': python(TOML),
  '.yml': yaml,
  '.yaml': yaml,
};

/** Exit code 0: nothing wrong. A missing program: nothing known. Otherwise what it wrote. */
async function run(
  workspace: Workspace,
  program: string,
  args: readonly string[],
  signal: AbortSignal,
  input = '',
): Promise<string | null> {
  const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: workspace.temp, LC_ALL: 'C.UTF-8' };
  try {
    const answer = await capture(program, args, { cwd: workspace.temp, env, input, signal, timeoutMs: TIMEOUT_MS, maxBytes: 64 * 1024 });
    return answer.code === 0 || answer.code === null || answer.stderr.trim() === '' ? null : answer.stderr;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function withFile<T>(workspace: Workspace, name: string, text: string, work: (file: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(workspace.temp, 'check-'));
  try {
    const file = join(folder, name);
    writeFileSync(file, text);
    return await work(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
