import type OpenAI from 'openai';

/** What passes over the wire, as the official package types it. `generate-schema.ts` turns this into `schema.json`. */
export interface ChatWire {
  request: OpenAI.ChatCompletionCreateParamsStreaming;
  chunk: OpenAI.ChatCompletionChunk;
}
