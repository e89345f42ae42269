import { ForgeError } from '../forge/error.ts';
import type { GitHub } from '../forge/github.ts';
import type { Transcript } from '../transcript/events.ts';

/** Milliseconds between two updates of the comment: people read it, and GitHub limits writes. */
const INTERVAL_MS = 10_000;

/** What became of the upload, as the comment tells it. */
export type ArtifactState = Readonly<{ artifactUrl?: string | undefined; artifactMissing?: boolean }>;

/** The one comment of a run: created at its start, updated while it works, and always ended in a final state. */
export type Progress = Readonly<{
  /** Creates the comment. Like `update` it never waits and never throws: a comment that cannot be written must not stop a run. */
  start(events: Transcript): void;
  update(events: Transcript): void;
  /** Writes the final state; answers whether it stands there. */
  finish(events: Transcript, artifact?: ArtifactState): Promise<boolean>;
}>;

/** No comment: a task without an issue, or a dry run. */
export const noProgress: Progress = {
  start: () => undefined,
  update: () => undefined,
  finish: () => Promise.resolve(false),
};

export function progressComment(parts: {
  github: GitHub;
  /** For what is written on the way: it gives up at once when the run is cancelled. */
  meanwhile?: GitHub;
  issue: number;
  body: (events: Transcript, artifact?: ArtifactState) => string;
  /** An existing comment to go on with (`post`, or a resumed run). */
  comment?: number | undefined;
  /** Told the comment's id, so that `post` finds it when this process is killed. */
  onCreated: (id: number) => void;
  now: () => number;
  onWarning: (text: string) => void;
}): Progress {
  const { github, meanwhile = github, issue, now } = parts;
  let comment = parts.comment;
  let last = now();
  let writing: Promise<unknown> = Promise.resolve();
  let ended = false;

  const write = async (body: string): Promise<boolean> => {
    try {
      if (comment !== undefined) await (ended ? github : meanwhile).updateComment(comment, body);
      else {
        comment = (await github.createComment(issue, body)).id;
        parts.onCreated(comment);
      }
      return true;
    } catch (error) {
      // Somebody deleted it: a new one is better than silence.
      // At the end a new one is better than one that says "working" for ever.
      const gone = error instanceof ForgeError && (error.kind === 'not_found' || (ended && error.kind !== 'unavailable'));
      if (comment !== undefined && gone) {
        comment = undefined;
        return write(body);
      }
      parts.onWarning(`The progress comment could not be written: ${(error as Error).message}`);
      return false;
    }
  };

  return {
    start(events) {
      last = now();
      writing = write(parts.body(events));
    },
    update(events) {
      if (ended || now() - last < INTERVAL_MS) return;
      last = now();
      writing = writing.then(() => (ended ? undefined : write(parts.body(events))));
    },
    async finish(events, artifact) {
      ended = true;
      await writing;
      return write(parts.body(events, artifact));
    },
  };
}
