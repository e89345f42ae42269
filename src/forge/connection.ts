import { setTimeout as sleep } from 'node:timers/promises';
import type { getOctokit } from '@actions/github';
import { type Attempted, ForgeError, forgeError, rateLimitWait } from './error.ts';

export type Octokit = ReturnType<typeof getOctokit>;

export type ConnectionOptions = Readonly<{
  token: string;
  /** E.g. `https://api.github.com`, or `https://HOST/api/v3` of Enterprise Server. */
  apiUrl: string;
  signal?: AbortSignal | undefined;
  onWarning(text: string): void;
  /** Seconds that one "second" of back-off lasts; tests make it short. Default 1. */
  patience?: number | undefined;
  /** Milliseconds until an answer must have begun; its content may take as long again. Default 30 s: GitHub itself gives a request up after 10 s. */
  answerMs?: number | undefined;
}>;

/** Runs requests: retried where that is safe, slowed down where GitHub asks for it, failures told as `ForgeError`. */
export type Connection = <T>(attempted: Attempted, work: (octokit: Octokit) => Promise<T>) => Promise<T>;

/** The longest that one rate limit is waited for, in seconds; a run has minutes, not hours. */
const LONGEST_WAIT = 120;
const WAITS = 3;

/** How often a request is sent again after a 5xx or a broken connection. */
const RETRIES = 3;

/** See `ConnectionOptions.answerMs`. */
const ANSWER_MS = 30_000;

/** Nothing is sent again once this much time was spent on it, in `answerMs`: a server that never answers is waited for twice. */
const PATIENT_FOR = 1.5;

/** Passed with a request that must not be sent twice blindly (a comment, a pull request): the caller looks first whether it arrived. */
export const SEND_ONCE = { request: { retries: 0 } } as const;

const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };

export function connection(options: ConnectionOptions): Connection {
  let octokit: Promise<Octokit> | undefined;
  return async (attempted, work) => {
    options.signal?.throwIfAborted();
    octokit ??= open(options);
    try {
      return await work(await octokit);
    } catch (error) {
      options.signal?.throwIfAborted();
      throw forgeError(error, attempted);
    }
  };
}

/**
 * Loaded late: `@actions/github` reads and parses the event's file at the moment it is imported, so that a malformed payload would end the
 * process before the door can say so; and a run that nobody asked for never needs it.
 *
 * Neither `@octokit/plugin-retry` nor `@octokit/plugin-throttling`: their pauses know no signal (a cancelled run has 7.5 s in all), the first repeats
 * comments and pull requests as it repeats anything else, and the second keeps a second between any two writes and three between comments.
 */
async function open(options: ConnectionOptions): Promise<Octokit> {
  const { getOctokit } = await import('@actions/github');
  const octokit = getOctokit(options.token, { baseUrl: options.apiUrl, log: silent });
  octokit.hook.before('request', (request) => {
    Object.assign(request.headers, { 'x-github-api-version': '2022-11-28' });
    Object.assign(request.request, { log: silent, fetch: bounded(request.request.fetch as typeof fetch, options) });
  });
  octokit.hook.wrap('request', (request, parameters) => {
    const retries = (parameters.request as { retries?: number }).retries ?? RETRIES;
    return patiently(async () => request(parameters), retries, options);
  });
  return octokit;
}

/**
 * The same `fetch` (it knows the runner's proxy), ended by the run's signal and by a time limit of each request's own: a server may accept a connection and never
 * answer, or stop half way. The content is read here, since Octokit takes one that breaks off for an empty one.
 */
function bounded(base: typeof fetch, { signal, answerMs = ANSWER_MS }: ConnectionOptions): typeof fetch {
  return async (url, init) => {
    const limit = new AbortController();
    const giveUp = (): void => limit.abort(new Error(`no answer within ${answerMs / 1000} s`));
    let timer = setTimeout(giveUp, answerMs);
    try {
      const response = await base(url, { ...init, signal: signal ? AbortSignal.any([signal, limit.signal]) : limit.signal });
      clearTimeout(timer);
      timer = setTimeout(giveUp, answerMs);
      const content = await response.arrayBuffer();
      const { status, statusText, headers } = response;
      return new Response(content.byteLength === 0 ? null : content, { status, statusText, headers });
    } finally {
      clearTimeout(timer);
    }
  };
}

/**
 * Sends again: after a pause of 1, 4 and 9 s where no answer came or a 5xx, and as GitHub says after a rate limit. A limited request was not carried out, so
 * that is safe for every request.
 */
async function patiently<T>(send: () => Promise<T>, retries: number, options: ConnectionOptions): Promise<T> {
  const { onWarning, signal, patience = 1 } = options;
  const isLate = late(options);
  for (let tried = 0, waited = 0; ;) {
    try {
      return await send();
    } catch (error) {
      signal?.throwIfAborted();
      const limited = rateLimitWait(error, new Date());
      const again =
        limited === undefined
          ? ((error as { status?: number }).status ?? 0) >= 500 && tried++ < retries && !isLate()
          : limited <= LONGEST_WAIT && waited++ < WAITS;
      if (!again) throw error;
      if (limited !== undefined) onWarning(`GitHub's rate limit: waiting ${limited} s before the next try.`);
      await pause(limited ?? tried ** 2, signal, patience);
    }
  }
}

export type Once = <T>(create: () => Promise<T>, find: () => Promise<T | null>) => Promise<T>;

/**
 * Sends what must not be there twice: after a failure that leaves open whether it arrived (5xx, broken connection) it looks for the thing before
 * it sends again.
 */
export function sentOnce(options: ConnectionOptions): Once {
  const { patience, signal } = options;
  return async (create, find) => {
    const isLate = late(options);
    for (let tries = 1; ; tries++) {
      try {
        return await create();
      } catch (error) {
        if (!(error instanceof ForgeError) || error.status < 500 || tries === 4 || isLate()) throw error;
        await pause(tries ** 2, signal, patience);
        const found = await find();
        if (found !== null) return found;
      }
    }
  };
}

/** Whether so much time was spent that another try is of no use. */
function late({ answerMs = ANSWER_MS }: ConnectionOptions): () => boolean {
  const started = performance.now();
  return () => performance.now() - started > answerMs * PATIENT_FOR;
}

/** Seconds of `patience` each, ended by the signal. */
async function pause(seconds: number, signal: AbortSignal | undefined, patience = 1): Promise<void> {
  await sleep(seconds * 1000 * patience, undefined, signal ? { signal } : {}).catch((error: unknown) => {
    throw signal?.reason ?? error;
  });
}

function nothing(): void {
  // Octokit's own log would reach the step's log unfiltered.
}
