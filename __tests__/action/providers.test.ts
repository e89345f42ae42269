import { afterEach, describe, expect, test } from '@jest/globals';
import { call, GOOD_REVIEW, GOOD_WORK, PUSH, turn, world, type Ran, type World } from '../support/world.ts';
import { startOpenAi, type OpenAiServer, type OpenAiServerOptions } from '../support/openai/server.ts';

const OPENAI_KEY = 'sk-proj-Zk3vQ9xTb7Lm2Rw8Yc5Nf1Hd6Js4Pg0Ua';
let server: OpenAiServer | undefined;
let open: World | undefined;

afterEach(async () => {
  await Promise.all([server?.close(), open?.close()]);
  [server, open] = [undefined, undefined];
});

async function runWith(options: Partial<OpenAiServerOptions>, inputs: Readonly<Record<string, string>> = {}): Promise<Ran> {
  server = await startOpenAi({ turns: { work: GOOD_WORK, review: GOOD_REVIEW }, apiKey: OPENAI_KEY, ...options });
  open = await world({
    inputs: {
      'anthropic-api-key': '',
      'anthropic-base-url': '',
      provider: 'openai',
      model: 'gpt-5.5',
      'openai-base-url': server.url,
      'openai-api-key': OPENAI_KEY,
      ...inputs,
    },
  });
  return open.run();
}

describe('provider: openai', () => {
  test('takes a comment to a pull request on a server that refuses what not all know', async () => {
    const [plan, ...rest] = GOOD_WORK;
    const faulty = { ...turn(call('read_file', { path: 'src/sum.js' })), rawArguments: '{"path": "src/su' };
    const ran = await runWith({
      turns: { work: [...(plan ? [plan] : []), faulty, ...rest.slice(0, -1), turn(PUSH)], review: GOOD_REVIEW },
      quirks: { refuses: ['response_format', 'reasoning_effort'], ids: 'same', stopAfterCalls: true },
    });
    expect(ran.outputs).toMatchObject({ conclusion: 'pull_request', tests: 'proven' });
    const costs = ran.events.flatMap((event) => (event.type === 'replied' ? [event.cost_usd] : []));
    expect(costs).toHaveLength(7);
    expect(costs.every((cost) => cost !== null && cost > 0)).toBe(true);
    const cut = ran.events.find((event) => event.type === 'tool_ran' && event.name === 'read_file');
    expect(cut).toMatchObject({ is_error: true, executed: false });
    expect(open?.messages.requests).toHaveLength(0);
    expect(JSON.stringify(ran.events) + ran.log).not.toContain(OPENAI_KEY);
  });

  test('ends with what to do where the key is refused', async () => {
    const ran = await runWith({ apiKey: 'another' });
    expect(ran.outputs['conclusion']).toBe('failed');
    expect(ran.outputs['exit-reason']).toContain('openai-api-key');
  });

  test('is refused without a price for the model, with the line to add', async () => {
    const ran = await runWith({}, { model: 'qwen3-coder' });
    expect(ran.outputs['conclusion']).toBe('failed');
    expect(ran.outputs['exit-reason']).toContain('price-overrides');
  });
});
