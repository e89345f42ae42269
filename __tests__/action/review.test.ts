import { afterEach, describe, expect, it } from '@jest/globals';
import type { Ask, Turn } from '../support/messages-api/server.ts';
import { call, FIX, PLAN, review, RUN_TESTS, say, turn, world, type Ran, type World, type WorldOptions } from '../support/world.ts';
import { asks, bodyOf, expectFaithful, fileOf, only, ownComment, QUICK, QUICK_WORK, REFACTORED, results, textOf } from './common.ts';

let open: World | undefined;
afterEach(async () => open?.close());

async function run(options: WorldOptions, conclusion: string): Promise<{ here: World; ran: Ran }> {
  open = await world({ ...options, inputs: { ...QUICK, ...options.inputs } });
  const ran = await open.run();
  expect([ran.outputs['conclusion'], ran.outputs['exit-reason']]).toEqual([conclusion, expect.any(String)]);
  expectFaithful(open, ran);
  return { here: open, ran };
}

/** The author's turns by position, the reviewer's by round. */
const played =
  (work: readonly Turn[], reviews: readonly (readonly Turn[])[]) =>
  ({ conversation, index, nth }: Ask): Turn => {
    const played = conversation === 'review' ? reviews[nth]?.[index] : work[index];
    if (!played) throw new Error(`no turn ${index} of ${conversation} ${nth}`);
    return played;
  };

const finding = (changes: object = {}): object => ({
  severity: 'major',
  category: 'bug',
  file: 'src/sum.js',
  start_line: 2,
  end_line: 2,
  claim: 'A sum of strings starts with a zero now.',
  failure_scenario: 'sum(["a"]) answers "0a".',
  confidence: 0.9,
  ...changes,
});
const MEND = call('edit_file', { path: 'src/sum.js', edits: [{ old_str: 'total + number, 0)', new_str: 'total + Number(number), 0)' }] });

describe('the gates', () => {
  it('refuse a protected path at the tool, whatever it is called there', async () => {
    const named = (path: string): ReturnType<typeof call> => call('write_file', { path, content: 'on: push\n' });
    const work = [
      turn(call('run_command', { command: 'mkdir -p .github/workflows && ln -s .github/workflows flows' })),
      ...['src/../.github/workflows/a.yml', './.github//workflows/b.yml', 'flows/c.yml'].map((path) => turn(named(path))),
      turn(call('git_diff', { path: '../..' })),
      turn(call('report_blocked', { kind: 'blocked', reason: 'Only a maintainer can change workflows.' })),
    ];
    const { ran } = await run({ turns: { work } }, 'blocked');
    const refused = results(ran, 'write_file');
    expect(refused.map(({ is_error }) => is_error)).toEqual([true, true, true]);
    for (const { content } of refused) expect(content).toContain('it matches .github/workflows/**');
    expect(results(ran, 'git_diff')[0]).toMatchObject({ is_error: true, content: expect.stringContaining('outside the workspace') });
  });

  it('refuse a push without tests, one with stale tests, and protected paths at the tool and at the push', async () => {
    const path = '.github/workflows/own.yml';
    const work = [
      turn(FIX),
      turn(REFACTORED),
      turn(RUN_TESTS, MEND),
      turn(REFACTORED),
      turn(call('write_file', { path, content: 'on: push\n' })),
      turn(call('run_command', { command: `mkdir -p .github/workflows && echo 'on: push' > ${path}` }), RUN_TESTS),
      turn(REFACTORED),
      turn(call('run_command', { command: `rm -r .github` }), RUN_TESTS),
      turn(REFACTORED),
    ];
    const { here, ran } = await run({ turns: { work, review: [review()] } }, 'pull_request');
    const pushes = results(ran, 'push_changes');
    expect(pushes.map(({ is_error }) => is_error)).toEqual([true, true, true, false]);
    expect(pushes[0]?.content).toMatch(/tests.*run_tests/s);
    expect(pushes[1]?.content).toMatch(/tests.*run_tests/s);
    expect(pushes[2]?.content).toMatch(new RegExp(`protected_paths.*${path}`, 's'));
    expect(results(ran, 'write_file')[0]).toMatchObject({ is_error: true, content: expect.stringContaining('protected') });
    expect(
      only(ran, 'gate_checked')
        .filter(({ outcome }) => outcome === 'refused')
        .map(({ gate }) => gate),
    ).toEqual(['tests', 'tests', 'protected_paths']);
    // Refused by a gate, a change is not reviewed: that would cost money.
    expect(asks(here, 'review')).toHaveLength(1);
  });
});

describe('the self-review', () => {
  it('finds, the author mends, the next round lets it through', async () => {
    const secret = 'because-the-moon-is-full';
    const outside = finding({ file: 'README.md', severity: 'blocker', claim: 'The README is out of date.' });
    const lookFirst = turn(say('I look.'), call('read_file', { path: 'src/sum.js' }), call('search', { pattern: 'reduce' }));
    const work = [
      turn({ type: 'thinking', thinking: `I think so ${secret}` }, say(`I do it ${secret}`), FIX, RUN_TESTS),
      turn(say(secret), REFACTORED),
      turn(MEND, RUN_TESTS),
      turn(REFACTORED),
    ];
    const turns = played(work, [[lookFirst, review([finding(), outside])], [review()]]);
    const { here, ran } = await run({ turns }, 'pull_request');

    const [first, second] = results(ran, 'push_changes');
    expect(first).toMatchObject({ is_error: true, content: expect.stringContaining('A sum of strings starts with a zero now.') });
    expect(first?.content).not.toContain('README is out of date');
    expect(second?.is_error).toBe(false);
    const [revised, proceeded] = only(ran, 'reviewed');
    expect(revised).toMatchObject({ verdict: 'revise', round: 1, dropped: [expect.objectContaining({ file: 'README.md' })] });
    expect(proceeded).toMatchObject({ verdict: 'proceed', round: 2 });
    expect(ran.outputs['review-verdict']).toBe('proceed');
    const [pull] = here.github.state.pulls.values();
    expect(pull).toMatchObject({ draft: false, body: expect.stringContaining('A sum of strings starts with a zero now.') });

    const reviewing = asks(here, 'review').map(bodyOf);
    expect(reviewing).toHaveLength(3);
    for (const request of reviewing) {
      expect(request.output_config?.format).toMatchObject({ type: 'json_schema' });
      expect((request.tools ?? []).map((tool) => ('name' in tool ? tool.name : '')).sort()).toEqual(['read_file', 'search']);
      expect(JSON.stringify(request)).not.toContain(secret);
      expect(JSON.stringify(request.output_config)).not.toMatch(/"(minimum|maximum|minLength|maxLength)"/);
    }
    expect(textOf(reviewing[0]?.messages[0])).toContain('sum([]) throws');
    for (const request of asks(here, 'work').map(bodyOf)) expect(request.output_config?.format).toBeUndefined();
  });

  it('sends a hunk that serves no requirement back, and shows what became of it', async () => {
    const STRAY = call('edit_file', { path: 'package.json', edits: [{ old_str: '1.0.0', new_str: '1.0.1' }] });
    const BACK = call('edit_file', { path: 'package.json', edits: [{ old_str: '1.0.1', new_str: '1.0.0' }] });
    const work = [turn(PLAN, FIX, STRAY, RUN_TESTS), turn(REFACTORED), turn(BACK, RUN_TESTS), turn(REFACTORED)];
    const hunks = [
      { file: 'src/sum.js', start_line: 1, requirement: 'R1' },
      { file: 'package.json', start_line: 1, requirement: null },
    ];
    const { here, ran } = await run({ turns: played(work, [[review([], hunks)], [review([], hunks.slice(0, 1))]]) }, 'pull_request');
    const [first, second] = results(ran, 'push_changes');
    expect(first).toMatchObject({ is_error: true, content: expect.stringContaining('package.json:1–') });
    expect(first?.content).toContain('serves no requirement. package.json: not among the files that the plan expects');
    expect(second?.is_error).toBe(false);
    expect(only(ran, 'reviewed').map(({ verdict, over_edits }) => [verdict, over_edits?.length])).toEqual([
      ['revise', 1],
      ['proceed', undefined],
    ]);
    const [pull] = here.github.state.pulls.values();
    expect(pull).toMatchObject({ draft: false, body: expect.stringContaining('This hunk serves no requirement.') });
    expect(fileOf(ran, 'report.html')).toContain('This hunk serves no requirement.');
  });

  it('opens a draft that shows what is open after the last round', async () => {
    const turns = played(QUICK_WORK, [[review([finding()])]]);
    const { here, ran } = await run({ turns, inputs: { 'review-rounds': '1' } }, 'pull_request');
    expect(ran.outputs['review-verdict']).toBe('revise');
    const [pull] = here.github.state.pulls.values();
    expect(pull).toMatchObject({ draft: true, body: expect.stringContaining('A sum of strings starts with a zero now.') });
  });

  it('rejects where a blocker is open and no draft is possible', async () => {
    const turns = played(QUICK_WORK, [[review([finding({ severity: 'blocker' })])]]);
    const { here, ran } = await run({ turns, inputs: { 'review-rounds': '1', draft: 'never' } }, 'rejected_by_review');
    expect(here.github.state.pulls.size).toBe(0);
    expect(await here.github.objects.ref('refs/heads/alchemist/issue-7')).toBeNull();
    expect(ownComment(here)).toContain('A sum of strings starts with a zero now.');
    expect(ran.outputs['branch']).toBe('');
  });

  it('that is not sure, or only minor, changes nothing', async () => {
    const doubts = [finding({ confidence: 0.69, severity: 'blocker' }), finding({ severity: 'minor', confidence: 1 })];
    const { here } = await run({ turns: played(QUICK_WORK, [[review(doubts)]]) }, 'pull_request');
    const [pull] = here.github.state.pulls.values();
    expect(pull?.draft).toBe(false);
  });

  it('that cannot be read is asked for once more, then said, in a draft', async () => {
    const turns = played(QUICK_WORK, [[turn(say('Looks good to me!')), turn(say('{"summary": "still wrong"}'))]]);
    const { here, ran } = await run({ turns }, 'pull_request');
    expect(asks(here, 'review')).toHaveLength(2);
    expect(ran.outputs['review-verdict']).toBe('unanswered');
    const [pull] = here.github.state.pulls.values();
    expect(pull).toMatchObject({ draft: true, body: expect.stringContaining('no readable answer') });
  });

  it('on a server without structured output is asked for the same JSON in text', async () => {
    const classify = (request: { system?: unknown }): string =>
      JSON.stringify(request.system).includes('You review a change') ? 'review' : 'work';
    const { modelInfo, capabilities } = await import('../support/messages-api/server.ts');
    const plain = modelInfo('claude-opus-5-5', { capabilities: capabilities({ structured_outputs: { supported: false } }) });
    const messages = { classify, models: { 'claude-opus-5-5': plain } };
    const { here } = await run({ turns: played(QUICK_WORK, [[review()]]), messages }, 'pull_request');
    const [request] = asks(here, 'review').map(bodyOf);
    expect(request?.output_config?.format).toBeUndefined();
    expect(textOf(request?.messages[0])).toContain('"failure_scenario"');
  });
});
