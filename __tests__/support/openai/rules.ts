import { readFileSync } from 'node:fs';
import { Ajv, type AnySchemaObject, type ValidateFunction } from 'ajv';
import type OpenAI from 'openai';

/** The limit under its older name too, which the package deprecates and most servers know alone. */
export type ChatRequest = Omit<OpenAI.ChatCompletionCreateParamsStreaming, 'max_tokens'> & { max_tokens?: number | null };

let validate: ValidateFunction | undefined;

/** Why OpenAI would refuse this body; `undefined` when it would not. The shapes come from the package's types, the rest is what a schema cannot say. */
export function refusal(body: unknown): string | undefined {
  validate ??= new Ajv({ strict: false })
    .addSchema(JSON.parse(readFileSync(new URL('schema.json', import.meta.url), 'utf8')) as AnySchemaObject, 'chat')
    .compile({ $ref: 'chat#/definitions/ChatCompletionCreateParamsStreaming' });
  if (!validate(body)) {
    const fault = validate.errors?.at(-1);
    const extra = (fault?.params as { additionalProperty?: string } | undefined)?.additionalProperty ?? '';
    return `${fault?.instancePath ?? ''} ${fault?.message ?? 'invalid'} ${extra}`.trim();
  }
  const request = body as ChatRequest;
  if (request.max_tokens != null && request.max_completion_tokens != null) return 'max_tokens and max_completion_tokens exclude each other';
  const schema = request.response_format?.type === 'json_schema' ? request.response_format.json_schema.schema : undefined;
  return historyFault(request.messages) ?? (schema === undefined ? undefined : looseObject(schema, 'response_format.json_schema.schema'));
}

/** Every call is answered by the messages right after it, each once, and nothing else is answered. */
function historyFault(messages: ChatRequest['messages']): string | undefined {
  let open: string[] = [];
  const seen = new Set<string>();
  for (const [index, message] of messages.entries()) {
    if (message.role === 'tool') {
      if (!open.includes(message.tool_call_id))
        return `messages.[${index}]: tool_call_id ${message.tool_call_id} answers no call before it`;
      open = open.filter((id) => id !== message.tool_call_id);
      continue;
    }
    if (open.length > 0) return `messages.[${index}]: these tool_call_ids have no response: ${open.join(', ')}`;
    if (message.role !== 'assistant') continue;
    if (!message.content && !message.tool_calls?.length) return `messages.[${index}]: an assistant message needs content or tool_calls`;
    for (const call of message.tool_calls ?? []) {
      if (call.type !== 'function') return `messages.[${index}]: not a function`;
      if (seen.has(call.id)) return `messages.[${index}]: the id ${call.id} was used before`;
      if (!isObject(call.function.arguments)) return `messages.[${index}]: arguments of ${call.id} are no JSON object`;
      seen.add(call.id);
      open.push(call.id);
    }
  }
  return open.length > 0 ? `these tool_call_ids have no response: ${open.join(', ')}` : undefined;
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** With `strict`, every object lists all its properties as required and allows no others (OpenAI's structured-outputs guide). */
function looseObject(schema: unknown, path: string): string | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined;
  const { type, properties, required, additionalProperties } = schema as Record<string, unknown>;
  if (type === 'object') {
    if (additionalProperties !== false) return `${path}: additionalProperties must be false`;
    const names = Object.keys(properties ?? {});
    if (!names.every((name) => ((required ?? []) as string[]).includes(name))) return `${path}: every property must be required`;
  }
  for (const [name, inner] of Object.entries(schema)) {
    const fault = looseObject(inner, `${path}.${name}`);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
