import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { chooseLauncher } from '../../src/sandbox/choose.ts';
import { doctorSandbox, diagnosisTable } from '../../src/sandbox/doctor.ts';
import { connectHost } from '../../src/sandbox/host.ts';
import type { Launched } from '../../src/sandbox/launcher.ts';
import type { CommandResult, Host } from '../../src/toolhost/wire.ts';
import { TOOLHOST } from './identities.ts';

/** The toolchains of this machine, in the sandbox that `auto` gives here, as the user we are, with that user's home folder and caches. */
let folder: string;
let workspace: string;
let launched: Launched;
let host: Host;
const refusals: string[] = [];
const signal = AbortSignal.timeout(110_000);

const output = (file: string, ...words: string[]): string | undefined => {
  try {
    return execFileSync(file, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 20_000 }).trim();
  } catch {
    return undefined;
  }
};
const has = (name: string) => output('bash', '-c', `command -v ${name}`) !== undefined;

/** Where this machine's package managers are told to read from, by their own settings: hosts the proxy must then let through here. */
function configuredHosts(): string[] {
  const settings = [
    output('npm', 'config', 'get', 'registry'),
    output('pip', 'config', 'get', 'global.index-url'),
    output('go', 'env', 'GOPROXY')?.split(',')[0],
  ];
  return settings.flatMap((address) => (address !== undefined && URL.canParse(address) ? [new URL(address).host] : []));
}

beforeAll(async () => {
  folder = mkdtempSync(join(homedir(), '.alchemist-toolchains-'));
  workspace = join(folder, 'project');
  const files: Record<string, string> = {
    'package.json': JSON.stringify({ name: 'project', version: '1.0.0', scripts: { test: 'node --test' } }),
    'a.test.mjs': "import test from 'node:test';\ntest('adds', () => {});\n",
    'test_a.py': 'def test_a():\n    assert True\n',
    'go/go.mod': 'module example.org/x\n\ngo 1.20\n',
    'go/a_test.go': 'package x\n\nimport "testing"\n\nfunc TestA(t *testing.T) {}\n',
    'rust/Cargo.toml': '[package]\nname = "x"\nversion = "0.1.0"\nedition = "2021"\n',
    'rust/src/lib.rs': '#[test]\nfn a() {}\n',
    'before/index.js': '',
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(workspace, name)), { recursive: true });
    writeFileSync(join(workspace, name), text);
  }
  launched = await chooseLauncher({ sandbox: 'auto', environment: process.env, platform: process.platform })(
    {
      ...{ workspace, node: process.execPath, toolhost: TOOLHOST, scratch: join(folder, 'scratch'), network: 'registries' },
      ...{ allowedHosts: configuredHosts(), onRefusal: (name) => refusals.push(name) },
    },
    signal,
  );
  host = connectHost(launched);
  await host.call('hello', { protocol: 1, working_directory: '.', restore: false }, signal);
}, 60_000);

afterAll(async () => {
  await host.close();
  await launched.close();
  rmSync(folder, { recursive: true, force: true });
});

const run = (command: string): Promise<CommandResult> =>
  host.call('run', { command, timeout_s: 90, head_bytes: 5000, tail_bytes: 5000 }, signal);
const where = (what: string, possible: boolean) =>
  possible ? test : (name: string) => test.skip(`${name} (no ${what} here)`, () => undefined);

/** A registry can be out of reach of the whole machine: then there is nothing to learn about the proxy. */
const reaches = (command: string) => output('bash', '-c', `cd "$(mktemp -d)" && ${command}`) !== undefined;

test('node and npm test', async () => {
  expect(await run('npm test')).toMatchObject({ exit_code: 0, output: expect.stringContaining('pass 1') });
});

where('pytest', has('pytest'))('pytest', async () => {
  expect(await run('python3 -m pytest -q test_a.py')).toMatchObject({ exit_code: 0, output: expect.stringContaining('1 passed') });
});

where('go', has('go'))('go test, with its build cache in the layer', async () => {
  expect(await run('cd go && go test ./...')).toMatchObject({ exit_code: 0, output: expect.stringMatching(/^ok\s+example\.org\/x/mu) });
});

where('cargo', has('cargo'))('cargo test', async () => {
  expect(await run('cd rust && cargo test --offline')).toMatchObject({ exit_code: 0, output: expect.stringContaining('1 passed') });
});

where('npm registry', reaches('npm view is-number@7.0.0 version'))('npm install of a real package through the proxy', async () => {
  expect(await run('npm install --no-audit --no-fund is-number@7.0.0 && node -p "require(\'is-number\')(5)"')).toMatchObject({
    exit_code: 0,
    output: expect.stringMatching(/true\s*$/u),
  });
});

where('PyPI', has('pip') && reaches('pip download --no-deps --no-cache-dir -q six==1.16.0'))(
  'pip download of a real package through the proxy',
  async () => {
    expect(await run('pip download --no-deps --no-cache-dir -q -d /tmp/six six==1.16.0 && ls /tmp/six')).toMatchObject({
      exit_code: 0,
      output: expect.stringContaining('six-1.16.0'),
    });
  },
);

where(
  'Go module proxy',
  has('go') && reaches('GOFLAGS=-mod=mod go mod init x 2>/dev/null && GOMODCACHE=$PWD/c go mod download golang.org/x/text@v0.14.0'),
)('go mod download of a real module through the proxy', async () => {
  const { exit_code } = await run(
    'cd go && GOMODCACHE=/tmp/modules go mod download golang.org/x/text@v0.14.0 && ls /tmp/modules/golang.org/x',
  );
  expect(exit_code).toBe(0);
});

where('crates.io', has('cargo') && reaches('cargo init -q --vcs none --name x && echo \'itoa = "=1.0.9"\' >> Cargo.toml && cargo fetch'))(
  'cargo fetch of a real crate through the proxy',
  async () => {
    expect(
      await run('cd rust && printf \'[dependencies]\\nitoa = "=1.0.9"\\n\' >> Cargo.toml && CARGO_HOME=/tmp/cargo cargo fetch'),
    ).toMatchObject({ exit_code: 0 });
  },
);

where('layer made by root', process.getuid?.() === 0 || output('sudo', '-n', 'true') !== undefined)(
  'a folder of the base can be renamed in place, as npm does',
  async () => {
    expect(await run("node -e \"require('fs').renameSync('before', '.after')\" && ls .after")).toMatchObject({
      exit_code: 0,
      output: 'index.js\n',
    });
  },
);

test('nothing of all this is left in the checkout or counted as refused', () => {
  expect(readdirSync(workspace).sort()).toEqual(['a.test.mjs', 'before', 'go', 'package.json', 'rust', 'test_a.py']);
  expect(existsSync(join(workspace, 'rust/target'))).toBe(false);
  expect(refusals).toEqual([]);
});

test('a call costs about what it costs without a sandbox', async () => {
  const medianOf = async (other: Host): Promise<number> => {
    const times: number[] = [];
    for (let index = 0; index < 25; index += 1) {
      const began = performance.now();
      await other.call('read_file', { path: 'package.json' }, signal);
      times.push(performance.now() - began);
    }
    return times.sort((a, b) => a - b)[12] as number;
  };
  const bare = await chooseLauncher({ sandbox: 'off', environment: process.env, platform: process.platform })(
    { workspace, node: process.execPath, toolhost: TOOLHOST, scratch: join(folder, 'off'), network: 'none', allowedHosts: [] },
    signal,
  );
  const other = connectHost(bare);
  try {
    await other.call('hello', { protocol: 1, working_directory: '.', restore: false }, signal);
    const [inside, outside] = [await medianOf(host), await medianOf(other)];
    console.info(`read_file: ${inside.toFixed(1)} ms in the sandbox, ${outside.toFixed(1)} ms without`);
    expect(inside - outside).toBeLessThan(15); // 3 ms on a quiet machine: the bench says it exactly
  } finally {
    await other.close();
  }
});

test('the doctor tries every launcher and says which auto would take', async () => {
  const found = await doctorSandbox(
    { environment: process.env, platform: process.platform, node: process.execPath, toolhost: TOOLHOST },
    signal,
  );
  expect(found).toHaveLength(3);
  const table = diagnosisTable(found);
  expect(table).toContain(`\`sandbox: auto\` takes: ${found.find(({ level }) => level !== 'unavailable')?.launcher}.`);
  for (const { level, why } of found) expect(level === 'unavailable').toBe(why !== undefined);
  expect(diagnosisTable([])).toContain('No launcher of ours');
});
