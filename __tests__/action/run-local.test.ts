import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startMessagesApi, type MessagesApi } from '../support/messages-api/server.ts';
import { startOpenAi } from '../support/openai/server.ts';
import { DEFAULT_TOKEN, startGitHub, type GitHubServer } from '../support/github/server.ts';
import { FILES, ISSUE, KEY } from '../support/world.ts';
import { QUICK_WORK } from './common.ts';

const root = join(import.meta.dirname, '..', '..');
let folder: string;
let clone: string;
let server: GitHubServer;
let messages: MessagesApi;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'run-local-'));
  clone = join(folder, 'clone');
  server = await startGitHub({ files: FILES, issues: [ISSUE] });
  messages = await startMessagesApi({ turns: { work: QUICK_WORK }, apiKey: KEY });
  await promisify(execFile)('git', ['clone', '-q', server.cloneUrl, clone]);
  // Whatever a checkout's own configuration would start must stay quiet.
  await git('config', 'core.hooksPath', join(folder, 'hooks'));
  await git('config', 'core.fsmonitor', `touch ${join(folder, 'started')}`);
  await git('config', 'user.name', 'Ada');
});
afterAll(async () => {
  await Promise.all([server.close(), messages.close()]);
  await rm(folder, { recursive: true, force: true });
});

async function git(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('git', ['-c', 'core.fsmonitor=false', ...args], { cwd: clone });
  return stdout.trim();
}

async function run(args: string[], env: Record<string, string> = {}): Promise<{ code: number; text: string }> {
  const action = process.env['ALCHEMIST_TEST_ACTION'] ?? root;
  const node = join(root, 'node_modules', '.bin', 'node');
  const options = ['--anthropic-base-url', messages.url, '--sandbox', 'off', '--test-command', 'true', '--review-rounds', '0'];
  const state = {
    XDG_STATE_HOME: join(folder, 'state'),
    ANTHROPIC_API_KEY: KEY,
    GITHUB_API_URL: server.apiUrl,
    GITHUB_SERVER_URL: server.serverUrl,
  };
  const surroundings = { PATH: process.env['PATH'] ?? '', HOME: folder, ANTHROPIC_BASE_URL: 'http://127.0.0.1:1', ...state, ...env };
  try {
    const command = [join(action, 'dist', 'cli.js'), 'run', ...args, ...options];
    const { stdout, stderr } = await promisify(execFile)(existsSync(node) ? node : process.execPath, command, {
      cwd: clone,
      env: surroundings,
      timeout: 60_000,
    });
    return { code: 0, text: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, text: stdout + stderr };
  }
}

/** As a clean checkout: with `sandbox: off` the files themselves were edited. */
const clean = (): Promise<string> => git('checkout', '-q', '--', '.');

describe('alchemist run', () => {
  test('turns a task into one commit on a new local branch, and leaves branch, index and GitHub alone', async () => {
    const { code, text } = await run(['--task', 'sum([]) must answer 0']);
    expect([code, text]).toEqual([0, expect.stringContaining('branch: alchemist/run-')]);
    const branch = /^branch: (.+)$/m.exec(text)?.[1] ?? '';
    expect(await git('log', '--format=%an %s', `main..${branch}`)).toBe('Ada sum([]) answers 0');
    expect(await git('diff', '--stat', `main...${branch}`)).toMatch(/src\/sum\.js \|/);
    expect(await git('log', '-1', '--format=%b', branch)).toMatch(/Alchemist-Transcript: sha256:[0-9a-f]{64}/);
    expect(await git('symbolic-ref', 'HEAD')).toBe('refs/heads/main');
    expect(await git('diff', '--cached', '--stat')).toBe('');
    expect(existsSync(join(folder, 'started'))).toBe(false);
    expect(server.requests.filter(({ operation }) => operation !== 'git')).toEqual([]);
    const transcript = /^transcript: (.+)$/m.exec(text)?.[1] ?? '';
    expect(transcript.startsWith(join(folder, 'state', 'alchemist'))).toBe(true);
    expect(await readFile(transcript, 'utf8')).not.toContain(KEY);
    expect(existsSync(join(transcript, '..', 'report.html'))).toBe(true);
  });

  test('refuses a checkout with changed tracked files, and leaves them as they are', async () => {
    await clean();
    await writeFile(join(clone, 'AGENTS.md'), 'my own words\n');
    const before = messages.requests.length;
    const { code, text } = await run(['--task', 'anything']);
    expect([code, text]).toEqual([1, expect.stringMatching(/Tracked files are changed: AGENTS\.md\. Commit or stash/)]);
    expect(await readFile(join(clone, 'AGENTS.md'), 'utf8')).toBe('my own words\n');
    expect(messages.requests.slice(before).filter(({ path }) => path === '/v1/messages')).toEqual([]);
    await clean();
  });

  test('publishes an issue with --publish, as the action does', async () => {
    const { code, text } = await run(['--issue', 'octo-org/sample#7', '--publish'], { GITHUB_TOKEN: DEFAULT_TOKEN });
    expect([code, text]).toEqual([0, expect.stringMatching(/pull_request: Opened pull request #8/)]);
    expect([...server.state.pulls.values()]).toEqual([
      expect.objectContaining({ head: 'alchemist/issue-7', body: expect.stringContaining('Fixes #7') }),
    ]);
    expect(server.violations).toEqual([]);
    await clean();
  });

  test('asks an OpenAI-compatible server, by the variables that its users know', async () => {
    const key = 'sk-proj-Zk3vQ9xTb7Lm2Rw8Yc5Nf1Hd6Js4Pg0Ua';
    const openai = await startOpenAi({ turns: { work: QUICK_WORK }, apiKey: key });
    try {
      const before = messages.requests.length;
      const env = { ANTHROPIC_API_KEY: '', OPENAI_API_KEY: key, OPENAI_BASE_URL: openai.url };
      const { code, text } = await run(['--task', 'sum([]) must answer 0', '--provider', 'openai', '--model', 'gpt-5.5'], env);
      expect([code, text]).toEqual([0, expect.stringContaining('branch: alchemist/run-')]);
      expect(openai.requests.filter(({ path }) => path.endsWith('/chat/completions')).length).toBeGreaterThan(1);
      expect(messages.requests).toHaveLength(before);
      expect(await readFile(/^transcript: (.+)$/m.exec(text)?.[1] ?? '', 'utf8')).not.toContain(key);
    } finally {
      await openai.close();
    }
    await clean();
  });

  test.each<[string, string[], Record<string, string>, RegExp]>([
    ['neither task nor issue', [], {}, /Give one of --task TEXT and --issue/],
    ['no key', ['--task', 'x'], { ANTHROPIC_API_KEY: '' }, /ANTHROPIC_API_KEY is not set/],
    ['a provider that is none', ['--task', 'x', '--provider', 'acme'], {}, /--provider must be/],
    ['no key of OpenAI', ['--task', 'x', '--provider', 'openai', '--model', 'gpt-5.5'], {}, /OPENAI_API_KEY is not set/],
    ['a model that is not OpenAI’s', ['--task', 'x', '--provider', 'openai'], { OPENAI_API_KEY: 'sk-x' }, /--model must be one of OpenAI/],
    ['no AWS credentials', ['--task', 'x', '--provider', 'bedrock'], {}, /AWS credentials are not set/],
    [
      'no AWS region',
      ['--task', 'x', '--provider', 'bedrock'],
      { AWS_ACCESS_KEY_ID: 'AKIAX', AWS_SECRET_ACCESS_KEY: 'x'.repeat(40) },
      /--provider-region is missing/,
    ],
    ['no Google credentials', ['--task', 'x', '--provider', 'vertex'], {}, /GOOGLE_APPLICATION_CREDENTIALS is not set/],
    ['no key of Foundry', ['--task', 'x', '--provider', 'foundry'], {}, /ANTHROPIC_FOUNDRY_API_KEY is not set/],
    ['no token for an issue', ['--issue', 'octo-org/sample#7'], {}, /GITHUB_TOKEN is not set/],
    ['an issue that is none', ['--issue', '7'], { GITHUB_TOKEN: 'x' }, /--issue must be OWNER\/REPO#N/],
    [
      'limits out of range',
      ['--task', 'x', '--max-turns', '0', '--max-cost-usd', 'much'],
      {},
      /--max-turns must be .*\n--max-cost-usd must be/,
    ],
    ['an unknown option', ['--task', 'x', '--fast'], {}, /--fast/],
  ])('is wrong usage with %s', async (_what, args, env, words) => {
    expect(await run(args, env)).toEqual({ code: 2, text: expect.stringMatching(words) });
  });
});
