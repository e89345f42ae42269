import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DEFAULT_TOKEN, git, type GitHubServer, startGitHub } from '../support/github/server.ts';

/** The loopback GitHub must refuse what GitHub refuses, or the tests above prove nothing. */
let server: GitHubServer;
let folder: string;

beforeEach(async () => {
  server = await startGitHub({ files: { 'a.txt': 'a\n' }, issues: [{ number: 1, title: 'One' }] });
  folder = await mkdtemp(join(tmpdir(), 'far-side-'));
});

afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function ask(
  method: string,
  path: string,
  body?: unknown,
  token = DEFAULT_TOKEN,
): Promise<{ status: number; data: Record<string, unknown> }> {
  const response = await fetch(`${server.apiUrl}${path}`, {
    method,
    headers: { authorization: `token ${token}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, data: (await response.json()) as Record<string, unknown> };
}

const repository = '/repos/octo-org/sample';

describe('the loopback GitHub', () => {
  test('can be cloned by its web address, and not be pushed to', async () => {
    await git(folder, ['clone', '--quiet', `${server.serverUrl}/octo-org/sample`, 'clone']);
    expect(await readFile(join(folder, 'clone', 'a.txt'), 'utf8')).toBe('a\n');
    await git(join(folder, 'clone'), ['commit', '--quiet', '--allow-empty', '-m', 'mine']);
    await expect(git(join(folder, 'clone'), ['push', 'origin', 'HEAD:other'])).rejects.toThrow(/403|not granted/);
    expect(Object.keys(await server.objects.refs())).toEqual(['refs/heads/main']);
  });

  test.each([
    ['a field that GitHub does not know', 'POST', '/git/blobs', { content: 'x', encodign: 'base64' }],
    ['a field of the wrong type', 'POST', '/issues/1/comments', { body: 5 }],
    ['a missing field', 'POST', '/git/refs', { ref: 'refs/heads/x' }],
    ['an unknown query parameter', 'GET', '/pulls?stat=open', undefined],
    ['an unknown field in a list', 'POST', '/git/trees', { tree: [{ path: 'x', mode: '100644', text: 'x' }] }],
  ])('refuses and remembers %s', async (_name, method, path, body) => {
    expect((await ask(method, repository + path, body)).status).toBe(422);
    expect(server.violations).toHaveLength(1);
  });

  test('remembers a route that it does not have', async () => {
    expect((await ask('GET', `${repository}/nothing`)).status).toBe(404);
    expect(server.violations).toEqual([`GET ${repository}/nothing: no such route`]);
  });

  test.each([
    ['.git', { path: 'a/.git/config', mode: '100644', content: 'x' }, /malformed path/],
    ['a path that climbs', { path: '../x', mode: '100644', content: 'x' }, /malformed path/],
    ['an unknown blob', { path: 'x', mode: '100644', sha: 'f'.repeat(40) }, /not a valid blob/],
    ['a deletion of nothing', { path: 'missing', mode: '100644', sha: null }, /BadObjectState/],
    ['both content and id', { path: 'x', mode: '100644', sha: 'f'.repeat(40), content: 'x' }, /not both/],
  ])('refuses %s in a tree', async (_name, entry, words) => {
    const main = (await server.objects.ref('refs/heads/main'))!;
    const { status, data } = await ask('POST', `${repository}/git/trees`, { base_tree: main, tree: [entry] });
    expect(status).toBe(422);
    expect(data['message']).toMatch(words);
    expect(server.violations).toEqual([]);
  });

  test('refuses other repositories, bad tokens and archived repositories', async () => {
    expect((await ask('GET', '/repos/octo-org/other')).status).toBe(404);
    expect((await ask('GET', repository, undefined, 'wrong')).data).toMatchObject({ message: 'Bad credentials' });
    server.state.archived = true;
    expect((await ask('POST', `${repository}/issues/1/comments`, { body: 'x' })).data).toMatchObject({
      message: expect.stringContaining('archived'),
    });
  });

  test('answers reads of a private repository to those who may read it', async () => {
    server.state.private = true;
    server.state.tokens.set('blind', { login: 'x[bot]', kind: 'app', permissions: { issues: 'read' } });
    expect((await ask('GET', `${repository}/git/ref/heads/main`, undefined, 'blind')).status).toBe(403);
    expect((await ask('GET', `${repository}/issues/1`, undefined, 'blind')).status).toBe(200);
  });

  test('keeps recorded requests free of tokens', async () => {
    await ask('GET', repository);
    expect(server.requests).toMatchObject([{ operation: 'repos/get', login: 'github-actions[bot]', status: 200 }]);
    expect(JSON.stringify(server.requests)).not.toContain(DEFAULT_TOKEN);
  });

  test('strikes with a fault as often as told, after letting some pass', async () => {
    server.inject({ operation: 'repos/get', status: 503, skip: 1, times: 2 });
    const statuses = [];
    for (let index = 0; index < 4; index++) statuses.push((await ask('GET', repository)).status);
    expect(statuses).toEqual([200, 503, 503, 200]);
  });

  test('starts under plain Node.js, from a copy of a checkout', async () => {
    await git(folder, ['clone', '--quiet', server.cloneUrl, 'clone']);
    const module = new URL('../support/github/server.ts', import.meta.url).href;
    const program = `
      const { startGitHub } = await import(${JSON.stringify(module)});
      const server = await startGitHub({ source: process.argv[1] });
      console.log(Object.keys(await server.objects.refs()).join());
      await server.close();`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program, join(folder, 'clone')]);
    expect(stdout.trim()).toBe('refs/heads/main');
  });
});
