import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readFileSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { chained } from './chain.ts';
import type { Event, Facts, Transcript } from './events.ts';
import { readTranscript } from './read.ts';

/**
 * The transcript's file: append-only, one event a line as `JSON.stringify` writes it, written before the next effect starts. A process killed at
 * any moment leaves whole lines and at most one partial last line, which `reopen` cuts off.
 */
export class TranscriptLog {
  readonly path: string;
  readonly #events: Event[];
  readonly #file: number;
  readonly #now: () => Date;

  private constructor(path: string, now: () => Date, past: Transcript, file: number) {
    this.path = path;
    this.#now = now;
    this.#events = [...past];
    this.#file = file;
  }

  /** Starts a new transcript; what stood at `path` is replaced. */
  static create(path: string, now: () => Date): TranscriptLog {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '');
    return new TranscriptLog(path, now, [], openSync(path, 'a'));
  }

  /** Goes on with the transcript at `path`. A partial last line is cut off; what was whole is not touched. */
  static reopen(path: string, now: () => Date): TranscriptLog {
    const text = readFileSync(path, 'utf8');
    const { events, partial } = readTranscript(text);
    if (partial !== '') truncateSync(path, Buffer.byteLength(text.slice(0, text.lastIndexOf(partial))));
    return new TranscriptLog(path, now, events, openSync(path, 'a'));
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
    const line = Buffer.from(JSON.stringify(event) + '\n');
    let written = 0;
    try {
      while (written < line.length) written += writeSync(this.#file, line, written);
    } catch (error) {
      // A full disk takes a part of the line. It goes again, so that the file ends with a whole event and the run's end may still find room.
      ftruncateSync(this.#file, fstatSync(this.#file).size - written);
      throw error;
    }
    this.#events.push(event);
    return event;
  }

  close(): void {
    closeSync(this.#file);
  }
}
