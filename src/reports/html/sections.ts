import type { TestsRan, Transcript } from '../../transcript/events.ts';
import { allOf, contextOf, lastOf, lastTree, testsVerdict } from '../../transcript/find.ts';
import { findingsHistory } from '../../transcript/findings.ts';
import { pushRequestOf, requirementsOf } from '../../transcript/plan.ts';
import { integer, plural, short, testOutcome, TESTS_IN_WORDS } from '../words.ts';
import { anchor, fold, markup, join, link, pre, ticked } from './escape.ts';
import type { Html } from './escape.ts';
import { markdown } from './markdown.ts';

export function ticketSection(events: Transcript): Html {
  const ticket = contextOf(events)?.ticket ?? lastOf(events, 'run_started')?.ticket;
  if (!ticket) return markup`<p>Not recorded.</p>`;
  const name = ticket.number === undefined ? ticket.title : `#${ticket.number} ${ticket.title}`;
  const remarks = ticket.discussion.map(
    (remark) =>
      markup`<div class="remark">
        <p class="muted">
          ${remark.author}, ${remark.association}, ${remark.at}${!remark.trusted && ' · no write access: given to the model as data'}
        </p>
        ${markdown(remark.body)}
      </div>`,
  );
  return markup`<p><strong>${link(ticket.url, ticked(name))}</strong> <span class="muted">by ${ticket.author}, asked by ${ticket.askedBy}</span></p>
    ${ticket.instruction !== '' && markup`<div class="said"><span class="tag">asked</span>${markdown(ticket.instruction)}</div>`}${markdown(ticket.body)}${remarks.length > 0 && fold(`Discussion, ${plural(remarks.length, 'comment')}`, join(remarks))}`;
}

export function requirementsTable(events: Transcript): Html {
  const rows = requirementsOf(events).map(({ id, text, stated, judged, evidence }) => {
    const kind = judged === 'met' ? 'good' : judged === undefined ? '' : 'bad';
    return markup`<tr id="${anchor('requirement', id)}">
      <td><code>${id}</code></td>
      <td>${ticked(text)}</td>
      <td data-head="author: ">${stated}</td>
      <td data-head="reviewer: "><span class="tag ${kind}">${judged ?? 'not judged'}</span></td>
      <td>${ticked(evidence)}</td>
    </tr>`;
  });
  if (rows.length === 0) return markup`<p>The author stated none.</p>`;
  return table(['', 'requirement', 'author', 'reviewer', 'evidence'], rows);
}

export function summarySection(events: Transcript): Html | undefined {
  const push = pushRequestOf(events);
  return push && markup`<div class="said"><span class="tag">the author's summary</span>${markdown(push.summary)}</div>`;
}

export function evidenceTable(events: Transcript): Html {
  const verdict = testsVerdict(events);
  const tree = lastTree(events);
  const rows = allOf(events, 'tests_ran').map((run) => {
    // A gate runs the changed tests without the change too: there they have to fail.
    const laidOver = run.phase === 'gate' && run.tree !== lastTree(events.slice(0, run.seq));
    const what = run.phase === 'base' ? 'base, before any change' : laidOver ? 'gate: changed tests laid over the base' : byWhom(run);
    const kind = laidOver ? '' : run.exit_code === 0 ? 'good' : 'bad';
    const which =
      run.tree === tree
        ? markup`<code>${short(run.tree)}</code> <span class="tag">final tree</span>`
        : markup`<code>${short(run.tree)}</code>`;
    const failing = (run.failing ?? []).slice(0, 20).join('\n');
    return markup`<tr>
      <td>${what}${run.partial === true && ', in part'}</td>
      <td><code>${run.command}</code></td>
      <td>
        <span class="tag ${kind}">${testOutcome(run)}</span>${failing !== '' && fold('failing', pre(failing))}
      </td>
      <td>${which}</td>
    </tr>`;
  });
  const words = markup`<p>
    Recorded by the harness, not claimed by the model. Tests: <strong>${verdict}</strong> (${TESTS_IN_WORDS[verdict]}).
  </p>`;
  return rows.length === 0 ? words : markup`${words}${table(['when', 'command', 'outcome', 'tree'], rows)}`;
}

function byWhom(run: TestsRan): string {
  return run.phase === 'gate' ? `gate, turn ${run.turn}` : `turn ${run.turn}`;
}

export function gatesTable(events: Transcript): Html {
  const checked = allOf(events, 'gate_checked');
  if (checked.length === 0) return markup`<p>No change was handed in, so no gate was asked.</p>`;
  const row = (gate: (typeof checked)[number]): Html =>
    markup`<tr>
      <td class="name">${gate.gate}</td>
      <td><span class="tag ${gate.outcome === 'passed' ? 'good' : gate.outcome === 'refused' ? 'bad' : ''}">${gate.outcome}</span></td>
      <td>${ticked(gate.detail)}</td>
      <td><a href="#${anchor('call', gate.tool_use_id)}">turn ${gate.turn}</a></td>
    </tr>`;
  const last = new Map(checked.map((gate) => [gate.gate, gate]));
  const earlier = checked.filter((gate) => last.get(gate.gate) !== gate);
  const head = ['gate', 'outcome', 'detail', 'asked in'];
  const explained = pushRequestOf(events)?.explanations ?? [];
  return markup`${table(head, [...last.values()].map(row))}${explained.map((one) => markup`<div class="said"><span class="tag">explained: ${one.gate}</span>${markdown(one.text)}</div>`)}${earlier.length > 0 && fold(`Earlier outcomes, ${earlier.length}`, table(head, earlier.map(row)))}`;
}

const FATES = {
  not_raised_again: 'not raised again',
  open: 'open',
  below_threshold: 'noted, asks for no revision',
  dropped: 'dropped: outside the change',
} as const;

export function reviewTable(events: Transcript): Html {
  const rounds = allOf(events, 'reviewed');
  if (rounds.length === 0) return markup`<p>No self-review took place.</p>`;
  const heads = rounds.map((one) => {
    const stale = one.tree !== lastTree(events) && ' · the change was edited after it';
    return markup`<div class="said">
      <span class="tag ${one.verdict === 'proceed' ? 'good' : 'bad'}">round ${one.round}: ${one.verdict}</span>
      <span class="muted">${one.model}, tree ${short(one.tree)}${stale}</span>${markdown(one.review?.summary ?? 'The reviewer gave no readable answer.')}
    </div>`;
  });
  const rows = findingsHistory(events).map(
    ({ finding, rounds: raised, fate }) =>
      markup`<tr>
        <td>${finding.severity}, ${finding.category}</td>
        <td><code>${finding.file}:${finding.start_line}–${finding.end_line}</code></td>
        <td>${ticked(finding.claim)}<br /><span class="muted">${ticked(finding.failure_scenario)}</span></td>
        <td data-head="confidence ">${finding.confidence}</td>
        <td>
          <span class="tag ${fate === 'open' ? 'bad' : fate === 'not_raised_again' ? 'good' : ''}">${FATES[fate]}</span> round
          ${raised.join(', ')}
        </td>
      </tr>`,
  );
  const findings =
    rows.length === 0
      ? markup`<p>No findings.</p>`
      : table(['severity', 'where', 'claim, and how it fails', 'confidence', 'what became of it'], rows);
  return markup`${heads}${findings}${shownToReviewer(events)}`;
}

function shownToReviewer(events: Transcript): Html {
  return join(
    allOf(events, 'review_started').map((one) =>
      fold(
        `What the reviewer was shown in round ${one.round} (and so not the author's reasoning)`,
        markup`${fold('system', pre(one.system))}${pre(one.first_message, 40_000)}`,
      ),
    ),
  );
}

/** What went into the author's first message, what was left out, and why. */
export function contextTable(events: Transcript): Html {
  const context = contextOf(events);
  if (!context) return markup`<p>The run ended before it gathered any.</p>`;
  const empty = context.parts.filter((part) => part.characters === 0).map((part) => part.name);
  const nothing = empty.length > 0 && markup` Empty to begin with: ${empty.join(', ')}.`;
  const rows = context.parts
    .filter((part) => part.characters > 0)
    .map(
      (part) =>
        markup`<tr>
        <td>${part.name}</td>
        <td>${part.source}</td>
        <td class="figure">${integer(part.shown)} of ${integer(part.characters)}</td>
        <td>${part.why === '' ? 'shown whole' : part.why}</td>
      </tr>`,
    );
  const tools = context.tools.map((tool) => tool.name).join(', ');
  const base = markup`<p>
    Base: <code>${context.base.branch}</code> at <code>${short(context.base.commit)}</code>. Tests:
    ${context.commands.test ? markup`<code>${context.commands.test.command}</code> (${context.commands.test.source}, ${context.commands.test.confidence} confidence)` : 'no command found'}.
    Tools: ${tools}.
  </p>`;
  const left = context.parts.filter((part) => part.shown < part.characters).length;
  const words = markup`<p>${left === 0 ? 'Nothing was left out.' : `${plural(left, 'part')} cut or left out.`}${nothing}</p>`;
  return markup`${base}${words}${table(['part', 'from', 'characters shown', 'why not all'], rows)}${fold('System prompt', pre(context.system))}${fold('First message', pre(context.first_message, 60_000))}`;
}

export function table(head: readonly string[], rows: readonly Html[]): Html {
  const cells = head.map((name) => (name === '' ? markup`<td></td>` : markup`<th scope="col">${name}</th>`));
  return markup`<table>
    <thead>
      <tr>
        ${cells}
      </tr>
    </thead>
    <tbody>
      ${join(rows)}
    </tbody>
  </table>`;
}
