import { LAST_GATE } from '../agent/next-step.ts';
import type { Parts } from '../agent/parts.ts';
import type { State } from '../agent/state.ts';
import type { Config } from '../config.ts';
import type { GateResult } from '../evidence/gate.ts';
import { checksGate, type CheckRun } from '../evidence/checks-gate.ts';
import { leftoversGate } from '../evidence/leftovers-gate.ts';
import { scopeGate } from '../evidence/scope-gate.ts';
import { noNewFailuresGate, testsGate } from '../evidence/tests-gate.ts';
import { weakenedTestsGate } from '../evidence/weakened-tests-gate.ts';
import { prove } from './prove.ts';
import { checkPolicy, executableConfiguration, touchesProtected } from '../publish/policy.ts';
import type { Change, Host } from '../toolhost/wire.ts';
import type { PushInput } from '../tools/endings.ts';
import { OUTPUT_CUT } from '../tools/run-command.ts';
import { testOnce, type ReadTests } from '../tools/run-tests.ts';
import type { ContextGathered, GateChecked, TestsRan, Transcript } from '../transcript/events.ts';
import type { Redactor } from '../transcript/redaction.ts';
import { allOf } from '../transcript/find.ts';
import { planOf } from '../transcript/plan.ts';

const PATCH_BYTES = 8 * 1024 * 1024;

export type GateParts = Readonly<{
  host: Host;
  config: Config;
  base: ContextGathered['base'];
  testCommand: string | undefined;
  checkCommand: string | undefined;
  baseOutput: string;
  /** The ticket's words: a reported exception is known by its name. */
  ticket: string;
  readTests: ReadTests;
  openLog: Parts['openLog'];
  redactor: Redactor;
  events(): Transcript;
}>;

/** What every gate looks at: the change as it stands, from the untrusted side, and the records of this one. */
type Material = Readonly<{
  parts: GateParts;
  tree: string;
  changes: readonly Change[];
  patch: string;
  input: PushInput;
  turn: number;
  signal: AbortSignal;
}>;

/** The gates of a `push_changes`, in their order. Run by the harness; none can be skipped or talked out of it by the model. */
export function gates(parts: GateParts): Parts['check'] {
  return async function* (state: State, call, signal): AsyncGenerator<GateChecked | TestsRan> {
    const range = { from: parts.base.tree, to: state.tree };
    const { changes } = await parts.host.call('changes', range, signal);
    const { text: patch } = await parts.host.call('diff', { ...range, max_bytes: PATCH_BYTES }, signal);
    const turn = state.totals.totals.turns;
    const material: Material = { parts, tree: state.tree, changes, patch, input: call.input as PushInput, turn, signal };
    let refused = false;
    for (const gate of GATES) {
      // Running things costs minutes: not for a change that is refused already.
      if (refused && COSTLY.has(gate)) continue;
      const result = gate(material);
      const { gate: name, outcome, detail } = Symbol.asyncIterator in result ? yield* result : await result;
      refused ||= outcome === 'refused';
      yield {
        type: 'gate_checked',
        turn,
        tool_use_id: call.id,
        gate: name,
        outcome,
        detail: parts.redactor.clean(detail).text,
        tree: state.tree,
      };
    }
  };
}

type Gate = (material: Material) => GateResult | Promise<GateResult> | AsyncGenerator<TestsRan, GateResult>;

const GATES: readonly Gate[] = [
  change,
  protectedPaths,
  policy,
  tests,
  noNewFailures,
  weakened,
  leftovers,
  scope,
  failsBefore,
  checks,
  secrets,
];
const COSTLY: ReadonlySet<Gate> = new Set([failsBefore, checks]);

function change({ changes }: Material): GateResult {
  if (changes.length > 0)
    return {
      gate: 'change',
      outcome: 'passed',
      detail: `${changes.length} ${changes.length === 1 ? 'file differs' : 'files differ'} from the base commit.`,
    };
  const detail = 'Nothing was changed. Make the change first; if none is needed, call report_blocked (kind answered) and say why.';
  return { gate: 'change', outcome: 'refused', detail };
}

function protectedPaths({ changes, parts }: Material): GateResult {
  const touched = touchesProtected(
    changes.map(({ path }) => path),
    parts.config.protectedPaths,
  );
  if (touched.length === 0) return { gate: 'protected_paths', outcome: 'passed', detail: 'No protected path is touched.' };
  const named = touched.map(({ path, glob }) => `${path} (${glob})`).join(', ');
  return {
    gate: 'protected_paths',
    outcome: 'refused',
    detail: `These paths are protected and may not change: ${named}. Put them back as they were in the base commit.`,
  };
}

async function policy({ changes, parts, signal }: Material): Promise<GateResult> {
  const links = changes.filter(({ new_mode, size }) => new_mode === '120000' && size < 4096);
  const targets = new Map<string, string>();
  for (const { path, new_id } of links) {
    const { content } = await parts.host.call('blob', { id: new_id, max_bytes: 4096 }, signal);
    targets.set(path, Buffer.from(content, 'base64').toString('utf8'));
  }
  const refusals = checkPolicy(changes, targets);
  if (refusals.length > 0) return { gate: 'policy', outcome: 'refused', detail: refusals.map(({ message }) => message).join('\n') };
  const executable = executableConfiguration(changes.map(({ path }) => path));
  if (executable.length === 0) return { gate: 'policy', outcome: 'passed', detail: 'Every entry may be published.' };
  return {
    gate: 'policy',
    outcome: 'noted',
    detail: `These files run by themselves later, in CI or on a developer's machine; the pull request is a draft: ${executable.join(', ')}`,
  };
}

/** A red run is repeated once: a test that then passes is flaky, which is said and does not refuse. */
async function* tests(material: Material): AsyncGenerator<TestsRan, GateResult> {
  const { parts, tree } = material;
  const command = parts.testCommand;
  const last = wholeRuns(parts).findLast((run) => run.tree === tree && run.phase !== 'base');
  if (command !== undefined && last && last.exit_code !== 0 && !last.timed_out) yield await testedAgain(material, command);
  return testsGate({ tree, runs: wholeRuns(parts), command: command ?? null });
}

async function testedAgain({ parts, tree, turn, signal }: Material, command: string): Promise<TestsRan> {
  const log = parts.openLog(turn, 'tests-again');
  const { run } = await testOnce(parts.host, command, [], parts.readTests, signal, (piece) => {
    log.write(piece);
  });
  log.close();
  await parts.host.call('tree', { leave_out_new: true }, signal);
  await parts.host.call('switch_to', { tree }, signal);
  const { partial: _, ...facts } = run;
  return { type: 'tests_ran', phase: 'gate', turn, ...facts, tail: parts.redactor.clean(run.tail).text, tree };
}

function noNewFailures({ parts, tree }: Material): GateResult {
  const runs = wholeRuns(parts);
  const base = runs.find(({ phase }) => phase === 'base');
  return noNewFailuresGate(
    base,
    runs.findLast((run) => run.tree === tree),
  );
}

function leftovers({ patch, changes, input }: Material): GateResult {
  const sizes = Object.fromEntries(changes.map(({ path, size }) => [path, size]));
  return leftoversGate({ patch, sizes, explanations: input.explanations ?? [] });
}

function weakened({ patch, input }: Material): GateResult {
  return weakenedTestsGate({ patch, explanations: input.explanations ?? [] });
}

function scope({ patch, parts }: Material): GateResult {
  return scopeGate({ patch, filesExpected: planOf(parts.events())?.filesExpected });
}

function failsBefore({ parts, tree, changes, patch, input, turn, signal }: Material): AsyncGenerator<TestsRan, GateResult> {
  const { host, ticket, readTests, openLog, redactor, baseOutput } = parts;
  const clean = (text: string): string => redactor.clean(text).text;
  const common = {
    host,
    baseTree: parts.base.tree,
    tree,
    changes,
    patch,
    input,
    ticket,
    baseOutput,
    readTests,
    openLog,
    turn,
    signal,
    clean,
  };
  return prove({ ...common, command: parts.testCommand, runs: wholeRuns(parts) });
}

/** Seconds a check (lint, types) may take. */
const CHECK_TIMEOUT_S = 600;

/** New lint and type errors only: the same command on the base and on the change, in place. */
async function checks({ parts, tree, signal }: Material): Promise<GateResult> {
  const { host, checkCommand: command } = parts;
  if (command === undefined) return checksGate(null, null);
  const run = async (): Promise<CheckRun> => {
    const result = await host.call('run', { command, timeout_s: CHECK_TIMEOUT_S, ...OUTPUT_CUT, tail_bytes: 1024 * 1024 }, signal);
    await host.call('tree', { leave_out_new: true }, signal);
    return { command, exit_code: result.exit_code, timed_out: result.timed_out, output: result.output };
  };
  try {
    const after = await run();
    if (after.exit_code === 0) return checksGate(null, after);
    await host.call('switch_to', { tree: parts.base.tree }, signal);
    return checksGate(await run(), after);
  } finally {
    await host.call('switch_to', { tree }, AbortSignal.timeout(30_000));
  }
}

/** Last: a known secret in what is about to leave, in whatever encoding. */
function secrets({ parts, patch, input }: Material): GateResult {
  const gate = LAST_GATE;
  if (parts.redactor.known(patch) || parts.redactor.known(JSON.stringify(input))) {
    return { gate, outcome: 'refused', detail: 'A known secret stands in the change or in its description. Remove it.' };
  }
  const { count } = parts.redactor.shapes(patch);
  if (count > 0)
    return {
      gate,
      outcome: 'noted',
      detail: `${count} ${count === 1 ? 'text looks' : 'texts look'} like a key or token; a maintainer should look.`,
    };
  return { gate, outcome: 'passed', detail: 'No secret of this run stands in the change.' };
}

/** Runs of the whole suite, in order; narrowed ones say nothing of it. */
function wholeRuns({ events }: GateParts): TestsRan[] {
  return allOf(events(), 'tests_ran').filter(({ partial }) => partial !== true);
}
