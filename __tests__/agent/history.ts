import type { Rules } from '../../src/agent/rules.ts';
import { nextStep, type Step } from '../../src/agent/next-step.ts';
import { advance, NOTHING, type State } from '../../src/agent/state.ts';
import { inputFaults } from '../../src/tools/tool.ts';
import { blockedInput, pushInput } from '../../src/tools/endings.ts';
import type { Message, Usage } from '../../src/model/model.ts';
import { chained } from '../../src/transcript/chain.ts';
import type { Event, Facts, Finding, PublicConfig, Purpose } from '../../src/transcript/events.ts';

/** Trees of the histories below: any 40 digits do. */
export const BASE_TREE = 'b'.repeat(40);
export const tree = (n: number): string => String(n).repeat(40).slice(0, 40);

const CONFIG: PublicConfig = {
  provider: 'anthropic',
  model: 'claude-opus-5-5',
  review_model: 'claude-opus-5-5',
  effort: 'medium',
  max_turns: 60,
  max_cost_usd: 5,
  max_minutes: 30,
  review_rounds: 2,
  draft: 'auto',
  dry_run: false,
  sandbox: 'off',
  network: 'open',
  protected_paths: [],
  working_directory: '.',
  branch: 'alchemist/issue-7',
};

export const PRICE = { input: 4, output: 20, cache_read: 0.2, cache_write_5m: 5, cache_write_1h: 8 };

export function rules(changes: Partial<Rules> = {}): Rules {
  return {
    limits: { turns: 60, usd: 5, minutes: 30 },
    reviewRounds: 2,
    draft: 'auto',
    dryRun: false,
    fallbackModel: undefined,
    authorTools: [],
    reviewerTools: [],
    faults: (name, input) =>
      name === 'push_changes'
        ? inputFaults(name, pushInput, input)
        : name === 'report_blocked'
          ? inputFaults(name, blockedInput, input)
          : null,
    price: () => PRICE,
    maxOutput: () => undefined,
    maxInput: () => undefined,
    summaries: () => false,
    ...changes,
  };
}

export type Use = Readonly<{ name: string; input?: unknown }>;

/** A history, written fact by fact as a run would; every second one event passes. */
export class History {
  readonly events: Event[] = [];
  #calls = 0;
  #state = NOTHING;
  #folded = 0;

  constructor(config: Partial<PublicConfig> = {}) {
    const run = {
      id: '1',
      attempt: 1,
      url: 'https://github.com/o/r/actions/runs/1',
      repository: 'o/r',
      event: 'issues',
      actor: 'ada',
      sha: '',
      ref: '',
      server_url: 'https://github.com',
    };
    const ticket = {
      source: 'issue',
      number: 7,
      title: 'T',
      body: 'B',
      instruction: '',
      author: 'ada',
      askedBy: 'ada',
      url: '',
      discussion: [],
    } as const;
    this.add({ type: 'run_started', version: '0', prompts_version: '1', run, ticket, config: { ...CONFIG, ...config } });
    const base = { branch: 'main', commit: 'c'.repeat(40), tree: BASE_TREE };
    this.add({
      type: 'context_gathered',
      base,
      start_tree: BASE_TREE,
      commands: {},
      parts: [],
      ticket,
      system: 'S',
      tools: [],
      first_message: 'F',
    });
  }

  add(facts: Facts): this {
    this.events.push(chained(facts, this.events.at(-1), new Date(this.events.length * 1_000)));
    return this;
  }

  get turn(): number {
    return this.events.filter(({ type }) => type === 'replied').length;
  }

  ask(purpose: Purpose = 'work', worst: number | null = 0.1): this {
    const facts = {
      purpose,
      turn: this.turn + 1,
      attempt: 1,
      model: 'claude-opus-5-5',
      max_tokens: 32_000,
      messages: 1,
      request_sha256: '',
    };
    return this.add({ type: 'asked', ...facts, worst_case_usd: worst });
  }

  /** Asks and replies: with calls it stops for `tool_use`, without for `end_turn`. */
  reply(calls: readonly Use[], options: { purpose?: Purpose; stop?: Message['stop_reason']; text?: string; cost?: number } = {}): this {
    const { purpose = 'work', text = '', cost = 0.01 } = options;
    this.ask(purpose);
    const uses = calls.map(({ name, input = {} }) => ({
      type: 'tool_use',
      id: `toolu_${++this.#calls}`,
      name,
      input,
      caller: { type: 'direct' },
    }));
    const content = [...(text ? [{ type: 'text', text, citations: null }] : []), ...uses];
    const usage = { input_tokens: 100, output_tokens: 50, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 } as unknown as Usage;
    const stop_reason = options.stop ?? (calls.length > 0 ? 'tool_use' : 'end_turn');
    const message = {
      id: 'msg',
      type: 'message',
      role: 'assistant',
      model: 'm',
      content,
      stop_reason,
      stop_sequence: null,
      usage,
    } as unknown as Message;
    return this.add({ type: 'replied', purpose, turn: this.turn + 1, message, cost_usd: cost, duration_ms: 1 });
  }

  /** Answers the next open call of the author. */
  ran(content: string, options: { error?: boolean; purpose?: Purpose; executed?: boolean } = {}): this {
    const { error = false, purpose = 'work', executed = true } = options;
    const call = this.state[purpose]?.pending[0];
    if (!call) throw new Error('no call is open');
    const facts = {
      purpose,
      turn: this.turn,
      tool_use_id: call.id,
      name: call.name,
      input: call.input,
      content,
      is_error: error,
      executed,
      duration_ms: 1,
    };
    return this.add({ type: 'tool_ran', ...facts });
  }

  /** One turn with one call and its answer. */
  call(name: string, input: unknown, content: string, error = false): this {
    return this.reply([{ name, input }]).ran(content, { error });
  }

  changed(after: string): this {
    const before = this.state.tree;
    return this.add({ type: 'tree_changed', turn: this.turn, tool_use_id: 't', before, after, patch: `p${before}${after}`, files: ['a'] });
  }

  tested(exit_code: number, failing: readonly string[] = []): this {
    return this.add({
      type: 'tests_ran',
      phase: 'work',
      turn: this.turn,
      command: 'npm test',
      exit_code,
      timed_out: false,
      tree: this.state.tree,
      duration_ms: 1,
      failing,
      tail: '',
    });
  }

  /** The gates of an open `push_changes`, all passed. */
  gated(): this {
    for (const gate of ['tests', 'secrets'] as const) {
      this.add({
        type: 'gate_checked',
        turn: this.turn,
        tool_use_id: this.openPush,
        gate,
        outcome: 'passed',
        detail: '',
        tree: this.state.tree,
      });
    }
    return this;
  }

  reviewOpened(round: number): this {
    const facts = {
      turn: this.turn,
      tool_use_id: this.openPush,
      round,
      model: 'claude-opus-5-5',
      system: 'R',
      tools: [],
      first_message: 'D',
      tree: this.state.tree,
    };
    return this.add({ type: 'review_started', ...facts });
  }

  reviewed(round: number, verdict: 'proceed' | 'revise' | 'unanswered', blocking: readonly Finding[] = []): this {
    const review = { summary: '', requirements: [], findings: blocking, hunks: [] };
    const facts = {
      turn: this.turn,
      tool_use_id: this.openPush,
      round,
      model: 'm',
      verdict,
      review,
      blocking,
      dropped: [],
      tree: this.state.tree,
    };
    return this.add({ type: 'reviewed', ...facts });
  }

  noticed(kind: string, text: string, data?: Record<string, string | boolean>): this {
    return this.add({ type: 'noticed', kind, text, to_model: false, ...(data ? { data } : {}) });
  }

  get openPush(): string {
    const call = this.state.work?.pending[0];
    if (call?.name !== 'push_changes') throw new Error('no push_changes is open');
    return call.id;
  }

  get state(): State {
    // Event by event, as the loop folds: anew each time, a long history would take minutes.
    for (const event of this.events.slice(this.#folded)) this.#state = advance(this.#state, event);
    this.#folded = this.events.length;
    return this.#state;
  }

  next(changes: Partial<Rules> = {}, now = this.events.length * 1_000): Step {
    return nextStep(this.state, rules(changes), now);
  }
}

export const finding = (severity: Finding['severity'], confidence = 0.9): Finding => ({
  severity,
  category: 'bug',
  file: 'a',
  start_line: 1,
  end_line: 1,
  claim: 'It divides by zero.',
  failure_scenario: 'n = 0',
  confidence,
});
