import type { ForgeError } from './error.ts';
import type {
  CommentFacts,
  CommitFacts,
  IssueFacts,
  NewEntry,
  NewPullRequest,
  Permission,
  PullRequest,
  ReactionContent,
  RepositoryFacts,
  TreeEntry,
} from './facts.ts';
import type { References } from './references.ts';
import type { Runs } from './runs.ts';
import type { Settings } from './settings.ts';

/** What became of asking for a pull request. The three refusals are ones that the caller can answer; any other throws. */
export type PullRequestResult =
  | Readonly<{ kind: 'created'; pull: PullRequest }>
  | Readonly<{ kind: 'already_exists'; pull: PullRequest }>
  | Readonly<{ kind: 'drafts_not_supported' | 'not_permitted'; error: ForgeError }>;

/**
 * One repository on GitHub or Enterprise Server. Every method throws `ForgeError` (told for a person), or the signal's reason when it is aborted. 5xx and broken
 * connections are retried three times where that cannot do a thing twice; rate limits are waited for within bounds.
 */
export type GitHub = Readonly<{
  repository(): Promise<RepositoryFacts>;
  /** Any error, 404 included, is thrown: the caller takes it for a no. */
  permission(login: string): Promise<Permission>;
  user(login: string): Promise<Readonly<{ login: string; type: string }>>;
  /** `null` when there is no such branch. */
  branch(name: string): Promise<Readonly<{ commit: string; tree: string }> | null>;
  commit(sha: string): Promise<CommitFacts>;
  /** Whether the branch holds the commit. */
  isAncestor(sha: string, branch: string): Promise<boolean>;
  /** All entries of a tree, sub-folders included. Throws when GitHub had to cut the list (over 100,000 entries or 7 MB). */
  treeEntries(tree: string): Promise<readonly TreeEntry[]>;
  blob(sha: string): Promise<Buffer>;

  issue(number: number): Promise<IssueFacts>;
  /** Oldest first, all pages; `since` leaves out those that were last changed before it. */
  comments(number: number, since?: Date): Promise<readonly CommentFacts[]>;
  comment(id: number): Promise<CommentFacts>;
  /** Texts over 65,536 characters are refused by GitHub: the caller cuts. */
  createComment(number: number, body: string): Promise<CommentFacts>;
  updateComment(id: number, body: string): Promise<CommentFacts>;
  reactToIssue(number: number, content: ReactionContent): Promise<void>;
  reactToComment(id: number, content: ReactionContent): Promise<void>;
  addLabels(number: number, labels: readonly string[]): Promise<void>;

  /** Content → Git object id. */
  createBlob(content: Uint8Array): Promise<string>;
  /** `baseTree: null` starts from nothing. */
  createTree(baseTree: string | null, entries: readonly NewEntry[]): Promise<string>;
  /** Without author and committer, so that GitHub signs it for the job's and for App tokens. */
  createCommit(commit: Readonly<{ message: string; tree: string; parents: readonly string[] }>): Promise<CommitFacts>;
  /** `name` without `refs/heads/`; `null` when there is none. */
  getRef(branch: string): Promise<string | null>;
  /** Throws `conflict` when the branch exists and is not at `sha`. */
  createRef(branch: string, sha: string): Promise<void>;
  /** Never forced: throws `conflict` where that would lose a commit. */
  updateRef(branch: string, sha: string): Promise<void>;

  /** The open pull request from that branch of this repository; `base` narrows it. */
  findOpenPullRequest(headBranch: string, base?: string): Promise<PullRequest | null>;
  /** Pull requests from that branch of this repository in any state, newest first; the last 100. */
  pullRequestsOf(headBranch: string): Promise<readonly PullRequest[]>;
  createPullRequest(wanted: NewPullRequest): Promise<PullRequestResult>;
  updatePullRequest(number: number, change: Readonly<{ title?: string; body?: string }>): Promise<PullRequest>;
  requestReviewers(number: number, logins: readonly string[]): Promise<void>;

  runUrl(runId: string | number): string;
  commitUrl(sha: string): string;
  branchUrl(branch: string): string;
}> &
  References &
  Runs &
  Settings;
