import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startMessagesApi, type Ask, type MessagesApi, type Turn } from '../support/messages-api/server.ts';
import { call, KEY, say, turn } from '../support/world.ts';

const root = join(import.meta.dirname, '..', '..');
let api: MessagesApi;
beforeAll(async () => {
  api = await startMessagesApi({ turns: reviewer, apiKey: KEY });
});
afterAll(() => api.close());

/**
 * A reviewer with three rules: debug prints are wrong, what is no file of the plan serves nothing, and a change without `src/cart.js` mends nothing. And it faults one thing that is
 * right, in one change alone.
 */
function reviewer({ conversation, index, request }: Ask): Turn {
  if (conversation !== 'review') throw new Error('nobody but the reviewer is asked');
  if (index === 0) return turn(call('read_file', { path: 'src/cart.js' }));
  const first = JSON.stringify(request.messages[0]);
  const message = (JSON.parse(first) as { content: { text: string }[] }).content[0]?.text ?? '';
  const diff = message.slice(message.indexOf('## Diff'), message.indexOf('## File'));
  const files = diff.split(/^diff --git /m).slice(1);
  const path = (file: string): string => /^a\/.* b\/(.*)$/m.exec(file)?.[1] ?? '';
  const findings = files.flatMap((file) => {
    const at = /^ *(\d+) \+.*console\.log/m.exec(file)?.[1] ?? (/items\[i\]\.offer/.test(file) ? '2' : undefined);
    const wrong = { severity: 'major', category: 'debug', claim: 'It prints.', failure_scenario: 'Always.', confidence: 0.9 };
    return at === undefined ? [] : [{ ...wrong, file: path(file), start_line: Number(at), end_line: Number(at) }];
  });
  const hunks = files.flatMap((file) =>
    [...file.matchAll(/^@@ -\d+(?:,\d+)? \+(\d+)/gm)].map(([, start]) => ({
      ...{ file: path(file), start_line: Number(start) },
      requirement: ['src/cart.js', 'test/cart.test.js'].includes(path(file)) ? 'R1' : null,
    })),
  );
  const status = files.some((file) => path(file) === 'src/cart.js') ? 'met' : 'unmet';
  return turn(say(JSON.stringify({ summary: '', requirements: [{ id: 'R1', status, evidence: 'the diff' }], findings, hunks })));
}

async function score(args: readonly string[], env: Record<string, string> = {}): Promise<{ code: number; text: string }> {
  const surroundings = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(root, 'bench', 'review.ts'), ...args], {
      env: surroundings,
    });
    return { code: 0, text: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, text: stdout + stderr };
  }
}

describe('npm run eval:review', () => {
  test('without --live says what the detectors find, and asks nobody', async () => {
    const { code, text } = await score([], { ANTHROPIC_API_KEY: KEY });
    expect([code, text]).toEqual([0, expect.stringContaining('| debug leftover | 4 | 1.00 | 1.00 |')]);
    expect(text).toContain('| bug | 4 | – | 0.00 |');
    expect(text).not.toContain('The reviewer: ');
    expect(api.requests).toEqual([]);
  });

  test('with --live and no key says which is missing', async () => {
    const { code, text } = await score(['--live']);
    expect([code, text]).toEqual([1, expect.stringContaining('ANTHROPIC_API_KEY is not set')]);
    expect((await score(['--live', '--provider', 'openai'])).text).toContain('OPENAI_API_KEY is not set');
  });

  test('with --live scores the review of a run, kind by kind', async () => {
    const { code, text } = await score(['--live', '--anthropic-base-url', api.url], { ANTHROPIC_API_KEY: KEY });
    expect([code, text]).toEqual([0, expect.stringContaining('the right change: 0 findings')]);
    const table = text.slice(text.indexOf('## The reviewer: claude-opus-5-5'));
    const row = (kind: string): string => new RegExp(`^\\| ${kind} .*$`, 'm').exec(table)?.[0] ?? '';
    // One finding beside the defect (line 2 of the change that forgets null), none at one.
    expect(row('bug')).toBe('| bug | 4 | 0.00 | 0.00 |');
    // Another file, and the lock file; a mode has no hunk, and the rest lies in files of the plan.
    expect(row('over-edit')).toBe('| over-edit | 6 | 1.00 | 0.33 |');
    // Both Python tests and the threshold in package.json are outside of the plan.
    expect(row('weakened test')).toBe('| weakened test | 6 | 1.00 | 0.50 |');
    // The print; the breakpoint and the conflict marker are outside of the plan.
    expect(row('debug leftover')).toBe('| debug leftover | 4 | 1.00 | 0.75 |');
    expect(row('secret')).toBe('| secret | 3 | 1.00 | 0.67 |');
    expect(row('missing requirement')).toBe('| missing requirement | 2 | – | 0.50 |');
    expect(text).toMatch(/\$\d+\.\d{4} in all/);
    // 25 changes and the right one, two turns each, and nothing that the API would refuse.
    const asked = api.requests.filter(({ method }) => method === 'POST');
    expect(asked).toHaveLength(52);
    expect(asked.flatMap(({ refused }) => refused ?? [])).toEqual([]);
  }, 120_000);
});
