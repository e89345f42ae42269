import { instructionOf } from './trigger.ts';
import type { TicketSource } from './ticket.ts';

/** Somebody asks for a run. Texts are raw, as they stood in the event (attack 13): sanitise them before the model sees them. */
export type Asked = Readonly<{
  kind: 'asked';
  source: Exclude<TicketSource, 'command_line'>;
  /** Issue number; absent for a `task`. */
  number?: number;
  title: string;
  body: string;
  /** What follows the trigger phrase, or the whole task; empty for a label or an assignment. */
  instruction: string;
  /** Login of whoever opened the issue, or gave the task. */
  author: string;
  /** Login of the event's sender; for a schedule, which has none, the actor, else empty. */
  askedBy: string;
  /** GitHub's account type of the sender, e.g. `User`, `Bot`; empty where the event tells none. */
  askedByType: string;
  /** The comment that asked, for `issue_comment`. */
  commentId?: number;
  /** Page of the comment, issue or repository. */
  url: string;
  /**
   * ISO 8601: when the run was asked for, which is when the comment or issue was written, or the label or assignee was set (the issue's `updated_at` in that
   * event). What was written or edited later was not before the asker's eyes. Absent for a task.
   */
  askedAt?: string;
  /** ISO 8601, of the comment or issue; absent for a task. */
  createdAt?: string;
  updatedAt?: string;
  /** `undefined` where the event does not tell (a schedule). */
  defaultBranch: string | undefined;
  closed: boolean;
  locked: boolean;
}>;

/** Nothing to do: conclusion `skipped`. The reason says what would start a run. */
export type NotForUs = Readonly<{ kind: 'not_for_us'; reason: string }>;

/** An event on which the action must not run at all: conclusion `refused`. */
export type Refused = Readonly<{ kind: 'refused'; reason: string }>;

/** What starts a run; see the inputs of the same names. */
export type Triggers = Readonly<{ phrase: string; label: string; assignee: string; task: string }>;

/** What the runner's variables add to events that tell little. */
export type Beside = Readonly<{ actor?: string; defaultBranch?: string }>;

/** The payload is not what GitHub sends: `field` is missing or of the wrong type. */
export class MalformedEvent extends Error {
  override readonly name = 'MalformedEvent';
  readonly field: string;
  constructor(eventName: string, field: string, expected: string, options?: ErrorOptions) {
    super(
      `The payload of the ${eventName || 'unnamed'} event is malformed: ${field} must be ${expected}. GITHUB_EVENT_PATH must name the file that the runner wrote.`,
      options,
    );
    this.field = field;
  }
}

/** Every comment and pull request body of ours has it; a text that has it never starts a run (attack 35). */
export const OWN_MARKER = '<!-- alchemist';

/** Reads a webhook event as the runner hands it over. Pure. Throws `MalformedEvent`. */
export function readEvent(eventName: string, payload: unknown, triggers: Triggers, beside: Beside = {}): Asked | NotForUs | Refused {
  const event = new Payload(eventName, payload);
  switch (eventName) {
    case 'issue_comment':
      return fromComment(event, triggers);
    case 'issues':
      return fromIssue(event, triggers);
    case 'workflow_dispatch':
    case 'schedule':
    case 'repository_dispatch':
      return fromTask(eventName, event, triggers, beside);
    default:
      return fromOther(eventName, event);
  }
}

function fromComment(event: Payload, triggers: Triggers): Asked | NotForUs {
  const action = event.text('action');
  if (action !== 'created')
    return skipped(`The comment was ${action}; only a new comment that starts a line with ${triggers.phrase} starts a run.`);
  const body = event.optionalText('comment.body');
  if (body.includes(OWN_MARKER)) return skipped('The comment is one of our own; those never start a run.');
  const instruction = instructionOf(body, triggers.phrase);
  if (instruction === null) return skipped(`No visible line of the comment starts with ${triggers.phrase}; quotes and code do not count.`);
  if (event.has('issue.pull_request')) {
    return skipped('Comments on pull requests are not supported yet; comment on the issue instead, and the run adds to the same branch.');
  }
  return asked(event, {
    source: 'issue_comment',
    ...issueOf(event),
    instruction,
    commentId: event.number('comment.id'),
    url: event.optionalText('comment.html_url') || event.optionalText('issue.html_url'),
    ...timesOf(event, 'comment', 'created_at'),
  });
}

function fromIssue(event: Payload, triggers: Triggers): Asked | NotForUs {
  const action = event.text('action');
  // Read only once something asked for a run: what concerns nobody need not be whole.
  const about = (askedAt: 'created_at' | 'updated_at') => ({
    source: 'issue' as const,
    ...issueOf(event),
    url: event.optionalText('issue.html_url'),
    ...timesOf(event, 'issue', askedAt),
  });
  if (action === 'opened') {
    const body = event.optionalText('issue.body');
    if (body.includes(OWN_MARKER)) return skipped('The issue was written by us; such issues never start a run when they are opened.');
    const instruction = instructionOf(body, triggers.phrase);
    if (instruction === null) {
      return skipped(`No visible line of the issue starts with ${triggers.phrase}; write one, or add the label ${triggers.label}.`);
    }
    return asked(event, { ...about('created_at'), instruction });
  }
  if (action === 'labeled') {
    // The label that was added now, not those that were there before: each added label is an event of its own.
    const label = event.text('label.name');
    if (!sameName(label, triggers.label)) return skipped(`The label ${label} was added; ${triggers.label} would start a run.`);
    return asked(event, { ...about('updated_at'), instruction: '' });
  }
  if (action === 'assigned') {
    const login = event.text('assignee.login');
    if (triggers.assignee === '') return skipped('No assignee starts a run; set assignee-trigger, add the label, or write a comment.');
    if (!sameName(login, triggers.assignee)) return skipped(`${login} was assigned; ${triggers.assignee} would start a run.`);
    return asked(event, { ...about('updated_at'), instruction: '' });
  }
  return skipped(`The issue was ${action}; a run starts when one is opened, labeled or assigned, or by a comment.`);
}

function fromTask(
  source: 'workflow_dispatch' | 'schedule' | 'repository_dispatch',
  event: Payload,
  triggers: Triggers,
  beside: Beside,
): Asked | NotForUs {
  // The workflow's own input first: its author decided what a dispatch may ask for.
  const given = { workflow_dispatch: 'inputs.task', repository_dispatch: 'client_payload.task', schedule: undefined }[source];
  const task = (triggers.task || (given === undefined ? '' : event.optionalText(given))).trim();
  if (task === '') return skipped(`The ${source} event came without a task; give the input task, with what is to be done in plain words.`);
  const sender = event.optionalText('sender.login') || beside.actor || (source === 'schedule' ? '' : event.text('sender.login'));
  const [first = ''] = task.split('\n');
  return {
    kind: 'asked',
    source,
    title: first.trim().slice(0, 120).toWellFormed(),
    body: task,
    instruction: task,
    author: sender,
    askedBy: sender,
    askedByType: event.optionalText('sender.type'),
    url: event.optionalText('repository.html_url'),
    defaultBranch: event.optionalText('repository.default_branch') || beside.defaultBranch,
    closed: false,
    locked: false,
  };
}

/** Events that never start a run. Some would hand a stranger's code our token: those are refused, not skipped (attack 29). */
function fromOther(eventName: string, event: Payload): NotForUs | Refused {
  if (eventName === 'pull_request_target' || eventName === 'workflow_run') {
    return refused(
      `${eventName} runs with this repository's secrets on what others propose; use issue_comment, issues or workflow_dispatch instead.`,
    );
  }
  if (eventName.startsWith('pull_request') && event.has('pull_request')) {
    const head = event.optionalText('pull_request.head.repo.full_name').toLowerCase();
    // A deleted fork has no repository any more.
    if (head === '' || head !== event.text('repository.full_name').toLowerCase()) {
      return refused('The pull request comes from a fork, whose code and text anyone can write; comment on an issue instead.');
    }
  }
  return skipped(
    `The event ${eventName || '(none)'} does not start a run; issue_comment (created), issues (opened, labeled, assigned), workflow_dispatch, schedule and repository_dispatch with a task do.`,
  );
}

type IssueFields = Pick<Asked, 'title' | 'body' | 'author' | 'closed' | 'locked'> & { number: number };

function issueOf(event: Payload): IssueFields {
  return {
    number: event.number('issue.number'),
    title: event.text('issue.title'),
    body: event.optionalText('issue.body'),
    // A deleted account's issues come with `user: null`; GitHub shows them as by ghost.
    author: event.optionalText('issue.user.login') || 'ghost',
    closed: event.optionalText('issue.state') === 'closed',
    locked: event.value('issue.locked') === true,
  };
}

/** When it was written, last changed, and asked for; a payload without times leaves them out, and everything written counts as before. */
function timesOf(
  event: Payload,
  of: 'issue' | 'comment',
  asked: 'created_at' | 'updated_at',
): Pick<Asked, 'createdAt' | 'updatedAt' | 'askedAt'> {
  const createdAt = event.optionalText(`${of}.created_at`);
  const updatedAt = event.optionalText(`${of}.updated_at`) || createdAt;
  const askedAt = asked === 'created_at' ? createdAt : updatedAt;
  return { ...(createdAt && { createdAt }), ...(updatedAt && { updatedAt }), ...(askedAt && { askedAt }) };
}

type FromIssue = Omit<Asked, 'kind' | 'askedBy' | 'askedByType' | 'defaultBranch'>;

function asked(event: Payload, fields: FromIssue): Asked {
  return {
    kind: 'asked',
    ...fields,
    askedBy: event.text('sender.login'),
    askedByType: event.optionalText('sender.type'),
    defaultBranch: event.optionalText('repository.default_branch') || undefined,
  };
}

const skipped = (reason: string): NotForUs => ({ kind: 'not_for_us', reason });
const refused = (reason: string): Refused => ({ kind: 'refused', reason });

const sameName = (a: string, b: string): boolean => b !== '' && a.trim().toLowerCase() === b.trim().toLowerCase();

/** The payload by dotted paths, so that a fault can name the field. */
class Payload {
  readonly #eventName: string;
  readonly #root: Readonly<Record<string, unknown>>;

  constructor(eventName: string, root: unknown) {
    this.#eventName = eventName;
    if (!isObject(root)) throw new MalformedEvent(eventName, 'the payload', 'a JSON object');
    this.#root = root;
  }

  value(path: string): unknown {
    let value: unknown = this.#root;
    for (const name of path.split('.')) value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
    return value;
  }

  has(path: string): boolean {
    const value = this.value(path);
    return value !== undefined && value !== null;
  }

  text(path: string): string {
    const value = this.value(path);
    if (typeof value !== 'string' || value === '') throw new MalformedEvent(this.#eventName, path, 'a text that is not empty');
    return value;
  }

  /** Empty where it is absent or null, as GitHub sends an issue without a body. */
  optionalText(path: string): string {
    const value = this.value(path);
    if (value === undefined || value === null) return '';
    if (typeof value !== 'string') throw new MalformedEvent(this.#eventName, path, 'a text');
    return value;
  }

  number(path: string): number {
    const value = this.value(path);
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value <= 0)
      throw new MalformedEvent(this.#eventName, path, 'a whole number above 0');
    return value;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
