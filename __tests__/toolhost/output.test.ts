import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { collapse, excerpt, withoutAnsi } from '../../src/toolhost/output.ts';

function shown(bytes: Buffer, head: number, tail: number, cuts: readonly number[] = []): string {
  const output = excerpt(head, tail);
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  let at = 0;
  for (const place of [...places, bytes.length]) {
    output.push(bytes.subarray(at, place));
    at = place;
  }
  return output.text();
}

const fragment = fc.constantFrom(
  'plain ',
  'é',
  '😀',
  '\n',
  '\r',
  '\r\n',
  '\u001b[31m',
  '\u001b[0m',
  '\u001b]8;;x\u0007',
  '10%\r',
  '\t',
  'x'.repeat(50),
);

describe('output', () => {
  it('is the same however it is cut into pieces', () => {
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 30 }), fc.array(fc.nat(), { maxLength: 10 }), (fragments, cuts) => {
        const bytes = Buffer.from(fragments.join(''));
        expect(shown(bytes, 1_000_000, 10, cuts)).toBe(shown(bytes, 1_000_000, 10));
      }),
      { numRuns: 500 },
    );
  });

  it('never grows over head and tail by more than the line between, and never holds half a character', () => {
    fc.assert(
      fc.property(
        fc.array(fragment, { minLength: 10, maxLength: 200 }),
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 200 }),
        (fragments, head, tail) => {
          const text = shown(Buffer.from(fragments.join('')), head, tail);
          expect(Buffer.byteLength(text)).toBeLessThan(head + tail + 100);
          expect(text).not.toContain('\ufffd');
        },
      ),
      { numRuns: 500 },
    );
  });

  it('holds no escape sequence and no carriage return', () => {
    expect(
      withoutAnsi(
        '\u001b[1;31mred\u001b[m \u001b]0;title\u0007a\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\ \u001b(B\u001b=b\u0000\u0007 ab\u0008c \u009b31mx',
      ),
    ).toBe('red alink b ac x');
    expect(collapse('10%\r20%\r30%\r\nnext\rlast')).toBe('30%\nlast');
  });

  it('keeps the end of an output of many megabytes', () => {
    const output = excerpt(20, 20);
    for (let i = 0; i < 700; i++) output.push(Buffer.from(`${'-'.repeat(9_990)} ${String(i).padStart(8, '0')}\n`));
    expect(output.text()).toMatch(/^-{20}\n\[… 6999960 bytes in 699 lines left out …\]\n.*00000699\n$/);
    expect(output.bytes()).toBe(7_000_000);
  });
});
