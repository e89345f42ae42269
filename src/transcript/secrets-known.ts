import type { Span } from './secrets-shapes.ts';

/** Below this a secret is not looked for. */
const SHORTEST = 8;
/** A cut secret is recognised by any stretch of this many of its characters. */
const WINDOW = 12;
/** Length of the seeds by which the text is searched. */
const SEED = 6;
/** Places of a form that one seed leads to: at least `step`, so that a whole secret is always found from one within its first characters. */
const SAME_SEED = WINDOW - SEED + 1;
/** A stretch that is mostly a key's public prefix (`sk-ant-api03-`) must also hold this many characters of the secret itself. */
const LEAST_OWN = 4;

/** One way a secret can be written. */
type Form = Readonly<{
  text: string;
  /** Shortest stretch of `text` that counts. */
  window: number;
  /** Part of `text` that anyone knows (a key's prefix, a token's header), `[from, to)`. */
  open: readonly [number, number];
  /** Characters of `text` for one of the secret. */
  scale: number;
  /** Characters by which a stretch may fall short of its scale: where they do not fall on bytes, or a sign stands between but not after. */
  slack: number;
  label: string;
}>;

export type KnownFinder = Readonly<{ spans(text: string): Span[]; longest: number }>;

/**
 * Finds known secrets, whole or cut, in time that hardly depends on how many there are: every stretch of `window` characters holds a seed that starts at
 * a multiple of `step`, so only those places are looked up, and what is found is grown to both sides.
 */
export function knownFinder(secrets: readonly string[]): KnownFinder {
  const forms = [...new Set(secrets)]
    .filter((secret) => secret.length >= SHORTEST)
    .flatMap((secret) => formsOf(secret, secrets.indexOf(secret) + 1));
  const seeds = new Map<string, { form: Form; at: number }[]>();
  for (const form of forms) {
    for (let at = 0; at + SEED <= form.text.length; at += 1) {
      const seed = form.text.slice(at, at + SEED);
      const places = seeds.get(seed);
      // A dummy key of one repeated character has the same seed everywhere; the first few lead to all of it.
      if (places) places.filter((place) => place.form === form).length < SAME_SEED && places.push({ form, at });
      else seeds.set(seed, [{ form, at }]);
    }
  }
  const step = Math.min(...forms.map((form) => form.window)) - SEED + 1;
  const longest = Math.max(0, ...forms.map((form) => form.text.length));
  return { longest, spans: (text) => (forms.length === 0 ? [] : search(text, seeds, step, longest)) };
}

function search(text: string, seeds: ReadonlyMap<string, readonly { form: Form; at: number }[]>, step: number, longest: number): Span[] {
  const spans: Span[] = [];
  let done = 0;
  for (let at = 0; at + SEED <= text.length; at += step) {
    const places = seeds.get(text.slice(at, at + SEED));
    if (places === undefined || at + SEED <= done) continue;
    // The middle of a million zeros is near no secret, only its ends are; each place there would be compared with all of a dummy key's zeros.
    if (at >= longest && runsTo(text, at - longest, at + 3 * longest)) {
      at = endOfRun(text, at) - longest - step;
      continue;
    }
    for (const place of places) {
      const span = grown(text, at, place.form, place.at);
      if (span === undefined) continue;
      spans.push(span);
      done = Math.max(done, span.to);
    }
  }
  return spans;
}

/** Where the run of one character that starts at `at` ends. */
function endOfRun(text: string, at: number, most = text.length): number {
  let end = at + 1;
  while (end < most && text[end] === text[at]) end += 1;
  return end;
}

const runsTo = (text: string, from: number, to: number): boolean => to <= text.length && endOfRun(text, from, to) === to;

/** The longest stretch around `at` where text and form agree, if it is long enough to give the secret away. */
function grown(text: string, at: number, form: Form, formAt: number): Span | undefined {
  let back = 0;
  while (back < at && back < formAt && text[at - back - 1] === form.text[formAt - back - 1]) back += 1;
  let ahead = SEED;
  while (at + ahead < text.length && formAt + ahead < form.text.length && text[at + ahead] === form.text[formAt + ahead]) ahead += 1;
  const length = back + ahead;
  const span = { from: at - back, to: at + ahead, label: form.label };
  if (length === form.text.length) return span;
  if (length < form.window) return undefined;
  const [openFrom, openTo] = form.open;
  const known = Math.max(0, Math.min(formAt + ahead, openTo) - Math.max(formAt - back, openFrom));
  if (known > 0 && length - known < Math.floor(LEAST_OWN * form.scale) - form.slack) return undefined;
  // `000000000000` out of a dummy key is no leak, and would blank half of the world's files.
  return new Set(text.slice(span.from, span.to)).size < 4 ? undefined : span;
}

function formsOf(secret: string, number: number): Form[] {
  const bytes = Buffer.from(secret, 'utf8');
  const window = Math.min(WINDOW, secret.length);
  const label = `[secret ${number}]`;
  const open = openPart(secret);
  const scaled = (text: string, scale: number, shift = 0): Form => ({
    text,
    window: Math.min(text.length, Math.ceil(window * scale)),
    open: [Math.floor(open[0] * scale) - shift, Math.ceil(open[1] * scale) - shift],
    scale,
    slack: scale === 1 ? 0 : 1,
    label,
  });
  const percent = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  const reversed = [...secret].reverse().join('');
  const forms = [
    scaled(secret, 1),
    { ...scaled(reversed, 1), open: [secret.length - open[1], secret.length - open[0]] as const },
    scaled(bytes.toString('hex'), 2),
    scaled(bytes.toString('hex').toUpperCase(), 2),
    scaled(percent, 3),
    scaled(percent.toUpperCase(), 3),
    // Of 12 bytes at any offset at least 15 characters of base64 are their own.
    ...[0, 1, 2].flatMap((offset) =>
      base64At(bytes, offset).flatMap((text) => {
        const form = { ...scaled(text, 4 / 3, offset), window: Math.min(text.length, Math.floor((window * 4) / 3) - 1) };
        return [
          form,
          { ...form, text: [...text].reverse().join(''), open: [text.length - form.open[1], text.length - form.open[0]] as const },
        ];
      }),
    ),
    ...apart(secret, bytes).map(({ parts, between }) => {
      const text = parts.join(between);
      const scale = (parts[0]?.length ?? 1) + between.length;
      // Between so many parts there is one sign less.
      return { ...scaled(text, scale), window: Math.min(text.length, window * scale - between.length), slack: between.length };
    }),
  ];
  const url = encodeURIComponent(secret.toWellFormed());
  const escapes = [url, url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()), json(secret), json(json(secret)), html(secret)];
  for (const text of escapes) forms.push(scaled(text, 1));
  return [...new Map(forms.filter((form) => form.text.length >= SHORTEST).map((form) => [form.text, form])).values()];
}

/**
 * What base64 makes of the bytes when they stand `offset` bytes after a multiple of three: only the characters that depend on nothing around them. In
 * the standard and in the URL alphabet (RFC 4648, sections 4 and 5).
 */
function base64At(bytes: Buffer, offset: number): string[] {
  const text = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString('base64')
    .replace(/=+$/, '');
  const from = Math.ceil((offset * 8) / 6);
  const to = Math.floor(((offset + bytes.length) * 8) / 6);
  const own = text.slice(from, to);
  return [own, own.replaceAll('+', '-').replaceAll('/', '_')];
}

/** A secret taken apart, as dumps and string literals print it: `73 6b 2d`, `73:6b`, `\x73\x6b`, `0x73, 0x6b`, `\u0073`, `s k -`, one character a line. */
function apart(secret: string, bytes: Buffer): { parts: string[]; between: string }[] {
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0'));
  const codes = secret.split('').map((unit) => unit.charCodeAt(0).toString(16).padStart(4, '0'));
  const characters = secret.split('');
  return [
    ...[' ', ':', '\\x', ',0x', ', 0x'].map((between) => ({ parts: hex, between })),
    ...[' ', ':'].map((between) => ({ parts: hex.map((one) => one.toUpperCase()), between })),
    { parts: codes, between: '\\u' },
    ...[' ', '\n'].map((between) => ({ parts: characters, between })),
  ];
}

/** The part of a key that is the same for everybody: the vendor's prefix, or the header of a JWT. */
function openPart(secret: string): readonly [number, number] {
  const prefix = /^(?:github_pat_|gh[pousr]_|sk-ant-[a-z]+\d\d-|sk-ant-|sk-proj-|sk-svcacct-)/.exec(secret);
  const header = /eyJ[A-Za-z0-9_-]{8,}\./.exec(secret);
  if (header) return [0, header.index + header[0].length];
  return [0, prefix ? prefix[0].length : 0];
}

const json = (text: string): string => JSON.stringify(text).slice(1, -1);
const html = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
