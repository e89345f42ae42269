import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Message, Model, ModelRequest } from '../../src/model/model.ts';
import type { Event } from '../../src/transcript/events.ts';
import { lastOf, lastTree } from '../../src/transcript/find.ts';
import { recomputed } from '../../src/agent/recomputed.ts';
import { verify } from '../../src/transcript/verify.ts';
import { startGitHub, type GitHubServer } from '../support/github/server.ts';
import { textOf } from '../support/transcripts.ts';
import { ADD_TEST, call, FILES, FIX, GOOD_REVIEW, ISSUE, PLAN, PUSH, RUN_TESTS } from '../support/world.ts';
import type { ScriptBlock } from '../support/messages-api/server.ts';
import { treeOf } from './branches.ts';
import { goOn, type Resumed } from './resumable.ts';

const folder = mkdtempSync(join(tmpdir(), 'resume-test-'));
const read = call('read_file', { path: 'src/sum.js' });

/** The author's way; each step once, whatever was interrupted. The command leaves a trace outside of the workspace, in a file named after it. Two calls stand in one reply where they share a line. */
const STEPS: readonly (readonly ScriptBlock[])[] = [
  [PLAN],
  [call('search', { pattern: 'reduce' }), read],
  [ADD_TEST],
  [RUN_TESTS],
  [call('run_command', { command: `echo ran >> ${folder}/$(basename "$PWD")` })],
  [FIX, RUN_TESTS],
  [PUSH],
];

/** A model that is a function of the conversation: it goes on with the first calls of its way that are not settled. */
const author: Model = (request) => {
  const content = request.outputSchema === undefined ? next(request) : (GOOD_REVIEW[0]?.blocks ?? []);
  return Promise.resolve({ message: message(request, content), durationMs: 1 });
};

/** The first line of the way with calls that are not settled yet. */
function next({ messages }: ModelRequest): readonly ScriptBlock[] {
  const blocks = messages.flatMap(({ content }) => (typeof content === 'string' ? [] : content));
  const answers = new Map(
    blocks.flatMap((block) => (block.type === 'tool_result' ? [[block.tool_use_id, JSON.stringify(block.content)]] : [])),
  );
  // Tests that ran before an edit was made again say nothing of the tree as it is.
  if ([...answers.values()].at(-1)?.includes('Not pushed')) return [RUN_TESTS, PUSH];
  const settled = new Map<string, number>();
  for (const block of blocks) {
    if (block.type !== 'tool_use') continue;
    const answer = answers.get(block.id) ?? '';
    // An edit or a test run that came to nothing is made again; a command that may have run is left alone.
    if (block.name !== 'run_command' && /outcome is unknown|Not executed/.test(answer)) continue;
    settled.set(keyOf(block), (settled.get(keyOf(block)) ?? 0) + 1);
  }
  const isOpen = (block: ScriptBlock): boolean => {
    const left = (block.type === 'tool_use' && settled.get(keyOf(block))) || 0;
    if (block.type === 'tool_use') settled.set(keyOf(block), left - 1);
    return left <= 0;
  };
  return (
    STEPS.map((line) => line.filter(isOpen)).find((line) => line.length > 0) ?? [
      call('report_blocked', { kind: 'blocked', reason: 'The script is at its end.' }),
    ]
  );
}

const keyOf = ({ name, input }: { name: string; input: unknown }): string => name + JSON.stringify(input);

function message(request: ModelRequest, blocks: readonly ScriptBlock[]): Message {
  const content = blocks.map((block, index) =>
    block.type === 'tool_use'
      ? {
          type: 'tool_use',
          id: `toolu_${request.messages.length}_${index}`,
          name: block.name,
          input: block.input,
          caller: { type: 'direct' },
        }
      : { ...block, citations: null },
  );
  const calls = blocks.some(({ type }) => type === 'tool_use');
  const usage = { input_tokens: 100, output_tokens: 50, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: request.model,
    content,
    stop_reason: calls ? 'tool_use' : 'end_turn',
    stop_sequence: null,
    usage,
  } as unknown as Message;
}

let server: GitHubServer;
let whole: Resumed;
const inputs = { INPUT_SANDBOX: 'off', 'INPUT_TEST-COMMAND': 'grep -q "number, 0)" src/sum.js', 'INPUT_MAX-COST-USD': '50' };

beforeAll(async () => {
  server = await startGitHub({ files: FILES, issues: [ISSUE] });
  whole = await goOn({ server, model: author, branch: 'whole', inputs });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** GitHub as it stood when the event was written. */
async function cutAfter(seq: number): Promise<Resumed> {
  const branch = `cut/${seq}`;
  const past = whole.events.slice(0, seq + 1);
  const pushed = lastOf(past, 'pushed');
  if (pushed) await server.objects.setRef(`refs/heads/${branch}`, pushed.commit);
  return goOn({ server, model: author, branch, inputs, past });
}

function runs(branch: string): number {
  try {
    return readFileSync(join(folder, branch.replaceAll('/', '-')), 'utf8').split('\n').length - 1;
  } catch {
    return 0;
  }
}

/** A call that was announced and never answered. */
function interrupted(past: readonly Event[]): string | undefined {
  const last = past.findLast((event) => event.type === 'tool_started');
  return last && !past.some((event) => event.type === 'tool_ran' && event.tool_use_id === last.tool_use_id) ? last.tool_use_id : undefined;
}

describe('a run that was cut', () => {
  test('is one of some forty events, as recorded with a real tool host', () => {
    expect(whole.ending).toMatchObject({ conclusion: 'pull_request' });
    expect(whole.events.length).toBeGreaterThanOrEqual(40);
    expect(runs('whole')).toBe(1);
    expect(new Set(whole.events.map(({ type }) => type))).toEqual(
      new Set([
        'run_started',
        'tests_ran',
        'context_gathered',
        'asked',
        'replied',
        'tool_ran',
        'tool_started',
        'tree_changed',
        'gate_checked',
        'review_started',
        'reviewed',
        'pushed',
        'pull_request_opened',
        'run_ended',
      ]),
    );
  });

  test('after any of its events goes on to the same ending, and makes no call twice', async () => {
    const cuts = whole.events.slice(0, -1).map(({ seq }) => seq);
    const waiting = [...cuts];
    const check = async (seq: number): Promise<void> => {
      const past = whole.events.slice(0, seq + 1);
      const { events, ending } = await cutAfter(seq);
      const at = `cut after event ${seq} (${past.at(-1)?.type})`;
      expect([at, ending.conclusion, lastTree(events)]).toEqual([at, 'pull_request', lastTree(whole.events)]);
      const proof = await verify(textOf(events), { anchors: { lastHash: events.at(-1)?.hash ?? '' }, recompute: recomputed });
      expect([at, proof.checks.filter(({ ok }) => ok !== true)]).toEqual([at, []]);
      const call = interrupted(past);
      if (call !== undefined) {
        const answer = events.find((event) => event.type === 'tool_ran' && event.tool_use_id === call);
        expect([at, answer]).toMatchObject([
          at,
          { is_error: true, executed: false, content: expect.stringContaining('outcome is unknown') },
        ]);
      }
      const before = past.some((event) => event.type === 'tool_started' && event.name === 'run_command');
      expect([at, runs(`cut/${seq}`)]).toEqual([at, before ? 0 : 1]);
      const head = await server.objects.ref(`refs/heads/cut/${seq}`);
      expect([at, await treeOf(server, head ?? '')]).toEqual([at, lastTree(whole.events)]);
    };
    const worker = async (): Promise<void> => {
      for (let seq = waiting.shift(); seq !== undefined; seq = waiting.shift()) await check(seq);
    };
    await Promise.all([worker(), worker(), worker()]);
    expect(server.violations).toEqual([]);
  }, 300_000);

  test('between the push and its event finds its own commit on the branch instead of pushing again', async () => {
    const pushed = lastOf(whole.events, 'pushed');
    const before = pushed?.seq ?? 0;
    await server.objects.setRef(`refs/heads/cut/again`, pushed?.commit ?? '');
    const { events } = await goOn({ server, model: author, branch: 'cut/again', inputs, past: whole.events.slice(0, before) });
    expect(lastOf(events, 'pushed')).toMatchObject({ commit: pushed?.commit, created: false });
  });
});
