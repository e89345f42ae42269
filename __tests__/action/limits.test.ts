import { afterEach, describe, expect, it } from '@jest/globals';
import type { Ask, Turn } from '../support/messages-api/server.ts';
import { call, FIX, review, turn, world, type Ran, type World, type WorldOptions } from '../support/world.ts';
import { asks, bodyOf, expectFaithful, fileOf, only, ownComment, QUICK, QUICK_WORK, results, writes } from './common.ts';

let open: World | undefined;
afterEach(async () => open?.close());

async function run(options: WorldOptions): Promise<{ here: World; ran: Ran }> {
  open = await world({ ...options, inputs: { ...QUICK, ...options.inputs } });
  const ran = await open.run();
  expectFaithful(open, ran);
  return { here: open, ran };
}

async function outOfBudget(options: WorldOptions, limit: string, input: string): Promise<{ here: World; ran: Ran }> {
  const { here, ran } = await run(options);
  expect([ran.outputs['conclusion'], ran.exitCode]).toEqual(['out_of_budget', 1]);
  expect(only(ran, 'run_ended')[0]).toMatchObject({ limit });
  const comment = ownComment(here);
  expect(comment).toContain(`raise \`${input}\``);
  expect(comment).toContain('@alchemist');
  return { here, ran };
}

/** A model that never ends: an edit first, then something new each turn. */
const endless = ({ index }: Ask): Turn => (index === 0 ? turn(FIX) : turn(call('list_files', { limit: index })));

/** Milliseconds between the limit and the end of the run. */
function overtime(ran: Ran, minutes: number): number {
  const [started, ended] = [only(ran, 'run_started')[0], only(ran, 'run_ended')[0]];
  return Date.parse(ended?.at ?? '') - Date.parse(started?.at ?? '') - minutes * 60_000;
}

describe('the limits are hard', () => {
  it('turns: three are three, and the work is kept', async () => {
    const { here, ran } = await outOfBudget({ turns: endless, inputs: { 'max-turns': '3' } }, 'turns', 'max-turns');
    expect(ran.outputs['turns']).toBe('3');
    expect(asks(here)).toHaveLength(3);
    expect(fileOf(ran, 'change.patch')).toContain('total + number, 0)');
    expect(ownComment(here)).toContain('change.patch');
    expect(here.github.state.pulls.size).toBe(0);
    expect(await here.github.objects.ref('refs/heads/alchemist/issue-7')).toBeNull();
  });

  it('dollars: never more than the limit, and the last calls are asked for less', async () => {
    const turns = (ask: Ask): Turn => ({ ...endless(ask), usage: { output_tokens: 2_000 } });
    const { here, ran } = await outOfBudget({ turns, inputs: { 'max-cost-usd': '0.25' } }, 'dollars', 'max-cost-usd');
    expect(Number(ran.outputs['cost-usd'])).toBeLessThanOrEqual(0.25);
    expect(asks(here).length).toBeGreaterThan(1);
    const caps = asks(here).map((request) => bodyOf(request).max_tokens);
    expect(caps.at(-1)).toBeLessThan(caps[0] ?? 0);
    for (const asked of only(ran, 'asked')) expect(asked.worst_case_usd).toBeLessThanOrEqual(0.25);
  });

  it('dollars: too few for one call, and none is made', async () => {
    const { here } = await outOfBudget({ turns: endless, inputs: { 'max-cost-usd': '0.001' } }, 'dollars', 'max-cost-usd');
    expect(asks(here)).toEqual([]);
  });

  it('minutes: a model that is too slow is not waited for', async () => {
    const turns = (): Turn => ({ ...turn(FIX), delayMs: 60_000 });
    const { ran } = await outOfBudget({ turns, inputs: { 'max-minutes': '0.1' } }, 'minutes', 'max-minutes');
    expect(overtime(ran, 0.1)).toBeLessThan(10_000);
    expect(ran.outputs['exit-reason']).toMatch(/limit of 0\.1 minutes/);
  });

  it.each([
    ['a command that runs on', call('run_command', { command: 'sleep 300' })],
    ['tests that hang', call('run_tests', {})],
  ])('minutes: %s is ended within ten seconds of the limit, and the work is saved', async (_, hanging) => {
    const turns = ({ index }: Ask): Turn => turn(index === 0 ? FIX : hanging);
    const inputs = { 'max-minutes': '0.15', 'test-command': 'grep -q "number, 0)" src/sum.js && sleep 300; true' };
    const { here, ran } = await outOfBudget({ turns, inputs }, 'minutes', 'max-minutes');
    expect(overtime(ran, 0.15)).toBeLessThan(10_000);
    expect(fileOf(ran, 'change.patch')).toContain('total + number, 0)');
    expect(ownComment(here)).toContain('change.patch');
    expect(results(ran)).toHaveLength(2);
  });

  it('minutes: also while a broken stream is waited for, and the reason says so', async () => {
    const turns = (): Turn => ({ ...turn(FIX), fault: { kind: 'cut' } });
    const { ran } = await outOfBudget({ turns, inputs: { 'max-minutes': '0.1' } }, 'minutes', 'max-minutes');
    expect(ran.outputs['exit-reason']).toMatch(/limit of 0\.1 minutes/);
  });
});

describe('a dry run', () => {
  it('does everything but write to GitHub', async () => {
    const { here, ran } = await run({ turns: { work: QUICK_WORK, review: [review()] }, inputs: { 'dry-run': 'true' } });
    expect([ran.outputs['conclusion'], ran.exitCode]).toEqual(['dry_run', 0]);
    expect(writes(here)).toEqual([]);
    expect(here.github.state.reactions).toEqual([]);
    expect(fileOf(ran, 'change.patch')).toContain('total + number, 0)');
    expect(only(ran, 'reviewed')).toHaveLength(1);
  });
});

describe('the model ends by itself', () => {
  it.each([
    ['answered', 'answered'],
    ['needs_info', 'blocked'],
    ['not_reproducible', 'blocked'],
    ['out_of_scope', 'blocked'],
    ['blocked', 'blocked'],
  ])('%s is the conclusion %s, and the reason is posted', async (kind, conclusion) => {
    const reported = call('report_blocked', {
      kind,
      reason: 'The tests of `left-pad` decide that.',
      question: 'Which rounding is wanted?',
    });
    const { here, ran } = await run({ turns: { work: [turn(reported)] } });
    expect([ran.outputs['conclusion'], ran.exitCode]).toEqual([conclusion, 0]);
    expect(only(ran, 'run_ended')[0]).toMatchObject({ blocked_kind: kind });
    const comment = ownComment(here);
    expect(comment).toContain('The tests of `left-pad` decide that.');
    expect(comment).toContain('Which rounding is wanted?');
    expect(here.github.state.pulls.size).toBe(0);
  });
});
