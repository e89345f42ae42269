import type { Octokit } from './connection.ts';

export type RepositoryFacts = Readonly<{
  defaultBranch: string;
  private: boolean;
  hasIssues: boolean;
  archived: boolean;
  /** What the token's owner may do; absent where GitHub does not tell. */
  permissions?: Readonly<Record<string, boolean>>;
}>;

/** `permission` of the permission API; custom roles are mapped to it by GitHub (`role_name` would name the custom role). */
export type Permission = Readonly<{ permission: 'admin' | 'write' | 'read' | 'none'; userType: string }>;

export type IssueFacts = Readonly<{
  number: number;
  title: string;
  body: string;
  author: string;
  /** `User`, `Bot`, …; empty for a deleted account. */
  authorType: string;
  association: string;
  state: 'open' | 'closed';
  locked: boolean;
  isPullRequest: boolean;
  labels: readonly string[];
  /** ISO 8601. */
  createdAt: string;
  updatedAt: string;
  url: string;
}>;

export type CommentFacts = Readonly<{
  id: number;
  author: string;
  authorType: string;
  association: string;
  createdAt: string;
  updatedAt: string;
  body: string;
  url: string;
}>;

export type CommitFacts = Readonly<{
  commit: string;
  tree: string;
  parents: readonly string[];
  verified: boolean;
  message: string;
  url: string;
}>;

/** One entry of a new tree: `sha: null` deletes; `content` is UTF-8 text. */
export type NewEntry = Readonly<
  | { path: string; mode: '100644' | '100755' | '120000' | '160000'; sha: string | null }
  | { path: string; mode: '100644' | '100755' | '120000'; content: string }
>;
export type TreeEntry = Readonly<{ path: string; mode: string; type: string; sha: string; size: number }>;

export type PullRequest = Readonly<{
  number: number;
  url: string;
  state: 'open' | 'closed';
  draft: boolean;
  title: string;
  body: string;
  author: string;
  head: string;
  base: string;
  headCommit: string;
}>;
export type NewPullRequest = Readonly<{ title: string; body: string; head: string; base: string; draft: boolean }>;

export type ReactionContent = 'eyes' | 'rocket' | 'confused' | '+1' | '-1';

type Data<T extends (...parameters: never[]) => Promise<{ data: unknown }>> = Awaited<ReturnType<T>>['data'];

export function commitFacts(data: Data<Octokit['rest']['git']['getCommit']>): CommitFacts {
  // Gateways and older Enterprise Servers leave out what their description promises.
  const { parents = [], verification, html_url: url = '' } = data as Partial<typeof data>;
  return {
    commit: data.sha,
    tree: data.tree.sha,
    parents: parents.map((parent) => parent.sha),
    verified: verification?.verified === true,
    message: (data as Partial<typeof data>).message ?? '',
    url,
  };
}

export function issueFacts(data: Data<Octokit['rest']['issues']['get']>): IssueFacts {
  return {
    number: data.number,
    title: data.title,
    body: data.body ?? '',
    author: data.user?.login ?? '',
    authorType: data.user?.type ?? '',
    association: data.author_association ?? 'NONE',
    state: data.state === 'closed' ? 'closed' : 'open',
    locked: data.locked,
    isPullRequest: data.pull_request !== undefined,
    labels: data.labels.map((label) => (typeof label === 'string' ? label : (label.name ?? ''))),
    createdAt: data.created_at,
    updatedAt: data.updated_at,
    url: data.html_url,
  };
}

export function commentFacts(data: Data<Octokit['rest']['issues']['getComment']>): CommentFacts {
  return {
    id: data.id,
    author: data.user?.login ?? '',
    authorType: data.user?.type ?? '',
    association: data.author_association ?? 'NONE',
    createdAt: data.created_at,
    updatedAt: (data as Partial<typeof data>).updated_at ?? '',
    body: data.body ?? '',
    url: data.html_url,
  };
}

type SomePull = Data<Octokit['rest']['pulls']['list']>[number] | Data<Octokit['rest']['pulls']['get']>;

export function pullRequest(data: SomePull): PullRequest {
  const { head, base } = data as Partial<Pick<SomePull, 'head' | 'base'>>;
  return {
    number: data.number,
    url: data.html_url,
    state: data.state === 'closed' ? 'closed' : 'open',
    draft: data.draft ?? false,
    title: data.title,
    body: data.body ?? '',
    author: data.user?.login ?? '',
    head: head?.ref ?? '',
    base: base?.ref ?? '',
    headCommit: head?.sha ?? '',
  };
}
