/** What an instruction asks for besides a change. */
export type Command =
  | Readonly<{ kind: 'stop' }>
  /** Go on from the last run of this issue. `rest`: what else is to be heeded; may be empty. */
  | Readonly<{ kind: 'continue'; rest: string }>;

/**
 * The command in what follows the trigger phrase; `null` for a task in words. `stop` must stand alone, since "stop using lodash" is a task; `continue` may be
 * followed by more.
 */
export function commandOf(instruction: string): Command | null {
  const text = instruction.trim();
  if (/^(?:please[ \t,]+)?stop(?:[ \t]+(?:it|now|please|this|the run))?[.!]*$/i.test(text)) return { kind: 'stop' };
  const match = /^(?:please[ \t,]+)?continue(?![\w-])[,:;.!]*/i.exec(text);
  return match ? { kind: 'continue', rest: text.slice(match[0].length).trim() } : null;
}
