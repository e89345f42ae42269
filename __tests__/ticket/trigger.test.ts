import { describe, expect, it } from '@jest/globals';
import { instructionOf } from '../../src/ticket/trigger.ts';

describe('instructionOf', () => {
  it.each([
    ['the whole text', '@alchemist fix it', 'fix it'],
    ['nothing after it', 'Please look.\n\n@alchemist', ''],
    ['what follows, code and all', '@alchemist fix this:\n\n```js\nf(1)\n```\nthanks', 'fix this:\n\n```js\nf(1)\n```\nthanks'],
    ['leading spaces', '   @alchemist go', 'go'],
    ['punctuation after it', '@alchemist, please: go', 'please: go'],
    ['a colon', '@alchemist: go', 'go'],
    ['another case of letters', '@Alchemist go', 'go'],
    ['a later line of a paragraph', 'Hello\n@alchemist go', 'go'],
    ['a line after a hard break', 'Hello  \n@alchemist go', 'go'],
    ['a line after code', '`x`\n@alchemist go', 'go'],
    ['a list item', '- first\n- @alchemist go', 'go'],
    ['a paragraph in a list', '1. first\n\n   @alchemist go', 'go'],
    ['a task', '- [ ] @alchemist go', 'go'],
    ['a heading', '## @alchemist go', 'go'],
    ['line ends of Windows', 'Hello\r\n@alchemist go\r\non', 'go\non'],
    ['an address elsewhere in the text', 'mail a@b.co\n@alchemist go', 'go'],
    ['the second of two, where the first is quoted', '> @alchemist no\n\n@alchemist yes', 'yes'],
    ['text after a comment that has ended', '<!-- hidden -->\n\n@alchemist go', 'go'],
  ])('finds the phrase with %s', (_, text, instruction) => {
    expect(instructionOf(text, '@alchemist')).toBe(instruction);
  });

  it.each([
    ['in the middle of a line', 'hi @alchemist go'],
    ['in a quote', '> @alchemist go'],
    ['in the lazy end of a quote', '> quoted\n@alchemist go'],
    ['in a quote in a list', '- > x\n  @alchemist go'],
    ['in a fenced block', '```\n@alchemist go\n```'],
    ['in a fence that never ends', '~~~\n@alchemist go'],
    ['in an indented block', 'x\n\n    @alchemist go'],
    ['in a code span', '`@alchemist` go'],
    ['in a code span over two lines', '`a\n@alchemist` go'],
    ['in a comment', '<!--\n@alchemist go\n-->'],
    ['in a comment that never ends', '<!-- x\n\n@alchemist go'],
    ['in a comment opened inside a tag block', '<div><!--\n\n@alchemist go\n\n-->'],
    ['in an inline comment', 'x <!-- \n@alchemist go --> y'],
    ['in collapsed details', '<details>\n\n@alchemist go\n\n</details>'],
    ['in a hidden element', '<div hidden>\n\n@alchemist go\n\n</div>'],
    ['in an element hidden by style', '<div style="display: none">\n\n@alchemist go\n\n</div>'],
    ['in an HTML quote', '<blockquote>\n\n@alchemist go\n\n</blockquote>'],
    ['in an HTML code block', '<pre>\n@alchemist go\n</pre>'],
    ['in an attribute', '<img alt="\n@alchemist go">'],
    ['in a link', '[@alchemist go](https://example.com)'],
    ['in an image description', '![\n@alchemist go](https://example.com/a.png)'],
    ['in a link title', '[x](https://example.com "\n@alchemist go")'],
    ['in a definition', '[x]: https://example.com "\n@alchemist go"'],
    ['in a definition of the comment kind', '[//]: # (\n@alchemist go)'],
    ['in a table', '| a |\n|---|\n| @alchemist go |'],
    ['in a footnote', 'x[^1]\n\n[^1]: @alchemist go'],
    ['struck through', '~~a\n@alchemist go~~'],
    ['escaped', '\\@alchemist go'],
    ['as part of a longer login', '@alchemists go'],
    ['as part of a login with a hyphen', '@alchemist-bot go'],
    ['as part of a team', '@alchemist/core go'],
    ['as part of an address', '@alchemist.io go'],
    ['in the possessive', "@alchemist's work"],
    ['nowhere', 'alchemist go'],
  ])('does not find the phrase %s', (_, text) => {
    expect(instructionOf(text, '@alchemist')).toBeNull();
  });

  it('takes any phrase, also one of several words and of signs that patterns know', () => {
    expect(instructionOf('/fix.it now', '/fix.it')).toBe('now');
    expect(instructionOf('/fixxit now', '/fix.it')).toBeNull();
    expect(instructionOf('hey robot do', 'hey robot')).toBe('do');
  });

  it('answers at once to texts made to keep it busy', () => {
    const start = performance.now();
    for (const piece of ['> - ', 'a*_', '[', '<details>', '- ', '`', '~a'])
      expect(instructionOf(`${piece.repeat(65_000 / piece.length)}\n@alchemistx`, '@alchemist')).toBeNull();
    expect(performance.now() - start).toBeLessThan(8_000);
  });
});
