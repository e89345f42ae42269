import { randomBytes } from 'node:crypto';
import { startingContext } from '../agent/context.ts';
import type { Config } from '../config.ts';
import { AUTHOR_SYSTEM } from '../prompts/author.ts';
import type { StartingPoint } from './starting-point.ts';
import type { Ticket } from '../ticket/ticket.ts';
import { PROTOCOL, type FoundCommand, type Host, type HostFacts, type Overview } from '../toolhost/wire.ts';
import { commandText, OUTPUT_CUT } from '../tools/run-command.ts';
import { testOnce, type ReadTests } from '../tools/run-tests.ts';
import type { Protected } from '../tools/protected.ts';
import { authorDefinitions, authorTools, reviewerTools, type Toolbox } from '../tools/toolbox.ts';
import type { ContextGathered, DiscoveredCommand, Event, Facts, TestsRan } from '../transcript/events.ts';

/** Seconds that the input `setup-command` may take. */
const SETUP_TIMEOUT_S = 900;

export type Gathered = Readonly<{
  context: ContextGathered;
  /** The branch that the change goes to, and whether it adds to earlier commits there. */ branch: string;
  adds: boolean;
  author: Toolbox;
  reviewer: Toolbox;
  instructions: string;
  testCommand: string | undefined;
  /** Of the base run, whole: failures are read from it. */ baseOutput: string;
}>;

export type GatherParts = Readonly<{
  config: Config;
  ticket: Ticket;
  host: Host;
  /** Told after `hello`: brings the files to where the change starts from, or says why it cannot. */
  start: (facts: HostFacts) => Promise<StartingPoint>;
  /** False: tracked files that differ from the commit are refused, not put back. */
  restore?: boolean;
  readTests: ReadTests;
  isProtected: Protected;
  clean(text: string): string;
  /** A log file for a command's output. */
  openLog(name: string): { write(piece: string): void; close(): void; path(): string | undefined };
}>;

/**
 * What the author is given first: set up, test once on the untouched base, look around. Yields what happened; the last fact is `context_gathered`. Throws
 * an error for a person when the workspace cannot be worked in.
 */
export async function* gather(parts: GatherParts, signal: AbortSignal): AsyncGenerator<Facts, Gathered, Event> {
  const { config, host, ticket, clean } = parts;
  const facts = await host.call(
    'hello',
    { protocol: PROTOCOL, working_directory: config.workingDirectory, restore: parts.restore ?? true },
    signal,
  );
  if (parts.restore === false && facts.git?.modified.length)
    throw new Error(
      `Tracked files are changed: ${facts.git.modified.slice(0, 10).join(', ')}. Commit or stash them first; a run starts from a clean checkout.`,
    );
  const { base, branch, adds, instructionsAt, remarks, notice, carried } = await parts.start(facts);
  if (notice !== undefined) yield { type: 'noticed', kind: 'branch', text: notice, to_model: false, data: { branch } };
  const overview = await host.call('overview', { commit: instructionsAt, words: wordsOf(ticket) }, signal);
  const commands = commandsOf(config, overview);

  const setupRemarks: string[] = [];
  if (config.setupCommand !== undefined) setupRemarks.push(await setUp(parts, config.setupCommand, signal));
  let tested = commands.test ? await testBase(parts, commands.test.command, base.tree, signal) : undefined;
  // A discovered set-up is run only where the tests cannot even start: it may take minutes, and an earlier step may have done it.
  if (tested && commands.test && commands.setup && config.setupCommand === undefined && !anyRan(tested.event)) {
    const done = await setUp(parts, commands.setup.command, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      return `No test could run, and setting up did not help. ${(error as Error).message}`;
    });
    setupRemarks.push(done);
    yield {
      type: 'noticed',
      kind: 'set_up',
      text: done,
      to_model: false,
      data: { command: commands.setup.command, source: commands.setup.source },
    };
    tested = await testBase(parts, commands.test.command, base.tree, signal);
  }
  const baseTests = tested?.event;
  if (baseTests) yield baseTests;
  // What setting up and testing left behind is no part of the change: new files stay out, changed ones are put back.
  const { tree: left } = await host.call('tree', { leave_out_new: true }, signal);
  if (left !== base.tree) {
    await host.call('switch_to', { tree: base.tree }, signal);
    setupRemarks.push('Setting up or testing changes tracked files; they were put back.');
  }
  const tree = base.tree;

  const author = authorTools({
    host,
    baseTree: base.tree,
    testCommand: commands.test?.command,
    isProtected: parts.isProtected,
    readTests: parts.readTests,
  });
  const { text, parts: shown } = startingContext({
    ticket,
    overview: { ...overview, test: found(commands.test) },
    instructions: config.instructions,
    baseTests,
    workingDirectory: config.workingDirectory,
    fence: randomBytes(6).toString('hex'),
    remarks: [...remarks, ...setupRemarks],
  });
  const context: ContextGathered = {
    type: 'context_gathered',
    base,
    start_tree: tree,
    commands,
    parts: shown,
    ticket,
    system: AUTHOR_SYSTEM,
    tools: authorDefinitions(author),
    first_message: clean(text),
  };
  yield context;
  if (carried) {
    await host.call('switch_to', { tree: carried.after }, signal);
    yield carried;
  }
  const instructions = overview.instructions.map(({ path, text }) => `### ${path}\n${text}`).join('\n\n');
  return {
    context,
    branch,
    adds,
    author,
    reviewer: reviewerTools(host),
    instructions: clean(instructions),
    testCommand: commands.test?.command,
    baseOutput: tested?.output ?? '',
  };
}

async function setUp(parts: GatherParts, command: string, signal: AbortSignal): Promise<string> {
  const log = parts.openLog('setup-command');
  const result = await parts.host.call('run', { command, timeout_s: SETUP_TIMEOUT_S, ...OUTPUT_CUT }, signal, (piece) => log.write(piece));
  log.close();
  if (result.exit_code === 0) return `The set-up command ran: ${command}`;
  throw new Error(
    `The set-up command failed, so nothing was started. ${command}: ${parts.clean(commandText(result, SETUP_TIMEOUT_S)).slice(-2_000)}`,
  );
}

/** Whether any test was executed at all. */
function anyRan({ exit_code, counts }: TestsRan): boolean {
  return exit_code === 0 || (counts !== undefined && counts.passed + counts.failed > 0);
}

async function testBase(
  parts: GatherParts,
  command: string,
  tree: string,
  signal: AbortSignal,
): Promise<{ event: TestsRan; output: string }> {
  const log = parts.openLog('base-tests');
  const { run, result } = await testOnce(parts.host, command, [], parts.readTests, signal, (piece) => log.write(piece));
  log.close();
  const file = log.path();
  const { partial: _, ...facts } = run;
  const event: TestsRan = {
    type: 'tests_ran',
    phase: 'base',
    turn: 0,
    ...facts,
    tail: parts.clean(run.tail),
    tree,
    ...(file === undefined ? {} : { log: file }),
  };
  return { event, output: result.output };
}

function commandsOf(config: Config, overview: Overview): ContextGathered['commands'] {
  const given = (command: string | undefined, input: string, discovered: FoundCommand | null): DiscoveredCommand | undefined =>
    command === undefined ? (discovered ?? undefined) : { command, source: `input ${input}`, confidence: 'high' };
  const test = given(config.testCommand, 'test-command', overview.test);
  const setup = given(config.setupCommand, 'setup-command', overview.setup);
  const check = given(config.checkCommand, 'check-command', overview.check);
  return { ...(test && { test }), ...(setup && { setup }), ...(check && { check }) };
}

function found(command: DiscoveredCommand | undefined): FoundCommand | null {
  return command ?? null;
}

/** Identifiers, paths and stack-trace lines of the ticket. */
function wordsOf({ title, body, instruction }: Ticket): string[] {
  const text = `${title}\n${instruction}\n${body}`.slice(0, 20_000);
  const words = text.match(/[\w$./-]{3,80}/g) ?? [];
  const telling = words.filter((word) => /[A-Z_./-]|\d/.test(word.slice(1)) || /`/.test(word) || text.includes(`\`${word}`));
  return [...new Set([...telling, ...words])].slice(0, 60);
}
