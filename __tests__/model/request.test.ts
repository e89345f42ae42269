import { describe, expect, test } from '@jest/globals';
import { schemaGoesInText } from '../../src/model/facts.ts';
import type { Effort, MessageParam, ModelFacts, ModelRequest } from '../../src/model/model.ts';
import { requestBody } from '../../src/model/request.ts';
import { withoutCacheControl } from '../support/messages-api/prefix.ts';
import { request } from './support.ts';

const schema = { type: 'object', properties: {}, required: [], additionalProperties: false } as const;

/** A conversation after `turns` turns, each of `calls` calls. */
function conversation(turns: number, calls = 1): MessageParam[] {
  const messages: MessageParam[] = [{ role: 'user', content: 'Fix the bug.' }];
  for (let turn = 0; turn < turns; turn++) {
    const ids = Array.from({ length: calls }, (_, call) => `toolu_${turn}_${call}`);
    messages.push({ role: 'assistant', content: ids.map((id) => ({ type: 'tool_use', id, name: 'read_file', input: { path: id } })) });
    messages.push({ role: 'user', content: ids.map((id) => ({ type: 'tool_result', tool_use_id: id, content: `text of ${id}` })) });
  }
  return messages;
}

/** Where breakpoints stand, as `system` or `message.block`. */
function breakpoints(given: ModelRequest): string[] {
  const body = requestBody(given, undefined);
  const system = Array.isArray(body.system) && body.system.some((block) => block.cache_control) ? ['system'] : [];
  const inMessages = body.messages.flatMap(({ content }, index) =>
    typeof content === 'string'
      ? []
      : content.flatMap((block, at) => ('cache_control' in block && block.cache_control ? [`${index}.${at}`] : [])),
  );
  return [...system, ...inMessages];
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

describe('requestBody', () => {
  test('asks for adaptive, summarized thinking, effort, and the schema', () => {
    expect(requestBody(request({ outputSchema: schema }), undefined)).toMatchObject({
      model: 'claude-opus-5-5',
      max_tokens: 1000,
      thinking: { type: 'adaptive', display: 'summarized' },
      output_config: { effort: 'medium', format: { type: 'json_schema', schema } },
      system: [{ type: 'text', text: 'You fix bugs.' }],
    });
  });

  test('leaves out what the model is known not to support, and that alone', () => {
    const facts = { id: 'x', adaptiveThinking: false, effort: false, structuredOutputs: false };
    const body = requestBody(request({ outputSchema: schema }), facts);
    expect(Object.keys(body)).toEqual(['model', 'max_tokens', 'tools', 'system', 'messages']);
    expect(requestBody(request({ outputSchema: schema }), { id: 'x' })).toEqual(requestBody(request({ outputSchema: schema }), undefined));
    expect([schemaGoesInText(facts), schemaGoesInText({ id: 'x' }), schemaGoesInText(undefined)]).toEqual([true, false, false]);
  });

  test('sends the effort asked for, or the nearest that the model has', () => {
    const sent = (efforts: ModelFacts['efforts'], effort: Effort): unknown =>
      requestBody(request({ effort }), { id: 'x', effort: true, efforts }).output_config?.effort;
    expect(sent({ low: true, medium: true, high: true, max: false }, 'max')).toBe('xhigh');
    expect(sent({ low: true, medium: true, high: true, xhigh: false, max: false }, 'max')).toBe('high');
    expect(sent({ low: false, medium: false, high: true }, 'low')).toBe('high');
    expect(sent({ low: false, medium: false, high: false, xhigh: false, max: false }, 'low')).toBeUndefined();
    // What the server does not speak of is not taken for a no.
    expect([sent({ low: true }, 'max'), sent(undefined, 'xhigh')]).toEqual(['max', 'xhigh']);
  });

  test('sends neither null nor undefined nor an empty system or tool list', () => {
    const body = requestBody(
      { model: 'm', maxTokens: 1, system: '', tools: [], messages: conversation(2), effort: undefined, outputSchema: undefined },
      undefined,
    );
    expect(Object.keys(body)).toEqual(['model', 'max_tokens', 'thinking', 'messages']);
    const seen: unknown[] = [];
    JSON.stringify(body, (_, value: unknown) => (seen.push(value), value));
    expect(seen.filter((value) => value === null || value === undefined)).toEqual([]);
  });

  test('changes nothing of what it is given', () => {
    const given = frozen(request({ messages: conversation(3), outputSchema: schema }));
    const before = JSON.stringify(given);
    requestBody(given, undefined);
    expect(JSON.stringify(given)).toBe(before);
  });

  test('is the same bytes for the same request', () => {
    expect(JSON.stringify(requestBody(request({ messages: conversation(3) }), undefined))).toBe(
      JSON.stringify(requestBody(request({ messages: conversation(3) }), undefined)),
    );
  });

  test('repeats from turn to turn every earlier byte but the breakpoints', () => {
    for (let turns = 0; turns < 6; turns++) {
      const earlier = JSON.stringify(withoutCacheControl(requestBody(request({ messages: conversation(turns) }), undefined).messages));
      const later = JSON.stringify(withoutCacheControl(requestBody(request({ messages: conversation(turns + 1) }), undefined).messages));
      expect(later.startsWith(earlier.slice(0, -1))).toBe(true);
    }
  });
});

describe('breakpoints', () => {
  test.each<[number, string[]]>([
    [0, ['system', '0.0']],
    [1, ['system', '0.0', '2.0']],
    [2, ['system', '0.0', '2.0', '4.0']],
    [9, ['system', '0.0', '16.0', '18.0']],
  ])('after %d turns stand at the prefix, at the former end and at the end', (turns, expected) => {
    expect(breakpoints(request({ messages: conversation(turns) }))).toEqual(expected);
  });

  test('stand on the last block of a turn of many', () => {
    expect(breakpoints(request({ messages: conversation(3, 25) }))).toEqual(['system', '0.0', '4.24', '6.24']);
  });

  test('are never over four, wherever user messages stand', () => {
    const messages = [...conversation(4), { role: 'user' as const, content: 'One more thing.' }];
    expect(breakpoints(request({ messages }))).toHaveLength(4);
  });
});
