import { afterEach, describe, expect, test } from '@jest/globals';
import { capabilities, modelInfo } from '../support/messages-api/server.ts';
import { GOOD_REVIEW, world, type World } from '../support/world.ts';
import { asks, bodyOf, expectFaithful, only, QUICK, QUICK_WORK } from './common.ts';

let open: World | undefined;
afterEach(async () => open?.close());

const [yes, no] = [{ supported: true }, { supported: false }];
const upToHigh = capabilities({ effort: { supported: true, low: yes, medium: yes, high: yes, xhigh: no, max: no } });
const none = capabilities({ effort: { supported: false, low: no, medium: no, high: no, xhigh: no, max: no } });
const models = {
  'claude-opus-5-5': modelInfo('claude-opus-5-5'),
  'claude-sonnet-5-5': modelInfo('claude-sonnet-5-5', { capabilities: upToHigh }),
  'claude-haiku-5-5': modelInfo('claude-haiku-5-5', { capabilities: none }),
};

async function run(inputs: Readonly<Record<string, string>>): Promise<{ here: World; ran: Awaited<ReturnType<World['run']>> }> {
  open = await world({ turns: { work: QUICK_WORK, review: GOOD_REVIEW }, messages: { models }, inputs: { ...QUICK, ...inputs } });
  const ran = await open.run();
  expectFaithful(open, ran);
  return { here: open, ran };
}

describe('the input effort', () => {
  test('that the model lacks is refused by name, with the levels it has, before anything is paid', async () => {
    const { here, ran } = await run({ model: 'claude-sonnet-5-5', effort: 'max' });
    expect(ran.outputs['conclusion']).toBe('failed');
    expect(ran.outputs['exit-reason']).toContain('"claude-sonnet-5-5" has no effort "max". Write one that it has (low, medium, high)');
    expect(asks(here)).toEqual([]);
  });

  test('that only the reviewer lacks becomes the nearest it has, and that is said', async () => {
    const { here, ran } = await run({ 'review-model': 'claude-sonnet-5-5', effort: 'max' });
    expect(ran.outputs['conclusion']).toBe('pull_request');
    const sent = (conversation: string): unknown[] => asks(here, conversation).map((request) => bodyOf(request).output_config?.effort);
    expect(new Set(sent('work'))).toEqual(new Set(['max']));
    expect(new Set(sent('review'))).toEqual(new Set(['high']));
    expect(
      only(ran, 'noticed')
        .filter(({ kind }) => kind === 'preflight')
        .map(({ text }) => text),
    ).toContain('The model claude-sonnet-5-5 has no effort max; it is asked with high.');
  });

  test('is left out for a model that has none at all', async () => {
    const { here, ran } = await run({ model: 'claude-haiku-5-5' });
    expect(ran.outputs['conclusion']).toBe('pull_request');
    expect(bodyOf(asks(here, 'work')[0]).output_config).toBeUndefined();
  });
});
