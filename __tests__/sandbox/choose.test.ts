import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseLauncher } from '../../src/sandbox/choose.ts';
import { connectHost } from '../../src/sandbox/host.ts';
import type { Launch } from '../../src/sandbox/launcher.ts';
import { SandboxRefused } from '../../src/sandbox/launcher.ts';
import { splitWords } from '../../src/sandbox/words.ts';
import { TOOLHOST } from './identities.ts';

let folder: string;
let launch: Launch;
const signal = AbortSignal.timeout(50_000);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'choose-'));
  mkdirSync(join(folder, 'workspace'));
  const at = (name: string) => join(folder, name);
  launch = {
    workspace: at('workspace'),
    node: process.execPath,
    toolhost: TOOLHOST,
    scratch: at('scratch'),
    network: 'registries',
    allowedHosts: [],
  };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const choose = (sandbox: string, platform: NodeJS.Platform = 'linux') => chooseLauncher({ sandbox, environment: process.env, platform });
const hello = { protocol: 1, working_directory: '.', restore: false };
const run = (command: string) => ({ command, timeout_s: 20, head_bytes: 5000, tail_bytes: 5000 });

describe('where there is no sandbox', () => {
  test('Windows is refused, in words that say what to do', async () => {
    const refusal = await choose('auto', 'win32')(launch, signal).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(SandboxRefused);
    expect(String(refusal)).toMatch(/no sandbox for Windows.*ubuntu-latest.*sandbox: off/u);
  });

  test('so is macOS', async () => {
    await expect(choose('auto', 'darwin')(launch, signal)).rejects.toThrow(/no sandbox for macOS/u);
  });

  test('off is taken at its word on any platform', async () => {
    const launched = await choose('off', 'win32')(launch, signal);
    expect(launched.facts).toMatchObject({ launcher: 'off', level: 'none' });
    await launched.close();
  });
});

test('a fault in allowed-hosts is told as such, not as a missing sandbox', async () => {
  const start = choose('auto')({ ...launch, allowedHosts: ['http://x/', 'localhost'] }, signal);
  await expect(start).rejects.toThrow(/allowed-hosts: "http:\/\/x\/" is not a host.*"localhost" needs the port/u);
});

describe('a command line', () => {
  test('starts the tool host without a shell, tells what it lacks, and passes no secret', async () => {
    const words = `env 'A WORD=$(touch ${folder}/expanded)' {node} --disable-warning=ExperimentalWarning {toolhost}`;
    const environment = { ...process.env, ANTHROPIC_API_KEY: 'canary', DOCKER_HOST: 'unix:///nowhere' };
    const launched = await chooseLauncher({ sandbox: words, environment, platform: 'win32' })(launch, signal);
    try {
      expect(launched.facts).toMatchObject({ launcher: 'custom', level: 'degraded' });
      expect(launched.facts.lacks).toContain('writes go to the real checkout');
      expect(launched.facts.lacks).toContain('environments of processes outside can be read');
      const host = connectHost(launched);
      await host.call('hello', hello, signal);
      const { output } = await host.call('run', run('env; echo made > file'), signal);
      expect(output).toContain('A WORD=$(touch');
      expect(output).not.toContain('canary');
      expect(existsSync(join(folder, 'expanded'))).toBe(false);
      expect(readFileSync(join(launch.workspace, 'file'), 'utf8')).toBe('made\n');
      await host.close();
    } finally {
      await launched.close();
    }
  });

  test('can be a stand-in over two pipes that shares no folder, and is then seeded over the wire', async () => {
    const elsewhere = join(folder, 'elsewhere');
    mkdirSync(elsewhere);
    execFileSync('git', ['init', '-q'], { cwd: elsewhere });
    const launched = await choose(`env --chdir=${elsewhere} {node} --disable-warning=ExperimentalWarning {toolhost}`)(launch, signal);
    try {
      expect(launched.facts.lacks).not.toContain('writes go to the real checkout');
      const host = connectHost(launched);
      await host.call('hello', hello, signal);
      await host.call(
        'seed',
        { entries: [{ path: 'src/seeded.txt', mode: '100644', content: Buffer.from('sent\n').toString('base64') }] },
        signal,
      );
      expect(readFileSync(join(elsewhere, 'src/seeded.txt'), 'utf8')).toBe('sent\n');
      expect(existsSync(join(launch.workspace, 'src'))).toBe(false);
      await host.close();
    } finally {
      await launched.close();
    }
  });

  test('that does not start anything is refused with what it said', async () => {
    await expect(choose('nosuchprogram {toolhost}')(launch, signal)).rejects.toThrow(
      /sandbox did not start the tool host: spawn nosuchprogram ENOENT/u,
    );
    await expect(choose('bash -c "echo no such image >&2; exit 3"')(launch, signal)).rejects.toThrow(/no such image/u);
    await expect(choose('docker "run')(launch, signal)).rejects.toThrow(/a " is not closed/u);
  });

  test('is split as a shell would, with nothing expanded', () => {
    expect(splitWords(`docker  run -i -v '/a b':/c "x\\"y" $HOME *.js a\\ b ''`)).toEqual([
      'docker',
      'run',
      '-i',
      '-v',
      '/a b:/c',
      'x"y',
      '$HOME',
      '*.js',
      'a b',
      '',
    ]);
    expect(() => splitWords('  ')).toThrow('it is empty');
  });
});

describe('auto', () => {
  test('holds everything here, reaches a service of the job by its port, and keeps the workspace path', async () => {
    const service = createServer((_request, response) => response.end('the service answers')).listen(0, '127.0.0.1');
    await new Promise((resolve) => service.once('listening', resolve));
    const { port } = service.address() as AddressInfo;
    writeFileSync(join(launch.workspace, 'file'), 'as it was\n');
    const launched = await choose('auto')({ ...launch, network: 'none', allowedHosts: [`localhost:${port}`] }, signal);
    try {
      const host = connectHost(launched);
      await host.call('hello', hello, signal);
      const { output } = await host.call(
        'run',
        run(`pwd; curl -sS http://127.0.0.1:${port}/; echo; curl -sS -m 5 https://registry.npmjs.org/; echo changed > file`),
        signal,
      );
      expect(output).toContain(`${launch.workspace}\nthe service answers\n`);
      expect(output).toMatch(/403/u);
      expect(readFileSync(join(launch.workspace, 'file'), 'utf8')).toBe('as it was\n');
      await host.close();
      await launched.close();
    } finally {
      service.close();
    }
  });
});
