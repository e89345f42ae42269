import { allOf, classify, inOrder, plainness } from './commands.ts';
import type { Classified, Found, Kind } from './commands.ts';
import { scriptFits } from './javascript.ts';
import type { Project } from './project.ts';

/** Files that tell an agent how to work here; the first that names a command wins. */
const FILES = ['AGENTS.md', 'CLAUDE.md', '.claude/CLAUDE.md', '.github/copilot-instructions.md'];

/** Commands that AGENTS.md or CLAUDE.md of the working folder names: fenced blocks first, else inline code of a line that says what it is. */
export function commandsOfInstructions(project: Project): Found {
  const found: Found = {};
  for (const path of FILES) {
    const text = project.text(path);
    if (text === '') continue;
    const source = project.folder === '' ? path : `${project.folder}/${path}`;
    take(found, project, fencedLines(text), source, 'high');
    take(found, project, inlineLines(text), source, 'medium');
  }
  return found;
}

function take(found: Found, project: Project, lines: readonly string[], source: string, confidence: 'high' | 'medium'): void {
  const commands = lines
    .map((line) => classify(line))
    .filter((one) => one !== null && one.whole && scriptFits(project, one.command)) as Classified[];
  const of = (kind: Kind): string[] => commands.filter((one) => one.kind === kind).map((one) => one.command);
  const test = of('test').sort((a, b) => plainness(a) - plainness(b))[0];
  if (test !== undefined) found.test ??= { command: test, source, confidence };
  // Ten lint commands are a reference, not a routine.
  const checks = of('check').slice(0, 3);
  if (checks.length > 0) found.check ??= { command: allOf(checks), source, confidence };
  const setups = of('setup').slice(0, 3);
  if (setups.length > 0) found.setup ??= { command: inOrder(setups), source, confidence };
}

const NEGATIVE =
  /\b(?:never|don't|do not|avoid|instead of|rather than|not recommended|deprecated|only (?:when|if)|single|one test|specific|individual|watch)\b/i;

/** Lines of shell blocks, but for blocks or lines introduced by a warning or as the way to run one test. */
function fencedLines(text: string): string[] {
  const result: string[] = [];
  let open: { fence: string; shell: boolean } | null = null;
  let before = '';
  for (const line of text.split(/\r?\n/)) {
    const fence = /^\s*(`{3,}|~{3,})\s*([\w-]*)/.exec(line);
    if (fence && open === null) {
      open = {
        fence: fence[1] ?? '',
        shell: /^(?:|bash|sh|shell|zsh|console|shell-session|terminal|text)$/i.test(fence[2] ?? '') && !NEGATIVE.test(before),
      };
    } else if (open !== null && line.trim().startsWith(open.fence)) {
      open = null;
      before = '';
    } else if (open === null) {
      if (line.trim() !== '') before = line;
    } else if (open.shell) {
      const comment = /#\s*(.*)$/.exec(line)?.[1] ?? '';
      const heading = /^\s*#/.test(line);
      if (heading) before = comment;
      else if (line.trim() === '') before = '';
      else if (!NEGATIVE.test(comment) && !NEGATIVE.test(before)) result.push(line);
    }
  }
  return result;
}

/** Code spans of prose lines outside fences: "Run the tests with `pnpm test`". */
function inlineLines(text: string): string[] {
  const prose = text.replace(/^\s*(`{3,}|~{3,})[\s\S]*?^\s*\1\s*$/gm, '');
  return prose
    .split(/\r?\n/)
    .filter((line) => !NEGATIVE.test(line))
    .flatMap((line) => [...line.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? ''));
}
