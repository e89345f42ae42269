/** A stretch of text to be replaced: `[from, to)` in UTF-16 units, and what stands there instead. */
export type Span = Readonly<{ from: number; to: number; label: string }>;

/**
 * What keys look like, whoever they belong to. Prefixes and lengths: GitHub's "About authentication to GitHub" (token formats), Anthropic's keys, AWS
 * access key ids, RFC 7519 (a JWT's two first parts are JSON objects, hence `eyJ`), RFC 7468 (PEM). Lengths are bounded: the patterns stay linear.
 */
const SHAPES: readonly Readonly<{ name: string; pattern: RegExp; hint: string }>[] = [
  { name: 'GitHub token', hint: 'gh', pattern: /(?<![A-Za-z0-9])gh[pour]_[A-Za-z0-9]{30,255}/g },
  // Installation tokens may be `ghs_` with a JWT inside. Without any digit it is a name in somebody's code.
  { name: 'GitHub token', hint: 'ghs_', pattern: /(?<![A-Za-z0-9])ghs_(?=[A-Za-z_.-]{0,60}\d)[A-Za-z0-9_.-]{30,2048}/g },
  { name: 'GitHub token', hint: 'github_pat_', pattern: /(?<![A-Za-z0-9])github_pat_[A-Za-z0-9_]{22,255}/g },
  { name: 'Anthropic key', hint: 'sk-ant-', pattern: /(?<![A-Za-z0-9])sk-ant-[A-Za-z0-9_-]{20,512}/g },
  { name: 'AWS key id', hint: 'A', pattern: /(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])/g },
  { name: 'JWT', hint: 'eyJ', pattern: /(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{8,4096}\.eyJ[A-Za-z0-9_-]{8,8192}\.[A-Za-z0-9_-]{8,4096}/g },
  // With a body: the bare marker line stands in much ordinary code. Line ends may be escaped, as in JSON; the end may be cut off.
  {
    name: 'private key',
    hint: '-----BEGIN ',
    pattern:
      /-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:\\[nr]|\s){1,4}(?:[A-Za-z-]{1,20}: [^\n\\]{0,100}(?:\\[nr]|\s){1,4}){0,4}(?:[A-Za-z0-9+/=]|\\[nr]|\s){32,16384}(?:-----END (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----)?/g,
  },
];

/** Stretches that look like keys, in no particular order. */
export function shapeSpans(text: string): Span[] {
  const spans: Span[] = [];
  for (const { name, pattern, hint } of SHAPES) {
    if (!text.includes(hint)) continue;
    for (const match of text.matchAll(pattern))
      spans.push({ from: match.index, to: match.index + match[0].length, label: `[masked ${name}]` });
  }
  return spans;
}
