import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Event } from '../../src/transcript/events.ts';
import { startGitHub, DEFAULT_TOKEN, type GitHubOptions, type GitHubServer } from './github/server.ts';
import { startMessagesApi, type MessagesApi, type MessagesApiOptions } from './messages-api/server.ts';
import type { ScriptBlock, Turn } from './messages-api/script.ts';
import { runAction, type RunnerOptions, type RunnerResult } from './runner.ts';

export const KEY = 'sk-ant-api03-Zk3vQ9xTb7Lm2Rw8Yc5Nf1Hd6Js4Pg0Ua';

/** A small real program with a real fault: `sum([])` is undefined. */
export const FILES: Readonly<Record<string, string>> = {
  'package.json': '{\n  "name": "sums",\n  "version": "1.0.0",\n  "type": "module",\n  "scripts": { "test": "node --test" }\n}\n',
  'AGENTS.md': '# Sums\n\nPlain JavaScript, no dependencies.\n',
  'src/sum.js': 'export function sum(numbers) {\n  return numbers.reduce((total, number) => total + number);\n}\n',
  'test/sum.test.js':
    "import assert from 'node:assert/strict';\nimport { test } from 'node:test';\nimport { sum } from '../src/sum.js';\n\ntest('adds numbers', () => {\n  assert.equal(sum([1, 2, 3]), 6);\n});\n",
};

export const ISSUE = {
  number: 7,
  title: 'sum([]) throws',
  body: '`sum([])` throws a TypeError; it should answer 0.',
  login: 'reporter',
} as const;

/** Shorthand for the blocks of a scripted turn. */
export const say = (text: string): ScriptBlock => ({ type: 'text', text });
export const call = (name: string, input: unknown): ScriptBlock => ({ type: 'tool_use', name, input });
export const turn = (...blocks: ScriptBlock[]): Turn => ({ blocks });

export const ADD_TEST = call('edit_file', {
  path: 'test/sum.test.js',
  edits: [
    {
      old_str: '  assert.equal(sum([1, 2, 3]), 6);\n});\n',
      new_str: "  assert.equal(sum([1, 2, 3]), 6);\n});\n\ntest('the sum of nothing is 0', () => {\n  assert.equal(sum([]), 0);\n});\n",
    },
  ],
});
export const FIX = call('edit_file', { path: 'src/sum.js', edits: [{ old_str: 'total + number)', new_str: 'total + number, 0)' }] });
export const RUN_TESTS = call('run_tests', {});
export const PUSH = call('push_changes', { title: 'sum([]) answers 0', summary: 'Start the reduction at 0.', change_kind: 'fix' });
export const PLAN = call('update_plan', {
  requirements: [{ id: 'R1', text: 'sum([]) answers 0', status: 'open' }],
  files_expected: ['src/sum.js', 'test/sum.test.js'],
});

/** What the author does when all goes well. */
export const GOOD_WORK: readonly Turn[] = [
  turn(say('I start with a plan.'), PLAN),
  turn(ADD_TEST),
  turn(RUN_TESTS),
  turn(FIX, RUN_TESTS),
  turn(PUSH),
];

const HUNKS = [
  { file: 'src/sum.js', start_line: 1, requirement: 'R1' },
  { file: 'test/sum.test.js', start_line: 5, requirement: 'R1' },
];

export const review = (findings: readonly unknown[] = [], hunks: readonly unknown[] = HUNKS): Turn =>
  turn(
    say(
      JSON.stringify({
        summary: 'The change starts the reduction at 0.',
        requirements: [{ id: 'R1', status: 'met', evidence: 'src/sum.js:2' }],
        findings,
        hunks,
      }),
    ),
  );
export const GOOD_REVIEW: readonly Turn[] = [review()];

export type WorldOptions = Readonly<{
  turns?: MessagesApiOptions['turns'];
  messages?: Partial<MessagesApiOptions>;
  github?: GitHubOptions;
  inputs?: Readonly<Record<string, string>>;
  /** Default: a comment of the maintainer that starts with the trigger phrase. */
  event?: RunnerOptions['event'];
  /** Default: a clone of the repository. `null`: an empty folder. */
  checkout?: null;
  runner?: Partial<RunnerOptions>;
}>;

export type World = Readonly<{
  github: GitHubServer;
  messages: MessagesApi;
  workspace: string;
  run(again?: WorldOptions): Promise<Ran>;
  close(): Promise<void>;
}>;

export type Ran = RunnerResult & Readonly<{ events: readonly Event[] }>;

/** Both far sides, a checkout, and the committed bundle run by a runner. */
export async function world(options: WorldOptions = {}): Promise<World> {
  const github = await startGitHub({ files: FILES, issues: [ISSUE], ...options.github });
  const messages = await startMessagesApi({
    turns: options.turns ?? { work: GOOD_WORK, review: GOOD_REVIEW },
    apiKey: KEY,
    ...options.messages,
  });
  const root = mkdtempSync(join(tmpdir(), 'world-'));
  const workspace = join(root, 'checkout');
  if (options.checkout === null) mkdirSync(workspace);
  // The server answers in this process: a clone that is waited for synchronously would wait for ever.
  else await promisify(execFile)('git', ['clone', '-q', github.cloneUrl, workspace]);
  const results: RunnerResult[] = [];
  return {
    github,
    messages,
    workspace,
    async run(again = {}) {
      const result = await runAction({
        // Another build than the committed one, while something is being worked on.
        ...(process.env['ALCHEMIST_TEST_ACTION'] ? { action: process.env['ALCHEMIST_TEST_ACTION'] } : {}),
        event: again.event ?? options.event ?? commented('@alchemist please fix this'),
        workspace,
        repository: `${github.state.owner}/${github.state.repo}`,
        apiUrl: github.apiUrl,
        serverUrl: github.serverUrl,
        resultsUrl: `${github.apiUrl}/`,
        githubToken: DEFAULT_TOKEN,
        actor: 'maintainer',
        ...options.runner,
        ...again.runner,
        inputs: { 'anthropic-api-key': KEY, 'anthropic-base-url': messages.url, sandbox: 'off', ...options.inputs, ...again.inputs },
        env: { ...options.runner?.env, ...again.runner?.env },
      });
      results.push(result);
      return { ...result, events: transcriptOf(result) };
    },
    async close() {
      for (const result of results) result.cleanUp();
      await Promise.all([github.close(), messages.close()]);
      rmSync(root, { recursive: true, force: true });
    },
  };
}

export function transcriptOf(result: RunnerResult): readonly Event[] {
  try {
    const lines = readFileSync(join(result.folder, 'transcript.jsonl'), 'utf8').split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Event);
  } catch {
    return [];
  }
}

/** An `issue_comment` payload, as GitHub sends it. */
export function commented(
  body: string,
  changes: { login?: string; type?: string; action?: string; number?: number } = {},
): RunnerOptions['event'] {
  const { login = 'maintainer', type = 'User', action = 'created', number = ISSUE.number } = changes;
  const user = { login, id: 1, type };
  return {
    name: 'issue_comment',
    payload: {
      action,
      issue: { ...issuePayload(number) },
      comment: {
        id: 99,
        body,
        user,
        author_association: 'MEMBER',
        created_at: '2026-11-20T12:00:00Z',
        updated_at: '2026-11-20T12:00:00Z',
        html_url: `http://github.localhost/o/r/issues/${number}#issuecomment-99`,
      },
      repository: repositoryPayload,
      sender: user,
    },
  };
}

export function issuePayload(number: number = ISSUE.number): Record<string, unknown> {
  return {
    number,
    title: ISSUE.title,
    body: ISSUE.body,
    state: 'open',
    locked: false,
    labels: [],
    assignees: [],
    user: { login: ISSUE.login, id: 2, type: 'User' },
    author_association: 'NONE',
    created_at: '2026-11-20T10:00:00Z',
    updated_at: '2026-11-20T10:00:00Z',
    html_url: `http://github.localhost/octo/repo/issues/${number}`,
  };
}

export const repositoryPayload = {
  id: 1,
  name: 'repo',
  full_name: 'octo/repo',
  private: false,
  default_branch: 'main',
  owner: { login: 'octo', id: 3, type: 'User' },
  html_url: 'http://github.localhost/octo/repo',
};
