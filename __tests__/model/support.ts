import { anthropic, type AnthropicOptions } from '../../src/model/anthropic.ts';
import type { ModelRequest, ToolDefinition } from '../../src/model/model.ts';
import { startMessagesApi, type MessagesApi, type MessagesApiOptions } from '../support/messages-api/server.ts';

export const KEY = 'sk-ant-api03-canary-0123456789';

export const readFile: ToolDefinition = {
  name: 'read_file',
  description: 'Reads a file.',
  input_schema: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'], additionalProperties: false },
};

export function request(changes: Partial<ModelRequest> = {}): ModelRequest {
  return {
    model: 'claude-opus-5-5',
    maxTokens: 1000,
    system: 'You fix bugs.',
    tools: [readFile],
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Fix the bug.' }] }],
    effort: 'medium',
    ...changes,
  };
}

export type Bench = Readonly<{ api: MessagesApi; close(): Promise<void> }> & ReturnType<typeof anthropic>;

/** A server with a script, and the adapter in front of it. Waits are short. */
export async function bench(server: MessagesApiOptions, client: Partial<AnthropicOptions> = {}): Promise<Bench> {
  const api = await startMessagesApi({ apiKey: KEY, ...server });
  return { api, close: api.close, ...anthropic({ apiKey: KEY, baseUrl: api.url, maxRetries: 0, ...client }) };
}

export function never(): AbortSignal {
  return new AbortController().signal;
}

/** What a promise is rejected with; fails when it is not. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('was expected to be rejected');
}
