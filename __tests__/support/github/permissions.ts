import { type Call, Refusal } from './call.ts';
import type { Access, Token } from './state.ts';

/**
 * What an operation asks of a token: any one of the alternatives. Source: docs.github.com, "Permissions required for GitHub Apps", and the
 * `X-Accepted-GitHub-Permissions` header of real answers.
 */
const NEEDS: Record<string, readonly (readonly [string, Access])[]> = {
  'git/create-blob': [['contents', 'write']],
  'git/create-commit': [['contents', 'write']],
  'git/create-ref': [['contents', 'write']],
  'git/create-tree': [['contents', 'write']],
  'git/delete-ref': [['contents', 'write']],
  'git/update-ref': [['contents', 'write']],
  'git/get-blob': [['contents', 'read']],
  'git/get-commit': [['contents', 'read']],
  'git/get-ref': [['contents', 'read']],
  'git/get-tree': [['contents', 'read']],
  'repos/get-branch': [['contents', 'read']],
  'repos/get-content': [['contents', 'read']],
  'repos/compare-commits-with-basehead': [['contents', 'read']],
  'issues/get': [
    ['issues', 'read'],
    ['pull_requests', 'read'],
  ],
  'issues/get-comment': [
    ['issues', 'read'],
    ['pull_requests', 'read'],
  ],
  'issues/list-comments': [
    ['issues', 'read'],
    ['pull_requests', 'read'],
  ],
  'issues/create-comment': [
    ['issues', 'write'],
    ['pull_requests', 'write'],
  ],
  'issues/update-comment': [
    ['issues', 'write'],
    ['pull_requests', 'write'],
  ],
  'issues/delete-comment': [
    ['issues', 'write'],
    ['pull_requests', 'write'],
  ],
  'issues/add-labels': [
    ['issues', 'write'],
    ['pull_requests', 'write'],
  ],
  'reactions/create-for-issue': [['issues', 'write']],
  'reactions/create-for-issue-comment': [
    ['issues', 'write'],
    ['pull_requests', 'write'],
  ],
  'pulls/get': [['pull_requests', 'read']],
  'pulls/list': [['pull_requests', 'read']],
  'pulls/create': [['pull_requests', 'write']],
  'pulls/update': [['pull_requests', 'write']],
  'pulls/request-reviewers': [['pull_requests', 'write']],
  'actions/get-workflow-run': [['actions', 'read']],
  'actions/list-workflow-run-artifacts': [['actions', 'read']],
  'actions/download-artifact': [['actions', 'read']],
  // It asks for `administration: read`, of public repositories too; a job's token cannot have it.
  'actions/get-github-actions-default-workflow-permissions-repository': [['administration', 'write']],
};

/** The token of an `Authorization` header; 401 as GitHub says it. */
export function authenticated(header: string | undefined, tokens: ReadonlyMap<string, Token>): Token {
  const value = /^(?:token|bearer) (.+)$/i.exec(header ?? '')?.[1];
  if (value === undefined) throw new Refusal(401, 'Requires authentication');
  const token = tokens.get(value);
  if (!token) throw new Refusal(401, 'Bad credentials');
  return token;
}

/** 403 with GitHub's words and header when the token lacks what the operation needs; 404 for what it may not even see. */
export function authorize(id: string, call: Call): void {
  const needs = NEEDS[id] ?? [];
  const reads = needs.every(([, access]) => access === 'read');
  if (needs.length === 0 || (reads && !call.state.private)) return;
  const granted = call.token.permissions;
  if (needs.some(([name, access]) => granted[name] === 'write' || granted[name] === access)) return;
  throw inaccessible(call, needs.map(([name, access]) => `${name}=${access}`).join('; ') + (writesRefs(id) ? `; ${WITH_WORKFLOWS}` : ''));
}

const WITH_WORKFLOWS = 'contents=write,workflows=write';
const writesRefs = (id: string): boolean => id === 'git/create-ref' || id === 'git/update-ref';

function inaccessible(call: Call, accepted: string): Refusal {
  const whose = call.token.kind === 'pat' ? 'personal access token' : 'integration';
  return new Refusal(403, `Resource not accessible by ${whose}`, undefined, { 'x-accepted-github-permissions': accepted });
}

/** A branch may not carry a workflow file that the default branch does not have just so, unless the token has `workflows: write`. */
export async function authorizeWorkflows(call: Call, commit: string): Promise<void> {
  if (call.token.permissions['workflows'] === 'write') return;
  const main = await call.objects.ref(`refs/heads/${call.state.defaultBranch}`);
  const known = main === null ? [] : await workflowFiles(call, main);
  const wanted = await workflowFiles(call, commit);
  if (wanted.some((file) => !known.includes(file))) throw inaccessible(call, `contents=write; ${WITH_WORKFLOWS}`);
}

async function workflowFiles(call: Call, commit: string): Promise<string[]> {
  const entries = await call.objects.listTree(commit, true);
  return entries
    .filter(({ path, type }) => type === 'blob' && path.startsWith('.github/workflows/'))
    .map(({ path, sha }) => `${path} ${sha}`);
}

/** An archived repository is read-only. */
export function refuseArchived(method: string, call: Call): void {
  if (call.state.archived && method !== 'GET') throw new Refusal(403, 'Repository was archived so is read-only.');
}
