import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { RunnerLog } from './runner-log.ts';
import { runAction, runtimeToken, type RunnerOptions, type RunnerResult } from './runner.ts';

const actionYml = `
name: Probe
description: Probe
inputs:
  plain: { description: x, default: from the action }
  with-hyphen: { description: x }
  token: { description: x, default: '\${{ github.token }}' }
runs: { using: node24, main: dist/main.js, post: dist/post.js, post-if: always() }
`;

let folder: string;
const results: RunnerResult[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'probe-'));
  for (const path of ['dist', 'work']) mkdirSync(join(folder, path));
  writeFileSync(join(folder, 'action.yml'), actionYml);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
});

afterEach(() => {
  for (const result of results.splice(0)) result.cleanUp();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs an action whose main and post are these programs. */
async function run(main: string, post = '', options: Partial<RunnerOptions> = {}): Promise<RunnerResult> {
  writeFileSync(join(folder, 'dist/main.js'), `import { appendFileSync, readFileSync, writeFileSync, mkdirSync } from 'node:fs';\n${main}`);
  writeFileSync(join(folder, 'dist/post.js'), post);
  const result = await runAction({
    action: folder,
    event: { name: 'issues', payload: { action: 'labeled' } },
    workspace: join(folder, 'work'),
    repository: 'octo/repo',
    apiUrl: 'http://127.0.0.1:1',
    serverUrl: 'http://github.localhost:1',
    githubToken: 'ghs_token',
    ...options,
  });
  results.push(result);
  return result;
}

describe('runAction', () => {
  test('gives inputs under the names of the runner, defaults included', async () => {
    const main = `console.log(JSON.stringify(Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('INPUT_')))));`;
    const { log } = await run(main, '', { inputs: { 'with-hyphen': 'given' } });
    expect(JSON.parse(log)).toEqual({ INPUT_PLAIN: 'from the action', 'INPUT_WITH-HYPHEN': 'given', INPUT_TOKEN: 'ghs_token' });
  });

  test('reads outputs, state and summary, and hands the state to post', async () => {
    const main = `
      appendFileSync(process.env.GITHUB_OUTPUT, 'one=1\\ntwo<<EOF\\na=b\\n<<c\\nEOF\\n');
      appendFileSync(process.env.GITHUB_STATE, 'pid<<X\\n42\\nX\\n');
      appendFileSync(process.env.GITHUB_STEP_SUMMARY, '# Done');`;
    const result = await run(main, `console.log('post', process.env.STATE_pid, process.env.INPUT_PLAIN);`);
    expect(result).toMatchObject({
      exitCode: 0,
      outputs: { one: '1', two: 'a=b\n<<c' },
      state: { pid: '42' },
      summary: '# Done',
      postExitCode: 0,
    });
    expect(result.postLog).toBe('post 42 from the action\n');
  });

  test('runs in the workspace with the event and nothing of the caller but PATH', async () => {
    process.env['CANARY'] = 'caller';
    try {
      const { log } = await run(
        `console.log(JSON.stringify([process.cwd(), readFileSync(process.env.GITHUB_EVENT_PATH, 'utf8'), process.env.CANARY ?? null, process.versions.node.split('.')[0]]));`,
      );
      expect(JSON.parse(log)).toEqual([join(folder, 'work'), '{"action":"labeled"}', null, '24']);
    } finally {
      delete process.env['CANARY'];
    }
  });

  test('runs post after a failure, and after a kill at a given moment', async () => {
    expect(await run('process.exit(3)', `console.log('post')`)).toMatchObject({ exitCode: 3, postExitCode: 0, postLog: 'post\n' });
    const killed = await run(`console.log('half way'); setInterval(() => {}, 1000);`, `console.log('post')`, {
      during: async (running) => {
        await running.logged('half way');
        running.kill();
      },
    });
    expect(killed).toMatchObject({ exitCode: null, signal: 'SIGKILL', postExitCode: 0 });
  });

  test('cancels with SIGINT first', async () => {
    const main = `process.on('SIGINT', () => { console.log('asked to stop'); process.exit(1); }); console.log('ready'); setInterval(() => {}, 1000);`;
    const result = await run(main, '', { during: async (running) => (await running.logged(/ready/), running.cancel()) });
    expect(result).toMatchObject({ exitCode: 1, signal: null, log: 'ready\nasked to stop\n' });
    expect(result.durationMs).toBeLessThan(5000);
  });

  test('cancels a step that does not listen with SIGTERM and then SIGKILL', async () => {
    const main = `for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => console.log(name)); console.log('ready'); setInterval(() => {}, 1000);`;
    const result = await run(main, '', {
      patience: { interrupt: 300, terminate: 200 },
      during: async (running) => (await running.logged('ready'), running.cancel()),
    });
    expect(result).toMatchObject({ exitCode: null, signal: 'SIGKILL', log: 'ready\nSIGINT\nSIGTERM\n' });
    expect(result.durationMs).toBeGreaterThan(500);
  });

  test('says so when a step ends without what was waited for', async () => {
    await expect(run(`console.log('other')`, '', { during: (running) => running.logged('never') })).rejects.toThrow(
      'ended without logging never',
    );
  });

  test('kills a step that takes too long', async () => {
    expect(await run('setInterval(() => {}, 1000)', '', { timeoutMs: 300 })).toMatchObject({ signal: 'SIGKILL' });
  });

  test('names the folder of the run and removes everything', async () => {
    const result = await run(
      `mkdirSync(process.env.RUNNER_TEMP + '/alchemist'); writeFileSync(process.env.RUNNER_TEMP + '/alchemist/a', 'b');`,
    );
    expect(readFileSync(join(result.folder, 'a'), 'utf8')).toBe('b');
    result.cleanUp();
    expect(existsSync(result.root)).toBe(false);
  });

  test('has a runtime token only where there is an artifact service', async () => {
    const main = `console.log(process.env.ACTIONS_RUNTIME_TOKEN ?? 'none')`;
    expect((await run(main)).log).toBe('none\n');
    const token = (await run(main, '', { resultsUrl: 'http://127.0.0.1:1/', runId: '9' })).log.trim();
    expect(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())).toMatchObject({
      scp: expect.stringContaining('Actions.Results:9:job-1'),
    });
    expect(runtimeToken('1', '2').split('.')).toHaveLength(3);
  });
});

describe('the log', () => {
  function logOf(text: string, secrets: readonly string[] = []): RunnerLog {
    const log = new RunnerLog(secrets);
    for (const chunk of text.match(/[\s\S]{1,7}/g) ?? []) log.add('stdout', chunk);
    log.end();
    return log;
  }

  test('masks what it is told to, from there on, and never shows the command', () => {
    expect(logOf('a hush\n::add-mask::hush\nb hush\n').text).toBe('a hush\nb ***\n');
    expect(logOf('x secret y', ['secret']).text).toBe('x *** y\n');
  });

  test('masks every line of a value of several', () => {
    expect(logOf('::add-mask::one%0Atwo\nsay one and two\n').text).toBe('say *** and ***\n');
  });

  test('collects commands of both forms with their decoded message', () => {
    const { commands } = logOf('::error file=a.ts,line=1::bad%0Aidea%25\n  ::warning::careful\nsome text ##[notice]look\n');
    expect(commands).toEqual([
      { name: 'error', properties: 'file=a.ts,line=1', message: 'bad\nidea%' },
      { name: 'warning', properties: '', message: 'careful' },
      { name: 'notice', properties: '', message: 'look' },
    ]);
  });

  test('takes a line after a carriage return for a line', () => {
    expect(logOf('progress\r::error::hidden\n').commands).toHaveLength(1);
  });

  test('carries out nothing between stop-commands and its token', () => {
    const log = logOf('::stop-commands::tok\n::error::from the model\n::tok::\n::error::ours\n');
    expect(log.commands.map(({ message }) => message)).toEqual(['ours']);
    expect(log.text).toContain('::error::from the model\n');
  });
});
