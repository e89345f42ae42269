import { type Answer, type Call, type Handler, notFound, Refusal, repositoryUrl, user, webUrl } from './call.ts';
import { commitFacts } from './data.ts';

/** Routes about the repository, its branches and the people in it. */
export const repositoryRoutes: Record<string, Handler> = {
  'repos/get': (call) => ({ status: 200, data: repository(call) }),

  'repos/get-branch': async (call) => {
    const name = call.params['branch']!;
    const id = await call.objects.ref(`refs/heads/${name}`);
    if (id === null) throw new Refusal(404, 'Branch not found');
    const facts = await commitFacts(call, id);
    return {
      status: 200,
      data: {
        name,
        commit: {
          sha: id,
          url: `${repositoryUrl(call)}/commits/${id}`,
          commit: { ...facts, url: `${repositoryUrl(call)}/git/commits/${id}` },
          parents: facts.parents,
        },
        protected: false,
      },
    };
  },

  'repos/compare-commits-with-basehead': compare,

  'repos/get-collaborator-permission-level': (call) => {
    const account = call.state.accounts.get(call.params['username']!.toLowerCase());
    if (!account) throw new Refusal(404, `${call.params['username']} is not a user`);
    const permission = account.permission ?? (call.state.private ? 'none' : 'read');
    return { status: 200, data: { permission, role_name: account.roleName ?? permission, user: user(call, account.login) } };
  },

  'repos/get-content': async (call) => {
    const path = call.params['path']!;
    const commit = await commitish(call, call.query.get('ref') ?? call.state.defaultBranch);
    const entries = commit === null ? [] : (await call.objects.listTree(commit, true)).filter(({ type }) => type === 'blob');
    const entry = entries.find((one) => one.path === path);
    const inside = entries.filter((one) => one.path.startsWith(`${path}/`) && !one.path.slice(path.length + 1).includes('/'));
    if (!entry && inside.length > 0) return { status: 200, data: inside.map((one) => listed(call, one)) };
    if (!entry) throw notFound();
    const { content } = (await call.objects.read(entry.sha))!;
    const name = path.split('/').at(-1);
    return {
      status: 200,
      data: { type: 'file', encoding: 'base64', size: content.length, name, path, content: content.toString('base64'), sha: entry.sha },
    };
  },

  'actions/get-github-actions-default-workflow-permissions-repository': (call) => ({
    status: 200,
    data: { default_workflow_permissions: 'read', can_approve_pull_request_reviews: call.state.actionsMayOpenPullRequests },
  }),

  'users/get-by-username': (call) => {
    const login = call.params['username']!;
    const account = call.state.accounts.get(login.toLowerCase());
    if (!account) throw notFound();
    return { status: 200, data: user(call, account.login) };
  },

  'users/get-authenticated': (call) => {
    if (call.token.kind !== 'pat') throw new Refusal(403, 'Resource not accessible by integration');
    return { status: 200, data: user(call, call.token.login) };
  },
};

/** An entry of a folder's list, which has no content. */
function listed(call: Call, { path, sha }: Readonly<{ path: string; sha: string }>): Record<string, unknown> {
  const [self, git, html] = [`${call.apiUrl}/contents/${path}`, `${call.apiUrl}/git/blobs/${sha}`, `${call.serverUrl}/blob/main/${path}`];
  return {
    type: 'file',
    size: 0,
    name: path.split('/').at(-1),
    path,
    sha,
    url: self,
    git_url: git,
    html_url: html,
    download_url: html,
    _links: { self, git, html },
  };
}

export function repository(call: Call): Record<string, unknown> {
  const { state } = call;
  const access = call.token.permissions['contents'];
  return {
    id: 1296269,
    name: state.repo,
    full_name: `${state.owner}/${state.repo}`,
    owner: user(call, state.owner),
    private: state.private,
    visibility: state.private ? 'private' : 'public',
    html_url: webUrl(call),
    url: repositoryUrl(call),
    clone_url: `${webUrl(call)}.git`,
    default_branch: state.defaultBranch,
    has_issues: state.hasIssues,
    archived: state.archived,
    permissions: { admin: false, maintain: false, push: access === 'write', triage: false, pull: true },
  };
}

async function compare(call: Call): Promise<Answer> {
  const [baseName, headName] = call.params['basehead']!.split('...');
  const base = await commitish(call, baseName ?? '');
  const head = await commitish(call, headName ?? '');
  const mergeBase = base && head ? await call.objects.mergeBase(base, head) : null;
  if (!base || !head || !mergeBase) throw notFound();
  const [ahead, behind] = [await call.objects.count(base, head), await call.objects.count(head, base)];
  const status = ahead > 0 ? (behind > 0 ? 'diverged' : 'ahead') : behind > 0 ? 'behind' : 'identical';
  const full = async (id: string): Promise<object> => {
    const facts = await commitFacts(call, id);
    return { sha: id, commit: facts, parents: facts.parents };
  };
  return {
    status: 200,
    data: {
      status,
      ahead_by: ahead,
      behind_by: behind,
      total_commits: ahead,
      base_commit: await full(base),
      merge_base_commit: await full(mergeBase),
      commits: [],
      files: [],
    },
  };
}

async function commitish(call: Call, name: string): Promise<string | null> {
  if (await call.objects.isA('commit', name)) return name;
  return call.objects.ref(`refs/heads/${name}`);
}
