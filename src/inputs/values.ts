import type { Price } from '../config.ts';
import { shapeSpans } from '../transcript/secrets-shapes.ts';

/** Reads one input's text. Throws an `Error` whose message goes on from the input's name: what it must be, what was given, what to write. */
export type Reader<T> = (raw: string) => T;

/** What was given, for a fault: quoted, short, on one line, and never a key that was pasted into the wrong input. */
export function quoted(raw: string): string {
  if (shapeSpans(raw).length > 0) return 'something that looks like a key, not shown';
  const short = raw.length > 60 ? `${raw.slice(0, 57).toWellFormed()}…` : raw;
  return JSON.stringify(short);
}

/** Items of a list: separated by commas or line ends, trimmed, empty ones left out. In globs a comma between braces parts nothing. */
export function items(raw: string, globs = false): string[] {
  return raw
    .split(globs ? /[\n\r]|,(?![^{}\n\r]*\})/ : /[,\n\r]/)
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

export function choice<const T extends string>(names: readonly T[], example: T): Reader<T> {
  return (raw) => {
    const found = names.find((name) => name === raw);
    if (found === undefined) throw new Error(`must be one of ${names.join(', ')} (got ${quoted(raw)}); write ${example}`);
    return found;
  };
}

export function wholeNumber(least: number, most: number, example: string): Reader<number> {
  return (raw) => {
    const value = /^\d{1,9}$/.test(raw) ? Number(raw) : Number.NaN;
    if (!(value >= least && value <= most))
      throw new Error(`must be a whole number from ${least} to ${most} (got ${quoted(raw)}); write ${example}`);
    return value;
  };
}

/** A decimal number above 0. */
export function numberOf(most: number, unit: string, example: string): Reader<number> {
  return (raw) => {
    const value = /^(?:\d{1,9}(?:\.\d{1,9})?|\.\d{1,9})$/.test(raw) ? Number(raw) : Number.NaN;
    if (!(value > 0 && value <= most))
      throw new Error(`must be a number of ${unit} above 0 and at most ${most} (got ${quoted(raw)}); write ${example}`);
    return value;
  };
}

export const booleanOf: Reader<boolean> = (raw) => choice(['true', 'false'], 'false')(raw) === 'true';

/** A text on one line that fits `pattern`. */
export function line(what: string, example: string, pattern: RegExp): Reader<string> {
  return (raw) => {
    if (/[\r\n]/.test(raw) || !pattern.test(raw)) throw new Error(`must be ${what} (got ${quoted(raw)}); write ${example}`);
    return raw;
  };
}

/** A key or token; `required` is the line to write when it is missing. The value never appears in a fault. */
export function secret(required: string | undefined, name?: string): Reader<string> {
  return (raw) => {
    if (raw === '' && required !== undefined) {
      const where = name === undefined ? '' : `add the key under Settings > Secrets and variables > Actions as ${name}, then `;
      throw new Error(`is missing; ${where}write ${required}`);
    }
    // It travels in an HTTP header (RFC 9110, section 5.5).
    if (!/^[\x21-\x7e]*$/.test(raw))
      throw new Error('contains white space or characters that no key has; store it again as one line, with nothing around it');
    return raw;
  };
}

/** An address of a web server; user and password in it would end up in logs. */
export const webAddress: Reader<string> = (raw) => {
  const url = URL.canParse(raw) ? new URL(raw) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || /\s/.test(raw)) {
    // Not quoted: such an address may carry a key.
    throw new Error('must be an http or https address; write https://gateway.example.com');
  }
  if (url.username !== '' || url.password !== '')
    throw new Error('must not contain a user name or password; give the key in its own input');
  return raw;
};

/** A branch, or with `whole` what becomes one: the rules of `git check-ref-format`, and no leading `-` (attack 30). */
export function reference(raw: string, whole: string, example: string): string {
  const characters = /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|\.$|\/$|^\/|^-/.test(whole);
  const parts = whole.split('/').some((part) => part.startsWith('.') || part.endsWith('.lock'));
  if (characters || parts || whole === '@' || Buffer.byteLength(whole) > 200) {
    throw new Error(`must make a valid branch name (got ${quoted(raw)}); write ${example}`);
  }
  return raw;
}

/** GitHub's logins: letters, digits and single hyphens; enterprise-managed users have an underscore; Apps end in `[bot]`. */
const LOGIN = /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,99})$/;

export const oneLogin: Reader<string> = (raw) => {
  if (!LOGIN.test(raw.replace(/\[bot\]$/, ''))) throw new Error(`must be one login without @ (got ${quoted(raw)}); write octocat`);
  return raw;
};

export function logins(kind: 'users' | 'bots'): Reader<readonly string[]> {
  return (raw) => {
    const example = kind === 'bots' ? 'dependabot[bot], my-app[bot]' : 'octocat, hubot';
    const given = items(raw);
    if (given.includes('*')) throw new Error(`must name each login: * would let in everybody; write ${example}`);
    const wrong = given.filter((login) => !LOGIN.test(kind === 'bots' ? login.replace(/\[bot\]$/, '') : login));
    if (wrong.length > 0)
      throw new Error(`must be logins without @, separated by commas (got ${wrong.slice(0, 3).map(quoted).join(', ')}); write ${example}`);
    return given;
  };
}

export const hosts: Reader<readonly string[]> = (raw) => {
  const given = items(raw);
  const wrong = given.filter((host) => !isHost(host));
  if (wrong.length > 0) {
    throw new Error(
      `must be host or host:port, without scheme, path or * (got ${wrong.slice(0, 3).map(quoted).join(', ')}); write registry.example.com, localhost:5432`,
    );
  }
  return given.map((host) => host.toLowerCase());
};

function isHost(text: string): boolean {
  const [, name = '', port] = /^([^:]+)(?::(\d{1,5}))?$/.exec(text) ?? [];
  const labels = name.split('.');
  if (name.length > 253 || !labels.every((label) => /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/.test(label))) return false;
  return port === undefined || (Number(port) >= 1 && Number(port) <= 65_535);
}

const PRICE_FIELDS = ['input', 'output', 'cache_read', 'cache_write_5m', 'cache_write_1h'] as const;
const PRICE_EXAMPLE = '{"MODEL": {"input": 4, "output": 20}}';

/**
 * Prices by model. `input` and `output` are required; a cache price left out is taken at its worst, so that a money limit still holds: reads cost what
 * input costs, 5-minute writes 1.25 times and 1-hour writes 2 times that (Anthropic's multipliers).
 */
export const jsonPrices: Reader<Readonly<Record<string, Price>>> = (raw) => {
  const value = parsed(raw);
  if (!isRecord(value)) throw new Error(`must be a JSON object of prices by model (got ${quoted(raw)}); write ${PRICE_EXAMPLE}`);
  const faults: string[] = [];
  const prices = Object.entries(value).map(([model, price]) => [model, onePrice(model, price, faults)] as const);
  if (faults.length > 0) throw new Error(`${faults.join(', ')}; write ${PRICE_EXAMPLE}`);
  return Object.fromEntries(prices);
};

function onePrice(model: string, value: unknown, faults: string[]): Price {
  const name = quoted(model);
  const given = isRecord(value) ? value : {};
  if (!isRecord(value)) faults.push(`${name} must be an object with input and output in US dollars per million tokens`);
  else {
    for (const field of Object.keys(given))
      if (!PRICE_FIELDS.some((known) => known === field)) faults.push(`${name} has the unknown field ${quoted(field)}`);
    for (const field of ['input', 'output']) if (given[field] === undefined) faults.push(`${name} lacks ${field}`);
  }
  const number = (field: (typeof PRICE_FIELDS)[number], otherwise: number): number => {
    const price = given[field];
    if (price === undefined) return otherwise;
    if (typeof price === 'number' && Number.isFinite(price) && price >= 0) return price;
    faults.push(`${name} has ${field} that is no number of 0 or more (got ${quoted(JSON.stringify(price))})`);
    return otherwise;
  };
  const input = number('input', 0);
  return {
    input,
    output: number('output', 0),
    cache_read: number('cache_read', input),
    cache_write_5m: number('cache_write_5m', input * 1.25),
    cache_write_1h: number('cache_write_1h', input * 2),
  };
}

function parsed(raw: string): unknown {
  try {
    return JSON.parse(raw) as unknown;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
