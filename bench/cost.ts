import { call, FILES, turn, world } from '../__tests__/support/world.ts';
import { allOf } from '../src/transcript/find.ts';
import { finalTotals, tokensOfReply } from '../src/transcript/totals.ts';
import type { Figure } from './figure.ts';

const LENGTHS = [20, 60, 200];
const LINES = 40;

/**
 * What long runs cost: the share of input read from the cache from the second turn on, as the far side's prefix cache sees it over the very bytes that were
 * sent, and the dollars for a default model. Every turn reads another part of a file.
 */
export async function costFigures(): Promise<{ title: string; figures: Figure[] }> {
  const figures: Figure[] = [];
  for (const length of LENGTHS) figures.push(...(await costOver(length)));
  return { title: 'cost of long runs (cached share from turn 2 on; the bar is 90 %)', figures };
}

async function costOver(length: number): Promise<Figure[]> {
  const book = Array.from({ length: length * LINES }, (_, line) => `line ${line}: ${'abcdefghij'.repeat(4)}`).join('\n');
  const turns = Array.from({ length }, (_, index) =>
    index === length - 1
      ? turn(call('report_blocked', { kind: 'answered', reason: 'Read.' }))
      : turn(call('read_file', { path: 'book.txt', start_line: index * LINES + 1, end_line: (index + 1) * LINES })),
  );
  const there = await world({
    turns: { work: turns },
    github: { files: { ...FILES, 'book.txt': book } },
    inputs: { 'max-turns': '400', 'max-cost-usd': '100' },
    runner: { timeoutMs: 300_000 },
  });
  try {
    const { events, outputs } = await there.run();
    const later = allOf(events, 'replied').slice(1);
    const tokens = later.map(tokensOfReply);
    const read = tokens.reduce((sum, one) => sum + one.read, 0);
    const all = tokens.reduce((sum, one) => sum + one.input + one.read + one.written, 0);
    const sent = there.messages.requests.reduce((sum, { body }) => sum + JSON.stringify(body ?? '').length, 0);
    if (outputs['conclusion'] !== 'answered')
      throw new Error(`the run of ${length} turns ended as ${outputs['conclusion'] ?? ''}: ${outputs['exit-reason'] ?? ''}`);
    return [
      { what: `${length} turns: not read from the cache`, value: 100 - (100 * read) / all, unit: '%', bar: 10 },
      { what: `${length} turns: input tokens, cached included`, value: finalTotals(events).input_tokens / 1000, unit: 'k' },
      { what: `${length} turns: sent in all`, value: sent / 1e6, unit: 'MB' },
      { what: `${length} turns: cost`, value: finalTotals(events).cost_usd, unit: 'USD' },
    ];
  } finally {
    await there.close();
  }
}
