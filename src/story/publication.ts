import type { ToolUseBlock } from '../model/model.ts';
import { NOTICE } from '../agent/notices.ts';
import { ForgeError } from '../forge/error.ts';
import type { GitHub } from '../forge/github.ts';
import { executableConfiguration } from '../publish/policy.ts';
import { openPullRequest, publishTree } from '../publish/publish.ts';
import type { SafeText } from '../reports/markdown.ts';
import { pullRequestBody, pullRequestTitle } from '../reports/pull-request.ts';
import type { Ticket } from '../ticket/ticket.ts';
import type { Host } from '../toolhost/wire.ts';
import type { ContextGathered, Facts, Noticed, Transcript } from '../transcript/events.ts';
import { chained } from '../transcript/chain.ts';
import type { Redactor } from '../transcript/redaction.ts';
import { lastOf, lastTree } from '../transcript/find.ts';
import { openFindings } from '../transcript/findings.ts';
import { pushRequestOf } from '../transcript/plan.ts';

/** The largest file that is published: a larger one is refused by a gate before. */
const MAX_BLOB_BYTES = 10 * 1024 * 1024;
const PATCH_BYTES = 2 * 1024 * 1024;

/** Words for GitHub, made harmless for the place where they are posted. */
export type PublicationText = SafeText & Readonly<{ title(text: string): string; message(text: string): string }>;

export type PublicationParts = Readonly<{
  github: GitHub;
  host: Host;
  context: ContextGathered;
  branch: string;
  /** The branch holds earlier commits that this change adds to. */
  adds: boolean;
  ticket: Ticket;
  text: PublicationText;
  redactor: Redactor;
  artifact: string;
  /** True with the job's default token, whose pull requests start no workflows by themselves. */
  approvalNeeded: boolean;
}>;

/** The effect of an accepted `push_changes`: commit, branch, pull request. After an interruption it goes on where it stopped. */
export function publication(parts: PublicationParts) {
  return async function* (events: Transcript, _call: ToolUseBlock, draft: boolean, signal: AbortSignal): AsyncGenerator<Facts> {
    const warnings: Noticed[] = [];
    const onWarning = (text: string): void => void warnings.push({ type: 'noticed', kind: 'publication', text, to_model: false });
    const { base } = parts.context;
    const tree = lastTree(events) ?? base.tree;
    const { changes } = await parts.host.call('changes', { from: base.tree, to: tree }, signal);
    let told: Transcript = events;
    if (!lastOf(events, 'pushed')) {
      const message = outbound(commitMessage(parts, events), parts.redactor);
      const pushed = await publishTree({
        github: parts.github,
        blob: (id) => blob(parts.host, id, signal),
        changes,
        base,
        tree,
        branch: parts.branch,
        message,
      });
      yield pushed;
      // The loop's list has it by now, with its true link: chained to itself it would name a hash that nothing has.
      if (!lastOf(events, 'pushed')) told = [...events, chained(pushed, events.at(-1), new Date())];
    }
    const patch = await parts.host.call('diff', { from: base.tree, to: tree, max_bytes: PATCH_BYTES }, signal);
    const executableChanges = executableConfiguration(changes.map(({ path }) => path));
    const { text, artifact, approvalNeeded, adds } = parts;
    const options = {
      text,
      draft,
      approvalNeeded,
      executableChanges,
      artifact,
      ...(adds ? { addsTo: base.commit } : {}),
      ...(patch.truncated ? {} : { patch: patch.text }),
    };
    const body = outbound(pullRequestBody(told, options), parts.redactor);
    const title = outbound(text.title(pullRequestTitle(told)), parts.redactor);
    const blocked = openFindings(events).some(({ severity }) => severity === 'blocker');
    try {
      const proposal = {
        github: parts.github,
        branch: parts.branch,
        base: base.branch,
        title,
        body,
        draft,
        askedBy: parts.ticket.askedBy,
        onWarning,
      };
      const opened = await openPullRequest({ ...proposal, whenDraftsAreRefused: blocked ? 'throw' : 'open' });
      yield* warnings;
      yield opened;
    } catch (error) {
      yield* warnings;
      if (!(error instanceof ForgeError) || !/draft pull requests are not supported/i.test(error.said)) throw error;
      yield { type: 'noticed', kind: NOTICE.draftImpossible, text: error.message, to_model: false };
    }
  };
}

/** Title, summary, and the trailers that lead from the commit to its trail. */
function commitMessage({ text }: PublicationParts, events: Transcript): string {
  const run = lastOf(events, 'run_started')?.run;
  const trailers = [`Alchemist-Run: ${run?.url ?? ''}`, `Alchemist-Transcript: sha256:${events.at(-1)?.hash ?? ''}`];
  const summary = text.message(pushRequestOf(events)?.summary ?? '');
  return [text.title(pullRequestTitle(events)), summary, trailers.join('\n')].filter((part) => part !== '').join('\n\n');
}

/** The last gate before GitHub: a known secret never leaves, in whatever encoding; what only looks like one is masked. */
export function outbound(text: string, redactor: Redactor): string {
  if (redactor.known(text))
    throw new Error(
      'A known secret stood in a text that was about to be posted. Nothing was posted; look at the transcript and rotate the secret.',
    );
  return redactor.shapes(text).text;
}

async function blob(host: Host, id: string, signal: AbortSignal): Promise<Uint8Array> {
  const { content } = await host.call('blob', { id, max_bytes: MAX_BLOB_BYTES }, signal);
  return Buffer.from(content, 'base64');
}
