import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SEEDED_TICKET } from '../../__tests__/support/seeded-defects.ts';
import type { Files } from '../../__tests__/support/patches.ts';
import { work } from '../../src/agent/loop.ts';
import type { Parts } from '../../src/agent/parts.ts';
import type { Config } from '../../src/config.ts';
import { scopeGate } from '../../src/evidence/scope-gate.ts';
import type { Message } from '../../src/model/model.ts';
import { priceOf } from '../../src/model/prices.ts';
import type { Connection } from '../../src/model/provider.ts';
import { REVIEWER_SYSTEM } from '../../src/prompts/reviewer.ts';
import { materialFor } from '../../src/review/material.ts';
import { connectHost } from '../../src/sandbox/host.ts';
import { off } from '../../src/sandbox/off.ts';
import type { Ticket } from '../../src/ticket/ticket.ts';
import { PROTOCOL, type Host, type SeedEntry } from '../../src/toolhost/wire.ts';
import { definitions, reviewerTools } from '../../src/tools/toolbox.ts';
import { chained } from '../../src/transcript/chain.ts';
import type { Event, Facts, Reviewed } from '../../src/transcript/events.ts';
import { finalTotals } from '../../src/transcript/totals.ts';
import { git } from '../eval/checkout.ts';

const TOOLHOST = join(import.meta.dirname, '..', '..', 'dist', 'toolhost', 'index.js');
const PUSH = 'toolu_push';
const TICKET: Ticket = {
  ...{ source: 'issue', number: 1, title: SEEDED_TICKET.title, body: SEEDED_TICKET.body, instruction: '' },
  ...{ author: 'reporter', askedBy: 'reporter', url: '', discussion: [] },
};

export type OneReview = Readonly<{ reviewed: Reviewed; patch: string; cost_usd: number }>;

/** The self-review of one change, by the loop that every run has: its prompt, tools, limits, schema and verdict. Throws when the model cannot be asked. */
export async function reviewOnce(before: Files, after: Files, config: Config, connection: Connection): Promise<OneReview> {
  const root = mkdtempSync(join(tmpdir(), 'review-score-'));
  const workspace = join(root, 'checkout');
  const signal = AbortSignal.timeout(config.limits.minutes * 60_000);
  try {
    write(workspace, before);
    await git(workspace, 'init', '--quiet', '--initial-branch', 'main');
    await git(workspace, 'add', '--all');
    await git(workspace, 'commit', '--quiet', '--message', 'Base');
    const launched = await off(process.env)(
      {
        workspace,
        node: process.execPath,
        toolhost: TOOLHOST,
        scratch: root,
        network: 'none',
        allowedHosts: [],
        onRefusal: () => undefined,
      },
      signal,
    );
    const host = connectHost(launched);
    try {
      const { git: commit } = await host.call('hello', { protocol: PROTOCOL, working_directory: '.', restore: false }, signal);
      const base = { branch: 'main', commit: commit?.head ?? '', tree: commit?.head_tree ?? '' };
      const { tree } = await host.call('seed', { entries: entries(before, after) }, signal);
      return await reviewed(host, base, tree, config, connection, signal);
    } finally {
      await host.close();
      await launched.close();
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function write(folder: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}

/** What makes one set of files of the other, as the host takes it. */
function entries(before: Files, after: Files): SeedEntry[] {
  const plain = (name: string): string => name.replace(/!x$/, '');
  const kept = new Set(Object.keys(after).map(plain));
  const gone = Object.keys(before)
    .map(plain)
    .filter((path) => !kept.has(path));
  return [
    ...gone.map((path) => ({ path, mode: '100644' })),
    ...Object.entries(after).map(([name, content]) => ({
      path: plain(name),
      mode: name.endsWith('!x') ? '100755' : '100644',
      content: Buffer.from(content).toString('base64'),
    })),
  ];
}

type Base = Readonly<{ branch: string; commit: string; tree: string }>;

async function reviewed(
  host: Host,
  base: Base,
  tree: string,
  config: Config,
  { model, describe }: Connection,
  signal: AbortSignal,
): Promise<OneReview> {
  const known = await describe(config.reviewModel, signal);
  const patch = (await host.call('diff', { from: base.tree, to: tree, max_bytes: 1 << 20 }, signal)).text;
  const events: Event[] = [];
  const append = (facts: Facts): Event => {
    const event = chained(facts, events.at(-1), new Date());
    events.push(event);
    return event;
  };
  for (const facts of pushed(base, tree, patch, config)) append(facts);

  const reviewer = reviewerTools(host);
  const none = async function* (): AsyncGenerator<never> {};
  const parts: Parts = {
    rules: {
      ...{ limits: config.limits, reviewRounds: 1, draft: 'auto', dryRun: true, fallbackModel: undefined, authorTools: [] },
      reviewerTools: definitions(reviewer),
      faults: () => null,
      price: (id) => priceOf(id, config.priceOverrides),
      maxOutput: () => known.maxOutputTokens,
      maxInput: () => known.maxInputTokens,
      summaries: () => false,
    },
    ...{ model, effort: config.effort, host, author: new Map(), reviewer, clean: (text) => text },
    ...{ holdsSecret: () => false, redactReply: (message) => message, check: none, publish: none },
    openLog: () => ({ write: () => undefined, close: () => undefined, path: () => undefined }),
    reviewMessage: (all, state, { round, part }, stop) => {
      const schemaAsText = known.structuredOutputs === false;
      const common = { host, ticket: TICKET, baseTree: base.tree, instructions: '', schemaAsText, clean: (text: string) => text };
      return materialFor(common, all, { tree: state.tree, round, part, gates: state.push?.gates ?? [] }, stop);
    },
    ...{ reviewerSystem: REVIEWER_SYSTEM, reviewModel: config.reviewModel },
    structuredOutputs: () => known.structuredOutputs !== false,
    now: () => Date.now(),
    sleep: (ms, stop) => sleep(ms, undefined, { signal: stop }).then(() => undefined),
  };
  const loop = work(parts, events.slice(), signal);
  for (let next = await loop.next(); ; next = await loop.next(append(next.value))) {
    if (next.done === true) throw new Error(`The review ended without an answer: ${next.value.reason}`);
    if (next.value.type === 'reviewed') return { reviewed: next.value, patch, cost_usd: finalTotals(events).cost_usd };
  }
}

/** A run up to its `push_changes`: the plan is stated, the gates have spoken. The author is nobody, and costs nothing. */
function pushed(base: Base, tree: string, patch: string, config: Config): Facts[] {
  const { limits, model, reviewModel, effort, provider } = config;
  const plan = {
    requirements: SEEDED_TICKET.requirements.map((one) => ({ ...one, status: 'met' })),
    files_expected: SEEDED_TICKET.planned,
  };
  const push = { title: SEEDED_TICKET.title, summary: 'Done.' };
  const content = [
    { type: 'tool_use', id: 'toolu_plan', name: 'update_plan', input: plan },
    { type: 'tool_use', id: PUSH, name: 'push_changes', input: push },
  ];
  const message = {
    ...{ id: 'msg', type: 'message', role: 'assistant', model, content, stop_reason: 'tool_use', stop_sequence: null },
    usage: { input_tokens: 0, output_tokens: 0 },
  } as unknown as Message;
  const told = { turn: 1, tool_use_id: PUSH, tree };
  return [
    {
      ...{ type: 'run_started', version: '0', prompts_version: '0', ticket: TICKET },
      run: { ...{ id: '1', attempt: 1, url: '', repository: 'o/r', event: '', actor: '', sha: '', ref: '', server_url: '' } },
      config: {
        ...{
          provider,
          model,
          review_model: reviewModel,
          effort,
          review_rounds: 1,
          draft: 'auto',
          dry_run: true,
          sandbox: 'off',
          network: 'none',
        },
        ...{ max_turns: limits.turns, max_cost_usd: limits.usd, max_minutes: limits.minutes },
        ...{ protected_paths: [], working_directory: '.', branch: 'b' },
      },
    },
    {
      ...{ type: 'context_gathered', base, start_tree: base.tree, commands: {}, parts: [], ticket: TICKET },
      ...{ system: '', tools: [], first_message: 'none' },
    },
    {
      ...{ type: 'asked', purpose: 'work', turn: 1, attempt: 1, model, max_tokens: 1, messages: 1, request_sha256: '', worst_case_usd: 0 },
    },
    { type: 'replied', purpose: 'work', turn: 1, message, cost_usd: 0, duration_ms: 0 },
    {
      ...{ type: 'tool_ran', purpose: 'work', turn: 1, tool_use_id: 'toolu_plan', name: 'update_plan', input: plan },
      ...{ content: '', is_error: false, executed: true, duration_ms: 0 },
    },
    { type: 'tree_changed', turn: 1, tool_use_id: 'toolu_plan', before: base.tree, after: tree, patch, files: [] },
    { type: 'gate_checked', ...told, ...scopeGate({ patch, filesExpected: SEEDED_TICKET.planned }) },
    { type: 'gate_checked', ...told, gate: 'secrets', outcome: 'passed', detail: '' },
  ];
}
