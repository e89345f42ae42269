import { scopeSigns } from '../evidence/scope-gate.ts';
import { hunkRequirement } from '../transcript/blame.ts';
import type { Finding, Review } from '../transcript/events.ts';
import { plainPath } from './verdict.ts';
import { parsePatch, type FilePatch, type Hunk } from '../transcript/patch.ts';
import { PatchError } from '../transcript/patch-lines.ts';

/** What the hunks of a change are held against. */
export type Scope = Readonly<{
  /** The requirements as the reviewer was given them; without any, it was told to call the ticket R1. */
  requirements: readonly string[];
  /** The files that the plan expects. */
  filesExpected: readonly string[] | undefined;
}>;

/**
 * A finding for each hunk that serves no requirement: the reviewer says so, or names one that does not exist. It asks for a revision, the surer with a
 * deterministic sign beside it (a file outside the plan, churn). Hunks that the reviewer does not speak of are left alone: the pull request's table shows them
 * without a requirement. Pure.
 */
export function overEdits(review: Review | null, patch: string, scope: Scope): Finding[] {
  if (review === null || review.hunks.length === 0) return [];
  const signs = scopeSigns(patch, scope.filesExpected);
  const known = new Set((scope.requirements.length > 0 ? scope.requirements : ['R1']).map(plain));
  const judged = review.hunks.map((hunk) => ({ ...hunk, file: plainPath(hunk.file) }));
  return files(patch).flatMap((file) =>
    file.hunks.flatMap((hunk) => {
      const requirement = hunkRequirement(hunk, file, judged);
      if (requirement === undefined || (requirement !== null && serves(requirement, known))) return [];
      return [
        overEdit(
          file,
          hunk,
          requirement,
          signs.filter(({ path }) => path === file.path).map(({ text }) => text),
        ),
      ];
    }),
  );
}

function overEdit({ path, status }: FilePatch, hunk: Hunk, requirement: string | null, signs: readonly string[]): Finding {
  const deleted = status === 'deleted';
  const start = deleted ? hunk.oldStart : hunk.newStart;
  const lines = deleted ? hunk.oldLines : hunk.newLines;
  const why = requirement === null ? '' : ` (the reviewer names "${requirement}", which the ticket does not have)`;
  return {
    // An id that the ticket does not have is as likely a slip of the reviewer's: alone it is told, and stops nothing.
    severity: requirement === null || signs.length > 0 ? 'major' : 'minor',
    category: 'scope',
    file: path,
    start_line: start,
    end_line: start + Math.max(lines, 1) - 1,
    claim: `This hunk serves no requirement${why}.${signs.length > 0 ? ` ${signs.join('; ')}.` : ''}`,
    failure_scenario:
      'Over-editing: somebody has to review, and later maintain, lines that nobody asked for. Take them back, or name the requirement that needs them in update_plan.',
    confidence: signs.length > 0 ? 0.9 : requirement === null ? 0.8 : 0.5,
  };
}

/** One hunk may serve several: `R1, R2`. */
function serves(requirement: string, known: ReadonlySet<string>): boolean {
  return known.has(plain(requirement)) || requirement.split(/[\s,;/&+]+/).some((part) => known.has(plain(part)));
}

function plain(id: string): string {
  return id.trim().replace(/[.:]$/, '').toLowerCase();
}

/** A patch that was cut for its size has no hunks to speak of. */
function files(patch: string): readonly FilePatch[] {
  try {
    return parsePatch(patch);
  } catch (error) {
    if (error instanceof PatchError) return [];
    throw error;
  }
}
