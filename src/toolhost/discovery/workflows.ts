import { allOf, classify, inOrder, plainness } from './commands.ts';
import type { Found, Kind } from './commands.ts';
import { scriptFits } from './javascript.ts';
import type { Project } from './project.ts';
import { flatten } from './yaml-lines.ts';

/** A shell line of a workflow step, with what it says about itself. */
type Line = { file: string; job: string; step: number; command: string; kind: Kind; score: number };

/**
 * Commands that the repository's own CI runs on pushes and pull requests, from the `run:` steps of its Linux jobs in the working folder.
 * Steps that need expressions, secrets, another shell or another system are left out.
 */
export function commandsOfWorkflows(project: Project): Found {
  const paths = project.root.files.filter((path) => /^\.github\/workflows\/[^/]+\.ya?ml$/.test(path)).sort();
  const lines = paths.flatMap((path) => linesOf(path, project.root.text(path), project));
  // A part of the tests, or those of a special job, say less than the manifest does.
  const tests = best(lines.filter((line) => line.kind === 'test' && line.score >= 8));
  const found: Found = {};
  if (tests) found.test = { command: tests.command, source: tests.file, confidence: tests.score >= 10 ? 'high' : 'medium' };
  const setups = tests
    ? lines.filter((line) => line.kind === 'setup' && line.file === tests.file && line.job === tests.job && line.step <= tests.step)
    : [];
  // Upgrading the installer alone is no setup.
  const useful = setups.filter((line) => !/install (?:-U|--upgrade) pip(?: setuptools| wheel| build)*$/.test(line.command));
  if (useful[0]) found.setup = { command: inOrder(useful.map((line) => line.command)), source: useful[0].file, confidence: 'high' };
  const checks = lines.filter((line) => line.kind === 'check' && line.score >= 8).slice(0, 4);
  if (checks[0]) found.check = { command: allOf(checks.map((line) => line.command)), source: checks[0].file, confidence: 'high' };
  return found;
}

function best(lines: readonly Line[]): Line | undefined {
  const top = Math.max(...lines.map((line) => line.score));
  return lines.find((line) => line.score === top);
}

function linesOf(path: string, text: string, project: Project): Line[] {
  const entries = flatten(text);
  const value = (key: string): string => entries.get(key) ?? '';
  const name = `${path.split('/').at(-1) ?? ''} ${value('name')}`;
  if (/release|publish|deploy|nightly|stale|codeql|docs|bench|fuzz|label|backport|dependabot|autofix|format/i.test(name)) return [];
  const keys = [...entries.keys()];
  if (!keys.some((key) => /^"?on"?\.(?:push|pull_request)|^"?on"?$/.test(key)) || !/push|pull_request|merge_group/.test(text)) return [];
  const result: Line[] = [];
  for (const key of keys) {
    const match = /^jobs\.([^.]+)\.steps\.(\d+)\.run$/.exec(key);
    if (!match) continue;
    const [, job = '', step = '0'] = match;
    const score = scoreOf(entries, job, `jobs.${job}.steps.${step}`, name, project.folder);
    if (score === null) continue;
    const prefix = environmentOf(entries, `jobs.${job}.steps.${step}.env`);
    if (prefix === null) continue;
    for (const line of shellLines(value(key))) {
      const one = classify(line);
      if (one === null || !scriptFits(project, one.command)) continue;
      // Where Maven and Gradle stand side by side, the second is usually the guest.
      const partial = (one.whole ? 0 : -8) - (/gradle/.test(one.command) && project.has('pom.xml') ? 1 : 0);
      const command = one.kind === 'test' ? prefix + one.command : one.command;
      result.push({ file: path, job, step: Number(step), command, kind: one.kind, score: score + partial - plainness(one.command) });
    }
  }
  return result;
}

/** How well a step fits, from 10; `null` when it cannot be run here. */
function scoreOf(entries: ReadonlyMap<string, string>, job: string, step: string, workflow: string, folder: string): number | null {
  const value = (key: string): string => entries.get(key) ?? '';
  const system = value(`jobs.${job}.runs-on`);
  if (/windows|macos/i.test(system)) return null;
  if (/pwsh|powershell|cmd/.test(value(`${step}.shell`) + value(`jobs.${job}.defaults.run.shell`))) return null;
  const where =
    value(`${step}.working-directory`) || value(`jobs.${job}.defaults.run.working-directory`) || value('defaults.run.working-directory');
  if (where.replace(/^\.\/?|\/$/g, '') !== folder) return null;
  const conditions = `${value(`${step}.if`)} ${value(`jobs.${job}.if`)}`;
  if (/failure\(\)|cancelled\(\)(?<!!cancelled\(\))|windows|macos|schedule|workflow_dispatch|\btag|== ?'release'/i.test(conditions))
    return null;
  let score = 10;
  if (/\S/.test(value(`${step}.if`)) && !/ubuntu|linux|always\(\)|!cancelled\(\)/i.test(value(`${step}.if`))) score -= 3;
  if (/\btests?\b|\bci\b/i.test(workflow)) score += 2;
  if (/\btests?\b/i.test(`${job} ${value(`jobs.${job}.name`)}`)) score += 1;
  if (
    /e2e|integration|bench|example|docs|canary|nightly|compat|minimal|msrv|wasm/i.test(
      `${job} ${value(`jobs.${job}.name`)} ${value(`${step}.name`)}`,
    )
  )
    score -= 5;
  if ([...entries.keys()].some((key) => key.startsWith(`jobs.${job}.services.`))) score -= 3;
  return score;
}

/** A step's plain variables as a prefix (`CI=true `); `null` when it needs a secret or an expression that we cannot know. */
function environmentOf(entries: ReadonlyMap<string, string>, key: string): string | null {
  let prefix = '';
  for (const [path, value] of entries) {
    if (!path.startsWith(`${key}.`)) continue;
    if (value.includes('secrets.')) return null;
    // Other expressions are tokens or versions of the matrix; most commands do without them.
    if (/^[\w./:,@+-]+$/.test(value)) prefix += `${path.slice(key.length + 1)}=${value} `;
  }
  return prefix;
}

/** The logical lines of a script; none of one with control flow, whose lines mean nothing alone. */
function shellLines(script: string): string[] {
  const lines = script
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (lines.some((line) => /^(?:if|for|while|until|case|function)\b|<<|^\w+\(\)/.test(line))) return [];
  // A `cd` holds for the lines after it.
  const moved = lines.findIndex((line) => /^cd\s/.test(line));
  return moved === -1 ? lines : [...lines.slice(0, moved), lines.slice(moved).join(' && ')];
}
