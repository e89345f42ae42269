import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { reportHtml } from './reports/html.ts';
import { summaryMarkdown } from './reports/summary.ts';
import { readTranscript } from './transcript/read.ts';
import { verify, type Check } from './transcript/verify.ts';
import { VERSION } from './version.ts';

/** Exit codes of every command: done, failed, wrong usage. */
const DONE = 0;
const FAILED = 1;
const WRONG_USAGE = 2;

class WrongUsage extends Error {}

type Command = Readonly<{ summary: string; help: string; run(args: string[], root: string): Promise<number> }>;

/** The door of the command line. `root` is the folder that holds `dist/`. */
export async function cli(root: string): Promise<void> {
  process.exitCode = await dispatch(process.argv.slice(2), root);
}

async function dispatch([name, ...args]: string[], root: string): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') return print(overview(), name === undefined ? WRONG_USAGE : DONE);
  if (name === '--version') return print(VERSION, DONE);
  const command = COMMANDS[name];
  if (!command) return complain(`There is no command ${name}.\n\n${overview()}`);
  if (args.includes('--help') || args.includes('-h')) return print(command.help, DONE);
  try {
    return await command.run(args, root);
  } catch (error) {
    if (error instanceof WrongUsage || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') === true) {
      return complain(`${(error as Error).message}\n\n${command.help}`);
    }
    process.stderr.write(`${(error as Error).message}\n`);
    return FAILED;
  }
}

const COMMANDS: Readonly<Record<string, Command>> = {
  demo: {
    summary: 'an issue becomes a pull request, on this machine, in a minute',
    help: `alchemist demo [--live] [--keep DIR]

Starts a GitHub and a Messages API on loopback, comments on an issue of a small sample program, and runs the committed action on it. The model is a
recording; --live puts the real one in its place (ANTHROPIC_API_KEY). --keep DIR keeps everything in DIR.`,
    run: demo,
  },
  verify: {
    summary: 'proves offline that a transcript is whole and gives the pushed change',
    help: `alchemist verify TRANSCRIPT [--repo DIR] [--hash SHA256]

Checks the hash chain, the totals and the ending; with --repo, replays every recorded change on the base commit and compares the trees, up to the pushed
commit. --hash is the last hash as the final comment or the output transcript-sha256 states it: without such an anchor, a file that was cut or
written anew as a whole cannot be told from the real one. Exit 0: every check holds; 1: one does not.`,
    run: verifyCommand,
  },
  report: {
    summary: 'writes the report of a transcript',
    help: `alchemist report TRANSCRIPT [--format html|md] [--output FILE]

Writes report.html beside the transcript, or to FILE (- for the terminal).`,
    run: report,
  },
  init: {
    summary: 'writes the workflow file into this repository',
    help: `alchemist init [--force]

Writes .github/workflows/alchemist.yml. Commit it on the default branch (comments start only workflows that are there) and add the secret
ANTHROPIC_API_KEY.`,
    run: init,
  },
};

function overview(): string {
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(8)} ${summary}`);
  return `alchemist ${VERSION}: an issue becomes a reviewed, tested, auditable pull request\n\nUsage: alchemist COMMAND [--help]\n\n${lines.join('\n')}`;
}

/** The demo's servers are the far sides of the tests: they are in a clone, not in the bundle. */
async function demo(args: string[], root: string): Promise<number> {
  parseArgs({ args, options: { live: { type: 'boolean' }, keep: { type: 'string' } } });
  const script = join(root, '__tests__', 'support', 'demo', 'demo.ts');
  const node = join(root, 'node_modules', '.bin', 'node');
  if (!existsSync(script) || !existsSync(join(root, 'node_modules'))) {
    throw new Error('The demo runs in a clone of the project, after "npm ci": its servers are part of the tests.');
  }
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const own = major > 22 || (major === 22 && minor >= 18);
  if (!own && !existsSync(node)) throw new Error(`The demo needs Node.js 22.18 or newer (this is ${process.versions.node}).`);
  return await new Promise((done, fail) => {
    const child = spawn(own ? process.execPath : node, ['--disable-warning=ExperimentalWarning', script, ...args], { stdio: 'inherit' });
    child.once('error', fail);
    child.once('exit', (code) => done(code ?? FAILED));
  });
}

async function verifyCommand(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { repo: { type: 'string' }, hash: { type: 'string' } } });
  const text = readFileSync(onlyOne(positionals, 'TRANSCRIPT'), 'utf8');
  const anchors = values.hash === undefined ? {} : { anchors: { lastHash: values.hash.replace(/^sha256:/, '') } };
  const repo = values.repo === undefined ? {} : { repo: resolve(values.repo), git: runGit };
  const { checks, ok } = await verify(text, { ...anchors, ...repo });
  for (const check of checks) process.stdout.write(`${checkLine(check)}\n`);
  return print(ok ? 'verified' : 'NOT verified', ok ? DONE : FAILED);
}

function checkLine({ name, ok, detail }: Check): string {
  return `${ok === 'unknown' ? '? ' : ok ? '✓ ' : '✗ '}${name}: ${detail}`;
}

function report(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { format: { type: 'string', default: 'html' }, output: { type: 'string' } } });
  const file = onlyOne(positionals, 'TRANSCRIPT');
  const { events } = readTranscript(readFileSync(file, 'utf8'));
  if (values.format !== 'html' && values.format !== 'md') throw new WrongUsage(`--format must be html or md (got ${values.format})`);
  const text = values.format === 'html' ? reportHtml(events) : summaryMarkdown(events);
  const output = values.output ?? join(dirname(file), values.format === 'html' ? 'report.html' : 'summary.md');
  if (output === '-') return Promise.resolve(print(text, DONE));
  writeFileSync(output, text);
  return Promise.resolve(print(output, DONE));
}

function init(args: string[], root: string): Promise<number> {
  const { values } = parseArgs({ args, options: { force: { type: 'boolean' } } });
  const target = join('.github', 'workflows', 'alchemist.yml');
  if (existsSync(target) && values.force !== true) throw new Error(`${target} is there already; --force replaces it.`);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, readFileSync(join(root, 'examples', 'alchemist.yml')));
  return Promise.resolve(print(`Wrote ${target}. Commit it on the default branch, add the secret ANTHROPIC_API_KEY, and comment "@alchemist …" on an issue.`, DONE));
}

/** Git for `verify`: reads objects of the user's repository, writes nothing there. */
function runGit(args: readonly string[], options: { cwd: string; env: Readonly<Record<string, string>>; input?: string | Uint8Array }): Promise<{ code: number; stdout: Buffer; stderr: string }> {
  return new Promise((done, fail) => {
    const child = spawn('git', args, { cwd: options.cwd, env: { PATH: process.env['PATH'] ?? '', ...options.env } });
    const out: Buffer[] = [];
    let stderr = '';
    child.stdout.on('data', (piece: Buffer) => out.push(piece));
    child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString()));
    child.once('error', fail);
    child.once('close', (code) => done({ code: code ?? FAILED, stdout: Buffer.concat(out), stderr }));
    child.stdin.end(options.input);
  });
}

function onlyOne(values: readonly string[], name: string): string {
  const [value] = values;
  if (value === undefined || values.length > 1) throw new WrongUsage(`Give one ${name} (got ${values.length}).`);
  return value;
}

function print(text: string, code: number): number {
  process.stdout.write(`${text}\n`);
  return code;
}

function complain(text: string): number {
  process.stderr.write(`${text}\n`);
  return WRONG_USAGE;
}
