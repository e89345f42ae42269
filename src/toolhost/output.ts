/** Cleans a stream of program output: ANSI sequences out, `\r` progress collapsed to its last state, UTF-8 made valid. */
function cleaner(): { push(piece: Buffer): string; end(): string } {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  const clean = (text: string, last: boolean): string => {
    rest += text;
    // Only whole lines: a sequence or a `\r\n` may go on in the next piece. A line without end is let through in parts.
    const end = last ? rest.length : rest.length > MAX_PENDING ? rest.length : rest.lastIndexOf('\n') + 1;
    const ready = rest.slice(0, end);
    rest = rest.slice(end);
    return collapse(withoutAnsi(ready));
  };
  return {
    push: (piece) => clean(decoder.decode(piece, { stream: true }), false),
    end: () => clean(decoder.decode(), true),
  };
}

const MAX_PENDING = 256 * 1024;

/** CSI, OSC (ended by BEL or ST), other string sequences, two-character escapes; C0 controls but tab, line feed and carriage return. ECMA-48. */
const ANSI =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b\n]*(?:\u0007|\u001b\\)?|\u001b[PX^_][^\u001b\n]*(?:\u001b\\)?|\u001b[ -/]*[0-~]|[\u0000-\u0007\u000b\u000c\u000e-\u001a\u001c-\u001f\u007f]/g;

export function withoutAnsi(text: string): string {
  return text
    .replace(ANSI, '')
    .replace(/[^\n]\u0008/g, '')
    .replaceAll('\u0008', '');
}

/** What a terminal would show at the end of each line, taking each `\r` for a fresh start of it. */
export function collapse(text: string): string {
  if (!text.includes('\r')) return text;
  return text
    .split('\n')
    .map((line) => {
      const plain = line.replace(/\r+$/, '');
      return plain.slice(plain.lastIndexOf('\r') + 1);
    })
    .join('\n');
}

/** Output up to here is cleaned as it comes; of what follows only the end is, once it is known to be the end. */
const EARLY = 4 * 1024 * 1024;
const LATE = 1024 * 1024;

/** What is shown of a program's output of any length: its first and last bytes, cleaned, in bounded memory and time. */
export function excerpt(headBytes: number, tailBytes: number): { push(piece: Buffer): void; bytes(): number; text(): string } {
  const clean = cleaner();
  const early = headAndTail(headBytes, tailBytes);
  const late = ring(LATE);
  let bytes = 0;
  let lines = 0;
  const push = (piece: Buffer): void => {
    const room = Math.max(0, EARLY - bytes);
    bytes += piece.length;
    lines += newlines(piece);
    if (room > 0) early.push(clean.push(piece.subarray(0, room)));
    if (room < piece.length) late.push(piece.subarray(room));
  };
  const text = (): string => {
    if (bytes <= EARLY) {
      early.push(clean.end());
      return early.text();
    }
    const end = cleaner();
    const cleaned = Buffer.from(end.push(late.bytes()) + end.end());
    return joined(early.head(), cleaned.subarray(Math.max(0, cleaned.length - tailBytes)), bytes, lines);
  };
  return { push, bytes: () => bytes, text };
}

function ring(most: number): { push(piece: Buffer): void; bytes(): Buffer } {
  const pieces: Buffer[] = [];
  let length = 0;
  const push = (piece: Buffer): void => {
    pieces.push(piece);
    length += piece.length;
    while (length - (pieces[0]?.length ?? 0) >= most) length -= pieces.shift()?.length ?? 0;
  };
  return { push, bytes: () => Buffer.concat(pieces) };
}

/** Keeps the first and the last bytes of a text of any length, in bounded memory. */
function headAndTail(headBytes: number, tailBytes: number): { push(text: string): void; head(): Buffer; text(): string } {
  let head = Buffer.alloc(0);
  let tail = Buffer.alloc(0);
  let total = 0;
  let lines = 0;
  const push = (text: string): void => {
    if (text === '') return;
    const bytes = Buffer.from(text);
    total += bytes.length;
    lines += newlines(bytes);
    const room = headBytes - head.length;
    if (room > 0) head = Buffer.concat([head, bytes.subarray(0, room)]);
    const rest = room > 0 ? bytes.subarray(room) : bytes;
    if (rest.length === 0) return;
    tail = rest.length >= 2 * tailBytes ? Buffer.from(rest.subarray(rest.length - tailBytes)) : Buffer.concat([tail, rest]);
    if (tail.length > 2 * tailBytes) tail = Buffer.from(tail.subarray(tail.length - tailBytes));
  };
  const text = (): string => {
    if (total <= headBytes + tailBytes) return Buffer.concat([head, tail]).toString('utf8');
    return joined(head, tail.subarray(Math.max(0, tail.length - tailBytes)), total, lines);
  };
  return { push, head: () => head, text };
}

/** Cut at line ends where one is near, never within a character. */
function joined(head: Buffer, tail: Buffer, total: number, lines: number): string {
  const headEnd = head.lastIndexOf(10) + 1;
  const first = headEnd > head.length / 2 ? head.subarray(0, headEnd) : wholeCharacters(head);
  const tailStart = tail.indexOf(10) + 1;
  const last = tailStart > 0 && tailStart < tail.length / 2 ? tail.subarray(tailStart) : fromCharacter(tail);
  const shownLines = newlines(first) + newlines(last);
  const missing = total - first.length - last.length;
  const gap = first.at(-1) === 10 || first.length === 0 ? '' : '\n';
  return `${first.toString('utf8')}${gap}[… ${missing} bytes in ${Math.max(lines - shownLines, 0)} lines left out …]\n${last.toString('utf8')}`;
}

function newlines(bytes: Buffer): number {
  let count = 0;
  for (let i = 0; i < bytes.length; i++) if (bytes[i] === 10) count++;
  return count;
}

function fromCharacter(bytes: Buffer): Buffer {
  const start = bytes.findIndex((byte) => (byte & 0xc0) !== 0x80);
  return start === -1 ? Buffer.alloc(0) : bytes.subarray(start);
}

function wholeCharacters(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && end > bytes.length - 4 && ((bytes[end - 1] ?? 0) & 0xc0) === 0x80) end--;
  return end > 0 && (bytes[end - 1] ?? 0) >= 0xc0 ? bytes.subarray(0, end - 1) : bytes;
}
