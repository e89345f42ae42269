import type Anthropic from '@anthropic-ai/sdk';

/** Code points in one delta. */
const PIECE = 24;

/** The events of a streamed message, in the order and shapes of the API (its streaming page), `message_stop` last. */
export function eventsOf(message: Anthropic.Message): readonly Anthropic.RawMessageStreamEvent[] {
  const { usage } = message;
  const started: Anthropic.Message = {
    ...message,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    usage: { ...usage, output_tokens: 1, output_tokens_details: null },
  };
  return [
    { type: 'message_start', message: started },
    ...message.content.flatMap((block, index) => blockEvents(block, index)),
    {
      type: 'message_delta',
      delta: {
        stop_reason: message.stop_reason,
        stop_sequence: message.stop_sequence,
        stop_details: message.stop_details,
        container: message.container,
      },
      usage: {
        input_tokens: usage.input_tokens,
        cache_creation_input_tokens: usage.cache_creation_input_tokens,
        cache_read_input_tokens: usage.cache_read_input_tokens,
        output_tokens: usage.output_tokens,
        output_tokens_details: usage.output_tokens_details,
        server_tool_use: usage.server_tool_use,
        ...('iterations' in usage && { iterations: usage.iterations }),
        ...('fallback_credit' in usage && { fallback_credit: usage.fallback_credit }),
      },
      ...('context_management' in message && { context_management: message.context_management }),
    },
    { type: 'message_stop' },
  ];
}

function blockEvents(block: Anthropic.ContentBlock, index: number): readonly Anthropic.RawMessageStreamEvent[] {
  const start = (content_block: Anthropic.ContentBlock): Anthropic.RawMessageStreamEvent => ({
    type: 'content_block_start',
    index,
    content_block,
  });
  const delta = (value: Anthropic.RawContentBlockDelta): Anthropic.RawMessageStreamEvent => ({
    type: 'content_block_delta',
    index,
    delta: value,
  });
  const stop: Anthropic.RawMessageStreamEvent = { type: 'content_block_stop', index };
  switch (block.type) {
    case 'text':
      return [start({ ...block, text: '' }), ...pieces(block.text).map((text) => delta({ type: 'text_delta', text })), stop];
    case 'thinking':
      return [
        start({ ...block, thinking: '', signature: '' }),
        ...pieces(block.thinking).map((thinking) => delta({ type: 'thinking_delta', thinking })),
        delta({ type: 'signature_delta', signature: block.signature }),
        stop,
      ];
    case 'tool_use':
      return [
        start({ ...block, input: {} }),
        ...['', ...pieces(JSON.stringify(block.input))].map((partial_json) => delta({ type: 'input_json_delta', partial_json })),
        stop,
      ];
    default:
      return [start(block), stop];
  }
}

function pieces(text: string): readonly string[] {
  const points = Array.from(text);
  return Array.from({ length: Math.ceil(points.length / PIECE) }, (_, at) => points.slice(at * PIECE, (at + 1) * PIECE).join(''));
}

/** One server-sent event, as bytes on the wire. */
export function wireEvent(event: { type: string }): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
