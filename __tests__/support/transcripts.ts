import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Message } from '../../src/model/model.ts';
import { chained } from '../../src/transcript/chain.ts';
import type { Conclusion, Event, Facts, Finding, GateName, Purpose, Review, RunStarted, Transcript } from '../../src/transcript/events.ts';
import type { GitRunner } from '../../src/transcript/objects.ts';
import { finalTotals } from '../../src/transcript/totals.ts';
import { testsVerdict } from '../../src/transcript/find.ts';

/** Runs git as the door does: exactly the given environment and PATH. */
export const runGit: GitRunner = (args, { cwd, env, input }) =>
  new Promise((resolve, reject) => {
    const child = spawn('git', [...args], { cwd, env: { ...env, PATH: process.env['PATH'] ?? '' } });
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (piece: Buffer) => stdout.push(piece));
    child.stderr.on('data', (piece: Buffer) => stderr.push(piece));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code: code ?? 1, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() });
    });
    child.stdin.end(input);
  });

/** Content of files by path; `null` takes one away. */
export type Files = Readonly<Record<string, string | Buffer | null>>;

/** A real Git repository in a temporary folder, with one commit. */
export class Repository {
  readonly dir = mkdtempSync(join(tmpdir(), 'alchemist-transcript-'));
  readonly commit: string;
  tree: string;

  constructor(files: Files) {
    this.git(['init', '-q', '-b', 'main']);
    this.tree = this.write(files);
    this.commit = this.commitTree(this.tree, [], 'Base\n');
    this.git(['update-ref', 'refs/heads/main', this.commit]);
  }

  git(args: readonly string[], input?: string): string {
    const env = { PATH: process.env['PATH'], GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
    const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.invalid', '-c', 'core.autocrlf=false'];
    return execFileSync('git', [...identity, ...args], { cwd: this.dir, env, input, encoding: 'utf8', maxBuffer: 1 << 28 });
  }

  /** Writes files into the working tree and answers the hash of the whole tree. */
  write(files: Files): string {
    for (const [path, content] of Object.entries(files)) {
      const file = join(this.dir, path);
      if (content === null) rmSync(file, { recursive: true });
      else {
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, content);
      }
    }
    this.git(['add', '-A', '-f']);
    return this.git(['write-tree']).trim();
  }

  /** The exact patch between two trees, as `tree_changed` records it. */
  patch(before: string, after: string): string {
    return this.git(['diff', '--binary', '--full-index', '--no-renames', before, after]);
  }

  commitTree(tree: string, parents: readonly string[], message: string): string {
    return this.git(['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent])], message).trim();
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

export const REQUEST: RunStarted['ticket'] = {
  source: 'issue_comment',
  number: 7,
  title: 'Empty ranges are summed wrongly',
  body: '`sum([])` answers `undefined`, it should answer 0.',
  instruction: 'please fix this',
  author: 'ada',
  askedBy: 'grace',
  url: 'https://github.com/acme/sums/issues/7',
  discussion: [{ author: 'grace', association: 'MEMBER', at: '2026-11-20T10:00:00Z', body: 'Seen on main too.', trusted: true }],
};

const CONFIG: RunStarted['config'] = {
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
  sandbox: 'auto',
  network: 'registries',
  protected_paths: ['.github/workflows/**'],
  working_directory: '.',
  branch: 'alchemist/issue-7',
};

/** A call in a reply: name, input, and what it answered. */
export type Call = Readonly<{ name: string; input: Record<string, unknown>; result?: string; isError?: boolean; files?: Files }>;

/** Writes a transcript over a real repository, the way a run does. */
export class Recorder {
  readonly repository: Repository;
  readonly events: Event[] = [];
  #turn = 0;
  #call = 0;
  #minute = 0;

  constructor(repository: Repository) {
    this.repository = repository;
  }

  append(facts: Facts): Event {
    const event = chained(facts, this.events.at(-1), new Date(Date.UTC(2026, 10, 20, 12) + this.#minute++ * 4000));
    this.events.push(event);
    return event;
  }

  get text(): string {
    return textOf(this.events);
  }

  start(changes: Partial<RunStarted['ticket']> = {}, config: Partial<RunStarted['config']> = {}): void {
    const ticket = { ...REQUEST, ...changes };
    const { commit, tree } = this.repository;
    this.append({
      type: 'run_started',
      // No version of ours: what is recorded here the loop did not do, so nothing of it can be done again.
      version: '0.0.0',
      prompts_version: '1',
      run: {
        id: '4242',
        attempt: 1,
        url: 'https://github.com/acme/sums/actions/runs/4242',
        repository: 'acme/sums',
        event: 'issue_comment',
        actor: 'grace',
        sha: commit,
        ref: 'refs/heads/main',
        server_url: 'https://github.com',
      },
      ticket,
      config: { ...CONFIG, ...config },
    });
    this.append({
      type: 'noticed',
      kind: 'sandbox',
      text: 'Sandbox: unshare, full. Holds: no network but the proxy.',
      to_model: false,
      data: { launcher: 'unshare', level: 'full' },
    });
    this.append({
      type: 'context_gathered',
      base: { branch: 'main', commit, tree },
      start_tree: tree,
      commands: { test: { command: 'node --test', source: 'package.json scripts.test', confidence: 'high' } },
      parts: [
        { name: 'ticket', source: 'event', characters: ticket.body.length, shown: ticket.body.length, why: '' },
        { name: 'tree', source: 'HEAD', characters: 50_000, shown: 12_000, why: 'longer than its share of the starting context' },
        { name: 'comment by mallory', source: 'issue discussion', characters: 300, shown: 0, why: 'no write access' },
      ],
      ticket,
      system: 'You change code.',
      tools: [{ name: 'read_file', description: 'Reads a file.', input_schema: { type: 'object' } }],
      first_message: 'Fix it.',
    });
  }

  /** One turn: the request, the reply with its calls, and each call's result and change of the tree. */
  turn(text: string, calls: readonly Call[], purpose: Purpose = 'work'): string[] {
    this.#turn += 1;
    const model = CONFIG.model;
    const turn = this.#turn;
    this.append({
      type: 'asked',
      purpose,
      turn,
      attempt: 1,
      model,
      max_tokens: 8000,
      messages: turn * 2 - 1,
      request_sha256: '0'.repeat(64),
      worst_case_usd: 0.4,
    });
    const ids = calls.map(() => `toolu_${++this.#call}`);
    const message = messageOf(text, calls, ids);
    this.append({ type: 'replied', purpose, turn, message, cost_usd: 0.0123, duration_ms: 2100 });
    for (const [index, call] of calls.entries()) this.#run(call, ids[index] ?? '', purpose);
    return ids;
  }

  #run(call: Call, tool_use_id: string, purpose: Purpose): void {
    const { name, input, result: content = 'done', isError: is_error = false, files } = call;
    const turn = this.#turn;
    if (files) this.append({ type: 'tool_started', turn, tool_use_id, name });
    this.append({ type: 'tool_ran', purpose, turn, tool_use_id, name, input, content, is_error, executed: true, duration_ms: 12 });
    if (files) this.change(files, tool_use_id);
  }

  change(files: Files, tool_use_id: string): void {
    const { repository } = this;
    const before = repository.tree;
    const after = repository.write(files);
    repository.tree = after;
    this.append({
      type: 'tree_changed',
      turn: this.#turn,
      tool_use_id,
      before,
      after,
      patch: repository.patch(before, after),
      files: Object.keys(files),
    });
  }

  tests(phase: 'base' | 'work' | 'gate', exit_code: number | null, tool_use_id?: string): void {
    const counts = exit_code === 0 ? { passed: 3, failed: 0, skipped: 0 } : { passed: 2, failed: 1, skipped: 0 };
    this.append({
      type: 'tests_ran',
      phase,
      turn: this.#turn,
      ...(tool_use_id === undefined ? {} : { tool_use_id }),
      command: 'node --test',
      exit_code,
      timed_out: exit_code === null,
      tree: this.repository.tree,
      duration_ms: 900,
      counts,
      failing: exit_code === 0 ? [] : ['sum of nothing is 0'],
      tail: exit_code === 0 ? 'ok' : 'not ok 3 - sum of nothing is 0',
    });
  }

  gate(gate: GateName, outcome: 'passed' | 'refused' | 'noted' | 'skipped', detail: string, tool_use_id: string): void {
    this.append({ type: 'gate_checked', turn: this.#turn, tool_use_id, gate, outcome, detail, tree: this.repository.tree });
  }

  review(round: number, review: Review | null, blocking: readonly Finding[], tool_use_id: string, dropped: readonly Finding[] = []): void {
    const verdict = review === null ? 'unanswered' : blocking.length > 0 ? 'revise' : 'proceed';
    const { tree } = this.repository;
    this.append({ type: 'reviewed', turn: this.#turn, tool_use_id, round, model: CONFIG.model, verdict, review, blocking, dropped, tree });
  }

  /** A real commit of the tree, with the trailers of the contract. */
  push(): void {
    const { commit: parent, tree } = this.repository;
    const hash = this.events.at(-1)?.hash ?? '';
    const url = 'https://github.com/acme/sums/actions/runs/4242';
    const message = `Sum nothing to 0\n\nFixes #7\n\nAlchemist-Run: ${url}\nAlchemist-Transcript: sha256:${hash}\n`;
    const commit = this.repository.commitTree(tree, [parent], message);
    const at = `https://github.com/acme/sums/commit/${commit}`;
    this.append({ type: 'pushed', branch: CONFIG.branch, created: true, commit, parent, tree, verified: true, url: at });
    const pull = 'https://github.com/acme/sums/pull/8';
    this.append({ type: 'pull_request_opened', number: 8, url: pull, draft: false, title: 'Sum nothing to 0', updated: false });
  }

  end(conclusion: Conclusion, reason: string): void {
    this.append({ type: 'run_ended', conclusion, reason, totals: finalTotals(this.events), tests: testsVerdict(this.events) });
  }
}

function messageOf(text: string, calls: readonly Call[], ids: readonly string[]): Message {
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: CONFIG.model,
    content: [
      { type: 'thinking', thinking: `I think: ${text}`, signature: 'c2ln' },
      { type: 'text', text, citations: null },
      ...calls.map(({ name, input }, index) => ({ type: 'tool_use', id: ids[index], name, input })),
    ],
    stop_reason: calls.length > 0 ? 'tool_use' : 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 120, cache_creation_input_tokens: 400, cache_read_input_tokens: 6000, output_tokens: 210 },
  };
  return message as unknown as Message;
}

/** The file of a transcript. */
export function textOf(events: Transcript): string {
  return events.map((event) => JSON.stringify(event) + '\n').join('');
}

/** The chain computed anew over altered events: what somebody who holds the file can do. */
export function rechained(events: readonly Event[]): Event[] {
  const result: Event[] = [];
  for (const { seq: _seq, prev: _prev, hash: _hash, at, ...facts } of events) result.push(chained(facts, result.at(-1), new Date(at)));
  return result;
}

export const SUM_FILES = {
  'package.json': '{"name":"sums","scripts":{"test":"node --test"}}\n',
  'src/sum.js':
    'export function sum(numbers) {\n  let total;\n  for (const number of numbers) {\n    total = (total ?? 0) + number;\n  }\n  return total;\n}\n',
  'test/sum.test.js': "import { sum } from '../src/sum.js';\n// tests\n",
  'README.md': '# Sums\n',
};

export const FINDING: Finding = {
  severity: 'major',
  category: 'bug',
  file: 'src/sum.js',
  start_line: 2,
  end_line: 2,
  claim: 'Strings are concatenated',
  failure_scenario: "sum(['1']) answers '01'",
  confidence: 0.9,
};

/** What a test may say differently. `text` goes into every place that the model or a stranger writes. */
export type Story = Readonly<{ ticket?: Partial<RunStarted['ticket']>; text?: string; reads?: number }>;

/** A whole run: base tests red, a fix, a review that asks for a revision, a second round that lets it pass, the push, the end. */
export function recordedRun(story: Story = {}): Recorder {
  const { text = 'The sum of nothing must be 0.', reads = 1 } = story;
  const recorder = new Recorder(new Repository(SUM_FILES));
  recorder.start(story.ticket);
  recorder.tests('base', 1);
  for (let index = 0; index < reads; index++) {
    recorder.turn(`${text} I look at the source.`, [{ name: 'read_file', input: { path: 'src/sum.js' }, result: `1\t${text}` }]);
  }
  const requirements = [
    { id: 'R1', text: `sum([]) answers 0. ${text}`, status: 'open' },
    { id: 'R2', text: 'a test pins it', status: 'open' },
  ];
  recorder.turn(text, [{ name: 'update_plan', input: { requirements, files_expected: ['src/sum.js', 'test/sum.test.js'] } }]);
  const fixed = SUM_FILES['src/sum.js'].replace('let total;', 'let total = 0;');
  recorder.turn('Now the fix.', [
    {
      name: 'edit_file',
      input: { path: 'src/sum.js', edits: [{ old_str: 'let total;', new_str: 'let total = 0;' }] },
      files: { 'src/sum.js': fixed },
    },
    {
      name: 'write_file',
      input: { path: 'test/sum.test.js', content: text },
      files: { 'test/sum.test.js': `${SUM_FILES['test/sum.test.js']}// ${text}\n` },
    },
  ]);
  const [ran = ''] = recorder.turn('Tests.', [{ name: 'run_tests', input: {}, result: 'exit code 0' }]);
  recorder.tests('work', 0, ran);
  const push = { name: 'push_changes', input: { title: 'Sum nothing to 0', summary: text, requirements: [] } };
  const minor: Finding = { ...FINDING, severity: 'minor', category: 'style', claim: `Style: ${text}`, confidence: 0.4 };
  askForReview(recorder, push, 1, [FINDING, minor], [FINDING], text);
  const safer = fixed.replace('(total ?? 0) + number', 'total + Number(number)');
  const [edit = ''] = recorder.turn('The reviewer is right.', [
    { name: 'edit_file', input: { path: 'src/sum.js', edits: [] }, files: { 'src/sum.js': safer } },
  ]);
  recorder.tests('work', 0, edit);
  askForReview(recorder, push, 2, [], [], text);
  recorder.push();
  recorder.end('pull_request', 'Opened pull request #8.');
  return recorder;
}

function askForReview(recorder: Recorder, push: Call, round: number, findings: Finding[], blocking: Finding[], text: string): void {
  const [asked = ''] = recorder.turn('Done.', [push]);
  recorder.gate('tests', 'passed', 'node --test exited 0 on this tree', asked);
  recorder.gate('fails_before', 'passed', 'the changed tests fail on the base', asked);
  recorder.gate('scope', 'noted', `1 file outside the plan. ${text}`, asked);
  recorder.turn('Reviewed.', [], 'review');
  const hunks = [{ file: 'src/sum.js', start_line: 1, requirement: 'R1' }];
  const judged = [
    { id: 'R1', status: 'met' as const, evidence: `src/sum.js:2 ${text}` },
    { id: 'R2', status: 'unverifiable' as const, evidence: '' },
  ];
  recorder.review(round, { summary: text, requirements: judged, findings, hunks }, blocking, asked);
}
