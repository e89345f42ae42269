/** Where the request came from. */
export type TicketSource = 'issue' | 'issue_comment' | 'workflow_dispatch' | 'schedule' | 'repository_dispatch' | 'command_line';

/** One comment of the discussion under an issue, as far as the model may see it. */
export type Remark = Readonly<{
  author: string;
  /** GitHub's `author_association`, e.g. `MEMBER`, `CONTRIBUTOR`, `NONE`. */
  association: string;
  /** ISO 8601. */
  at: string;
  /** Sanitised Markdown. */
  body: string;
  /** True where the author has write access: the text speaks as an instruction; otherwise it is data. */
  trusted: boolean;
}>;

/**
 * The bounded task input of a run. Text is sanitised (see `sanitise.ts`): what a person sees on the page, no more.
 * `instruction` is what follows the trigger phrase, or the whole `task`; it may be empty for a label or an assignment.
 */
export type Ticket = Readonly<{
  source: TicketSource;
  /** Issue number; absent for a `task`. */
  number?: number;
  title: string;
  body: string;
  instruction: string;
  /** Login of whoever opened the issue, or gave the task. */
  author: string;
  /** Login of whoever asked for this run: their permission was checked, and they are asked for the review. */
  askedBy: string;
  url: string;
  discussion: readonly Remark[];
}>;
