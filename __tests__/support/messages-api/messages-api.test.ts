import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import type Anthropic from '@anthropic-ai/sdk';
import type { ModelRequest } from '../../../src/model/model.ts';
import { requestBody } from '../../../src/model/request.ts';
import { bench, never, readFile, request, type Bench } from '../../model/support.ts';
import { schemaText } from './generate-schema.ts';
import { schemaFaults } from './schema.ts';
import { startMessagesApi, type MessagesApi, type MessagesApiOptions, type Turn } from './server.ts';

const open: { close(): Promise<void> }[] = [];
const headers = { 'x-api-key': 'key', 'anthropic-version': '2026-10-21', 'content-type': 'application/json' };
const valid = { model: 'claude-opus-5-5', max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] };
const hello: Turn = { blocks: [{ type: 'text', text: 'Hello' }] };
const call = { type: 'tool_use', id: 'toolu_1', name: 'read_file', input: {} };
const result = { type: 'tool_result', tool_use_id: 'toolu_1', content: 'text' };

afterEach(async () => {
  await Promise.all(open.splice(0).map(({ close }) => close()));
});

async function started(options: Partial<MessagesApiOptions> = {}): Promise<MessagesApi> {
  const api = await startMessagesApi({ turns: () => hello, ...options });
  open.push(api);
  return api;
}

type Answered = Record<string, unknown> & { error?: { type: string; message: string } };

async function post(
  api: MessagesApi,
  body: unknown,
  changes: Record<string, string> = {},
): Promise<{ status: number; body: Answered; text: string }> {
  const response = await fetch(`${api.url}/v1/messages`, {
    method: 'POST',
    headers: { ...headers, ...changes },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, text, body: text.startsWith('{') ? (JSON.parse(text) as Answered) : {} };
}

test('the committed schema is what its generator makes of the SDK', () => {
  expect(readFileSync(new URL('schema.json', import.meta.url), 'utf8')).toBe(schemaText());
});

describe('a valid request', () => {
  test('is answered as JSON', async () => {
    const { status, body } = await post(await started(), valid);
    expect(status).toBe(200);
    expect(schemaFaults('Message', body)).toEqual([]);
    expect(body).toMatchObject({ content: [{ type: 'text', text: 'Hello' }], stop_reason: 'end_turn' });
  });

  test('is answered as a stream in the order of the API', async () => {
    const api = await started({
      turns: [
        {
          blocks: [
            { type: 'thinking', thinking: 'Hm' },
            { type: 'tool_use', name: 'read_file', input: { path: 'a' } },
          ],
        },
      ],
    });
    const { text } = await post(api, { ...valid, stream: true, tools: [readFile] });
    const events = text
      .split('\n\n')
      .filter(Boolean)
      .map((block) => JSON.parse(block.split('\ndata: ')[1] ?? '') as Anthropic.RawMessageStreamEvent | { type: 'ping' });
    const types = events.map(({ type }) => type);
    expect(types.slice(0, 3)).toEqual(['message_start', 'ping', 'content_block_start']);
    expect(types.slice(-2)).toEqual(['message_delta', 'message_stop']);
    expect(events.flatMap((event) => (event.type === 'ping' ? [] : schemaFaults('RawMessageStreamEvent', event)))).toEqual([]);
    const deltas = events.flatMap((event) => (event.type === 'content_block_delta' ? [event.delta.type] : []));
    expect(deltas).toEqual(['thinking_delta', 'signature_delta', 'input_json_delta', 'input_json_delta']);
  });
});

describe('refused as the API refuses it is', () => {
  const user = (...content: unknown[]): unknown => ({ role: 'user', content });
  const assistant = (...content: unknown[]): unknown => ({ role: 'assistant', content });
  const text = (words: string, cached = false): unknown => ({
    type: 'text',
    text: words,
    ...(cached && { cache_control: { type: 'ephemeral' } }),
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    ['an unknown field', { temperture: 1 }, /temperture: Extra inputs are not permitted/],
    ['a removed sampling parameter', { temperature: 1 }, /temperature: Extra inputs/],
    ['a missing model', { model: undefined }, /model/],
    ['an unknown block type', { messages: [user({ type: 'txt', text: 'x' })] }, /messages\.0/],
    ['a max_tokens of 0', { max_tokens: 0 }, /max_tokens/],
    ['a max_tokens over the limit', { max_tokens: 200_000 }, /200000 > 128000/],
    ['no message', { messages: [] }, /at least one message/],
    ['a first message of the assistant', { messages: [assistant(text('x'))] }, /first message/],
    ['an empty text block', { messages: [user(text(''))] }, /non-whitespace/],
    ['an empty system text', { system: '' }, /system/],
    [
      'an empty text in a tool result',
      { messages: [user(text('x')), assistant(call), user({ ...result, content: [text('')] })] },
      /non-empty/,
    ],
    ['five breakpoints', { messages: [user(...[1, 2, 3, 4, 5].map((n) => text(String(n), true)))] }, /maximum of 4 blocks.*Found 5/],
    ['an unanswered call', { messages: [user(text('x')), assistant(call), user(text('y'))] }, /tool_use.*without.*toolu_1/],
    ['an orphan result', { messages: [user(text('x')), assistant(text('y')), user(result)] }, /unexpected `tool_use_id`/],
    ['two results of one call', { messages: [user(text('x')), assistant(call), user(result, result)] }, /single result/],
    ['text before a result', { messages: [user(text('x')), assistant(call), user(text('first'), result)] }, /must come first/],
    ['a forced tool choice', { tool_choice: { type: 'any' }, tools: [readFile] }, /tool_choice/],
    ['thinking disabled', { thinking: { type: 'disabled' } }, /thinking\.type\.disabled/],
    ['a thinking budget', { thinking: { type: 'enabled', budget_tokens: 2000 } }, /thinking\.type\.enabled/],
    ['a bad tool name', { tools: [{ ...readFile, name: 'read file' }] }, /tools\.0/],
    ['two tools of one name', { tools: [readFile, readFile] }, /unique/],
    [
      'an open object in the output schema',
      { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } },
      /additionalProperties/,
    ],
    [
      'a bound in the output schema',
      { output_config: { format: { type: 'json_schema', schema: { type: 'number', minimum: 0 } } } },
      /minimum/,
    ],
    [
      'a foreign thinking block',
      { messages: [user(text('x')), assistant({ type: 'thinking', thinking: 'Hm', signature: 'forged' }, text('y')), user(text('z'))] },
      /cannot be modified/,
    ],
  ])('%s', async (_, changes, expected) => {
    const api = await started();
    const { status, body } = await post(api, { ...valid, ...changes });
    expect(status).toBe(400);
    expect(schemaFaults('ErrorResponse', body)).toEqual([]);
    expect(body.error).toMatchObject({ type: 'invalid_request_error', message: expect.stringMatching(expected) });
    expect(api.requests[0]?.refused).toMatch(expected);
  });

  test('a prompt longer than the window', async () => {
    const api = await started({ turns: () => hello });
    const { body } = await post(api, { ...valid, messages: [{ role: 'user', content: 'x'.repeat(4_100_000) }] });
    expect(body.error?.message).toMatch(/prompt is too long: \d+ tokens > 1000000 maximum/);
  });

  test('an unknown model', async () => {
    expect(await post(await started(), { ...valid, model: 'claude-imaginary' })).toMatchObject({
      status: 404,
      body: { error: { type: 'not_found_error', message: 'model: claude-imaginary' } },
    });
  });

  test.each<[string, Record<string, string>, number]>([
    ['no key', { 'x-api-key': '' }, 401],
    ['another key', { 'x-api-key': 'other' }, 401],
    ['another bearer token', { authorization: 'Bearer other' }, 401],
    ['no version', { 'anthropic-version': '' }, 400],
  ])('a request with %s', async (_, changes, status) => {
    expect((await post(await started({ apiKey: 'key' }), valid, changes)).status).toBe(status);
  });
});

describe('a conversation', () => {
  const looking: Turn = {
    blocks: [
      { type: 'thinking', thinking: 'Look.' },
      { type: 'tool_use', name: 'read_file', input: { path: 'a' } },
    ],
  };

  async function second(change: (given: ModelRequest) => ModelRequest, turn = looking): Promise<string> {
    const served = await bench({ turns: [turn, hello] });
    open.push(served);
    const first = await served.model(request(), never());
    const given = continued(request(), first.message);
    await served.model(change(given), never()).catch(() => undefined);
    return served.api.requests[1]?.refused ?? 'accepted';
  }

  test('goes on when it is repeated as it was', async () => {
    expect(await second((given) => given)).toBe('accepted');
  });

  test.each<[string, (given: ModelRequest) => ModelRequest]>([
    ['the first message', (given) => ({ ...given, messages: [{ role: 'user', content: 'Fix another bug.' }, ...given.messages.slice(1)] })],
    ['the system text', (given) => ({ ...given, system: 'You write poems.' })],
    ['the tools', (given) => ({ ...given, tools: [] })],
    ['the effort', (given) => ({ ...given, effort: 'low' })],
    ['the model', (given) => ({ ...given, model: 'claude-sonnet-5-5' })],
  ])('with thinking is refused when %s changes', async (_, change) => {
    expect(await second(change)).toMatch(/cannot be modified/);
  });

  test('without thinking is refused when the reply or the frame changes', async () => {
    const plain: Turn = { blocks: [{ type: 'tool_use', name: 'read_file', input: { path: 'a' } }] };
    expect(await second((given) => ({ ...given, system: 'Other.' }), plain)).toMatch(/history: .*system/);
    const edited = (given: ModelRequest): ModelRequest =>
      JSON.parse(JSON.stringify(given).replace('"path":"a"', '"path":"b"')) as ModelRequest;
    expect(await second(edited, plain)).toMatch(/history: the assistant message/);
  });

  test('may be asked again for the same turn, with another cap', async () => {
    const served = await bench({ turns: [hello] });
    open.push(served);
    await served.model(request(), never());
    await served.model(request({ maxTokens: 2000 }), never());
    expect(served.api.requests.map(({ attempt, refused }) => [attempt, refused])).toEqual([
      [1, undefined],
      [2, undefined],
    ]);
  });

  test('is told apart as review when it asks for structured output', async () => {
    const served = await bench({ turns: { work: [hello], review: [{ blocks: [{ type: 'text', text: '{}' }] }] } });
    open.push(served);
    const schema = { type: 'object', properties: {}, additionalProperties: false } as const;
    const { message } = await served.model(request({ outputSchema: schema }), never());
    expect(message.content[0]).toMatchObject({ text: '{}' });
    expect(served.api.requests[0]?.conversation).toBe('review');
  });

  test('past the end of its script is refused with words', async () => {
    expect(await post(await started({ turns: [] }), valid)).toMatchObject({
      status: 400,
      body: { error: { message: 'the script has no turn 0 of conversation work' } },
    });
  });
});

describe('the prefix cache', () => {
  async function shares(turns: number, calls: number): Promise<number[]> {
    const script = Array.from({ length: turns }, (_, turn): Turn => ({
      blocks: Array.from({ length: calls }, (_, at) => ({ type: 'tool_use', name: 'read_file', input: { path: `${turn}-${at}` } })),
    }));
    const served: Bench = await bench({ turns: script });
    open.push(served);
    let given = request({ system: 'You fix bugs. '.repeat(1000) });
    for (let turn = 0; turn < turns; turn++) given = continued(given, (await served.model(given, never())).message);
    return served.api.requests.map(({ usage }) => {
      const read = usage?.cache_read_input_tokens ?? 0;
      return read / (read + (usage?.cache_creation_input_tokens ?? 0) + (usage?.input_tokens ?? 0));
    });
  }

  test('gives nothing at first, and nearly all of the input from then on', async () => {
    const [first, ...rest] = await shares(5, 1);
    expect(first).toBe(0);
    expect(Math.min(...rest)).toBeGreaterThan(0.9);
  });

  test('is found after turns of more blocks than the API looks back', async () => {
    const [, ...rest] = await shares(4, 30);
    expect(Math.min(...rest)).toBeGreaterThan(0.5);
    // All but what the last turn added is read.
    expect(rest.at(-1)).toBeGreaterThan(rest[0] ?? 1);
  });

  test('gives nothing without breakpoints', async () => {
    const api = await started();
    const plain = { ...valid, messages: [{ role: 'user', content: 'x'.repeat(10_000) }] };
    await post(api, plain);
    await post(api, plain);
    expect(api.requests.map(({ usage }) => usage?.cache_read_input_tokens)).toEqual([0, 0]);
  });

  test('reports three parts that make up the whole input', async () => {
    const api = await started();
    const body = { ...requestBody(request({ system: 'x'.repeat(8000) }), undefined) };
    await post(api, body);
    await post(api, body);
    const totals = api.requests.map(
      ({ usage }) => (usage?.input_tokens ?? 0) + (usage?.cache_read_input_tokens ?? 0) + (usage?.cache_creation_input_tokens ?? 0),
    );
    expect(totals[0]).toBe(totals[1]);
    expect(api.requests[1]?.usage?.cache_read_input_tokens).toBeGreaterThan(2000);
  });
});

function continued(given: ModelRequest, reply: Anthropic.Message): ModelRequest {
  const results = reply.content.flatMap((block) =>
    block.type === 'tool_use' ? [{ type: 'tool_result' as const, tool_use_id: block.id, content: 'some text' }] : [],
  );
  return { ...given, messages: [...given.messages, { role: 'assistant', content: reply.content }, { role: 'user', content: results }] };
}
