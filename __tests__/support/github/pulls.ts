import {
  type Answer,
  type Call,
  checkBody,
  type Handler,
  invalid,
  notFound,
  page,
  Refusal,
  repositoryUrl,
  unprocessable,
  user,
  webUrl,
} from './call.ts';
import { label } from './issues.ts';
import { repository } from './repository.ts';
import { instant, type Pull } from './state.ts';

/** Routes of pull requests. */
export const pullRoutes: Record<string, Handler> = {
  'pulls/list': async (call) => {
    const state = call.query.get('state') ?? 'open';
    const base = call.query.get('base');
    // GitHub ignores a `head` without its owner.
    const head = /^(.+?):(.+)$/.exec(call.query.get('head') ?? '');
    const found = [...call.state.pulls.values()]
      .filter((pull) => state === 'all' || pull.state === state)
      .filter((pull) => base === null || pull.base === base)
      .filter((pull) => !head || (head[1]!.toLowerCase() === call.state.owner.toLowerCase() && head[2] === pull.head))
      .reverse();
    const rendered = new Map(await Promise.all(found.map(async (pull) => [pull.number, await render(call, pull)] as const)));
    return page(call, found, (pull) => rendered.get(pull.number));
  },

  'pulls/get': async (call) => ({ status: 200, data: await render(call, pullOf(call)) }),

  'pulls/create': create,

  'pulls/update': async (call) => {
    const pull = pullOf(call);
    const { title, body, state, base } = call.body as { title?: string; body?: string; state?: 'open' | 'closed'; base?: string };
    checkBody('PullRequest', body);
    if (base !== undefined && (await call.objects.ref(`refs/heads/${base}`)) === null) throw invalidField('base');
    Object.assign(pull, {
      ...(title !== undefined && { title }),
      ...(body !== undefined && { body }),
      ...(state !== undefined && { state }),
      ...(base !== undefined && { base }),
    });
    pull.updated_at = instant(call.state);
    return { status: 200, data: await render(call, pull) };
  },

  'pulls/request-reviewers': async (call) => {
    const pull = pullOf(call);
    const { reviewers = [] } = call.body as { reviewers?: string[] };
    for (const login of reviewers) {
      if (login.toLowerCase() === pull.login.toLowerCase()) throw unprocessable('Review cannot be requested from pull request author.');
      const account = call.state.accounts.get(login.toLowerCase());
      if (!account || account.type === 'Bot' || (account.permission ?? 'none') === 'none') {
        throw unprocessable(
          `Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the ${call.state.owner}/${call.state.repo} repository.`,
        );
      }
    }
    pull.reviewers = [...new Set([...pull.reviewers, ...reviewers])];
    return { status: 201, data: await render(call, pull) };
  },
};

type Wanted = { title?: string; head: string; base: string; body?: string; draft?: boolean };

async function create(call: Call): Promise<Answer> {
  const { state, objects } = call;
  const wanted = call.body as Wanted;
  if (call.token.kind === 'actions' && !state.actionsMayOpenPullRequests)
    throw new Refusal(403, 'GitHub Actions is not permitted to create or approve pull requests.');
  if (!wanted.title) throw new Refusal(422, 'Validation Failed', [{ resource: 'PullRequest', code: 'missing_field', field: 'title' }]);
  checkBody('PullRequest', wanted.body);
  const head = wanted.head.startsWith(`${state.owner}:`) ? wanted.head.slice(state.owner.length + 1) : wanted.head;
  const [headId, baseId] = [await objects.ref(`refs/heads/${head}`), await objects.ref(`refs/heads/${wanted.base}`)];
  if (headId === null) throw invalidField('head');
  if (baseId === null) throw invalidField('base');
  if ((await objects.count(baseId, headId)) === 0) throw invalid('PullRequest', `No commits between ${wanted.base} and ${head}`);
  const double = [...state.pulls.values()].find((pull) => pull.state === 'open' && pull.head === head && pull.base === wanted.base);
  if (double) throw invalid('PullRequest', `A pull request already exists for ${state.owner}:${head}.`);
  if (wanted.draft === true && !state.draftsSupported) throw unprocessable('Draft pull requests are not supported in this repository.');
  const at = instant(state);
  const pull: Pull = {
    number: state.nextNumber++,
    title: wanted.title,
    body: wanted.body ?? null,
    login: call.token.login,
    state: 'open',
    locked: false,
    deleted: false,
    labels: [],
    created_at: at,
    updated_at: at,
    head,
    base: wanted.base,
    draft: wanted.draft ?? false,
    merged: false,
    reviewers: [],
  };
  state.pulls.set(pull.number, pull);
  return { status: 201, data: await render(call, pull) };
}

function invalidField(field: string): Refusal {
  return new Refusal(422, 'Validation Failed', [{ resource: 'PullRequest', code: 'invalid', field }]);
}

function pullOf(call: Call): Pull {
  const found = call.state.pulls.get(Number(call.params['pull_number']));
  if (!found) throw notFound();
  return found;
}

async function render(call: Call, pull: Pull): Promise<object> {
  const end = async (branch: string): Promise<object> => ({
    label: `${call.state.owner}:${branch}`,
    ref: branch,
    sha: (await call.objects.ref(`refs/heads/${branch}`)) ?? '0'.repeat(40),
    user: user(call, call.state.owner),
    repo: repository(call),
  });
  const url = `${repositoryUrl(call)}/pulls/${pull.number}`;
  const link = (href: string): object => ({ href });
  return {
    id: 9000 + pull.number,
    number: pull.number,
    title: pull.title,
    body: pull.body,
    user: user(call, pull.login),
    state: pull.state,
    locked: pull.locked,
    draft: pull.draft,
    merged: pull.merged,
    labels: pull.labels.map(label),
    requested_reviewers: pull.reviewers.map((login) => user(call, login)),
    head: await end(pull.head),
    base: await end(pull.base),
    url,
    html_url: `${webUrl(call)}/pull/${pull.number}`,
    author_association: 'NONE',
    created_at: pull.created_at,
    updated_at: pull.updated_at,
    _links: Object.fromEntries(
      ['comments', 'commits', 'statuses', 'html', 'issue', 'review_comments', 'review_comment', 'self'].map((name) => [name, link(url)]),
    ),
  };
}
