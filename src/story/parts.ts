import type { Parts } from '../agent/parts.ts';
import type { Rules } from '../agent/rules.ts';
import { readTestOutput } from '../evidence/test-output.ts';
import type { ModelFacts } from '../model/model.ts';
import { priceOf } from '../model/prices.ts';
import { REVIEWER_SYSTEM } from '../prompts/reviewer.ts';
import { protectedBy } from '../publish/policy.ts';
import { materialFor } from '../review/material.ts';
import type { Ticket } from '../ticket/ticket.ts';
import type { Host } from '../toolhost/wire.ts';
import { callFaults, definitions } from '../tools/toolbox.ts';
import { withoutSecrets } from '../transcript/redaction.ts';
import { carryOver } from './carry-over.ts';
import { gates } from './gates.ts';
import type { Gathered, GatherParts } from './gather.ts';
import { publication } from './publication.ts';
import type { Run } from './run.ts';
import { startingPoint } from './starting-point.ts';

/** What the context is gathered with. */
export function gatherParts(run: Run, ticket: Ticket, host: Host, signal: AbortSignal): GatherParts {
  const { config, github, branch, defaultBranch, baseAhead, earlier, redactor } = run;
  return {
    config,
    ticket,
    host,
    start: async (facts) => {
      const point = run.start
        ? await run.start(facts)
        : await startingPoint({ facts, config, host, github, branch, defaultBranch, baseAhead }, signal);
      return earlier ? carryOver({ host, earlier, holdsSecret: (text) => redactor.known(text) }, point, signal) : point;
    },
    restore: run.restore ?? true,
    readTests: readTestOutput,
    isProtected: protectedBy(config.protectedPaths),
    clean: (text) => redactor.clean(text).text,
    openLog: (name) => run.folder.openLog(0, name),
  };
}

/** What a run knows once its context is gathered. */
export type Known = Readonly<{ ticket: Ticket; host: Host; gathered: Gathered; models: ReadonlyMap<string, ModelFacts> }>;

/** What the loop works with: rules, model, tools, and the effects that gates, review and publication are. */
export function loopParts(run: Run, known: Known): Parts {
  const { config, redactor } = run;
  const { host, gathered, models } = known;
  return {
    rules: rulesOf(run, known),
    model: run.model,
    effort: config.effort,
    host,
    author: gathered.author,
    reviewer: gathered.reviewer,
    clean: (text) => redactor.clean(text).text,
    holdsSecret: (text) => redactor.known(text),
    redactReply: (message) => withoutSecrets(message, redactor),
    openLog: (turn, name) => run.folder.openLog(turn, name),
    check: gatesOf(run, known),
    reviewMessage: reviewMessageOf(run, known),
    reviewerSystem: REVIEWER_SYSTEM,
    reviewModel: config.reviewModel,
    structuredOutputs: (model) => models.get(model)?.structuredOutputs !== false,
    publish: publication({
      github: run.github,
      host,
      context: gathered.context,
      branch: gathered.branch,
      adds: gathered.adds,
      ticket: known.ticket,
      text: run.text,
      redactor,
      artifact: config.artifactName,
      approvalNeeded: run.approvalNeeded,
    }),
    now: run.now,
    sleep: run.sleep,
  };
}

function gatesOf({ config, redactor, folder, log }: Run, { ticket, host, gathered }: Known): Parts['check'] {
  const { context, testCommand, baseOutput } = gathered;
  return gates({
    host,
    config,
    base: context.base,
    testCommand,
    checkCommand: context.commands.check?.command,
    baseOutput,
    ticket: `${ticket.title}\n${ticket.body}\n${ticket.instruction}`,
    readTests: readTestOutput,
    openLog: (turn, name) => folder.openLog(turn, name),
    redactor,
    events: () => log.events,
  });
}

function reviewMessageOf({ config, redactor }: Run, { ticket, host, gathered, models }: Known): Parts['reviewMessage'] {
  const schemaAsText = models.get(config.reviewModel)?.structuredOutputs === false;
  const { instructions, context } = gathered;
  const clean = (text: string): string => redactor.clean(text).text;
  return (events, state, { round, part }, signal) =>
    materialFor(
      { host, ticket, baseTree: context.base.tree, instructions, schemaAsText, clean },
      events,
      { tree: state.tree, round, part, gates: state.push?.gates ?? [] },
      signal,
    );
}

function rulesOf({ config }: Run, { gathered, models }: Known): Rules {
  return {
    limits: config.limits,
    reviewRounds: config.reviewRounds,
    draft: config.draft,
    dryRun: config.dryRun,
    fallbackModel: config.fallbackModel,
    authorTools: gathered.context.tools,
    reviewerTools: definitions(gathered.reviewer),
    faults: (name, input) => callFaults(gathered.author, name, input),
    price: (model) => priceOf(model, config.priceOverrides),
    maxOutput: (model) => models.get(model)?.maxOutputTokens,
    maxInput: (model) => models.get(model)?.maxInputTokens,
    summaries: (model) => models.get(model)?.summaries !== false,
  };
}
