import { eventHash, GENESIS } from './chain.ts';
import { endingFault, evidenceDetail, totalsFault } from './ending.ts';
import type { Event, Pushed, Transcript } from './events.ts';
import { objectReader } from './objects.ts';
import type { GitObject, GitRunner, ReadObjects } from './objects.ts';
import { callsFault, repliesFault, treesFault } from './pairing.ts';
import type { Fault } from './pairing.ts';
import { readTranscript } from './read.ts';
import { testsFault } from './test-evidence.ts';
import { replayTrees } from './replay.ts';
import { contextOf, endingOf, lastOf } from './find.ts';

/** One line of the answer. `unknown`: it could not be checked; `detail` says why and what to do. */
export type Check = Readonly<{ name: string; ok: boolean | 'unknown'; detail: string }>;

/** What is known from outside the file: the only thing that a recomputed chain cannot match. */
export type Anchors = Readonly<{
  /** Hash of the last event: the output `transcript-sha256`, or the last line of the final comment. */
  lastHash?: string;
}>;

export type Verification = Readonly<{
  /** Nothing failed, and nothing that was asked for stayed unknown. */ ok: boolean;
  checks: readonly Check[];
}>;

/** With `repo`, a folder with the repository, trees are replayed there and the published commit is read; `git` runs git in it. */
export type VerifyOptions = Readonly<{
  anchors?: Anchors;
  /** Checks that know the loop, which this layer does not. */
  recompute?: (events: Transcript) => readonly Check[];
}> &
  (Readonly<{ repo: string; git: GitRunner }> | Readonly<{ repo?: undefined }>);

/**
 * Proves a transcript from its text alone, and from a repository when one is given: offline, without a model, writing nothing. Never throws for
 * anything in `text`; throws when git cannot run.
 */
export async function verify(text: string, options: VerifyOptions = {}): Promise<Verification> {
  const parsed = parse(text);
  if (typeof parsed === 'string') return { ok: false, checks: [{ name: 'file', ok: false, detail: parsed }] };
  const { events, partial } = parsed;
  const checks: Check[] = [chainCheck(text, events, partial)];
  // What follows trusts the shape of the events. After a broken link only their text is worth a look.
  if (checks[0]?.ok !== true) return { ok: false, checks: [...checks, anchorCheck(events, options, undefined)] };
  try {
    checks.push(
      check('replies', repliesFault(events), `${count(events, 'replied')} replies, each to the request before it`),
      check('calls', callsFault(events), `${count(events, 'tool_ran')} results, each to one call of the same name and input`),
      check('trees', treesFault(events), `${count(events, 'tree_changed')} changes join up`),
      check('totals', totalsFault(events), 'turns, tokens and cost recomputed equal those recorded'),
      endingCheck(events),
      evidenceCheck(events),
      ...(options.recompute?.(events) ?? []),
    );
  } catch (error) {
    checks.push({
      name: 'shape',
      ok: false,
      detail: `an event lacks what its type demands: ${error instanceof Error ? error.message : String(error)}`,
    });
  }
  const trailer = options.repo === undefined ? undefined : await repositoryChecks(events, objectReader(options.git, options.repo), checks);
  checks.push(anchorCheck(events, options, trailer));
  const due = (one: Check) => one.ok === true || (one.ok === 'unknown' && one.name !== 'replay');
  return { ok: checks.every(due), checks };
}

function parse(text: string): { events: Transcript; partial: string } | string {
  try {
    const read = readTranscript(text);
    // A kill can cut the last line, it cannot end a broken one.
    if (read.partial !== '' && text.endsWith('\n'))
      return `line ${read.events.length + 1} is not JSON: it was altered after it was written`;
    if (read.events.length === 0) return 'the file holds no event';
    const odd = read.events.findIndex((event) => typeof event !== 'object' || event === null || Array.isArray(event));
    return odd < 0 ? read : `line ${odd + 1} is not an event`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function chainCheck(text: string, events: Transcript, partial: string): Check {
  const lines = text.split('\n');
  let [previous, seq] = [GENESIS, 0];
  for (const event of events) {
    const fault = linkFault(event, seq, previous, lines[seq] ?? '', events);
    if (fault) return { name: 'chain', ok: false, detail: `event ${seq} (line ${seq + 1}, ${event.type}): ${fault}` };
    [previous, seq] = [event.hash, seq + 1];
  }
  const rest = partial === '' ? '' : `; a partial line after them was set aside (${partial.length} characters, as a kill leaves it)`;
  return { name: 'chain', ok: true, detail: `${events.length} events, last hash ${previous}${rest}` };
}

function linkFault(event: Event, seq: number, previous: string, line: string, events: Transcript): string | undefined {
  if (event.seq !== seq) {
    const earlier = typeof event.seq === 'number' && event.seq < seq;
    const later = events.some((other) => other.seq === seq);
    const why = earlier ? 'an event stands twice or out of order' : later ? 'events were reordered' : 'an event is missing before it';
    return `its seq is ${String(event.seq)} where ${seq} is due: ${why}`;
  }
  if (event.prev !== previous) return `its prev is not the hash of the event before`;
  if (hashOf(event) !== event.hash) return 'its hash does not match its content: it was altered after it was written';
  // The hash is over the canonical form; the bytes of the line are held to be the ones the log writes.
  if (JSON.stringify(event) !== line) return 'its line is not written as the log writes it: it was altered after it was written';
  return undefined;
}

function hashOf(event: Event): string | undefined {
  try {
    return eventHash(event);
  } catch {
    return undefined; // Lone surrogates have no canonical form.
  }
}

function check(name: string, fault: Fault, fine: string): Check {
  return fault ? { name, ok: false, detail: `event ${fault.seq}: ${fault.detail}` } : { name, ok: true, detail: fine };
}

function endingCheck(events: Transcript): Check {
  const ending = endingOf(events);
  if (ending) return check('ending', endingFault(events), `${ending.conclusion}, tests ${ending.tests}: what the events before it say`);
  const detail = 'no run_ended: the run was killed, is still under way, or events were cut from the end; what is there fits';
  return { name: 'ending', ok: 'unknown', detail };
}

function evidenceCheck(events: Transcript): Check {
  const { fault, detail } = evidenceDetail(events);
  return check('evidence', testsFault(events) ?? fault, detail);
}

function count(events: Transcript, type: Event['type']): number {
  return events.filter((event) => event.type === type).length;
}

/** Replay and the published commit. Answers the transcript hash of the commit's trailer, the anchor that the repository holds. */
async function repositoryChecks(events: Transcript, read: ReadObjects, checks: Check[]): Promise<string | undefined> {
  checks.push(await replayCheck(events, read));
  const pushed = lastOf(events, 'pushed');
  if (!pushed) return undefined;
  const commit = (await read([pushed.commit])).get(pushed.commit);
  if (commit?.type !== 'commit') {
    const detail = `commit ${pushed.commit} is not in the repository: git fetch origin ${pushed.commit}`;
    checks.push({ name: 'commit', ok: 'unknown', detail });
    return undefined;
  }
  const { trailer, fault } = publishedCommit(events, pushed, commit);
  checks.push(check('commit', fault, `commit ${pushed.commit} has the tested tree, the recorded parent and the trailers of this run`));
  return trailer;
}

async function replayCheck(events: Transcript, read: ReadObjects): Promise<Check> {
  const name = 'replay';
  const context = contextOf(events);
  if (!context) return { name, ok: true, detail: 'the run ended before it looked at the repository; nothing to replay' };
  const { commit, tree } = context.base;
  const base = (await read([commit])).get(commit);
  if (base?.type !== 'commit') {
    return {
      name,
      ok: 'unknown',
      detail: `the base commit ${commit} is not in the repository: git fetch origin ${commit}, then verify again`,
    };
  }
  if (treeOf(base) !== tree)
    return { name, ok: false, detail: `event ${context.seq}: base commit ${commit} has tree ${treeOf(base)}, not ${tree}` };
  const replay = await replayTrees(events, context.start_tree, read);
  if (replay.kind === 'missing') {
    const why = context.start_tree === tree ? 'the clone is partial or shallow' : 'the workspace did not start as the base commit';
    const detail = `object ${replay.id} is not in the repository (${why}): git fetch origin with the branch it belongs to, then verify again`;
    return { name, ok: 'unknown', detail };
  }
  if (replay.kind === 'omitted') {
    const detail = `event ${replay.seq}: recorded without its patch (${replay.why}); ${replay.steps} patches give each recorded tree, the rest cannot be replayed`;
    return { name, ok: lastOf(events, 'pushed') ? false : 'unknown', detail };
  }
  if (replay.kind === 'failed') return { name, ok: false, detail: `event ${replay.seq}: ${replay.detail}` };
  const pushed = lastOf(events, 'pushed');
  if (pushed && pushed.tree !== replay.tree) {
    return { name, ok: false, detail: `event ${pushed.seq}: pushed tree ${pushed.tree}, but the patches give ${replay.tree}` };
  }
  const end = pushed ? 'the pushed tree' : 'the last tree';
  const without = replay.skipped === 0 ? '' : ` (${replay.skipped} changes without a patch were undone and are left out)`;
  const words = `${replay.steps} patches on base ${commit.slice(0, 12)} give each recorded tree${without}, and at the end ${end} ${replay.tree}`;
  return { name, ok: true, detail: words };
}

function treeOf(commit: GitObject): string {
  return /^tree ([0-9a-f]+)$/m.exec(headerOf(commit))?.[1] ?? '';
}

function headerOf(commit: GitObject): string {
  return commit.content.toString().split('\n\n', 1)[0] ?? '';
}

function publishedCommit(events: Transcript, pushed: Pushed & Event, commit: GitObject): { trailer: string | undefined; fault: Fault } {
  const { seq } = pushed;
  const header = headerOf(commit);
  const message = commit.content.toString().slice(header.length);
  const trailer = /^Alchemist-Transcript: sha256:([0-9a-f]{64})$/m.exec(message)?.[1];
  const parents = [...header.matchAll(/^parent ([0-9a-f]+)$/gm)].map(([, id]) => id);
  const fail = (detail: string) => ({ trailer, fault: { seq, detail } });
  if (treeOf(commit) !== pushed.tree) return fail(`commit ${pushed.commit} has tree ${treeOf(commit)}, not ${pushed.tree}`);
  if (parents.length !== 1 || parents[0] !== pushed.parent)
    return fail(`commit ${pushed.commit} has parent ${parents.join(', ')}, not ${pushed.parent}`);
  const run = /^Alchemist-Run: (.*)$/m.exec(message)?.[1];
  const url = lastOf(events, 'run_started')?.run.url;
  if (run !== url) return fail(`the commit names run ${run ?? 'none'}, the transcript ${url ?? 'none'}`);
  if (trailer === undefined) return fail('the commit names no transcript');
  const named = events.findIndex((event) => event.hash === trailer);
  if (named < 0 || named >= seq) return fail(`the commit names a transcript that ended with ${trailer} before the push: not this one`);
  // A run that was cut between commit and record notes that it went on; anything else after the named event was not known to the commit.
  const between = events.slice(named + 1, seq).find((event) => event.type !== 'noticed');
  return between
    ? fail(`event ${between.seq} (${between.type}) stands between the event that the commit names and the push`)
    : { trailer, fault: undefined };
}

/** Says which anchors were given, and what cannot be detected without those that were not. */
function anchorCheck(events: Transcript, { anchors, repo }: VerifyOptions, trailer: string | undefined): Check {
  const name = 'anchors';
  const last = events.at(-1)?.hash ?? '';
  const unread = repo === undefined ? '; without a repository no patch was replayed and no published commit was read' : '';
  const given = anchors?.lastHash?.replace(/^sha256:/, '').toLowerCase();
  if (given !== undefined && given !== last) {
    const earlier = events.find((event) => event.hash === given);
    const why = earlier
      ? `it is that of event ${earlier.seq} (${earlier.type}): the file goes on after it`
      : 'the file was cut, extended or rewritten';
    return { name, ok: false, detail: `the last hash given is ${given}, that of the file is ${last}: ${why}` };
  }
  if (given !== undefined) {
    const also = trailer === undefined ? '' : " and the commit's trailer";
    return {
      name,
      ok: true,
      detail: `given: the last hash${also}; the last hash is that of the file, which is whole and unaltered${unread}`,
    };
  }
  const where = 'the last hash (output transcript-sha256, or the final comment)';
  const detail =
    trailer === undefined
      ? `given: none; whoever holds the file can rewrite or cut it and compute the chain anew, and that cannot be detected without ${where} or a repository with the published commit${unread}`
      : `given: the commit's trailer, which fixes every event before the push; what was rewritten or cut after it cannot be detected without ${where}`;
  return { name, ok: 'unknown', detail };
}
