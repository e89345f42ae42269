import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { anthropic } from '../../src/model/anthropic.ts';
import type { Event } from '../../src/transcript/events.ts';
import { allOf } from '../../src/transcript/find.ts';
import { verify } from '../../src/transcript/verify.ts';
import { startGitHub, type GitHubServer } from '../support/github/server.ts';
import { startMessagesApi, type Ask, type MessagesApi, type Turn } from '../support/messages-api/server.ts';
import { textOf } from '../support/transcripts.ts';
import { call, FILES, ISSUE, KEY, say, turn } from '../support/world.ts';
import { goOn, type Resumed } from './resumable.ts';

const PAGES = 22;
const LINES = 50;
const book = Array.from({ length: PAGES * LINES }, (_, line) => `line ${line + 1}: ${'abcdefghij'.repeat(20)}`).join('\n');

/** Page by page, as a function of the request alone. */
function reader({ conversation, request }: Ask): Turn {
  const line = Math.max(0, ...[...JSON.stringify(request.messages).matchAll(/end_line\\*":(\d+)/g)].map(([, seen]) => Number(seen)));
  if (conversation === 'summary') return turn(say(`Read so far: {"end_line":${line}}`));
  if (line >= PAGES * LINES) return turn(call('report_blocked', { kind: 'answered', reason: 'Read.' }));
  return turn(call('read_file', { path: 'book.txt', start_line: line + 1, end_line: line + LINES }));
}

let github: GitHubServer;
let api: MessagesApi;
let whole: Resumed;

async function go(past: readonly Event[], { url }: MessagesApi = api): Promise<Resumed> {
  const { model } = anthropic({ apiKey: KEY, baseUrl: url });
  return goOn({
    server: github,
    model,
    branch: 'long',
    inputs: { INPUT_SANDBOX: 'off', 'INPUT_TEST-COMMAND': 'true' },
    past,
    window: 60_000,
  });
}

beforeAll(async () => {
  github = await startGitHub({ files: { ...FILES, 'book.txt': book }, issues: [ISSUE] });
  api = await startMessagesApi({ turns: reader, apiKey: KEY });
  whole = await go([]);
});
afterAll(async () => Promise.all([github.close(), api.close()]));

describe("a run that was cut around the API's summary", () => {
  test('has one in the middle', () => {
    expect(whole.ending).toMatchObject({ conclusion: 'answered' });
    expect(allOf(whole.events, 'noticed').filter(({ kind }) => kind === 'compacted')).toMatchObject([{ data: { summary: true } }]);
  });

  test('goes on to the same ending with the block as it came, and reads no page twice', async () => {
    const at = allOf(whole.events, 'asked').find(({ summarise }) => summarise === true)?.seq ?? 0;
    for (let seq = at - 1; seq <= at + 5; seq++) {
      const past = whole.events.slice(0, seq + 1);
      const { events, ending } = await go(past);
      const where = `cut after event ${seq} (${past.at(-1)?.type})`;
      expect([where, ending]).toEqual([where, whole.ending]);
      const pages = allOf(events, 'tool_ran').map(({ input }) => (input as { start_line?: number }).start_line);
      expect([where, pages]).toEqual([
        where,
        allOf(whole.events, 'tool_ran').map(({ input }) => (input as { start_line?: number }).start_line),
      ]);
      expect([where, (await verify(textOf(events))).checks.filter(({ ok }) => ok === false)]).toEqual([where, []]);
    }
    // An altered block, an altered message or a block behind what it summarises would have been refused.
    expect(api.requests.flatMap(({ refused }) => refused ?? [])).toEqual([]);
  }, 120_000);
});

test('a model that answers 400 to being asked for a summary goes on in a fresh conversation, unbilled, and is not asked again', async () => {
  const without = await startMessagesApi({ turns: reader, apiKey: KEY, summaries: () => false });
  try {
    const { events, ending } = await go([], without);
    expect(ending).toEqual(whole.ending);
    expect(without.requests.flatMap(({ refused }) => refused ?? [])).toEqual(['compaction: not supported for claude-opus-5-5']);
    const notices = allOf(events, 'noticed').filter(({ kind }) => ['no_summary', 'compacted'].includes(kind));
    expect(notices).toMatchObject([
      { kind: 'no_summary', data: { billed: false } },
      { kind: 'compacted', data: { summary: false } },
    ]);
    const costs = allOf(events, 'replied').reduce((sum, { cost_usd }) => sum + (cost_usd ?? 0), 0);
    expect(allOf(events, 'run_ended')[0]?.totals.cost_usd).toBeCloseTo(costs, 12);
    expect((await verify(textOf(events))).checks.filter(({ ok }) => ok === false)).toEqual([]);
  } finally {
    await without.close();
  }
});
