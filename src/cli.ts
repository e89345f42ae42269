import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { exec } from '@actions/exec';
import { recomputed } from './agent/recomputed.ts';
import { doctor } from './local/doctor.ts';
import { symptomLines } from './local/symptom.ts';
import { github as connectGitHub } from './forge/github.ts';
import { connectModel, providerSecrets } from './model/provider.ts';
import { blameText, changedFiles, FORMATS, type Format } from './reports/cli-report.ts';
import { accessIn } from './local/access.ts';
import { RUN_HELP, WrongArguments } from './local/arguments.ts';
import { runLocal } from './local/run.ts';
import { diagnosisTable, doctorSandbox } from './sandbox/doctor.ts';
import { scrubEnvironment } from './surroundings.ts';
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
  if (name === undefined || name === '--help' || name === '-h' || name === 'help')
    return print(overview(), name === undefined ? WRONG_USAGE : DONE);
  if (name === '--version') return print(VERSION, DONE);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) return complain(`There is no command ${name}.\n\n${overview()}`);
  if (args.includes('--help') || args.includes('-h')) return print(command.help, DONE);
  try {
    return await command.run(args, root);
  } catch (error) {
    if (
      error instanceof WrongUsage ||
      error instanceof WrongArguments ||
      (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') === true
    ) {
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
  run: {
    summary: 'a ticket on the checkout in this folder, ending in a local branch',
    help: RUN_HELP,
    run: runCommand,
  },
  doctor: {
    summary: 'says what a repository still lacks',
    help: `alchemist doctor [--repo OWNER/NAME] [--sandbox]

Looks at the checkout in this folder and changes nothing: the workflow (is it on the default branch; events, permissions, "if", checkout, key, inputs, prices of
the models), whether CI will run on the pull requests, Node.js, the test command and the instructions that a run would find. With ANTHROPIC_API_KEY it asks the
Models API (at ANTHROPIC_BASE_URL, if set) whether it knows the models; with GITHUB_TOKEN and --repo it looks at the settings on GitHub, by reads alone. --sandbox
tries each launcher on this machine instead and says what its self-test holds.

Exit 0: nothing is lacking; 1: something is (✗); 2: wrong usage. ? cannot be known from here, - works and could be better.`,
    run: doctorCommand,
  },
  verify: {
    summary: 'proves offline that a transcript is whole and gives the pushed change',
    help: `alchemist verify TRANSCRIPT [--repo DIR] [--hash SHA256]

Offline, without a model, writing nothing: one line for each check (✓ holds, ✗ does not, ? cannot be said), and for a file that was tampered with the
first event that does not fit. Exit 0: every check holds; 1: one does not, or what was asked for could not be checked.

  --repo DIR     a clone with the base commit: replays every recorded change on it and compares each tree, up to the published commit, whose trailers must
                 name this run and this transcript
  --hash SHA256  the last hash as the final comment or the output transcript-sha256 states it

Whoever holds the file can compute its chain anew; only what stands elsewhere shows it. Without --hash, what was cut or rewritten after the push cannot
be detected; without --repo as well, nothing that was rewritten consistently can. The last check says which anchors were given.`,
    run: verifyCommand,
  },
  report: {
    summary: 'writes the report of a transcript',
    help: `alchemist report TRANSCRIPT [--format html|md|otel|atif] [--output FILE]
alchemist report TRANSCRIPT --blame FILE

Writes the report beside the transcript, or to the --output FILE (- for the terminal). The transcript is enough; it is not checked (see verify).

  --format html  report.html: the whole run on one page, for a browser, without a network (the default)
  --format md    summary.md: the run in short, in Markdown
  --format otel  trace.otlp.json: spans after OpenTelemetry's conventions for generative AI, as OTLP JSON
  --format atif  trajectory.json: the Agent Trajectory Interchange Format
  --blame FILE   prints for each hunk of the final change of FILE (as the repository names it) the calls that wrote it, the model's words before them, the
                 requirement it serves, and the turn of each line`,
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

/** The key is read here, by name, before every variable that the SDK would read is taken away. */
function runCommand(args: string[], root: string): Promise<number> {
  const access = accessIn(process.env);
  scrubEnvironment(process.env);
  const toolhost = join(root, 'dist', 'toolhost', 'index.js');
  const env = process.env;
  // A job's identity token is GitHub's to give; here there is none.
  const identityToken = (): Promise<string> => Promise.reject(new Error('there is no job'));
  return runLocal(args, {
    ...{ env, access, folder: process.cwd(), toolhost, connectGitHub },
    connectModel: (config) => connectModel(config, { environment: env, identityToken }),
    providerSecrets: (config) => providerSecrets(config, env),
  });
}

async function doctorCommand(args: string[], root: string): Promise<number> {
  const { values } = parseArgs({ args, options: { repo: { type: 'string' }, sandbox: { type: 'boolean' } } });
  const { env } = process;
  const [apiKey = '', baseUrl] = [env['ANTHROPIC_API_KEY']?.trim(), env['ANTHROPIC_BASE_URL']?.trim() || undefined];
  scrubEnvironment(env);
  const toolhost = join(root, 'dist', 'toolhost', 'index.js');
  if (values.sandbox === true) {
    const found = await doctorSandbox(
      { environment: env, platform: process.platform, node: process.execPath, toolhost },
      AbortSignal.timeout(120_000),
    );
    return print(diagnosisTable(found), found.some(({ level }) => level !== 'unavailable') ? DONE : FAILED);
  }
  const [, owner = '', repo = ''] = /^([\w.-]+)\/([\w.-]+)$/.exec(values.repo ?? '') ?? [];
  if (values.repo !== undefined && repo === '') throw new WrongUsage(`--repo must be OWNER/NAME (got ${values.repo})`);
  const token = env['GITHUB_TOKEN'] ?? '';
  const serverUrl = env['GITHUB_SERVER_URL'] || 'https://github.com';
  const onWarning = (text: string): void => void process.stderr.write(`${text}\n`);
  const github =
    repo === '' || token === ''
      ? undefined
      : connectGitHub({ token, apiUrl: env['GITHUB_API_URL'] || 'https://api.github.com', serverUrl, owner, repo, onWarning });
  const { anthropic } = await import('./model/anthropic.ts');
  const claude = anthropic({ apiKey, baseUrl });
  const models = apiKey === '' ? undefined : { baseUrl, describe: (id: string) => claude.describe(id, AbortSignal.timeout(30_000)) };
  const symptoms = await doctor({ folder: process.cwd(), env, toolhost, github, page: `${serverUrl}/${owner}/${repo}`, models });
  return print(symptomLines(symptoms), symptoms.some(({ state }) => state === 'lacks') ? FAILED : DONE);
}

async function verifyCommand(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { repo: { type: 'string' }, hash: { type: 'string' } },
  });
  const file = onlyOne(positionals, 'TRANSCRIPT');
  const anchors = values.hash === undefined ? {} : { anchors: { lastHash: hashOf(values.hash) } };
  const repo = values.repo === undefined ? {} : { repo: resolve(values.repo), git: runGit };
  if (values.repo !== undefined && !existsSync(values.repo))
    throw new Error(`There is no folder ${values.repo}: give --repo a clone that has the run's commits.`);
  const { checks, ok } = await verify(transcriptText(file), { ...anchors, ...repo, recompute: recomputed });
  for (const check of checks) process.stdout.write(`${checkLine(check)}\n`);
  return print(ok ? 'verified' : 'NOT verified', ok ? DONE : FAILED);
}

function hashOf(word: string): string {
  const hash = word.replace(/^sha256:/, '').toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(hash))
    throw new WrongUsage(`--hash must be 64 hexadecimal digits, with or without "sha256:" before them (got ${word})`);
  return hash;
}

function checkLine({ name, ok, detail }: Check): string {
  return `${ok === 'unknown' ? '? ' : ok ? '✓ ' : '✗ '}${name}: ${detail}`;
}

function report(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { format: { type: 'string' }, output: { type: 'string' }, blame: { type: 'string' } },
  });
  const file = onlyOne(positionals, 'TRANSCRIPT');
  const { format = 'html', blame } = values;
  if (!isFormat(format)) throw new WrongUsage(`--format must be one of ${Object.keys(FORMATS).join(', ')} (got ${format})`);
  if (blame !== undefined && values.format !== undefined) throw new WrongUsage('Give --blame or --format, not both.');
  const { events } = readTranscript(transcriptText(file));
  const text = blame === undefined ? FORMATS[format].render(events) : blameText(events, blame);
  if (text === undefined) throw new Error(`The run did not change ${blame ?? ''}. ${changedFiles(events)}`);
  const output = values.output ?? (blame === undefined ? join(dirname(file), FORMATS[format].file) : '-');
  if (output === '-') return Promise.resolve(print(text.replace(/\n$/, ''), DONE));
  writeFileSync(output, text);
  return Promise.resolve(print(output, DONE));
}

function isFormat(word: string): word is Format {
  return Object.hasOwn(FORMATS, word);
}

function init(args: string[], root: string): Promise<number> {
  const { values } = parseArgs({ args, options: { force: { type: 'boolean' } } });
  const target = join('.github', 'workflows', 'alchemist.yml');
  if (existsSync(target) && values.force !== true) throw new Error(`${target} is there already; --force replaces it.`);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, readFileSync(join(root, 'examples', 'alchemist.yml')));
  return Promise.resolve(
    print(
      `Wrote ${target}. Name the repository and commit of this action in it, commit it on the default branch, add the secret ANTHROPIC_API_KEY, and comment "@alchemist …" on an issue.`,
      DONE,
    ),
  );
}

/** Git for `verify`: reads objects of the user's repository, writes nothing there. */
async function runGit(
  args: readonly string[],
  { cwd, env, input }: { cwd: string; env: Readonly<Record<string, string>>; input?: string | Uint8Array },
): Promise<{ code: number; stdout: Buffer; stderr: string }> {
  const pieces: Buffer[] = [];
  let stderr = '';
  const code = await exec('git', [...args], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    silent: true,
    ignoreReturnCode: true,
    ...(input === undefined ? {} : { input: Buffer.from(input) }),
    listeners: { stdout: (piece) => pieces.push(piece), stderr: (piece) => (stderr += piece.toString()) },
  });
  return { code, stdout: Buffer.concat(pieces), stderr };
}

function transcriptText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    const why = { ENOENT: 'there is no such file', EISDIR: 'it is a folder', EACCES: 'it may not be read' }[code] ?? message;
    throw new Error(`${file} cannot be read (${why}): give the path of a run's transcript.jsonl, as it lies in the artifact.`, {
      cause: error,
    });
  }
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
