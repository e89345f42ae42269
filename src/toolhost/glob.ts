const MAX_PATTERNS = 200;

/** `*.{ts,tsx}` → `*.ts`, `*.tsx`. */
export function expandBraces(pattern: string): string[] {
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
  for (let i = 0; i < pattern.length; i++) {
    const rest = pattern.slice(i);
    const character = pattern[i] ?? '';
    const set = /^\[(!|\^)?([^\]/]+)\]/.exec(rest);
    if (rest.startsWith('**/')) ((text += '(?:[^/]+/)*'), (i += 2));
    else if (rest.startsWith('**')) ((text += '.*'), (i += 1));
    else if (character === '*') text += '[^/]*';
    else if (character === '?') text += '[^/]';
    else if (character === '\\' && rest.length > 1) text += escape(pattern[++i] ?? '');
    else if (set !== null) ((text += `[${set[1] === undefined ? '' : '^'}${(set[2] ?? '').replace(/[\\[\]^]/g, '\\$&')}]`), (i += set[0].length - 1));
    else text += escape(character);
  }
  return text;
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
