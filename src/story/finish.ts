import { appendFileSync } from 'node:fs';
import * as core from '@actions/core';
import { uploadArtifact, type UploadedArtifact } from './artifact.ts';
import { logLine } from './outbound.ts';
import type { Progress } from './progress.ts';
import type { PublicationText } from './publication.ts';
import { outputsOf } from '../reports/outputs.ts';
import { reportHtml } from '../reports/html.ts';
import { summaryMarkdown } from '../reports/summary.ts';
import type { RunFolder } from './run-folder.ts';
import type { Conclusion, Transcript } from '../transcript/events.ts';
import type { Redactor } from '../transcript/redaction.ts';
import { endingOf, lastOf } from '../transcript/find.ts';

/** The step is red for these: the table of endings in the README. */
const RED: readonly Conclusion[] = ['out_of_budget', 'failed', 'rejected_by_review', 'cancelled'];

export type Finish = Readonly<{
  transcript: Transcript;
  folder: RunFolder;
  progress: Progress;
  text: PublicationText;
  redactor: Redactor;
  /** Uploaded before this process began. */
  uploaded?: UploadedArtifact | undefined;
  artifact: Readonly<{ name: string; retentionDays: number | undefined; serviceKnown: boolean }>;
}>;

/** Tells the ending everywhere: files, comment, artifact, step summary, outputs, exit status. What fails on the way is a warning, and the rest is still told. */
export async function finish(run: Finish): Promise<void> {
  const { transcript, folder, progress } = run;
  const summary = attempt('the summary', () => summaryMarkdown(transcript, { text: run.text })) ?? '';
  attempt('summary.md', () => folder.write('summary.md', summary));
  attempt('report.html', () => folder.write('report.html', reportHtml(transcript)));
  // People first: the comment must stand even where the upload hangs until the job is killed.
  await progress.finish(transcript);
  attempt('the step summary', () => appendSummary(run.redactor.clean(summary).text));
  setOutputs({ ...outputsOf(transcript), ...files(run) }, run.redactor);
  const uploaded = run.uploaded ?? (await within(upload(run), UPLOAD_MS));
  // Killed after this, `post` ends the comment and uploads nothing twice.
  if (uploaded) attempt('the state', () => core.saveState('uploaded', JSON.stringify(uploaded)));
  setOutputs(artifactOutputs(uploaded), run.redactor);
  // Once more, with what became of the files.
  await progress.finish(transcript, uploaded ? { artifactUrl: uploaded.url } : { artifactMissing: true });
  const ending = endingOf(transcript);
  closeWith(ending?.conclusion ?? 'failed', run.redactor.clean(ending?.reason ?? 'The run was cut off before it could end.').text);
}

/** The service may accept a connection and never answer. */
const UPLOAD_MS = 180_000;

async function within<T>(work: Promise<T>, ms: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => {
      core.warning(`The artifact was not uploaded within ${ms / 1000} s.`);
      resolve(null);
    }, ms);
  });
  return Promise.race([work, late]).finally(() => {
    clearTimeout(timer);
  });
}

function setOutputs(outputs: Readonly<Record<string, string>>, redactor: Redactor): void {
  for (const [name, value] of Object.entries(outputs)) {
    attempt(`the output ${name}`, () => {
      core.setOutput(name, redactor.clean(value).text);
    });
  }
}

/** An ending without a run: nobody asked, somebody who may not asked, or nothing could be started. Writes nothing to GitHub. */
export function conclude(conclusion: Conclusion, reason: string): void {
  const nothing = { 'transcript-path': '', 'report-path': '', ...artifactOutputs(null) };
  const outputs = {
    ...outputsOf([]),
    ...nothing,
    conclusion,
    'exit-reason': reason.replaceAll(/\s+/g, ' ').trim(),
    turns: '0',
    tests: 'none',
    'transcript-sha256': '',
  };
  for (const [name, value] of Object.entries(outputs)) attempt(`the output ${name}`, () => core.setOutput(name, value));
  attempt('the step summary', () => appendSummary(`## Alchemist: ${conclusion}\n\n${logLine(reason, '')}\n`));
  closeWith(conclusion, reason);
}

/** One line of the log. What models and files say must not command the runner. */
export function say(line: string, redactor: Redactor): void {
  process.stdout.write(`${logLine(redactor.clean(line).text, '')}\n`);
}

function closeWith(conclusion: Conclusion, reason: string): void {
  const line = logLine(reason, '').replaceAll('\n', ' ');
  if (RED.includes(conclusion)) core.setFailed(`${conclusion}: ${line}`);
  else core.info(`${conclusion}: ${line}`);
}

function files({ folder, transcript }: Finish): Record<string, string> {
  return {
    'transcript-path': folder.transcript,
    'report-path': folder.report,
    'exit-reason': endingOf(transcript)?.reason.replaceAll(/\s+/g, ' ').trim() ?? '',
  };
}

function artifactOutputs(uploaded: UploadedArtifact | null): Record<string, string> {
  return { 'artifact-id': uploaded ? String(uploaded.id) : '', 'artifact-url': uploaded?.url ?? '' };
}

async function upload({ transcript, folder, artifact }: Finish): Promise<UploadedArtifact | null> {
  const started = lastOf(transcript, 'run_started');
  const number = started?.ticket.number;
  const own = `${artifact.name}-${number === undefined ? `run-${started?.run.id ?? ''}` : `issue-${number}`}`;
  const fallbackNames = [own, ...[2, 3, 4, 5, 6, 7, 8, 9].map((counter) => `${own}-${counter}`)];
  return uploadArtifact({ folder: folder.path, ...artifact, fallbackNames, runUrl: started?.run.url, onWarning: core.warning });
}

/** GitHub keeps 1 MiB of a step's summary; it is appended, since other steps of ours may have written. */
function appendSummary(text: string): void {
  const file = process.env['GITHUB_STEP_SUMMARY'] ?? '';
  if (file !== '') appendFileSync(file, text);
}

function attempt<T>(what: string, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    core.warning(`Could not write ${what}: ${(error as Error).message}`);
    return undefined;
  }
}
