import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { withoutCacheControl } from '../support/messages-api/prefix.ts';
import type { Ask, Turn } from '../support/messages-api/server.ts';
import { call, FIX, review, RUN_TESTS, say, turn, world, type Ran, type World } from '../support/world.ts';
import { callsFault } from '../../src/transcript/pairing.ts';
import { ANSWERED, asks, bodyOf, expectFaithful, only, ownComment, QUICK, QUICK_WORK, REFACTORED, results } from './common.ts';

/** Bytes of what a request sends before its end, breakpoints set aside. */
const prefix = (body: ReturnType<typeof bodyOf>, count = body.messages.length): string => {
  const { model, system, tools, thinking, output_config } = body;
  return JSON.stringify(withoutCacheControl({ model, system, tools, thinking, output_config, messages: body.messages.slice(0, count) }));
};

function expectAppendOnly(requests: readonly ReturnType<typeof bodyOf>[]): void {
  for (const [index, request] of requests.entries()) {
    const before = requests[index - 1];
    if (before) expect(prefix(request, before.messages.length)).toBe(prefix(before));
    expect(JSON.stringify(request).split('"cache_control":').length - 1).toBeLessThanOrEqual(4);
    expect(JSON.stringify(request)).toContain('"cache_control":');
  }
}

describe('a conversation in which much goes wrong', () => {
  let here: World;
  let ran: Ran;
  const edit = (path: string, from: string, to: string): ReturnType<typeof call> =>
    call('edit_file', { path, edits: [{ old_str: from, new_str: to }] });
  const lists = Array.from({ length: 30 }, (_, index) => call('list_files', { limit: index + 1 }));
  const cut = { blocks: [call('write_file', { path: 'cut.txt', content: 'half of what was me' })], stop_reason: 'max_tokens' } as const;
  const work: readonly Turn[] = [
    turn(
      { type: 'thinking', thinking: 'First an edit that fails.' },
      say('Two edits.'),
      edit('src/sum.js', 'no such text', 'x'),
      edit('AGENTS.md', 'Plain', 'Plain, simple'),
      call('read_file', { path: 'src/sum.js' }),
    ),
    turn(
      call('delete_everything', {}),
      call('read_file', { file: 'src/sum.js', start_line: 'one' }),
      call('edit_file', { path: 'src/sum.js', edits: [] }),
    ),
    turn(say('I think that is all.')),
    cut,
    turn(...lists),
    ...QUICK_WORK,
  ];

  beforeAll(async () => {
    here = await world({ turns: { work, review: [review()] }, inputs: QUICK });
    ran = await here.run();
  }, 120_000);
  afterAll(async () => here.close());

  it('ends well all the same, and every call is answered once', () => {
    expect([ran.outputs['conclusion'], ran.outputs['exit-reason']]).toEqual(['pull_request', expect.any(String)]);
    expectFaithful(here, ran);
  });

  it('makes no later edit of a turn in which one failed, but reads on', () => {
    const [failed, skipped, read] = results(ran);
    expect(failed).toMatchObject({ is_error: true, executed: true, content: expect.stringContaining('old_str') });
    expect(skipped).toMatchObject({ is_error: true, executed: false, content: expect.stringMatching(/^Not executed/) });
    expect(read).toMatchObject({ is_error: false, executed: true });
    expect(only(ran, 'tree_changed').flatMap(({ files }) => files)).not.toContain('AGENTS.md');
  });

  it('answers unknown tools and invalid inputs with all that is wrong, in one text', () => {
    const [unknown, invalid, empty] = results(ran).slice(3);
    expect(unknown).toMatchObject({
      is_error: true,
      executed: false,
      content: expect.stringMatching(/delete_everything.*read_file.*report_blocked/s),
    });
    expect(invalid).toMatchObject({ is_error: true, executed: false });
    for (const fault of ['path', 'start_line', 'file']) expect(invalid?.content).toContain(fault);
    expect(empty).toMatchObject({ is_error: true, executed: false, content: expect.stringContaining('edits') });
  });

  it('nudges a model that stops without a call', () => {
    expect(only(ran, 'noticed').filter(({ kind }) => kind === 'nudge')).toEqual([expect.objectContaining({ to_model: true })]);
  });

  it('asks a cut reply once more with a doubled cap, then answers its calls without running them', () => {
    const [first, second] = asks(here, 'work')
      .filter(({ index }) => index === 3)
      .map(bodyOf);
    expect(prefix(second ?? bodyOf(undefined))).toBe(prefix(first ?? bodyOf(undefined)));
    expect(second?.max_tokens).toBe(2 * (first?.max_tokens ?? 0));
    const answered = results(ran, 'write_file');
    expect(answered).toEqual([
      expect.objectContaining({ is_error: true, executed: false, content: expect.stringContaining('smaller parts') }),
    ]);
    expect(only(ran, 'tree_changed').flatMap(({ files }) => files)).not.toContain('cut.txt');
    // This server gives the same reply the same ids.
    expect(callsFault(ran.events)).toBeUndefined();
  });

  it('answers thirty calls of one reply in their order, in one message', () => {
    const after = asks(here, 'work')
      .map(bodyOf)
      .find(({ messages }) => JSON.stringify(messages.at(-1)).split('"tool_result"').length === 31);
    expect(after).toBeDefined();
    expect(results(ran, 'list_files').map(({ input }) => (input as { limit: number }).limit)).toEqual(lists.map((_, index) => index + 1));
  });

  it('never changes what was sent, has at most four breakpoints, and returns thinking verbatim', () => {
    const requests = asks(here, 'work').map(bodyOf);
    expectAppendOnly(requests);
    const thought = only(ran, 'replied')[0]?.message.content[0];
    expect(thought).toMatchObject({ type: 'thinking', signature: expect.stringMatching(/./) });
    expect(requests.at(-1)?.messages[1]?.content).toEqual(expect.arrayContaining([thought]));
    for (const request of requests) expect(request).toMatchObject({ thinking: { type: 'adaptive' }, stream: true });
  });

  it('reads from the cache what it sent before, from the second turn on', () => {
    const used = asks(here, 'work').flatMap(({ usage }) => (usage ? [usage] : []));
    const read = used.map((usage) => usage.cache_read_input_tokens ?? 0);
    const total = used.map((usage, index) => (read[index] ?? 0) + usage.input_tokens + (usage.cache_creation_input_tokens ?? 0));
    for (const index of used.keys()) if (index > 0) expect(read[index]).toBeGreaterThanOrEqual(0.95 * (total[index - 1] ?? 0));
  });
});

describe('the model’s far side', () => {
  let open: World | undefined;
  let trap: Server | undefined;
  afterEach(async () => {
    await open?.close();
    trap?.closeAllConnections();
    trap?.close();
    trap = undefined;
  });

  it('is asked again with the same bytes when a stream breaks, and only where the inputs say, whatever the environment says', async () => {
    let caught = 0;
    trap = createServer((_, response) => response.writeHead(500, { 'x-seen': String(++caught) }).end());
    await new Promise<void>((ready) => trap?.listen(0, '127.0.0.1', ready));
    const elsewhere = `http://127.0.0.1:${String((trap.address() as AddressInfo).port)}`;
    const faults = (turn: Turn | undefined, ...kinds: ('cut' | 'sse_error' | 'no_stop' | 'garbage' | 'short_input')[]): Turn => ({
      ...turn,
      faults: kinds.map((kind) => ({ kind })),
    });
    const work = [faults(turn(FIX, RUN_TESTS), 'cut', 'short_input'), faults(turn(REFACTORED), 'sse_error')];
    const env = {
      ANTHROPIC_BASE_URL: elsewhere,
      ANTHROPIC_AUTH_TOKEN: 'stolen-token',
      ANTHROPIC_CUSTOM_HEADERS: 'x-evil: 1',
      ANTHROPIC_API_KEY: 'sk-ant-of-somebody-else',
      OPENAI_API_KEY: 'sk-other',
      OPENAI_BASE_URL: elsewhere,
    };
    open = await world({ turns: { work, review: [faults(review(), 'no_stop')] }, inputs: QUICK, runner: { env } });
    const ran = await open.run();
    expect([ran.outputs['conclusion'], ran.outputs['exit-reason']]).toEqual(['pull_request', expect.any(String)]);
    expectFaithful(open, ran);
    const first = asks(open, 'work').filter(({ index }) => index === 0);
    expect(first.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(new Set(first.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(only(ran, 'noticed').filter(({ kind }) => kind === 'stream_broken')).toHaveLength(4);
    // What broke off is counted at its worst.
    const replied = only(ran, 'replied').reduce((sum, { cost_usd }) => sum + (cost_usd ?? 0), 0);
    expect(Number(ran.outputs['cost-usd'])).toBeGreaterThan(replied);
    expect(caught).toBe(0);
    for (const { headers } of open.messages.requests) {
      expect(headers['x-evil']).toBeUndefined();
      expect(JSON.stringify(headers)).not.toContain('stolen-token');
    }
  });

  it('need not have a Models API: what it does not tell is not taken for a no', async () => {
    open = await world({ turns: { work: QUICK_WORK, review: [review()] }, inputs: QUICK, messages: { models: 'silent' } });
    const ran = await open.run();
    expectFaithful(open, ran);
    expect([ran.outputs['conclusion'], ran.outputs['exit-reason']]).toEqual(['pull_request', expect.any(String)]);
    expect(bodyOf(asks(open, 'review')[0]).output_config?.format).toMatchObject({ type: 'json_schema' });
    expect(bodyOf(asks(open, 'work')[0])).toMatchObject({ output_config: { effort: 'medium' }, thinking: { type: 'adaptive' } });
  });

  it('that is cut once, then answers otherwise: the calls that were set aside are on record, and verify takes them', async () => {
    const cut = { ...turn({ type: 'tool_use', id: 'toolu_cut', name: 'write_file', input: { path: 'cut.txt', content: 'half' } }) };
    const turns = ({ request }: Ask): Turn =>
      request.max_tokens < 64_000 ? { ...cut, stop_reason: 'max_tokens' } : (ANSWERED[0] ?? turn());
    open = await world({ turns, inputs: QUICK });
    const ran = await open.run();
    expectFaithful(open, ran);
    expect(ran.outputs['conclusion']).toBe('answered');
    expect(results(ran, 'write_file')).toEqual([
      expect.objectContaining({
        tool_use_id: 'toolu_cut',
        turn: 1,
        is_error: true,
        executed: false,
        content: expect.stringContaining('set aside'),
      }),
    ]);
    expect(JSON.stringify(bodyOf(asks(open).at(-1)).messages)).not.toContain('toolu_cut');
    expect(callsFault(ran.events)).toBeUndefined();
  });

  it('that stops three times without a call ends the run, in words', async () => {
    const turns = ({ index }: Ask): Turn => turn(say(`I would do it so (${index}).`));
    open = await world({ turns, inputs: QUICK });
    const ran = await open.run();
    expectFaithful(open, ran);
    expect([ran.outputs['conclusion'], ran.outputs['exit-reason']]).toEqual(['failed', expect.stringContaining('without pushing')]);
    expect(asks(open)).toHaveLength(3);
    expect(ownComment(open)).toContain('To start anew');
  });

  it('that refuses hands over to the fallback model, in a fresh conversation', async () => {
    const turns = ({ request }: Ask): Turn =>
      request.model === 'claude-opus-5-5' ? { blocks: [], stop_reason: 'refusal' } : (ANSWERED[0] ?? turn());
    open = await world({ turns, inputs: { ...QUICK, 'fallback-model': 'claude-sonnet-5-5' } });
    const ran = await open.run();
    expectFaithful(open, ran);
    expect([ran.outputs['conclusion'], ran.outputs['exit-reason']]).toEqual(['answered', expect.any(String)]);
    expect(asks(open).map((request) => bodyOf(request).model)).toEqual(['claude-opus-5-5', 'claude-sonnet-5-5']);
    expect(bodyOf(asks(open)[1]).messages).toHaveLength(1);
  });
});
