/** What kind of no GitHub said; `unavailable` covers 5xx, broken connections and rate limits that would last too long. */
export type ForgeErrorKind = 'forbidden' | 'not_found' | 'unauthorized' | 'conflict' | 'unprocessable' | 'unavailable';

/** A refusal or failure of GitHub, told for a person: what could not be done, why, and what to change. */
export class ForgeError extends Error {
  override readonly name = 'ForgeError';
  readonly kind: ForgeErrorKind;
  /** HTTP status; 500 where no answer came. */
  readonly status: number;
  /** GitHub's own words. */
  readonly said: string;

  constructor(kind: ForgeErrorKind, status: number, message: string, said: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
    this.status = status;
    this.said = said;
  }
}

/** The permissions that the workflow's job needs; a `permissions:` block sets every one that it does not name to none, so all are shown. */
const NEEDED_PERMISSIONS = `permissions:
  contents: write
  issues: write
  pull-requests: write`;

/** What is known of the call that failed. */
export type Attempted = Readonly<{
  /** As in "could not …", e.g. `open a pull request`. */
  doing: string;
  /** `owner/repo`. */
  repository: string;
  serverUrl: string;
}>;

/** The shape of Octokit's RequestError, as far as it is used here. */
type Failure = {
  status?: unknown;
  message?: unknown;
  response?: { headers?: Record<string, string | number | undefined>; data?: unknown };
};

/** Octokit's error as a `ForgeError`; anything that did not come from a request (a fault of our own) is returned as it is. */
export function forgeError(error: unknown, attempted: Attempted): unknown {
  const failure = error as Failure;
  if (error instanceof ForgeError || !(error instanceof Error) || typeof failure.status !== 'number') return error;
  const { status } = failure;
  const said = words(failure);
  const kind = kindOf(status, failure);
  return new ForgeError(
    kind,
    status,
    `Could not ${attempted.doing} in ${attempted.repository}: ${told(kind, status, said, failure, attempted)}`,
    said,
    { cause: error },
  );
}

function kindOf(status: number, failure: Failure): ForgeErrorKind {
  if (isRateLimit(failure) || status >= 500) return 'unavailable';
  if (status === 401) return 'unauthorized';
  if (status === 403 || status === 451) return 'forbidden';
  if (status === 404 || status === 410) return 'not_found';
  if (status === 409) return 'conflict';
  return /not a fast forward|reference already exists/i.test(words(failure)) ? 'conflict' : 'unprocessable';
}

/** GitHub's message together with its list of errors, without the link to the documentation. */
function words(failure: Failure): string {
  const data = failure.response?.data as { message?: unknown; errors?: unknown } | undefined;
  if (typeof data?.message !== 'string') return typeof failure.message === 'string' ? failure.message : 'no answer';
  const errors = Array.isArray(data.errors) ? data.errors.map(oneError).filter(Boolean) : [];
  return [data.message, ...errors].join(': ');
}

function oneError(error: unknown): string {
  if (typeof error === 'string') return error;
  const { message, field, code } = error as { message?: string; field?: string; code?: string };
  return message ?? [field, code].filter(Boolean).join(' ');
}

function told(kind: ForgeErrorKind, status: number, said: string, failure: Failure, attempted: Attempted): string {
  if (isRateLimit(failure)) return `GitHub's rate limit is reached (${said}); run again later.`;
  if (kind === 'unauthorized')
    return `GitHub does not accept the token (${said}). It expired, was revoked, or is not one of this server: check the input github-token.`;
  if (/GitHub Actions is not permitted to create or approve pull requests/i.test(said)) return pullRequestsNotAllowed(attempted);
  if (/Resource not accessible by/i.test(said)) return permissionMissing(said, failure);
  if (kind === 'not_found' && status === 404) return `GitHub answers ${said}: it does not exist, or the token may not see it.`;
  if (kind === 'unavailable' && failure.response === undefined) return `GitHub is not available (${said}); run again later.`;
  if (kind === 'unavailable') return `GitHub is not available (${status}: ${said}); run again later.`;
  return `GitHub answers ${status}: ${said}.`;
}

/** The setting that stops `GITHUB_TOKEN` from opening pull requests, and where it is. */
function pullRequestsNotAllowed({ serverUrl, repository }: Attempted): string {
  return (
    'GitHub Actions is not permitted to create pull requests here. Switch on "Allow GitHub Actions to create and approve pull requests" ' +
    `at ${serverUrl}/${repository}/settings/actions (where it is greyed out, the organisation's settings decide), or give a github-token of an App or a person.`
  );
}

function permissionMissing(said: string, failure: Failure): string {
  const { plain, workflows } = acceptedPermissions(failure);
  const named = plain === '' ? 'a permission' : `the permission ${plain}`;
  const also = workflows
    ? "\nA change of .github/workflows needs workflows: write as well, which the job's own token can never have: give a github-token of an App or a person."
    : '';
  if (/personal access token/i.test(said)) {
    return `the token lacks ${named}. Give it to the personal access token of the input github-token (its settings, "Repository permissions").${also}`;
  }
  return `the token lacks ${named}. Put into the workflow's job:\n${NEEDED_PERMISSIONS}${also}`;
}

/**
 * `contents=write; contents=write,workflows=write` → `contents: write`, and that there is a way that asks for `workflows` too; `;` parts alternatives, `,`
 * what is needed together. Source: docs.github.com, "Troubleshooting the REST API".
 */
function acceptedPermissions(failure: Failure): { plain: string; workflows: boolean } {
  const header = failure.response?.headers?.['x-accepted-github-permissions'];
  const alternatives = typeof header === 'string' ? header.split(';').filter((text) => text.trim() !== '') : [];
  const plain = alternatives.filter((text) => !text.includes('workflows'));
  return {
    plain: plain.map((text) => text.split(',').map(asYaml).join(' and ')).join(', or '),
    workflows: plain.length < alternatives.length,
  };
}

function asYaml(permission: string): string {
  return permission.trim().replaceAll('_', '-').replace('=', ': ');
}

/**
 * Seconds to wait before the same request may be sent again; `undefined` when the failure is no rate limit. Source: docs.github.com, "Rate
 * limits for the REST API": `retry-after`, else `x-ratelimit-reset` when none remain, else a minute.
 */
export function rateLimitWait(error: unknown, now: Date): number | undefined {
  const failure = error as Failure;
  if (!isRateLimit(failure)) return undefined;
  const headers = failure.response?.headers ?? {};
  const after = Number(headers['retry-after']);
  if (headers['retry-after'] !== undefined && Number.isFinite(after)) return Math.max(0, after);
  if (headers['x-ratelimit-remaining'] !== undefined && Number(headers['x-ratelimit-remaining']) === 0) {
    return Math.max(0, Math.ceil(Number(headers['x-ratelimit-reset']) - now.getTime() / 1000) + 1);
  }
  return 60;
}

/** A 403 that means "slow down", not "you may not". */
function isRateLimit(failure: Failure): boolean {
  if (failure.status === 429) return true;
  if (failure.status !== 403) return false;
  const headers = failure.response?.headers ?? {};
  return (
    headers['retry-after'] !== undefined ||
    Number(headers['x-ratelimit-remaining'] ?? 1) === 0 ||
    /secondary rate limit|abuse detection/i.test(words(failure))
  );
}
