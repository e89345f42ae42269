import { inflateSync } from 'node:zlib';
import type { PatchLines } from './patch-lines.ts';

/** The forward half of a `GIT binary patch`: the whole new content, or a delta over the old one. `size` is that of the inflated data, in bytes. */
export type BinaryData = Readonly<{ kind: 'literal' | 'delta'; size: number; deflated: Buffer }>;

/** The most that one binary file of a patch may inflate to, in bytes: a hostile transcript must not exhaust the reader's memory. */
const MAX_INFLATED = 256 * 1024 * 1024;

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~';

/** Reads both halves and keeps the forward one. The format is that of git's `diff.c` and `apply.c`. */
export function binaryData(lines: PatchLines): BinaryData {
  const forward = half(lines) ?? lines.fail('"literal" or "delta" expected');
  half(lines);
  return forward;
}

function half(lines: PatchLines): BinaryData | undefined {
  const [, kind, size] = /^(literal|delta) (\d+)$/.exec(lines.peek) ?? [];
  if (kind === undefined) return undefined;
  lines.next();
  const pieces: Buffer[] = [];
  while (lines.peek !== '') pieces.push(base85(lines));
  lines.next();
  return { kind: kind as BinaryData['kind'], size: Number(size), deflated: Buffer.concat(pieces) };
}

/** One line: a letter for the number of bytes (A–Z 1–26, a–z 27–52), then five digits for each four bytes. */
function base85(lines: PatchLines): Buffer {
  const line = lines.peek;
  const code = line.charCodeAt(0);
  const length = code >= 97 ? code - 70 : code - 64;
  const bytes = Buffer.alloc(Math.ceil((line.length - 1) / 5) * 4);
  if (length < 1 || length > 52 || (line.length - 1) % 5 !== 0 || bytes.length < length) lines.fail('a line of base 85 expected');
  for (let group = 0; group * 4 < bytes.length; group++) {
    let value = 0;
    for (const digit of line.slice(1 + group * 5, 6 + group * 5)) {
      const weight = DIGITS.indexOf(digit);
      if (weight < 0) lines.fail('a digit of base 85 expected');
      value = value * 85 + weight;
    }
    if (value > 0xffffffff) lines.fail('a group of base 85 overflows');
    bytes.writeUInt32BE(value, group * 4);
  }
  lines.next();
  return bytes.subarray(0, length);
}

/** The new content. Throws when the data do not fit `old`. */
export function applyBinary(data: BinaryData, old: Buffer): Buffer {
  const inflated = inflateSync(data.deflated, { maxOutputLength: MAX_INFLATED });
  if (inflated.length !== data.size) throw new Error(`the binary patch holds ${inflated.length} bytes where it says ${data.size}`);
  return data.kind === 'literal' ? inflated : applyDelta(inflated, old);
}

/** Git's pack delta (gitformat-pack(5), "Deltified representation"). */
function applyDelta(delta: Buffer, source: Buffer): Buffer {
  let at = 0;
  const byte = (): number => {
    const value = delta[at++];
    if (value === undefined) throw new Error('the binary delta breaks off');
    return value;
  };
  const size = (): number => {
    for (let value = 0, scale = 1; ; scale *= 128) {
      const part = byte();
      value += (part & 127) * scale;
      if (part < 128) return value;
    }
  };
  if (size() !== source.length) throw new Error('the binary delta is for another content');
  const target = size();
  if (target > MAX_INFLATED) throw new Error(`the binary delta asks for ${target} bytes`);
  const pieces: Buffer[] = [];
  while (at < delta.length) {
    const code = byte();
    if (code & 128) {
      let [offset, length] = [0, 0];
      for (let bit = 0; bit < 4; bit++) if (code & (1 << bit)) offset += byte() * 2 ** (8 * bit);
      for (let bit = 0; bit < 3; bit++) if (code & (16 << bit)) length += byte() * 2 ** (8 * bit);
      pieces.push(source.subarray(offset, offset + (length || 0x10000)));
    } else {
      if (code === 0) throw new Error('the binary delta holds a reserved code');
      pieces.push(delta.subarray(at, at + code));
      at += code;
    }
  }
  const result = Buffer.concat(pieces);
  if (result.length !== target) throw new Error(`the binary delta gives ${result.length} bytes where it says ${target}`);
  return result;
}
