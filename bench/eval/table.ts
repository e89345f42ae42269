import type { Row } from './run.ts';

/** The rows as a Markdown table, with what they add up to. */
export function table(rows: readonly Row[], live: boolean): string {
  const word = live ? 'resolved' : 'replayed';
  const done = rows.filter(({ outcome }) => outcome === word).length;
  const sum = (field: 'turns' | 'cost_usd' | 'seconds'): number => rows.reduce((total, row) => total + row[field], 0);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const cells = (row: Row): string[] => [
    row.instance_id,
    row.outcome,
    row.conclusion,
    row.tests,
    String(row.turns),
    `$${row.cost_usd.toFixed(4)}`,
    `${row.seconds.toFixed(1)} s`,
  ];
  return [
    line(['instance', 'outcome', 'ending', 'tests', 'turns', 'cost', 'time']),
    line(['---', '---', '---', '---', '---:', '---:', '---:']),
    ...rows.map((row) => line(cells(row))),
    line([
      `${rows.length} instances`,
      `${done} ${word}`,
      '',
      '',
      String(sum('turns')),
      `$${sum('cost_usd').toFixed(4)}`,
      `${sum('seconds').toFixed(1)} s`,
    ]),
    '',
    live
      ? 'resolved: by the tests that the instance names, run here; the predictions go to SWE-bench’s own evaluation.'
      : 'replayed: a known change went from ticket to patch and passes the tests that the instance names. The costs are those of the recording.',
    '',
  ].join('\n');
}
