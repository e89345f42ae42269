import { explain } from './explanations.ts';
import { list } from './gate.ts';
import type { Explanation, GateResult } from './gate.ts';
import { isTestFile, isTestSupport, languageOf } from './languages.ts';
import type { Language } from './languages.ts';
import { added, parsePatch } from './patch.ts';
import type { PatchedFile, PatchLine } from './patch.ts';

/** The largest file that a change may add or grow to, in bytes. */
export const MAX_FILE = 1024 * 1024;

/**
 * Gate 6, "leftovers": what a person would have taken out before committing. Debug prints, `.only` and conflict markers count only in added
 * lines. Secrets are looked for elsewhere.
 *
 * @param sizes bytes of the new blobs by path, where they are known
 * @param explanations of `push_changes`; a conflict marker and a file over the limit cannot be explained
 */
export function leftoversGate(input: {
  patch: string;
  sizes?: Readonly<Record<string, number>>;
  explanations?: readonly Explanation[];
}): GateResult {
  const files = parsePatch(input.patch);
  const found = files.flatMap((file) => leftoversOf(file, files));
  for (const [path, size] of Object.entries(input.sizes ?? {})) {
    if (size > MAX_FILE)
      found.push({ path, text: `${path}: ${(size / MAX_FILE).toFixed(1)} MB, over the limit of 1 MB a file`, never: true });
  }
  if (found.length === 0)
    return { gate: 'leftovers', outcome: 'passed', detail: 'No debug print, focused test, conflict marker, stray file or file over 1 MB.' };
  const sure = found.filter((one) => one.never);
  const { open, explained, used } = explain(
    'leftovers',
    found.filter((one) => !one.never),
    input.explanations ?? [],
  );
  if (sure.length + open.length === 0)
    return {
      gate: 'leftovers',
      outcome: 'noted',
      detail: `${list(explained.map((one) => one.text))}\nExplained by the author:\n${list(used)}`,
    };
  return {
    gate: 'leftovers',
    outcome: 'refused',
    detail: `${list([...sure, ...open].map((one) => one.text))}\nTake them out and call push_changes again; what is meant to stay needs an explanation {gate: "leftovers", text} that names the file.`,
  };
}

type Leftover = { path: string; text: string; never?: boolean };

function leftoversOf(file: PatchedFile, all: readonly PatchedFile[]): Leftover[] {
  if (file.status === 'deleted') return [];
  const result: Leftover[] = [];
  if (file.status === 'added' && isStray(file.path, all))
    result.push({ path: file.path, text: `${file.path}: looks like a stray file (reproduction, scratch, log or backup)` });
  if (file.binary || /\.(?:md|rst|txt|adoc|snap|lock|svg|csv)$/i.test(file.path)) {
    return [...result, ...conflicts(file)];
  }
  const language = languageOf(file.path);
  // A script or a fixture prints because that is its work.
  const script = isTestSupport(file.path) || (file.status === 'added' && file.lines[0]?.text.startsWith('#!') === true);
  const removedTexts = new Set(file.lines.filter((line) => line.kind === 'removed').map((line) => line.text.trim()));
  for (const line of added(file)) {
    // A moved line was there before.
    if (removedTexts.has(line.text.trim())) continue;
    const print = debugPrint(line.text, language, file.path);
    const what = (script && print === 'debug print' ? null : print) ?? focused(line.text, language, file.path);
    if (what !== null) result.push({ path: file.path, text: `${at(file, line)}: ${what}: \`${clip(line.text)}\`` });
  }
  return [...result, ...conflicts(file)];
}

function conflicts(file: PatchedFile): Leftover[] {
  const lines = added(file);
  const marker = lines.find((line) => /^(?:<{7}|>{7}|\|{7})(?: |$)/.test(line.text));
  return marker ? [{ path: file.path, text: `${at(file, marker)}: conflict marker`, never: true }] : [];
}

/** Statements that nobody leaves in on purpose, and prints outside of files whose work is to print. */
function debugPrint(text: string, language: Language, path: string): string | null {
  const code = text.trim();
  if (/^(?:\/\/|#(?!\[)|\*|\/\*)/.test(code)) return null;
  switch (language) {
    case 'javascript':
      if (/^debugger\s*;?$/.test(code)) return 'debugger statement';
      if (/^console\.(?:log|debug|dir|trace|table)\(/.test(code) && !prints(path)) return 'debug print';
      return /(?:^|\s|;)console\.(?:debug|trace|table)\(/.test(code) && !prints(path) ? 'debug print' : null;
    case 'python':
      if (
        /^(?:breakpoint\(\)|import (?:pdb|ipdb|pudb)\b|i?pdb\.set_trace\(\)|from (?:pdb|ipdb|pudb) import)/.test(code) ||
        /;\s*i?pdb\.set_trace\(\)/.test(code)
      )
        return 'debugger call';
      return /^(?:print|pprint|pp)\(/.test(code) && !prints(path) && !/file\s*=/.test(code) ? 'debug print' : null;
    case 'go':
      if (/^spew\.Dump\(/.test(code) || /^println\(/.test(code)) return 'debug print';
      return /^fmt\.Print(?:ln|f)?\(/.test(code) &&
        !/(?:^|\/)(?:cmd|examples?)\/|(?:^|\/)main\.go$|example\w*_test\.go$/.test(path) &&
        !prints(path)
        ? 'debug print'
        : null;
    case 'rust':
      return /\bdbg!\(/.test(code) ? 'debug print' : /^e?println!\(\s*"(?:debug|here|xxx|test|>>>|---)/i.test(code) ? 'debug print' : null;
    case 'ruby':
      if (/^(?:binding\.(?:pry|irb)|byebug|debugger)\s*$/.test(code)) return 'debugger call';
      return /^(?:p|pp) \S/.test(code) && !prints(path) ? 'debug print' : null;
    case 'php':
      return /^(?:var_dump|print_r|dd|dump)\(/.test(code) ? 'debug print' : null;
    case 'java':
      if (
        /^System\.(?:out|err)\.print(?:ln|f)?\(/.test(code) &&
        !/(?:^|\/)(?:\w*Main|\w*Cli|\w*Command|\w*Application|\w*Demo|\w*Example)\w*\.\w+$/.test(path)
      )
        return 'debug print';
      return /^\w+\.printStackTrace\(\)\s*;/.test(code) ? 'debug print' : null;
    case 'csharp':
      return /^(?:System\.)?Diagnostics\.Debugger\.(?:Break|Launch)\(|^Debugger\.(?:Break|Launch)\(/.test(code) ? 'debugger call' : null;
    default:
      return null;
  }
}

/** Files that talk to a person on standard output: command lines, scripts, examples, benchmarks. */
function prints(path: string): boolean {
  return /(?:^|\/)(?:\.github|bin|scripts?|tools?|examples?|demos?|bench(?:marks?)?|cli|cmd|commands?|docs?|management|tasks|notebooks?)\/|(?:^|\/)(?:\w*[-_])?(?:cli|main|__main__|setup|manage|run|build|demo|example|bench\w*|gulpfile|conftest|logger|logging|console|report(?:er)?)[\w.-]*\.\w+$|(?:^|[/_-])bin\.\w+$/i.test(
    path,
  );
}

function focused(text: string, language: Language, path: string): string | null {
  const code = text.trim();
  if (language === 'javascript' && isTestFile(path)) {
    if (/^(?:describe|it|test|context|suite|bench)(?:\.\w+)*\.only\b/.test(code) || /^(?:fdescribe|fit|fcontext)\(/.test(code))
      return 'focused test, which silences the others';
    if (/\{\s*only:\s*true\b/.test(code) && /^(?:describe|it|test)\(/.test(code)) return 'focused test, which silences the others';
  }
  if (language === 'ruby' && isTestFile(path) && (/^(?:fdescribe|fcontext|fit) /.test(code) || /,\s*:focus\b|,\s*focus: true/.test(code)))
    return 'focused test, which silences the others';
  return null;
}

/** New files that are no part of a change: names of scratch work at the root, logs, editors' and patches' remains. */
function isStray(path: string, all: readonly PatchedFile[]): boolean {
  const name = path.split('/').at(-1) ?? path;
  if (/\.(?:orig|rej|bak|tmp|swp|swo|pyc|log)$|~$|^\.DS_Store$|^Thumbs\.db$|^nohup\.out$|^core\.\d+$|^npm-debug\.log/.test(name))
    return !/fixtures?\/|testdata\/|__tests__\//.test(path);
  if (/(?:^|\/)(?:__pycache__|node_modules|\.pytest_cache|\.mypy_cache|\.ruff_cache|\.nyc_output)\//.test(path)) return true;
  const scratch =
    /^(?:repro(?:duc\w*)?|scratch|debug|tmp|temp|foo|bar|baz|try|playground|check|verify|poc|demo_?test|(?:test|quick)_?(?:repro|fix|bug|issue|tmp|temp|debug|manual|script)\w*|repro[-_].*|debug[-_].*|(?:my|simple|quick)_?test\w*|issue[-_]?\d+|test\d*)\.(?:[cm]?[jt]s|py|go|rb|sh|php|java|rs|txt|out|json|html)$/i;
  if (!scratch.test(name)) return false;
  // In a folder that the repository has for such files, it is one of them.
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  if (folder === '')
    return !(
      name.startsWith('test') &&
      all.some((file) => file.path !== path && file.status !== 'added' && !file.path.includes('/') && isTestFile(file.path))
    );
  return (
    /^(?:repro|scratch|debug|tmp|temp|poc|quick)/i.test(name) &&
    !isTestFile(path) &&
    !/(?:^|\/)(?:src|lib|pkg|internal|cmd|app|packages|examples?|fixtures?|testdata)\//.test(`${folder}/`)
  );
}

function at(file: PatchedFile, line: PatchLine): string {
  return `${file.path}:${String(line.newLine)}`;
}

function clip(text: string): string {
  const trimmed = text.trim();
  return trimmed.length > 100 ? `${trimmed.slice(0, 99)}…` : trimmed;
}
