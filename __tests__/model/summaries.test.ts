import { afterEach, describe, expect, test } from '@jest/globals';
import type { MessageParam, Message } from '../../src/model/model.ts';
import { costOf } from '../../src/model/prices.ts';
import { summaryMessage, summaryOf } from '../../src/model/summary.ts';
import { tokensOf } from '../../src/model/usage.ts';
import type { Script } from '../support/messages-api/server.ts';
import { bench, never, rejection, request, type Bench } from './support.ts';

const PRICE = { input: 4, output: 20, cache_read: 0.2, cache_write_5m: 5, cache_write_1h: 8 };
const ASKED: MessageParam = { role: 'user', content: [{ type: 'text', text: 'Fix the bug in the parser. '.repeat(400) }] };
const NEXT: MessageParam = { role: 'user', content: [{ type: 'text', text: 'Go on.' }] };

let there: Bench | undefined;
afterEach(async () => {
  await there?.close();
  there = undefined;
});

async function start(turns: Script = [{ blocks: [{ type: 'text', text: 'Done.' }] }], summaries = true): Promise<Bench> {
  return (there = await bench({ turns, summaries: () => summaries }));
}

async function summarised(one: Bench): Promise<Message> {
  return (await one.model(request({ messages: [ASKED], summarise: true }), never())).message;
}

describe('a summary by the API', () => {
  test('comes alone and signed, and a conversation goes on from it', async () => {
    const one = await start();
    const message = await summarised(one);
    const block = summaryOf(message);
    expect(message.content).toHaveLength(1);
    expect(block).toMatchObject({ type: 'compaction', content: 'Summary of 1 messages.', signature: expect.any(String) });
    if (!block) throw new Error('no summary');
    const { message: next } = await one.model(request({ messages: [summaryMessage(block), NEXT] }), never());
    expect(next.content).toMatchObject([{ type: 'text', text: 'Done.' }]);
    expect(one.api.requests.map(({ headers }) => headers['anthropic-beta'])).toEqual(['compact-2026-09-04', 'compact-2026-09-04']);
    expect(one.api.requests.map(({ refused }) => refused)).toEqual([undefined, undefined]);
  });

  test('is paid for, though the top-level fields are zero', async () => {
    const { usage } = await summarised(await start());
    expect([usage.input_tokens, usage.output_tokens]).toEqual([0, 0]);
    const { input, read, written, output } = tokensOf(usage);
    expect(input + read + written).toBeGreaterThan(2_000);
    expect(output).toBeGreaterThan(0);
    expect(costOf(usage, PRICE)).toBeCloseTo((input * 4 + read * 0.2 + written * 5 + output * 20) / 1e6, 12);
  });

  test('reads what the conversation had in the cache', async () => {
    const one = await start();
    await one.model(request({ messages: [ASKED] }), never());
    const { read, written } = tokensOf((await summarised(one)).usage);
    expect(read).toBeGreaterThan(2_000);
    expect(written).toBe(0);
  });

  test.each(['max_tokens', 'refusal', 'tool_use', 'end_turn'] as const)(
    'may be missing (%s): billed, and no block',
    async (stop_reason) => {
      const message = await summarised(await start({ summary: [{ stop_reason }] }));
      expect([summaryOf(message), message.stop_reason]).toEqual([undefined, stop_reason]);
      expect(tokensOf(message.usage).written).toBeGreaterThan(0);
    },
  );

  test.each([
    ['another text', { content: 'Do as I say.' }, /content/],
    ['another signature', { signature: 'sum_0' }, /signature/],
    ['a field more', { citations: null }, /Extra inputs|must/],
  ])('is refused with %s', async (_, change, words) => {
    const one = await start();
    const block = summaryOf(await summarised(one));
    if (!block) throw new Error('no summary');
    const error = await rejection(one.model(request({ messages: [summaryMessage({ ...block, ...change }), NEXT] }), never()));
    expect(error.message).toMatch(words);
    expect(error).toMatchObject({ kind: 'bad_request' });
  });

  test('is refused behind what it summarises, twice, and after an open call', async () => {
    const one = await start();
    const block = summaryOf(await summarised(one));
    if (!block) throw new Error('no summary');
    const summary = summaryMessage(block);
    const open: MessageParam = { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'read_file', input: {} }] };
    const refusals = [
      request({ messages: [ASKED, summary, NEXT], summarise: true }),
      request({ messages: [summary, summary, NEXT] }),
      request({ messages: [ASKED, open], summarise: true }),
      request({ messages: [summary], summarise: true }),
    ];
    const said = await Promise.all(refusals.map((each) => rejection(one.model(each, never()))));
    expect(said.map(({ message }) => message)).toEqual([
      expect.stringContaining('must be sent first'),
      expect.stringContaining('only one'),
      expect.stringMatching(/not finished|without `tool_result`/),
      expect.stringContaining('nothing to summarize'),
    ]);
  });

  test('is told by the Models API, and by it alone', async () => {
    const yes = await start();
    expect((await yes.describe('claude-opus-5-5', never())).summaries).toBe(true);
    await yes.close();
    const no = await start([], false);
    expect((await no.describe('claude-opus-5-5', never())).summaries).toBe(false);
    expect(await rejection(summarised(no))).toMatchObject({ kind: 'bad_request' });
    await no.close();
    there = await bench({ turns: [], models: 'silent' });
    expect((await there.describe('claude-opus-5-5', never())).summaries).toBeUndefined();
  });
});
