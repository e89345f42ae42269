import { shapeSpans, type Span } from './secrets-shapes.ts';
import { knownFinder } from './secrets-known.ts';

/** A text with its secrets replaced, and how many were. */
export type Redacted = Readonly<{ text: string; count: number }>;

export type Redactor = Readonly<{
  /** Replaces known secrets by `[secret N]`; N counts from 1 in the order they were given. */
  redact(text: string): Redacted;
  /** True when a known secret stands in the text, in any encoding or cut. */
  known(text: string): boolean;
  /** Replaces what looks like a key by `[masked NAME]`, whether or not it is one of ours. */
  shapes(text: string): Redacted;
  /** Both: what a tool result, a log or a comment gets. */
  clean(text: string): Redacted;
  /** What `clean` would replace, in order and without overlaps. */
  spans(text: string): readonly Span[];
  /** Longest form of a known secret: how far a stream must look ahead. */
  longest: number;
}>;

/**
 * Finds the secrets of this run before anything is written down or shown (`security.md`, attacks 25 and 27).
 *
 * Known secrets of 8 or more characters are found raw, as base64 and base64url at each of the three offsets, as hex in both cases, URL-, JSON- and
 * HTML-escaped and reversed, each also cut, down to any 12 characters of the secret. Shorter ones are not looked for: they would blank ordinary words.
 */
export function redactor(secrets: readonly string[]): Redactor {
  const finder = knownFinder(secrets);
  const spans = (text: string): readonly Span[] => merged([...finder.spans(text), ...shapeSpans(text)]);
  return Object.freeze({
    redact: (text: string) => replaced(text, merged(finder.spans(text))),
    known: (text: string) => finder.spans(text).length > 0,
    shapes: (text: string) => replaced(text, merged(shapeSpans(text))),
    clean: (text: string) => replaced(text, spans(text)),
    spans,
    longest: finder.longest,
  });
}

/** The same object when no known secret stands in it; else a copy with `[secret N]` in every text. */
export function withoutSecrets<T>(value: T, redactor: Pick<Redactor, 'known' | 'redact'>): T {
  if (!redactor.known(JSON.stringify(value))) return value;
  const clean = (text: string): string => redactor.redact(text).text;
  const walk = (part: unknown): unknown => {
    if (typeof part === 'string') return clean(part);
    if (Array.isArray(part)) return part.map(walk);
    if (part === null || typeof part !== 'object') return part;
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [clean(key), walk(inner)]));
  };
  return walk(value) as T;
}

/** Characters held back beyond the longest known secret, so that a key's shape is seen whole before any of it is let through. */
const LOOK_AHEAD = 512;

/**
 * The same for text that comes in pieces. What is returned is final; the tail, in which a secret may just be starting, is held back until it is known.
 * The pieces together equal `clean` of the whole text.
 */
export function redactStream(redactor: Redactor): { push(piece: string): string; end(): string } {
  const hold = Math.max(redactor.longest, LOOK_AHEAD);
  let held = '';
  // Characters at the start of `held` that were let through already: the patterns look at the character before a key.
  let context = 0;
  const take = (cut: number): string => {
    const spans = redactor.spans(held).filter((span) => span.from >= context && span.to <= cut);
    const done = replaced(held.slice(0, cut), spans).text.slice(context);
    context = Math.min(1, cut);
    held = held.slice(cut - context);
    return done;
  };
  return {
    push(piece) {
      held += piece;
      if (held.length < 4 * hold) return '';
      let cut = held.length - hold;
      // A secret that reaches over the cut is kept whole for the next round.
      for (const span of redactor.spans(held)) if (span.from < cut && span.to >= cut) cut = span.from;
      if (isLowSurrogate(held, cut)) cut -= 1;
      return cut <= context ? '' : take(cut);
    },
    end() {
      const rest = take(held.length);
      held = '';
      context = 0;
      return rest;
    },
  };
}

function replaced(text: string, spans: readonly Span[]): Redacted {
  if (spans.length === 0) return { text, count: 0 };
  let result = '';
  let at = 0;
  for (const { from, to, label } of spans) {
    result += text.slice(at, from) + label;
    at = to;
  }
  return { text: result + text.slice(at), count: spans.length };
}

/** In order, overlaps joined under the label of a known secret where there is one: knowing which it was says more than its shape. */
function merged(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from || b.to - a.to)) {
    const last = result.at(-1);
    if (last === undefined || span.from >= last.to) result.push(span);
    else
      result[result.length - 1] = {
        from: last.from,
        to: Math.max(last.to, span.to),
        label: last.label.startsWith('[secret') ? last.label : span.label,
      };
  }
  return result;
}

function isLowSurrogate(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return at > 0 && unit >= 0xdc00 && unit <= 0xdfff;
}
