import { Interruption } from './agent/parts.ts';
import { work } from './agent/loop.ts';
import type { Ending } from './agent/ending.ts';
import { PROMPTS_VERSION } from './prompts/author.ts';
import { connectHost } from './sandbox/host.ts';
import type { SandboxFacts } from './sandbox/launcher.ts';
import { checkFirst } from './story/check-first.ts';
import { inWords } from './story/disk-fault.ts';
import { gather } from './story/gather.ts';
import { askModels } from './story/models.ts';
import { gatherParts, loopParts } from './story/parts.ts';
import { publicConfig, type Run } from './story/run.ts';
import type { Host } from './toolhost/wire.ts';
import { chained } from './transcript/chain.ts';
import type { Event, Facts, Transcript } from './transcript/events.ts';
import { withoutSecrets } from './transcript/redaction.ts';
import { finalTotals } from './transcript/totals.ts';
import { lastTree, testsVerdict } from './transcript/find.ts';

/** The story: ticket → context → work, with gates, review and publication inside it → the ending. Always ends with `run_ended` in the transcript. */
export async function alchemist(run: Run): Promise<Transcript> {
  const { log } = run;
  const append = (facts: Facts): Event => {
    // The last gate before the disk: a key in a ticket, a file's name or a server's own error message is written down nowhere.
    const event = log.append(withoutSecrets(facts, run.redactor));
    run.onEvent(event);
    run.progress.update(log.events);
    return event;
  };
  append({ type: 'run_started', ...run.started, prompts_version: PROMPTS_VERSION, ticket: run.ticket, config: publicConfig(run) });
  run.progress.start(log.events);

  const clock = deadline(run);
  const signal = AbortSignal.any([run.cancelled, clock.signal]);
  let ending: Ending;
  try {
    ending = await attempt(run, append, signal);
  } catch (error) {
    ending = endingOf(error, signal);
  } finally {
    clock.clear();
  }
  const ended: Facts = {
    type: 'run_ended',
    ...ending,
    reason: run.redactor.clean(ending.reason).text,
    totals: finalTotals(log.events),
    tests: testsVerdict(log.events),
  };
  try {
    append(ended);
    return log.events;
  } catch (error) {
    // No room for it on the disk: people are told from memory.
    run.onWarning(`The transcript has no last event: ${inWords(error)}`);
    return [...log.events, chained(ended, log.events.at(-1), new Date(run.now()))];
  }
}

async function attempt(run: Run, append: (facts: Facts) => Event, signal: AbortSignal): Promise<Ending> {
  const { config } = run;
  if (run.obstacle) throw run.obstacle;
  const models = askModels(config, (model) => run.describe(model, signal));
  const checked = checkFirst([run.preflight(), models], run.cancelled);
  const [discussed, launched] = await settle([run.discussed(), run.launcher(run.launch, signal)]).catch(checked.joined);
  const ticket = withoutSecrets(discussed, run.redactor);
  const host = connectHost(launched);
  try {
    append(sandboxNotice(launched.facts));
    const gathering = gather(gatherParts(run, ticket, host, signal), AbortSignal.any([signal, checked.failed]));
    const gathered = await drive(gathering, append).catch(checked.instead);
    for (const text of await checked.remarks()) append({ type: 'noticed', kind: 'preflight', text, to_model: false });
    const parts = loopParts(run, { ticket, host, gathered, models: (await models).known });
    try {
      return await drive(work(parts, run.log.events, signal), append);
    } finally {
      await keepPatch(run, host, gathered.context.base.tree);
    }
  } finally {
    await host.close();
    await launched.close();
  }
}

/** Appends each fact before the generator goes on: the transcript is a write-ahead log. */
async function drive<R>(generator: AsyncGenerator<Facts, R, Event>, append: (facts: Facts) => Event): Promise<R> {
  let next = await generator.next();
  while (next.done !== true) next = await generator.next(append(next.value));
  return next.value;
}

/** Both at once; when one fails, the other is waited for, so that nothing started is left behind unseen. Rejects with what failed; an `AggregateError` where both did. */
async function settle<A, B extends { close(): Promise<void> }>([a, b]: [Promise<A>, Promise<B>]): Promise<[A, B]> {
  const [first, second] = await Promise.allSettled([a, b]);
  if (first.status === 'fulfilled' && second.status === 'fulfilled') return [first.value, second.value];
  if (second.status === 'fulfilled') await second.value.close();
  const reasons = [second, first].flatMap((result): unknown[] => (result.status === 'rejected' ? [result.reason] : []));
  throw reasons.length > 1 && reasons[0] !== reasons[1] ? new AggregateError(reasons) : reasons[0];
}

/** What was done is never lost: the change against the base, whatever the ending. */
async function keepPatch(run: Run, host: Host, baseTree: string): Promise<void> {
  const tree = lastTree(run.log.events);
  if (tree === undefined || tree === baseTree) return;
  try {
    const patch = await host.call(
      'diff',
      { from: baseTree, to: tree, binary: true, max_bytes: 12 * 1024 * 1024 },
      AbortSignal.timeout(5_000),
    );
    run.folder.write('change.patch', patch.text);
  } catch (error) {
    run.onWarning(`change.patch could not be written: ${(error as Error).message}`);
  }
}

function endingOf(error: unknown, signal: AbortSignal): Ending {
  if (signal.aborted && signal.reason instanceof Interruption) {
    const reason = signal.reason.message;
    if (signal.reason.by === 'minutes') return { conclusion: 'out_of_budget', limit: 'minutes', reason };
    return { conclusion: 'cancelled', reason };
  }
  return { conclusion: 'failed', reason: inWords(error) };
}

/** The time limit as a signal. */
function deadline(run: Run): { signal: AbortSignal; clear(): void } {
  const { minutes } = run.config.limits;
  const controller = new AbortController();
  const stop = (): void => controller.abort(new Interruption('minutes', `The limit of ${minutes} minutes is used up`));
  const timer = setTimeout(stop, minutes * 60_000);
  return { signal: controller.signal, clear: () => clearTimeout(timer) };
}

function sandboxNotice({ launcher, level, holds, lacks }: SandboxFacts): Facts {
  const text = `Sandbox: ${launcher} (${level}).${holds.length > 0 ? ` Holds: ${holds.join('; ')}.` : ''}${lacks.length > 0 ? ` Lacks: ${lacks.join('; ')}.` : ''}`;
  return {
    type: 'noticed',
    kind: 'sandbox',
    text,
    to_model: false,
    data: { launcher, level, holds: holds.join('; '), lacks: lacks.join('; ') },
  };
}
