import { strFromU8, unzipSync } from 'fflate';
import { ForgeError } from '../forge/error.ts';
import type { GitHub } from '../forge/github.ts';
import { commandOf } from '../ticket/command.ts';
import type { Ticket } from '../ticket/ticket.ts';
import type { Transcript } from '../transcript/events.ts';
import { readTranscript } from '../transcript/read.ts';
import { contextOf, lastOf } from '../transcript/find.ts';
import { verify } from '../transcript/verify.ts';

/** The earlier run that `continue` goes on from: its whole transcript, found to be ours. */
export type EarlierRun = Readonly<{ events: Transcript; run: string; attempt: number; sha256: string }>;

/** Why there is nothing to go on from, or why it is not believed; the message says what to do instead. */
export class CannotContinue extends Error {
  override readonly name = 'CannotContinue';
}

export type ContinueParts = Readonly<{
  github: Pick<GitHub, 'comments' | 'workflowRun' | 'artifacts' | 'artifact'>;
  /** The login of the token's own person; `null` for a job's or an App's token. */
  login: () => Promise<string | null>;
  issue: number;
  /** `owner/name`. */
  repository: string;
  /** Id of the workflow run that goes on. */
  runId: string;
  /** Input `artifact-name`. */
  artifactName: string;
}>;

/** The zip file and the transcript in it, in bytes. */
const MAX_ZIP = 100 * 1024 * 1024;
const MAX_TRANSCRIPT = 200 * 1024 * 1024;
/** One workflow run may have several of our artifacts, one a job. */
const MAX_ARTIFACTS = 10;
/** Runs that are looked at, newest first. */
const MAX_RUNS = 5;

/**
 * Finds the last run of an issue: our own final comment names the run and the last hash of its transcript; the artifact of that run must hold just that
 * transcript, whole and unaltered, from a run of the same workflow file of the same repository (attack 36). `null` when no run of ours has ended on this issue.
 * Throws `CannotContinue` or `ForgeError`.
 */
export async function earlierRun(parts: ContinueParts): Promise<EarlierRun | null> {
  const anchors = await ownAnchors(parts);
  let newest: EarlierRun | null = null;
  try {
    for (const anchor of anchors.slice(0, MAX_RUNS)) {
      await refuseForeignRun(parts, anchor.run);
      const run = { ...anchor, events: await transcriptOf(parts, anchor) };
      newest ??= run;
      // One that could not even begin (a `continue` without a permission, say) has nothing to go on from: the one before it has.
      if (contextOf(run.events)) return run;
    }
    return newest;
  } catch (error) {
    if (!(error instanceof ForgeError) || error.kind !== 'forbidden') throw error;
    throw new CannotContinue(
      `To go on from an earlier run its artifact must be read, and the token may not (${error.said}). Put into the workflow's job, beside the other permissions:\npermissions:\n  actions: read\nOr ask anew, with what is to be done.`,
      { cause: error },
    );
  }
}

type Anchor = Readonly<{ run: string; attempt: number; sha256: string }>;

/** What our final comments say, newest first. Anybody can write such a text: only a bot's counts, or that of the token's own person. */
async function ownAnchors({ github, issue, login: own }: ContinueParts): Promise<Anchor[]> {
  const [comments, login] = await Promise.all([github.comments(issue), own()]);
  const isOwn = ({ author, authorType }: (typeof comments)[number]): boolean =>
    login === null ? authorType === 'Bot' || author.endsWith('[bot]') : author.toLowerCase() === login.toLowerCase();
  return comments.toReversed().flatMap((comment) => (isOwn(comment) ? (anchorIn(comment.body) ?? []) : []));
}

/** The marker is the comment's first line, the hash its last; what stands between may be the model's words. */
function anchorIn(body: string): Anchor | null {
  const [, run, attempt] = /^<!-- alchemist: run=(\d+) attempt=(\d+) -->/.exec(body) ?? [];
  const sha256 = /Last hash of the transcript: `sha256:([0-9a-f]{64})`<\/sub>\s*$/.exec(body)?.[1];
  return run === undefined || attempt === undefined || sha256 === undefined ? null : { run, attempt: Number(attempt), sha256 };
}

async function refuseForeignRun({ github, repository, runId }: ContinueParts, run: string): Promise<void> {
  const [theirs, own] = await Promise.all([github.workflowRun(run), github.workflowRun(runId)]);
  const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
  for (const name of [theirs.repository, theirs.headRepository]) {
    if (name !== '' && !same(name, repository))
      throw new CannotContinue(
        `The run ${run} that a comment names is one of ${name}, not of ${repository}. Ask anew, with what is to be done.`,
      );
  }
  if (theirs.workflow === '' || !same(theirs.workflow, own.workflow)) {
    throw new CannotContinue(
      `The run ${run} that a comment names is one of the workflow ${theirs.workflow || '(unknown)'}, not of ${own.workflow}. Ask anew, with what is to be done.`,
    );
  }
}

async function transcriptOf({ github, artifactName, issue, repository }: ContinueParts, anchor: Anchor): Promise<Transcript> {
  const found = (await github.artifacts(anchor.run)).filter(({ name }) => name.startsWith(artifactName));
  const usable = found.filter(({ expired, size }) => !expired && size <= MAX_ZIP).slice(0, MAX_ARTIFACTS);
  if (usable.length === 0) {
    const why = found.length === 0 ? `has no artifact named ${artifactName}` : 'has only artifacts that expired or are too large';
    throw new CannotContinue(`The run ${anchor.run} cannot be gone on from: it ${why}. Ask anew, with what is to be done.`);
  }
  let fault = '';
  for (const { id } of usable) {
    const text = transcriptIn(await github.artifact(id));
    const problem = text === null ? 'it holds no transcript.jsonl' : await faultOf(text, anchor, { issue, repository });
    if (text !== null && problem === null) return readTranscript(text).events;
    fault = problem ?? '';
  }
  throw new CannotContinue(
    `The artifact of the run ${anchor.run} is not the one that our comment names (${fault}). Ask anew, with what is to be done.`,
  );
}

function transcriptIn(zip: Buffer): string | null {
  try {
    const files = unzipSync(zip, { filter: ({ name, originalSize }) => name === 'transcript.jsonl' && originalSize <= MAX_TRANSCRIPT });
    return files['transcript.jsonl'] ? strFromU8(files['transcript.jsonl']) : null;
  } catch {
    return null;
  }
}

async function faultOf(text: string, anchor: Anchor, own: { issue: number; repository: string }): Promise<string | null> {
  const { checks, ok } = await verify(text, { anchors: { lastHash: anchor.sha256 } });
  const failed = checks.find((check) => check.ok === false);
  if (failed) return `${failed.name}: ${failed.detail}`;
  const { events } = readTranscript(text);
  if (!ok || events.at(-1)?.hash !== anchor.sha256) return 'its last hash is another';
  const started = lastOf(events, 'run_started');
  if (started?.run.repository.toLowerCase() !== own.repository.toLowerCase()) return 'it is of another repository';
  if (started.ticket.number !== own.issue) return 'it is of another issue';
  return started.run.id === anchor.run ? null : 'it is of another run';
}

/** What a `continue` comes to: the ticket, with the earlier run's words in it, and either that run or why there is none. */
export type GoingOn = Readonly<{ ticket: Ticket; earlier?: EarlierRun; obstacle?: Error }>;

/**
 * A run as it is asked for: a new one, or one that goes on. `continue` with more words and no earlier run is a task like any other. Never throws: what stands in
 * the way must end the run where people see it.
 */
export async function goingOn(ticket: Ticket, find: () => Promise<EarlierRun | null>): Promise<GoingOn> {
  const command = commandOf(ticket.instruction);
  if (command?.kind !== 'continue') return { ticket };
  try {
    const earlier = await find();
    if (earlier === null && command.rest !== '') return { ticket };
    if (earlier === null)
      throw new CannotContinue(
        'No run of Alchemist has ended on this issue yet, so there is nothing to go on from. Ask with what is to be done.',
      );
    const before = lastOf(earlier.events, 'run_started')?.ticket.instruction ?? '';
    return { ticket: { ...ticket, instruction: [before, command.rest].filter((text) => text !== '').join('\n\n') }, earlier };
  } catch (error) {
    return { ticket, obstacle: error instanceof Error ? error : new Error(String(error)) };
  }
}
