import type { Effort, JsonSchema, ModelRequest, ToolDefinition } from '../model/model.ts';
import { canonicalJson, sha256 } from '../transcript/chain.ts';
import { messagesOf, sent, type Thread } from './thread.ts';

/** The next request of a thread. */
export function requestOf(
  thread: Thread,
  options: {
    tools: readonly ToolDefinition[];
    maxTokens: number;
    effort: Effort;
    outputSchema: JsonSchema | undefined;
    summarise?: boolean;
  },
): ModelRequest {
  return { model: thread.model, system: thread.system, messages: messagesOf(thread), ...options };
}

/** `request_sha256` of `asked` (its docstring says over what). */
export function requestHash(request: ModelRequest, thread: Thread): string {
  const { model, maxTokens, effort, system, tools, outputSchema, summarise } = request;
  const output_schema = outputSchema ?? null;
  return sha256(
    canonicalJson({
      ...{ model, max_tokens: maxTokens, effort: effort ?? null, system, tools, output_schema, messages: sent(thread).digest },
      ...(summarise === true && { summarise }),
    }),
  );
}
