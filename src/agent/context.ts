import type { ContextPart, TestsRan } from '../transcript/events.ts';
import type { Overview } from '../toolhost/wire.ts';
import type { Ticket } from '../ticket/ticket.ts';

/** Characters of the ticket that are shown: head and tail. */
const TICKET_CHARACTERS = 16_000;
const DISCUSSION_CHARACTERS = 12_000;
const TREE_CHARACTERS = 6_000;

export type StartingContext = Readonly<{
  ticket: Ticket;
  overview: Overview;
  /** Input `instructions`. */
  instructions: string;
  baseTests: TestsRan | undefined;
  workingDirectory: string;
  /** A random word that no text can guess: data from strangers stands between two lines that carry it. */
  fence: string;
  /** What stood before the run and is not part of the change. */
  remarks: readonly string[];
}>;

/** The author's first message and the list of what went in and what was left out. Pure. */
export function startingContext(context: StartingContext): { text: string; parts: ContextPart[] } {
  const parts: ContextPart[] = [];
  const take = (name: string, source: string, text: string, limit: number, tail = 0): string => {
    const shown = cut(text, limit, tail);
    parts.push({ name, source, characters: text.length, shown: shown.shown, why: shown.why });
    return shown.text;
  };
  const { ticket, overview } = context;
  const sections = [
    ['Ticket', `${ticketHead(ticket)}\n\n${take('ticket', ticket.url, ticket.body, TICKET_CHARACTERS, 4_000)}`],
    ['Asked for', take('instruction', ticket.source, ticket.instruction, TICKET_CHARACTERS)],
    ['Discussion', discussion(context, take)],
    [
      "The repository's instructions (from the base commit)",
      overview.instructions.map(({ path, text }) => `### ${path}\n${take(path, 'base commit', text, 32 * 1024)}`).join('\n\n'),
    ],
    ['Instructions of the maintainers', take('instructions', 'input instructions', context.instructions, 16_000)],
    ['Files', take('tree', 'workspace', overview.tree, TREE_CHARACTERS)],
    ['Languages', overview.languages.map(({ language, files }) => `${language} ${files}`).join(', ')],
    ['Files that the ticket seems to be about', overview.ranked.map(({ path, why }) => `${path} (${why})`).join('\n')],
    ['Last commits', overview.commits.join('\n')],
    ['Tests', tests(context)],
    [
      'Working directory',
      context.workingDirectory === '.' ? '' : `Commands run in ${context.workingDirectory}; paths stay relative to the workspace root.`,
    ],
    ['Remarks', context.remarks.map((remark) => `- ${remark}`).join('\n')],
  ] as const;
  for (const [title, text] of sections)
    if (text === '' && title !== 'Asked for') parts.push({ name: title, source: '', characters: 0, shown: 0, why: 'there is none' });
  return {
    text: sections
      .filter(([, text]) => text !== '')
      .map(([title, text]) => `## ${title}\n${text}`)
      .join('\n\n'),
    parts,
  };
}

type Take = (name: string, source: string, text: string, limit: number, tail?: number) => string;

function ticketHead({ title, number, author, url }: Ticket): string {
  return `${number === undefined ? '' : `#${number} `}${title}\nby ${author}, ${url}`;
}

/** Newest kept; people with write access speak as instructions, everybody else as data between fences. */
function discussion({ ticket, fence }: StartingContext, take: Take): string {
  let room = DISCUSSION_CHARACTERS;
  const kept: string[] = [];
  for (const remark of ticket.discussion.toReversed()) {
    const name = `comment by ${remark.author}`;
    if (room < 200) {
      take(name, remark.at, remark.body, 0);
      continue;
    }
    const text = take(name, remark.at, remark.body, room);
    room -= text.length;
    const head = `${remark.author} (${remark.association}, ${remark.at})`;
    kept.unshift(
      remark.trusted
        ? `${head}:\n${text}`
        : `${head}, data from somebody without write access:\n<data ${fence}>\n${text}\n</data ${fence}>`,
    );
  }
  return kept.join('\n\n');
}

function tests({ overview, baseTests }: StartingContext): string {
  if (!overview.test) return 'No test command was found. Find out how the project is tested and use run_command.';
  const found = `run_tests runs: ${overview.test.command} (from ${overview.test.source})`;
  if (!baseTests) return found;
  const outcome =
    baseTests.exit_code === 0 ? 'green' : baseTests.timed_out ? 'timed out' : `red (exit code ${baseTests.exit_code ?? 'none'})`;
  const failing = baseTests.failing?.length ? `\nFailing before the change: ${baseTests.failing.slice(0, 50).join(', ')}` : '';
  const tail = baseTests.exit_code === 0 ? '' : `\n${baseTests.tail.slice(-4_000)}`;
  return `${found}\nOn the untouched base it is ${outcome}.${failing}${tail}`;
}

function cut(text: string, limit: number, tail = 0): { text: string; shown: number; why: string } {
  if (text.length <= limit) return { text, shown: text.length, why: '' };
  if (limit === 0) return { text: '', shown: 0, why: 'no room left' };
  const head = text.slice(0, limit - tail);
  const end = tail === 0 ? '' : text.slice(-tail);
  return { text: `${head}\n[… ${text.length - limit} characters left out …]\n${end}`, shown: limit, why: `cut to ${limit} characters` };
}
