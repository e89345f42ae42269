import { afterEach, describe, expect, test } from '@jest/globals';
import { BrokenStream, ModelError, type Message, type MessageParam } from '../../src/model/model.ts';
import { openai, type OpenAiOptions } from '../../src/model/openai.ts';
import { chatBody, MALFORMED, narrowed, type Dialect } from '../../src/model/openai-request.ts';
import { REVIEW_SCHEMA } from '../../src/prompts/reviewer.ts';
import { inputFaults } from '../../src/tools/tool.ts';
import { z } from 'zod';
import type { Fault } from '../support/messages-api/script.ts';
import { startOpenAi, type ChatTurn, type OpenAiServer, type OpenAiServerOptions, type Quirks } from '../support/openai/server.ts';
import { never, readFile, rejection, request as anyRequest } from './support.ts';

const KEY = 'sk-proj-canary-0123456789abcdef';
const request = (changes: Parameters<typeof anyRequest>[0] = {}): ReturnType<typeof anyRequest> =>
  anyRequest({ model: 'gpt-5.5', ...changes });
const hello: ChatTurn = { blocks: [{ type: 'text', text: 'Hello' }] };
const read: ChatTurn = { blocks: [{ type: 'tool_use', name: 'read_file', input: { path: 'a.ts' } }] };
const open: OpenAiServer[] = [];

type Bench = ReturnType<typeof openai> & { api: OpenAiServer };

async function bench(turns: OpenAiServerOptions['turns'], quirks: Quirks = {}, client: Partial<OpenAiOptions> = {}): Promise<Bench> {
  const api = await startOpenAi({ turns, quirks, apiKey: KEY });
  open.push(api);
  return { api, ...openai({ apiKey: KEY, baseUrl: api.url, maxRetries: 0, ...client }) };
}

async function replyOf(turn: ChatTurn, quirks: Quirks = {}, changes: Parameters<typeof anyRequest>[0] = {}): Promise<Message> {
  const { model } = await bench([turn], quirks);
  return (await model(request(changes), never())).message;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map(({ close }) => close()));
});

describe('a reply', () => {
  test('becomes the blocks that the loop knows, ids and stop reason kept', async () => {
    const message = await replyOf({
      blocks: [
        { type: 'text', text: 'Let me look: naïve “quotes”, 漢字.' },
        { type: 'tool_use', name: 'read_file', input: { path: 'ü.ts', list: [1, null, true] }, id: 'call_a' },
        { type: 'tool_use', name: 'read_file', input: {}, id: 'call_b' },
      ],
    });
    expect(message.content).toEqual([
      { type: 'text', text: 'Let me look: naïve “quotes”, 漢字.', citations: null },
      { type: 'tool_use', id: 'call_a', name: 'read_file', input: { path: 'ü.ts', list: [1, null, true] }, caller: { type: 'direct' } },
      { type: 'tool_use', id: 'call_b', name: 'read_file', input: {}, caller: { type: 'direct' } },
    ]);
    expect(message).toMatchObject({ role: 'assistant', type: 'message', model: 'gpt-5.5', stop_reason: 'tool_use' });
  });

  test.each<[string, ChatTurn, Message['stop_reason']]>([
    ['stop', hello, 'end_turn'],
    ['length', { ...read, finish: 'length' }, 'max_tokens'],
    ['content_filter', { ...hello, finish: 'content_filter' }, 'refusal'],
    ['a refusal in words', { refusal: 'I cannot help with that.' }, 'refusal'],
    ['an unknown reason', { ...hello, finish: 'eos_token' }, 'end_turn'],
  ])('that ends by %s says so', async (_, turn, expected) => {
    expect((await replyOf(turn)).stop_reason).toBe(expected);
  });

  test('counts cached tokens apart, as Anthropic does', async () => {
    const { model } = await bench([read, hello]);
    const long = request({ system: 'You fix bugs. '.repeat(200) });
    const first = (await model(long, never())).message;
    const second = (await model({ ...long, messages: answered(long.messages, first) }, never())).message;
    expect(first.usage).toMatchObject({ cache_read_input_tokens: 0, cache_creation_input_tokens: 0 });
    expect(second.usage.cache_read_input_tokens).toBeGreaterThan(600);
    expect(second.usage.input_tokens).toBeLessThan(200);
  });

  test('without usage is counted on the dear side, never as free', async () => {
    const { usage } = await replyOf(hello, { noUsage: true });
    expect(usage.input_tokens).toBeGreaterThan(200);
    expect(usage.output_tokens).toBeGreaterThan(1);
  });

  test.each(['reasoning_content', 'reasoning'] as const)(
    'shows what a server streams as %s, and never sends it back',
    async (thinkingAs) => {
      const { model, api } = await bench([{ blocks: [{ type: 'thinking', thinking: 'I should look.' }, ...(read.blocks ?? [])] }, hello], {
        thinkingAs,
      });
      const { message } = await model(request(), never());
      expect(message.content[0]).toEqual({ type: 'thinking', thinking: 'I should look.', signature: '' });
      await model(request({ messages: answered(request().messages, message) }), never());
      expect(JSON.stringify(api.requests[1]?.body)).not.toContain('I should look.');
    },
  );
});

describe('a call', () => {
  test.each(['{"path": "a', 'path: a', '["a"]', '"a"', 'null'])(
    'whose arguments are %s is kept, and faulty for any tool',
    async (rawArguments) => {
      const { content } = await replyOf({ ...read, rawArguments });
      expect(content[0]).toMatchObject({ type: 'tool_use', input: { [MALFORMED]: rawArguments } });
      const input = content[0]?.type === 'tool_use' ? content[0].input : undefined;
      expect(inputFaults('any', z.strictObject({ optional: z.string().optional() }), input)).toContain(MALFORMED);
    },
  );

  test('whose arguments were malformed can be sent back', async () => {
    const { model } = await bench([{ ...read, rawArguments: '{"path": "a' }, hello]);
    const { message } = await model(request(), never());
    await expect(model(request({ messages: answered(request().messages, message, true) }), never())).resolves.toBeDefined();
  });

  test.each<[string, Quirks]>([
    ['start at call_0 in every reply', { ids: 'same' }],
    ['are missing', { ids: 'none' }],
    ['share one index', { sameIndex: true }],
    ['end by stop', { stopAfterCalls: true }],
  ])('is told apart from every other where they %s', async (_, quirks) => {
    const two: ChatTurn = { blocks: [...(read.blocks ?? []), { type: 'tool_use', name: 'read_file', input: { path: 'b.ts' } }] };
    const { model } = await bench([two, two, hello], quirks);
    let { messages } = request();
    const ids: string[] = [];
    for (const _turn of [1, 2]) {
      const { message } = await model(request({ messages }), never());
      expect(message.stop_reason).toBe('tool_use');
      expect(message.content.map((block) => (block.type === 'tool_use' ? block.input : null))).toEqual([
        { path: 'a.ts' },
        { path: 'b.ts' },
      ]);
      ids.push(...message.content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : [])));
      messages = answered(messages, message);
    }
    expect(new Set(ids).size).toBe(4);
    await expect(model(request({ messages }), never())).resolves.toBeDefined();
  });
});

describe('a request', () => {
  test('carries the conversation as chat messages: results first, each on its own, errors named, texts after', async () => {
    const { model, api } = await bench([hello, hello, hello]);
    const messages: MessageParam[] = [
      { role: 'user', content: 'Fix it.' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'secret thought', signature: 'sig' },
          { type: 'text', text: 'One.' },
          { type: 'text', text: 'Two.' },
          { type: 'tool_use', id: 'c1', name: 'read_file', input: { path: 'a' } },
          { type: 'tool_use', id: 'c2', name: 'read_file', input: { path: 'b' } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'c1', content: 'text of a' },
          { type: 'tool_result', tool_use_id: 'c2', content: [{ type: 'text', text: 'no such file' }], is_error: true },
          { type: 'text', text: 'Half of the budget is used.' },
        ],
      },
    ];
    await model(request({ messages }), never());
    expect(api.requests[0]?.body.messages).toEqual([
      { role: 'system', content: 'You fix bugs.' },
      { role: 'user', content: 'Fix it.' },
      {
        role: 'assistant',
        content: 'One.\n\nTwo.',
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'read_file', arguments: '{"path":"a"}' } },
          { id: 'c2', type: 'function', function: { name: 'read_file', arguments: '{"path":"b"}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'text of a' },
      { role: 'tool', tool_call_id: 'c2', content: 'Error: no such file' },
      { role: 'user', content: 'Half of the budget is used.' },
    ]);
    expect(api.requests[0]?.body.tools).toEqual([
      { type: 'function', function: { name: 'read_file', description: readFile.description, parameters: readFile.input_schema } },
    ]);
  });

  test('asks for the answer in a strict schema', async () => {
    const { model, api } = await bench({ work: [hello] });
    await model(request({ outputSchema: REVIEW_SCHEMA }), never());
    expect(api.requests[0]?.body.response_format).toEqual({
      type: 'json_schema',
      json_schema: { name: 'answer', strict: true, schema: REVIEW_SCHEMA },
    });
  });

  test('goes without a key to a server that wants none', async () => {
    const api = await startOpenAi({ turns: [hello], apiKey: '' });
    open.push(api);
    const { model } = openai({ apiKey: '', baseUrl: api.url });
    await model(request(), never());
    expect(api.requests[0]?.headers.authorization).toBeUndefined();
  });

  test.each([
    ['named', false],
    ['mute', true],
  ])('leaves out what the server refuses (%s), once for all', async (_, mute) => {
    const { model, api } = await bench([hello], { refuses: ['reasoning_effort', 'response_format'], mute });
    await model(request({ outputSchema: REVIEW_SCHEMA }), never());
    const sent = api.requests.length;
    await model(request({ outputSchema: REVIEW_SCHEMA }), never());
    expect(api.requests).toHaveLength(sent + 1);
    const last = api.requests.at(-1)?.body;
    expect(last).not.toHaveProperty('reasoning_effort');
    expect(last).not.toHaveProperty('response_format');
    expect(JSON.stringify(last?.messages)).toContain('Answer with one JSON object of this schema');
  });

  test('names its limit as the server wants it named', async () => {
    const { model, api } = await bench([hello], { refuses: ['max_tokens'] });
    await model(request(), never());
    expect(api.requests.map(({ body }) => [body.max_tokens, body.max_completion_tokens])).toEqual([
      [1000, undefined],
      [undefined, 1000],
    ]);
  });

  test('takes the older name where the newer one is not known, and the room that is left where the context is short', () => {
    const dialect: Dialect = { limit: 'max_completion_tokens', effort: 'max', schema: true, usage: true, mostOutput: Infinity };
    const body = chatBody(request({ maxTokens: 32_000 }), dialect);
    expect(narrowed(dialect, body, 'Unrecognized request argument supplied: max_completion_tokens')).toMatchObject({ limit: 'max_tokens' });
    const room =
      "'max_completion_tokens' is too large: 32000. This model's maximum context length is 8192 tokens and your request has 1192 input tokens (32000 > 8192 - 1192).";
    expect(narrowed(dialect, body, room)).toMatchObject({ mostOutput: 7000 });
    expect(narrowed(dialect, body, room.replace('1192 input', '8000 input'))).not.toHaveProperty('mostOutput', 192);
  });

  test('steps down to an effort that the model takes', async () => {
    const { model, api } = await bench([hello], { refuses: ['reasoning_effort'] });
    await model(request({ effort: 'max' }), never());
    expect(api.requests.map(({ body }) => body.reasoning_effort)).toEqual(['max', 'xhigh', 'high', undefined]);
  });

  test('asks for no more output than the server said it gives', async () => {
    const { model, api } = await bench([hello], { mostOutput: 500 });
    await model(request(), never());
    expect(api.requests.map(({ body, status }) => [body.max_tokens, status])).toEqual([
      [1000, 400],
      [500, 200],
    ]);
  });

  test('keeps every earlier byte from turn to turn', async () => {
    const { model, api } = await bench([read, read, hello]);
    let { messages } = request();
    for (const _turn of [1, 2, 3]) {
      const { message } = await model(request({ messages }), never());
      messages = answered(messages, message);
    }
    const sent = api.requests.map(({ body }) => JSON.stringify(body.messages).slice(0, -1));
    expect(sent[1]?.startsWith(sent[0] ?? '-')).toBe(true);
    expect(sent[2]?.startsWith(sent[1] ?? '-')).toBe(true);
  });
});

describe('a failure', () => {
  test.each<[string, Fault]>([
    ['is cut', { kind: 'cut' }],
    ['carries an error', { kind: 'sse_error' }],
    ['ends without a finish reason', { kind: 'no_stop' }],
    ['holds an event that is not JSON', { kind: 'garbage' }],
  ])('of a stream that %s is a BrokenStream', async (_, fault) => {
    const { model } = await bench([{ ...hello, faults: [fault] }]);
    expect(await rejection(model(request(), never()))).toBeInstanceOf(BrokenStream);
    await expect(model(request(), never())).resolves.toBeDefined();
  });

  test('of a stream that falls silent is a BrokenStream after the stall limit', async () => {
    const { model } = await bench([{ ...hello, fault: { kind: 'stall' } }], {}, { stallMs: 120 });
    expect((await rejection(model(request(), never()))).message).toBe('The reply stopped: not a byte for 0.12 s.');
  });

  const code = (value: string): Record<string, unknown> => ({ code: value });
  test.each<[string, Fault, ModelError['kind'], RegExp]>([
    ['403', { kind: 'status', status: 403, message: 'Country not supported' }, 'key_refused', /openai-api-key/],
    [
      '404 of the model',
      { kind: 'status', status: 404, message: 'The model `gpt-5.5` does not exist', details: code('model_not_found') },
      'unknown_model',
      /model "gpt-5\.5"/,
    ],
    [
      '400 of the model',
      { kind: 'status', status: 400, message: 'Unknown model: gpt-5.5', details: code('unknown_model') },
      'unknown_model',
      /does not know the model/,
    ],
    ['404 of a web server', { kind: 'status', status: 404, body: '<html>nginx</html>' }, 'bad_request', /openai-base-url/],
    [
      'a quota',
      {
        kind: 'status',
        status: 429,
        message: 'You exceeded your current quota, please check your plan and billing details.',
        details: code('insufficient_quota'),
      },
      'spend_limit',
      /no money left/,
    ],
    [
      'a prompt too long',
      {
        kind: 'status',
        status: 400,
        message: "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
        details: code('context_length_exceeded'),
      },
      'context_full',
      /outgrown/,
    ],
    ['429', { kind: 'status', status: 429, message: 'Rate limit reached' }, 'rate_limited', /how fast/],
    ['500', { kind: 'status', status: 500 }, 'unavailable', /not available/],
    ['a page instead of a stream', { kind: 'html' }, 'bad_request', /no event stream/],
    ['a reset connection', { kind: 'reset' }, 'unavailable', /could not be reached/],
    [
      'a redirect',
      { kind: 'status', status: 307, body: '', headers: { location: 'http://127.0.0.1:1/' } },
      'bad_request',
      /does not answer/,
    ],
  ])('by %s says what, why and what to do', async (_, fault, kind, text) => {
    const { model } = await bench([{ ...hello, fault }]);
    const error = await rejection(model(request(), never()));
    expect(error).toBeInstanceOf(ModelError);
    expect(error).toMatchObject({ kind });
    expect(error.message).toMatch(text);
  });

  test('by a wrong key names the input, and neither repeats the key', async () => {
    const { model, describe: facts } = await bench([hello], {}, { apiKey: 'sk-proj-another-key' });
    for (const attempt of [() => model(request(), never()), () => facts('gpt-5.5', never())]) {
      const error = await rejection(attempt());
      expect(error).toMatchObject({ kind: 'key_refused', message: expect.stringMatching(/openai-api-key/) });
      expect(error.message).not.toContain('sk-proj-another-key');
    }
  });

  test('in a body without an error object keeps the server’s words', async () => {
    const { model } = await bench([{ ...hello, fault: { kind: 'status', status: 400, message: 'No tokenizer here' } }], {
      flatErrors: true,
    });
    expect((await rejection(model(request({ effort: undefined }), never()))).message).toContain('No tokenizer here');
  });

  test('by a signal throws its reason, also in the middle of the stream', async () => {
    const reason = new Error('stopped');
    const { model } = await bench([{ ...hello, fault: { kind: 'stall' } }]);
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 100);
    await expect(model(request(), controller.signal)).rejects.toBe(reason);
  });

  test('before the stream is retried as the server says', async () => {
    const { model, api } = await bench(
      [{ ...hello, faults: [{ kind: 'status', status: 429, headers: { 'retry-after-ms': '1' } }] }],
      {},
      { maxRetries: 2 },
    );
    await model(request(), never());
    expect(api.requests.map(({ status }) => status)).toEqual([429, 200]);
  });
});

describe('describe', () => {
  test('knows nothing of OpenAI’s own models, which is not a no', async () => {
    const { describe: facts } = await bench([]);
    expect(await facts('gpt-5.5', never())).toEqual({ id: 'gpt-5.5' });
  });

  test('reads what vLLM tells in its list alone', async () => {
    const { describe: facts } = await bench([], { listed: { id: 'qwen', max_model_len: 32_768 } });
    expect(await facts('qwen', never())).toEqual({ id: 'qwen', maxInputTokens: 32_768 });
  });
});

/** The conversation with this reply, and a result for each of its calls. */
function answered(messages: readonly MessageParam[], { content }: Message, isError = false): MessageParam[] {
  const results = content.flatMap((block) =>
    block.type === 'tool_use'
      ? [{ type: 'tool_result' as const, tool_use_id: block.id, content: 'text', ...(isError && { is_error: true }) }]
      : [],
  );
  return [
    ...messages,
    { role: 'assistant', content: content as Extract<MessageParam['content'], unknown[]> },
    { role: 'user', content: results },
  ];
}
