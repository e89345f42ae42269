/** How a file's bytes spell its text. Both directions are exact: what was decoded is encoded to the same bytes. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';
export type Decoded = { text: string; encoding: Encoding };

/** A file that is no text we can give back byte for byte. */
export type Undecodable = { reason: string };

/** Decodes UTF-8, and UTF-16 with a byte-order mark (which stays in the text). Anything else is answered with a guess at what it is. */
export function decode(bytes: Buffer): Decoded | Undecodable {
  const encoding: Encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  if (encoding === 'utf-8' && bytes.includes(0)) return { reason: guess(bytes) };
  try {
    const text = new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
    return encode(text, encoding).equals(bytes) ? { text, encoding } : { reason: guess(bytes) };
  } catch {
    return { reason: guess(bytes) };
  }
}

export function encode(text: string, encoding: Encoding): Buffer {
  if (encoding === 'utf-8') return Buffer.from(text, 'utf8');
  const bytes = Buffer.from(text, 'utf16le');
  return encoding === 'utf-16le' ? bytes : bytes.swap16();
}

function guess(bytes: Buffer): string {
  const head = bytes.subarray(0, 8192);
  const kind = SIGNATURES.find(([start]) => head.subarray(0, start.length / 2).equals(Buffer.from(start, 'hex')))?.[1];
  if (kind !== undefined) return `binary (${kind})`;
  const zeros = head.filter((byte) => byte === 0).length;
  if (zeros > head.length / 4 && zeros < (head.length * 3) / 4) return 'probably UTF-16 without a byte-order mark, or binary';
  if (zeros > 0) return 'binary';
  const control = head.filter((byte) => byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 12 && byte !== 27).length;
  if (control > head.length / 10) return 'binary';
  return `text that is not UTF-8, probably ${legacyEncoding(head)} (first such byte: ${firstBad(bytes)})`;
}

function legacyEncoding(head: Buffer): string {
  const high = head.filter((byte) => byte >= 0x80);
  if (high.some((byte) => byte < 0xa0)) return high.length > head.length / 4 ? 'Shift_JIS or another multi-byte encoding' : 'Windows-1252';
  return high.length > head.length / 4 ? 'EUC or another multi-byte encoding' : 'ISO-8859-1 (Latin-1)';
}

function firstBad(bytes: Buffer): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const offset = Buffer.byteLength(text.slice(0, Math.max(text.indexOf('\uFFFD'), 0)));
  const line = bytes.subarray(0, offset).filter((byte) => byte === 10).length + 1;
  return `0x${(bytes[offset] ?? 0).toString(16)} in line ${line}`;
}

const SIGNATURES: readonly (readonly [string, string])[] = [
  ['89504e47', 'PNG image'],
  ['ffd8ff', 'JPEG image'],
  ['47494638', 'GIF image'],
  ['52494646', 'RIFF: WebP, WAV or AVI'],
  ['25504446', 'PDF'],
  ['504b0304', 'ZIP archive: also jar, docx, xlsx, whl'],
  ['1f8b', 'gzip'],
  ['425a68', 'bzip2'],
  ['fd377a585a00', 'xz'],
  ['28b52ffd', 'zstd'],
  ['7f454c46', 'ELF program'],
  ['cafebabe', 'Java class or Mach-O program'],
  ['cffaedfe', 'Mach-O program'],
  ['4d5a', 'Windows program'],
  ['53514c69746520', 'SQLite database'],
  ['0061736d', 'WebAssembly'],
  ['774f4646', 'WOFF font'],
  ['774f4632', 'WOFF2 font'],
  ['00010000', 'TrueType font'],
];

/** The line ending that most lines have; `\n` where there is none. */
export function mainEnding(text: string): '\n' | '\r\n' {
  const { crlf, lf } = countEndings(text);
  return crlf > lf ? '\r\n' : '\n';
}

function countEndings(text: string): { crlf: number; lf: number } {
  let crlf = 0;
  let lf = 0;
  for (let i = text.indexOf('\n'); i !== -1; i = text.indexOf('\n', i + 1)) text[i - 1] === '\r' ? crlf++ : lf++;
  return { crlf, lf };
}

/** What is unusual about a text file, in words; empty for UTF-8 with `\n` and a final newline. */
export function peculiarities(decoded: Decoded): string[] {
  const { text, encoding } = decoded;
  const { crlf, lf } = countEndings(text);
  return [
    ...(encoding === 'utf-8' ? [] : [encoding.toUpperCase()]),
    ...(text.startsWith('\uFEFF') ? ['byte-order mark'] : []),
    ...(crlf > 0 && lf > 0 ? [`mixed line endings (${crlf} CRLF, ${lf} LF)`] : crlf > 0 ? ['CRLF line endings'] : []),
    ...(text !== '' && !text.endsWith('\n') ? ['no newline at the end'] : []),
  ];
}

/** Lines without their endings; a final newline opens no further line. */
export function linesOf(text: string): string[] {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Bytes as `1.5 MB`. */
export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const units = ['KB', 'MB', 'GB', 'TB'];
  const power = Math.min(Math.floor(Math.log(bytes) / Math.log(1024)), units.length);
  return `${(bytes / 1024 ** power).toFixed(1)} ${units[power - 1]}`;
}
