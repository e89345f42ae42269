import { describe, test } from '@jest/globals';
import { execFile, execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SandboxFacts } from '../../src/sandbox/launcher.ts';
import type { CommandResult, Method } from '../../src/toolhost/wire.ts';
import type { Order } from './broker.ts';

const here = dirname(fileURLToPath(import.meta.url));
export const TOOLHOST = join(here, '../../src/toolhost/toolhost.ts');

/** A user to be the broker as. `why` says why it cannot be on this machine. */
export type Identity = Readonly<{ name: string; user: string; home: string; launchers: readonly string[]; why?: string }>;

const root = process.getuid?.() === 0;
const works = (file: string, ...words: string[]) => {
  try {
    execFileSync(file, words, { stdio: 'ignore', timeout: 120_000 });
    return true;
  } catch {
    return false;
  }
};

/** Makes the user when we are root and it does not exist. */
function ordinary(user: string): string {
  if (!works('id', user)) execFileSync('useradd', ['--create-home', '--shell', '/bin/bash', '--groups', 'users', user]);
  return `/home/${user}`;
}

/**
 * Whom the tests run as on this machine: as root in turn root, a user with password-less sudo and one without, both made here; otherwise
 * the user we are, with and (by not asking for it) without sudo.
 */
export function identities(): Identity[] {
  const me = userInfo();
  const bubblewrap = works('bwrap', '--version') ? ['bwrap'] : [];
  if (!root) {
    const sudo = works('sudo', '-n', 'true');
    return [
      {
        name: 'an ordinary user with password-less sudo',
        user: me.username,
        home: me.homedir,
        launchers: ['unshare'],
        ...(sudo ? {} : { why: 'this user has no password-less sudo' }),
      },
      { name: 'an ordinary user without sudo', user: me.username, home: me.homedir, launchers: ['user_namespace', ...bubblewrap] },
    ];
  }
  const sudo =
    works('sudo', '--version') || (works('apt-get', 'install', '-y', '--no-install-recommends', 'sudo') && works('sudo', '--version'));
  const readable = works('setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', 'cat', TOOLHOST);
  const hidden = readable ? {} : { why: 'other users cannot read this checkout' };
  const runner = ordinary('alchemist-runner');
  if (sudo) writeFileSync('/etc/sudoers.d/alchemist-runner', 'alchemist-runner ALL=(ALL) NOPASSWD:ALL\n', { mode: 0o440 });
  return [
    { name: 'root', user: 'root', home: me.homedir, launchers: ['unshare'] },
    {
      name: 'an ordinary user with password-less sudo',
      user: 'alchemist-runner',
      home: runner,
      launchers: ['unshare'],
      ...hidden,
      ...(sudo ? {} : { why: 'sudo is not installed' }),
    },
    {
      name: 'an ordinary user without sudo',
      user: 'alchemist-plain',
      home: ordinary('alchemist-plain'),
      launchers: ['user_namespace', ...bubblewrap],
      ...hidden,
    },
  ];
}

/** A folder like a hosted runner's: workspace, temp with the runner's files, a home with credentials, all the identity's own. */
export type Stage = Readonly<{
  folder: string;
  workspace: string;
  home: string;
  temp: string;
  scratch: string;
  identity: Identity;
  remove(): void;
}>;

/** @param canary what every planted secret holds */
export function stage(identity: Identity, canary: string): Stage {
  // Not below a folder that the sandbox hides, and not below the real home.
  const folder = mkdtempSync(join(root ? '/srv' : userInfo().homedir, 'alchemist-stage-'));
  const at = (...names: string[]) => join(folder, ...names);
  const workspace = at('work', 'project', 'project');
  const temp = at('work', '_temp');
  const home = at('home');
  const file = (path: string, text: string) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  file(join(workspace, 'readme.md'), 'hello\n');
  for (const words of [
    ['init', '-q', '-b', 'main'],
    ['add', '-A'],
    ['-c', 'user.name=a', '-c', 'user.email=a@example.org', 'commit', '-qm', 'first'],
  ]) {
    execFileSync('git', words, { cwd: workspace });
  }
  file(join(temp, 'git-credentials-1.config'), `[http "https://github.com/"]\n\textraheader = AUTHORIZATION: basic ${canary}\n`);
  file(join(temp, '_runner_file_commands', 'set_env_1'), '');
  for (const name of ['.credentials', '.credentials_rsaparams', '_diag/Worker.log']) file(at(name), canary); // as beside a self-hosted runner's _work
  for (const name of ['.git-credentials', '.netrc', '.docker/config.json', '.ssh/id_ed25519', '.aws/credentials', '.config/gh/hosts.yml'])
    file(join(home, name), canary);
  file(join(home, '.npmrc'), `fund=false\n//registry.npmjs.org/:_authToken=${canary}\n`);
  file(join(home, '.gitconfig'), `[user]\n\tname = Somebody\n[url "https://x:${canary}@github.com/"]\n\tinsteadOf = https://github.com/\n`);
  file(join(home, '.bashrc'), '# mine\n');
  mkdirSync(at('scratch'));
  if (root) execFileSync('chown', ['-R', `${identity.user}:`, folder]);
  execFileSync('chmod', ['0755', folder]);
  return {
    ...{ folder, workspace, home, temp, scratch: at('scratch'), identity },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export type Said = Readonly<{
  facts?: SandboxFacts;
  start_ms?: number;
  result?: unknown;
  error?: string;
  refusal?: string;
  reason?: string;
  failed?: string;
  closed?: boolean;
}>;

type Orders = Partial<Order> & Pick<Order, 'launcher'>;

/** Starts the broker as the stage's user, with `environment` beside what a runner gives. */
export function startBroker(where: Stage, order: Orders, environment: Record<string, string> = {}): ChildProcess {
  const whole: Order = { workspace: where.workspace, scratch: where.scratch, toolhost: TOOLHOST, calls: [], ...order };
  const command = [process.execPath, '--disable-warning=ExperimentalWarning', join(here, 'broker.ts'), JSON.stringify(whole)];
  const prefix = root ? ['setpriv', '--reuid', where.identity.user, '--regid', where.identity.user, '--init-groups'] : [];
  const [file, ...words] = [...prefix, ...command] as [string, ...string[]];
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: where.home,
    RUNNER_TEMP: where.temp,
    LANG: 'C.UTF-8',
    ...clientSettings(),
    ...environment,
  };
  return spawn(file, words, { stdio: ['ignore', 'pipe', 'pipe'], env, cwd: '/' });
}

/** What this machine tells package managers about certificates and toolchains: by name only, never a host of it. */
function clientSettings(): Record<string, string> {
  const names = [
    'SSL_CERT_FILE',
    'NODE_EXTRA_CA_CERTS',
    'REQUESTS_CA_BUNDLE',
    'PYENV_ROOT',
    'GOPROXY',
    'GOFLAGS',
    'npm_config_registry',
    'PIP_INDEX_URL',
  ];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
}

/** Runs a broker to its end and answers what it said, line by line. */
export async function drive(where: Stage, order: Orders, environment: Record<string, string> = {}): Promise<Said[]> {
  const broker = startBroker(where, order, environment);
  let [text, complaint] = ['', ''];
  broker.stdout?.on('data', (piece: Buffer) => (text += piece.toString()));
  broker.stderr?.on('data', (piece: Buffer) => (complaint += piece.toString()));
  await new Promise((resolve) => broker.once('close', resolve));
  if (text === '') throw new Error(`the broker said nothing: ${complaint}`);
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Said);
}

/** A `run` call. */
export function shell(command: string, timeout_s = 30): [Method, unknown] {
  return ['run', { command, timeout_s, head_bytes: 20_000, tail_bytes: 20_000 }];
}

/** Results of the calls, in order; throws what the broker failed with. */
export function results(said: readonly Said[]): CommandResult[] {
  const failed = said.find((one) => one.failed !== undefined)?.failed;
  if (failed !== undefined) throw new Error(failed);
  return said.flatMap((one) =>
    'result' in one || 'error' in one ? [(one.result ?? { output: one.error, exit_code: -1 }) as CommandResult] : [],
  );
}

/** Processes whose command line starts with `mark` (the broker's own holds it too). */
export function alive(mark: string): Promise<number> {
  return new Promise((resolve) => {
    execFile('ps', ['-eo', 'args', '-ww'], { maxBuffer: 1 << 24 }, (_error, stdout) =>
      resolve(stdout.split('\n').filter((line) => line.startsWith(mark)).length),
    );
  });
}

/** True once `test` holds; gives up after 10 s. */
export async function eventually(test: () => boolean | Promise<boolean>): Promise<boolean> {
  for (const until = Date.now() + 10_000; Date.now() < until;) {
    if (await test()) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

/** `describe` for what this machine can do; else a test that is skipped, with the reason in its name. */
export function unlessImpossible(why: string | undefined, name: string, tests: () => void): void {
  if (why === undefined) describe(name, tests);
  else describe(name, () => test.skip(`cannot run here: ${why}`, () => undefined));
}
