import { afterEach, describe, expect, test } from '@jest/globals';
import { github as connect } from '../../src/forge/github.ts';
import { preflight, type PreflightParts } from '../../src/story/preflight.ts';
import { missingPermissions, readWorkflow } from '../../src/story/workflow-file.ts';
import { DEFAULT_TOKEN, startGitHub, type GitHubOptions, type GitHubServer, type Token } from '../support/github/server.ts';
import { FILES, world, type World, type WorldOptions } from '../support/world.ts';
import { ANSWERED, QUICK } from './common.ts';

const TOKEN = 'ghs_preflight0000000000000000000000000';
const token = (permissions: Token['permissions'], kind: Token['kind'] = 'actions'): Record<string, Token> => ({
  [TOKEN]: { login: kind === 'pat' ? 'maintainer' : 'github-actions[bot]', kind, permissions: { metadata: 'read', ...permissions } },
});

const WORKFLOW = '.github/workflows/alchemist.yml';
const workflow = (permissions: string, more = ''): string => `
on: { issue_comment: { types: [created] } }
jobs:
  fix:
    runs-on: ubuntu-latest
    ${more}
    ${permissions}
    steps:
      - uses: actions/checkout@v5
      - uses: octo-org/alchemist@v1
        with: { anthropic-api-key: '\${{ secrets.ANTHROPIC_API_KEY }}' }
`;

describe('the preflight', () => {
  let server: GitHubServer | undefined;
  /** What it said of CI; apart, since it says something each time. */
  let ci: readonly string[] = [];
  afterEach(() => server?.close());

  async function look(options: GitHubOptions, changes: Partial<PreflightParts> = {}): ReturnType<typeof preflight> {
    server = await startGitHub({ files: { 'a.txt': 'a\n' }, ...options });
    const tokens = Object.keys(options.tokens ?? {});
    const github = connect({
      token: tokens[0] ?? DEFAULT_TOKEN,
      apiUrl: server.apiUrl,
      serverUrl: server.serverUrl,
      owner: 'octo-org',
      repo: 'sample',
      onWarning: () => undefined,
      patience: 0.001,
    });
    const found = await preflight({
      github,
      page: 'http://github.localhost/octo-org/sample',
      dryRun: false,
      defaultToken: true,
      lock: undefined,
      workflow: undefined,
      minutes: 30,
      base: undefined,
      defaultBranch: undefined,
      head: 'alchemist/issue-7',
      ...changes,
    });
    expect(server.violations).toEqual([]);
    const isCi = (remark: string): boolean => remark.startsWith('CI ');
    ci = found.remarks.filter(isCi);
    return { ...found, remarks: found.remarks.filter((remark) => !isCi(remark)) };
  }

  test('finds nothing with a token that may do what is needed, and leaves nothing behind', async () => {
    expect(await look({})).toEqual({ faults: [], remarks: [] });
    expect(Object.keys(await server!.objects.refs())).toEqual(['refs/heads/main']);
    expect(server!.state.pulls.size).toBe(0);
  });

  test('names both permissions together, with the lines to write', async () => {
    const { faults } = await look({ tokens: token({ contents: 'read', issues: 'write' }) });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain('`contents: write` (the branch) and `pull-requests: write` (the pull request)');
    expect(faults[0]).toContain('permissions:\n  contents: write # the branch\n  pull-requests: write # the pull request\n  issues: write');
    expect(server!.state.pulls.size).toBe(0);
  });

  test('tells the owner of a personal token to change the token', async () => {
    const { faults } = await look({ tokens: token({ contents: 'read', pull_requests: 'write' }, 'pat') });
    expect(faults[0]).toMatch(/personal access token of the input github-token/);
    expect(faults[0]).not.toMatch(/pull-requests/);
  });

  test('names the setting too, where the run fails in any case', async () => {
    const { faults } = await look({ tokens: token({ contents: 'read', pull_requests: 'write' }), actionsMayOpenPullRequests: false });
    expect(faults).toHaveLength(2);
    expect(faults[1]).toContain('http://github.localhost/octo-org/sample/settings/actions');
  });

  test('says of an archived repository where it is unarchived', async () => {
    expect((await look({ archived: true })).faults).toEqual([expect.stringMatching(/archived.*sample\/settings/)]);
  });

  test.each([
    ['a server error', { operation: 'git/create-blob', status: 500, times: 9 }],
    ['a not found', { operation: 'git/create-blob', status: 404 }],
    [
      'a 403 of another kind',
      {
        operation: 'git/create-blob',
        status: 403,
        body: { message: 'You have exceeded a secondary rate limit' },
        headers: { 'retry-after': '1' },
        times: 9,
      },
    ],
    ['an answer without a repository', { operation: 'repos/get', status: 404 }],
    ['no connection', { reset: true, times: 99 }],
  ])('stops nobody for %s', async (_name, fault) => {
    expect(await look({ faults: [fault] })).toEqual({ faults: [], remarks: [] });
  });

  test('writes nothing in a dry run', async () => {
    expect(await look({ tokens: token({ contents: 'read' }), archived: true }, { dryRun: true })).toEqual({ faults: [], remarks: [] });
    expect(server!.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  test.each([
    ['lacks pull-requests', 'permissions: { contents: write, issues: write }', ['pull-requests'], true],
    ['is empty', 'permissions: {}', ['contents', 'pull-requests', 'issues'], true],
    ['only reads', 'permissions: read-all', ['contents', 'pull-requests', 'issues'], true],
    ['lacks issues alone, which only costs the comment', 'permissions: { contents: write, pull-requests: write }', ['issues'], false],
    ['is whole', 'permissions: { contents: write, pull-requests: write, issues: write }', [], false],
    ['is absent, so that a setting decides', '', [], false],
  ])('reads the workflow: a block that %s', async (_name, permissions, missing, stops) => {
    const text = workflow(permissions);
    const found = await look({ files: { 'a.txt': 'a\n', [WORKFLOW]: text } }, { workflow: { path: WORKFLOW, commit: 'main', job: 'fix' } });
    expect(missingPermissions((await readWorkflow(text))!.jobs[0]!)).toEqual(missing);
    expect(found.faults).toHaveLength(stops ? 1 : 0);
    for (const name of stops ? missing : []) expect(found.faults[0]).toContain(`\`${name}: write\``);
  });

  const CI = (on: string): string => `on: ${on}\njobs: { test: { runs-on: x, steps: [] } }\n`;
  const person = { tokens: token({ contents: 'write', pull_requests: 'write' }, 'pat') };
  const OTHERS = {
    'a.txt': 'a\n',
    [WORKFLOW]: workflow(''),
    '.github/workflows/README.md': 'on: pull_request\n',
    '.github/workflows/nightly.yml': CI('{ schedule: [{ cron: "0 0 * * *" }], pull_request: { types: [labeled] } }'),
    '.github/workflows/release.yml': CI('{ push: { tags: ["v*"] }, pull_request: { branches: ["release/**"] } }'),
  };
  const CI_FILES = {
    ...OTHERS,
    '.github/workflows/ci.yml': CI('[push, pull_request]'),
    '.github/workflows/main.yaml': CI('{ pull_request: { branches: [ma*] } }'),
    '.github/workflows/ours.yml': CI('{ push: { branches: ["**", "!main"] } }'),
    '.github/workflows/mains.yml': CI('{ push: { branches: [main] }, pull_request: { branches-ignore: [main] } }'),
  };

  test.each<[string, GitHubOptions, Partial<PreflightParts>, RegExp]>([
    [
      "waits with the job's own token",
      { files: CI_FILES },
      {},
      /^CI will wait.*\(ci\.yml, main\.yaml, ours\.yml\) until.*Approve workflows to run.*\ngithub-token: \$\{\{ steps/s,
    ],
    [
      'runs by itself with another',
      { files: CI_FILES, ...person },
      { defaultToken: false },
      /^CI will run on the pull request by itself.*\(ci\.yml, main\.yaml, ours\.yml\)\.$/,
    ],
    ['does not run where nothing starts on a pull request', { files: OTHERS }, {}, /^CI will not run.*no workflow on main/],
    ['does not run where there are no workflows', { files: { 'a.txt': 'a\n' }, ...person }, { defaultToken: false }, /^CI will not run/],
    [
      'waits, where the workflows cannot be read',
      { files: CI_FILES, faults: [{ operation: 'repos/get-content', status: 500, times: 99 }] },
      {},
      /^CI will wait.*its workflows until/s,
    ],
  ])('says that CI %s', async (_what, options, changes, words) => {
    expect((await look(options, changes)).faults).toEqual([]);
    expect(ci).toEqual([expect.stringMatching(words)]);
  });

  test('names a base branch that is not there, with the line to write', async () => {
    expect((await look({}, { base: 'mian' })).faults).toEqual([expect.stringMatching(/no branch mian.*base-branch: main/)]);
  });

  test('does not hold the block against another token, another job, or a file it cannot read', async () => {
    const files = {
      'a.txt': 'a\n',
      [WORKFLOW]: workflow('permissions: {}').replace('with: {', 'with: { github-token: "${{ steps.app.outputs.token }}",'),
      'bad.yml': 'a: [b',
    };
    const place = { path: WORKFLOW, commit: 'main', job: 'fix' };
    expect((await look({ files }, { workflow: place })).faults).toEqual([]);
    // An App's token looks like the job's own; the workflow tells them apart.
    expect(ci).toEqual([expect.stringMatching(/^CI will not run/)]);
    for (const [changes, where] of [
      [{ defaultToken: false }, place],
      [{}, { ...place, job: 'other' }],
      [{}, { ...place, path: 'bad.yml' }],
      [{}, { ...place, path: 'missing.yml' }],
    ] as const) {
      await server!.close();
      expect(
        (await look({ files: { ...files, [WORKFLOW]: workflow('permissions: {}') } }, { workflow: where, ...changes })).faults,
      ).toEqual([]);
    }
  });

  test('remarks a job that would be killed before its run may end', async () => {
    const text = workflow('permissions: write-all', 'timeout-minutes: 20');
    const { faults, remarks } = await look({ files: { [WORKFLOW]: text } }, { workflow: { path: WORKFLOW, commit: 'main', job: 'fix' } });
    expect(faults).toEqual([]);
    expect(remarks).toEqual([expect.stringMatching(/killed after 20 minutes/)]);
  });
});

describe('a run whose preflight finds faults', () => {
  let there: World | undefined;
  afterEach(() => there?.close());

  const start = async (options: WorldOptions): Promise<World> => {
    there = await world({ turns: { work: ANSWERED }, ...options, inputs: { ...QUICK, ...options.inputs } });
    return there;
  };
  const asked = ({ messages }: World): number => messages.requests.filter(({ path }) => path === '/v1/messages').length;

  test('fails with one message before the model is asked, and the comment has the lines to write', async () => {
    const { run, github } = await start({
      github: { tokens: token({ contents: 'read', issues: 'write' }) },
      runner: { githubToken: TOKEN },
      inputs: { model: 'claude-of-tomorrow' },
      messages: { models: 'silent' },
    });
    const ran = await run();
    expect(asked(there!)).toBe(0);
    expect([ran.outputs['conclusion'], ran.exitCode]).toEqual(['failed', 1]);
    const [comment] = [...github.state.comments.values()];
    for (const words of [
      'contents: write',
      'pull-requests: write',
      'price-overrides',
      'claude-of-tomorrow',
      'nothing was spent',
      'CI will not run',
    ])
      expect(comment?.body).toContain(words);
    expect(ran.events.at(-1)).toMatchObject({ type: 'run_ended', conclusion: 'failed' });
    expect(github.state.pulls.size).toBe(0);
  });

  test('refuses models that the Models API does not know, together with all else, and writes the lines', async () => {
    const inputs = {
      model: 'claude-opus-5-6',
      'review-model': 'claude-sonnet-9',
      'fallback-model': 'claude-opus-5-6',
      sandbox: 'no-such-launcher',
    };
    const { run, github } = await start({
      github: { tokens: token({ contents: 'read', issues: 'write' }) },
      runner: { githubToken: TOKEN },
      inputs,
    });
    const ran = await run();
    expect(asked(there!)).toBe(0);
    expect([ran.outputs['conclusion'], ran.exitCode]).toEqual(['failed', 1]);
    expect(ran.events.at(-1)).toMatchObject({ type: 'run_ended', conclusion: 'failed' });
    const [comment] = [...github.state.comments.values()];
    for (const words of [
      'does not know the model "claude-opus-5-6"',
      'model: claude-opus-5-5\n  fallback-model: claude-opus-5-5',
      'does not know the model "claude-sonnet-9"',
      'review-model: claude-opus-5-5',
      'contents: write',
      'price-overrides',
      'no-such-launcher',
      'nothing was spent',
    ])
      expect(comment?.body).toContain(words);
  });

  test('reads its own workflow file for what the token may do', async () => {
    const files = { ...FILES, [WORKFLOW]: workflow('permissions: { contents: write, issues: write }') };
    const { run, github } = await start({
      github: { files },
      runner: {
        env: { GITHUB_WORKFLOW_REF: `octo-org/sample/${WORKFLOW}@refs/heads/main`, GITHUB_WORKFLOW_SHA: 'main', GITHUB_JOB: 'fix' },
      },
    });
    const ran = await run();
    expect(asked(there!)).toBe(0);
    expect(ran.outputs['exit-reason']).toContain('pull-requests: write');
    expect([...github.state.comments.values()][0]?.body).toContain('```yaml\n');
    expect(Object.keys(await github.objects.refs())).toEqual(['refs/heads/main']);
  });
});
