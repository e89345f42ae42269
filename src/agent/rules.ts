import type { Limits, Price } from '../config.ts';
import type { ToolDefinition } from '../model/model.ts';

/** What is fixed for a run: with the state it decides what comes next. */
export type Rules = Readonly<{
  limits: Limits;
  /** Self-review rounds; 0 switches the review off. */
  reviewRounds: number;
  draft: 'auto' | 'always' | 'never';
  dryRun: boolean;
  fallbackModel: string | undefined;
  authorTools: readonly ToolDefinition[];
  reviewerTools: readonly ToolDefinition[];
  /** What is wrong with the input of a call, or `null`. */
  faults(name: string, input: unknown): string | null;
  price(model: string): Price | undefined;
  /** Largest `max_tokens` and context of a model, where known. */
  maxOutput(model: string): number | undefined;
  maxInput(model: string): number | undefined;
  /** False where the API is known not to summarise this model's conversations itself. */
  summaries(model: string): boolean;
}>;

/** Replies a reviewer may take for one review. */
export const REVIEWER_TURNS = 8;

/** Part of the money limit that the author leaves for review and publication. */
export const RESERVE = 0.15;
