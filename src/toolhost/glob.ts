const MAX_PATTERNS = 200;

/** `*.{ts,tsx}` → `*.ts`, `*.tsx`. */
function expandBraces(pattern: string): string[] {
  const found = /^(.*?)\{([^{}]*,[^{}]*)\}(.*)$/s.exec(pattern);
  if (found === null) return [pattern];
  const [, before = '', choices = '', after = ''] = found;
  return choices
    .split(',')
    .flatMap((choice) => expandBraces(before + choice + after))
    .slice(0, MAX_PATTERNS);
}

/** A test for paths. A pattern without `/` means the file name in any folder; `*` and `?` stop at `/`, `**` does not. Wrong brackets are literal. */
export function matcher(glob: string): (path: string) => boolean {
  const patterns = expandBraces(anywhere(glob)).map((pattern) => new RegExp(`^${source(pattern)}$`, 's'));
  return (path) => patterns.some((pattern) => pattern.test(path));
}

/** The same as Git pathspecs, below `folder` (`''` for the root). */
export function pathspecs(folder: string, glob: string | undefined): string[] {
  if (glob === undefined) return folder === '' ? [] : [`:(top,literal)${folder}`];
  const prefix = folder === '' ? '' : `${folder.replace(/[*?[\\]/g, '\\$&')}/`;
  return expandBraces(anywhere(glob)).map((pattern) => `:(top,glob)${prefix}${pattern}`);
}

function anywhere(glob: string): string {
  const clean = glob.replace(/^\.?\/+/, '');
  if (clean.endsWith('/')) return `${clean}**`;
  return clean.includes('/') ? clean : `**/${clean}`;
}

function source(pattern: string): string {
  let text = '';
  for (let i = 0; i < pattern.length;) {
    const [expression, length] = part(pattern.slice(i));
    text += expression;
    i += length;
  }
  return text;
}

/** The expression for the first part of a pattern, and that part's length. */
function part(rest: string): [string, number] {
  const character = rest[0] ?? '';
  const set = /^\[(!|\^)?([^\]/]+)\]/.exec(rest);
  if (rest.startsWith('**/')) return ['(?:[^/]+/)*', 3];
  if (rest.startsWith('**')) return ['.*', 2];
  if (character === '*') return ['[^/]*', 1];
  if (character === '?') return ['[^/]', 1];
  if (character === '\\' && rest.length > 1) return [escape(rest[1] ?? ''), 2];
  if (set === null) return [escape(character), 1];
  const members = (set[2] ?? '').replace(/[\\[\]^]/g, '\\$&');
  return [`[${set[1] === undefined ? '' : '^'}${members}]`, set[0].length];
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
