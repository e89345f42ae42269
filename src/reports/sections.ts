import { blameChange, hunkHeader, lineCounts } from '../transcript/blame.ts';
import type { BlamedFile, BlamedHunk } from '../transcript/blame.ts';
import type { Finding, TestsRan, Transcript } from '../transcript/events.ts';
import { allOf, elapsedMs, endingOf, lastOf, lastTestsOnFinalTree, lastTree, testsVerdict } from '../transcript/find.ts';
import { finalTotals } from '../transcript/totals.ts';
import { findingsHistory } from '../transcript/findings.ts';
import { pushRequestOf, requirementsOf } from '../transcript/plan.ts';
import type { Fate, FindingHistory } from '../transcript/findings.ts';
import type { Requirement } from '../transcript/plan.ts';
import { details, list, table } from './markdown.ts';
import type { SafeText, Section } from './markdown.ts';
import { cacheShare, duration, integer, plural, short, tally, testResult, TESTS_IN_WORDS, usd } from './words.ts';

/** `undefined` when a recorded patch is not one that git writes; the body then does without. */
export function blamed(events: Transcript, patch: string | undefined): BlamedFile[] | undefined {
  try {
    return blameChange(events, patch);
  } catch {
    return undefined;
  }
}

const SIGN = { met: '✅', unmet: '❌', unverifiable: '❔' } as const;

/** What decides, in one line: tests, requirements, self-review, size, cost. */
export function glance(events: Transcript, files: readonly BlamedFile[] | undefined): Section {
  const requirements = requirementsOf(events);
  const met = requirements.filter(({ judged }) => judged === 'met').length;
  const reviewed = lastOf(events, 'reviewed');
  const history = findingsHistory(events);
  const open = history.filter(({ fate }) => fate === 'open').length;
  const counts = files && lineCounts(files);
  const spent = endingOf(events)?.totals ?? finalTotals(events);
  const parts = [
    `Tests: **${endingOf(events)?.tests ?? testsVerdict(events)}**`,
    requirements.length > 0 && `requirements: **${met} of ${requirements.length} met**`,
    `self-review: **${reviewed?.verdict ?? 'none'}**${history.length > 0 ? `, ${plural(history.length, 'finding')}, ${open === 0 ? 'none' : integer(open)} open` : ''}`,
    files && files.length > 0 && counts && `${plural(files.length, 'file')}, +${integer(counts.added)} −${integer(counts.removed)} lines`,
    usd(spent.cost_usd),
  ];
  return { text: parts.filter(Boolean).join(' · ') };
}

/** The ticket, requirement by requirement, as the reviewer judged it. */
export function requirementsSection(events: Transcript, text: SafeText): Section {
  const requirements = requirementsOf(events);
  if (requirements.length === 0) return { text: '' };
  const item = ({ id, text: words, judged, stated, evidence: why }: Requirement): string => {
    const sign = judged ? SIGN[judged] : '▫️';
    const verdict = judged ?? `not judged by the reviewer; the author says ${stated}`;
    const because = why ? `: ${inline(why, 500, text)}` : '';
    return `${sign} ${text.span(text.line(id, 40))} ${inline(words, 400, text)} — ${verdict}${because}`;
  };
  const head = '### Requirement by requirement\n\n';
  return { text: head + list(requirements, item, 30), less: head + list(requirements, item, 5) };
}

/** Text of the model's within a line. */
export function inline(words: string, max: number, text: SafeText): string {
  return text
    .markdown(text.line(words, max))
    .replace(/\s*\n\s*/g, ' ')
    .trim();
}

/** Test runs on named trees, from the harness's own records. */
export function evidenceSection(events: Transcript, text: SafeText): Section {
  const verdict = testsVerdict(events);
  const runs = evidenceRuns(events);
  const cells = ({ what, run }: (typeof runs)[number]): string[] => [
    what,
    text.span(text.line(run.command, 200)),
    run.exit_code === null ? 'none' : String(run.exit_code),
    testResult(run),
    text.span(short(run.tree)),
  ];
  const name = (test: string): string => text.span(text.line(test, 200));
  const lines = [
    `### Evidence`,
    `Written by the harness from its own records, not by the model. Tests: **${verdict}** (${TESTS_IN_WORDS[verdict]}).`,
  ];
  if (runs.length > 0) lines.push(table(['when', 'command', 'exit code', 'outcome', 'tree'], runs, cells, 12));
  const turned = failedBefore(events);
  if (turned.length > 0) lines.push(`Failed before, passes after:\n${list(turned, name, 20)}`);
  if (lastTestsOnFinalTree(events)?.exit_code !== 0) {
    const failing = lastTestsOnFinalTree(events)?.failing ?? [];
    if (failing.length > 0) lines.push(`Failing:\n${list(failing, name, 20)}`);
  }
  const proof = allOf(events, 'gate_checked').findLast((gate) => gate.gate === 'fails_before');
  if (proof) lines.push(`Fails before, passes after: ${proof.outcome}. ${inline(proof.detail.replace(/\.?\n\s*- /g, '; '), 600, text)}`);
  return { text: lines.join('\n\n') };
}

/** The runs that matter: the base, the harness's own when the change was last handed in, and the last on the final tree, in this order. */
function evidenceRuns(events: Transcript): { what: string; run: TestsRan }[] {
  const tree = lastTree(events);
  const final = lastTestsOnFinalTree(events);
  const all = allOf(events, 'tests_ran');
  const handedIn = all.findLast((run) => run.phase === 'gate')?.turn;
  const matters = (run: TestsRan): boolean => run.phase === 'base' || run === final || (run.phase === 'gate' && run.turn === handedIn);
  const rank = (run: TestsRan): number => (run.phase === 'base' ? 0 : run.tree === tree ? 2 : 1);
  return all
    .filter(matters)
    .sort((one, other) => rank(one) - rank(other))
    .map((run) => {
      const part = run.partial === true ? ', in part' : '';
      if (run.phase === 'base') return { what: `before (base)${part}`, run };
      return { what: run.tree === tree ? `after (this change)${part}` : `changed tests laid over the base${part}`, run };
    });
}

/** Tests that failed on the base and do not fail on the final tree, by name. */
function failedBefore(events: Transcript): readonly string[] {
  const base = allOf(events, 'tests_ran').find((run) => run.phase === 'base');
  const final = lastTestsOnFinalTree(events);
  if (!base?.failing || final?.exit_code !== 0) return [];
  return base.failing.filter((name) => !final.failing?.includes(name));
}

const FATE_IN_WORDS: Readonly<Record<Fate, string>> = {
  not_raised_again: 'not raised again by a later round',
  open: '**open**',
  below_threshold: 'noted: too minor or too uncertain to ask for a revision',
  dropped: 'dropped: outside the change',
};

/** The self-review: rounds, verdict, findings and what became of each. */
export function reviewSection(events: Transcript, text: SafeText): Section {
  const rounds = allOf(events, 'reviewed');
  const last = rounds.at(-1);
  if (!last) return { text: '### Self-review\n\nNone took place.' };
  // Open ones first: they are what a person must decide, and a long list is cut at its end.
  const history = findingsHistory(events).sort((one, other) => Number(other.fate === 'open') - Number(one.fate === 'open'));
  const open = history.filter((one) => one.fate === 'open').length;
  const head = `### Self-review\n\nA separate call of ${text.span(last.model)} in a fresh context, ${plural(rounds.length, 'round')}; verdict, computed in code: **${last.verdict}**. ${plural(history.length, 'finding')}, ${integer(open)} open.${last.tree === lastTree(events) ? '' : ' The change was edited after it.'}`;
  if (history.length === 0) return { text: head };
  const item = ({ finding, fate, rounds: raised }: FindingHistory): string =>
    `${findingLine(finding, text)} → ${FATE_IN_WORDS[fate]} (raised in round ${raised.join(', ')})`;
  const summary = open > 0 ? `Findings and what became of each (${integer(open)} open)` : 'Findings and what became of each';
  const listed = (max: number): string => `${head}\n\n${details(summary, list(history, item, max))}`;
  return { text: listed(25), less: listed(5) };
}

function findingLine(finding: Finding, text: SafeText): string {
  const lines = finding.start_line === finding.end_line ? `${finding.start_line}` : `${finding.start_line}–${finding.end_line}`;
  const where = text.span(text.line(`${finding.file}:${lines}`, 200));
  const how = finding.failure_scenario ? ` — how it fails: ${inline(finding.failure_scenario, 400, text)}` : '';
  return `${finding.severity}, ${finding.category}, ${where}: ${inline(finding.claim, 400, text)}${how} (confidence ${finding.confidence})`;
}

/** Each gate's last outcome, and the author's explanations. */
export function gatesSection(events: Transcript, text: SafeText): Section {
  const last = new Map(allOf(events, 'gate_checked').map((gate) => [gate.gate, gate]));
  if (last.size === 0) return { text: '' };
  const checked = [...last.values()];
  const explained = pushRequestOf(events)?.explanations ?? [];
  const words = (one: { gate: string; text: string }): string => `${text.span(text.line(one.gate, 40))}: ${inline(one.text, 500, text)}`;
  const outcomes = checked.map((gate) => gate.outcome);
  const summary = `Gates: ${tally(outcomes, ['refused', 'passed', 'noted', 'skipped'])}`;
  const gates = table(['gate', 'outcome', 'detail', 'tree'], checked, (gate) => [
    gate.gate,
    gate.outcome,
    inline(gate.detail, 400, text),
    text.span(short(gate.tree)),
  ]);
  const body = gates + (explained.length > 0 ? `\n\nThe author's explanations:\n\n${list(explained, words, 20)}` : '');
  return {
    text: details(summary, body),
    less: details(
      summary,
      table(['gate', 'outcome'], checked, (gate) => [gate.gate, gate.outcome]),
    ),
  };
}

/** Each hunk of the final change, the turns that wrote it and the requirement it serves. */
export function reasonsSection(files: readonly BlamedFile[] | undefined, text: SafeText): Section {
  const rows = (files ?? []).flatMap((file): { file: BlamedFile; hunk: BlamedHunk | undefined }[] =>
    file.hunks.length === 0 ? [{ file, hunk: undefined }] : file.hunks.map((hunk) => ({ file, hunk })),
  );
  if (rows.length === 0) return { text: '' };
  const cells = ({ file, hunk }: (typeof rows)[number]): string[] => [
    text.span(text.line(file.path, 160)),
    hunk ? text.span(hunkHeader(hunk)) : file.binary ? 'binary' : file.status,
    [...new Set((hunk ?? file).origins.map((origin) => origin.turn))].join(', '),
    hunk ? requirementCell(hunk.requirement, text) : '',
  ];
  const head = ['file', 'hunk', 'turns', 'serves'];
  const summary = 'From each hunk to its turn and requirement';
  return { text: details(summary, table(head, rows, cells, 60)), less: details(summary, table(head, rows, cells, 8)) };
}

function requirementCell(requirement: string | null | undefined, text: SafeText): string {
  if (requirement === undefined) return '';
  return requirement === null ? '**no requirement**' : text.span(text.line(requirement, 40));
}

/** What the run cost, and in which sandbox it took place. */
export function runSection(events: Transcript, text: SafeText): Section {
  const started = lastOf(events, 'run_started');
  const spent = endingOf(events)?.totals ?? finalTotals(events);
  const sandbox = allOf(events, 'noticed').findLast((event) => event.kind === 'sandbox')?.data;
  const pushed = lastOf(events, 'pushed');
  const items = [
    `Cost ${usd(spent.cost_usd)} of ${usd(started?.config.max_cost_usd ?? 0)}; ${plural(spent.turns, 'turn')} of ${integer(started?.config.max_turns ?? 0)}; ${duration(elapsedMs(events))}`,
    `Tokens: ${integer(spent.input_tokens)} in (${cacheShare(spent)} read from cache), ${integer(spent.output_tokens)} out; model ${text.span(started?.config.model ?? '')}`,
    `Network: ${text.span(started?.config.network ?? '')}`,
    ...sandboxItems(sandbox, started?.config.sandbox ?? 'unknown', text),
    `Commit signature: ${pushed ? (pushed.verified ? 'verified by GitHub' : 'not verified') : 'no commit yet'}`,
  ];
  return {
    text: details(
      `The run: ${usd(spent.cost_usd)}, ${plural(spent.turns, 'turn')}, ${duration(elapsedMs(events))}`,
      list(items, (item) => item),
    ),
  };
}

/** The launcher and its level, then what the sandbox holds and what it lacks. */
function sandboxItems(data: Readonly<Record<string, unknown>> | undefined, config: string, text: SafeText): string[] {
  const told = (key: string): string => {
    const value = data?.[key];
    return typeof value === 'string' ? value : '';
  };
  const words = [told('launcher'), told('level')].filter((word) => word !== '' && word !== 'none');
  const list = (head: string, key: string): string[] => (told(key) === '' ? [] : [`${head}: ${inline(told(key), 600, text)}`]);
  return [`Sandbox: ${text.span(words.join(', ') || config)}`, ...list('It holds', 'holds'), ...list('It lacks', 'lacks')];
}
