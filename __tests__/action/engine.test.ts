import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from '@jest/globals';
import { DEFAULT_TOKEN } from '../support/github/server.ts';
import { runtimeToken } from '../support/runner.ts';
import { commented, ISSUE, KEY, world, type World } from '../support/world.ts';

const repositoryRoot = fileURLToPath(new URL('../../', import.meta.url));
const SAID = '@alchemist please fix this';

/** github.com/nektos/act, a workflow engine that is not ours: it reads the example workflow, decides its `if:`, sets `INPUT_*` and starts main and post. */
const engine = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'act'))
  .find(isProgram);
const withEngine = engine !== undefined || process.env['CI'] ? test : test.skip;
if (withEngine === test.skip) console.log('Skipped: act is not on this machine (go install github.com/nektos/act@v0.2.89).');

let place: World | undefined;
let folder: string | undefined;
afterEach(async () => {
  await place?.close();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  place = folder = undefined;
});

withEngine(
  'the example workflow, read by a workflow engine, turns a comment into a pull request, and other comments start nothing',
  async () => {
    const comments = [{ id: 99, body: SAID, login: 'maintainer', association: 'MEMBER' as const }];
    place = await world({ github: { issues: [{ ...ISSUE, comments }] } });

    const idle = await act(place, 'what do you think of @someone?');
    expect([idle.code, idle.log.includes('Run Main')]).toEqual([0, false]);
    expect(place.github.state.pulls.size).toBe(0);

    const { code, log } = await act(place, SAID);
    expect([code, log]).toEqual([0, expect.stringContaining('Success - Main octo/alchemist@v1')]);
    expect(log).toContain('Success - Post octo/alchemist@v1');
    expect(log).toContain('::set-output:: conclusion=pull_request');
    expect(log).toContain('::set-output:: tests=proven');
    expect(log).not.toContain(KEY);
    const [pull] = [...place.github.state.pulls.values()];
    expect([pull?.title, pull?.draft]).toEqual(['sum([]) answers 0', false]);
    expect(place.github.artifacts.length).toBe(1);
    expect(place.github.violations).toEqual([]);
  },
  120_000,
);

/** Runs the example workflow as a newcomer would copy it, for one comment on the issue. */
async function act({ github, messages, workspace }: World, said: string): Promise<{ code: number | null; log: string }> {
  folder ??= mkdtempSync(join(tmpdir(), 'engine-'));
  // What a tag of the action holds, without what only its developers need: the engine copies all of it.
  const action = join(folder, 'action');
  for (const name of ['action.yml', 'dist']) cpSync(join(repositoryRoot, name), join(action, name), { recursive: true });
  const workflow = join(folder, 'alchemist.yml');
  const event = join(folder, 'event.json');
  writeFileSync(workflow, exampleFor(messages.url));
  writeFileSync(event, JSON.stringify(commented(said)?.payload));
  const variables = {
    GITHUB_API_URL: github.apiUrl,
    GITHUB_SERVER_URL: github.serverUrl,
    GITHUB_REPOSITORY: `${github.state.owner}/${github.state.repo}`,
    ACTIONS_RESULTS_URL: `${github.apiUrl}/`,
    ACTIONS_RUNTIME_TOKEN: runtimeToken('1', 'job-1'),
  };
  const words = [
    ['issue_comment', '--eventpath', event, '--workflows', workflow, '--actor', 'maintainer'],
    ['--platform', 'ubuntu-latest=-self-hosted', '--no-cache-server', '--local-repository', `octo/alchemist@v1=${action}`],
    ['--secret', `ANTHROPIC_API_KEY=${KEY}`, '--secret', `GITHUB_TOKEN=${DEFAULT_TOKEN}`],
    Object.entries(variables).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
  ].flat();
  // The engine looks for `node` on the PATH: the one that runs this.
  const path = [join(process.execPath, '..'), process.env['PATH'] ?? ''].join(delimiter);
  const child = spawn(engine ?? 'act', words, { cwd: workspace, env: { PATH: path, HOME: folder, XDG_CACHE_HOME: join(folder, 'cache') } });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (log += piece.toString()));
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code, log };
}

/** The example, with what its comments ask the reader to fill in. The engine puts the checkout there itself, and does not know `queue` yet. */
function exampleFor(messagesUrl: string): string {
  const example = readFileSync(join(repositoryRoot, 'examples', 'alchemist.yml'), 'utf8');
  const edits: [string | RegExp, string][] = [
    ['OWNER/alchemist@COMMIT', 'octo/alchemist@v1'],
    [/ *- uses: actions\/checkout@.*\n +with:\n +persist-credentials:.*\n/, ''],
    [/ *queue: max.*\n/, ''],
    ['anthropic-api-key:', `anthropic-base-url: ${messagesUrl}\n          anthropic-api-key:`],
  ];
  return edits.reduce((text, [from, to]) => {
    const next = text.replace(from, to);
    if (next === text) throw new Error(`The example has no ${String(from)} any more.`);
    return next;
  }, example);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
