import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_TOKEN, git, type GitHubOptions } from '../support/github/server.ts';
import { modelInfo, type Ask, type Turn } from '../support/messages-api/server.ts';
import {
  call,
  FILES,
  FIX,
  ISSUE,
  issuePayload,
  KEY,
  PUSH,
  review,
  RUN_TESTS,
  turn,
  world,
  type Ran,
  type World,
  type WorldOptions,
} from '../support/world.ts';
import { ANSWERED, asks, bodyOf, expectFaithful, expectWhole, fileOf, ownComment, QUICK, QUICK_WORK, results, writes } from './common.ts';

let open: World | undefined;
afterEach(async () => open?.close());

async function run(options: WorldOptions, faithful = true): Promise<{ here: World; ran: Ran }> {
  open = await world({ turns: { work: QUICK_WORK, review: [review()] }, ...options, inputs: { ...QUICK, ...options.inputs } });
  const ran = await open.run();
  if (faithful) expectFaithful(open, ran);
  else expectWhole(ran);
  expect(open.github.violations).toEqual([]);
  expect(ran.log + ran.postLog).not.toContain(KEY);
  return { here: open, ran };
}

async function failed(options: WorldOptions, reason: RegExp, faithful = true): Promise<{ here: World; ran: Ran; comment: string }> {
  const { here, ran } = await run(options, faithful);
  expect([ran.outputs['conclusion'], ran.outputs['exit-reason']]).toEqual(['failed', expect.stringMatching(reason)]);
  expect(ran.summary).toMatch(reason);
  const comment = ownComment(here);
  expect(comment).toMatch(reason);
  return { here, ran, comment };
}

const lacking = (permission: string): GitHubOptions => {
  const permissions = { metadata: 'read', contents: 'write', issues: 'write', pull_requests: 'write', [permission]: 'read' } as const;
  return { files: FILES, issues: [ISSUE], tokens: { [DEFAULT_TOKEN]: { login: 'github-actions[bot]', kind: 'actions', permissions } } };
};

describe('inputs', () => {
  it('without a key: the line to add, before anything is asked', async () => {
    const inputs = { 'anthropic-api-key': '', 'max-turns': '0' };
    const { here, comment } = await failed({ inputs }, /anthropic-api-key.*secrets\.ANTHROPIC_API_KEY/);
    expect(comment).toContain('- max-turns ');
    expect(here.messages.requests).toEqual([]);
  });

  it('with a key that is refused: said once, and the key is nowhere', async () => {
    const wrong = 'sk-ant-api03-0000wrong0000wrong0000';
    const { here, ran, comment } = await failed({ inputs: { 'anthropic-api-key': wrong } }, /refused the key/, false);
    expect(here.messages.requests.length).toBeLessThanOrEqual(2);
    for (const text of [ran.log, ran.summary, comment, fileOf(ran, 'transcript.jsonl')]) expect(text).not.toContain(wrong);
  });

  it('with a model that has no price: the line for price-overrides', async () => {
    const { here } = await failed({ inputs: { model: 'claude-zeta-9' } }, /claude-zeta-9.*price-overrides/s);
    expect(asks(here)).toEqual([]);
  });

  it('with such a model and its price: it works', async () => {
    const price = { input: 4, output: 20, cache_read: 0.4, cache_write_5m: 5, cache_write_1h: 8 };
    const inputs = { model: 'claude-zeta-9', 'price-overrides': JSON.stringify({ 'claude-zeta-9': price }) };
    const { here, ran } = await run({
      turns: { work: ANSWERED },
      inputs,
      messages: { models: { 'claude-zeta-9': modelInfo('claude-zeta-9') } },
    });
    expect(ran.outputs['conclusion']).toBe('answered');
    expect(bodyOf(asks(here)[0]).model).toBe('claude-zeta-9');
    expect(Number(ran.outputs['cost-usd'])).toBeGreaterThan(0);
  });

  it('with a model that the API does not know: which input to look at', async () => {
    const messages = { models: { 'claude-sonnet-5-5': modelInfo('claude-sonnet-5-5') } };
    await failed({ messages }, /does not know the model.*claude-opus-5-5/s, false);
  });

  it('out of range: every one of them, together', async () => {
    const wrong: Record<string, string> = {
      'anthropic-base-url': 'ftp://x',
      provider: 'skynet',
      'trigger-phrase': '**@alchemist**',
      'allowed-bots': '*',
      'branch-prefix': 'a..b/',
      model: 'two words',
      effort: 'huge',
      'max-turns': '0',
      'max-cost-usd': '-1',
      'max-minutes': '1e9',
      'price-overrides': '{',
      'working-directory': '../out',
      network: 'most',
      'protected-paths': '/etc',
      'review-rounds': '9',
      draft: 'maybe',
      'dry-run': 'perhaps',
      'artifact-name': 'a/b',
      'artifact-retention-days': '0',
    };
    open = await world({ inputs: wrong, event: { name: 'issues', payload: labeled() } });
    const ran = await open.run();
    expectFaithful(open, ran);
    const comment = ownComment(open);
    for (const name of Object.keys(wrong)) {
      expect(ran.outputs['exit-reason']).toContain(`${name} `);
      expect(comment).toContain(`- ${name} `);
    }
    expect(open.messages.requests).toEqual([]);
    expect(writes(open).map(({ operation }) => operation)).toEqual(['issues/create-comment']);
  });
});

function labeled(): object {
  const user = { login: 'maintainer', id: 1, type: 'User' };
  return {
    action: 'labeled',
    issue: issuePayload(),
    label: { name: 'alchemist' },
    repository: { full_name: 'octo/repo', default_branch: 'main' },
    sender: user,
  };
}

describe('events', () => {
  it.each([
    [
      'lacks its issue',
      { action: 'created', comment: { body: '@alchemist go' }, sender: { login: 'maintainer' } },
      /issue\.number must be a whole number/,
    ],
    ['is no object', 'nonsense', /must be a JSON object/],
  ])('a payload that %s is told in one line, without a stack', async (_, payload, reason) => {
    open = await world({ event: { name: 'issue_comment', payload } });
    const ran = await open.run();
    expectFaithful(open, ran);
    expect(ran.outputs['conclusion']).toBe('failed');
    expect(ran.outputs['exit-reason']).toMatch(reason);
    expect(ran.outputs['exit-reason']).not.toMatch(/\bat .*\.(js|ts):\d+/);
    expect(open.github.requests.filter(({ operation }) => operation !== 'git')).toEqual([]);
  });

  it('a payload file that is not there is said', async () => {
    open = await world({ runner: { env: { GITHUB_EVENT_PATH: join('/nowhere', 'event.json') } } });
    const ran = await open.run();
    expectFaithful(open, ran);
    expect([ran.outputs['conclusion'], ran.outputs['exit-reason']]).toEqual(['failed', expect.stringContaining('GITHUB_EVENT_PATH')]);
  });
});

describe('the repository', () => {
  it('whose token may not write contents: the line to add, before a model is paid', async () => {
    const { here, comment } = await failed({ github: lacking('contents') }, /contents: write/);
    expect(comment).toContain('Nothing was started');
    expect(asks(here)).toEqual([]);
  });

  it('whose token loses contents: write while the model works: the line to add, and the change is kept', async () => {
    const token = lacking('contents').tokens?.[DEFAULT_TOKEN];
    if (!token) throw new Error('there is no token');
    const turns = ({ conversation, index }: Ask): Turn => {
      open?.github.state.tokens.set(DEFAULT_TOKEN, token);
      return (conversation === 'review' ? review() : QUICK_WORK[index]) ?? turn();
    };
    const { here, ran, comment } = await failed({ turns }, /contents: write/);
    expect(comment).toContain('change.patch');
    expect(fileOf(ran, 'change.patch')).toContain('total + number, 0)');
    expect(here.github.state.pulls.size).toBe(0);
  });

  it('whose token may not open pull requests: the line to add, and where the commit is', async () => {
    const { here, ran, comment } = await failed({ github: lacking('pull_requests') }, /pull-requests: write/);
    expect(comment).toContain('alchemist/issue-7');
    expect(comment).toContain(`/commit/${ran.outputs['head-sha']}`);
    expect(await here.github.objects.ref('refs/heads/alchemist/issue-7')).toBe(ran.outputs['head-sha']);
  });

  it('where Actions may not open pull requests: the setting’s name, the branch and the commit', async () => {
    const github = { files: FILES, issues: [ISSUE], actionsMayOpenPullRequests: false };
    const { ran, comment } = await failed({ github }, /Allow GitHub Actions to create and approve pull requests/);
    expect(comment).toContain('/settings/actions');
    expect(comment).toContain('alchemist/issue-7');
    expect(comment).toContain(`/commit/${ran.outputs['head-sha']}`);
    expect(ran.outputs['branch']).toBe('alchemist/issue-7');
  });

  it('without a checkout: the files are read from GitHub, and the pull request changes nothing else', async () => {
    const { here, ran } = await run({ checkout: null });
    expect([ran.outputs['conclusion'], ran.outputs['exit-reason']]).toEqual(['pull_request', expect.any(String)]);
    const changed = await git(here.github.objects.directory, ['diff', '--name-only', 'main', 'alchemist/issue-7']);
    expect(changed.toString()).toBe('src/sum.js\n');
  });

  const PACKAGES = Object.fromEntries(Object.entries(FILES).map(([path, text]) => [`packages/sums/${path}`, text]));
  const packages = { files: { ...PACKAGES, 'README.md': '# All\n' }, issues: [ISSUE] };
  const inPackage = { 'working-directory': 'packages/sums', 'test-command': 'test -e src/sum.js && npm test' };

  it('without a checkout, and with a working-directory: the folder comes with the files', async () => {
    const fix = call('edit_file', {
      path: 'packages/sums/src/sum.js',
      edits: [{ old_str: 'total + number)', new_str: 'total + number, 0)' }],
    });
    const { here, ran } = await run({
      turns: { work: [turn(fix, RUN_TESTS), QUICK_WORK[1] ?? turn()], review: [review()] },
      checkout: null,
      github: packages,
      inputs: inPackage,
    });
    expect([ran.outputs['conclusion'], ran.outputs['exit-reason']]).toEqual(['pull_request', expect.any(String)]);
    const changed = await git(here.github.objects.directory, ['diff', '--name-only', 'main', 'alchemist/issue-7']);
    expect(changed.toString()).toBe('packages/sums/src/sum.js\n');
  });

  it.each([
    ['with', undefined],
    ['without', null],
  ])('%s a checkout, and with a working-directory that it has not: the input and what to write', async (_what, checkout) => {
    const options = { github: packages, inputs: { ...inPackage, 'working-directory': 'packages/none' } };
    const words = /working-directory is packages\/none, and the repository has no such folder.*working-directory: packages\/app/;
    const { here } = await failed({ ...options, ...(checkout === null && { checkout }) }, words);
    expect(asks(here)).toEqual([]);
  });

  it('without a commit: what to do first', async () => {
    const github = { files: undefined } as unknown as GitHubOptions;
    const { here } = await failed({ github }, /repository is empty/);
    expect(asks(here)).toEqual([]);
  });

  it('with nothing changed: the push is refused as a result, and the model goes on', async () => {
    const { ran } = await run({ turns: { work: [turn(RUN_TESTS), turn(PUSH), ...ANSWERED] } });
    expect(ran.outputs['conclusion']).toBe('answered');
    expect(results(ran, 'push_changes')).toEqual([
      expect.objectContaining({ is_error: true, content: expect.stringContaining('Nothing was changed') }),
    ]);
  });

  it('without tests: a draft that says so', async () => {
    const edit = call('edit_file', { path: 'notes.txt', edits: [{ old_str: 'teh', new_str: 'the' }] });
    const push = call('push_changes', { title: 'Mend a typing error', summary: 'One word.', change_kind: 'docs' });
    const github = { files: { 'notes.txt': 'In teh beginning.\n' }, issues: [ISSUE] };
    const { here, ran } = await run({
      turns: { work: [turn(edit), turn(push)], review: [review()] },
      github,
      inputs: { 'test-command': '' },
    });
    expect(ran.outputs).toMatchObject({ conclusion: 'pull_request', tests: 'none' });
    const [pull] = here.github.state.pulls.values();
    expect(pull).toMatchObject({ draft: true, body: expect.stringMatching(/draft.*tests none/i) });
  });

  it('whose tests were never run by the model cannot be pushed to', async () => {
    const { ran } = await run({ turns: { work: [turn(FIX), turn(PUSH), ...ANSWERED] } });
    expect(results(ran, 'push_changes')[0]).toMatchObject({ is_error: true, content: expect.stringContaining('run_tests') });
  });
});

describe('GitHub', () => {
  it('down at publication: tried again, then the change is in the artifact and the comment says so', async () => {
    const faults = [{ operation: 'git/create-tree', status: 502, times: 99 }];
    const { here, ran, comment } = await failed({ github: { files: FILES, issues: [ISSUE], faults } }, /GitHub is not available/);
    expect(here.github.requests.filter(({ operation }) => operation === 'git/create-tree').length).toBeGreaterThanOrEqual(3);
    expect(comment).toContain('change.patch');
    expect(fileOf(ran, 'change.patch')).toContain('src/sum.js');
    expect(here.github.artifacts).toHaveLength(1);
  });

  it('whose answers hold no more than what is needed is understood', async () => {
    const faults = [
      {
        operation: 'pulls/create',
        status: 201,
        body: { number: 8, html_url: 'http://github.localhost/octo-org/sample/pull/8' },
        afterEffect: true,
      },
      { operation: 'issues/create-comment', status: 201, body: { id: 1001 }, afterEffect: true },
    ];
    const { here, ran } = await run({ github: { files: FILES, issues: [ISSUE], faults } });
    expect(ran.outputs).toMatchObject({ conclusion: 'pull_request', 'pull-request-number': '8' });
    expect(ownComment(here)).toContain('[#8]');
  });

  it('down for a moment: tried again, and nothing is there twice', async () => {
    const faults = [
      { operation: 'git/create-commit', status: 502 },
      { operation: 'pulls/create', status: 502, afterEffect: true },
      { operation: 'issues/create-comment', status: 502, afterEffect: true },
    ];
    const { here, ran } = await run({ github: { files: FILES, issues: [ISSUE], faults } });
    expect([ran.outputs['conclusion'], ran.outputs['exit-reason']]).toEqual(['pull_request', expect.any(String)]);
    expect(here.github.state.pulls.size).toBe(1);
    ownComment(here);
  });
});
