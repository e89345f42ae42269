import type { Event } from '../transcript/events.ts';
import { callInWords, CONCLUSION_IN_WORDS, duration, integer, oneLine, plural, short, testOutcome, usd } from './words.ts';

export type TerminalOptions = Readonly<{ /** ANSI colours; off unless asked for. */ colours?: boolean }>;

/**
 * One plain line for a person who watches, without line feed: `turn 3 · read_file src/a.ts (lines 1–80)`. Control characters of what the model wrote are
 * taken out; the door still prefixes the line where a runner reads commands from the log.
 */
export function terminalLine(event: Event, options: TerminalOptions = {}): string {
  const [colour, line] = wordsFor(event);
  const plain = oneLine(line, 240);
  return options.colours === true && colour !== undefined ? `\u001b[${colour}m${plain}\u001b[0m` : plain;
}

const [RED, GREEN, YELLOW, GREY] = [31, 32, 33, 90];

function wordsFor(event: Event): [number | undefined, string] {
  switch (event.type) {
    case 'run_started':
      return [
        undefined,
        `run ${event.run.id} · ${event.ticket.number === undefined ? '' : `#${event.ticket.number} `}${event.ticket.title}`,
      ];
    case 'context_gathered': {
      const { test } = event.commands;
      return [
        undefined,
        `base ${short(event.base.commit)} (${event.base.branch}) · ${test ? `tests: ${test.command} (${test.source})` : 'no test command found'}`,
      ];
    }
    case 'asked':
      return [
        GREY,
        `turn ${event.turn} · asking ${event.model}${event.purpose === 'review' ? ' to review' : ''}${event.attempt > 1 ? ` (try ${event.attempt})` : ''}`,
      ];
    case 'replied':
      return [
        undefined,
        `turn ${event.turn} · ${said(event)} · ${event.cost_usd === null ? 'no price' : usd(event.cost_usd)} · ${duration(event.duration_ms)}`,
      ];
    case 'tool_started':
      return [GREY, `turn ${event.turn} · ${event.name} …`];
    case 'tool_ran':
      return [
        event.is_error ? YELLOW : undefined,
        `turn ${event.turn} · ${callInWords(event.name, event.input)}${event.is_error ? ' · refused or failed' : ''}`,
      ];
    case 'tree_changed':
      return [
        undefined,
        `turn ${event.turn} · changed ${event.files.slice(0, 4).join(', ')}${event.files.length > 4 ? ` and ${event.files.length - 4} more` : ''}`,
      ];
    case 'tests_ran':
      return [
        event.exit_code === 0 ? GREEN : RED,
        `tests (${event.phase}) · ${event.command} · ${testOutcome(event)} · tree ${short(event.tree)}`,
      ];
    case 'gate_checked':
      return [event.outcome === 'refused' ? RED : undefined, `gate ${event.gate} · ${event.outcome} · ${event.detail}`];
    case 'review_started':
      return [undefined, `self-review · round ${event.round} begins · tree ${short(event.tree)}`];
    case 'review_part_ended':
      return [undefined, `self-review · round ${event.round} · part ${event.part} of ${event.parts} read`];
    case 'reviewed':
      return [
        event.verdict === 'proceed' ? GREEN : YELLOW,
        `self-review · round ${event.round} · ${event.verdict} · ${plural(event.blocking.length, 'blocking finding')}`,
      ];
    case 'noticed':
      return [GREY, event.text];
    case 'pushed':
      return [GREEN, `pushed ${short(event.commit)} to ${event.branch}${event.verified ? ' (verified)' : ''}`];
    case 'pull_request_opened':
      return [GREEN, `pull request #${event.number}${event.draft ? ' (draft)' : ''} · ${event.url}`];
    case 'run_ended':
      return [event.conclusion === 'failed' ? RED : GREEN, ending(event)];
  }
}

function said(event: Extract<Event, { type: 'replied' }>): string {
  const calls = event.message.content.filter((block) => block.type === 'tool_use');
  if (calls.length > 0) return plural(calls.length, 'call');
  const text = event.message.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join(' ');
  return text ? `"${oneLine(text, 80)}"` : (event.message.stop_reason ?? 'nothing');
}

function ending({ conclusion, reason, totals, tests }: Extract<Event, { type: 'run_ended' }>): string {
  const spent = `${plural(totals.turns, 'turn')}, ${usd(totals.cost_usd)}, ${integer(totals.input_tokens)} tokens in, ${integer(totals.output_tokens)} out`;
  return `${CONCLUSION_IN_WORDS[conclusion]} · ${reason} · tests ${tests} · ${spent}`;
}
