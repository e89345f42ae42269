import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { chained } from './chain.ts';
import type { Event, Facts, Transcript } from './events.ts';

/**
 * The transcript's file: append-only, one event a line as `JSON.stringify` writes it, written before the next effect starts. A process killed at
 * any moment leaves whole lines and at most one partial last line, which `readTranscript` sets aside.
 */
export class TranscriptLog {
  readonly path: string;
  readonly #events: Event[];
  readonly #file: number;
  readonly #now: () => Date;

  /** Opens `path` for appending after `past`. A new run truncates what stood there. */
  constructor(path: string, now: () => Date, past: Transcript = []) {
    mkdirSync(dirname(path), { recursive: true });
    this.path = path;
    this.#now = now;
    this.#events = [...past];
    this.#file = openSync(path, 'w');
    for (const event of past) this.#write(event);
  }

  get events(): Transcript {
    return this.#events;
  }

  get last(): Event | undefined {
    return this.#events.at(-1);
  }

  /** Appends one event; it is in the operating system's hands when this returns. */
  append(facts: Facts): Event {
    const event = chained(facts, this.#events.at(-1), this.#now());
    this.#write(event);
    this.#events.push(event);
    return event;
  }

  close(): void {
    closeSync(this.#file);
  }

  #write(event: Event): void {
    const line = Buffer.from(JSON.stringify(event) + '\n');
    for (let written = 0; written < line.length; ) written += writeSync(this.#file, line, written);
  }
}
