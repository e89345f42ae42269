import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Event } from '../../src/transcript/events.ts';
import type { Ask, Fault, ScriptBlock, Turn } from '../support/messages-api/script.ts';
import { call, commented, say, turn, world, type Ran, type World } from '../support/world.ts';
import { ANSWERED, expectFaithful, QUICK } from './common.ts';

const look = (line: number): ScriptBlock => call('read_file', { path: 'src/sum.js', start_line: line });
const met = (fault: Fault): Turn => ({ faults: [fault] });

/** Every fault that passes, one after the other, in one run; each turn is answered at the attempt after its faults. */
const PASSING: readonly Turn[] = [
  { ...met({ kind: 'reset' }), blocks: [look(1)] },
  { ...met({ kind: 'cut' }), blocks: [look(2)] },
  { ...met({ kind: 'sse_error' }), blocks: [look(3)] },
  { ...met({ kind: 'no_stop' }), blocks: [say('I look again.'), call('list_files', {})] },
  { ...met({ kind: 'garbage' }), blocks: [say('And again.'), call('search', { pattern: 'sum' })] },
  { ...met({ kind: 'short_input' }), blocks: [say('Once more.'), call('read_file', { path: 'package.json', start_line: 1, end_line: 2 })] },
  {
    ...met({ kind: 'status', status: 429, headers: { 'retry-after': '1' } }),
    blocks: [say('Slowly.'), call('read_file', { path: 'AGENTS.md' })],
  },
  { ...met({ kind: 'status', status: 500 }), blocks: [say('On.'), call('list_files', { path: 'src' })] },
  { ...met({ kind: 'status', status: 529 }), blocks: [say('Nearly.'), call('list_files', { path: 'test' })] },
];

/** Replies that are whole and of no use. */
const ODD: readonly Turn[] = [
  turn(call('teleport', { to: 'Mars' })),
  turn(call('read_file', { path: 7, colour: 'red' })),
  { blocks: [], stop_reason: 'end_turn' },
  { ...turn(say('Let me think.')), stop_reason: 'pause_turn' },
  turn(
    ...Array.from({ length: 30 }, (_, at) => call('read_file', { path: at === 29 ? '../../etc/passwd' : 'AGENTS.md', start_line: at + 1 })),
  ),
];

const PROMPT = { type: 'invalid_request_error', message: 'prompt is too long: 210000 tokens > 200000 maximum' };
const SPENT = {
  type: 'rate_limit_error',
  message: 'You have reached your specified API usage limits. You will regain access on 2026-12-01.',
};
const fault = (fault: Fault): readonly Turn[] => [{ fault }];

/** By the word after the trigger phrase. */
const CASES: Readonly<Record<string, readonly Turn[]>> = {
  passing: [...PASSING, ...ANSWERED],
  odd: [...ODD, ...ANSWERED],
  refusal: [{ ...turn(say('I cannot help.')), stop_reason: 'refusal' }],
  window: [turn(look(1)), { ...turn(say('…')), stop_reason: 'model_context_window_exceeded' }],
  prompt: fault({ kind: 'status', status: 400, ...PROMPT }),
  spent: fault({ kind: 'status', status: 429, ...SPENT }),
  credit: fault({ kind: 'status', status: 402 }),
  silent: [turn(say('Hm.')), turn(say('Hm!')), turn(say('Hm?'))],
  gateway: fault({ kind: 'html' }),
};

function script({ request, index }: Ask): Turn {
  const name = /case-(\w+)/.exec(JSON.stringify(request.messages[0]))?.[1] ?? '';
  // Another model than the first was asked for: it does not decline.
  if (name === 'refusal' && request.model === 'claude-sonnet-5-5') return ANSWERED[0]!;
  // An empty reply cannot stand in the history: what tells that it was there is the nudge after it.
  const at = name === 'odd' && JSON.stringify(request.messages).includes('You ended your turn') ? index + 1 : index;
  return CASES[name]?.[at] ?? { fault: { kind: 'status', status: 400, message: `no turn ${index} of ${name}` } };
}

describe('the model side', () => {
  let there: World;
  beforeAll(async () => {
    there = await world({ turns: script, inputs: QUICK });
  });
  afterAll(() => there.close());

  const run = (name: string, inputs: Record<string, string> = {}): Promise<Ran> =>
    there.run({ event: commented(`@alchemist case-${name}`), inputs });
  const lastComment = (): string => [...there.github.state.comments.values()].at(-1)?.body ?? '';
  const notices = (events: readonly Event[], kind: string): number =>
    events.filter((event) => event.type === 'noticed' && event.kind === kind).length;

  test('a run meets a reset, a cut, an error event, an end without stop, garbage, a short input, 429, 500 and 529, and ends as if they had not been', async () => {
    const ran = await run('passing', { 'max-cost-usd': '50' });
    expectFaithful(there, ran);
    expect(ran.outputs['conclusion']).toBe('answered');
    expect(ran.events.filter(({ type }) => type === 'replied')).toHaveLength(PASSING.length + 1);
    // Those that broke off in the stream are told in the transcript; the others are the SDK's to retry.
    expect(notices(ran.events, 'stream_broken')).toBe(5);
    const calls = ran.events.flatMap((event) => (event.type === 'tool_ran' ? [event] : []));
    expect(calls.every(({ executed }) => executed)).toBe(true);
  }, 120_000);

  test('an unknown tool, a malformed input, an empty turn, a pause and 30 calls at once are answered, and the run goes on', async () => {
    const ran = await run('odd');
    expectFaithful(there, ran);
    expect(ran.outputs['conclusion']).toBe('answered');
    const results = ran.events.flatMap((event) => (event.type === 'tool_ran' ? [event] : []));
    expect(results[0]).toMatchObject({
      name: 'teleport',
      is_error: true,
      executed: false,
      content: expect.stringMatching(/no tool teleport.*read_file/),
    });
    expect(results[1]).toMatchObject({ is_error: true, executed: false, content: expect.stringMatching(/path/) });
    expect(results.filter(({ name, executed }) => name === 'read_file' && executed)).toHaveLength(30);
    expect(results.at(-2)).toMatchObject({ is_error: true });
    expect(notices(ran.events, 'nudge')).toBe(1);
  });

  test.each<[string, string, string, RegExp]>([
    ['a refusal', 'refusal', 'failed', /refused the task.*fallback-model/],
    ['a full context, told by the stop reason', 'window', 'out_of_budget', /context window is full/],
    ['a prompt that has outgrown the model', 'prompt', 'out_of_budget', /outgrown/],
    ['a reached spend limit', 'spent', 'failed', /no money left/],
    ['an empty account', 'credit', 'failed', /no money left/],
    ['a model that only talks', 'silent', 'failed', /stopped three times/],
    ['a gateway that answers with a page', 'gateway', 'failed', /anthropic-base-url/],
  ])('%s ends the run, and says so', async (_what, name, conclusion, words) => {
    const ran = await run(name);
    expect([ran.outputs['conclusion'], ran.exitCode]).toEqual([conclusion, 1]);
    expect(ran.outputs['exit-reason']).toMatch(words);
    expect(lastComment()).toMatch(words);
    expect(lastComment()).not.toMatch(/is working/);
    expect(ran.summary).toMatch(words);
    expect(ran.events.at(-1)).toMatchObject({ type: 'run_ended', conclusion });
    expect(Object.keys(await there.github.objects.refs())).toEqual(['refs/heads/main']);
  });

  test('a refusal with a fallback-model is taken over by that one', async () => {
    const ran = await run('refusal', { 'fallback-model': 'claude-sonnet-5-5' });
    expect(ran.outputs['conclusion']).toBe('answered');
    expect(notices(ran.events, 'fallback')).toBe(1);
  });
});
