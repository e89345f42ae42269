/**
 * `npm run eval -- --dataset FILE.jsonl [--out DIR] [--model NAME] [--only ID]… [--live] [--provider NAME] [-- OPTIONS OF alchemist run]`: the agent on instances in SWE-bench's form. Writes
 * `predictions.jsonl` (SWE-bench's form), `results.json` and `table.md` to DIR (build/eval) and prints the table. Without `--live` the model is a recording made of each
 * instance's known change: that proves the way from ticket to patch, and nothing about any model. With it, the key of `--provider` pays (as for `alchemist run`).
 */
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { liveEnvironment } from './eval/live.ts';
import { readDataset } from './eval/dataset.ts';
import { evaluate, type Row } from './eval/run.ts';
import { table } from './eval/table.ts';

const root = join(import.meta.dirname, '..');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    dataset: { type: 'string', default: join(root, 'bench', 'eval', 'instances.jsonl') },
    out: { type: 'string', default: join(root, 'build', 'eval') },
    model: { type: 'string', default: 'claude-opus-5-5' },
    only: { type: 'string', multiple: true, default: [] },
    action: { type: 'string', default: root },
    live: { type: 'boolean', default: false },
    provider: { type: 'string', default: 'anthropic' },
  },
});
const environment = values.live ? liveEnvironment(values.provider, positionals) : undefined;

const out = resolve(values.out);
mkdirSync(out, { recursive: true });
const predictions = join(out, 'predictions.jsonl');
rmSync(predictions, { force: true });
const instances = readDataset(values.dataset).filter(({ instance_id: id }) => values.only.length === 0 || values.only.includes(id));
if (instances.length === 0) throw new Error(`No instance is called ${values.only.join(' or ')}.`);

const rows: Row[] = [];
for (const instance of instances) {
  const { prediction, row } = await evaluate(instance, {
    action: resolve(values.action),
    out,
    model: values.model,
    live: values.live,
    more: values.live ? ['--provider', values.provider, ...positionals] : positionals,
    environment,
  });
  // Line by line: what was paid for is kept when a later instance breaks off.
  appendFileSync(predictions, `${JSON.stringify(prediction)}\n`);
  rows.push(row);
  console.log(`${rows.length}/${instances.length} ${row.instance_id}: ${row.outcome} (${row.conclusion}, ${row.detail})`);
}
writeFileSync(join(out, 'results.json'), `${JSON.stringify(rows, null, 2)}\n`);
writeFileSync(join(out, 'table.md'), table(rows, values.live));
console.log(`\n${table(rows, values.live)}\n${predictions}`);
if (rows.some(({ outcome }) => outcome === 'not replayed' || outcome === 'unsound instance')) process.exitCode = 1;
