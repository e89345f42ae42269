import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'parse5';
import { reportHtml } from '../../src/reports/html.ts';
import type { Event } from '../../src/transcript/events.ts';
import { HOSTILE } from './hostile.ts';
import { recordedRun, Recorder, Repository, SUM_FILES } from '../support/transcripts.ts';

type Node = { nodeName: string; tagName?: string; attrs?: { name: string; value: string }[]; childNodes?: Node[]; value?: string };

/** Every element of a page, as a browser's parser builds it. */
function elements(page: string): { tag: string; attributes: Record<string, string>; text: string }[] {
  const found: ReturnType<typeof elements> = [];
  const textOf = (node: Node): string => (node.value ?? '') + (node.childNodes ?? []).map(textOf).join('');
  const walk = (node: Node): void => {
    if (node.tagName !== undefined) {
      const attributes = Object.fromEntries((node.attrs ?? []).map(({ name, value }) => [name, value]));
      found.push({ tag: node.tagName, attributes, text: textOf(node) });
    }
    for (const child of node.childNodes ?? []) walk(child);
  };
  walk(parse(page));
  return found;
}

const sha = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

describe('the report', () => {
  let run: Recorder;
  let page: string;
  beforeAll(() => {
    run = recordedRun();
    page = reportHtml(run.events);
  });
  afterAll(() => {
    run.repository.remove();
  });

  it('allows by its policy nothing but its own style and script, which are the bytes in it', () => {
    const all = elements(page);
    const policy = all.find((one) => one.attributes['http-equiv'] === 'Content-Security-Policy')?.attributes['content'];
    const [style, script] = ['style', 'script'].map((tag) => all.filter((one) => one.tag === tag));
    expect([style?.length, script?.length]).toEqual([1, 1]);
    expect(policy).toBe(
      `default-src 'none'; style-src ${sha(style?.[0]?.text ?? '')}; script-src ${sha(script?.[0]?.text ?? '')}; base-uri 'none'; form-action 'none'`,
    );
  });

  it('needs no network and holds no inline style or handler', () => {
    for (const { attributes } of elements(page)) {
      expect(
        Object.keys(attributes).filter((name) => name === 'src' || name === 'style' || name === 'srcset' || name.startsWith('on')),
      ).toEqual([]);
    }
    expect(elements(page).filter((one) => one.tag === 'link')).toEqual([]);
  });

  it('links each hunk to the call that wrote it and back, and every inner link leads somewhere', () => {
    const all = elements(page);
    const ids = new Set(all.flatMap((one) => one.attributes['id'] ?? []));
    const inner = all.flatMap((one) => (one.attributes['href']?.startsWith('#') ? [one.attributes['href'].slice(1)] : []));
    expect(inner.filter((id) => !ids.has(id))).toEqual([]);
    const changes = run.events.filter((event) => event.type === 'tree_changed');
    for (const { tool_use_id } of changes) expect(inner).toContain(`call-${tool_use_id}`);
    expect(inner).toContain('hunk-1-1');
    expect(inner).toContain('requirement-R1');
    expect(all.length - new Set(all.map((one) => one.attributes['id'] ?? Symbol())).size).toBe(0);
  });

  it('shows ticket, reasons, calls, diffs, evidence, gates, findings, cost and what the model was not shown', () => {
    const text = elements(page).find((one) => one.tag === 'body')?.text ?? '';
    for (const part of [
      '#7 Empty ranges are summed wrongly',
      'I think: The sum of nothing must be 0.',
      'read_file src/sum.js',
      'let total = 0;',
      'exit code 1; 2 passed, 1 failed',
      'the changed tests fail on the base',
      'Strings are concatenated',
      'not raised again',
      '$0.11 of $5.00',
      'no write access',
      run.events.at(-1)?.hash ?? '?',
    ]) {
      expect(text).toContain(part);
    }
  });

  it("tells a reviewer's answer, which is JSON, by its summary", () => {
    const answer = { requirements: [], summary: 'The "carry" is right.', findings: [] };
    const content = [{ type: 'text', text: JSON.stringify(answer), citations: null }];
    const events = run.events.map((event) =>
      event.type === 'replied' && event.purpose === 'review' ? ({ ...event, message: { ...event.message, content } } as Event) : event,
    );
    const lines = elements(reportHtml(events)).filter((one) => one.attributes['class'] === 'what');
    expect(lines.filter((one) => one.text === 'The "carry" is right.')).toHaveLength(2);
  });

  it('does not show as a failure that the changed tests fail where they have to: without the change', () => {
    const over = new Recorder(new Repository(SUM_FILES));
    over.start();
    const [asked = ''] = over.turn('Edit.', [{ name: 'write_file', input: {}, files: { a: 'a\n' } }]);
    over.tests('gate', 1, asked);
    const work = over.events.at(-1);
    if (work?.type === 'tests_ran') over.append({ ...work, tree: '9'.repeat(40) });
    over.repository.remove();
    const tags = elements(reportHtml(over.events)).filter((one) => one.text === 'exit code 1; 2 passed, 1 failed');
    expect(tags.filter((one) => one.tag === 'span').map((one) => one.attributes['class']?.trim())).toEqual(['tag bad', 'tag']);
  });

  it('tells of a run that was cut at any event', () => {
    for (let length = 0; length < run.events.length; length += 1) {
      expect(reportHtml(run.events.slice(0, length))).toContain('Cut off: no ending was recorded');
    }
  });

  it('shows the tail of what it cuts and says how much is missing', () => {
    const events = run.events.map((event) => (event.type === 'tool_ran' ? { ...event, content: `head${'x'.repeat(90_000)}tail` } : event));
    const cut = reportHtml(events);
    expect(cut).toContain('66008 characters left out here');
    expect(cut).toContain('xtail');
  });
});

describe('hostile words in the report', () => {
  let run: Recorder;
  let page: string;
  let plain: string;
  beforeAll(() => {
    run = recordedRun({
      text: HOSTILE,
      ticket: { title: HOSTILE, body: HOSTILE, instruction: HOSTILE, author: HOSTILE, askedBy: HOSTILE, url: 'javascript:alert(1)' },
    });
    const events = run.events.map((event) => {
      if (event.type === 'gate_checked') return { ...event, detail: HOSTILE, gate: HOSTILE as 'tests' };
      if (event.type === 'tests_ran') return { ...event, command: HOSTILE, tail: HOSTILE, failing: [HOSTILE] };
      if (event.type === 'noticed') return { ...event, kind: HOSTILE, text: HOSTILE };
      if (event.type === 'tool_ran') return { ...event, content: HOSTILE, name: HOSTILE, log: HOSTILE, input: { [HOSTILE]: HOSTILE } };
      if (event.type === 'run_ended') return { ...event, reason: HOSTILE, question: HOSTILE };
      return event;
    });
    page = reportHtml(events);
    const other = recordedRun();
    plain = reportHtml(other.events);
    other.repository.remove();
  });
  afterAll(() => {
    run.repository.remove();
  });

  it('become no element, no attribute, no link and no part of the script', () => {
    const all = elements(page);
    const names = (of: ReturnType<typeof elements>) => new Set(of.map((one) => one.tag));
    const allowed = new Set([...names(elements(plain)), 'strong', 'em', 'ul', 'li', 'hr', 'br']);
    expect([...names(all)].filter((tag) => !allowed.has(tag))).toEqual([]);
    expect(all.filter((one) => one.tag === 'script' || one.tag === 'style').map((one) => one.text)).toEqual(
      elements(plain)
        .filter((one) => one.tag === 'script' || one.tag === 'style')
        .map((one) => one.text),
    );
    const links = all.flatMap((one) => one.attributes['href'] ?? []);
    expect(links.filter((link) => !link.startsWith('#') && !link.startsWith('https://github.com/acme/sums/'))).toEqual([]);
    expect(all.flatMap((one) => Object.keys(one.attributes)).filter((name) => name.startsWith('on'))).toEqual([]);
  });

  it('stand there to be read, with what cannot be seen named', () => {
    const text = elements(page).find((one) => one.tag === 'body')?.text ?? '';
    expect(text).toContain('</script><script>alert(1)</script> ]]>');
    expect(text).toContain('U+202Ereversed');
    expect(page).not.toMatch(/[\u202e\u200b\u0007]/);
  });

  it('keep no parser busy: deep nesting, long lines and runs of signs are shown as they are', () => {
    const started = performance.now();
    for (const text of [
      '>'.repeat(5000),
      '['.repeat(9000),
      '*a '.repeat(3000),
      `${'- '.repeat(2000)}x`,
      '`'.repeat(11_000),
      '![['.repeat(3000),
    ]) {
      const events = run.events.map((event) =>
        event.type === 'run_started' ? { ...event, ticket: { ...event.ticket, body: text } } : event,
      );
      expect(reportHtml(events.slice(0, 2))).toContain(text.slice(0, 40).replaceAll('>', '&gt;').replaceAll('`', '`'));
    }
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});

describe('the report of a long run', () => {
  it('is made in seconds and stays under 14 MB at 1,000 turns', () => {
    const run = recordedRun({ reads: 1000, text: 'A reason of **some** length, with `code`. '.repeat(20) });
    run.repository.remove();
    const big = run.events.map((event) => (event.type === 'tool_ran' ? { ...event, content: 'line of a result\n'.repeat(1400) } : event));
    const started = performance.now();
    const page = reportHtml(big);
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(page.length).toBeLessThan(14_000_000);
  });
});
