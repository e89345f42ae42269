import type { ErrorResponse } from '@anthropic-ai/sdk/resources/shared';
import type {
  BetaMessage,
  BetaRawMessageStreamEvent,
  MessageCreateParamsNonStreaming as BetaNonStreaming,
  MessageCreateParamsStreaming as BetaStreaming,
} from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { BetaModelInfo } from '@anthropic-ai/sdk/resources/beta/models';
import type { Message, MessageCreateParams, RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages/messages';
import type { ModelInfo } from '@anthropic-ai/sdk/resources/models';

/** What passes over the wire, as the SDK types it. `generate-schema.ts` turns this into `schema.json`. */
export interface Wire {
  request: MessageCreateParams;
  message: Message;
  event: RawMessageStreamEvent;
  model: ModelInfo;
  error: ErrorResponse;
  /** The same with a beta header; `betas` is that header. */
  betaWhole: BetaRequest;
  betaStreaming: BetaStreamingRequest;
  betaMessage: BetaMessage;
  betaEvent: BetaRawMessageStreamEvent;
  betaModel: BetaModelInfo;
}

export type BetaRequest = Omit<BetaNonStreaming, 'betas'>;
export type BetaStreamingRequest = Omit<BetaStreaming, 'betas'>;
