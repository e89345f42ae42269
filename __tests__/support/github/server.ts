import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Artifact, Artifacts } from './artifacts.ts';
import { type Answer, type Call, type Handler, notFound, Refusal } from './call.ts';
import { dataRoutes } from './data.ts';
import { issueRoutes } from './issues.ts';
import { Objects } from './objects.ts';
import { authenticated, authorize, refuseArchived } from './permissions.ts';
import { pullRoutes } from './pulls.ts';
import { repositoryRoutes } from './repository.ts';
import { runRoutes } from './runs.ts';
import { decode, escape, faulty, parsed, type Route, routed, send } from './routing.ts';
import { complete, requestFaults, responseFaults } from './schema.ts';
import { type Fault, type GitHubOptions, initialState, type RecordedRequest, type State, type Token } from './state.ts';
import { serveGit } from './transport.ts';

export { type Artifact } from './artifacts.ts';
export { git, type SeedFile } from './objects.ts';
export {
  addComment,
  addIssue,
  DEFAULT_TOKEN,
  type Account,
  type Fault,
  type GitHubOptions,
  type IssueSeed,
  type RecordedRequest,
  type State,
  type Token,
} from './state.ts';

/** A GitHub on loopback: REST over a real bare repository, smart HTTP for cloning, and the artifact service. */
export type GitHubServer = Readonly<{
  /** For `GITHUB_API_URL`. `${apiUrl}/api/v3` serves the same, as Enterprise Server does. */
  apiUrl: string;
  /**
   * For `GITHUB_SERVER_URL`: `http://github.localhost:PORT`. `@actions/artifact` refuses hosts other than github.com, *.ghe.com and
   * *.localhost; git resolves `*.localhost` itself, Node does not.
   */
  serverUrl: string;
  /** For `git clone` from a program that does not resolve `*.localhost`. */
  cloneUrl: string;
  state: State;
  /** The bare repository. */
  objects: Objects;
  artifacts: readonly Artifact[];
  requests: readonly RecordedRequest[];
  /** Requests and answers that do not fit GitHub's description; a good run leaves this empty. */
  violations: readonly string[];
  /** Puts a fault in the way of the requests to come. */
  inject(fault: Fault): void;
  /** What a runner sets: API, server and results addresses, repository, runtime token. */
  environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}>;

const HANDLERS: Record<string, Handler> = { ...repositoryRoutes, ...dataRoutes, ...issueRoutes, ...pullRoutes, ...runRoutes };

export async function startGitHub(options: GitHubOptions = {}): Promise<GitHubServer> {
  const state = initialState(options);
  const objects = await Objects.create({
    branch: state.defaultBranch,
    ...(options.files && { files: options.files }),
    ...(options.source !== undefined && { source: options.source }),
    date: state.now(),
  });
  const far = new FarSide(state, objects, new Artifacts(options.takenArtifactNames ?? []), options.validate ?? true, options.faults ?? []);
  const port = await far.listen();
  const apiUrl = `http://127.0.0.1:${port}`;
  const serverUrl = `http://github.localhost:${port}`;
  return {
    apiUrl,
    serverUrl,
    cloneUrl: `${apiUrl}/${state.owner}/${state.repo}.git`,
    state,
    objects,
    artifacts: far.artifacts.uploaded,
    requests: far.requests,
    violations: far.violations,
    inject: (fault) => {
      far.faults.push({ ...fault });
    },
    environment: {
      GITHUB_API_URL: apiUrl,
      GITHUB_SERVER_URL: serverUrl,
      GITHUB_GRAPHQL_URL: `${apiUrl}/graphql`,
      GITHUB_REPOSITORY: `${state.owner}/${state.repo}`,
      ACTIONS_RESULTS_URL: `${apiUrl}/`,
      ACTIONS_RUNTIME_TOKEN: far.artifacts.runtimeToken,
    },
    close: () => far.close(),
  };
}

type Struck = { -readonly [K in keyof Fault]: Fault[K] };
type Arrived = { request: IncomingMessage; response: ServerResponse; body: Buffer; url: URL; path: string };

/** Not only a delay. */
const isAnswer = ({ status, reset, silent }: Fault): boolean => status !== undefined || reset === true || silent !== undefined;

class FarSide {
  readonly requests: RecordedRequest[] = [];
  readonly violations: string[] = [];
  readonly faults: Struck[];
  readonly artifacts: Artifacts;
  readonly #state: State;
  readonly #objects: Objects;
  readonly #validate: boolean;
  readonly #server: Server;
  #port = 0;
  /** Writes happen one after the other, as a database would have it: two creations of one pull request do not both win. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(state: State, objects: Objects, artifacts: Artifacts, validate: boolean, faults: readonly Fault[]) {
    this.#state = state;
    this.#objects = objects;
    this.artifacts = artifacts;
    this.#validate = validate;
    this.faults = faults.map((fault) => ({ ...fault }));
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        this.violations.push(`far side failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
        if (!response.headersSent) response.writeHead(500);
        response.end();
      });
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
    return this.#port;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.#objects.close();
  }

  get #apiUrl(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? '/', this.#apiUrl);
    const arrived = { request, response, body: Buffer.concat(chunks), url, path: url.pathname.replace(/^\/api\/v3(?=\/)/, '') };
    const repository = new RegExp(
      `^/${escape(this.#state.owner)}/${escape(this.#state.repo)}(?:\\.git)?(/info/refs|/git-upload-pack|/git-receive-pack)$`,
      'i',
    ).exec(url.pathname);
    if (repository) await this.#serveClone(arrived, repository[1]!);
    else if (url.pathname.startsWith('/twirp/')) await this.#serveTwirp(arrived);
    else if (url.pathname.startsWith('/downloads/')) this.#serveDownload(arrived);
    else if (url.pathname.startsWith('/blobs/')) await this.#serveBlob(arrived);
    else await this.#serveRest(arrived);
  }

  async #serveClone(arrived: Arrived, path: string): Promise<void> {
    const { request, response, body, url } = arrived;
    if (await this.#strike(arrived, 'git')) return;
    const status = await serveGit(this.#objects.directory, path, url.search.slice(1), request, body, response);
    this.#record(arrived, 'git', undefined, null, status);
  }

  async #serveTwirp(arrived: Arrived): Promise<void> {
    if (await this.#strike(arrived, 'artifact')) return;
    const { status, data } = this.artifacts.twirp(arrived.url.pathname.split('/').at(-1)!, arrived.request, arrived.body, this.#apiUrl);
    this.#record(arrived, 'artifact', JSON.parse(arrived.body.toString() || 'null'), null, status);
    send(arrived.response, { status, data });
  }

  async #serveBlob(arrived: Arrived): Promise<void> {
    if (await this.#strike(arrived, 'blob')) return;
    this.artifacts.blob(arrived.url, arrived.body, arrived.response);
    this.#record(arrived, 'blob', undefined, null, arrived.response.statusCode);
  }

  #serveDownload(arrived: Arrived): void {
    const zip =
      arrived.url.searchParams.get('sig') === 'loopback'
        ? this.artifacts.uploaded.find(({ id }) => arrived.path === `/downloads/${id}`)?.zip
        : undefined;
    this.#record(arrived, 'download', undefined, null, zip ? 200 : 403);
    arrived.response.writeHead(zip ? 200 : 403, { 'content-type': 'application/zip' }).end(zip);
  }

  async #serveRest(arrived: Arrived): Promise<void> {
    const { request, response, path } = arrived;
    const route = routed(request.method ?? 'GET', path);
    const id = route?.id ?? 'unknown';
    const body = parsed(arrived.body);
    const fault = this.#fault(id, arrived);
    if (fault?.delayMs !== undefined) await sleep(fault.delayMs, undefined, { ref: false });
    let login: string | null = null;
    let answer: Answer | undefined;
    const strikes = fault !== undefined && isAnswer(fault);
    if (!strikes || fault.afterEffect === true) {
      const known = (token: Token): void => {
        login = token.login;
      };
      answer = await this.#inTurn(request.method ?? 'GET', () => this.#answer(route, arrived, body, known));
    }
    const status = strikes ? (fault.status ?? 0) : answer!.status;
    this.#record(arrived, id, body, login, status);
    if (!strikes) send(response, answer!);
    else faulty(response, fault);
  }

  #inTurn<T>(method: string, work: () => Promise<T>): Promise<T> {
    if (method === 'GET') return work();
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  async #answer(route: Route | undefined, arrived: Arrived, body: unknown, known: (token: Token) => void): Promise<Answer> {
    try {
      const token = authenticated(arrived.request.headers.authorization, this.#state.tokens);
      known(token);
      if (!route) {
        this.violations.push(`${arrived.request.method} ${arrived.path}: no such route`);
        throw notFound();
      }
      const call = this.#call(route, arrived, body, token);
      const { owner, repo } = route.params;
      if (owner !== undefined && `${owner}/${repo}`.toLowerCase() !== `${this.#state.owner}/${this.#state.repo}`.toLowerCase())
        throw notFound();
      authorize(route.id, call);
      refuseArchived(arrived.request.method ?? 'GET', call);
      this.#check(route.id, 'request', requestFaults(route.id, body, arrived.url.searchParams));
      const answer = await HANDLERS[route.id]!(call);
      return this.#checked(route.id, answer);
    } catch (error) {
      if (error instanceof Refusal) return error.answer;
      throw error;
    }
  }

  #call(route: Route, arrived: Arrived, body: unknown, token: Token): Call {
    return {
      state: this.#state,
      objects: this.#objects,
      artifacts: this.artifacts.uploaded,
      token,
      params: route.params,
      query: arrived.url.searchParams,
      body: (body ?? {}) as Record<string, unknown>,
      apiUrl: this.#apiUrl,
      serverUrl: `http://github.localhost:${this.#port}`,
      url: arrived.url,
    };
  }

  #check(id: string, what: string, found: readonly string[]): void {
    if (!this.#validate || found.length === 0) return;
    this.violations.push(`${id} ${what}: ${found.join('; ')}`);
    throw new Refusal(what === 'request' ? 422 : 500, `Invalid ${what}.\n\n${found.join('\n')}`);
  }

  #checked(id: string, answer: Answer): Answer {
    if (answer.data === undefined) return answer;
    const data = complete(id, answer.status, answer.data);
    this.#check(id, 'answer', this.#validate ? responseFaults(id, answer.status, data) : []);
    return { ...answer, data };
  }

  /** A fault for a route that is not REST: true when the request was answered by it. */
  async #strike(arrived: Arrived, id: string): Promise<boolean> {
    const fault = this.#fault(id, arrived);
    if (fault?.delayMs !== undefined) await sleep(fault.delayMs, undefined, { ref: false });
    if (!fault || !isAnswer(fault)) return false;
    this.#record(arrived, id, undefined, null, fault.status ?? 0);
    faulty(arrived.response, fault);
    return true;
  }

  #fault(id: string, { request, path }: Arrived): Fault | undefined {
    const decoded = decode(path);
    const fits = (fault: Fault): boolean =>
      (fault.operation === undefined || fault.operation === id) &&
      (fault.method === undefined || fault.method === request.method) &&
      (fault.path === undefined || (typeof fault.path === 'string' ? fault.path === decoded : fault.path.test(decoded)));
    for (const fault of this.faults) {
      if ((fault.times ?? 1) <= 0 || !fits(fault)) continue;
      if ((fault.skip ?? 0) > 0) {
        fault.skip = fault.skip! - 1;
        continue;
      }
      fault.times = (fault.times ?? 1) - 1;
      return fault;
    }
    return undefined;
  }

  #record({ request, url, path }: Arrived, operation: string, body: unknown, login: string | null, status: number): void {
    const { authorization: _, ...headers } = request.headers;
    this.requests.push({
      method: request.method ?? 'GET',
      path: decode(path),
      query: url.search.slice(1),
      operation,
      body,
      login,
      headers,
      status,
    });
  }
}
