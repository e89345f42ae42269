import { isSpendLimit } from './failure.ts';
import { BrokenStream } from './model.ts';

/** What every provider's connection needs beside its SDK: patience with an end, and no words of a server that hold a key. */

/** A server that asks to wait longer than this is not waited for: the run would spend its time limit asleep. */
const LONGEST_WAIT_S = 120;

/**
 * The SDKs sleep as long as `retry-after` says, up to 24 days, and retry a reached spend limit like any 429. Such answers are marked as final with
 * the header that both SDKs obey.
 */
export async function notWorthWaiting(response: Response): Promise<Response> {
  const seconds = Number(response.headers.get('retry-after') ?? 0);
  if (response.ok || (response.status !== 429 && !(seconds > LONGEST_WAIT_S))) return response;
  const text = await response.text();
  const headers = new Headers(response.headers);
  if (seconds > LONGEST_WAIT_S || isSpendLimit(text)) headers.set('x-should-retry', 'false');
  return new Response(text, { status: response.status, statusText: response.statusText, headers });
}

/** Gives a stream up that sends nothing. Bytes are watched, not events: the SDK swallows pings, and a model that thinks long only pings. */
export class Watchdog {
  readonly #limitMs: number;
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  watch(response: Response): Response {
    if (response.body === null) return response;
    this.#restart();
    const watched = response.body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform: (chunk, controller) => {
          this.#restart();
          controller.enqueue(chunk);
        },
      }),
    );
    return new Response(watched, { status: response.status, statusText: response.statusText, headers: response.headers });
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #restart(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.#controller.abort(new BrokenStream(`The reply stopped: not a byte for ${this.#limitMs / 1000} s.`)),
      this.#limitMs,
    );
  }
}

/** Host and port alone: a base URL may hold a password. */
export function hostOf(baseUrl: string): string {
  return URL.canParse(baseUrl) ? new URL(baseUrl).host : 'the address that was given';
}
