import { afterEach, describe, expect, it } from '@jest/globals';
import { modelInfo, type Ask, type Turn } from '../support/messages-api/server.ts';
import { tokensOfReply } from '../../src/transcript/totals.ts';
import { verify } from '../../src/transcript/verify.ts';
import { call, FILES, say, turn, world, type Ran, type World } from '../support/world.ts';
import { asks, bodyOf, fileOf, only } from './common.ts';

let open: World | undefined;
afterEach(async () => open?.close());

const TURNS = 300;
const LINES = 20;
const WINDOW = 45_000;
const BOOK = Array.from({ length: TURNS * LINES }, (_, line) => `line ${line + 1}: ${'abcdefghij'.repeat(4)}`).join('\n');

/** The last line that was asked for, by what stands in the conversation: its calls, or what a summary says of them. */
function readSoFar({ request }: Ask): number {
  const seen = [...JSON.stringify(request.messages).matchAll(/end_line\\*":(\d+)/g)].map(([, line]) => Number(line));
  return Math.max(0, ...seen);
}

/** Reads a book page by page, whatever became of the conversation. */
function reader(ask: Ask): Turn {
  const line = readSoFar(ask);
  if (ask.conversation === 'summary') return turn(say(`The book was read so far: {"end_line":${line}}`));
  if (line >= TURNS * LINES - LINES) return turn(call('report_blocked', { kind: 'answered', reason: 'Read.' }));
  return turn(call('read_file', { path: 'book.txt', start_line: line + 1, end_line: line + LINES }));
}

async function run(summaries: boolean): Promise<{ here: World; ran: Ran }> {
  open = await world({
    turns: reader,
    messages: { summaries: () => summaries, models: { 'claude-opus-5-5': modelInfo('claude-opus-5-5', { max_input_tokens: WINDOW }) } },
    github: { files: { ...FILES, 'book.txt': BOOK } },
    inputs: { 'max-turns': '400', 'max-cost-usd': '100' },
    runner: { timeoutMs: 300_000 },
  });
  return { here: open, ran: await open.run() };
}

/** What was sent as JSON without breakpoints, message by message. */
function sent(here: World): string[][] {
  return asks(here).map((request) =>
    bodyOf(request).messages.map((message) =>
      JSON.stringify(message, (key, value: unknown) => (key === 'cache_control' ? undefined : value)),
    ),
  );
}

describe('a run of 300 turns with a window for a part of it', () => {
  it.each([
    ["goes on from the API's summaries where the model has them", true],
    ['goes on in fresh conversations where it has none', false],
  ])(
    '%s',
    async (_, summaries) => {
      const { here, ran } = await run(summaries);
      expect([ran.outputs['conclusion'], ran.outputs['exit-reason']]).toEqual(['answered', 'Read.']);
      // The far side refuses a prompt over the window, and any change of what it was sent before.
      expect(here.messages.requests.flatMap(({ refused }) => refused ?? [])).toEqual([]);
      const compactions = only(ran, 'noticed').filter(({ kind }) => kind === 'compacted');
      expect(compactions.length).toBeGreaterThan(2);
      expect(compactions.map(({ data }) => data?.['summary'])).toEqual(compactions.map(() => summaries));
      const replies = only(ran, 'replied');
      expect(replies.length).toBe(TURNS + (summaries ? compactions.length : 0));

      // Each request holds the one before, byte for byte, or is the first of a new conversation.
      const requests = sent(here);
      const starts = requests.filter((messages, index) => {
        const before = requests[index - 1] ?? [];
        return index === 0 || before.some((message, at) => message !== messages[at]);
      });
      expect(starts).toHaveLength(compactions.length + 1);
      if (summaries)
        for (const [first] of starts.slice(1)) expect(first).toMatch(/^\{"role":"assistant","content":\[\{"type":"compaction"/);

      // Nothing is lost: every page is in the transcript, in order, and it verifies.
      const pages = only(ran, 'tool_ran').flatMap(({ name, input }) =>
        name === 'read_file' ? [(input as { start_line: number }).start_line] : [],
      );
      expect(pages).toEqual(Array.from({ length: TURNS - 1 }, (_, page) => page * LINES + 1));
      const { checks } = await verify(fileOf(ran, 'transcript.jsonl'));
      expect(checks.filter(({ ok }) => ok === false)).toEqual([]);
      // Nine tenths are read from the cache from the second turn on, also where conversations begin anew in between.
      for (const length of [20, 60, 200, replies.length]) expect(cachedShare(replies.slice(1, length))).toBeGreaterThan(0.9);
      if (summaries) expect(fileOf(ran, 'report.html')).toContain('The book was read so far');
      const billed = here.messages.requests.reduce((sum, { usage }) => sum + outputOf(usage), 0);
      expect(only(ran, 'run_ended')[0]?.totals.output_tokens).toBe(billed);
    },
    200_000,
  );
});

function outputOf(usage: { output_tokens: number; iterations?: readonly { output_tokens: number }[] } | undefined): number {
  return (usage?.output_tokens ?? 0) + (usage?.iterations ?? []).reduce((sum, one) => sum + one.output_tokens, 0);
}

/** Of the input of these replies, summaries included, what was read from the cache. */
function cachedShare(replies: readonly Parameters<typeof tokensOfReply>[0][]): number {
  const tokens = replies.map(tokensOfReply);
  const read = tokens.reduce((sum, one) => sum + one.read, 0);
  return read / tokens.reduce((sum, one) => sum + one.read + one.input + one.written, 0);
}
