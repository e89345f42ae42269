import { createHash } from 'node:crypto';
import { lineCounts } from '../transcript/blame.ts';
import type { Conclusion, Transcript } from '../transcript/events.ts';
import { elapsedMs, endingOf, lastOf, testsVerdict } from '../transcript/find.ts';
import { finalTotals } from '../transcript/totals.ts';
import { requirementsOf } from '../transcript/plan.ts';
import { costChart } from './html/chart.ts';
import { filesInWords, finalDiff, hunkLinks } from './html/diff.ts';
import { markup, link, ticked } from './html/escape.ts';
import type { Html } from './html/escape.ts';
import { SCRIPT } from './html/script.ts';
import { contextTable, evidenceTable, gatesTable, requirementsTable, reviewTable, summarySection, ticketSection } from './html/sections.ts';
import { STYLE } from './html/style.ts';
import { timeline } from './html/timeline.ts';
import { blamed } from './sections.ts';
import { turnsOf } from './turns.ts';
import { cacheShare, CONCLUSION_IN_WORDS, duration, integer, plural, usd } from './words.ts';

export type ReportOptions = Readonly<{ /** The final change as a patch; else it is composed from the recorded ones. */ patch?: string }>;

/**
 * `report.html`: the whole run on one page, for somebody who was not there. One file without a network: the policy inside it allows nothing but its own
 * style and its own script by their hashes, both fixed text; everything of the run is escaped text and never part of either.
 */
export function reportHtml(events: Transcript, options: ReportOptions = {}): string {
  const files = blamed(events, options.patch) ?? [];
  const parts: [id: string, title: string, body: Html][] = [
    ['ticket', 'Ticket', ticketSection(events)],
    ['requirements', 'Requirements', requirementsTable(events)],
    [
      'change',
      'Change',
      markup`${summarySection(events)}${
        files.length === 0
          ? markup`<p>Nothing was changed.</p>`
          : markup`<p>${changeInWords(files)}</p>
              ${finalDiff(files)}`
      }`,
    ],
    ['tests', 'Tests', evidenceTable(events)],
    ['gates', 'Gates', gatesTable(events)],
    ['review', 'Self-review', reviewTable(events)],
    ['cost', 'Cost', costChart(turnsOf(events))],
    ['context', 'Shown to the model', contextTable(events)],
    ['timeline', 'Turns', timeline(events, hunkLinks(files))],
    ['verify', 'Verify', verifySection(events)],
  ];
  const links = parts.map(([id, title]) => markup`<a href="#${id}">${title}</a>`);
  const sections = parts.map(
    ([id, title, body]) =>
      markup`<section id="${id}">
        <h2>${title}</h2>
        ${body}
      </section> `,
  );
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy()}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${`${titleOf(events)} · Alchemist run`}</title>
        <style>
          ${{ html: STYLE }}
        </style>
      </head>
      <body>
        <header>${headline(events)}</header>
        <nav aria-label="Parts of this report">
          <div>
            ${links}
            <input id="search" type="search" placeholder="Search turns ( / )" aria-label="Search turns" />
            <span id="found" role="status"></span>
            <button id="keys" type="button">Keys</button>
          </div>
        </nav>
        <main>${sections}</main>
        ${HELP}
        <script>
          ${{ html: SCRIPT }}
        </script>
      </body>
    </html> `.html;
}

const HELP = markup`<dialog id="help" aria-label="Keys">
  <table>
    <tbody>
      <tr>
        <td><kbd>j</kbd> <kbd>k</kbd></td>
        <td>next, previous turn</td>
      </tr>
      <tr>
        <td><kbd>o</kbd></td>
        <td>open or close the turn</td>
      </tr>
      <tr>
        <td><kbd>/</kbd></td>
        <td>search; <kbd>Enter</kbd> goes from hit to hit, <kbd>Esc</kbd> ends it</td>
      </tr>
      <tr>
        <td><kbd>?</kbd></td>
        <td>this list</td>
      </tr>
    </tbody>
  </table>
  <form method="dialog"><button>Close</button></form>
</dialog>`;

/** Nothing is loaded, nothing is sent, nothing runs but what has these hashes (W3C Content Security Policy Level 3). */
function policy(): string {
  const hashed = (source: string): string => `'sha256-${createHash('sha256').update(source).digest('base64')}'`;
  return `default-src 'none'; style-src ${hashed(STYLE)}; script-src ${hashed(SCRIPT)}; base-uri 'none'; form-action 'none'`;
}

function titleOf(events: Transcript): string {
  const ticket = lastOf(events, 'run_started')?.ticket;
  if (!ticket) return 'Run';
  return `${ticket.number === undefined ? '' : `#${ticket.number} `}${ticket.title || ticket.instruction}`.slice(0, 200);
}

const GREEN: readonly Conclusion[] = ['pull_request', 'answered', 'blocked', 'dry_run', 'refused', 'skipped'];

function headline(events: Transcript): Html {
  const started = lastOf(events, 'run_started');
  const ending = endingOf(events);
  const pull = lastOf(events, 'pull_request_opened');
  const totals = ending?.totals ?? finalTotals(events);
  const conclusion = ending ? CONCLUSION_IN_WORDS[ending.conclusion] : 'Cut off: no ending was recorded';
  const kind = ending && GREEN.includes(ending.conclusion) ? 'good' : 'bad';
  const sandbox = events.findLast((event) => event.type === 'noticed' && event.kind === 'sandbox');
  const requirements = requirementsOf(events);
  const met = requirements.filter(({ judged }) => judged === 'met').length;
  // What decides comes first.
  const facts: [string, Html | string | false][] = [
    ['Pull request', pull ? link(pull.url, `#${pull.number}${pull.draft ? ' (draft)' : ''}`) : false],
    ['Requirements', requirements.length > 0 && `${met} of ${requirements.length} met`],
    ['Tests', ending?.tests ?? testsVerdict(events)],
    ['Self-review', lastOf(events, 'reviewed')?.verdict ?? 'none'],
    ['Cost', `${usd(totals.cost_usd)}${started ? ` of ${usd(started.config.max_cost_usd)}` : ''}`],
    ['Turns', `${integer(totals.turns)}${started ? ` of ${integer(started.config.max_turns)}` : ''}`],
    ['Tokens in', `${integer(totals.input_tokens)}, ${cacheShare(totals)} cached`],
    ['Tokens out', integer(totals.output_tokens)],
    ['Time', duration(elapsedMs(events))],
    ['Model', started?.config.model ?? false],
    ['Sandbox', sandbox?.type === 'noticed' ? sandboxInWords(sandbox.data) : (started?.config.sandbox ?? false)],
    ['Run', started ? link(started.run.url, started.run.id) : false],
  ];
  const list = facts.flatMap(([name, value]) =>
    value === false
      ? []
      : [
          markup`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
        ],
  );
  return markup`<h1>${ticked(titleOf(events))}</h1>
    <p><span class="tag ${kind}">${conclusion}</span> ${!(pull && ending?.conclusion === 'pull_request') && (ending?.reason ?? '')}</p>
    ${ending?.question !== undefined && markup`<p><strong>Question:</strong> ${ending.question}</p>`}
    <dl class="facts">${list}</dl>`;
}

/** `off` says it all; another launcher is told with what it holds. */
function sandboxInWords(data: Readonly<Record<string, unknown>> = {}): string {
  const words = [data['launcher'], data['level']].filter((word) => typeof word === 'string' && word !== 'none');
  return words.join(', ') || 'see turn 0';
}

function changeInWords(files: Parameters<typeof lineCounts>[0]): string {
  const { added, removed } = lineCounts(files);
  return `${filesInWords(files)}, +${integer(added)} −${integer(removed)} lines. The number before a line is the turn that wrote it.`;
}

function verifySection(events: Transcript): Html {
  const pushed = lastOf(events, 'pushed');
  const anchor = pushed
    ? markup`<p>Commit <code>${pushed.commit}</code> names this transcript by the hash of its last event before the push.</p>`
    : undefined;
  return markup`<p>
      ${plural(events.length, 'event')}; last hash <code>${events.at(-1)?.hash ?? ''}</code>. Compare it with the one in the final comment
      and in the output <code>transcript-sha256</code>; this page proves nothing by itself.
    </p>
    ${anchor}
    <pre>npx alchemist verify transcript.jsonl --repo .</pre>`;
}
