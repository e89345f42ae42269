/** What was taken out of a text, and how often; for the reader of the transcript. */
export type Ledger = readonly Readonly<{ what: string; count: number }>[];
export type Cleaned = Readonly<{ text: string; ledger: Ledger }>;

/**
 * Control, format, private-use, surrogate and non-character code points, variation selectors and everything else that is drawn as nothing
 * (`Default_Ignorable_Code_Point`, Unicode's DerivedCoreProperties). The name is the first that fits.
 */
const DROPPED: readonly Readonly<{ what: string; pattern: RegExp }>[] = [
  { what: 'tag characters', pattern: /[\u{e0000}-\u{e007f}]/u },
  { what: 'variation selectors', pattern: /\p{Variation_Selector}/u },
  { what: 'bidirectional controls', pattern: /\p{Bidi_Control}/u },
  { what: 'non-characters', pattern: /\p{Noncharacter_Code_Point}/u },
  { what: 'surrogates', pattern: /\p{Cs}/u },
  { what: 'private-use characters', pattern: /\p{Co}/u },
  { what: 'control characters', pattern: /\p{Cc}/u },
  { what: 'invisible characters', pattern: /[\p{Cf}\p{Default_Ignorable_Code_Point}]/u },
];

const ANY = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Noncharacter_Code_Point}\p{Variation_Selector}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * The text without code points that a reader cannot see (attack 15). Line ends become `\n`; tabs stay. This is the model's view of files and of output;
 * bytes on disk are never changed. Idempotent.
 */
export function cleanCodePoints(text: string): Cleaned {
  const counts = new Map<string, number>();
  const clean = text.replace(/\r\n?|[\u2028\u2029]/g, '\n').replace(ANY, (character) => {
    if (character === '\n' || character === '\t') return character;
    const what = DROPPED.find(({ pattern }) => pattern.test(character))?.what ?? 'other';
    counts.set(what, (counts.get(what) ?? 0) + 1);
    return '';
  });
  return { text: clean, ledger: [...counts].map(([what, count]) => ({ what, count })) };
}
