import type Anthropic from '@anthropic-ai/sdk';
import type OpenAI from 'openai';
import { schemaInWords } from '../prompts/reviewer.ts';
import type { Effort, MessageParam, ModelRequest } from './model.ts';

type Body = OpenAI.ChatCompletionCreateParamsStreaming;
type ChatMessage = OpenAI.ChatCompletionMessageParam;

/**
 * How a server wants to be asked. "OpenAI-compatible" is a family of dialects: what a server turns out to refuse is left out from then on (see
 * `narrowed`), for unknown is not a no, and a refused request costs nothing.
 */
export type Dialect = Readonly<{
  /** Newer models of OpenAI refuse the old name, older servers do not know the new one. */
  limit: 'max_completion_tokens' | 'max_tokens';
  /** The hardest `reasoning_effort` that is taken; `none`: the field is left out. */
  effort: 'max' | 'xhigh' | 'high' | 'none';
  /** Whether `response_format` is taken; else the schema is asked for in words. */
  schema: boolean;
  /** Whether `stream_options.include_usage` is taken; else tokens are estimated. */
  usage: boolean;
  /** The most output tokens the model gives, once it was told. */
  mostOutput: number;
}>;

/** Key under which the arguments of a call stand that are no JSON object. No tool has such an input, so the loop answers with a fault and runs nothing. */
export const MALFORMED = 'arguments_were_no_valid_json_object';

const EFFORTS: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max'];

/**
 * The body of `POST /chat/completions` for a request: a pure function, and what was sent before stays the same bytes from turn to turn, which is all
 * that the automatic prompt caches of these servers ask for.
 */
export function chatBody(request: ModelRequest, dialect: Dialect): Body {
  const inWords = request.outputSchema !== undefined && !dialect.schema ? schemaInWords(request.outputSchema) : '';
  const system = [request.system, inWords].filter((text) => text !== '').join('\n\n');
  return {
    model: request.model,
    stream: true,
    ...(dialect.usage && { stream_options: { include_usage: true } }),
    [dialect.limit]: Math.min(request.maxTokens, dialect.mostOutput),
    ...(request.effort !== undefined && dialect.effort !== 'none' && { reasoning_effort: lower(request.effort, dialect.effort) }),
    ...(request.tools.length > 0 && {
      tools: request.tools.map(({ name, description, input_schema }) => ({
        type: 'function' as const,
        function: { name, description, parameters: input_schema },
      })),
    }),
    ...(request.outputSchema !== undefined &&
      dialect.schema && {
        response_format: { type: 'json_schema' as const, json_schema: { name: 'answer', strict: true, schema: request.outputSchema } },
      }),
    messages: [...(system === '' ? [] : [{ role: 'system' as const, content: system }]), ...request.messages.flatMap(chatMessages)],
  };
}

function lower(wanted: Effort, most: Exclude<Dialect['effort'], 'none'>): Effort {
  return EFFORTS.indexOf(wanted) > EFFORTS.indexOf(most) ? most : wanted;
}

/** A message with its results first: each is a message of its own here, and must follow the calls it answers. */
function chatMessages({ role, content }: MessageParam): ChatMessage[] {
  if (typeof content === 'string') return role === 'assistant' ? [{ role, content }] : [{ role: 'user', content }];
  if (role === 'assistant') return assistantMessage(content);
  const results = content.flatMap((block) =>
    block.type === 'tool_result' ? [{ role: 'tool' as const, tool_call_id: block.tool_use_id, content: resultText(block) }] : [],
  );
  const texts = textOf(content);
  return [...results, ...(texts === '' ? [] : [{ role: 'user' as const, content: texts }])];
}

/**
 * Thinking is left out: chat completions have no field in which a client hands it back, servers that show it in a field of their own refuse or ignore it on
 * the way in, and these models do not sign it, so that a conversation stays valid without.
 */
function assistantMessage(content: readonly Anthropic.ContentBlockParam[]): ChatMessage[] {
  const calls = content.flatMap((block) =>
    block.type === 'tool_use'
      ? [{ id: block.id, type: 'function' as const, function: { name: block.name, arguments: JSON.stringify(block.input) } }]
      : [],
  );
  const text = textOf(content);
  if (text === '' && calls.length === 0) return [];
  return [{ role: 'assistant', content: text === '' ? null : text, ...(calls.length > 0 && { tool_calls: calls }) }];
}

/** There is no `is_error` here: the first word says it. */
function resultText({ content, is_error }: Anthropic.ToolResultBlockParam): string {
  const text = typeof content === 'string' ? content : textOf(content ?? []);
  return is_error === true ? `Error: ${text}` : text;
}

function textOf(content: readonly { type: string; text?: unknown }[]): string {
  return content.flatMap(({ type, text }) => (type === 'text' && typeof text === 'string' ? [text] : [])).join('\n\n');
}

/**
 * The dialect that leaves out what this answer refuses; `undefined` where it refuses something else. `said` is the server's text with its code and the
 * name of the parameter.
 */
export function narrowed(dialect: Dialect, body: Body, said: string): Dialect | undefined {
  const most = outputLimit(said);
  const asked = body[dialect.limit] ?? 0;
  if (most !== undefined && most < asked) return { ...dialect, mostOutput: most };
  if (/reasoning/i.test(said) && body.reasoning_effort != null) return { ...dialect, effort: milder(body.reasoning_effort) };
  if (/response_format|json_schema|structured.output|guided/i.test(said) && body.response_format) return { ...dialect, schema: false };
  if (/stream_options|include_usage/i.test(said) && dialect.usage) return { ...dialect, usage: false };
  if (dialect.limit === 'max_tokens' && /max_completion_tokens/.test(said)) return { ...dialect, limit: 'max_completion_tokens' };
  if (dialect.limit === 'max_completion_tokens' && /max_completion_tokens/.test(said)) return { ...dialect, limit: 'max_tokens' };
  return undefined;
}

/** Without all that not every server knows: for those that refuse without a word of what. `undefined` when nothing is left to leave out. */
export function plainest(dialect: Dialect, body: Body): Dialect | undefined {
  if (body.reasoning_effort == null && !body.response_format && !body.stream_options) return undefined;
  return { ...dialect, effort: 'none', schema: false, usage: false };
}

function milder(effort: string): Dialect['effort'] {
  return effort === 'max' ? 'xhigh' : effort === 'xhigh' ? 'high' : 'none';
}

/** The most output tokens that are left, as OpenAI, vLLM and their like put it in a refusal. */
function outputLimit(said: string): number | undefined {
  const told = /(?:at most|maximum(?: value)?(?: of| is|:)?|less than or equal to|<=) (\d+)(?: completion| output)?(?: tokens)?/i.exec(
    said,
  );
  if (/max(?:_completion)?_tokens/.test(said) && told?.[1] !== undefined && !/context length/i.test(said)) return Number(told[1]);
  const room =
    /maximum context length is (\d+) tokens.*?(\d+) (?:input tokens|tokens from the input|(?:tokens )?in the (?:messages|prompt|input))/is.exec(
      said,
    );
  const rest = room ? Number(room[1]) - Number(room[2]) : 0;
  // Less is of no use: then the conversation has outgrown the model.
  return rest >= 2_048 ? rest : undefined;
}
