import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { anthropic } from '../../src/model/anthropic.ts';
import { BrokenStream, ModelError, type MessageParam } from '../../src/model/model.ts';
import type { Fault, MessagesApiOptions, MessagesRequest, Turn } from '../support/messages-api/server.ts';
import { bench, KEY, never, rejection, request, type Bench } from './support.ts';

const quick = { 'retry-after-ms': '1' };
const hello: Turn = { blocks: [{ type: 'text', text: 'Hello' }] };
const open: Bench[] = [];

async function opened(...args: Parameters<typeof bench>): Promise<Bench> {
  const started = await bench(...args);
  open.push(started);
  return started;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map(({ close }) => close()));
});

async function failing(fault: Fault, options: Partial<MessagesApiOptions> = {}, client: Parameters<typeof bench>[1] = {}): Promise<Error> {
  const { model } = await opened({ turns: [{ ...hello, fault }], ...options }, client);
  return rejection(model(request(), never()));
}

describe('a reply', () => {
  test('is the whole message, verbatim, with its usage', async () => {
    const { model, api } = await opened({
      turns: [
        {
          blocks: [
            { type: 'thinking', thinking: 'I should look. 🔎 And then think again, at some length.' },
            { type: 'text', text: 'Let me read it: naïve “quotes” and 漢字.' },
            { type: 'tool_use', name: 'read_file', input: { path: 'src/ümlaut.ts', nested: { list: [1, 2.5, null, true] } } },
          ],
        },
      ],
    });
    const { message, durationMs } = await model(request(), never());
    expect(message.content).toEqual([
      { type: 'thinking', thinking: 'I should look. 🔎 And then think again, at some length.', signature: expect.stringMatching(/^sig_/) },
      { type: 'text', text: 'Let me read it: naïve “quotes” and 漢字.', citations: null },
      {
        type: 'tool_use',
        id: expect.stringMatching(/^toolu_/),
        name: 'read_file',
        input: { path: 'src/ümlaut.ts', nested: { list: [1, 2.5, null, true] } },
        caller: { type: 'direct' },
      },
    ]);
    expect(message.stop_reason).toBe('tool_use');
    expect(message.usage).toEqual(api.requests[0]?.usage);
    expect(Object.keys(message)).not.toContain('parsed_output');
    expect(durationMs).toBeGreaterThanOrEqual(0);
  });

  test('is asked for in words, from the first message on, where the server refuses structured output', async () => {
    const refusal: Fault = { kind: 'status', status: 400, message: 'output_config.format: Extra inputs are not permitted' };
    const { model, api } = await opened({
      classify: () => 'work',
      turns: ({ request }) => (request.output_config?.format ? { ...hello, fault: refusal } : hello),
    });
    const outputSchema = {
      type: 'object' as const,
      properties: { ok: { type: 'boolean' } },
      required: ['ok'],
      additionalProperties: false,
    };
    const first = request({ outputSchema });
    const { message } = await model(first, never());
    const more: MessageParam[] = [
      ...first.messages,
      { role: 'assistant', content: message.content as never },
      { role: 'user', content: [{ type: 'text', text: 'Go on.' }] },
    ];
    await model({ ...first, messages: more }, never());
    const bodies = api.requests.filter(({ method }) => method === 'POST').map(({ body }) => body as MessagesRequest);
    expect(bodies.map(({ output_config }) => output_config?.format !== undefined)).toEqual([true, false, false]);
    const opening = bodies.slice(1).map(({ messages }) => JSON.stringify(messages[0]));
    expect(opening[0]).toContain('Answer with one JSON object');
    expect(opening[1]).toBe(opening[0]);
  });

  test('sent back as it is continues a conversation whose thinking is signed', async () => {
    const { model, api } = await opened({
      turns: [
        {
          blocks: [
            { type: 'thinking', thinking: 'Hm.' },
            { type: 'tool_use', name: 'read_file', input: { path: 'a' } },
          ],
        },
        hello,
      ],
    });
    const first = await model(request(), never());
    const call = first.message.content.find((block) => block.type === 'tool_use');
    const messages: MessageParam[] = [
      ...request().messages,
      { role: 'assistant', content: first.message.content },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: call?.id ?? '', content: 'text' }] },
    ];
    const second = await model(request({ messages }), never());
    expect(second.message.stop_reason).toBe('end_turn');
    expect(api.requests.map(({ refused }) => refused)).toEqual([undefined, undefined]);
  });

  test('with an empty tool input has an empty object', async () => {
    const { model } = await opened({ turns: [{ blocks: [{ type: 'tool_use', name: 'read_file', input: {} }] }] });
    expect((await model(request(), never())).message.content[0]).toMatchObject({ input: {} });
  });

  test('may pause longer than the stall limit as long as pings arrive', async () => {
    const { model } = await opened({ turns: [{ ...hello, pingsMs: 600 }] }, { stallMs: 250 });
    expect((await model(request(), never())).message.content).toHaveLength(1);
  });
});

describe('a stream that breaks', () => {
  test.each<[string, Fault, RegExp]>([
    ['is cut', { kind: 'cut' }, /broke off/],
    ['carries an overloaded_error', { kind: 'sse_error' }, /overloaded_error/],
    [
      'carries an api_error',
      { kind: 'sse_error', type: 'api_error', message: 'Internal server error' },
      /api_error: Internal server error/,
    ],
    ['ends without message_stop', { kind: 'no_stop' }, /broke off|stop reason/],
    ['holds an event that is not JSON', { kind: 'garbage' }, /broke off/],
  ])('because it %s is a BrokenStream', async (_, fault, text) => {
    const error = await failing(fault);
    expect(error).toBeInstanceOf(BrokenStream);
    expect(error.message).toMatch(text);
  });

  test('because the input of a tool call is cut short is a BrokenStream, never a shorter input', async () => {
    const input = { path: 'a', edits: [{ old_str: 'x', new_str: 'y'.repeat(60) }] };
    const turn: Turn = { blocks: [{ type: 'tool_use', name: 'read_file', input }], fault: { kind: 'short_input' } };
    const { model } = await opened({ turns: [turn] });
    expect(await rejection(model(request(), never()))).toMatchObject({
      name: 'BrokenStream',
      message: 'The input of a tool call arrived cut short.',
    });
  });

  test('because it falls silent is a BrokenStream after the stall limit', async () => {
    const error = await failing({ kind: 'stall' }, {}, { stallMs: 150 });
    expect(error).toBeInstanceOf(BrokenStream);
    expect(error.message).toBe('The reply stopped: not a byte for 0.15 s.');
  });

  test('may be asked for again with the same bytes', async () => {
    const { model, api } = await opened({ turns: [{ ...hello, faults: [{ kind: 'cut' }] }] });
    await expect(model(request(), never())).rejects.toBeInstanceOf(BrokenStream);
    expect((await model(request(), never())).message.content).toHaveLength(1);
    expect(api.requests[0]?.body).toEqual(api.requests[1]?.body);
  });

  test('with an error that does not pass is final', async () => {
    const error = await failing({ kind: 'sse_error', type: 'billing_error', message: 'Your credit balance is too low' });
    expect(error).toMatchObject({ name: 'ModelError', kind: 'spend_limit' });
  });
});

describe('a refusal', () => {
  test.each<[string, Fault, string, RegExp]>([
    [
      '401',
      { kind: 'status', status: 401 },
      'key_refused',
      /refused the key \(401 authentication_error: invalid x-api-key.*anthropic-api-key/,
    ],
    ['403', { kind: 'status', status: 403 }, 'key_refused', /forbids.*403 permission_error/],
    [
      '404 of the model',
      { kind: 'status', status: 404, message: 'model: claude-opus-5-5' },
      'unknown_model',
      /does not know the model "claude-opus-5-5"/,
    ],
    [
      '404 of a web server',
      { kind: 'status', status: 404, body: '<html>nginx</html>' },
      'bad_request',
      /does not answer as the Messages API does.*anthropic-base-url/,
    ],
    [
      'a redirect',
      { kind: 'status', status: 307, body: '', headers: { location: 'http://127.0.0.1:1/v1/messages' } },
      'bad_request',
      /does not answer as the Messages API/,
    ],
    ['402', { kind: 'status', status: 402 }, 'spend_limit', /no money left.*402 billing_error/],
    [
      '400 for want of credit',
      { kind: 'status', status: 400, message: 'Your credit balance is too low to access the Anthropic API.' },
      'spend_limit',
      /Add credit/,
    ],
    [
      'a prompt too long',
      { kind: 'status', status: 400, message: 'prompt is too long: 1000001 tokens > 1000000 maximum' },
      'context_full',
      /outgrown/,
    ],
    ['413', { kind: 'status', status: 413 }, 'context_full', /413/],
    ['any other 400', { kind: 'status', status: 400, message: 'messages.0: odd' }, 'bad_request', /messages\.0: odd/],
    ['429', { kind: 'status', status: 429 }, 'rate_limited', /429 rate_limit_error/],
    [
      '429 at a spend limit',
      { kind: 'status', status: 429, message: 'Limit reached', details: { error_code: 'enforced_spend_limit_reached' } },
      'spend_limit',
      /raise the spend limit/,
    ],
    ['500', { kind: 'status', status: 500 }, 'unavailable', /500 api_error/],
    ['529', { kind: 'status', status: 529 }, 'unavailable', /529 overloaded_error/],
    ['a page instead of a stream', { kind: 'html' }, 'bad_request', /no event stream/],
    ['a reset connection', { kind: 'reset' }, 'unavailable', /could not be reached \((ECONNRESET|UND_ERR_SOCKET)\)/],
  ])('by %s says what, why and what to do', async (_, fault, kind, text) => {
    const error = await failing(fault);
    expect(error).toBeInstanceOf(ModelError);
    expect(error).toMatchObject({ kind });
    expect(error.message).toMatch(text);
    expect(error.cause).toBeUndefined();
  });

  test('by silence before the answer is unavailable', async () => {
    expect(await failing({ kind: 'hang' }, {}, { answerMs: 100 })).toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(/no answer in time/),
    });
  });

  test('of a key without any server behind the address names the address', async () => {
    const { model, close } = await bench({ turns: [] });
    await close();
    expect(await rejection(model(request(), never()))).toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(/127\.0\.0\.1:\d+ could not be reached \(ECONNREFUSED\).*anthropic-base-url/),
    });
  });

  test('never repeats the key, nor a line of its own, whatever the server answers', async () => {
    const error = await failing({ kind: 'status', status: 400, message: `bad header x-api-key: ${KEY}\n::set-output name=a::b` });
    expect(error.message).not.toContain(KEY);
    expect(error.message).toContain('[key]');
    expect(error.message).not.toMatch(/\n/);
  });

  test('of a wrong key by the server itself is key_refused', async () => {
    const { model } = await opened({ turns: [hello], apiKey: 'another' });
    expect(await rejection(model(request(), never()))).toMatchObject({ kind: 'key_refused' });
  });

  test('of an address with a password does not tell the password', async () => {
    const { model } = await opened({ turns: [] }, { baseUrl: 'http://user:hunter2@127.0.0.1:9' });
    expect((await rejection(model(request(), never()))).message).not.toContain('hunter2');
  });
});

describe('before the stream begins', () => {
  test.each<[string, Fault]>([
    ['429', { kind: 'status', status: 429, headers: quick }],
    ['529', { kind: 'status', status: 529, headers: quick }],
    ['500', { kind: 'status', status: 500, headers: quick }],
    ['408', { kind: 'status', status: 408, headers: quick }],
  ])('%s is retried', async (_, fault) => {
    const { model, api } = await opened({ turns: [{ ...hello, faults: [fault, fault] }] }, { maxRetries: 4 });
    expect((await model(request(), never())).message.stop_reason).toBe('end_turn');
    expect(api.requests.map(({ status }) => status)).toEqual([
      (fault as { status: number }).status,
      (fault as { status: number }).status,
      200,
    ]);
  });

  test.each<[string, Fault]>([
    ['a 400', { kind: 'status', status: 400, headers: quick }],
    ['a spend limit', { kind: 'status', status: 429, headers: quick, details: { error_code: 'enforced_spend_limit_reached' } }],
    ['a wait beyond all patience', { kind: 'status', status: 429, headers: { 'retry-after': '86400' } }],
  ])('%s is not', async (_, fault) => {
    const { model, api } = await opened({ turns: [{ ...hello, fault }] }, { maxRetries: 4 });
    await expect(model(request(), never())).rejects.toBeInstanceOf(ModelError);
    expect(api.requests).toHaveLength(1);
  });
});

describe('an abort', () => {
  const reason = new Error('stopped by a signal');

  test.each<[string, Turn]>([
    ['before the answer', { ...hello, fault: { kind: 'hang' } }],
    ['in the middle of the stream', { ...hello, fault: { kind: 'stall' } }],
    ['while waiting for a retry', { ...hello, fault: { kind: 'status', status: 429, headers: { 'retry-after': '60' } } }],
  ])('%s throws the reason of the signal', async (_, turn) => {
    const { model } = await opened({ turns: [turn] }, { maxRetries: 2 });
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 120);
    await expect(model(request(), controller.signal)).rejects.toBe(reason);
  });

  test('that came first sends nothing', async () => {
    const { model, api } = await opened({ turns: [hello] });
    await expect(model(request(), AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(api.requests).toHaveLength(0);
  });
});

describe('describe', () => {
  test('tells what the Models API tells', async () => {
    const { describe: facts } = await opened({ turns: [] });
    expect(await facts('claude-opus-5-5', never())).toEqual({
      id: 'claude-opus-5-5',
      maxInputTokens: 1_000_000,
      maxOutputTokens: 128_000,
      adaptiveThinking: true,
      effort: true,
      efforts: { low: true, medium: true, high: true, xhigh: true, max: true },
      structuredOutputs: true,
      summaries: true,
    });
  });

  test('throws where the Models API does not know the model', async () => {
    const { describe: facts, api } = await opened({ turns: [], models: {} });
    expect(await rejection(facts('claude-opus-9', never()))).toMatchObject({
      kind: 'unknown_model',
      message: expect.stringMatching(/does not know the model "claude-opus-9" \(404 not_found_error: model: claude-opus-9/),
    });
    expect(api.requests).toHaveLength(1);
  });

  const inForm = (type: string, message: string): string => JSON.stringify({ type: 'error', error: { type, message } });
  test.each<[string, number, string]>([
    ['has no Models API, and says so in a page', 404, '<html><title>404 Not Found</title></html>'],
    ['has no Models API, and says so in the form of the Messages API', 404, inForm('not_found_error', 'Not found')],
    ['has no Models API, and repeats the address', 404, inForm('not_found_error', 'Not found: GET /v1/models/local-model')],
    [
      'has no Models API, and repeats the whole address',
      404,
      inForm('not_found_error', 'http://127.0.0.1:1/v1/models/local-model not found'),
    ],
    [
      'speaks of a model in another form',
      404,
      JSON.stringify({ error: { type: 'not_found_error', message: 'model local-model not found' } }),
    ],
    ['speaks of a model under another type', 404, inForm('invalid_request_error', 'model: local-model')],
    ['forbids the question', 403, inForm('permission_error', 'model: local-model')],
    ['is down', 503, inForm('api_error', 'model: local-model')],
    ['answers nothing', 404, ''],
  ])('knows nothing, which is not a no, where the server %s', async (_, status, text) => {
    const server = createServer((_request, response) => void response.writeHead(status, { 'content-type': 'application/json' }).end(text));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { describe: facts } = anthropic({ apiKey: KEY, baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
      expect(await facts('local-model', never())).toEqual({ id: 'local-model' });
    } finally {
      server.close();
    }
  });

  test('knows nothing where nobody answers', async () => {
    const { describe: facts, close } = await bench({ turns: [] });
    await close();
    expect(await facts('claude-opus-5-5', never())).toEqual({ id: 'claude-opus-5-5' });
  });

  test('throws when the key is refused', async () => {
    const { describe: facts } = await opened({ turns: [], apiKey: 'another' });
    expect(await rejection(facts('claude-opus-5-5', never()))).toMatchObject({ kind: 'key_refused' });
  });
});

test('reads nothing of the environment', async () => {
  const before = { ...process.env };
  Object.assign(process.env, {
    ANTHROPIC_API_KEY: 'sk-ant-env',
    ANTHROPIC_AUTH_TOKEN: 'env-token',
    ANTHROPIC_BASE_URL: 'http://127.0.0.1:9',
    ANTHROPIC_LOG: 'debug',
  });
  try {
    const { model, api } = await opened({ turns: [hello] });
    await model(request(), never());
    expect(api.requests[0]?.headers['x-api-key']).toBe(KEY);
    expect(api.requests[0]?.headers['authorization']).toBe(`Bearer ${KEY}`);
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  }
});
