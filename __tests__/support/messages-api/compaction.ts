import type Anthropic from '@anthropic-ai/sdk';
import { blocksOf, digest } from './prefix.ts';
import type { MessagesRequest, Turn } from './script.ts';
import { tokensOf, type InputTokens } from './usage.ts';

/** On-demand compaction (the API's page of that name): one request returns a signed summary, later ones carry it first. */
export const COMPACTION_BETA = 'compact-2026-09-04';

export type CompactionError = Readonly<{ message: string; code?: string }>;

type Block = Anthropic.Beta.BetaCompactionBlockParam;
type Request = MessagesRequest & Readonly<{ compaction?: { instructions?: string | null } | null; context_management?: unknown }>;

export function hasBeta(headers: Readonly<Record<string, string>>): boolean {
  return (headers['anthropic-beta'] ?? '')
    .split(',')
    .map((value) => value.trim())
    .includes(COMPACTION_BETA);
}

export function asksForSummary(request: MessagesRequest): boolean {
  return (request as Request).compaction != null;
}

export function startsWithSummary(request: MessagesRequest): boolean {
  return summaries(request).length > 0;
}

/** Why the API refuses a request that asks for a summary or carries one, if it does. */
export function compactionRefusal(request: MessagesRequest, supported: boolean): CompactionError | undefined {
  return (asksForSummary(request) ? askRefusal(request, supported) : undefined) ?? blockRefusal(request);
}

function askRefusal(request: Request, supported: boolean): CompactionError | undefined {
  if (!supported) return { message: `compaction: not supported for ${request.model}` };
  const companion = ['context_management', 'stop_sequences'].find((name) => (request as unknown as Record<string, unknown>)[name] != null);
  if (companion !== undefined) return { message: `compaction: cannot be combined with ${companion}` };
  if (request.output_config?.format) return { message: 'compaction: cannot be combined with output_config.format' };
  if ((request.compaction?.instructions ?? '').length > 16_384)
    return { message: 'compaction.instructions: String should have at most 16384 characters' };
  const last = request.messages.at(-1);
  if (last?.role === 'assistant' && blocksOf(last).some(({ type }) => type === 'tool_use'))
    return { message: 'the last assistant turn is not finished; send its tool results first', code: 'compaction_incomplete_turn' };
  const words = request.messages.flatMap(blocksOf).filter((block) => !isSummary(block));
  return words.length === 0 ? { message: 'there is nothing to summarize', code: 'compaction_nothing_to_summarize' } : undefined;
}

function blockRefusal(request: MessagesRequest): CompactionError | undefined {
  const [block, ...more] = summaries(request);
  if (!block) return undefined;
  if (more.length > 0) return { message: 'only one `compaction` block may be sent, the newest', code: 'compaction_block_ambiguous' };
  const [first] = request.messages;
  if (!first || blocksOf(first)[0] !== (block as unknown))
    return {
      message: '`compaction` block must be sent first, in place of the messages it summarizes; remove those messages',
      code: 'compaction_block_misplaced',
    };
  const [, signed, text] = /^sum_([0-9a-f]{64})_([0-9a-f]{64})$/.exec(block.signature ?? '') ?? [];
  if (signed === undefined || signed !== digest('summary', text)) {
    return { message: "the `compaction` block's signature does not verify", code: 'compaction_signature_invalid' };
  }
  if (text !== digest(block.content ?? ''))
    return { message: "the `compaction` block's content differs from what was signed", code: 'compaction_content_mismatch' };
  return undefined;
}

function summaries(request: MessagesRequest): readonly Block[] {
  return request.messages.flatMap(blocksOf).filter((block) => isSummary(block)) as unknown as readonly Block[];
}

function isSummary(block: { type: string }): boolean {
  return block.type === 'compaction';
}

/** The answer: the block alone, or nothing where the model wrote no summary; its tokens stand in `iterations` and not in the totals. */
export function summaryMessage(request: MessagesRequest, turn: Turn, tokens: InputTokens): Anthropic.Beta.BetaMessage {
  const text = (turn.blocks ?? []).flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('');
  const written = text !== '' && turn.stop_reason === undefined;
  const hash = digest(text);
  const block = {
    type: 'compaction' as const,
    content: text,
    encrypted_content: null,
    signature: `sum_${digest('summary', hash)}_${hash}`,
  };
  const none = { cache_creation: null, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, input_tokens: 0, output_tokens: 0 };
  const iteration: Anthropic.Beta.BetaCompactionIterationUsage = {
    type: 'compaction',
    cache_creation: { ephemeral_5m_input_tokens: tokens.written, ephemeral_1h_input_tokens: 0 },
    cache_creation_input_tokens: tokens.written,
    cache_read_input_tokens: tokens.read,
    input_tokens: tokens.input,
    output_tokens: Math.max(1, tokensOf(text)),
  };
  return {
    id: `msg_${digest(request.messages).slice(0, 24)}`,
    type: 'message',
    role: 'assistant',
    model: request.model,
    container: null,
    content: written ? [block] : [],
    context_management: null,
    diagnostics: null,
    stop_details: null,
    stop_reason: written ? 'compaction' : (turn.stop_reason ?? 'end_turn'),
    stop_sequence: null,
    usage: {
      ...none,
      fallback_credit: null,
      inference_geo: 'global',
      iterations: [iteration],
      output_tokens_details: null,
      server_tool_use: null,
      service_tier: 'standard',
      speed: 'standard',
    },
  };
}
