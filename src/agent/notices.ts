import type { Noticed } from '../transcript/events.ts';

/**
 * The kinds of `noticed` that the loop reads back. Everything else under `noticed` is for people only.
 */
export const NOTICE = {
  /** The reply broke off; the same request is sent again. */
  streamBroken: 'stream_broken',
  /** The model's provider refused for good; `data.kind` is a `ModelErrorKind`. Ends the run. */
  modelFailed: 'model_failed',
  /** The tool host is gone. Ends the run. */
  hostDied: 'host_died',
  /** A signal or the time limit stopped what was under way; `data.by` is `signal`, `stop` or `minutes`. Ends the run. */
  interrupted: 'interrupted',
  /** The change could not be published. Ends the run; the change is in the artifact. */
  publicationFailed: 'publication_failed',
  /** GitHub opens no drafts in this repository: the pull request is opened without, or not at all where a blocker is open. */
  draftImpossible: 'draft_impossible',
  /** A known secret stood in a reply or a patch. Ends the run. */
  secretFound: 'secret_found',
  /** The model refused; a fresh conversation with the fallback model starts after this. */
  fallback: 'fallback',
  /** The API gave no summary of a long conversation, or no longer takes the one it gave: a fresh conversation starts instead. */
  noSummary: 'no_summary',
  /**
   * The conversation grew long: another takes its place after this. It starts with the API's summary where there is one (`data.summary`), else with plan, change,
   * test ledger and what was done. `data.from` to `data.to` are the events that the model no longer sees word by word.
   */
  compacted: 'compacted',
  /** The author stopped without a call. */
  nudge: 'nudge',
  /** The author goes in circles; the second time ends the run. */
  stuck: 'stuck',
  /** The reviewer's answer could not be read; it is asked once more. */
  reviewUnreadable: 'review_unreadable',
  /** The reviewer is near its last turn. */
  reviewHurry: 'review_hurry',
  /** 50, 80 or 95 % of a limit are used; followed by the number. */
  budget: 'budget_',
} as const;

export function secretFound(where: string): Noticed {
  const text = `A known secret stood in ${where}. The run ends here and nothing is published; rotate the secret if the transcript's readers should not have it.`;
  return { type: 'noticed', kind: NOTICE.secretFound, text, to_model: false };
}
