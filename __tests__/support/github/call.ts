import type { Artifact } from './artifacts.ts';
import type { Objects } from './objects.ts';
import { accountType, type State, type Token } from './state.ts';

/** One request as a handler sees it. Path parts are decoded. */
export type Call = Readonly<{
  state: State;
  objects: Objects;
  artifacts: readonly Artifact[];
  token: Token;
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
  /** Validated against the description; `{}` when there was none. */
  body: Readonly<Record<string, unknown>>;
  /** Where the API was reached, e.g. `http://127.0.0.1:3000`. */
  apiUrl: string;
  /** The web address, e.g. `http://github.localhost:3000`. */
  serverUrl: string;
  /** Path and query as asked, for `Link` headers. */
  url: URL;
}>;

export type Answer = Readonly<{ status: number; data?: unknown; headers?: Readonly<Record<string, string>> }>;
export type Handler = (call: Call) => Answer | Promise<Answer>;

/** A refusal with GitHub's body: `{message, errors?, documentation_url, status}`. */
export class Refusal extends Error {
  readonly status: number;
  readonly errors: readonly unknown[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, errors?: readonly unknown[], headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.errors = errors;
    this.headers = headers;
  }

  get answer(): Answer {
    const data = {
      message: this.message,
      ...(this.errors && { errors: this.errors }),
      documentation_url: 'https://docs.github.com/rest',
      status: String(this.status),
    };
    return { status: this.status, data, headers: this.headers };
  }
}

export const notFound = (): Refusal => new Refusal(404, 'Not Found');
export const unprocessable = (message: string): Refusal => new Refusal(422, message);

/** `Validation Failed` with a custom error, as pull requests and comments answer it. */
export const invalid = (resource: string, message: string, extra: object = {}): Refusal =>
  new Refusal(422, 'Validation Failed', [{ resource, code: 'custom', message, ...extra }]);

/** What GitHub accepts as the text of an issue, comment or pull request. Source: its 422 "body is too long (maximum is 65536 characters)". */
export const MAX_BODY = 65_536;

export function checkBody(resource: string, body: unknown): void {
  if (typeof body === 'string' && Array.from(body).length > MAX_BODY) {
    throw new Refusal(422, 'Validation Failed', [
      { resource, code: 'custom', field: 'body', message: `body is too long (maximum is ${MAX_BODY} characters)` },
    ]);
  }
}

/** One page of a list, with the `Link` header of GitHub's pagination. */
export function page<T>(call: Call, items: readonly T[], render: (item: T) => unknown): Answer {
  const size = Math.min(100, Math.max(1, Number(call.query.get('per_page') ?? 30)));
  const number = Math.max(1, Number(call.query.get('page') ?? 1));
  const last = Math.max(1, Math.ceil(items.length / size));
  const link = (relation: string, to: number): string => {
    const query = new URLSearchParams(call.query);
    query.set('page', String(to));
    return `<${call.apiUrl}${call.url.pathname}?${query.toString()}>; rel="${relation}"`;
  };
  const links = [
    ...(number > 1 ? [link('prev', number - 1), link('first', 1)] : []),
    ...(number < last ? [link('next', number + 1), link('last', last)] : []),
  ];
  return {
    status: 200,
    data: items.slice((number - 1) * size, number * size).map(render),
    ...(links.length > 0 && { headers: { link: links.join(', ') } }),
  };
}

/** A `simple-user`; the rest of its fields is filled in by the description. */
export function user(call: Call, login: string): Record<string, unknown> {
  return {
    login,
    id: Array.from(login).reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1_000_003, 7),
    type: accountType(call.state, login),
    html_url: `${call.serverUrl}/${encodeURIComponent(login)}`,
    url: `${call.apiUrl}/users/${encodeURIComponent(login)}`,
  };
}

export function repositoryUrl(call: Call): string {
  return `${call.apiUrl}/repos/${call.state.owner}/${call.state.repo}`;
}

export function webUrl(call: Call): string {
  return `${call.serverUrl}/${call.state.owner}/${call.state.repo}`;
}
