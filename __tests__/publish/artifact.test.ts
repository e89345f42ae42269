import { execFile } from 'node:child_process';
import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type GitHubOptions, type GitHubServer, startGitHub } from '../support/github/server.ts';

let server: GitHubServer;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'artifact-'));
  await mkdir(join(folder, 'logs'));
  await writeFile(join(folder, 'transcript.jsonl'), '{"seq":0}\n');
  await writeFile(join(folder, 'logs', '0001.txt'), 'hello\n');
});

afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function upload(
  options: GitHubOptions,
  environment: Record<string, string | undefined> = {},
): Promise<{ uploaded: unknown; warnings: string[] }> {
  server = await startGitHub(options);
  const given = {
    folder,
    name: 'trail',
    fallbackNames: ['trail-issue-7', 'trail-issue-7-2'],
    retentionDays: 3,
    runUrl: 'http://github.localhost/o/r/actions/runs/9',
  };
  const env = { PATH: process.env['PATH'], ...server.environment, ...environment } as NodeJS.ProcessEnv;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [fileURLToPath(new URL('upload.ts', import.meta.url)), JSON.stringify(given)],
    { env },
  );
  return JSON.parse(/^=== (.*)$/m.exec(stdout)![1]!) as { uploaded: unknown; warnings: string[] };
}

/** Names in a zip's central directory. */
function names(zip: Buffer): string[] {
  const found: string[] = [];
  for (let at = zip.indexOf('PK\u0001\u0002'); at >= 0; at = zip.indexOf('PK\u0001\u0002', at + 4)) {
    found.push(zip.subarray(at + 46, at + 46 + zip.readUInt16LE(at + 28)).toString());
  }
  return found.sort();
}

test('uploads the whole folder as one zip, with its retention', async () => {
  await symlink('/etc/hosts', join(folder, 'link'));
  const { uploaded, warnings } = await upload({});
  expect(warnings).toEqual([]);
  expect(uploaded).toEqual({ id: 7001, name: 'trail', url: 'http://github.localhost/o/r/actions/runs/9/artifacts/7001' });
  expect(server.artifacts).toHaveLength(1);
  expect(names(server.artifacts[0]!.zip)).toEqual(['logs/0001.txt', 'transcript.jsonl']);
  const days = (new Date(server.artifacts[0]!.expiresAt!).getTime() - Date.now()) / 86_400_000;
  expect(Math.round(days)).toBe(3);
});

test('takes the next name where one is taken', async () => {
  const { uploaded } = await upload({ takenArtifactNames: ['trail', 'trail-issue-7'] });
  expect(uploaded).toMatchObject({ name: 'trail-issue-7-2' });
});

test('says where the files are when every name is taken', async () => {
  const { uploaded, warnings } = await upload({ takenArtifactNames: ['trail', 'trail-issue-7', 'trail-issue-7-2'] });
  expect(uploaded).toBeNull();
  expect(warnings).toEqual([expect.stringContaining(`The files are in ${folder}`)]);
});

test.each([
  ['there is no token', { ACTIONS_RUNTIME_TOKEN: undefined }, /ACTIONS_RUNTIME_TOKEN/],
  ['there is no address', { ACTIONS_RESULTS_URL: undefined }, /ACTIONS_RESULTS_URL/],
  ['the package refuses Enterprise Server', { GITHUB_SERVER_URL: 'https://github.example.com' }, /Enterprise Server/],
  ['nobody listens', { ACTIONS_RESULTS_URL: 'http://127.0.0.1:9/' }, /ECONNREFUSED/],
  ['the token is no JWT', { ACTIONS_RUNTIME_TOKEN: 'nonsense' }, /token/i],
])('warns and goes on when %s', async (_name, environment, words) => {
  const { uploaded, warnings } = await upload({}, environment);
  expect(uploaded).toBeNull();
  expect(warnings).toEqual([expect.stringMatching(words)]);
  expect(warnings[0]).toContain(`The files are in ${folder}`);
});
