/**
 * `npm run eval:review [-- --live [--provider NAME] [--model NAME] [--effort LEVEL] [--max-cost-usd N] [--only TEXT] …]`: 25 seeded defects in a small program, and what finds them.
 * Without `--live`: the deterministic detectors alone. With it the self-review of each change is asked of a real model, with the prompt, tools, schema and verdict of a run,
 * and the key of the provider pays (as for `alchemist run`). `--max-cost-usd` (1) is the limit of one review.
 */
import { parseArgs } from 'node:util';
import { BEFORE, right, SEEDS } from '../__tests__/support/seeded-defects.ts';
import { accessIn, accessInputs } from '../src/local/access.ts';
import { readInputs } from '../src/inputs/inputs.ts';
import { connectModel } from '../src/model/provider.ts';
import { liveEnvironment } from './eval/live.ts';
import { reviewOnce } from './review/one.ts';
import { defectLines, detectorScores, judgeSeed, scores, scoreTable, type Judged } from './review/score.ts';

const text = { type: 'string' } as const;
const { values } = parseArgs({
  options: {
    live: { type: 'boolean', default: false },
    only: { ...text, default: '' },
    provider: { ...text, default: 'anthropic' },
    'max-cost-usd': { ...text, default: '1' },
    ...{ model: text, effort: text, 'anthropic-base-url': text, 'openai-base-url': text, 'price-overrides': text },
    ...{ 'provider-region': text, 'provider-project': text, 'foundry-resource': text },
  },
});

console.log(scoreTable('Deterministic detectors (no model)', detectorScores()));
if (values.live) await live();
else console.log('The reviewer itself is scored with --live, which asks a real model and costs money.');

async function live(): Promise<void> {
  const { live: _, only, ...given } = values;
  const environment = liveEnvironment(values.provider, given['openai-base-url'] === undefined ? [] : ['--openai-base-url']);
  const options = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[`INPUT_${name.toUpperCase()}`, value]]));
  const inputs = { ...environment, ...accessInputs(values.provider, accessIn(process.env)), 'INPUT_GITHUB-TOKEN': 'none' };
  const config = readInputs({ ...inputs, ...(Object.fromEntries(options) as Record<string, string>) });
  const connection = await connectModel(config, { environment, identityToken: () => Promise.reject(new Error('there is no job')) });

  const places = defectLines();
  const seeds = SEEDS.map((seed, index) => ({ seed, place: places[index] ?? new Map<string, never>() })).filter(({ seed }) =>
    seed.defect.includes(only),
  );
  const judged: Judged[] = [];
  let cost = 0;
  for (const { seed, place } of seeds) {
    const { reviewed, cost_usd } = await reviewOnce(BEFORE, seed.after, config, connection);
    cost += cost_usd;
    const one = judgeSeed(seed, reviewed, place);
    judged.push(one);
    console.log(
      `${judged.length}/${seeds.length} ${seed.kind}: ${seed.defect}: ${one.found ? 'found' : 'missed'}, ${one.wrong} beside it ($${cost_usd.toFixed(4)})`,
    );
  }
  const control = await reviewOnce(BEFORE, right(), config, connection);
  console.log(`the right change: ${control.reviewed.blocking.length} findings that ask for a revision\n`);
  console.log(scoreTable(`The reviewer: ${config.reviewModel}, effort ${config.effort}`, scores(judged, control.reviewed.blocking.length)));
  console.log(`$${(cost + control.cost_usd).toFixed(4)} in all.`);
}
