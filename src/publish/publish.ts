import { createHash } from 'node:crypto';
import { ForgeError } from '../forge/error.ts';
import type { GitHub, NewEntry, NewPullRequest, PullRequest } from '../forge/github.ts';
import type { Change } from '../toolhost/wire.ts';
import type { PullRequestOpened, Pushed } from '../transcript/events.ts';

/** What is to become one commit on one branch. */
export type Publication = Readonly<{
  github: GitHub;
  /** Content of a blob by its Git object id; comes out of the sandbox and is checked here. */
  blob(id: string): Promise<Uint8Array>;
  /** From `base.tree` to `tree`. The policy has been asked already. */
  changes: readonly Change[];
  /** The parent: the base commit, or the head of the branch that a later run adds to. */
  base: Readonly<{ commit: string; tree: string }>;
  /** Hash of the tree that was tested. */
  tree: string;
  /** Without `refs/heads/`. */
  branch: string;
  /** With the trailers. */
  message: string;
}>;

/** Why nothing was published. */
export class NotPublished extends Error {
  override readonly name = 'NotPublished';
  readonly reason: 'nothing_changed' | 'blob_differs' | 'tree_differs' | 'branch_moved';

  constructor(reason: NotPublished['reason'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/**
 * Publishes by the Git Data API: tree → its hash must equal the tested one → commit → branch, created or fast-forwarded and never forced. Until the last
 * step nothing can be seen from outside, so a failure leaves nothing behind. Called again after an interruption it finds its own commit on the branch and
 * answers with that. Throws `NotPublished` or `ForgeError`.
 */
export async function publishTree(publication: Publication): Promise<Pushed> {
  const { github, base, tree, branch, message } = publication;
  if (tree === base.tree) throw new NotPublished('nothing_changed', 'Nothing was changed, so there is nothing to publish.');
  const head = await github.getRef(branch);
  const resumed = head === null ? null : await earlierPush(publication, head);
  if (resumed) return resumed;
  if (head !== null) await refuseMovedBranch(publication, head);

  const published = await uploadTree(publication);
  if (published !== tree) {
    throw new NotPublished(
      'tree_differs',
      `GitHub's tree ${published} is not the tested tree ${tree}: what would be pushed is not what was tested. Nothing was published; run again.`,
    );
  }
  const commit = await github.createCommit({ message, tree, parents: [base.commit] });
  if (head === null) await createBranch(publication, commit.commit);
  else await moveBranch(publication, commit.commit);
  return pushed(publication, commit, head === null);
}

type Commit = Awaited<ReturnType<GitHub['commit']>>;

function pushed({ github, branch, base, tree }: Publication, commit: Commit, created: boolean): Pushed {
  return {
    type: 'pushed',
    branch,
    created,
    commit: commit.commit,
    parent: base.commit,
    tree,
    verified: commit.verified,
    url: github.commitUrl(commit.commit),
  };
}

/** The branch's head, where it is this run's own commit: same tree, same parent, same run in the trailer. */
async function earlierPush(publication: Publication, head: string): Promise<Pushed | null> {
  if (head === publication.base.commit) return null;
  const commit = await publication.github.commit(head);
  const run = runTrailer(publication.message);
  const own =
    commit.tree === publication.tree &&
    commit.parents.join() === publication.base.commit &&
    run !== undefined &&
    runTrailer(commit.message) === run;
  return own ? pushed(publication, commit, false) : null;
}

/** The last one counts: what stands before it may be the model's words. */
function runTrailer(message: string): string | undefined {
  return [...message.matchAll(/^Alchemist-Run: (.+)$/gm)].at(-1)?.[1]?.trim();
}

/** The branch may stand at the parent, or behind it (an older run's branch that was merged); anything else is somebody's work. */
async function refuseMovedBranch({ github, base, branch }: Publication, head: string): Promise<void> {
  if (head === base.commit || (await github.isAncestor(head, base.commit))) return;
  throw branchMoved(branch, head);
}

function branchMoved(branch: string, head: string, cause?: unknown): NotPublished {
  const at = head.slice(0, 10);
  return new NotPublished(
    'branch_moved',
    `The branch ${branch} has commits that this run does not know (it is at ${at}). Nothing was published; run again to build on them.`,
    { cause },
  );
}

async function createBranch({ github, branch }: Publication, commit: string): Promise<void> {
  await github.createRef(branch, commit).catch(async (error: unknown) => {
    if (!isConflict(error)) throw error;
    throw branchMoved(branch, (await github.getRef(branch)) ?? '', error);
  });
}

async function moveBranch({ github, branch }: Publication, commit: string): Promise<void> {
  await github.updateRef(branch, commit).catch(async (error: unknown) => {
    if (!isConflict(error)) throw error;
    throw branchMoved(branch, (await github.getRef(branch)) ?? '', error);
  });
}

function isConflict(error: unknown): boolean {
  return error instanceof ForgeError && error.kind === 'conflict';
}

/** Text up to this many bytes goes inline; one request is then enough for most changes. */
const INLINE_BYTES = 100_000;

/** One request for a tree holds at most this much, well under GitHub's limits on body size and time. */
const REQUEST_ENTRIES = 1_000;
const REQUEST_BYTES = 4_000_000;

/** Answers the hash of the tree on GitHub. */
async function uploadTree(publication: Publication): Promise<string> {
  let tree = publication.base.tree;
  let entries: NewEntry[] = [];
  let bytes = 0;
  const send = async (): Promise<void> => {
    if (entries.length === 0) return;
    tree = await publication.github.createTree(tree, entries);
    [entries, bytes] = [[], 0];
  };
  const { first, rest } = inOrder(publication.changes);
  for (const change of first) entries.push({ path: change.path, mode: mode(change.old_mode), sha: null });
  await send();
  for (const change of rest) {
    const entry = await newEntry(publication, change);
    entries.push(entry);
    bytes += 'content' in entry ? Buffer.byteLength(entry.content) : 0;
    if (entries.length >= REQUEST_ENTRIES || bytes >= REQUEST_BYTES) await send();
  }
  await send();
  return tree;
}

/** Where a folder becomes a file or a file a folder, the deletions go into a request of their own: GitHub does not say in which order it takes entries. */
function inOrder(changes: readonly Change[]): { first: readonly Change[]; rest: readonly Change[] } {
  const deleted = changes.filter((change) => change.status === 'D');
  const gone = new Set(deleted.map((change) => change.path));
  const kept = changes.filter((change) => change.status !== 'D');
  const keptPaths = new Set(kept.map((change) => change.path));
  const swapped =
    kept.some((change) => parents(change.path).some((path) => gone.has(path))) ||
    deleted.some((change) => parents(change.path).some((path) => keptPaths.has(path)));
  return swapped ? { first: deleted, rest: kept } : { first: [], rest: changes };
}

function parents(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

async function newEntry(publication: Publication, change: Change): Promise<NewEntry> {
  const { path } = change;
  if (change.status === 'D') return { path, mode: mode(change.old_mode), sha: null };
  // Only the mode changed: GitHub has the content.
  if (change.new_id === change.old_id) return { path, mode: mode(change.new_mode), sha: change.new_id };
  const content = Buffer.from(await publication.blob(change.new_id));
  checkId(change, gitBlobId(content));
  const text = content.length <= INLINE_BYTES ? asText(content) : null;
  if (text !== null) return { path, mode: mode(change.new_mode), content: text };
  const sha = await publication.github.createBlob(content);
  checkId(change, sha);
  return { path, mode: mode(change.new_mode), sha };
}

/** Content that comes out of the sandbox is believed by its hash alone. */
function checkId(change: Change, id: string): void {
  if (id === change.new_id) return;
  throw new NotPublished(
    'blob_differs',
    `The content of ${JSON.stringify(change.path)} has the object id ${id}, not the tested ${change.new_id}. Nothing was published.`,
  );
}

/** SHA-1 over `blob <bytes>\0<content>`; source: Pro Git, "Git Objects". */
export function gitBlobId(content: Uint8Array): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

/** The text of UTF-8 that survives the way through JSON byte for byte; `null` for anything else. */
function asText(content: Buffer): string | null {
  if (content.includes(0)) return null;
  const text = content.toString('utf8');
  return Buffer.from(text, 'utf8').equals(content) ? text : null;
}

/** The policy has refused every other mode. */
function mode(text: string): '100644' | '100755' | '120000' {
  if (text === '100755' || text === '120000') return text;
  return '100644';
}

export type Proposal = Readonly<{
  github: GitHub;
  branch: string;
  base: string;
  title: string;
  /** At most 65,536 characters. */
  body: string;
  draft: boolean;
  /** Where the repository has no drafts: open it ready for review, or throw. */
  whenDraftsAreRefused: 'open' | 'throw';
  /** Login of whoever asked; their review is requested. */
  askedBy?: string | undefined;
  labels?: readonly string[] | undefined;
  onWarning(text: string): void;
}>;

/**
 * Updates the branch's open pull request, else opens one. Reviewers and labels are asked for last; what fails there is only a warning. Throws
 * `ForgeError` where GitHub refuses, e.g. because Actions may not open pull requests.
 */
export async function openPullRequest(proposal: Proposal): Promise<PullRequestOpened> {
  const { github, branch, base, title, body, draft, onWarning } = proposal;
  const open = await github.findOpenPullRequest(branch);
  const { pull, updated } = open
    ? { pull: await update(proposal, open), updated: true }
    : await create(proposal, { title, body, head: branch, base, draft });
  if (pull.base !== '' && pull.base !== base)
    onWarning(`The pull request #${pull.number} of ${branch} goes to ${pull.base}, not to ${base}; it was left so.`);
  await requestReview(proposal, pull);
  if (proposal.labels && proposal.labels.length > 0) {
    await github
      .addLabels(pull.number, proposal.labels)
      .catch((error: unknown) => onWarning(`The pull request has no label: ${words(error)}`));
  }
  return { type: 'pull_request_opened', number: pull.number, url: pull.url, draft: pull.draft, title: pull.title, updated };
}

async function update({ github, title, body, draft, onWarning }: Proposal, open: PullRequest): Promise<PullRequest> {
  // REST cannot turn a pull request into a draft or back.
  if (draft && !open.draft)
    onWarning(`The pull request #${open.number} is not a draft and cannot be made one; its text says what is open.`);
  return github.updatePullRequest(open.number, { title, body });
}

async function create(proposal: Proposal, wanted: NewPullRequest): Promise<{ pull: PullRequest; updated: boolean }> {
  const result = await proposal.github.createPullRequest(wanted);
  if (result.kind === 'created') return { pull: result.pull, updated: false };
  if (result.kind === 'already_exists') return { pull: await update(proposal, result.pull), updated: true };
  if (result.kind === 'not_permitted' || !wanted.draft || proposal.whenDraftsAreRefused === 'throw') throw result.error;
  proposal.onWarning('This repository has no draft pull requests: it was opened ready for review.');
  return create(proposal, { ...wanted, draft: false });
}

async function requestReview({ github, askedBy, onWarning }: Proposal, pull: PullRequest): Promise<void> {
  // GitHub refuses the author as a reviewer (with a person's token the author is the person), and bots do not review.
  if (askedBy === undefined || askedBy === '' || askedBy.endsWith('[bot]') || askedBy.toLowerCase() === pull.author.toLowerCase()) return;
  await github
    .requestReviewers(pull.number, [askedBy])
    .catch((error: unknown) => onWarning(`No review was requested from ${askedBy}: ${words(error)}`));
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
