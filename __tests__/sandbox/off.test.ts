import { afterEach, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { hostEnvironment, off } from '../../src/sandbox/off.ts';
import { cleanUp, emptyFolder, neverAborted, repository, startHost, TOOLHOST } from '../toolhost/started.ts';

afterEach(cleanUp);

const CANARY = 'canary-3f9a';
const runner = {
  PATH: process.env['PATH'],
  HOME: '/home/runner',
  LANG: 'en_US.UTF-8',
  LC_TIME: 'C',
  JAVA_HOME_21_X64: '/opt/java',
  GOROOT_1_22_X64: '/opt/go',
  RUNNER_TOOL_CACHE: '/opt/hostedtoolcache',
  'INPUT_ANTHROPIC-API-KEY': CANARY,
  INPUT_GITHUB_TOKEN: CANARY,
  GITHUB_TOKEN: CANARY,
  GITHUB_ENV: `/tmp/${CANARY}`,
  GITHUB_OUTPUT: `/tmp/${CANARY}`,
  ACTIONS_RUNTIME_TOKEN: CANARY,
  ACTIONS_ID_TOKEN_REQUEST_URL: CANARY,
  RUNNER_TEMP: `/tmp/${CANARY}`,
  ANTHROPIC_API_KEY: CANARY,
  AWS_SECRET_ACCESS_KEY: CANARY,
  NPM_TOKEN: CANARY,
  DATABASE_PASSWORD: CANARY,
  DATABASE_URL: CANARY,
  NODE_OPTIONS: `--require /tmp/${CANARY}`,
  BASH_ENV: `/tmp/${CANARY}`,
  LD_PRELOAD: `/tmp/${CANARY}`,
  SSH_AUTH_SOCK: CANARY,
  GOPROXY: `https://user:${CANARY}@proxy.example.org`,
  PIP_INDEX_URL: 'https://pypi.example.org/simple',
};

describe('the environment of the tool host', () => {
  it('holds what tools need and nothing else', () => {
    expect(hostEnvironment(runner)).toEqual({
      PATH: process.env['PATH'],
      HOME: '/home/runner',
      LANG: 'en_US.UTF-8',
      LC_TIME: 'C',
      JAVA_HOME_21_X64: '/opt/java',
      GOROOT_1_22_X64: '/opt/go',
      RUNNER_TOOL_CACHE: '/opt/hostedtoolcache',
      PIP_INDEX_URL: 'https://pypi.example.org/simple',
      TERM: 'dumb',
    });
  });

  it('has a path and a language even where the surroundings have none', () => {
    expect(hostEnvironment({})).toEqual({ PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8', TERM: 'dumb' });
  });
});

describe('sandbox: off', () => {
  it('starts the host in the workspace, without any secret in its own or its commands’ environment', async () => {
    const host = await startHost(repository({ 'a.txt': 'a\n' }), { environment: { ...runner, HOME: process.env['HOME'] } });
    const { output } = await host.run('pwd; env; tr "\\0" "\\n" < /proc/$PPID/environ');
    expect(output.startsWith(`${host.root}\n`)).toBe(true);
    expect(output).not.toContain(CANARY);
  });

  it('says that it isolates nothing', async () => {
    const folder = emptyFolder();
    const launched = await off(process.env)(
      { workspace: folder, node: process.execPath, toolhost: TOOLHOST, scratch: folder, network: 'open', allowedHosts: [] },
      neverAborted,
    );
    expect(launched.facts).toMatchObject({ launcher: 'off', level: 'none' });
    expect(launched.facts.lacks.join()).toContain('environ');
    await launched.close();
    await launched.close();
    expect(() => readFileSync(`/proc/${launched.child.pid}/stat`)).toThrow();
  });

  it('does not start after a cancellation', async () => {
    const launch = { workspace: '/', node: process.execPath, toolhost: TOOLHOST, scratch: '/', network: 'open', allowedHosts: [] } as const;
    await expect(off({})(launch, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
  });
});
