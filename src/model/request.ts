import type Anthropic from '@anthropic-ai/sdk';
import { effortFor } from './effort.ts';
import { schemaInWords } from '../prompts/reviewer.ts';
import { schemaGoesInText } from './facts.ts';
import type { MessageParam, ModelFacts, ModelRequest } from './model.ts';
import { startsWithSummary, SUMMARY_BETA } from './summary.ts';

/** The stable half of the API does not know `compaction`; the types are otherwise the same. */
export type Body = Anthropic.MessageCreateParamsNonStreaming & { compaction?: Anthropic.Beta.BetaCompactionConfig };
type Block = Anthropic.ContentBlockParam;

const BREAKPOINT: Anthropic.CacheControlEphemeral = { type: 'ephemeral' };

/**
 * The body of `POST /v1/messages` for a request: a pure function, so that the same request is always the same bytes. What the model is known not to
 * support is left out; what is unknown is asked for. No `null` and no `undefined` is ever sent.
 *
 * Between turns nothing but `cache_control` differs in what was sent before: contents are always blocks, never the string shorthand, since a
 * message must not change its shape when its breakpoint moves on.
 */
export function requestBody(request: ModelRequest, facts: ModelFacts | undefined): Body {
  const effort = effortFor(request.effort, facts);
  const output: Anthropic.OutputConfig = {
    ...(effort !== undefined && { effort }),
    ...(request.outputSchema !== undefined &&
      !schemaGoesInText(facts) && { format: { type: 'json_schema' as const, schema: request.outputSchema } }),
  };
  return {
    model: request.model,
    max_tokens: request.maxTokens,
    ...(facts?.adaptiveThinking !== false && { thinking: { type: 'adaptive' as const, display: 'summarized' as const } }),
    ...(Object.keys(output).length > 0 && { output_config: output }),
    ...(request.tools.length > 0 && {
      tools: request.tools.map(({ name, description, input_schema }) => ({ name, description, input_schema })),
    }),
    ...(request.system !== '' && { system: [{ type: 'text' as const, text: request.system, cache_control: BREAKPOINT }] }),
    messages: messagesWithBreakpoints(request.messages),
    ...(request.summarise === true && { compaction: { type: 'summarize' as const } }),
  };
}

/**
 * The same request for a server that refuses `output_config.format`: the schema stands in words at the end of the first message, in every request of the
 * conversation alike, so that what was sent before stays as it was.
 */
export function schemaAsText(request: ModelRequest): ModelRequest {
  const { outputSchema, messages, ...rest } = request;
  const [first, ...later] = messages;
  if (outputSchema === undefined || first === undefined) return request;
  const blocks: readonly Block[] = typeof first.content === 'string' ? [{ type: 'text', text: first.content }] : first.content;
  const asked: MessageParam = { role: 'user', content: [...blocks, { type: 'text', text: schemaInWords(outputSchema) }] };
  return { ...rest, messages: [asked, ...later] };
}

/** True where a 400 says that structured output is what the server does not know. */
export function refusesFormat(body: Body, status: unknown, said: string): boolean {
  const speaksOfIt = /output_(config|format)|structured.?outputs?|json_schema|response_format/i.test(said) && !/effort/i.test(said);
  return status === 400 && body.output_config?.format != null && speaksOfIt;
}

/** Values of the header `anthropic-beta` that a request needs. */
export function betasOf({ summarise, messages }: Pick<ModelRequest, 'summarise' | 'messages'>): Anthropic.Beta.AnthropicBeta[] {
  return summarise === true || startsWithSummary(messages) ? [SUMMARY_BETA] : [];
}

/**
 * The API takes four breakpoints. One stands on the system block (which covers the tools before it); the others on the last block of the first user
 * message (the end of the static prefix), of the last one (the moving end), and of the last but one. That last is where the request before this
 * one ended, so its entry is always found: the API looks for entries only 20 blocks back, and a turn of many calls adds more.
 * Source: https://platform.claude.com/docs/en/build-with-claude/prompt-caching
 */
function messagesWithBreakpoints(messages: readonly MessageParam[]): MessageParam[] {
  const users = messages.flatMap(({ role }, index) => (role === 'user' ? [index] : []));
  const marked = new Set([users[0], users.at(-2), users.at(-1)]);
  return messages.map((message, index) => {
    const blocks: readonly Block[] = typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : message.content;
    return { ...message, content: marked.has(index) ? withBreakpoint(blocks) : [...blocks] } as MessageParam;
  });
}

function withBreakpoint(blocks: readonly Block[]): Block[] {
  return blocks.map((block, index) => (index === blocks.length - 1 ? ({ ...block, cache_control: BREAKPOINT } as Block) : block));
}
