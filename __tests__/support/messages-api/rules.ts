import type Anthropic from '@anthropic-ai/sdk';
import { blocksOf } from './prefix.ts';
import { schemaFaults } from './schema.ts';
import type { MessagesRequest } from './script.ts';

/** Keywords that structured outputs refuse (the API's page on structured outputs, JSON schema limitations). */
const UNSUPPORTED_KEYWORDS = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'maxItems',
  'uniqueItems',
];

/** Why the API would answer 400 to this body, in its words where they are known; `undefined` when it would not. */
export function refusal(body: unknown, limits: Readonly<{ maxTokens: number; beta?: boolean }>): string | undefined {
  const streaming = (body as { stream?: unknown } | null)?.stream === true;
  const stable = streaming ? 'MessageCreateParamsStreaming' : 'MessageCreateParamsNonStreaming';
  const faults = schemaFaults(limits.beta === true ? (streaming ? 'BetaStreamingRequest' : 'BetaRequest') : stable, body);
  if (faults.length > 0) return faults.join('; ');
  const request = body as MessagesRequest;
  return (
    tokensRefusal(request, limits.maxTokens) ??
    currentModelRefusal(request) ??
    toolsRefusal(request) ??
    formatRefusal(request) ??
    breakpointRefusal(request) ??
    textRefusal(request) ??
    pairingRefusal(request.messages)
  );
}

function tokensRefusal({ max_tokens, model }: MessagesRequest, most: number): string | undefined {
  if (!Number.isInteger(max_tokens) || max_tokens < 1) return 'max_tokens: Input should be greater than or equal to 1';
  return max_tokens > most
    ? `max_tokens: ${max_tokens} > ${most}, which is the maximum allowed number of output tokens for ${model}`
    : undefined;
}

/** What the newest models no longer take. */
function currentModelRefusal({ thinking, tool_choice, ...rest }: MessagesRequest): string | undefined {
  if (thinking?.type === 'disabled' || thinking?.type === 'enabled')
    return `"thinking.type.${thinking.type}" is not supported for this model. Use "thinking.type.adaptive".`;
  if (tool_choice?.type === 'any' || tool_choice?.type === 'tool')
    return `tool_choice: type "${tool_choice.type}" is not supported for this model`;
  const sampling = ['temperature', 'top_p', 'top_k'].find((name) => name in rest);
  return sampling === undefined ? undefined : `\`${sampling}\` is not supported for this model`;
}

function toolsRefusal({ tools = [] }: MessagesRequest): string | undefined {
  const names = tools.map((tool) => ('name' in tool ? tool.name : ''));
  const bad = names.findIndex((name) => !/^[a-zA-Z0-9_-]{1,128}$/.test(name));
  if (bad >= 0) return `tools.${bad}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`;
  return new Set(names).size < names.length ? 'tools: Tool names must be unique.' : undefined;
}

function formatRefusal({ output_config }: MessagesRequest): string | undefined {
  return output_config?.format ? schemaRefusal(output_config.format.schema) : undefined;
}

function schemaRefusal(node: unknown): string | undefined {
  if (Array.isArray(node)) return node.map(schemaRefusal).find((found) => found !== undefined);
  if (typeof node !== 'object' || node === null) return undefined;
  const schema = node as Record<string, unknown>;
  const keyword = UNSUPPORTED_KEYWORDS.find((name) => name in schema && typeof schema[name] !== 'object');
  if (keyword !== undefined)
    return `output_config.format.schema: For '${String(schema['type'])}' type, property '${keyword}' is not supported`;
  if (schema['type'] === 'object' && schema['additionalProperties'] !== false) {
    return "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false";
  }
  return schemaRefusal(Object.values(schema));
}

function breakpointRefusal(request: MessagesRequest): string | undefined {
  const system = typeof request.system === 'string' ? [] : (request.system ?? []);
  const marked = [...(request.tools ?? []), ...system, ...request.messages.flatMap(blocksOf)].filter(
    (block) => 'cache_control' in block && block.cache_control != null,
  );
  return marked.length > 4 ? `A maximum of 4 blocks with cache_control may be provided. Found ${marked.length}.` : undefined;
}

function textRefusal(request: MessagesRequest): string | undefined {
  const system = typeof request.system === 'string' ? [{ type: 'text' as const, text: request.system }] : (request.system ?? []);
  if (request.system !== undefined && system.some(isBlank)) return 'system: text content blocks must be non-empty';
  for (const [index, message] of request.messages.entries()) {
    const blocks = blocksOf(message);
    if (blocks.length === 0) return `messages.${index}: all messages must have non-empty content`;
    if (blocks.some(isBlank)) return `messages: text content blocks must contain non-whitespace text (message ${index})`;
    const empty = blocks.find((block) => block.type === 'tool_result' && Array.isArray(block.content) && block.content.some(isBlank));
    if (empty !== undefined) return `messages.${index}: text content blocks must be non-empty`;
  }
  return undefined;
}

function isBlank(block: { type: string; text?: unknown }): boolean {
  return block.type === 'text' && String(block.text).trim() === '';
}

function pairingRefusal(messages: readonly Anthropic.MessageParam[]): string | undefined {
  const [first] = messages;
  // A summary stands in a message of its own, whose role is the assistant's.
  const summary = first !== undefined && (blocksOf(first)[0]?.type as string) === 'compaction';
  if (first?.role !== 'user' && !summary)
    return messages.length === 0 ? 'messages: at least one message is required' : 'messages: first message must use the "user" role';
  for (const [index, message] of messages.entries()) {
    const refused = message.role === 'assistant' ? unanswered(messages, index) : orphan(messages, index);
    if (refused !== undefined) return refused;
  }
  return undefined;
}

function unanswered(messages: readonly Anthropic.MessageParam[], index: number): string | undefined {
  const message = messages[index];
  if (message === undefined) return undefined;
  const answered = new Set(results(messages[index + 1]).map((result) => result.tool_use_id));
  const calls = blocksOf(message).flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
  const missing = calls.filter((id) => !answered.has(id));
  if (missing.length === 0) return undefined;
  return `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`;
}

function orphan(messages: readonly Anthropic.MessageParam[], index: number): string | undefined {
  const message = messages[index];
  const before = messages[index - 1];
  if (message === undefined) return undefined;
  const calls = new Set(
    before?.role === 'assistant' ? blocksOf(before).flatMap((block) => (block.type === 'tool_use' ? [block.id] : [])) : [],
  );
  const seen = new Set<string>();
  let other = false;
  for (const [at, block] of blocksOf(message).entries()) {
    if (block.type !== 'tool_result') {
      other = true;
      continue;
    }
    const place = `messages.${index}.content.${at}`;
    if (!calls.has(block.tool_use_id))
      return `${place}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${block.tool_use_id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`;
    if (seen.has(block.tool_use_id))
      return `${place}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${block.tool_use_id}`;
    if (other) return `${place}: \`tool_result\` blocks must come first in the message that answers them`;
    seen.add(block.tool_use_id);
  }
  return undefined;
}

function results(message: Anthropic.MessageParam | undefined): readonly Anthropic.ToolResultBlockParam[] {
  return message?.role === 'user' ? blocksOf(message).filter((block) => block.type === 'tool_result') : [];
}
