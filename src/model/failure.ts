import { APIConnectionError, APIConnectionTimeoutError, APIError } from '@anthropic-ai/sdk';
import { BrokenStream, ModelError, type ModelErrorKind } from './model.ts';

/** What is known of a call that failed. */
export type FailedCall = Readonly<{
  /** Never shown; wherever an answer repeats it, it is taken out. */
  apiKey: string;
  /** Name of the server, e.g. `api.anthropic.com`. */
  host: string;
  model: string;
  /** Content type of the answer once it had begun, where the SDK retries no more; `undefined` before. */
  answered: string | undefined;
}>;

/** Error types that pass with time; the SDK's `ErrorType`. */
const PASSING = new Set(['overloaded_error', 'api_error', 'timeout_error', 'rate_limit_error']);

/** An account without credit is a 400 with this text (anthropic-sdk-typescript#618), a spend limit a 429 with one of the `…_limit_reached` codes. */
const SPEND = /credit balance|billing|spend(ing)?[ _]limit|usage limits?\b|ramp_limit_exceeded|purchase credits/i;
const TOO_LONG = /prompt is too long|input is too long|context (window|length|limit)|exceed(s)? (the )?context/i;
/** Characters of the server's own words in a message. */
const LONGEST_QUOTE = 300;

/** True for an answer that says that money has run out: waiting and asking again is of no use. */
export function isSpendLimit(text: string): boolean {
  return SPEND.test(text);
}

/**
 * What a failure of the SDK means: `BrokenStream` when the same bytes may be sent again, else a `ModelError` whose message says what happened, why
 * and what to do. Carries no `cause`: the SDK's errors hold the whole answer, which may repeat the key.
 */
export function failure(error: unknown, call: FailedCall): BrokenStream | ModelError {
  if (error instanceof BrokenStream || error instanceof ModelError) return error;
  const said = quote(error, call);
  if (isApiError(error) && error.status !== undefined) return refused(error, said, call);
  if (call.answered !== undefined) return brokeOff(error, said, call.answered, call);
  return new ModelError(
    'unavailable',
    `The Messages API at ${call.host} could not be reached (${connectionFault(error, said)}). ${unreachableAdvice(error, call)}`,
  );
}

function brokeOff(error: unknown, said: string, answered: string, { host }: FailedCall): BrokenStream | ModelError {
  if (!/^text\/event-stream\b/i.test(answered)) return new ModelError('bad_request', strangeServer(host, '(no event stream)'));
  const type = isApiError(error) ? error.type : null;
  if (type === null || PASSING.has(type)) return new BrokenStream(`The reply of ${host} broke off (${type ?? 'stream'}: ${said}).`);
  const kind: ModelErrorKind =
    type === 'billing_error' || isSpendLimit(said)
      ? 'spend_limit'
      : type === 'authentication_error' || type === 'permission_error'
        ? 'key_refused'
        : 'bad_request';
  return new ModelError(kind, `The Messages API ended its reply with an error (${type}: ${said}).`);
}

function refused(error: APIError, said: string, call: FailedCall): ModelError {
  const status = Number(error.status);
  const id = error.requestID ? `, request ${plain(error.requestID, call).slice(0, 80)}` : '';
  const what = `(${status} ${error.type ?? 'without an error type'}: ${said}${id})`;
  const [kind, text] = meaning(status, error, `${said} ${error.errorCode ?? ''}`, what, call);
  return new ModelError(kind, text);
}

function meaning(
  status: number,
  error: APIError,
  said: string,
  what: string,
  { host, model, apiKey }: FailedCall,
): readonly [ModelErrorKind, string] {
  const spent =
    status === 402 || error.type === 'billing_error' || ((status === 400 || status === 403 || status === 429) && isSpendLimit(said));
  if (spent)
    return [
      'spend_limit',
      `The account behind the key has no money left for this ${what}. Add credit or raise the spend limit of its workspace, then start the run again.`,
    ];
  if (status === 401) {
    const cause =
      apiKey === ''
        ? 'No key was given: set the input anthropic-api-key, e.g. to ${{ secrets.ANTHROPIC_API_KEY }}.'
        : 'Check that the input anthropic-api-key holds a current key, without quotes or spaces around it.';
    return ['key_refused', `The Messages API refused the key ${what}. ${cause}`];
  }
  if (status === 403)
    return [
      'key_refused',
      `The Messages API knows the key but forbids this ${what}. Check that the key's workspace may use the model "${model}", or give another key as anthropic-api-key.`,
    ];
  if (status === 404 && error.type === 'not_found_error') {
    return [
      'unknown_model',
      `The Messages API does not know the model "${model}" ${what}. Check the spelling of the inputs model and review-model, and that the key's workspace may use it.`,
    ];
  }
  if (status === 413 || (status === 400 && TOO_LONG.test(said)))
    return [
      'context_full',
      `The conversation has outgrown what the model "${model}" can read ${what}. Give a smaller task, or split the issue.`,
    ];
  if (status === 429)
    return [
      'rate_limited',
      `The Messages API limits how fast this key may ask, and retrying did not help ${what}. Wait and start the run again, or ask for a higher rate limit.`,
    ];
  if (status >= 500 || status === 408 || status === 409)
    return [
      'unavailable',
      `The Messages API is not available; retrying did not help ${what}. Start the run again later; https://status.anthropic.com tells of outages.`,
    ];
  if (status === 400 || status === 422)
    return [
      'bad_request',
      `The Messages API refused the request ${what}. If the model "${model}" or the server does not support what was asked for, choose another with the input model.`,
    ];
  return ['bad_request', strangeServer(host, what)];
}

function strangeServer(host: string, what: string): string {
  return `${host} does not answer as the Messages API does ${what}. Check the input anthropic-base-url: it is the address before /v1/messages.`;
}

/** Without the `any` that `instanceof` makes of the class's type parameters. */
function isApiError(error: unknown): error is APIError {
  return error instanceof APIError;
}

/** The code of a connection's fault (`ECONNREFUSED`), without the address, which may hold a password. */
function connectionFault(error: unknown, said: string): string {
  if (error instanceof APIConnectionTimeoutError) return 'no answer in time';
  for (
    let inner = error as { code?: unknown; cause?: unknown } | null | undefined;
    typeof inner === 'object' && inner !== null;
    inner = inner.cause as typeof inner
  ) {
    const { code } = inner;
    if (typeof code === 'string' && /^[A-Z0-9_]+$/.test(code)) return code;
  }
  return error instanceof APIConnectionError ? 'connection error' : said;
}

function unreachableAdvice(error: unknown, { host }: FailedCall): string {
  if (error instanceof APIConnectionTimeoutError) return 'Start the run again later; https://status.anthropic.com tells of outages.';
  return host === 'api.anthropic.com'
    ? 'Check that the runner may reach it, then start the run again.'
    : 'Check the input anthropic-base-url, and that the runner may reach that server.';
}

/** What the server said, on one line, short, without the key. */
function quote(error: unknown, call: FailedCall): string {
  const said = isApiError(error) ? (error.apiMessage ?? error.message) : error instanceof Error ? error.message : String(error);
  const text = plain(said, call);
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
}

function plain(text: string, { apiKey }: FailedCall): string {
  const hidden = apiKey.length < 4 ? text : text.replaceAll(apiKey, '[key]');
  // Control characters could start a workflow command on a line of their own.
  return hidden.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+|\s+/gu, ' ').trim();
}
