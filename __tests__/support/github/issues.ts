import { type Call, checkBody, type Handler, invalid, notFound, page, Refusal, repositoryUrl, user, webUrl } from './call.ts';
import { addComment, type Comment, instant, type Issue, type Reaction } from './state.ts';

/** Routes of issues, their comments, labels and reactions; a pull request is an issue here too. */
export const issueRoutes: Record<string, Handler> = {
  'issues/get': (call) => ({ status: 200, data: issue(call, issueOf(call)) }),

  'issues/list-comments': (call) => {
    const { number } = issueOf(call);
    const since = call.query.get('since');
    const comments = [...call.state.comments.values()].filter(
      (comment) => comment.issue === number && (since === null || comment.updated_at >= since),
    );
    return page(call, comments, (item) => comment(call, item));
  },

  'issues/create-comment': (call) => {
    const target = issueOf(call);
    if (target.locked) throw new Refusal(403, 'Unable to create comment because issue is locked.');
    const body = commentBody(call);
    const at = instant(call.state);
    const added = addComment(call.state, {
      issue: target.number,
      body,
      login: call.token.login,
      association: 'NONE',
      created_at: at,
      updated_at: at,
    });
    return { status: 201, data: comment(call, added) };
  },

  'issues/get-comment': (call) => ({ status: 200, data: comment(call, commentOf(call)) }),

  'issues/update-comment': (call) => {
    const found = commentOf(call);
    found.body = commentBody(call);
    found.updated_at = instant(call.state);
    return { status: 200, data: comment(call, found) };
  },

  'issues/delete-comment': (call) => {
    call.state.comments.delete(commentOf(call).id);
    return { status: 204 };
  },

  'issues/add-labels': (call) => {
    const target = issueOf(call);
    const given = Array.isArray(call.body) ? call.body : ((call.body as { labels?: unknown[] }).labels ?? []);
    const names = given.map((label: unknown) => (typeof label === 'string' ? label : (label as { name: string }).name));
    target.labels = [...new Set([...target.labels, ...names])];
    return { status: 200, data: target.labels.map(label) };
  },

  'reactions/create-for-issue': (call) => react(call, { issue: issueOf(call).number }),
  'reactions/create-for-issue-comment': (call) => react(call, { comment: commentOf(call).id }),
};

/** The issue or pull request of the path; 404, or 410 where GitHub says that it is gone. */
export function issueOf(call: Call): Issue {
  const number = Number(call.params['issue_number']);
  const pull = call.state.pulls.get(number);
  if (pull) return pull;
  if (!call.state.hasIssues) throw new Refusal(410, 'Issues are disabled for this repo');
  const found = call.state.issues.get(number);
  if (!found) throw notFound();
  if (found.deleted) throw new Refusal(410, 'This issue was deleted');
  return found;
}

function commentOf(call: Call): Comment {
  const found = call.state.comments.get(Number(call.params['comment_id']));
  if (!found) throw notFound();
  return found;
}

function commentBody(call: Call): string {
  const { body } = call.body as { body: string };
  if (body.trim() === '') throw invalid('IssueComment', 'body cannot be blank');
  checkBody('IssueComment', body);
  return body;
}

function react(call: Call, target: Pick<Reaction, 'issue' | 'comment'>): { status: number; data: unknown } {
  const { content } = call.body as { content: string };
  const reaction: Reaction = { ...target, content, login: call.token.login };
  const known = call.state.reactions.find((other) => JSON.stringify(other) === JSON.stringify(reaction));
  if (!known) call.state.reactions.push(reaction);
  const data = {
    id: call.state.reactions.indexOf(known ?? reaction) + 1,
    node_id: 'R',
    user: user(call, reaction.login),
    content,
    created_at: instant(call.state),
  };
  return { status: known ? 200 : 201, data };
}

export function label(name: string): object {
  return { id: name.length, node_id: name, url: 'http://github.localhost/', name, color: 'ededed', default: false, description: '' };
}

function issue(call: Call, found: Issue): object {
  const url = `${repositoryUrl(call)}/issues/${found.number}`;
  const isPull = call.state.pulls.has(found.number);
  return {
    id: 5000 + found.number,
    number: found.number,
    title: found.title,
    body: found.body,
    user: user(call, found.login),
    state: found.state,
    locked: found.locked,
    labels: found.labels.map(label),
    url,
    html_url: `${webUrl(call)}/${isPull ? 'pull' : 'issues'}/${found.number}`,
    author_association: 'NONE',
    comments: [...call.state.comments.values()].filter((item) => item.issue === found.number).length,
    created_at: found.created_at,
    updated_at: found.updated_at,
    closed_at: null,
    ...(isPull && {
      pull_request: {
        url: `${repositoryUrl(call)}/pulls/${found.number}`,
        html_url: `${webUrl(call)}/pull/${found.number}`,
        diff_url: null,
        patch_url: null,
      },
    }),
  };
}

function comment(call: Call, found: Comment): object {
  return {
    id: found.id,
    node_id: String(found.id),
    body: found.body,
    user: user(call, found.login),
    author_association: found.association,
    created_at: found.created_at,
    updated_at: found.updated_at,
    url: `${repositoryUrl(call)}/issues/comments/${found.id}`,
    html_url: `${webUrl(call)}/issues/${found.issue}#issuecomment-${found.id}`,
    issue_url: `${repositoryUrl(call)}/issues/${found.issue}`,
  };
}
