import { strFromU8, unzipSync } from 'fflate';
import { afterEach, expect, test } from '@jest/globals';
import { readTranscript } from '../../src/transcript/read.ts';
import { verify } from '../../src/transcript/verify.ts';
import { addComment, type Fault, type GitHubOptions } from '../support/github/server.ts';
import type { Turn } from '../support/messages-api/server.ts';
import type { Running } from '../support/runner.ts';
import { call, commented, FIX, review, say, turn, world, type Ran, type World, type WorldOptions } from '../support/world.ts';
import { ANSWERED, expectWhole, QUICK, QUICK_WORK } from './common.ts';

/** Every ending of the contract's table, and for each what people see of it: comment, step summary, outputs, exit status, artifact. */
type Ending = Readonly<{
  ending: string;
  conclusion: string;
  /** Stand in the comment and in the step summary. */
  words: RegExp;
  options?: WorldOptions;
  during?: (running: Running, place: World) => Promise<void>;
  /** `log`: nothing is written to GitHub; the reason stands in log and summary. `artifact`: nor there, but there was a run. */
  told?: 'log' | 'artifact';
}>;

const blocked = (kind: string): WorldOptions => ({
  turns: { work: [turn(call('report_blocked', { kind, reason: 'Two readings are possible.' }))] },
});
const fault = (fault: NonNullable<Turn['fault']>): WorldOptions => ({ turns: { work: [{ fault }] } });
const looking: WorldOptions = { turns: ({ index }) => turn(call('list_files', { limit: index + 1 })) };
const slow: WorldOptions = { turns: { work: [turn(FIX), { ...turn(say('Hm.')), delayMs: 60_000 }] } };
const github = (...faults: Fault[]): GitHubOptions => ({
  faults,
  issues: [{ number: 7, title: 'sum([]) throws', login: 'reporter' }],
});
const finding = {
  severity: 'blocker',
  category: 'bug',
  file: 'src/sum.js',
  start_line: 2,
  end_line: 2,
  claim: 'A sum of strings starts with a zero now.',
  failure_scenario: 'sum(["a"]) answers "0a".',
  confidence: 0.9,
};
const stop = ({ github: { state } }: World): void => {
  const at = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  addComment(state, { issue: 7, body: '@alchemist stop', login: 'maintainer', association: 'MEMBER', created_at: at, updated_at: at });
};

const ENDINGS: readonly Ending[] = [
  { ending: 'a pushed change', conclusion: 'pull_request', words: /pull request \[#8\]/i },
  { ending: 'an answer', conclusion: 'answered', words: /It is so by design/, options: { turns: { work: ANSWERED } } },
  { ending: 'a question', conclusion: 'blocked', words: /Two readings are possible/, options: blocked('needs_info') },
  { ending: 'out of scope', conclusion: 'blocked', words: /Two readings are possible/, options: blocked('out_of_scope') },
  {
    ending: 'turns used up',
    conclusion: 'out_of_budget',
    words: /limit of 2 turns/i,
    options: { ...looking, inputs: { 'max-turns': '2' } },
  },
  {
    ending: 'dollars used up',
    conclusion: 'out_of_budget',
    words: /\$0\.001/,
    options: { ...looking, inputs: { 'max-cost-usd': '0.001' } },
  },
  {
    ending: 'minutes used up',
    conclusion: 'out_of_budget',
    words: /limit of 0\.1 minutes/,
    options: { ...slow, inputs: { 'max-minutes': '0.1' } },
  },
  {
    ending: 'a full context',
    conclusion: 'out_of_budget',
    words: /context window is full/,
    options: { turns: { work: [{ ...turn(say('…')), stop_reason: 'model_context_window_exceeded' }] } },
  },
  {
    ending: 'an author who goes in circles, and was told',
    conclusion: 'failed',
    words: /Stuck: the same call gave the same result 4 times/,
    options: { turns: () => turn(call('read_file', { path: 'AGENTS.md' })) },
  },
  {
    ending: 'a refusal of the model',
    conclusion: 'failed',
    words: /refused the task.*fallback-model/,
    options: { turns: { work: [{ ...turn(say('No.')), stop_reason: 'refusal' }] } },
  },
  {
    ending: 'a fatal answer of the API',
    conclusion: 'failed',
    words: /refused the request/,
    options: fault({ kind: 'status', status: 400 }),
  },
  { ending: 'a spend limit', conclusion: 'failed', words: /no money left/, options: fault({ kind: 'status', status: 402 }) },
  { ending: 'a refused key', conclusion: 'failed', words: /refused the key/, options: { messages: { apiKey: 'another' } } },
  {
    ending: 'a publication that GitHub refuses',
    conclusion: 'failed',
    words: /Validation Failed/,
    options: { github: github({ operation: 'git/create-tree', status: 422, body: { message: 'Validation Failed' } }) },
  },
  { ending: 'a tool host that dies', conclusion: 'failed', words: /tool host/, options: { inputs: { sandbox: 'false' } } },
  {
    ending: 'a blocker after the last round, and no draft',
    conclusion: 'rejected_by_review',
    words: /starts with a zero now/,
    options: { turns: { work: QUICK_WORK, review: [review([finding])] }, inputs: { 'review-rounds': '1', draft: 'never' } },
  },
  {
    ending: 'a person who may not ask',
    conclusion: 'refused',
    words: /permission/,
    options: { event: commented('@alchemist go', { login: 'stranger' }) },
    told: 'log',
  },
  { ending: 'nobody asking', conclusion: 'skipped', words: /@alchemist/, options: { event: commented('Nice weather.') }, told: 'log' },
  {
    ending: 'a signal',
    conclusion: 'cancelled',
    words: /job was cancelled/,
    options: slow,
    during: async (running) => running.logged(/edit_file/).then(() => running.cancel()),
  },
  {
    ending: '"stop" in a comment',
    conclusion: 'cancelled',
    words: /Stopped: maintainer asked for it/,
    options: slow,
    during: async (running, place) => running.logged(/edit_file/).then(() => stop(place)),
  },
  { ending: 'a dry run', conclusion: 'dry_run', words: /dry run/i, options: { inputs: { 'dry-run': 'true' } }, told: 'artifact' },
];

let place: World;
afterEach(() => place.close());

test.each(ENDINGS)('$ending: $conclusion, told everywhere', async ({ conclusion, words, options = {}, during, told }) => {
  place = await world({ turns: { work: QUICK_WORK, review: [review()] }, ...options, inputs: { ...QUICK, ...options.inputs } });
  const ran = await place.run(during ? { runner: { during: (running) => during(running, place) } } : {});
  // Holds exit status and outputs against the conclusion.
  expectWhole(ran);
  expect([ran.outputs['conclusion'], ran.outputs['exit-reason']]).toEqual([conclusion, expect.any(String)]);
  expect(ran.summary).toMatch(words);
  const own = [...place.github.state.comments.values()].filter(({ body }) => body.includes('<!-- alchemist'));
  if (told) expect([own, place.github.state.reactions, place.github.state.pulls.size]).toEqual([[], [], 0]);
  else {
    expect(own).toHaveLength(1);
    expect(own[0]?.body).toMatch(words);
    expect(own[0]?.body).not.toMatch(/is working|could not be uploaded/);
    expect(own[0]?.body).toContain(`[Transcript and report](${ran.outputs['artifact-url']})`);
  }
  if (told === 'log') expect([ran.events, place.github.artifacts, ran.log]).toEqual([[], [], expect.stringMatching(words)]);
  else await expectArtifact(ran);
  expect(Object.keys(await place.github.objects.refs()).filter((name) => name.includes('lock'))).toEqual([]);
});

/** One artifact, whose transcript is whole, ends as the outputs say, and is the one on the disk. */
async function expectArtifact(ran: Ran): Promise<void> {
  expect(place.github.artifacts.map(({ id }) => String(id))).toEqual([ran.outputs['artifact-id']]);
  const files = unzipSync(place.github.artifacts[0]?.zip ?? Buffer.alloc(0));
  const text = strFromU8(files['transcript.jsonl'] ?? new Uint8Array());
  const { events } = readTranscript(text);
  expect(events.at(-1)).toMatchObject({ type: 'run_ended', conclusion: ran.outputs['conclusion'], hash: ran.outputs['transcript-sha256'] });
  const proof = await verify(text, { anchors: { lastHash: ran.outputs['transcript-sha256'] ?? '' } });
  expect(proof.checks.filter(({ ok }) => ok === false)).toEqual([]);
  expect(Object.keys(files)).toEqual(expect.arrayContaining(['report.html', 'summary.md']));
  // What was done is never lost.
  if (events.some(({ type }) => type === 'tree_changed'))
    expect(strFromU8(files['change.patch'] ?? new Uint8Array())).toContain('total + number, 0)');
}
