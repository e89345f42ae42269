/**
 * `npx alchemist demo [--live] [--keep DIR]`: one issue becomes one pull request, on this machine.
 *
 * A Messages API and a GitHub start on loopback, a real `issue_comment` payload is fired at the committed bundle as a runner does it, and what came of it is shown. Without `--live`
 * the model's side is a script (`recording.ts`); everything else is what a workflow gets.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { startGitHub, git, DEFAULT_TOKEN, type GitHubServer } from '../github/server.ts';
import { startMessagesApi } from '../messages-api/server.ts';
import { runAction, type RunnerResult } from '../runner.ts';
import { commentPayload, place, sampleFiles } from './payload.ts';
import { comment, issue, recording } from './recording.ts';
import { body, follow, heading, note } from './terminal.ts';

const HELP = `usage: alchemist demo [--live] [--keep DIR]

  --live      ask a real model: ANTHROPIC_API_KEY must be set; costs some cents
  --keep DIR  put transcript, report and checkout there (default: a new temporary folder)
`;

const cli = join(import.meta.dirname, '..', '..', '..', 'dist', 'cli.js');

const { values } = parseArgs({ options: { live: { type: 'boolean' }, keep: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
if (values.help) process.stdout.write(HELP);
else process.exitCode = await demo({ live: values.live ?? false, keep: values.keep });

/** Plays the demo. Answers the exit code: 0 when a pull request was opened and its transcript verifies, 1 otherwise, 2 for wrong usage. */
async function demo({ live, keep }: { live: boolean; keep: string | undefined }): Promise<number> {
  const key = live ? process.env['ANTHROPIC_API_KEY'] : randomBytes(24).toString('hex');
  if (!key) return usage('--live needs ANTHROPIC_API_KEY in the environment');
  const folder = keep === undefined ? mkdtempSync(join(tmpdir(), 'alchemist-demo-')) : resolve(keep);
  if (existsSync(folder) && readdirSync(folder).length > 0) return usage(`${folder} is not empty`);
  mkdirSync(folder, { recursive: true });
  await using github = await opened();
  await using api = live ? undefined : closing(await startMessagesApi({ turns: recording, apiKey: key }));
  const workspace = join(folder, 'span');
  await git(tmpdir(), ['clone', '--quiet', github.objects.directory, workspace]);

  heading(`Issue #${place.issue} of ${place.owner}/${place.repo}: ${issue.title}`);
  body(`${issue.body}\n\n${place.maintainer}: ${comment}`);
  heading(live ? 'The run, with a real model' : 'The run (the model is a script; everything else is real)');
  const result = await fired(github, workspace, key, api?.url);
  const run = join(folder, 'run');
  if (existsSync(result.folder)) cpSync(result.folder, run, { recursive: true });
  result.cleanUp();
  return await told(github, result, workspace, run);
}

function usage(fault: string): number {
  process.stderr.write(`alchemist demo: ${fault}\n`);
  return 2;
}

/** A GitHub with the sample, its issue and the comment. */
async function opened(): Promise<GitHubServer & AsyncDisposable> {
  const { owner, repo, maintainer, reporter } = place;
  const asked = { id: place.comment, body: comment, login: maintainer, association: 'MEMBER' };
  return closing(
    await startGitHub({
      owner,
      repo,
      files: sampleFiles(),
      accounts: { [maintainer]: { permission: 'write' }, [reporter]: { permission: 'read' } },
      issues: [{ number: place.issue, ...issue, login: reporter, comments: [asked] }],
    }),
  );
}

/** The committed bundle, started as a runner starts it. */
async function fired(github: GitHubServer, workspace: string, key: string, modelUrl: string | undefined): Promise<RunnerResult> {
  return runAction({
    inputs: { 'anthropic-api-key': key, ...(modelUrl !== undefined && { 'anthropic-base-url': modelUrl }), sandbox: await sandbox() },
    event: { name: 'issue_comment', payload: commentPayload(github.serverUrl, new Date().toISOString()) },
    workspace,
    repository: `${place.owner}/${place.repo}`,
    apiUrl: github.apiUrl,
    serverUrl: github.serverUrl,
    githubToken: DEFAULT_TOKEN,
    actor: place.maintainer,
    sha: (await github.objects.ref('refs/heads/main')) ?? '',
    env: github.environment,
    timeoutMs: 35 * 60_000,
    during: ({ process: child }) => follow(child),
  });
}

/** Shows what came of the run, and verifies it. */
async function told(github: GitHubServer, result: RunnerResult, workspace: string, run: string): Promise<number> {
  const { outputs } = result;
  const pull = github.state.pulls.get(Number(outputs['pull-request-number']));
  if (!pull) {
    heading(`No pull request: ${outputs['conclusion'] ?? 'the run gave no conclusion'}`);
    body(outputs['exit-reason'] ?? result.log);
    note(`The run's files: ${run}`);
    return 1;
  }
  heading(`Pull request #${pull.number}${pull.draft ? ' (draft)' : ''}: ${pull.title}`);
  body(pull.body ?? '');
  writeFileSync(join(dirname(run), 'pull-request.md'), pull.body ?? '');
  heading('The diff');
  await git(workspace, ['fetch', '--quiet', 'origin', `${pull.head}:refs/remotes/origin/${pull.head}`]);
  const color = process.stdout.isTTY ? 'always' : 'never';
  body((await git(workspace, ['diff', `--color=${color}`, `origin/main...origin/${pull.head}`])).toString());
  heading('npx alchemist verify');
  const transcript = join(run, 'transcript.jsonl');
  const verified = await verify(transcript, workspace);
  body(verified.text);
  heading('Look for yourself');
  note(`transcript  ${transcript}\nreport      ${join(run, 'report.html')}\ncheckout    ${workspace}`);
  return verified.ok && result.exitCode === 0 ? 0 : 1;
}

/** The action's default where this machine can hold it; elsewhere the sample's tests run as whoever started the demo. */
async function sandbox(): Promise<'auto' | 'off'> {
  try {
    await promisify(execFile)(process.execPath, [cli, 'doctor', '--sandbox']);
    return 'auto';
  } catch {
    note('No sandbox holds on this machine (npx alchemist doctor --sandbox says why): the demo runs with `sandbox: off`.\n');
    return 'off';
  }
}

async function verify(transcript: string, repository: string): Promise<{ ok: boolean; text: string }> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [cli, 'verify', transcript, '--repo', repository]);
    return { ok: true, text: stdout };
  } catch (error) {
    const { stdout = '', stderr = String(error) } = error as { stdout?: string; stderr?: string };
    return { ok: false, text: stdout + stderr };
  }
}

/** Lets `await using` close a far side, also when something throws. */
function closing<T extends { close(): Promise<void> }>(farSide: T): T & AsyncDisposable {
  return Object.assign(farSide, { [Symbol.asyncDispose]: () => farSide.close() });
}
