import { isTestFile, isTestSupport, languageOf } from '../languages.ts';
import { added, removed } from '../patch.ts';
import type { PatchedFile, PatchLine } from '../patch.ts';
import type { Weakening } from './weakening.ts';

/** Loosened settings and suppressed checks in any file of the patch. */
export function weakenedSettings(file: PatchedFile): Weakening[] {
  if (file.status === 'deleted') return deletedSetting(file);
  if (file.status === 'added') return [...suppressions(file)];
  const name = file.path.split('/').at(-1) ?? file.path;
  const result: Weakening[] = [...suppressions(file)];
  if (isCoverageConfig(file.path)) result.push(...loweredThresholds(file));
  if (/^tsconfig[\w.-]*\.json$|^jsconfig\.json$/.test(name)) result.push(...looserTypeScript(file));
  if (/^\.?eslint(?:rc|\.config)|^biome\.jsonc?$|^\.oxlintrc\.json$|^package\.json$/.test(name)) result.push(...looserRules(file));
  if (/^\.(?:eslint|prettier|stylelint)ignore$/.test(name))
    result.push(...lines(file, added(file), /^[^#\s]/, 'loosened_setting', 'ignored from a check'));
  if (/^(?:pyproject\.toml|setup\.cfg|tox\.ini|\.?ruff\.toml|mypy\.ini|\.flake8|pytest\.ini|\.pylintrc|pyrightconfig\.json)$/.test(name))
    result.push(...looserPython(file));
  if (/^\.golangci\.(?:ya?ml|toml|json)$/.test(name)) result.push(...looserGo(file));
  if (name === 'package.json') result.push(...changedScripts(file));
  if (/^(?:jest|vitest|vite|mocha|karma|playwright)\.config\.\w+$|^\.mocharc\.\w+$/.test(name) || name === 'package.json')
    result.push(...looserRunner(file));
  if (isPipeline(file.path)) result.push(...looserPipeline(file));
  return result;
}

function deletedSetting(file: PatchedFile): Weakening[] {
  const name = file.oldPath.split('/').at(-1) ?? file.oldPath;
  const known =
    /^\.?eslint(?:rc|\.config)[\w.]*$|^\.golangci\.\w+$|^(?:mypy|pytest)\.ini$|^\.flake8$|^\.?ruff\.toml$|^\.coveragerc$|^\.nycrc|^biome\.jsonc?$|^\.pre-commit-config\.yaml$|^codecov\.ya?ml$/;
  if (!known.test(name) && !isPipeline(file.oldPath)) return [];
  return [{ path: file.oldPath, kind: 'loosened_setting', text: `${file.oldPath}: deleted settings of a check` }];
}

const SUPPRESSION =
  /eslint-disable(?!-next-line no-console)|@ts-(?:ignore|nocheck|expect-error)|biome-ignore|oxlint-disable|# ?noqa\b|# ?type: ?ignore|# ?pyright: ?ignore|# ?pylint: ?disable|# ?mypy: ?ignore|# ?pragma: ?no cover|\/\/ ?nolint\b|istanbul ignore|[cv]8 ignore|#\[allow\(|# ?rubocop:disable|@SuppressWarnings|@phpstan-ignore|#pragma warning disable/;

/** Comments that silence a check. In tests, a type error is often what is tested. */
function suppressions(file: PatchedFile): Weakening[] {
  if (languageOf(file.path) === 'other') return [];
  const gone = removed(file).map((line) => SUPPRESSION.exec(line.text)?.[0]);
  return added(file).flatMap((line) => {
    const found = SUPPRESSION.exec(line.text)?.[0];
    if (found === undefined) return [];
    if ((isTestFile(file.path) || isTestSupport(file.path)) && !/nocheck|noqa: ?F|no cover/.test(found)) return [];
    const moved = gone.indexOf(found);
    if (moved !== -1) {
      gone.splice(moved, 1);
      return [];
    }
    return [item(file, 'suppressed_check', line, 'suppressed check')];
  });
}

function isCoverageConfig(path: string): boolean {
  return (
    /(?:^|\/)(?:package\.json|(?:jest|vitest|vite|karma)\.config\.\w+|\.?(?:nycrc|c8rc)(?:\.\w+)?|\.?codecov\.ya?ml|pyproject\.toml|setup\.cfg|tox\.ini|\.coveragerc|pytest\.ini|Makefile|noxfile\.py|\.testcoverage\.ya?ml|build\.gradle(?:\.kts)?|pom\.xml)$/.test(
      path,
    ) || isPipeline(path)
  );
}

const THRESHOLD =
  /["']?\b(branches|functions|lines|statements|fail[-_]under|cov-fail-under|threshold|minimum(?:_coverage)?|min-?coverage|target|covered-?ratio|COVERAGE\w*|total|package|file)\b["']?\s*[:=\s]\s*["']?(\d+(?:\.\d+)?)/i;

function loweredThresholds(file: PatchedFile): Weakening[] {
  const now = added(file).flatMap((line) => threshold(line));
  return removed(file).flatMap((line) =>
    threshold(line).flatMap((old) => {
      const fresh = now.find((one) => one.key === old.key);
      if (fresh)
        return fresh.value < old.value ? [item(file, 'lowered_threshold', fresh.line, `lowered threshold from ${String(old.value)}`)] : [];
      return /fail|cov|minimum|threshold|branches|functions|statements/i.test(old.key)
        ? [item(file, 'lowered_threshold', line, 'removed threshold')]
        : [];
    }),
  );
}

function threshold(line: PatchLine): { key: string; value: number; line: PatchLine }[] {
  const match = THRESHOLD.exec(line.text);
  return match ? [{ key: (match[1] ?? '').toLowerCase(), value: Number(match[2]), line }] : [];
}

/** Flags of tsconfig.json that make the compiler say more when true. */
const STRICT =
  /"(strict\w*|no(?!Emit|Lib|Resolve|ErrorTruncation)[A-Z]\w+|exactOptionalPropertyTypes|alwaysStrict|checkJs|useUnknownInCatchVariables|forceConsistentCasingInFileNames|erasableSyntaxOnly|verbatimModuleSyntax)"\s*:\s*true/;

function looserTypeScript(file: PatchedFile): Weakening[] {
  const kept = added(file).map((line) => STRICT.exec(line.text)?.[1]);
  const dropped = removed(file).filter((line) => {
    const flag = STRICT.exec(line.text)?.[1];
    return flag !== undefined && !kept.includes(flag);
  });
  const off = added(file).filter((line) =>
    /"(?:skipLibCheck|allowJs|suppress\w+|noCheck|allowUnreachableCode|allowUnusedLabels)"\s*:\s*true|"strict\w*"\s*:\s*false/.test(
      line.text,
    ),
  );
  const falsified = off.filter((line) => !/"strict/.test(line.text) || dropped.length === 0);
  return [
    ...dropped.map((line) => item(file, 'loosened_setting', line, 'strictness turned off')),
    ...falsified.map((line) => item(file, 'loosened_setting', line, 'looser type check')),
  ];
}

/** Rules of ESLint, Biome and oxlint: turned down, or turned off where nothing was said. */
function looserRules(file: PatchedFile): Weakening[] {
  const level = (text: string): { rule: string; level: number } | null => {
    const match = /^\s*["']?(@?[\w/-]+)["']?\s*:\s*\[?\s*["']?(off|warn|error|[012])["']?\s*[,\]]?/.exec(text);
    if (!match) return null;
    const rank = { off: 0, warn: 1, error: 2, '0': 0, '1': 1, '2': 2 }[match[2] ?? ''];
    return rank === undefined ? null : { rule: match[1] ?? '', level: rank };
  };
  if (file.path.endsWith('package.json') && !file.lines.some((line) => /eslintConfig|"rules"/.test(line.text))) return [];
  const before = new Map<string, number>();
  for (const line of removed(file)) {
    const rule = level(line.text);
    if (rule) before.set(rule.rule, rule.level);
  }
  const now = added(file).flatMap((line) => {
    const rule = level(line.text);
    if (rule === null) return [];
    const old = before.get(rule.rule);
    before.delete(rule.rule);
    return rule.level < (old ?? (rule.level === 0 ? 1 : 0)) ? [item(file, 'loosened_setting', line, 'looser rule')] : [];
  });
  const dropped = removed(file).filter((line) => (before.get(level(line.text)?.rule ?? '') ?? 0) > 0);
  return [...now, ...dropped.map((line) => item(file, 'loosened_setting', line, 'rule removed'))];
}

function looserPython(file: PatchedFile): Weakening[] {
  const on = /^\s*(strict|disallow_\w+|warn_\w+|check_untyped_defs|no_implicit_\w+|xfail_strict|strict_\w+)\s*=\s*true/i;
  const kept = added(file).map((line) => on.exec(line.text)?.[1]);
  const off = removed(file).filter((line) => on.test(line.text) && !kept.includes(on.exec(line.text)?.[1]));
  const looser =
    /^\s*(?:ignore_errors|ignore_missing_imports|allow_untyped_\w+|follow_imports\s*=\s*"?skip)\b.*|^\s*(?:disable_error_code|extend-ignore|extend_ignore|ignore|per-file-ignores|per_file_ignores|disable|collect_ignore|norecursedirs|omit)\s*=|^\s*"[^"]+"\s*=\s*\["?[A-Z]+\d*|--(?:ignore|deselect)[= ]|-k ["']?not |^\s*(?:strict|disallow_\w+|warn_\w+)\s*=\s*false/i;
  const codes = (texts: readonly PatchLine[]): Set<string> =>
    new Set(texts.flatMap((line) => line.text.match(/\b[A-Z]{1,4}\d{1,4}\b|"[\w*/.-]+"/g) ?? []));
  const old = codes(removed(file));
  const now = added(file).filter(
    (line) =>
      looser.test(line.text) &&
      !(off.length > 0 && /=\s*false/i.test(line.text)) &&
      (![...codes([line])].every((code) => old.has(code)) || codes([line]).size === 0),
  );
  // Entries of a list that goes over several lines carry no key.
  const entries = added(file).filter(
    (line) =>
      /^\s*"[A-Z]{1,4}\d{1,4}",?(?:\s*#.*)?$/.test(line.text) &&
      keyAbove(file, line, /\b(?:ignore|extend-ignore)\s*=\s*\[/) &&
      !old.has(line.text.trim().split(',')[0] ?? ''),
  );
  return [
    ...off.map((line) => item(file, 'loosened_setting', line, 'strictness turned off')),
    ...[...now, ...entries].map((line) => item(file, 'loosened_setting', line, 'looser check')),
  ];
}

function looserGo(file: PatchedFile): Weakening[] {
  const underKey = (line: PatchLine, key: RegExp): boolean => /^\s+- /.test(line.text) && keyAbove(file, line, key);
  const excluded = added(file).filter(
    (line) =>
      underKey(line, /^\s*(?:disable|exclude\w*|exclude-\w+|skip-\w+|exclusions|rules|paths|linters):/) && !underKey(line, /^\s*enable:/),
  );
  const dropped = removed(file).filter(
    (line) => underKey(line, /^\s*enable:/) && !added(file).some((other) => other.text.trim() === line.text.trim()),
  );
  const off = added(file).filter((line) => /disable-all:\s*true|issues-exit-code:\s*0|tests:\s*false|default:\s*none/.test(line.text));
  return [...excluded, ...off]
    .map((line) => item(file, 'loosened_setting', line, 'looser check'))
    .concat(dropped.map((line) => item(file, 'loosened_setting', line, 'linter turned off')));
}

/** The nearest line above with less indentation that is a key. */
function keyAbove(file: PatchedFile, line: PatchLine, key: RegExp): boolean {
  const index = file.lines.indexOf(line);
  const indent = line.text.search(/\S/);
  const above = file.lines
    .slice(0, index)
    .findLast(
      (one) =>
        one.text.trim() !== '' &&
        (one.text.search(/\S/) < indent || (one.text.search(/\S/) === indent && !/^\s*-/.test(one.text))) &&
        /[:=]/.test(one.text),
    );
  return above !== undefined && key.test(above.text);
}

/** Scripts that CI and people run: a change of theirs is listed when the old command is not part of the new one. */
function changedScripts(file: PatchedFile): Weakening[] {
  // Not the version of a package (lint-staged), nor a setting of jest's that begins with the same word.
  const script =
    /^\s*"(?!(?:test(?:Environment|Match|Regex|Runner|Sequencer|Timeout|URL|ResultsProcessor|NamePattern)|coverage(?:Directory|Provider))")((?:test|lint|type-?check|check|coverage|ci)[\w:-]*)"\s*:\s*"(?![\^~<>=v ]*\d+\.|(?:npm|file|link|workspace|git[\w+]*|https?):)((?:[^"\\]|\\.)*)"/;
  const now = new Map(
    added(file).flatMap((line) =>
      script.exec(line.text) ? [[script.exec(line.text)?.[1] ?? '', { line, command: script.exec(line.text)?.[2] ?? '' }]] : [],
    ) as [string, { line: PatchLine; command: string }][],
  );
  const changed = removed(file).flatMap((line) => {
    const match = script.exec(line.text);
    if (!match) return [];
    const fresh = now.get(match[1] ?? '');
    if (!fresh) return [item(file, 'loosened_setting', line, `script "${match[1] ?? ''}" removed`)];
    const narrowed =
      /\|\| ?(?:true|:|exit 0)|--passWithNoTests|--testPathIgnorePatterns|--exclude|--ignore|--quiet|--no-verify|;\s*exit 0|--max-warnings/.exec(
        fresh.command,
      )?.[0];
    const same = fresh.command.includes(match[2] ?? '') && (narrowed === undefined || (match[2] ?? '').includes(narrowed));
    return same ? [] : [item(file, 'loosened_setting', fresh.line, `script "${match[1] ?? ''}" changed from \`${match[2] ?? ''}\``)];
  });
  return changed;
}

function looserRunner(file: PatchedFile): Weakening[] {
  const looser =
    /testPathIgnorePatterns|passWithNoTests|\bexclude:|coveragePathIgnorePatterns|allowOnly|\bretries?:|bail:\s*false|dangerouslyIgnoreUnhandledErrors|"?ignore"?:/;
  if (file.path.endsWith('package.json'))
    return lines(
      file,
      added(file),
      /testPathIgnorePatterns|"passWithNoTests"\s*:\s*true|coveragePathIgnorePatterns/,
      'loosened_setting',
      'looser test runner',
    );
  const gone = removed(file).map((line) => line.text.trim());
  return lines(
    file,
    added(file).filter((line) => !gone.includes(line.text.trim())),
    looser,
    'loosened_setting',
    'looser test runner',
  );
}

function isPipeline(path: string): boolean {
  return /^\.github\/(?:workflows|actions)\/|^\.gitlab-ci\.yml$|^\.circleci\/|^azure-pipelines\.yml$|(?:^|\/)Jenkinsfile$|^\.travis\.yml$|^\.pre-commit-config\.yaml$|^\.buildkite\/|(?:^|\/)Makefile$/.test(
    path,
  );
}

function looserPipeline(file: PatchedFile): Weakening[] {
  const soft =
    /continue-on-error:\s*true|allow_failure:\s*true|\|\| ?(?:true|:|exit 0)\b|^\s*(?:-\s*)?if:\s*(?:false|\$\{\{\s*false)|set \+e|^\s*-?-(?=\$\(|\w+ test)/;
  const runs = /\b(?:test|lint|check|vet|mypy|ruff|eslint|tsc|pytest|jest|vitest|clippy|golangci)\b/i;
  const now = added(file).map((line) => line.text.trim());
  const dropped = removed(file).filter(
    (line) =>
      /^\s*(?:-\s*)?(?:run:\s*|- id:|\t|script:)|^\t|^\s*-\s/.test(line.text) &&
      runs.test(line.text) &&
      !/^\s*(?:-\s*)?(?:uses|name):/.test(line.text) &&
      !now.some((text) => text.includes(line.text.trim().replace(/^-\s*/, '')) || replaces(text, line.text)),
  );
  return [
    ...lines(file, added(file), soft, 'loosened_setting', 'a step may fail'),
    ...dropped.map((line) => item(file, 'loosened_setting', line, 'a check was taken out')),
  ];
}

/** True when a new line runs the same tool: `npm test` became `npm test -- --ci`. */
function replaces(text: string, old: string): boolean {
  const words = (value: string): string[] =>
    value.toLowerCase().match(/\b(?:test|lint|check|vet|mypy|ruff|eslint|tsc|pytest|jest|vitest|clippy|golangci)\b/g) ?? [];
  return words(old).every((word) => words(text).includes(word));
}

function lines(file: PatchedFile, from: readonly PatchLine[], pattern: RegExp, kind: Weakening['kind'], what: string): Weakening[] {
  return from.filter((line) => pattern.test(line.text)).map((line) => item(file, kind, line, what));
}

function item(file: PatchedFile, kind: Weakening['kind'], line: PatchLine, what: string): Weakening {
  const number = line.kind === 'removed' ? `${String(line.oldLine)} before` : String(line.newLine);
  const text = line.text.trim();
  return {
    path: file.path,
    kind,
    text: `${file.path} (line ${number}): ${what}: \`${text.length > 90 ? `${text.slice(0, 89)}…` : text}\``,
  };
}
