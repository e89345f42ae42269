import type { ErrorResponse } from '@anthropic-ai/sdk/resources/shared';
import type { Message, MessageCreateParams, RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages/messages';
import type { ModelInfo } from '@anthropic-ai/sdk/resources/models';

/** What passes over the wire, as the SDK types it. `generate-schema.ts` turns this into `schema.json`. */
export interface Wire {
  request: MessageCreateParams;
  message: Message;
  event: RawMessageStreamEvent;
  model: ModelInfo;
  error: ErrorResponse;
}
