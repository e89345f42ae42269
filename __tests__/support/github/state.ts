import type { SeedFile } from './objects.ts';

export type Access = 'read' | 'write';

/** Who a token speaks for and what it may do, in the names of GitHub's `permissions:` block with `_` (`pull_requests`). */
export type Token = Readonly<{
  login: string;
  /** `actions`: the job's own token. `app`: an installation token. `pat`: a person's. Commits of the first two are signed by GitHub. */
  kind: 'actions' | 'app' | 'pat';
  permissions: Readonly<Record<string, Access>>;
}>;

export type Account = Readonly<{
  type?: 'User' | 'Bot' | 'Organization';
  /** The `permission` field of the permission API. */
  permission?: 'admin' | 'write' | 'read' | 'none';
  /** The name of a custom role; the role `triage` has the permission `read`. */
  roleName?: string;
}>;

export type Comment = {
  id: number;
  issue: number;
  body: string;
  login: string;
  association: string;
  created_at: string;
  updated_at: string;
};

export type Issue = {
  number: number;
  title: string;
  body: string | null;
  login: string;
  state: 'open' | 'closed';
  locked: boolean;
  /** A deleted issue answers 410. */
  deleted: boolean;
  labels: string[];
  created_at: string;
  updated_at: string;
};

export type Pull = Issue & {
  head: string;
  base: string;
  draft: boolean;
  merged: boolean;
  reviewers: string[];
};

export type Reaction = Readonly<{ issue?: number; comment?: number; content: string; login: string }>;

export type IssueSeed = Readonly<{
  number: number;
  title: string;
  body?: string | null;
  login?: string;
  state?: 'open' | 'closed';
  locked?: boolean;
  deleted?: boolean;
  labels?: readonly string[];
  comments?: readonly Readonly<{
    id?: number;
    body: string;
    login: string;
    association?: string;
    created_at?: string;
    updated_at?: string;
  }>[];
}>;

/** A fault put in the way of requests. It strikes `times` requests that match, after letting `skip` of them pass. */
export type Fault = Readonly<{
  /** E.g. `pulls/create`; without it and `path`, any request. */
  operation?: string;
  method?: string;
  path?: string | RegExp;
  skip?: number;
  /** Default 1. */
  times?: number;
  /** Answer with this status instead. */
  status?: number;
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
  /** Cut the connection without an answer. */
  reset?: boolean;
  /** Keep the connection and say nothing, or only the first half of an answer. */
  silent?: 'at once' | 'half way';
  delayMs?: number;
  /** Do what was asked first, then answer with the fault: a gateway that gave up too early. */
  afterEffect?: boolean;
}>;

export type RecordedRequest = Readonly<{
  method: string;
  /** Decoded, without the query. */
  path: string;
  query: string;
  /** Operation id of the description; `git`, `artifact`, `blob` or `unknown` otherwise. */
  operation: string;
  body: unknown;
  login: string | null;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Answered status; 0 when cut. */
  status: number;
}>;

export type GitHubOptions = Readonly<{
  owner?: string;
  repo?: string;
  defaultBranch?: string;
  /** Files of the first commit; without them and without `source` the repository is empty. */
  files?: Readonly<Record<string, SeedFile>>;
  /** Path of a git repository to copy. */
  source?: string;
  private?: boolean;
  hasIssues?: boolean;
  archived?: boolean;
  /** Default: `DEFAULT_TOKEN` of `github-actions[bot]` with contents, issues and pull requests writable. */
  tokens?: Readonly<Record<string, Token>>;
  /** Default: `maintainer` may write; anyone not named is unknown (404). */
  accounts?: Readonly<Record<string, Account>>;
  issues?: readonly IssueSeed[];
  /** Private repositories of free plans do not have draft pull requests. */
  draftsSupported?: boolean;
  /** The repository's setting "Allow GitHub Actions to create and approve pull requests". */
  actionsMayOpenPullRequests?: boolean;
  /** Whether GitHub signs commits that come without author and committer. */
  verifiesCommits?: boolean;
  takenArtifactNames?: readonly string[];
  now?: () => Date;
  /** Check requests and answers against GitHub's OpenAPI description (default true). */
  validate?: boolean;
  faults?: readonly Fault[];
}>;

export const DEFAULT_TOKEN = 'ghs_q7Rk2VxNbT9wLmZ4cYpJ8sDfGh1uEa6oXtWv';

const DEFAULT_TOKENS: Record<string, Token> = {
  [DEFAULT_TOKEN]: {
    login: 'github-actions[bot]',
    kind: 'actions',
    permissions: { metadata: 'read', contents: 'write', issues: 'write', pull_requests: 'write', actions: 'read' },
  },
};

/** Everything GitHub remembers beside the git objects. Tests read it, and may change it between requests. */
export type State = {
  readonly owner: string;
  readonly repo: string;
  readonly defaultBranch: string;
  private: boolean;
  hasIssues: boolean;
  archived: boolean;
  draftsSupported: boolean;
  actionsMayOpenPullRequests: boolean;
  verifiesCommits: boolean;
  readonly tokens: Map<string, Token>;
  /** By lower-case login. */
  readonly accounts: Map<string, Account & { login: string }>;
  readonly issues: Map<number, Issue>;
  readonly pulls: Map<number, Pull>;
  readonly comments: Map<number, Comment>;
  readonly reactions: Reaction[];
  /** Ids of the commits that GitHub signed. */
  readonly verified: Set<string>;
  /** What is not usual about a workflow run, by its id: the workflow's file, the repository its code came from. */
  readonly runs: Map<string, { workflow?: string; repository?: string }>;
  nextNumber: number;
  nextComment: number;
  readonly now: () => Date;
};

export function initialState(options: GitHubOptions): State {
  const now = options.now ?? ((): Date => new Date());
  const state: State = {
    owner: options.owner ?? 'octo-org',
    repo: options.repo ?? 'sample',
    defaultBranch: options.defaultBranch ?? 'main',
    private: options.private ?? false,
    hasIssues: options.hasIssues ?? true,
    archived: options.archived ?? false,
    draftsSupported: options.draftsSupported ?? true,
    actionsMayOpenPullRequests: options.actionsMayOpenPullRequests ?? true,
    verifiesCommits: options.verifiesCommits ?? true,
    tokens: new Map(Object.entries(options.tokens ?? DEFAULT_TOKENS)),
    accounts: new Map(),
    issues: new Map(),
    pulls: new Map(),
    comments: new Map(),
    reactions: [],
    verified: new Set(),
    runs: new Map(),
    nextNumber: Math.max(0, ...(options.issues ?? []).map((issue) => issue.number)) + 1,
    nextComment: 1001,
    now,
  };
  for (const [login, account] of Object.entries(options.accounts ?? { maintainer: { permission: 'write' } })) {
    state.accounts.set(login.toLowerCase(), { login, ...account });
  }
  for (const issue of options.issues ?? []) addIssue(state, issue);
  return state;
}

export function addIssue(state: State, seed: IssueSeed): void {
  const at = instant(state);
  state.issues.set(seed.number, {
    number: seed.number,
    title: seed.title,
    body: seed.body ?? null,
    login: seed.login ?? 'maintainer',
    state: seed.state ?? 'open',
    locked: seed.locked ?? false,
    deleted: seed.deleted ?? false,
    labels: [...(seed.labels ?? [])],
    created_at: at,
    updated_at: at,
  });
  for (const comment of seed.comments ?? []) {
    addComment(state, {
      issue: seed.number,
      association: 'NONE',
      ...comment,
      created_at: comment.created_at ?? at,
      updated_at: comment.updated_at ?? comment.created_at ?? at,
    });
  }
}

export function addComment(state: State, comment: Omit<Comment, 'id'> & { id?: number | undefined }): Comment {
  const id = comment.id ?? state.nextComment;
  state.nextComment = Math.max(state.nextComment, id) + 1;
  const added = { ...comment, id };
  state.comments.set(id, added);
  return added;
}

/** ISO 8601 to the second, as GitHub writes it. */
export function instant(state: State): string {
  return state
    .now()
    .toISOString()
    .replace(/\.\d+Z$/, 'Z');
}

/** What kind of account a login is. */
export function accountType(state: State, login: string): 'User' | 'Bot' | 'Organization' {
  return state.accounts.get(login.toLowerCase())?.type ?? (login.endsWith('[bot]') ? 'Bot' : 'User');
}
