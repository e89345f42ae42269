import type { Event } from './events.ts';

/** A transcript file, read leniently: whole lines that parse, and what stood after them. */
export type ReadTranscript = Readonly<{
  events: readonly Event[];
  /** A last line without its newline or not JSON, as a kill can leave it; empty when the file is whole. */
  partial: string;
}>;

/** Reads the text of a `transcript.jsonl`. Throws for a line in the middle that is not JSON, naming it. */
export function readTranscript(text: string): ReadTranscript {
  const lines = text.split('\n');
  const rest = lines.pop() ?? '';
  const events: Event[] = [];
  for (const [index, line] of lines.entries()) {
    try {
      events.push(JSON.parse(line) as Event);
    } catch (cause) {
      if (index === lines.length - 1 && rest === '') return { events, partial: line };
      throw new Error(`line ${index + 1} is not JSON: ${line.slice(0, 80)}`, { cause });
    }
  }
  return { events, partial: rest };
}
