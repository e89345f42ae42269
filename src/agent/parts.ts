import type { Effort, Model, ToolUseBlock } from '../model/model.ts';
import type { Host } from '../toolhost/wire.ts';
import type { Toolbox } from '../tools/toolbox.ts';
import type { Facts, GateChecked, TestsRan, Transcript } from '../transcript/events.ts';
import type { Rules } from './rules.ts';
import type { State } from './state.ts';

/** What the loop works with: every effect it has is one of these. */
export type Parts = Readonly<{
  rules: Rules;
  model: Model;
  effort: Effort;
  host: Host;
  author: Toolbox;
  reviewer: Toolbox;
  /** Known secrets masked, control characters removed: once, before the model and the disk. */
  clean(text: string): string;
  /** True when a known secret stands in the text, in whatever encoding. */
  holdsSecret(text: string): boolean;
  /** A known secret in a reply becomes `[secret N]`. */
  redactReply<T>(message: T): T;
  /** A file for the full output of a call, below the run's folder. */
  openLog(turn: number, name: string): CallLog;
  check(state: State, call: ToolUseBlock, signal: AbortSignal): AsyncIterable<GateChecked | TestsRan>;
  /** The reviewer's first message for a part of the change (from 1), and how many parts there are. */
  reviewMessage(
    events: Transcript,
    state: State,
    which: Readonly<{ round: number; part: number }>,
    signal: AbortSignal,
  ): Promise<{ text: string; parts: number }>;
  reviewerSystem: string;
  reviewModel: string;
  structuredOutputs(model: string): boolean;
  publish(events: Transcript, call: ToolUseBlock, draft: boolean, signal: AbortSignal): AsyncIterable<Facts>;
  now(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}>;

export type CallLog = Readonly<{
  write(piece: string): void;
  close(): void;
  /** Relative path; `undefined` while nothing was written. */ path(): string | undefined;
}>;

/** Why the signal fired: the reason of the abort. */
export class Interruption extends Error {
  override readonly name = 'Interruption';
  readonly by: 'signal' | 'stop' | 'minutes';
  constructor(by: 'signal' | 'stop' | 'minutes', text: string) {
    super(text);
    this.by = by;
  }
}
