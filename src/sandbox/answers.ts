import type { Method } from '../toolhost/wire.ts';

/** A check of one value: `null`, or the place that is wrong. */
type Check = (value: unknown, at: string) => string | null;

/** The first thing that is wrong with an answer of the tool host, or `null`. Only types are checked: the values are never trusted. */
export function answerProblem(method: Method, result: unknown): string | null {
  return ANSWERS[method](result, 'result');
}

const is =
  (type: 'string' | 'number' | 'boolean'): Check =>
  (value, at) =>
    typeof value === type && (type !== 'number' || Number.isFinite(value)) ? null : `${at} is no ${type}`;
const text = is('string');
const number = is('number');
const flag = is('boolean');

const orNull =
  (check: Check): Check =>
  (value, at) =>
    value === null ? null : check(value, at);

const orAbsent =
  (check: Check): Check =>
  (value, at) =>
    value === undefined ? null : check(value, at);

const matching =
  (pattern: RegExp): Check =>
  (value, at) =>
    typeof value === 'string' && pattern.test(value) ? null : `${at} is not as expected`;

const id = matching(/^[0-9a-f]{40}([0-9a-f]{24})?$/);
const mode = matching(/^[0-7]{6}$/);

const list =
  (check: Check): Check =>
  (value, at) => {
    if (!Array.isArray(value)) return `${at} is no list`;
    for (const [i, entry] of value.entries()) {
      const problem = check(entry, `${at}[${i}]`);
      if (problem !== null) return problem;
    }
    return null;
  };

const shape =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${at} is no object`;
    for (const [name, check] of Object.entries(fields)) {
      const problem = check((value as Record<string, unknown>)[name], `${at}.${name}`);
      if (problem !== null) return problem;
    }
    return null;
  };

const answer = shape({ text, is_error: flag });
const command = orNull(shape({ command: text, source: text, confidence: matching(/^(high|medium|low)$/) }));
const git = shape({
  head: orNull(id),
  head_tree: orNull(id),
  branch: orNull(text),
  start_tree: orNull(id),
  modified: list(text),
  untracked: list(text),
  shallow: flag,
  sparse: flag,
});
const change = shape({
  path: text,
  status: matching(/^[AMDT]$/),
  old_mode: mode,
  new_mode: mode,
  old_id: id,
  new_id: id,
  size: number,
  filtered: flag,
  binary: flag,
});

const found = shape({ path: text, real: orNull(text) });
const refused = shape({ refused: text });

const ANSWERS: Readonly<Record<Method, Check>> = {
  hello: shape({ protocol: number, node: text, platform: text, git: orNull(git) }),
  overview: shape({
    instructions: list(shape({ path: text, text, characters: number })),
    tree: text,
    files: number,
    languages: list(shape({ language: text, files: number })),
    commits: list(text),
    ranked: list(shape({ path: text, why: text })),
    test: command,
    setup: command,
    check: command,
  }),
  read_file: answer,
  list_files: answer,
  search: answer,
  place: (value, at) => (found(value, at) === null ? null : refused(value, at)),
  edit_file: answer,
  write_file: answer,
  run: shape({
    exit_code: orNull(number),
    signal: orNull(text),
    timed_out: flag,
    duration_ms: number,
    output: text,
    bytes: number,
    survivors: list(text),
  }),
  tree: shape({ tree: id, left_out: list(text) }),
  switch_to: shape({ tree: id }),
  sources: shape({ files: list(shape({ path: text, text: orAbsent(text) })) }),
  changes: shape({ changes: list(change) }),
  diff: shape({ text, bytes: number, truncated: flag }),
  blob: shape({ content: matching(/^[A-Za-z0-9+/]*={0,2}$/) }),
  seed: shape({ tree: id }),
  apply: shape({ tree: id }),
  probe: shape({ output: text }),
};
