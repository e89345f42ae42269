import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type Anthropic from '@anthropic-ai/sdk';
import { expect } from '@jest/globals';
import { recomputed } from '../../src/agent/recomputed.ts';
import type { Event } from '../../src/transcript/events.ts';
import type { RecordedRequest as GitHubRequest } from '../support/github/state.ts';
import type { MessagesRequest, RecordedRequest } from '../support/messages-api/server.ts';
import { call, FIX, RUN_TESTS, turn, type Ran, type World } from '../support/world.ts';

/** Every output of the contract, §3. */
const OUTPUTS = [
  'conclusion',
  'exit-reason',
  'branch',
  'head-sha',
  'pull-request-number',
  'pull-request-url',
  'turns',
  'cost-usd',
  'input-tokens',
  'output-tokens',
  'tests',
  'review-verdict',
  'transcript-path',
  'report-path',
  'transcript-sha256',
  'artifact-id',
  'artifact-url',
];

/** Tests of the loop and of the triggers need no test suite: nothing is slower in a run. */
export const QUICK = { 'test-command': 'true' } as const;
/** A whole run in one turn. */
export const ANSWERED = [turn(call('report_blocked', { kind: 'answered', reason: 'It is so by design.' }))];
/** A change that needs no test of its own: one edit, one run, one push. */
export const REFACTORED = call('push_changes', {
  title: 'sum([]) answers 0',
  summary: 'Start the reduction at 0.',
  change_kind: 'refactor',
});
export const QUICK_WORK = [turn(FIX, RUN_TESTS), turn(REFACTORED)];

/** What holds for every run: nothing that GitHub or the Messages API would refuse was sent, and every output has its name. */
export function expectFaithful({ github, messages }: World, ran: Ran): void {
  expect(github.violations).toEqual([]);
  const refusals = messages.requests.filter(({ method, refused }) => method === 'POST' && refused !== undefined);
  expect(refusals.map(({ path, refused }) => `${path}: ${refused}`)).toEqual([]);
  expectWhole(ran);
}

/** The run told its ending in full. */
export function expectWhole(ran: Ran): void {
  expect(Object.keys(ran.outputs).sort()).toEqual(expect.arrayContaining([...OUTPUTS].sort()));
  expect(ran.outputs['exit-reason']).toMatch(/\S/);
  expect(ran.outputs['exit-reason']).not.toContain('\n');
  const green = ['pull_request', 'answered', 'blocked', 'skipped', 'refused', 'dry_run'].includes(ran.outputs['conclusion'] ?? '');
  expect([ran.outputs['conclusion'], ran.exitCode]).toEqual([ran.outputs['conclusion'], green ? 0 : 1]);
  expect(ran.postExitCode).toBe(0);
  expectPaired(ran.events);
  // What `verify` makes again of the events is what the run made of them.
  expect(recomputed(ran.events).filter(({ ok }) => ok !== true)).toEqual([]);
}

/** Every `tool_use` has exactly one `tool_ran`, and none is answered that was not made; also those of a reply that was cut and set aside. */
export function expectPaired(events: readonly Event[]): void {
  const replies = events.filter((event) => event.type === 'replied');
  const made = replies.flatMap(({ message }) => message.content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : [])));
  const answered = events.flatMap((event) => (event.type === 'tool_ran' ? [event.tool_use_id] : []));
  expect(answered.filter((id) => made.includes(id)).sort()).toEqual([...new Set(made)].sort());
  expect(new Set(answered).size).toBe(answered.length);
}

/** What was written to GitHub itself: neither reads nor the artifact. */
export function writes({ github }: World): readonly GitHubRequest[] {
  return github.requests.filter(({ method, operation }) => method !== 'GET' && !['git', 'artifact', 'blob'].includes(operation));
}

export function asks({ messages }: World, conversation?: string): readonly RecordedRequest[] {
  const all = messages.requests.filter(({ method, path }) => method === 'POST' && path === '/v1/messages');
  return conversation === undefined ? all : all.filter((request) => request.conversation === conversation);
}

export function bodyOf(request: RecordedRequest | undefined): MessagesRequest {
  if (!request) throw new Error('there is no such request');
  return request.body as MessagesRequest;
}

/** The text of the author's first message. */
export function firstMessage(world: World): string {
  return textOf(bodyOf(asks(world)[0]).messages[0]);
}

export function textOf(message: Anthropic.MessageParam | undefined): string {
  const content = message?.content ?? '';
  return typeof content === 'string' ? content : content.map((block) => (block.type === 'text' ? block.text : '')).join('\n');
}

/** The results of the author's calls as the transcript has them. */
export function results({ events }: Ran, name?: string): readonly Extract<Event, { type: 'tool_ran' }>[] {
  return events
    .filter((event) => event.type === 'tool_ran')
    .filter((event) => event.purpose === 'work' && (name === undefined || event.name === name));
}

export function only<T extends Event['type']>({ events }: Pick<Ran, 'events'>, type: T): readonly Extract<Event, { type: T }>[] {
  return events.filter((event): event is Extract<Event, { type: T }> => event.type === type);
}

/** The one comment of the run, as it stands at the end. */
export function ownComment({ github }: World): string {
  const own = [...github.state.comments.values()].filter(({ body }) => body.includes('<!-- alchemist'));
  expect(own).toHaveLength(1);
  return own[0]?.body ?? '';
}

type Recorded = { name: string; examples: Record<string, unknown>[] };

/** A payload that GitHub really sent (recorded by Octokit), on a repository whose default branch is `main`. */
export function recorded(name: string, fits: (example: Record<string, unknown>) => boolean): Record<string, unknown> {
  const all = createRequire(import.meta.url)('@octokit/webhooks-examples') as Recorded[];
  const example = all.find((event) => event.name === name)?.examples.find(fits);
  if (!example) throw new Error(`there is no recorded ${name} that fits`);
  return { ...example, repository: { ...(example['repository'] as object), default_branch: 'main' } };
}

/** The command line of the action under test. Its servers live in this process, so nothing here waits synchronously. */
export async function cli(...args: string[]): Promise<{ code: number; text: string }> {
  const root = process.env['ALCHEMIST_TEST_ACTION'] ?? join(import.meta.dirname, '..', '..');
  const node = join(import.meta.dirname, '..', '..', 'node_modules', '.bin', 'node');
  try {
    const command = existsSync(node) ? node : process.execPath;
    const { stdout, stderr } = await promisify(execFile)(command, [join(root, 'dist', 'cli.js'), ...args], { timeout: 60_000 });
    return { code: 0, text: stdout + stderr };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: number; stdout?: string; stderr?: string };
    return { code: code ?? -1, text: stdout + stderr };
  }
}

export function fileOf(ran: Ran, name: string): string {
  return readFileSync(join(ran.folder, name), 'utf8');
}
