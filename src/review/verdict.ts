import { z } from 'zod';
import type { Finding, Review, Reviewed } from '../transcript/events.ts';
import { pathsOfHeader, unquoted } from '../transcript/patch.ts';

/** Confidence from which a blocker or a major finding asks for a revision. */
const SURE = 0.7;

/** The reviewer's answer, as it is checked on arrival. Numbers are clamped rather than refused: the schema sent has no bounds. */
const answer = z.object({
  summary: z.string(),
  requirements: z.array(z.object({ id: z.string(), status: z.enum(['met', 'unmet', 'unverifiable']), evidence: z.string() })),
  findings: z.array(
    z.object({
      severity: z.enum(['blocker', 'major', 'minor']),
      category: z.enum(['bug', 'scope', 'test', 'security', 'debug', 'style']),
      file: z.string(),
      start_line: z.number(),
      end_line: z.number(),
      claim: z.string(),
      failure_scenario: z.string(),
      confidence: z.number(),
    }),
  ),
  hunks: z.array(z.object({ file: z.string(), start_line: z.number(), requirement: z.string().nullable() })),
});

/** Lines of the new files that a diff shows: what a finding may point at. Keys are paths. */
export type ShownLines = ReadonlyMap<string, readonly Readonly<{ start: number; end: number }>[]>;

/** Reads the reviewer's text; `null` when it is not the JSON that was asked for. Words before or after it and a code fence around it are forgiven. */
export function readReview(text: string): Review | null {
  const object = text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1);
  try {
    const parsed = answer.safeParse(JSON.parse(object));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** The reviews of a change's parts as one; `null` when a part was not answered: then nobody has seen the whole. */
export function merged(reviews: readonly (Review | null)[]): Review | null {
  const read = reviews.filter((review) => review !== null);
  if (read.length < reviews.length) return null;
  const [only] = read;
  if (read.length === 1 && only) return only;
  return {
    summary: read.map(({ summary }) => summary).join(' '),
    requirements: worstPerRequirement(read.flatMap(({ requirements }) => requirements)),
    findings: read.flatMap(({ findings }) => findings),
    hunks: read.flatMap(({ hunks }) => hunks),
  };
}

/** A requirement that one part meets is met; one that any part breaks is not. What no part could see stays unverifiable. */
function worstPerRequirement(all: Review['requirements']): Review['requirements'] {
  const rank = { unverifiable: 0, met: 1, unmet: 2 };
  const found = new Map<string, Review['requirements'][number]>();
  for (const one of all) {
    const known = found.get(one.id);
    if (!known || rank[one.status] > rank[known.status]) found.set(one.id, one);
  }
  return [...found.values()];
}

/** The verdict, computed here and never by the reviewer: text that it read cannot talk it into letting a change through that it faulted. */
export function judge(
  review: Review | null,
  shown: ShownLines,
  overEdits: readonly Finding[] = [],
  cut = false,
): Pick<Reviewed, 'verdict' | 'review' | 'blocking' | 'dropped' | 'over_edits'> {
  if (review === null) return { verdict: 'unanswered', review, blocking: [], dropped: [] };
  const inside = review.findings.filter((finding) => touches(finding, shown));
  const dropped = review.findings.filter((finding) => !inside.includes(finding));
  const raised = inside.filter(asksForRevision);
  // What the reviewer itself says of a hunk is said once.
  const over_edits = overEdits.filter((one) => !raised.some((finding) => finding.category === 'scope' && overlap(finding, one)));
  const blocking = [...raised, ...over_edits.filter(asksForRevision)];
  // Of a change that was too large to be shown whole nobody can say that it may go on.
  const verdict = blocking.length > 0 ? ('revise' as const) : cut ? ('unanswered' as const) : ('proceed' as const);
  const common = { verdict, review, blocking, dropped };
  return { ...common, ...(over_edits.length > 0 ? { over_edits } : {}) };
}

function asksForRevision({ severity, confidence }: Finding): boolean {
  return severity !== 'minor' && confidence >= SURE;
}

function overlap(one: Finding, other: Finding): boolean {
  return plainPath(one.file) === plainPath(other.file) && one.start_line <= other.end_line && one.end_line >= other.start_line;
}

/** A reviewer may write a path as the diff does: after `b/`, and in quotes where git quotes it. */
export function plainPath(path: string): string {
  return unquoted(path).replace(/^(\.\/|b\/)/, '');
}

function touches({ file, start_line, end_line }: Finding, shown: ShownLines): boolean {
  const hunks = shown.get(plainPath(file));
  return hunks?.some(({ start, end }) => start_line <= end && Math.max(start_line, end_line) >= start) ?? false;
}

/** The lines that a patch shows, context included; for a deleted file every line of the old one, and a file without lines (a mode, a binary) whole. */
export function shownLines(patch: string): ShownLines {
  const shown = new Map<string, { start: number; end: number }[]>();
  let file = '';
  let old = '';
  for (const line of patch.split('\n')) {
    const named = line.startsWith('diff --git ') ? pathsOfHeader(line.slice('diff --git '.length))?.[1] : undefined;
    if (named !== undefined) shown.set(named, []);
    if (line.startsWith('--- ')) old = unquoted(line.slice(4).replace(/\t$/, '')).replace(/^a\//, '');
    else if (line.startsWith('+++ '))
      file = line === '+++ /dev/null' ? old : unquoted(line.slice(4).replace(/\t$/, '')).replace(/^b\//, '');
    const hunk = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (!hunk) continue;
    const deleted = hunk[3] === '0';
    const start = Number(deleted ? hunk[1] : hunk[3]);
    const length = Number((deleted ? hunk[2] : hunk[4]) ?? 1);
    shown.set(file, [...(shown.get(file) ?? []), { start, end: start + Math.max(length, 1) - 1 }]);
  }
  for (const ranges of shown.values()) if (ranges.length === 0) ranges.push({ start: 0, end: Infinity });
  return shown;
}
