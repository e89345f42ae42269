import type { Message, ToolDefinition } from '../model/model.ts';
import type { Ticket } from '../ticket/ticket.ts';

/**
 * The events of a run: past-tense facts, one JSON line each, in `transcript.jsonl`. Everything that is told of a run (pull
 * request, comment, summary, report, outputs) is a pure function of this list; what comes next is one too.
 *
 * `Facts` are what a producer states; the log adds `seq`, `at`, `prev` and `hash` (see `chain.ts`).
 */
export type Event = Facts & Link;
export type Transcript = readonly Event[];

/** The link of an event in the hash chain. */
export type Link = Readonly<{
  /** Position, from 0. */
  seq: number;
  /** ISO 8601, UTC. */
  at: string;
  /** Hash of the event before; 64 zeros for the first. */
  prev: string;
  /** SHA-256, lower-case hex, over the RFC 8785 canonical JSON of the event without `hash`. */
  hash: string;
}>;

export type Facts =
  | RunStarted
  | ContextGathered
  | Asked
  | Replied
  | ToolStarted
  | ToolRan
  | TreeChanged
  | TestsRan
  | GateChecked
  | ReviewStarted
  | ReviewPartEnded
  | Reviewed
  | Noticed
  | Pushed
  | PullRequestOpened
  | RunEnded;

/** `work`: the author's conversation. `review`: the reviewer's, in a fresh context. */
export type Purpose = 'work' | 'review';

/** The first event: who asked for what, in which run, with which inputs. */
export type RunStarted = Readonly<{
  type: 'run_started';
  /** Version of this action. */
  version: string;
  prompts_version: string;
  run: Readonly<{
    id: string;
    attempt: number;
    url: string;
    repository: string;
    event: string;
    actor: string;
    sha: string;
    ref: string;
    /** GitHub's web address, e.g. `https://github.com`. */
    server_url: string;
  }>;
  /** The earlier run that this one goes on from, and the last hash of its transcript. Its change is the first `tree_changed`. */
  continues?: Readonly<{ run: string; attempt: number; sha256: string }>;
  /** As it stood in the event; the discussion follows in `context_gathered`. */
  ticket: Ticket;
  /** The inputs, without keys and tokens. */
  config: PublicConfig;
}>;

/** The inputs that shaped the run, for the reader; never a secret. */
export type PublicConfig = Readonly<{
  provider: string;
  model: string;
  review_model: string;
  effort: string;
  max_turns: number;
  max_cost_usd: number;
  max_minutes: number;
  review_rounds: number;
  draft: 'auto' | 'always' | 'never';
  dry_run: boolean;
  sandbox: string;
  network: string;
  protected_paths: readonly string[];
  working_directory: string;
  branch: string;
}>;

/** What the run stands on, once: the base commit, the commands that were found, and the first messages with what was left out of them. */
export type ContextGathered = Readonly<{
  type: 'context_gathered';
  /** The commit the change is made against. `tree` is its Git tree. */
  base: Readonly<{ branch: string; commit: string; tree: string }>;
  /** Tree hash of the workspace before the first call (equals `base.tree` in a clean checkout). */
  start_tree: string;
  commands: Readonly<{ test?: DiscoveredCommand; setup?: DiscoveredCommand; check?: DiscoveredCommand }>;
  /** What the model was given first and what was left out, and why. */
  parts: readonly ContextPart[];
  ticket: Ticket;
  /** The prefix of the author's conversation, as sent. */
  system: string;
  tools: readonly ToolDefinition[];
  first_message: string;
}>;

export type DiscoveredCommand = Readonly<{
  command: string;
  /** Where it was found, e.g. `input test-command`, `package.json scripts.test`. */
  source: string;
  confidence: 'high' | 'medium' | 'low';
}>;

export type ContextPart = Readonly<{
  name: string;
  source: string;
  /** Characters of the original. */
  characters: number;
  /** Characters the model was shown. */
  shown: number;
  /** Why it was cut or left out; empty when whole. */
  why: string;
}>;

/** A request is about to be sent; written before it is. One without its `replied` broke off, and counts at its worst case. */
export type Asked = Readonly<{
  type: 'asked';
  purpose: Purpose;
  /** Number of this turn, from 1, over work and review together. */
  turn: number;
  /** 1 for the first try of a turn. */
  attempt: number;
  model: string;
  max_tokens: number;
  /** Number of messages sent. */
  messages: number;
  /**
   * SHA-256 that replay must rebuild: over the canonical JSON of `{model, max_tokens, effort, system, tools, output_schema, messages}` (and `summarise`
   * where it is true), where `messages` is the running hash h(i) = SHA-256(h(i-1) + canonical JSON of message i), h(0) empty.
   */
  request_sha256: string;
  /** The most that this call can cost, in US dollars; `null` when the model has no price and no money limit needs one. */
  worst_case_usd: number | null;
  /** True when no reply is asked for but the API's own summary of the conversation so far. */
  summarise?: true;
}>;

/** The model's answer, as it came. */
export type Replied = Readonly<{
  type: 'replied';
  purpose: Purpose;
  turn: number;
  /** Whole and verbatim, with its usage. */
  message: Message;
  /** US dollars; `null` when the model has no price. */
  cost_usd: number | null;
  duration_ms: number;
}>;

/** Written before a call that can change the workspace or run a program, so that a resumed run never runs it twice. */
export type ToolStarted = Readonly<{ type: 'tool_started'; turn: number; tool_use_id: string; name: string }>;

/** A call was answered, whether it was run or not. */
export type ToolRan = Readonly<{
  type: 'tool_ran';
  purpose: Purpose;
  turn: number;
  tool_use_id: string;
  name: string;
  input: unknown;
  /** The result as the model saw it. */
  content: string;
  is_error: boolean;
  /** False when the call was answered without being run (unknown tool, invalid input, not executed). */
  executed: boolean;
  duration_ms: number;
  /** File of the full output below the run's folder, e.g. `logs/0007-run_command.txt`. */
  log?: string;
}>;

/** A call left other files behind than it found: the patch, to be replayed. */
export type TreeChanged = Readonly<{
  type: 'tree_changed';
  turn: number;
  tool_use_id: string;
  /** Git tree hashes. */
  before: string;
  after: string;
  /** `git diff --binary --full-index` from `before` to `after`; replaying it on `before` gives `after`. */
  patch: string;
  files: readonly string[];
  /** Why `patch` is empty although the trees differ: `too large`, `secret`. Such a tree is never pushed. */
  patch_omitted?: string;
}>;

/** The test command was run, by the model's wish or by the harness; what it said. */
export type TestsRan = Readonly<{
  type: 'tests_ran';
  /** `base`: before the first call, on the untouched base. `work`: by `run_tests`. `gate`: by the harness at a gate. */
  phase: 'base' | 'work' | 'gate';
  turn: number;
  /** The `run_tests` call, when there is one. */
  tool_use_id?: string;
  command: string;
  /** True when arguments narrowed the run: it says nothing of the whole suite. */
  partial?: boolean;
  exit_code: number | null;
  timed_out: boolean;
  /** Hash of the tree that was tested. */
  tree: string;
  duration_ms: number;
  counts?: Readonly<{ passed: number; failed: number; skipped: number }>;
  failing?: readonly string[];
  /** Last part of the output, redacted. */
  tail: string;
  log?: string;
}>;

export type GateName =
  | 'change'
  | 'tests'
  | 'no_new_failures'
  | 'fails_before'
  | 'weakened_tests'
  | 'checks'
  | 'leftovers'
  | 'protected_paths'
  | 'policy'
  | 'secrets'
  | 'scope';

/** One gate's word on a change that the model handed in. */
export type GateChecked = Readonly<{
  type: 'gate_checked';
  turn: number;
  /** The `push_changes` call. */
  tool_use_id: string;
  gate: GateName;
  /** `noted`: shown to the reviewer and in the pull request, refuses nothing. */
  outcome: 'passed' | 'refused' | 'noted' | 'skipped';
  detail: string;
  tree: string;
}>;

export type Severity = 'blocker' | 'major' | 'minor';

export type Finding = Readonly<{
  severity: Severity;
  category: 'bug' | 'scope' | 'test' | 'security' | 'debug' | 'style';
  file: string;
  start_line: number;
  end_line: number;
  claim: string;
  failure_scenario: string;
  /** 0 to 1. */
  confidence: number;
}>;

/** The reviewer's answer. */
export type Review = Readonly<{
  summary: string;
  requirements: readonly Readonly<{ id: string; status: 'met' | 'unmet' | 'unverifiable'; evidence: string }>[];
  findings: readonly Finding[];
  hunks: readonly Readonly<{ file: string; start_line: number; requirement: string | null }>[];
}>;

/** The reviewer's fresh context, as sent: what it is shown, and so what it is not. */
export type ReviewStarted = Readonly<{
  type: 'review_started';
  turn: number;
  tool_use_id: string;
  /** From 1. */
  round: number;
  model: string;
  system: string;
  tools: readonly ToolDefinition[];
  first_message: string;
  /** Hash of the tree under review. */
  tree: string;
  /** A large change is reviewed in parts, each in a fresh context; from 1. Absent for a change that is reviewed at once. */
  part?: number;
  parts?: number;
}>;

/** One part of a large change was reviewed; the round's `reviewed` puts the parts together. */
export type ReviewPartEnded = Readonly<{
  type: 'review_part_ended';
  turn: number;
  tool_use_id: string;
  round: number;
  part: number;
  parts: number;
  review: Review | null;
}>;

/** A round of review is over: the answer, and what code made of it. */
export type Reviewed = Readonly<{
  type: 'reviewed';
  turn: number;
  /** The `push_changes` call that asked for it. */
  tool_use_id: string;
  /** From 1. */
  round: number;
  model: string;
  /** Computed in code. `unanswered`: the reviewer gave no readable answer, or the change was too large to be shown whole. */
  verdict: 'proceed' | 'revise' | 'unanswered';
  review: Review | null;
  /** The findings that ask for a revision. */
  blocking: readonly Finding[];
  /** A finding for each hunk that serves no requirement, computed from `review.hunks`. Absent where there is none. */
  over_edits?: readonly Finding[];
  /** Findings outside the diff, dropped. */
  dropped: readonly Finding[];
  /** Hash of the tree that was reviewed. */
  tree: string;
}>;

/**
 * Anything else worth a line: a warning, a nudge, a retry, a budget notice. The kinds that decide what comes next are listed in
 * `agent/notices.ts`.
 */
export type Noticed = Readonly<{
  type: 'noticed';
  /** A stable name, e.g. `budget_50`, `stream_broken`, `nudge`, `stuck`, `sandbox`. */
  kind: string;
  text: string;
  /** True when the text is appended to the next message of the conversation `purpose` (the author's when absent). */
  to_model: boolean;
  purpose?: Purpose;
  /** Machine-readable detail. */
  data?: Readonly<Record<string, string | number | boolean | null>>;
}>;

/** The commit is on the branch. Its message names the hash of an event before this one. */
export type Pushed = Readonly<{
  type: 'pushed';
  branch: string;
  /** True when the branch was created by this push. */
  created: boolean;
  commit: string;
  parent: string;
  tree: string;
  /** `verification.verified` of the commit as GitHub answers it. */
  verified: boolean;
  url: string;
}>;

/** The pull request stands, new or updated. */
export type PullRequestOpened = Readonly<{
  type: 'pull_request_opened';
  number: number;
  url: string;
  draft: boolean;
  title: string;
  /** True when an open pull request of the branch was updated instead. */
  updated: boolean;
}>;

export type Conclusion =
  | 'pull_request'
  | 'answered'
  | 'blocked'
  | 'out_of_budget'
  | 'rejected_by_review'
  | 'refused'
  | 'skipped'
  | 'cancelled'
  | 'dry_run'
  | 'failed';

export type TestsVerdict = 'proven' | 'passed' | 'failed' | 'none';

export type Totals = Readonly<{
  turns: number;
  /** US dollars, calls that broke off counted at their worst case. */
  cost_usd: number;
  /** Cached tokens included. */
  input_tokens: number;
  cache_read_tokens: number;
  cache_write_tokens: number;
  output_tokens: number;
}>;

/** The last event. A transcript without it was cut off, or its run is still under way. */
export type RunEnded = Readonly<{
  type: 'run_ended';
  conclusion: Conclusion;
  /** One line for a person: what happened and what to do. */
  reason: string;
  /** For `out_of_budget`. */
  limit?: 'turns' | 'dollars' | 'minutes' | 'context';
  /** For `blocked` with a question. */
  question?: string;
  /** For `report_blocked`: its kind. */
  blocked_kind?: string;
  totals: Totals;
  tests: TestsVerdict;
}>;
