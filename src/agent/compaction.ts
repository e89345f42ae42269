import type { ToolRan, Transcript } from '../transcript/events.ts';
import { AFRESH, AFTER_SUMMARY } from '../prompts/notices.ts';
import { allOf } from '../transcript/find.ts';
import { planOf } from '../transcript/plan.ts';

/** Calls, and characters of the newest results, that a fresh conversation is told of. */
const CALLS_SHOWN = 120;
const RESULTS_SHOWN = 3;
const RESULT_CHARACTERS = 4_000;
const NOTES_SHOWN = 5;
const TESTS_SHOWN = 8;

/** What is said after the API's own summary: where the author stands by the record, beside the words of the model. Pure. */
export function afterSummaryText(events: Transcript): string {
  return inSections([
    ['Where you stand', AFTER_SUMMARY],
    ['Plan', plan(events)],
    ['Test ledger', ledger(events)],
  ]);
}

/** What a fresh conversation is told of the one before, from the trail alone. Pure. */
export function compactedText(events: Transcript, patch: string, truncated: boolean): string {
  const calls = allOf(events, 'tool_ran').filter(({ purpose }) => purpose === 'work');
  return inSections([
    ['Where you stand', AFRESH],
    ['Plan', plan(events)],
    ['Change so far', `${patch || '(none)'}${truncated ? '\n[cut; git_diff shows the rest]' : ''}`],
    ['Test ledger', ledger(events)],
    ['Your notes', notes(events).join('\n')],
    ['Calls so far', calls.slice(-CALLS_SHOWN).map(inOneLine).join('\n')],
    [
      'Newest results',
      calls
        .slice(-RESULTS_SHOWN)
        .map((call) => `${inOneLine(call)}\n${call.content.slice(-RESULT_CHARACTERS)}`)
        .join('\n\n'),
    ],
  ]);
}

function inSections(sections: readonly (readonly [string, string])[]): string {
  return sections
    .filter(([, text]) => text !== '')
    .map(([title, text]) => `\n\n## ${title}\n${text}`)
    .join('');
}

function plan(events: Transcript): string {
  const requirements = planOf(events)?.requirements ?? [];
  return requirements.map(({ id, text, status }) => `- ${id} (${status}): ${text}`).join('\n');
}

function ledger(events: Transcript): string {
  const lines = allOf(events, 'tests_ran')
    .slice(-TESTS_SHOWN)
    .map(({ phase, command, exit_code, failing }) => {
      const names = failing?.length ? `; failing: ${failing.slice(0, 10).join(', ')}` : '';
      return `- ${phase}: ${command} → ${exit_code ?? 'none'}${names}`;
    });
  return lines.join('\n');
}

/** What the author said beside its calls, newest last. */
function notes(events: Transcript): string[] {
  const replies = allOf(events, 'replied').filter(({ purpose }) => purpose === 'work');
  const texts = replies.flatMap(({ message }) =>
    message.content.flatMap((block) => (block.type === 'text' && block.text.trim() !== '' ? [block.text.trim()] : [])),
  );
  return texts.slice(-NOTES_SHOWN).map((text) => `- ${text.slice(0, 1_000)}`);
}

function inOneLine({ turn, name, input, is_error }: ToolRan): string {
  const words = JSON.stringify(input) ?? '';
  return `- turn ${turn}: ${name} ${words.length > 160 ? `${words.slice(0, 160)}…` : words}${is_error ? ' (failed)' : ''}`;
}
