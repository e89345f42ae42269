import { connection, type ConnectionOptions, type Octokit, type Once, SEND_ONCE, sentOnce } from './connection.ts';
import { ForgeError } from './error.ts';
import { type CommentFacts, commentFacts, commitFacts, issueFacts, type NewPullRequest, pullRequest } from './facts.ts';
import { references } from './references.ts';
import type { GitHub, PullRequestResult } from './repository.ts';
import { runs } from './runs.ts';
import { settings } from './settings.ts';

export { ForgeError, type ForgeErrorKind } from './error.ts';
export type * from './facts.ts';
export type * from './repository.ts';

export type GitHubOptions = ConnectionOptions & Readonly<{ serverUrl: string; owner: string; repo: string }>;

/** The repository, over Octokit. */
export function github(options: GitHubOptions): GitHub {
  const request = connection(options);
  const repository = `${options.owner}/${options.repo}`;
  const here = { owner: options.owner, repo: options.repo };
  const web = `${options.serverUrl}/${repository}`;
  const ask: Ask = (doing, work) => request({ doing, repository, serverUrl: options.serverUrl }, (octokit) => work(octokit.rest, octokit));
  const once = sentOnce(options);
  return {
    ...reading(ask, here),
    ...talking(ask, here, once),
    ...writing(ask, here),
    ...proposing(ask, here, once),
    ...references(ask, here),
    ...runs(ask, here),
    ...settings(ask, here),
    runUrl: (runId) => `${web}/actions/runs/${runId}`,
    commitUrl: (sha) => `${web}/commit/${sha}`,
    branchUrl: (branch) => `${web}/tree/${branch.split('/').map(encodeURIComponent).join('/')}`,
  };
}

/** A request whose answer says nothing more than that it worked. */
async function tell(ask: Ask, doing: string, work: (rest: Octokit['rest']) => Promise<unknown>): Promise<void> {
  await ask(doing, work);
}

type Here = Readonly<{ owner: string; repo: string }>;
type Ask = <T>(doing: string, work: (rest: Octokit['rest'], octokit: Octokit) => Promise<T>) => Promise<T>;

type Reading = Pick<GitHub, 'repository' | 'permission' | 'user' | 'branch' | 'commit' | 'isAncestor' | 'treeEntries' | 'blob' | 'getRef'>;

function reading(ask: Ask, here: Here): Reading {
  const getRef: GitHub['getRef'] = (branch) =>
    orNull(ask(`read the branch ${branch}`, async (rest) => (await rest.git.getRef({ ...here, ref: `heads/${branch}` })).data.object.sha));
  const getCommit: GitHub['commit'] = (sha) =>
    ask(`read the commit ${sha}`, async (rest) => commitFacts((await rest.git.getCommit({ ...here, commit_sha: sha })).data));
  return {
    repository: () =>
      ask('read the repository', async (rest) => {
        const { data } = await rest.repos.get(here);
        const { default_branch: defaultBranch, has_issues: hasIssues, archived, permissions } = data;
        return { defaultBranch, private: data.private, hasIssues, archived, ...(permissions && { permissions }) };
      }),
    permission: (login) =>
      ask(`read the permission of ${login}`, async (rest) => {
        const { data } = await rest.repos.getCollaboratorPermissionLevel({ ...here, username: login });
        const known = (['admin', 'write', 'read'] as const).find((permission) => permission === data.permission);
        return { permission: known ?? 'none', userType: data.user?.type ?? '' };
      }),
    user: (login) =>
      ask(`read the account ${login}`, async (rest) => {
        const { data } = await rest.users.getByUsername({ username: login });
        return { login: data.login, type: data.type };
      }),
    branch: async (name) => {
      // By its reference: the branches API redirects from a renamed branch to the new one, which is not the branch that was asked for.
      const commit = await getRef(name);
      return commit === null ? null : { commit, tree: (await getCommit(commit)).tree };
    },
    commit: getCommit,
    isAncestor: async (sha, branch) => {
      const compared = ask(`compare ${sha} with ${branch}`, async (rest) => {
        const { data } = await rest.repos.compareCommitsWithBasehead({ ...here, basehead: `${sha}...${branch}`, per_page: 1 });
        return data.status === 'ahead' || data.status === 'identical';
      });
      return (await orNull(compared)) ?? false;
    },
    treeEntries: (tree) =>
      ask(`read the tree ${tree}`, async (rest) => {
        const { data } = await rest.git.getTree({ ...here, tree_sha: tree, recursive: 'true' });
        if (data.truncated) throw new Error(`GitHub cuts the list of the tree ${tree}: it has too many entries to be read this way.`);
        return data.tree
          .filter((entry) => entry.type !== 'tree')
          .map(({ path, mode, type, sha, size }) => ({ path, mode, type, sha, size: size ?? 0 }));
      }),
    blob: (sha) =>
      ask(`read the blob ${sha}`, async (rest) => Buffer.from((await rest.git.getBlob({ ...here, file_sha: sha })).data.content, 'base64')),
    getRef,
  };
}

type Talking = Pick<
  GitHub,
  'issue' | 'comments' | 'comment' | 'createComment' | 'updateComment' | 'reactToIssue' | 'reactToComment' | 'addLabels'
>;

function talking(ask: Ask, here: Here, once: Once): Talking {
  const comments = (number: number, since?: Date): Promise<CommentFacts[]> =>
    ask(`read the comments of #${number}`, async (rest, octokit) => {
      const found = await octokit.paginate(rest.issues.listComments, {
        ...here,
        issue_number: number,
        per_page: 100,
        ...(since && { since: since.toISOString() }),
      });
      return found.map(commentFacts);
    });
  return {
    issue: (number) =>
      ask(`read issue #${number}`, async (rest) => issueFacts((await rest.issues.get({ ...here, issue_number: number })).data)),
    comments,
    comment: (id) => ask('read a comment', async (rest) => commentFacts((await rest.issues.getComment({ ...here, comment_id: id })).data)),
    createComment: (number, body) => {
      // GitHub's clock may be behind ours.
      const since = new Date(Date.now() - 10 * 60_000);
      const create = (): Promise<CommentFacts> =>
        ask(`comment on #${number}`, async (rest) =>
          commentFacts((await rest.issues.createComment({ ...here, issue_number: number, body, ...SEND_ONCE })).data),
        );
      return once(create, async () => (await comments(number, since)).find((comment) => comment.body === body) ?? null);
    },
    updateComment: (id, body) =>
      ask('update a comment', async (rest) => commentFacts((await rest.issues.updateComment({ ...here, comment_id: id, body })).data)),
    reactToIssue: (number, content) =>
      tell(ask, `react to #${number}`, (rest) => rest.reactions.createForIssue({ ...here, issue_number: number, content })),
    reactToComment: (id, content) =>
      tell(ask, 'react to a comment', (rest) => rest.reactions.createForIssueComment({ ...here, comment_id: id, content })),
    addLabels: (number, labels) =>
      tell(ask, `label #${number}`, (rest) => rest.issues.addLabels({ ...here, issue_number: number, labels: [...labels] })),
  };
}

type Writing = Pick<GitHub, 'createBlob' | 'createTree' | 'createCommit' | 'createRef' | 'updateRef'>;

function writing(ask: Ask, here: Here): Writing {
  const refOf = (branch: string): Promise<string> =>
    ask(`read the branch ${branch}`, async (rest) => (await rest.git.getRef({ ...here, ref: `heads/${branch}` })).data.object.sha);
  return {
    createBlob: (content) =>
      ask(
        'store a file',
        async (rest) =>
          (await rest.git.createBlob({ ...here, content: Buffer.from(content).toString('base64'), encoding: 'base64' })).data.sha,
      ),
    createTree: (baseTree, entries) =>
      ask('store the changed tree', async (rest) => {
        const tree = entries.map((entry) => ({ ...entry, type: entry.mode === '160000' ? ('commit' as const) : ('blob' as const) }));
        // Octokit's type lacks the `null` that deletes; GitHub's description has it.
        return (await rest.git.createTree({ ...here, tree, ...(baseTree !== null && { base_tree: baseTree }) })).data.sha;
      }),
    createCommit: ({ message, tree, parents }) =>
      ask('create the commit', async (rest) =>
        commitFacts((await rest.git.createCommit({ ...here, message, tree, parents: [...parents] })).data),
      ),
    createRef: async (branch, sha) => {
      const created = tell(ask, `create the branch ${branch}`, (rest) => rest.git.createRef({ ...here, ref: `refs/heads/${branch}`, sha }));
      await created.catch(async (error: unknown) => {
        // A retried request finds its own work done.
        if (error instanceof ForgeError && error.kind === 'conflict' && (await refOf(branch)) === sha) return;
        throw error;
      });
    },
    updateRef: (branch, sha) =>
      tell(ask, `move the branch ${branch}`, (rest) => rest.git.updateRef({ ...here, ref: `heads/${branch}`, sha, force: false })),
  };
}

type Proposing = Pick<GitHub, 'findOpenPullRequest' | 'pullRequestsOf' | 'createPullRequest' | 'updatePullRequest' | 'requestReviewers'>;

function proposing(ask: Ask, here: Here, once: Once): Proposing {
  const find: GitHub['findOpenPullRequest'] = (headBranch, base) =>
    ask('look for an open pull request', async (rest) => {
      // A head without its owner is ignored by GitHub, which would answer with any open pull request.
      const { data } = await rest.pulls.list({
        ...here,
        state: 'open',
        head: `${here.owner}:${headBranch}`,
        ...(base !== undefined && { base }),
      });
      const own = data.find((pull) => isFrom(pull, headBranch));
      return own ? pullRequest(own) : null;
    });
  const create = (wanted: NewPullRequest): Promise<PullRequestResult> =>
    ask('open a pull request', async (rest) => ({
      kind: 'created',
      pull: pullRequest((await rest.pulls.create({ ...here, ...wanted, ...SEND_ONCE })).data),
    }));
  const found = async (wanted: NewPullRequest): Promise<PullRequestResult | null> => {
    const pull = await find(wanted.head, wanted.base);
    return pull && { kind: 'already_exists', pull };
  };
  return {
    findOpenPullRequest: find,
    pullRequestsOf: (headBranch) =>
      ask(`look for pull requests of ${headBranch}`, async (rest) => {
        const { data } = await rest.pulls.list({ ...here, state: 'all', head: `${here.owner}:${headBranch}`, per_page: 100 });
        return data.filter((pull) => isFrom(pull, headBranch)).map(pullRequest);
      }),
    createPullRequest: (wanted) =>
      once(
        () => create(wanted),
        () => found(wanted),
      ).catch(async (error: unknown) => {
        if (!(error instanceof ForgeError)) throw error;
        if (/draft pull requests are not supported/i.test(error.said)) return { kind: 'drafts_not_supported', error } as const;
        if (/not permitted to create or approve pull requests/i.test(error.said)) return { kind: 'not_permitted', error } as const;
        const existing = /a pull request already exists/i.test(error.said) ? await found(wanted) : null;
        if (existing) return existing;
        throw error;
      }),
    updatePullRequest: (number, change) =>
      ask(`update pull request #${number}`, async (rest) =>
        pullRequest((await rest.pulls.update({ ...here, pull_number: number, ...change })).data),
      ),
    requestReviewers: (number, logins) =>
      tell(ask, 'ask for a review', (rest) => rest.pulls.requestReviewers({ ...here, pull_number: number, reviewers: [...logins] })),
  };
}

async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    // An empty repository answers 409 for its references.
    if (error instanceof ForgeError && (error.status === 404 || (error.status === 409 && /empty/i.test(error.said)))) return null;
    throw error;
  }
}

/** Sparse servers leave the head out of their lists; those were asked for this head, so it counts as it. */
function isFrom(pull: Readonly<{ head: { ref: string } }>, headBranch: string): boolean {
  const ref = (pull as { head?: { ref?: string } }).head?.ref;
  return ref === undefined || ref === headBranch;
}
