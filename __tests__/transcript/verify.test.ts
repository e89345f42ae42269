import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Event } from '../../src/transcript/events.ts';
import { verify } from '../../src/transcript/verify.ts';
import type { Check, Verification } from '../../src/transcript/verify.ts';
import { recordedRun, rechained, runGit, textOf } from '../support/transcripts.ts';
import type { Recorder } from '../support/transcripts.ts';

let run: Recorder;
let lines: string[];
let lastHash: string;
beforeAll(() => {
  run = recordedRun();
  lines = run.events.map((event) => JSON.stringify(event));
  lastHash = run.events.at(-1)?.hash ?? '';
});
afterAll(() => {
  run.repository.remove();
});

const file = (of: readonly string[]): string => of.map((line) => line + '\n').join('');
const named = (verification: Verification, name: string): Check | undefined => verification.checks.find((check) => check.name === name);
const inRepository = (text: string, hash?: string) =>
  verify(text, { repo: run.repository.dir, git: runGit, ...(hash === undefined ? {} : { anchors: { lastHash: hash } }) });

/** Alters the facts of the first event of a type and computes the chain anew. */
function forged<T extends Event['type']>(type: T, alter: (event: Extract<Event, { type: T }>) => unknown): string {
  const at = run.events.findIndex((event) => event.type === type);
  const events = run.events.map((event, index) => (index === at ? (alter(event as Extract<Event, { type: T }>) as Event) : event));
  return textOf(rechained(events));
}

type Leaf = { change(more: string): boolean };
/** Every text, number and truth value of an event that its producer stated, each to be altered in place. */
function leavesOf(node: object, links = ['seq', 'at', 'prev', 'hash', 'type']): Leaf[] {
  return Object.entries(node).flatMap(([key, value]: [string, unknown]): Leaf[] => {
    if (links.includes(key)) return [];
    if (typeof value === 'object' && value !== null) return leavesOf(value, []);
    const change = (more: string): boolean => {
      const other =
        typeof value === 'string' ? value + more : typeof value === 'number' ? value + 1 : typeof value === 'boolean' ? !value : 'x';
      (node as Record<string, unknown>)[key] = other;
      return other !== value;
    };
    return [{ change }];
  });
}

describe('verify, on an untouched transcript', () => {
  it('finds every check in order, with the repository and the last hash', async () => {
    const verification = await inRepository(run.text, lastHash);
    expect(verification.checks.filter((check) => check.ok !== true)).toEqual([]);
    expect(verification.checks.map((check) => check.name)).toEqual([
      ...['chain', 'replies', 'calls', 'trees', 'totals', 'ending', 'evidence', 'replay', 'commit', 'anchors'],
    ]);
    expect(verification.ok).toBe(true);
    expect(named(verification, 'replay')?.detail).toContain(`3 patches`);
  });

  it('says without any anchor that a recomputed chain cannot be detected, and does not fail for it', async () => {
    const verification = await verify(run.text);
    expect(named(verification, 'anchors')).toMatchObject({
      ok: 'unknown',
      detail: expect.stringContaining('cannot be detected') as unknown as string,
    });
    expect(verification.ok).toBe(true);
  });

  it('takes the trailer of the published commit for an anchor', async () => {
    expect(named(await inRepository(run.text), 'anchors')?.detail).toContain("the commit's trailer");
  });

  it('sets a partial last line aside and verifies what stands before it', async () => {
    const verification = await verify(file(lines.slice(0, 20)) + (lines[20] ?? '').slice(0, 50));
    expect(named(verification, 'chain')).toMatchObject({ ok: true, detail: expect.stringContaining('20 events') as unknown as string });
    expect(named(verification, 'ending')?.ok).toBe('unknown');
  });

  it('writes nothing into the repository', async () => {
    const before = run.repository.git(['count-objects', '-v']);
    await inRepository(run.text);
    expect(run.repository.git(['count-objects', '-v'])).toBe(before);
    expect(run.repository.git(['status', '--porcelain'])).toMatch(/^M {2}/m);
  });
});

describe('verify, on a tampered file', () => {
  it('finds any changed character and names the event it is in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(lines.length - 1), fc.nat(), fc.constantFrom('0', 'x', ' ', '"', '\\'), async (at, offset, character) => {
        const line = lines[at] ?? '';
        const position = offset % line.length;
        fc.pre(line[position] !== character);
        const altered = line.slice(0, position) + character + line.slice(position + 1);
        const verification = await verify(file(lines.with(at, altered)));
        expect(verification.ok).toBe(false);
        expect(verification.checks[0]?.detail).toMatch(new RegExp(`event ${at} |line ${at + 1} is not`));
      }),
      { numRuns: 150 },
    );
  });

  it('finds a dropped, repeated, moved or inserted line and names the first event that does not fit', async () => {
    const middle = fc.nat(lines.length - 3);
    await fc.assert(
      fc.asyncProperty(middle, middle, fc.constantFrom('drop', 'repeat', 'move', 'insert'), async (at, to, how) => {
        const line = lines[at] ?? '';
        const without = lines.toSpliced(at, 1);
        fc.pre(how !== 'move' || to !== at);
        const altered = {
          drop: without,
          repeat: lines.toSpliced(at, 0, line),
          move: without.toSpliced(to, 0, line),
          insert: lines.toSpliced(at, 0, '{"seq":1}'),
        };
        const verification = await verify(file(altered[how]));
        const first = { drop: at, repeat: at + 1, move: Math.min(at, to), insert: at }[how];
        expect(verification.ok).toBe(false);
        expect(verification.checks[0]?.detail).toContain(`event ${first} `);
      }),
      { numRuns: 150 },
    );
  });

  it('finds a cut end by the last hash, and says that it cannot without', async () => {
    for (const length of [1, 5, lines.length - 1]) {
      const cut = file(lines.slice(0, length));
      expect(await verify(cut, { anchors: { lastHash } })).toMatchObject({ ok: false });
      const without = await verify(cut);
      expect(named(without, 'ending')).toMatchObject({ ok: 'unknown', detail: expect.stringContaining('cut') as unknown as string });
    }
  });

  it('finds any recomputed chain by the last hash', async () => {
    const text = forged('noticed', (event) => ({ ...event, text: 'Nothing happened.' }));
    expect((await verify(text)).ok).toBe(true);
    expect(named(await verify(text, { anchors: { lastHash } }), 'anchors')?.ok).toBe(false);
  });

  it('finds any chain recomputed before the push by the trailer of the commit', async () => {
    const text = forged('noticed', (event) => ({ ...event, text: 'Nothing happened.' }));
    const verification = await inRepository(text);
    expect(named(verification, 'commit')).toMatchObject({
      ok: false,
      detail: expect.stringContaining('not this one') as unknown as string,
    });
  });

  it('finds any fact altered under a chain computed anew by the last hash, before the push also by the commit, and else says what stays open', async () => {
    const pushed = run.events.findIndex((event) => event.type === 'pushed');
    await fc.assert(
      fc.asyncProperty(fc.nat(run.events.length - 1), fc.nat(), fc.constantFrom('x', '', '1'), async (at, which, more) => {
        const altered = structuredClone(run.events[at]) as Event;
        const leaves = leavesOf(altered);
        const leaf = leaves[which % leaves.length];
        fc.pre(leaf !== undefined && leaf.change(more));
        const text = textOf(rechained(run.events.with(at, altered)));
        fc.pre(text !== run.text);
        expect(named(await verify(text, { anchors: { lastHash } }), 'anchors')?.ok).toBe(false);
        if (at < pushed) expect((await inRepository(text)).ok).toBe(false);
        const alone = await verify(text);
        if (alone.ok) expect(named(alone, 'anchors')?.detail).toContain('cannot be detected without the last hash');
        else expect(alone.checks.find((check) => check.ok === false)?.detail).toMatch(/event|lacks/);
      }),
      { numRuns: 60 },
    );
  });

  it('answers one line for what is no transcript', async () => {
    for (const text of ['', 'hello\n', '[]\n', '1\n2\n', 'null\n', '{"seq":0}\n']) expect((await verify(text)).ok).toBe(false);
  });
});

describe('verify, on a recomputed chain that contradicts itself', () => {
  const cases: [string, string, () => string][] = [
    ['a cheaper reply', 'totals', () => forged('replied', (event) => ({ ...event, cost_usd: 0.001 }))],
    ['a result with another input', 'calls', () => forged('tool_ran', (event) => ({ ...event, input: { path: 'other' } }))],
    ['a result without its call', 'calls', () => forged('tool_ran', (event) => ({ ...event, tool_use_id: 'toolu_x' }))],
    ['a reply to another turn', 'replies', () => forged('replied', (event) => ({ ...event, turn: 9 }))],
    [
      'another patch',
      'replay',
      () => forged('tree_changed', (event) => ({ ...event, patch: event.patch.replace('total = 0', 'total = 1') })),
    ],
    ['another tree', 'trees', () => forged('tree_changed', (event) => ({ ...event, after: '1'.repeat(40) }))],
    ['tests that are said to be red', 'ending', () => forged('run_ended', (event) => ({ ...event, tests: 'failed' }))],
    ['another ending', 'ending', () => forged('run_ended', (event) => ({ ...event, conclusion: 'answered' }))],
    ['another base', 'replay', () => forged('context_gathered', (event) => ({ ...event, base: { ...event.base, tree: '2'.repeat(40) } }))],
    ['another pushed tree', 'trees', () => forged('pushed', (event) => ({ ...event, tree: '3'.repeat(40) }))],
    [
      'a gate that refused',
      'evidence',
      () => textOf(rechained(run.events.map((event) => (event.type === 'gate_checked' ? { ...event, outcome: 'refused' } : event)))),
    ],
    [
      'a missing result',
      'calls',
      () => textOf(rechained(run.events.filter((event) => !(event.type === 'tool_ran' && event.name === 'read_file')))),
    ],
    ['an event without its parts', 'shape', () => forged('replied', ({ message: _, ...event }) => event)],
  ];
  it.each(cases)('finds %s in the check "%s"', async (_what, name, text) => {
    const verification = await inRepository(text());
    expect(named(verification, name)?.ok).toBe(false);
    expect(verification.ok).toBe(false);
  });

  it('says what to fetch when the repository lacks the base commit, and fails since it was asked to replay', async () => {
    const text = forged('context_gathered', (event) => ({ ...event, base: { ...event.base, commit: 'a'.repeat(40) } }));
    const verification = await inRepository(text);
    expect(named(verification, 'replay')).toMatchObject({
      ok: 'unknown',
      detail: expect.stringContaining(`git fetch origin ${'a'.repeat(40)}`) as unknown as string,
    });
    expect(verification.ok).toBe(false);
  });
});
