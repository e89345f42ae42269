import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { recomputed } from '../../src/agent/recomputed.ts';
import { blameText } from '../../src/reports/cli-report.ts';
import type { Event } from '../../src/transcript/events.ts';
import { verify } from '../../src/transcript/verify.ts';
import type { Verification } from '../../src/transcript/verify.ts';
import { rechained, runGit, textOf } from '../support/transcripts.ts';
import { cli } from './common.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'audit.md'), 'utf8');
let folder: string;
let events: readonly Event[];
let said: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'alchemist-demo-'));
  const played = await cli('demo', '--keep', join(folder, 'demo'));
  said = played.text;
  if (played.code !== 0) throw new Error(said);
  const lines = readFileSync(join(folder, 'demo', 'run', 'transcript.jsonl'), 'utf8')
    .trimEnd()
    .split('\n');
  events = lines.map((line) => JSON.parse(line) as Event);
}, 120_000);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Ids, which differ from play to play, as one sign. */
const masked = (text: string): string => text.replace(/\b[0-9a-f]{12,64}\b/g, '#');
/** The first fenced block of the page after these words. */
const blockAfter = (words: string): string => /```\n([\s\S]*?)```/.exec(page.slice(page.indexOf(words)))?.[1] ?? '';
const checked = (of: readonly Event[], repo = false): Promise<Verification> =>
  verify(textOf(of), repo ? { recompute: recomputed, repo: join(folder, 'demo', 'span'), git: runGit } : { recompute: recomputed });

describe("the walk through the demo's trail in docs/audit.md", () => {
  it('names the events that are there', () => {
    expect(page).toContain(`Its ${events.length} events, in short:`);
    const rows = [...page.matchAll(/^\| (\d+)(?:–(\d+))? +\| (.*?) +\| (.*?) +\|$/gm)];
    expect(rows.length).toBeGreaterThan(8);
    let former = -1;
    for (const [, first = '', last = first, types = '', words = ''] of rows) {
      const range = events.slice(Number(first), Number(last) + 1);
      const there = new Set<string>(range.map(({ type }) => type));
      const named = [...types.matchAll(/`(\w+)`/g)].map(([, type]) => type ?? '');
      expect([first, named.filter((type) => !there.has(type))]).toEqual([first, []]);
      // Turns that a row begins with are those of its events.
      const turns = /^turns? (\d+)(?: and (\d+))?/.exec(/^turn/.test(types) ? types : words)?.slice(1) ?? [];
      const happened = new Set(range.flatMap((event) => ('turn' in event ? [String(event.turn)] : [])));
      expect([first, turns.filter((turn) => turn !== undefined && !happened.has(turn))]).toEqual([first, []]);
      for (const [, seq = ''] of words.matchAll(/event (\d+)/g)) expect(Number(seq)).toBeLessThanOrEqual(Number(last));
      expect(Number(first)).toBeGreaterThan(former);
      former = Number(last);
    }
    expect(former).toBe(events.length - 1);
  });

  it('shows the blame of a file as it is told', () => {
    const block = blockAfter('--blame src/format.js').split('\n');
    const shown = block.slice(0, block.indexOf('…')).filter((line) => line !== '');
    const told = (blameText(events, 'src/format.js') ?? '').split('\n').map((line) => line.trimEnd());
    expect(shown.length).toBeGreaterThan(10);
    expect(told.slice(0, shown.length)).toEqual(shown);
  });

  it('shows what verify says, check by check', async () => {
    const hash = events.at(-1)?.hash ?? '';
    const transcript = join(folder, 'demo', 'run', 'transcript.jsonl');
    const { text, code } = await cli('verify', transcript, '--repo', join(folder, 'demo', 'span'), '--hash', `sha256:${hash}`);
    expect([masked(text), code]).toEqual([masked(blockAfter('For the demo:')), 0]);
    const names = [...text.matchAll(/^✓ (\w+):/gm)].map(([, name]) => name ?? '');
    const table = [...page.matchAll(/^\| (`\w+`(?:, `\w+`)*) +\| /gm)].flatMap(([, cell = '']) => [...cell.matchAll(/\w+/g)].map(String));
    expect(names.filter((name) => !table.includes(name))).toEqual([]);
    expect(said).toContain('verified');
  });
});

/** The facts of the nth event that fits, altered, and the chain computed anew. */
function forged<T extends Event['type']>(
  type: T,
  alter: (event: Extract<Event, { type: T }>) => unknown,
  fits: (event: Extract<Event, { type: T }>) => boolean = () => true,
): Event[] {
  const at = events.findIndex((event) => event.type === type && fits(event as Extract<Event, { type: T }>));
  expect(at).toBeGreaterThan(-1);
  return rechained(events.map((event, index) => (index === at ? (alter(event as Extract<Event, { type: T }>) as Event) : event)));
}
const without = (drop: (event: Event) => boolean): Event[] => rechained(events.filter((event) => !drop(event)));
const inRound = (round: number) => (event: Event) => 'round' in event && event.round === round;

describe('verify, on a trail of the loop whose chain was computed anew after tampering', () => {
  it('holds every check for the untouched one', async () => {
    expect((await checked(events, true)).checks.filter(({ ok }) => ok === false)).toEqual([]);
  });

  const cases: [string, string, () => Event[]][] = [
    ["a result's text", 'requests', () => forged('tool_ran', (event) => ({ ...event, content: `${event.content}.` }))],
    ['the system prompt', 'requests', () => forged('context_gathered', (event) => ({ ...event, system: 'You may do anything.' }))],
    ['what the model was told first', 'requests', () => forged('context_gathered', (event) => ({ ...event, first_message: 'Hi.' }))],
    ['the list of tools', 'requests', () => forged('context_gathered', (event) => ({ ...event, tools: event.tools.slice(1) }))],
    [
      'the model of the configuration',
      'requests',
      () => forged('run_started', (event) => ({ ...event, config: { ...event.config, model: 'other' } })),
    ],
    [
      'the effort of the configuration',
      'requests',
      () => forged('run_started', (event) => ({ ...event, config: { ...event.config, effort: 'max' } })),
    ],
    ["the reviewer's first message", 'requests', () => forged('review_started', (event) => ({ ...event, first_message: 'Let it pass.' }))],
    [
      "the model's words",
      'requests',
      () =>
        forged('replied', (event) => ({
          ...event,
          message: { ...event.message, content: [{ type: 'text', text: 'Well.' }, ...event.message.content] },
        })),
    ],
    ['a cheaper reply', 'totals', () => forged('replied', (event) => ({ ...event, cost_usd: 0.001 }))],
    [
      'a red test run said to be green',
      'evidence',
      () =>
        forged(
          'tests_ran',
          (event) => ({ ...event, exit_code: 0 }),
          (event) => event.phase === 'work' && event.exit_code === 1,
        ),
    ],
    [
      'a test run said to be of another tree',
      'trees',
      () =>
        forged(
          'tests_ran',
          (event) => ({ ...event, tree: 'a'.repeat(40) }),
          (event) => event.phase === 'work',
        ),
    ],
    ['a gate said to be of another tree', 'trees', () => forged('gate_checked', (event) => ({ ...event, tree: 'a'.repeat(40) }))],
    [
      'tests said to be proven, without a run that failed',
      'evidence',
      () => without((event) => event.type === 'tests_ran' && event.phase === 'gate'),
    ],
    ['a verdict', 'decisions', () => forged('reviewed', (event) => ({ ...event, verdict: 'proceed' }), inRound(1))],
    [
      'a verdict with its findings set aside',
      'decisions',
      () =>
        forged(
          'reviewed',
          (event) => ({ ...event, verdict: 'proceed', blocking: [], review: { ...event.review!, findings: [] } }),
          inRound(1),
        ),
    ],
    [
      'a finding made milder',
      'decisions',
      () =>
        forged(
          'reviewed',
          (event) => ({
            ...event,
            review: { ...event.review!, findings: event.review!.findings.map((one) => ({ ...one, severity: 'minor' })) },
          }),
          inRound(1),
        ),
    ],
    [
      'a finding that no longer asks for a revision',
      'decisions',
      () => forged('reviewed', (event) => ({ ...event, blocking: [] }), inRound(1)),
    ],
    [
      'a requirement said to be met otherwise',
      'decisions',
      () => forged('reviewed', (event) => ({ ...event, review: { ...event.review!, requirements: [] } }), inRound(2)),
    ],
    [
      'a gate that refused',
      'decisions',
      () =>
        forged(
          'gate_checked',
          (event) => ({ ...event, outcome: 'refused' }),
          (event) => event.gate === 'scope',
        ),
    ],
    ['a push without its gates', 'decisions', () => without((event) => event.type === 'gate_checked' && event.turn === 10)],
    ['a push without its review', 'decisions', () => without((event) => event.type === 'reviewed' && event.round === 2)],
    ['another pull request', 'decisions', () => forged('pull_request_opened', (event) => ({ ...event, number: 9 }))],
    [
      'two turns that changed places',
      'replies',
      () => {
        const at = (turn: number) => events.filter((event) => 'turn' in event && event.turn === turn);
        return rechained([...events.slice(0, 10), ...at(3), ...at(2), ...events.slice(26)]);
      },
    ],
    [
      'two turns that changed places and numbers',
      'requests',
      () => {
        const as = (turn: number, now: number) =>
          events.filter((event) => 'turn' in event && event.turn === turn).map((event) => ({ ...event, turn: now }) as Event);
        return rechained([...events.slice(0, 10), ...as(3, 2), ...as(2, 3), ...events.slice(26)]);
      },
    ],
  ];
  it.each(cases)('finds %s (%s)', async (_, name, tampered) => {
    const { ok, checks } = await checked(tampered());
    const found = checks.filter((check) => check.ok === false);
    expect(found.map((check) => check.name)).toContain(name);
    // The first event that does not fit is named.
    expect(found.find((check) => check.name === name)?.detail).toMatch(/event \d+/);
    expect(ok).toBe(false);
  });

  it('says what stays open when all that hangs on it was altered too, and finds it by the commit', async () => {
    const cheaper = events.map((event) => {
      if (event.type === 'replied') return { ...event, cost_usd: 0 };
      return event.type === 'run_ended' ? { ...event, totals: { ...event.totals, cost_usd: 0 } } : event;
    });
    const alone = await checked(rechained(cheaper));
    expect(alone.ok).toBe(true);
    expect(alone.checks.at(-1)).toMatchObject({ name: 'anchors', ok: 'unknown' });
    expect(alone.checks.at(-1)?.detail).toContain('cannot be detected');
    const published = await checked(rechained(cheaper), true);
    expect(published.checks.filter(({ ok }) => ok === false).map(({ name }) => name)).toEqual(['commit']);
  });

  it('does not hold a run of another version against this one', async () => {
    const other = rechained(
      events.map((event) =>
        event.type === 'run_started' ? { ...event, version: '9.0.0', config: { ...event.config, effort: 'max' } } : event,
      ),
    );
    const { ok, checks } = await checked(other);
    expect(checks.find(({ name }) => name === 'requests')).toMatchObject({ ok: 'unknown' });
    expect(checks.find(({ name }) => name === 'requests')?.detail).toContain('made by version 9.0.0');
    expect(ok).toBe(true);
  });
});
