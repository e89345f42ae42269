import type { Usage } from './model.ts';

/** Tokens of one pass of the model over the conversation. `input` leaves cached ones out, as the API counts. */
export type Pass = Readonly<{ input: number; read: number; written: number; writtenFor1h: number; output: number }>;

/**
 * The passes that a reply is billed for: the reply's own, and each summary that the API wrote of the conversation. Those stand as `compaction` entries in
 * `usage.iterations` and are left out of the top-level fields.
 * Source: https://platform.claude.com/docs/en/build-with-claude/compaction-on-demand (Count compaction usage)
 */
export function passesOf(usage: Usage): readonly Pass[] {
  const { iterations } = usage as { iterations?: unknown };
  const summaries = Array.isArray(iterations) ? (iterations as readonly unknown[]).filter(isSummary) : [];
  return [usage, ...summaries].map(passOf);
}

/** All passes of a reply together. */
export function tokensOf(usage: Usage): Pass {
  const sum = (left: Pass, right: Pass): Pass => ({
    input: left.input + right.input,
    read: left.read + right.read,
    written: left.written + right.written,
    writtenFor1h: left.writtenFor1h + right.writtenFor1h,
    output: left.output + right.output,
  });
  return passesOf(usage).reduce(sum);
}

type Counts = Pick<Usage, 'input_tokens' | 'output_tokens'> & Partial<Usage>;

function isSummary(entry: unknown): entry is Counts {
  return typeof entry === 'object' && entry !== null && (entry as { type?: unknown }).type === 'compaction';
}

/** Counts of an entry may be missing: gateways leave out what is zero. */
function passOf(counts: Partial<Counts>): Pass {
  const written = counts.cache_creation_input_tokens ?? 0;
  return {
    input: counts.input_tokens ?? 0,
    read: counts.cache_read_input_tokens ?? 0,
    written,
    writtenFor1h: Math.min(counts.cache_creation?.ephemeral_1h_input_tokens ?? 0, written),
    output: counts.output_tokens ?? 0,
  };
}
