import type Anthropic from '@anthropic-ai/sdk';

const yes = { supported: true };

/** A current model, as the Models API describes one. */
export function modelInfo(id: string, changes: Partial<Anthropic.ModelInfo> = {}): Anthropic.ModelInfo {
  return {
    id,
    type: 'model',
    display_name: id,
    created_at: '2026-09-22T00:00:00Z',
    deprecated_at: null,
    retires_at: null,
    lifecycle: 'active',
    line: null,
    max_input_tokens: 1_000_000,
    max_tokens: 128_000,
    capabilities: capabilities(),
    ...changes,
  };
}

/** What the header of on-demand compaction adds to a model's capabilities. */
export function withCompaction(info: Anthropic.ModelInfo, supported: boolean): Anthropic.ModelInfo {
  const capabilities = info.capabilities && { ...info.capabilities, compaction: { supported, summarize: { supported } } };
  return { ...info, capabilities };
}

/** Everything supported but what current models refuse; `changes` on top. */
export function capabilities(changes: Partial<Anthropic.ModelCapabilities> = {}): Anthropic.ModelCapabilities {
  return {
    batch: yes,
    citations: yes,
    code_execution: yes,
    context_management: { supported: true, clear_thinking_20251015: yes, clear_tool_uses_20250919: yes, compact_20260112: yes },
    effort: { supported: true, low: yes, medium: yes, high: yes, xhigh: yes, max: yes },
    image_input: yes,
    pdf_input: yes,
    server_tools: { supported: true, code_execution: yes, web_search: yes },
    structured_outputs: yes,
    thinking: {
      supported: true,
      types: { adaptive: yes, between_tools: { supported: false }, disabled: { supported: false }, enabled: { supported: false } },
    },
    ...changes,
  };
}

/** Ids the server knows unless told otherwise. */
export const KNOWN_MODELS: readonly string[] = [
  'claude-opus-5-5',
  'claude-sonnet-5-5',
  'claude-haiku-5-5',
  'claude-fable-5-2',
  'claude-opus-5',
  'claude-sonnet-5',
];
