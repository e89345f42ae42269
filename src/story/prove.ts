import type { Parts } from '../agent/parts.ts';
import { coveredSources } from '../evidence/covered-sources.ts';
import { judgeFailsBefore, planFailsBefore, type FailsBeforePlan, type MutationRun } from '../evidence/fails-before.ts';
import { isGreen, type GateResult, type Run } from '../evidence/gate.ts';
import { languageOf } from '../evidence/languages.ts';
import { mutations } from '../evidence/mutations.ts';
import type { Host } from '../toolhost/wire.ts';
import { testOnce, type ReadTests } from '../tools/run-tests.ts';
import type { Change } from '../toolhost/wire.ts';
import type { PushInput } from '../tools/endings.ts';
import type { TestsRan } from '../transcript/events.ts';

/** Mutants tried for a change of kind `tests`; the first that is caught ends it. */
const MUTANTS = 8;
const SOURCE_BYTES = 256 * 1024;

export type Proof = Readonly<{
  host: Host;
  baseTree: string;
  tree: string;
  changes: readonly Change[];
  patch: string;
  input: PushInput;
  ticket: string;
  command: string | undefined;
  /** Whole runs so far, in order; the base run first. */
  runs: readonly TestsRan[];
  /** Whole output of the base run; empty on a resumed run. */
  baseOutput: string;
  readTests: ReadTests;
  clean(text: string): string;
  openLog: Parts['openLog'];
  turn: number;
  signal: AbortSignal;
}>;

/**
 * Gate 3, "fails before, passes after": the changed tests alone are laid over the base, in place (installed dependencies are ignored files and stay), and
 * run. Yields each run; answers the gate's result. Whatever happens, the files come back to the tree that is to be pushed.
 */
export async function* prove(proof: Proof): AsyncGenerator<TestsRan, GateResult> {
  const { host, tree, baseTree, changes, patch, input, command, signal } = proof;
  const kind = input.change_kind ?? 'fix';
  const base = proof.runs.find(({ phase }) => phase === 'base');
  const changeRun = proof.runs.findLast((run) => run.tree === tree);
  const plan = planFailsBefore({ kind, changes, patch, command: command ?? null });
  const judge = (more: {
    plan: FailsBeforePlan;
    base?: Run | undefined;
    baseRun?: Run | undefined;
    mutations?: readonly MutationRun[];
  }): GateResult => judgeFailsBefore({ kind, changeRun, ticket: proof.ticket, ...more }).result;

  if (plan.kind === 'no_tests' && kind !== 'tests' && base && !isGreen(base) && changeRun) {
    return judge({ plan: asTheyStand, baseRun: { ...base, tail: proof.baseOutput || base.tail } });
  }
  if (plan.kind !== 'run_on_base' || command === undefined || changeRun === undefined || !isGreen(changeRun)) return judge({ plan, base });

  try {
    const take = { from: tree, paths: plan.overlay };
    const { tree: laid } = await host.call('switch_to', { tree: baseTree, take }, signal);
    const { event, run } = await runOn(proof, laid, command);
    yield event;
    const mutants = plan.mutate && isGreen(run) ? yield* mutated(proof, take, plan.tests, command) : [];
    return judge({ plan, base, baseRun: run, mutations: mutants });
  } finally {
    // By a signal of its own: also after an interruption the files must be what the transcript says.
    await host.call('switch_to', { tree }, AbortSignal.timeout(30_000));
  }
}

/** The ticket's tests are in the repository already: the base run itself is the failing one. */
const asTheyStand: FailsBeforePlan = { kind: 'run_on_base', overlay: [], tests: ['The tests that were there'], mutate: false };

async function runOn(proof: Proof, tree: string, command: string): Promise<{ event: TestsRan; run: Run }> {
  const log = proof.openLog(proof.turn, 'fails-before');
  const { run, result } = await testOnce(proof.host, command, [], proof.readTests, proof.signal, (piece) => log.write(piece));
  log.close();
  await proof.host.call('tree', { leave_out_new: true }, proof.signal);
  const file = log.path();
  const { partial: _, ...facts } = run;
  const event: TestsRan = {
    type: 'tests_ran',
    phase: 'gate',
    turn: proof.turn,
    ...facts,
    tail: proof.clean(run.tail),
    tree,
    ...(file === undefined ? {} : { log: file }),
  };
  // The judge reads assertion messages, which may stand far above the last lines.
  return { event, run: { ...event, tail: result.output } };
}

/** Small mutations of the code that the new tests cover, one at a time, until one is caught. */
async function* mutated(
  proof: Proof,
  take: { from: string; paths: string[] },
  tests: readonly string[],
  command: string,
): AsyncGenerator<TestsRan, MutationRun[]> {
  const { host, baseTree, signal } = proof;
  const done: MutationRun[] = [];
  for (const { path, source } of await covered(proof, tests)) {
    for (const mutation of mutations(source, languageOf(path), { limit: MUTANTS - done.length })) {
      const write = [{ path, content: Buffer.from(mutation.source).toString('base64') }];
      const { tree } = await host.call('switch_to', { tree: baseTree, take, write }, signal);
      const { event, run } = await runOn(proof, tree, command);
      yield event;
      done.push({ path, description: mutation.description, run });
      if (!isGreen(run) && !run.timed_out) return done;
    }
    if (done.length >= MUTANTS) return done;
  }
  return done;
}

async function covered({ host, tree, signal }: Proof, tests: readonly string[]): Promise<{ path: string; source: string }[]> {
  const { files } = await host.call('sources', { tree, paths: [...tests], max_bytes: SOURCE_BYTES }, signal);
  const all = await host.call('sources', { tree, max_bytes: 0 }, signal);
  const paths = [
    ...new Set(
      files.flatMap(({ path, text }) =>
        coveredSources(
          path,
          text ?? '',
          all.files.map((file) => file.path),
        ),
      ),
    ),
  ];
  if (paths.length === 0) return [];
  const sources = await host.call('sources', { tree, paths, max_bytes: SOURCE_BYTES }, signal);
  return sources.files.flatMap(({ path, text }) => (text === undefined ? [] : [{ path, source: text }]));
}
