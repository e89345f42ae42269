import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { DEFAULT_TOKEN, startGitHub, type GitHubServer } from '../support/github/server.ts';
import { startMessagesApi, type MessagesApi } from '../support/messages-api/server.ts';
import { FILES } from '../support/world.ts';

const root = join(import.meta.dirname, '..', '..');
const WORKFLOW = '.github/workflows/alchemist.yml';
let folder: string;
let clone: string;
let server: GitHubServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doctor-'));
  const workflow = await readFile(join(root, 'examples', 'alchemist.yml'), 'utf8').then((text) =>
    text.replace('OWNER/alchemist@COMMIT', 'octo-org/alchemist@v1'),
  );
  const admin = { login: 'boss', kind: 'pat', permissions: { contents: 'write', administration: 'write' } } as const;
  const job = { login: 'github-actions[bot]', kind: 'actions', permissions: { contents: 'write' } } as const;
  server = await startGitHub({
    files: { ...FILES, [WORKFLOW]: workflow },
    actionsMayOpenPullRequests: false,
    tokens: { [DEFAULT_TOKEN]: job, ghp_boss: admin },
  });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  clone = await mkdtemp(join(folder, 'clone-'));
  await git('clone', '-q', server.cloneUrl, '.');
});

async function git(...args: string[]): Promise<void> {
  await promisify(execFile)('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: clone });
}

async function change(path: string, edit: (text: string) => string): Promise<void> {
  const file = join(clone, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, edit(existsSync(file) ? await readFile(file, 'utf8') : ''));
}

async function doctor(args: string[] = [], env: Record<string, string> = {}): Promise<{ code: number; text: string }> {
  const action = process.env['ALCHEMIST_TEST_ACTION'] ?? root;
  const node = join(root, 'node_modules', '.bin', 'node');
  const surroundings = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    GITHUB_API_URL: server.apiUrl,
    GITHUB_SERVER_URL: server.serverUrl,
    ...env,
  };
  try {
    const { stdout } = await promisify(execFile)(
      existsSync(node) ? node : process.execPath,
      [join(action, 'dist', 'cli.js'), 'doctor', ...args],
      { cwd: clone, env: surroundings },
    );
    return { code: 0, text: stdout };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, text: stdout + stderr };
  }
}

describe('alchemist doctor', () => {
  test('finds nothing lacking with the workflow of init, and changes nothing', async () => {
    const { code, text } = await doctor();
    expect([code, text]).toEqual([0, expect.not.stringContaining('✗')]);
    for (const words of [
      'alchemist.yml is on origin/main',
      'permissions it needs',
      'Tests: npm test (package.json scripts.test)',
      'Instructions: AGENTS.md',
      'checks the repository out',
      'secret ANTHROPIC_API_KEY',
    ])
      expect(text).toContain(words);
    const { stdout } = await promisify(execFile)('git', ['status', '--porcelain', '--ignored'], { cwd: clone });
    expect(stdout).toBe('');
  });

  test('names all that a poor workflow lacks, the worst first', async () => {
    const poor = `on: [push]\njobs:\n  a:\n    runs-on: x\n    timeout-minutes: 5\n    permissions: { contents: read }\n    steps:\n      - uses: OWNER/alchemist@COMMIT\n        with: { anthropic-api-key: sk-plain }\n`;
    await change(WORKFLOW, () => poor);
    await change('AGENTS.md', () => '');
    const { code, text } = await doctor();
    expect(code).toBe(1);
    expect(text.split('\n')[0]).toMatch(/^✗/);
    for (const words of [
      /✗ .*starts on no event/,
      /✗ .*lacks contents: write, pull-requests: write, issues: write/,
      /pull-requests: write # the pull request/,
      /✗ .*a text instead of/,
      /✗ .*a placeholder/,
      /- .*no "if"/,
      /- No actions\/checkout/,
      /- .*killed after 5 minutes/,
    ])
      expect(text).toMatch(words);
    expect(text).not.toContain('sk-plain');
  });

  test('says when there is no workflow, when it is not on the default branch, and when there is no checkout', async () => {
    await change('README.md', () => 'new\n');
    await git('mv', WORKFLOW, '.github/workflows/other.yml');
    expect(await doctor()).toEqual({ code: 1, text: expect.stringMatching(/✗ \.github\/workflows\/other\.yml is not on origin\/main/) });
    await git('rm', '-qrf', '.github');
    expect(await doctor()).toEqual({ code: 1, text: expect.stringMatching(/✗ No workflow.*alchemist init/) });
    await rm(join(clone, '.git'), { recursive: true });
    expect(await doctor()).toEqual({ code: 1, text: expect.stringMatching(/✗ This folder is no Git checkout/) });
  });

  test('with a token it looks at the settings, by reads alone', async () => {
    const boss = await doctor(['--repo', 'octo-org/sample'], { GITHUB_TOKEN: 'ghp_boss' });
    expect(boss).toEqual({ code: 1, text: expect.stringMatching(/✗ .*Allow GitHub Actions to create and approve pull requests/) });
    expect(boss.text).toContain('alchemist.yml is on main');
    const other = await doctor(['--repo', 'octo-org/sample'], { GITHUB_TOKEN: DEFAULT_TOKEN });
    expect(other).toEqual({ code: 0, text: expect.stringMatching(/\? .*only an administrator's token can read it/) });
    expect(server.requests.filter(({ method, operation }) => method !== 'GET' && operation !== 'git')).toEqual([]);
    expect(server.violations).toEqual([]);
  });

  describe('looks beforehand at what a run would look at', () => {
    let messages: MessagesApi;
    const KEY = 'sk-ant-doctor';
    beforeAll(async () => {
      messages = await startMessagesApi({ turns: [], apiKey: KEY });
    });
    afterAll(() => messages.close());
    const withInput = (line: string): Promise<void> =>
      change(WORKFLOW, (text) => text.replace(/^( *)anthropic-api-key:.*$/m, (found, indent: string) => `${found}\n${indent}${line}`));
    const key = (): Record<string, string> => ({ ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: messages.url });

    test('the models: known, unknown, without a price, and not asked without a key', async () => {
      expect(await doctor()).toEqual({
        code: 0,
        text: expect.stringMatching(/\? .*knows claude-opus-5-5 was not asked: set ANTHROPIC_API_KEY/),
      });
      expect(await doctor([], key())).toEqual({ code: 0, text: expect.stringContaining('✓ Models: claude-opus-5-5') });
      await withInput('review-model: claude-opus-5-6');
      const { code, text } = await doctor([], key());
      expect([code, text]).toEqual([
        1,
        expect.stringMatching(/✗ .*does not know the model "claude-opus-5-6".*\n +review-model: claude-opus-5-5/s),
      ]);
      expect(await doctor()).toEqual({ code: 1, text: expect.stringMatching(/✗ .*claude-opus-5-6" has no known price.*price-overrides/s) });
      expect(messages.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
      expect(text).not.toContain(KEY);
    });

    test('but sends the key to no server that only the checkout names', async () => {
      await withInput(`anthropic-base-url: ${messages.url}`);
      const before = messages.requests.length;
      const { text } = await doctor([], { ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' });
      expect(text).toMatch(/\? .*was not asked: the workflow names a server of its own/);
      expect(messages.requests).toHaveLength(before);
    });

    test('the inputs and limits, each fault in words', async () => {
      await withInput('max-turns: ten');
      await withInput('draft: perhaps');
      const { code, text } = await doctor();
      expect(code).toBe(1);
      for (const words of [/✗ .*alchemist\.yml: max-turns must be/, /✗ .*alchemist\.yml: draft must be/]) expect(text).toMatch(words);
    });

    test('and whether CI will run on the pull requests', async () => {
      expect((await doctor()).text).toMatch(/- CI will not run on the pull request: no workflow on main starts on one/);
      await change('.github/workflows/ci.yml', () => 'on: [pull_request]\njobs: { test: { runs-on: x, steps: [] } }\n');
      expect((await doctor()).text).toMatch(/- CI will wait on the pull request.*\(ci\.yml\).*\n +github-token: /s);
      await withInput('github-token: ${{ steps.app.outputs.token }}');
      expect((await doctor()).text).toMatch(/✓ CI will run on the pull request by itself.*\(ci\.yml\)/);
    });

    test('and the base branch, with a token', async () => {
      await withInput('base-branch: trunk');
      const { text } = await doctor(['--repo', 'octo-org/sample'], { GITHUB_TOKEN: DEFAULT_TOKEN });
      expect(text).toMatch(/✗ There is no branch trunk.*base-branch: main/);
    });
  });

  test.each([[['--repo', 'nonsense']], [['--what']]])('is wrong usage with %j', async (args) => {
    expect((await doctor(args)).code).toBe(2);
  });
});
