import { describe, expect, it } from '@jest/globals';
import { work } from '../../src/agent/loop.ts';
import type { Parts } from '../../src/agent/parts.ts';
import { recomputed } from '../../src/agent/recomputed.ts';
import { PROMPTS_VERSION } from '../../src/prompts/author.ts';
import type { Message, Model, ModelRequest } from '../../src/model/model.ts';
import type { Event, Facts, Finding } from '../../src/transcript/events.ts';
import { chained } from '../../src/transcript/chain.ts';
import type { Host } from '../../src/toolhost/wire.ts';
import { VERSION } from '../../src/version.ts';
import { History, rules } from './history.ts';

type Said = Readonly<{
  text?: string;
  calls?: readonly { name: string; input: unknown }[];
  stop?: Message['stop_reason'];
  tokens?: number;
}>;

const FINDING: Finding = {
  severity: 'major',
  category: 'bug',
  file: 'a.js',
  start_line: 1,
  end_line: 1,
  claim: 'It fails.',
  failure_scenario: 'Always.',
  confidence: 0.9,
};
const review = (findings: readonly Finding[] = []): Said => ({
  text: JSON.stringify({ summary: 'Read.', requirements: [{ id: 'R1', status: 'met', evidence: '' }], findings, hunks: [] }),
});
const PUSH: Said = { calls: [{ name: 'push_changes', input: { title: 'T', summary: 'S' } }] };
const PATCH = '--- a/a.js\n+++ b/a.js\n@@ -1 +1 @@\n-a\n+b\n';

/** A run of the real loop to its end, its effects played: what the model says is given, gates pass, publication succeeds. */
async function played(
  author: readonly Said[],
  reviewer: readonly Said[],
  more: { parts?: number; schema?: boolean } = {},
): Promise<Event[]> {
  const left = { work: [...author], review: [...reviewer] };
  const [started, context] = new History().events as [Event, Event];
  const events: Event[] = [];
  const append = (facts: Facts): Event => {
    const event = chained(facts, events.at(-1), new Date(events.length * 1_000));
    events.push(event);
    return event;
  };
  append({ ...started, version: VERSION, prompts_version: PROMPTS_VERSION } as Facts);
  append(context);
  let calls = 0;
  const model: Model = (request: ModelRequest) => {
    const said = left[request.system === 'review' ? 'review' : 'work'].shift() ?? {
      calls: [{ name: 'report_blocked', input: { kind: 'blocked', reason: 'No more.' } }],
    };
    const uses = (said.calls ?? []).map(({ name, input }) => ({ type: 'tool_use', id: `toolu_${++calls}`, name, input }));
    const content = [...(said.text === undefined ? [] : [{ type: 'text', text: said.text, citations: null }]), ...uses];
    const usage = { input_tokens: said.tokens ?? 100, output_tokens: 10, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 };
    const stop_reason = said.stop ?? (uses.length > 0 ? 'tool_use' : 'end_turn');
    const message = {
      id: 'msg',
      type: 'message',
      role: 'assistant',
      model: request.model,
      content,
      stop_reason,
      stop_sequence: null,
      usage,
    };
    return Promise.resolve({ message: message as unknown as Message, durationMs: 1 });
  };
  const parts = {
    rules: rules({ fallbackModel: 'claude-sonnet-5-5' }),
    model,
    effort: 'medium',
    host: { call: () => Promise.resolve({ text: PATCH, truncated: false }) } as unknown as Host,
    author: new Map(),
    reviewer: new Map(),
    clean: (text: string) => text,
    redactReply: <T>(message: T) => message,
    openLog: () => ({ write: () => undefined, close: () => undefined, path: () => undefined }),
    async *check(state, call) {
      await Promise.resolve();
      const facts = {
        type: 'gate_checked',
        turn: state.totals.totals.turns,
        tool_use_id: call.id,
        detail: 'Fine.',
        tree: state.tree,
      } as const;
      yield { ...facts, gate: 'policy', outcome: 'passed' };
      yield { ...facts, gate: 'secrets', outcome: 'passed' };
    },
    reviewMessage: (_, __, { part }) => Promise.resolve({ text: `Part ${part}.`, parts: more.parts ?? 1 }),
    reviewerSystem: 'review',
    reviewModel: 'claude-opus-5-5',
    structuredOutputs: () => more.schema ?? true,
    async *publish(past) {
      await Promise.resolve();
      const tree = past.find((event) => event.type === 'context_gathered')?.start_tree ?? '';
      const ids = { commit: 'd'.repeat(40), parent: 'c'.repeat(40), tree };
      yield { type: 'pushed', branch: 'b', created: true, ...ids, verified: true, url: '' };
      yield { type: 'pull_request_opened', number: 8, url: 'https://github.com/o/r/pull/8', draft: true, title: 'T', updated: false };
    },
    now: () => events.length * 1_000,
    sleep: () => Promise.resolve(),
  } as Partial<Parts> as Parts;
  const loop = work(parts, [...events], new AbortController().signal);
  let next = await loop.next();
  while (next.done !== true) next = await loop.next(append(next.value));
  return events;
}

const faults = (events: readonly Event[]): unknown[] => recomputed(events).filter(({ ok }) => ok !== true);
const types = (events: readonly Event[]): string[] => events.map((event) => (event.type === 'noticed' ? event.kind : event.type));

describe('what verify does again of a run of the loop', () => {
  const unknown: Said = { calls: [{ name: 'sing', input: {} }] };
  const cases: [string, string, () => Promise<Event[]>][] = [
    ['a conversation that was compacted', 'compacted', () => played([unknown, { ...unknown, tokens: 170_000 }, unknown, PUSH], [review()])],
    ['a model that declined', 'fallback', () => played([unknown, { text: 'No.', stop: 'refusal' }, unknown, PUSH], [review()])],
    ['a reply that was cut and asked for again', 'pushed', () => played([{ ...unknown, stop: 'max_tokens' }, unknown, PUSH], [review()])],
    [
      'a reply that was cut twice',
      'pushed',
      () => played([{ ...unknown, stop: 'max_tokens' }, { ...unknown, stop: 'max_tokens' }, PUSH], [review()]),
    ],
    ['a model that had to be nudged', 'nudge', () => played([{ text: 'Done.' }, PUSH], [review()])],
    ['a review in parts', 'review_part_ended', () => played([PUSH, PUSH], [review([FINDING]), review(), review(), review()], { parts: 2 })],
    ['a review that could not be read at first', 'review_unreadable', () => played([PUSH], [{ text: 'Good.' }, review()])],
    ['a review that could not be read at all', 'reviewed', () => played([PUSH], [{ text: 'Good.' }, { text: 'Good!' }])],
    ['a reviewer without a schema', 'reviewed', () => played([PUSH], [review()], { schema: false })],
    ['a finding outside of the change', 'reviewed', () => played([PUSH], [review([{ ...FINDING, file: 'b.js' }])])],
  ];
  it.each(cases)('holds for %s', async (_, sign, run) => {
    const events = await run();
    expect(types(events)).toEqual(expect.arrayContaining([sign, 'pull_request_opened']));
    expect(faults(events)).toEqual([]);
  });

  it('holds at whatever event the run was cut', async () => {
    const events = await played([unknown, PUSH, PUSH], [review([FINDING]), review()]);
    for (let length = 0; length <= events.length; length++) expect([length, faults(events.slice(0, length))]).toEqual([length, []]);
  });

  it('finds a notice to the model, the text of a compacted start and a part of a review altered, and names the event', async () => {
    const compacted = await played([{ ...unknown, tokens: 170_000 }, { text: 'Done.' }, PUSH], [review([FINDING]), review()], { parts: 2 });
    const forged = (kind: string, change: (event: Event) => unknown): readonly unknown[] => {
      const at = types(compacted).indexOf(kind);
      expect(at).toBeGreaterThan(0);
      return faults(compacted.with(at, change(compacted[at]!) as Event));
    };
    const found = (name: string): unknown => [
      expect.objectContaining({ name, ok: false, detail: expect.stringMatching(/^event \d+: /) as unknown }),
    ];
    expect(forged('nudge', (event) => ({ ...event, text: 'Stop.' }))).toEqual(found('requests'));
    expect(forged('compacted', (event) => ({ ...event, data: { model: 'claude-opus-5-5', first_message: 'F' } }))).toEqual(
      found('requests'),
    );
    expect(forged('review_part_ended', (event) => ({ ...event, review: null }))).toEqual(found('decisions'));
  });
});
