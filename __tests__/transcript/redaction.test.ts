import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { redactStream, redactor, withoutSecrets } from '../../src/transcript/redaction.ts';

const API_KEY = 'sk-ant-api03-Zx9-Qw3_eRt7YuIoP1aSdFgHjKlMnBvC5Zp8-Lk4_jHg2FdSaQw0ErTyUiOp6mNbVcXz-AA';
const TOKEN = 'ghs_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8';
const PASSWORD = 'p@ss"w/r+d\\&<é>!';
const SECRETS = [API_KEY, TOKEN, PASSWORD];
const redact = redactor(SECRETS);

const CUT = 12;
const hexOf = (text: string): string[] => [...Buffer.from(text)].map((byte) => byte.toString(16).padStart(2, '0'));
const encodings: Readonly<Record<string, (text: string) => string>> = {
  raw: (text) => text,
  base64: (text) => Buffer.from(text).toString('base64'),
  'base64 one byte later': (text) => Buffer.from(`x${text}`).toString('base64'),
  'base64 two bytes later': (text) => Buffer.from(`xy${text}z`).toString('base64'),
  base64url: (text) => Buffer.from(text).toString('base64url'),
  hex: (text) => Buffer.from(text).toString('hex'),
  HEX: (text) => Buffer.from(text).toString('hex').toUpperCase(),
  url: (text) => encodeURIComponent(text),
  percent: (text) => [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  json: (text) => JSON.stringify({ a: text }),
  'json in json': (text) => JSON.stringify(JSON.stringify({ a: text })),
  reversed: (text) => [...text].reverse().join(''),
  'base64, reversed': (text) => [...Buffer.from(text).toString('base64')].reverse().join(''),
  'hex, as od prints it': (text) => hexOf(text).join(' '),
  'hex with colons': (text) => hexOf(text).join(':'),
  'hex as an array': (text) =>
    hexOf(text)
      .map((byte) => `0x${byte}`)
      .join(', '),
  'hex as a string literal': (text) =>
    hexOf(text)
      .map((byte) => `\\x${byte}`)
      .join(''),
  'code units as a string literal': (text) =>
    text
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  'character by character': (text) => text.split('').join(' '),
  'a character a line': (text) => text.split('').join('\n'),
};

/** Files as they stand in repositories: the lock file, sources, and a picture as a data address. */
function ordinary(): string[] {
  const folder = new URL('../../src/', import.meta.url);
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !name.includes('secrets-'),
  );
  const hashes = Array.from({ length: 2_000 }, (_, index) => createHash('sha256').update(String(index)).digest('hex'));
  const lines = Array.from({ length: 500 }, () => `id: ${randomUUID()} integrity sha512-${randomBytes(64).toString('base64')}`);
  const lorem = 'Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore. '.repeat(100);
  return [
    ...sources.map((name) => readFileSync(new URL(name, folder), 'utf8')),
    readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'),
    hashes.join('\n'),
    hashes.map((hash) => hash.slice(0, 40)).join(' '),
    lines.join('\n'),
    `<img src="data:image/png;base64,${randomBytes(100_000).toString('base64')}">`,
    `url(data:font/woff2;base64,${randomBytes(50_000).toString('base64url')})`,
    lorem,
    hexOf(lorem).join(' '),
    `const table = [${hexOf(hashes.slice(0, 200).join(''))
      .map((byte) => `0x${byte}`)
      .join(', ')}];`,
    lorem.split('').join(' '),
    'ANTHROPIC_API_KEY=sk-ant-api03-... GITHUB_TOKEN=ghp_xxx AKIA and ASIA are prefixes, eyJ is how a JWT starts',
    "if (text.includes('-----BEGIN PRIVATE KEY-----')) throw new Error('no keys');",
    '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEVs/o5+uQbTjL3chynL4wXgUg2R9\n-----END PUBLIC KEY-----',
    'const ghs_installation_token_from_the_environment_of_the_job = 1',
  ];
}

describe('known secrets', () => {
  it.each(Object.keys(encodings))('are found whole as %s, and replaced by their number', (name) => {
    for (const [index, secret] of SECRETS.entries()) {
      const text = `before ${encodings[name]?.(secret) ?? ''} after`;
      const { text: clean, count } = redact.redact(text);
      expect([name, clean.includes(`[secret ${index + 1}]`), count >= 1, redact.known(text)]).toEqual([name, true, true, true]);
      expect(clean.startsWith('before ') && clean.endsWith(' after')).toBe(true);
    }
  });

  it('are found when cut to any 12 characters, in every encoding; ordinary files stay as they are (both rates printed)', () => {
    let cuts = 0;
    const missed: string[] = [];
    for (const secret of SECRETS) {
      // The first windows of a key are its vendor's prefix, which anyone knows.
      for (let at = secret === API_KEY ? 5 : 0; at + CUT <= secret.length; at += 1) {
        for (const [name, encode] of Object.entries(encodings)) {
          cuts += 1;
          if (!redact.known(`x = ${encode(secret.slice(at, at + CUT))};`)) missed.push(`${name} ${at} ${secret}`);
        }
      }
    }
    const files = ordinary();
    const changed = files.filter((text) => redact.clean(text).text !== text);
    const characters = files.reduce((sum, text) => sum + text.length, 0);
    console.log(
      `known secrets: ${cuts - missed.length} of ${cuts} encoded cuts found; ordinary text: ${changed.length} of ${files.length} files (${characters} characters) changed`,
    );
    expect(missed).toEqual([]);
    expect(changed.map((text) => redact.clean(text).text.match(/.{0,40}\[(?:masked|secret).{0,40}/)?.[0])).toEqual([]);
  });

  it('leave nothing of 12 or more of their characters behind', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.constantFrom(...SECRETS),
            fc.string({ maxLength: 20 }),
            fc.nat(60).map((at) => API_KEY.slice(at, at + 20)),
          ),
          { maxLength: 8 },
        ),
        (parts) => {
          const { text } = redact.redact(parts.join(''));
          for (const secret of SECRETS)
            for (let at = 5; at + CUT <= secret.length; at += 1)
              if (text.includes(secret.slice(at, at + CUT))) throw new Error(`left at ${at}: ${text}`);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('are not looked for below 8 characters, and dull stretches of a dummy key do not count', () => {
    expect(redactor(['1234567', '']).known('1234567')).toBe(false);
    expect(redactor(['12345678']).known('a12345678b')).toBe(true);
    const dummy = redactor([`key-${'0'.repeat(30)}`]);
    expect(dummy.known('0000000000000000')).toBe(false);
    expect(dummy.known(`key-${'0'.repeat(30)}`)).toBe(true);
  });

  it('keep their numbers when the same one is given twice', () => {
    expect(redactor(['first-secret', 'first-secret', 'other-secret']).redact('other-secret first-secret').text).toBe(
      '[secret 3] [secret 1]',
    );
  });

  it('of nothing change nothing', () => {
    expect(redactor([]).redact('any text')).toEqual({ text: 'any text', count: 0 });
  });
});

describe('shapes', () => {
  const body = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj';
  it.each([
    ['GitHub token', `ghp_${'aB3'.repeat(12)}`],
    ['GitHub token', `gho_${'aB3'.repeat(12)}`],
    ['GitHub token', `ghu_${'aB3'.repeat(12)}`],
    ['GitHub token', `ghr_${'aB3'.repeat(12)}`],
    ['GitHub token', `ghs_${'aB3'.repeat(12)}`],
    ['GitHub token', `github_pat_${'aB3'.repeat(8)}_${'xY9'.repeat(19)}`],
    ['Anthropic key', `sk-ant-api03-${'aB3-'.repeat(20)}`],
    ['AWS key id', 'AKIAIOSFODNN7EXAMPLE'],
    ['AWS key id', 'ASIAIOSFODNN7EXAMPLE'],
    ['JWT', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U'],
    ['private key', `-----BEGIN RSA PRIVATE KEY-----\n${body}\n${body}\n-----END RSA PRIVATE KEY-----`],
    ['private key', `-----BEGIN PRIVATE KEY-----\\n${body}\\n-----END PRIVATE KEY-----`],
    ['private key', `-----BEGIN OPENSSH PRIVATE KEY-----\r\n${body}`],
    [
      'private key',
      `-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,ABCDEF\n\n${body}\n-----END EC PRIVATE KEY-----`,
    ],
  ])('are masked as %s: %#', (name, text) => {
    expect(redact.shapes(`a "${text}" b`)).toEqual({ text: `a "[masked ${name}]" b`, count: 1 });
    expect(redact.known(text)).toBe(false);
  });

  it('give way to the number of a known secret of that shape', () => {
    expect(redact.clean(`a ${TOKEN} b`)).toEqual({ text: 'a [secret 2] b', count: 1 });
  });
});

describe('speed', () => {
  it('is not lost to a dummy key and a file that repeat one character', () => {
    const dummy = redactor([`key-${'0'.repeat(200)}`, 'a'.repeat(100)]);
    const text = `${'0'.repeat(1_000_000)}key-${'0'.repeat(200)}${'b'.repeat(1_000_000)}${'a'.repeat(100)}`;
    const start = performance.now();
    expect(dummy.redact(text)).toEqual({ text: `${'0'.repeat(1_000_000)}[secret 1]${'b'.repeat(1_000_000)}[secret 2]`, count: 2 });
    expect(performance.now() - start).toBeLessThan(3_000);
  });

  it('reads 5 MB in under a second', () => {
    const line = `${createHash('sha512').update('a').digest('base64')} const value = compute(first, second);\n`;
    const text = line.repeat(Math.ceil(5_000_000 / line.length));
    const start = performance.now();
    expect(redact.clean(text).count).toBe(0);
    const took = performance.now() - start;
    console.log(`redaction: ${(text.length / 1e6).toFixed(1)} MB in ${took.toFixed(0)} ms`);
    expect(took).toBeLessThan(1_000);
  });
});

describe('withoutSecrets', () => {
  it('gives back the very object where there is none, else a copy without it, in names too', () => {
    const clean = { type: 'noticed', text: 'all is well', data: { count: 1, list: [null, true] } };
    expect(withoutSecrets(clean, redact)).toBe(clean);
    const leaky = { text: `key ${API_KEY}`, files: [`src/${API_KEY}.txt`], data: { [API_KEY]: 1 }, count: 2 };
    const kept = withoutSecrets(leaky, redact);
    expect(kept).toEqual({ text: 'key [secret 1]', files: ['src/[secret 1].txt'], data: { '[secret 1]': 1 }, count: 2 });
    expect(leaky.text).toContain(API_KEY);
  });
});

describe('redactStream', () => {
  it('says of any pieces what clean says of the whole', () => {
    const part = fc.oneof(
      fc.constantFrom(...SECRETS, `ghp_${'aB3'.repeat(12)}`, '\n', '-----BEGIN PRIVATE KEY-----\n' + 'QUJD'.repeat(200)),
      fc.string({ maxLength: 2_000 }),
      fc.constant('word '.repeat(300)),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), fc.integer({ min: 1, max: 5_000 }), (parts, size) => {
        const text = parts.join('');
        const stream = redactStream(redact);
        let out = '';
        for (let at = 0; at < text.length; at += size) out += stream.push(text.slice(at, at + size));
        expect(out + stream.end()).toBe(redact.clean(text).text);
      }),
      { numRuns: 200 },
    );
  });

  it('never lets out the beginning of a secret that is still coming', () => {
    const stream = redactStream(redact);
    const out = [stream.push('x'.repeat(10_000) + API_KEY.slice(0, 40)), stream.push(API_KEY.slice(40) + 'y'.repeat(10_000)), stream.end()];
    for (const piece of out) expect(piece).not.toContain(API_KEY.slice(13, 25));
    expect(out.join('')).toBe(`${'x'.repeat(10_000)}[secret 1]${'y'.repeat(10_000)}`);
  });
});
