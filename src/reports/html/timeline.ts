import type { Event, Noticed, Transcript } from '../../transcript/events.ts';
import { callInWords, cacheShare, duration, integer, oneLine, short, testOutcome, usd } from '../words.ts';
import { spentOn, turnsOf } from '../turns.ts';
import type { CallRecord, Turn } from '../turns.ts';
import { patchDiff } from './diff.ts';
import type { HunkLinks } from './diff.ts';
import { anchor, fold, markup, join, pre } from './escape.ts';
import type { Html } from './escape.ts';
import { markdown } from './markdown.ts';

/** Characters that results, inputs and diffs may take in the whole page: it must open in under 2 s at 1,000 turns. */
const WHOLE = 10_000_000;

/** Beyond so many turns the reasons are shown as plain paragraphs. */
const MOST_RICH = 200;

/** The run, turn by turn: reasons, calls, results, diffs. All folded; the first look is one line a turn. */
export function timeline(events: Transcript, links: HunkLinks): Html {
  const turns = turnsOf(events);
  const calls = turns.reduce((sum, turn) => sum + turn.calls.length, 0);
  const most = Math.min(24_000, Math.max(1_500, Math.floor(WHOLE / Math.max(calls, 1) / 2)));
  return join(turns.map((turn) => oneTurn(turn, links, most)));
}

function oneTurn(turn: Turn, links: HunkLinks, most: number): Html | undefined {
  if (turn.asked.length === 0) {
    const before = join([...turn.notices.map(notice), ...turn.loose.map((event) => loose(event, links, most))]);
    return before.html === ''
      ? undefined
      : markup`<article class="turn" id="turn-0">
          <details>
            <summary><b>start</b> <span class="what">before the first request</span></summary>
            ${before}
          </details>
        </article>`;
  }
  const spent = spentOn(turn);
  const calls = turn.calls.map((call) => callInWords(call.name, call.input)).join(' · ');
  const words = oneLine(saidIn(turn), 160);
  const what = calls || words || turn.replied?.message.stop_reason || 'no reply';
  const why = calls !== '' && words !== '' && markup` <span class="muted">${words}</span>`;
  const input = spent.fresh + spent.cacheRead + spent.cacheWrite;
  const share = cacheShare({ input_tokens: input, cache_read_tokens: spent.cacheRead });
  const flags = [
    turn.calls.some((call) => call.changes.length > 0) && 'changed',
    turn.calls.some((call) => call.ran?.is_error === true) && 'error',
  ]
    .filter(Boolean)
    .join(' ');
  const head = markup`<b>${turn.turn}</b>${turn.purpose === 'review' && markup` <span class="tag">review</span>`}
    <span class="what">${oneLine(what, 300)}${why}</span> <span class="muted">${usd(spent.usd)}</span>`;
  const figures = [
    `${integer(input)} tokens in, ${share} from cache, ${integer(spent.output)} out`,
    turn.replied ? duration(turn.replied.duration_ms) : 'no reply',
    ...(turn.replied ? [`stopped: ${turn.replied.message.stop_reason ?? 'unknown'}`] : []),
    ...(spent.brokenOff > 0 ? [`${spent.brokenOff} broken off, counted at worst case`] : []),
    ...turn.asked.slice(0, 1).map((asked) => `${asked.model}, ${asked.messages} messages, at most ${integer(asked.max_tokens)} tokens`),
    `event ${turn.asked[0]?.seq ?? ''}`,
  ].join(' · ');
  return markup`<article class="turn ${flags}" id="turn-${turn.turn}">
    <details>
      <summary>${head}</summary>
      <p class="muted">${figures}</p>
      ${reasons(turn, most)}${turn.calls.map((call) => oneCall(call, links, most))}${turn.loose.map((event) => loose(event, links, most))}${turn.notices.map(notice)}
    </details>
  </article>`;
}

/** The turn's own words; of a reviewer's answer, which is JSON, its summary. */
function saidIn(turn: Turn): string {
  if (turn.purpose !== 'review' || !turn.text.trimStart().startsWith('{')) return turn.text;
  return (
    /"summary"\s*:\s*("(?:[^"\\]|\\.)*")/
      .exec(turn.text)?.[1]
      ?.slice(1, -1)
      .replace(/\\(["\\/])/g, '$1') ?? turn.text
  );
}

function reasons(turn: Turn, most: number): Html {
  const words = (text: string): Html => (text.length > 2 * most ? pre(text, 2 * most) : markdown(text, turn.turn <= MOST_RICH));
  const thinking = turn.thinking !== '' && markup`<div class="thinking"><span class="tag">thinking</span>${words(turn.thinking)}</div>`;
  return join([thinking, turn.text !== '' && markup`<div class="said">${words(turn.text)}</div>`]);
}

function oneCall(call: CallRecord, links: HunkLinks, most: number): Html {
  const { ran } = call;
  const state = !ran ? 'not answered' : !ran.executed ? 'not executed' : ran.is_error ? 'error' : '';
  const head = markup`<code>${oneLine(callInWords(call.name, call.input), 300)}</code>${state !== '' && markup` <strong class="bad">${state}</strong>`} <span class="muted">${ran ? duration(ran.duration_ms) : ''}</span>`;
  const log = ran?.log === undefined ? undefined : markup`<p class="muted">Full output: <code>${ran.log}</code> in the artifact.</p>`;
  const parts = [
    fold('input', inputOf(call.input, most)),
    ran && fold(`result, ${integer(ran.content.length)} characters`, pre(ran.content, most), { open: ran.content.length < 1_200 }),
    log,
    ...call.changes.map((event) => loose(event, links, most)),
    ...call.tests.map((event) => loose(event, links, most)),
    ...call.gates.map((event) => loose(event, links, most)),
    ...call.reviews.map((event) => loose(event, links, most)),
  ];
  return markup`<section class="call" id="${anchor('call', call.id)}">
    <p class="callhead">${head}</p>
    ${join(parts)}
  </section>`;
}

/** Long texts of an input (a file's content, an edit) as lines, not as one JSON string. */
function inputOf(input: unknown, most: number): Html {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return pre(JSON.stringify(input, null, 2), most);
  const rows = Object.entries(input).map(([key, value]) => {
    const words = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
    return markup`<dt>${key}</dt>
      <dd>${pre(words, most)}</dd>`;
  });
  return markup`<dl class="input">${rows}</dl>`;
}

function loose(event: Event, links: HunkLinks, most: number): Html {
  switch (event.type) {
    case 'tree_changed': {
      const places = links.get(event.seq) ?? [];
      const final =
        places.length === 0
          ? markup`<span class="muted">nothing of it is left in the final change</span>`
          : markup`in the final change:
            ${join(
              places.slice(0, 20).map(({ id, label }) => markup`<a href="#${id}">${label}</a>`),
              ', ',
            )}${places.length > 20 && ` and ${places.length - 20} more`}`;
      const omitted =
        event.patch_omitted === undefined ? undefined : markup`<p class="bad">The patch was left out: ${event.patch_omitted}.</p>`;
      return markup`<div class="fact">
        <p><span class="tag">changed</span> tree ${short(event.before)} → ${short(event.after)}; ${final}</p>
        ${omitted}${patchDiff(event.patch, most)}
      </div>`;
    }
    case 'tests_ran':
      return markup`<div class="fact">
        <p>
          <span class="tag ${event.exit_code === 0 ? 'good' : 'bad'}">tests</span> <code>${event.command}</code> ${testOutcome(event)} ·
          tree ${short(event.tree)}
        </p>
        ${event.tail !== '' && fold('last part of the output', pre(event.tail, most))}
      </div>`;
    case 'gate_checked':
      return markup`<p class="fact">
        <span class="tag ${event.outcome === 'refused' ? 'bad' : ''}">gate</span> ${event.gate}: ${event.outcome}. ${event.detail}
      </p>`;
    case 'reviewed':
      return markup`<p class="fact">
        <span class="tag ${event.verdict === 'proceed' ? 'good' : 'bad'}">review</span> round ${event.round}: ${event.verdict} ·
        <a href="#review">findings</a>
      </p>`;
    default:
      return { html: '' };
  }
}

function notice(event: Noticed & Event): Html {
  return markup`<p class="fact">
    <span class="tag">${event.kind}</span> ${event.text}${event.to_model && markup` <span class="muted">(told to the model)</span>`}
  </p>`;
}
