import type { Edit } from '../wire.ts';

const PREFIX = /^ *(\d+)(?:\t|: ?|\| ?|→)/;

/** An edit copied together with `read_file`'s line numbers, without them; `null` unless every line of `old_str` has one and they count up. */
export function withoutLineNumbers(edit: Edit): Edit | null {
  const plain = strip(edit.old_str, true);
  if (plain === null || plain === '') return null;
  return { ...edit, old_str: plain, new_str: strip(edit.new_str, false) ?? edit.new_str };
}

function strip(text: string, counting: boolean): string | null {
  const closed = text.endsWith('\n');
  const lines = (closed ? text.slice(0, -1) : text).split('\n');
  let previous: number | null = null;
  const plain: string[] = [];
  for (const line of lines) {
    const found = PREFIX.exec(line);
    if (found === null) return null;
    const number = Number(found[1]);
    if (counting && previous !== null && number !== previous + 1) return null;
    previous = number;
    plain.push(line.slice(found[0].length));
  }
  return plain.join('\n') + (closed ? '\n' : '');
}
