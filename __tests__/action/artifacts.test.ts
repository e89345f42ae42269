import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { FILES, ISSUE, review, world, type Ran, type World, type WorldOptions } from '../support/world.ts';
import { ANSWERED, expectFaithful, fileOf, ownComment, QUICK, QUICK_WORK } from './common.ts';

let open: World | undefined;
afterEach(async () => open?.close());

async function run(options: WorldOptions): Promise<{ here: World; ran: Ran }> {
  open = await world({ turns: { work: ANSWERED }, ...options, inputs: { ...QUICK, ...options.inputs } });
  const ran = await open.run();
  expectFaithful(open, ran);
  return { here: open, ran };
}

/** Names in a zip file: its central directory (PKWARE's APPNOTE, 4.3.12). */
function namesIn(zip: Buffer): string[] {
  const names: string[] = [];
  for (let at = zip.indexOf('PK\u0001\u0002', 0, 'latin1'); at >= 0; at = zip.indexOf('PK\u0001\u0002', at + 4, 'latin1')) {
    names.push(zip.toString('utf8', at + 46, at + 46 + zip.readUInt16LE(at + 28)));
  }
  return names;
}

describe('the run’s files', () => {
  it('are uploaded as one artifact: transcript, report, summary, patch and logs', async () => {
    const { here, ran } = await run({ turns: { work: QUICK_WORK, review: [review()] }, inputs: { 'test-command': 'echo all is well' } });
    expect(ran.outputs['conclusion']).toBe('pull_request');
    expect(here.github.artifacts.map(({ name }) => name)).toEqual(['alchemist-transcript']);
    const names = namesIn(here.github.artifacts[0]?.zip ?? Buffer.alloc(0)).filter((name) => !name.endsWith('/'));
    expect(names).toEqual(
      expect.arrayContaining(['transcript.jsonl', 'report.html', 'summary.md', 'change.patch', expect.stringMatching(/^logs\/.+\.txt$/)]),
    );
    expect(fileOf(ran, 'change.patch')).toContain('diff --git a/src/sum.js b/src/sum.js');
    expect(fileOf(ran, 'summary.md')).toContain('sum([]) throws');
    expect(ran.summary).toContain('sum([]) throws');
    const report = fileOf(ran, 'report.html');
    expect(report).toContain('Content-Security-Policy');
    expect(report).not.toMatch(/<(?:script|link|img)[^>]+(?:src|href)=["']?https?:/i);
  });

  it('get another name where theirs is taken in this workflow run, and a counter after that', async () => {
    const github = { files: FILES, issues: [ISSUE], takenArtifactNames: ['trail', 'trail-issue-7'] };
    const { here, ran } = await run({ github, inputs: { 'artifact-name': 'trail', 'artifact-retention-days': '3' } });
    expect(here.github.artifacts.map(({ name }) => name)).toEqual(['trail-issue-7-2']);
    expect(ran.outputs['artifact-id']).toBe(String(here.github.artifacts[0]?.id));
    expect(Date.parse(here.github.artifacts[0]?.expiresAt ?? '')).toBeLessThan(Date.now() + 4 * 86_400_000);
  });

  it('stay where they are without an artifact service, and the log says where', async () => {
    const { here, ran } = await run({ runner: { env: { ACTIONS_RUNTIME_TOKEN: undefined } } });
    expect(ran.outputs).toMatchObject({ conclusion: 'answered', 'artifact-id': '', 'artifact-url': '' });
    expect(here.github.artifacts).toEqual([]);
    const warnings = ran.commands.filter(({ name }) => name === 'warning').map(({ message }) => message);
    expect(warnings).toEqual([expect.stringContaining(ran.folder)]);
    expect(readFileSync(ran.outputs['transcript-path'] ?? '', 'utf8')).toContain('run_ended');
    expect(ran.outputs['transcript-path']).toBe(join(ran.folder, 'transcript.jsonl'));
  });

  it('are not lost where the artifact service is down: a warning, and the ending stands', async () => {
    const faults = [{ operation: 'artifact', status: 400, times: 99 }];
    const { here, ran } = await run({ github: { files: FILES, issues: [ISSUE], faults } });
    expect(ran.outputs).toMatchObject({ conclusion: 'answered', 'artifact-id': '' });
    expect(ran.commands.filter(({ name }) => name === 'warning').map(({ message }) => message)).toEqual([
      expect.stringContaining(ran.folder),
    ]);
    expect(ownComment(here)).toContain('It is so by design.');
  });
});
