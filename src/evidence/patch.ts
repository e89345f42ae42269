/** One line of a hunk. `oldLine` is 0 for an added line, `newLine` 0 for a removed one; both count from 1. */
export type PatchLine = Readonly<{ kind: 'added' | 'removed' | 'context'; text: string; oldLine: number; newLine: number }>;

/** One file of a git patch. */
export type PatchedFile = Readonly<{
  /** Path after the change; before it when the file was deleted. */
  path: string;
  /** Path before the change; the same as `path` unless it was renamed or copied. */
  oldPath: string;
  status: 'added' | 'modified' | 'deleted' | 'renamed' | 'copied';
  /** Git modes such as `100755`, where the patch names them. */
  oldMode?: string;
  newMode?: string;
  binary: boolean;
  lines: readonly PatchLine[];
  /** Neither is set when both sides end with a newline. */
  oldLacksFinalNewline: boolean;
  newLacksFinalNewline: boolean;
}>;

/**
 * Reads `git diff` output: renames, modes, binary files, quoted paths, missing final newlines. Lines keep a carriage return at their end, so
 * that a change of line endings can be seen. Anything that is no patch gives an empty list.
 */
export function parsePatch(text: string): PatchedFile[] {
  const sections = text.split(/^(?=diff --git )/m).filter((section) => section.startsWith('diff --git '));
  return sections.map((section) => parseSection(section.split('\n')));
}

/** The added lines of a file, with their numbers in the new file. */
export function added(file: PatchedFile): PatchLine[] {
  return file.lines.filter((line) => line.kind === 'added');
}

/** The removed lines of a file, with their numbers in the old file. */
export function removed(file: PatchedFile): PatchLine[] {
  return file.lines.filter((line) => line.kind === 'removed');
}

function parseSection(section: readonly string[]): PatchedFile {
  const start = section.findIndex((line) => line.startsWith('@@ '));
  const head = start === -1 ? section : section.slice(0, start);
  const value = (prefix: string): string | undefined => head.find((line) => line.startsWith(prefix))?.slice(prefix.length);
  const fromHeader = headerPaths(head[0] ?? '');
  const oldPath = unquoted(value('rename from ') ?? value('copy from ')) ?? side(value('--- '), 'a/') ?? fromHeader.old;
  const newPath = unquoted(value('rename to ') ?? value('copy to ')) ?? side(value('+++ '), 'b/') ?? fromHeader.new;
  const isNew = value('new file mode ') !== undefined;
  const isGone = value('deleted file mode ') !== undefined;
  const index = /^index [0-9a-f]+\.\.[0-9a-f]+ (\d+)/m.exec(head.join('\n'))?.[1];
  const oldMode = value('old mode ') ?? value('deleted file mode ') ?? (isNew ? undefined : index);
  const newMode = value('new mode ') ?? value('new file mode ') ?? (isGone ? undefined : index);
  const body = start === -1 ? { lines: [], oldLacks: false, newLacks: false } : parseHunks(section.slice(start));
  return {
    path: isGone ? oldPath : newPath,
    oldPath: isNew ? newPath : oldPath,
    status: isNew
      ? 'added'
      : isGone
        ? 'deleted'
        : value('rename from ') !== undefined
          ? 'renamed'
          : value('copy from ') !== undefined
            ? 'copied'
            : 'modified',
    ...(oldMode !== undefined && { oldMode }),
    ...(newMode !== undefined && { newMode }),
    binary: head.some((line) => line.startsWith('Binary files ') || line.startsWith('GIT binary patch')),
    lines: body.lines,
    oldLacksFinalNewline: body.oldLacks,
    newLacksFinalNewline: body.newLacks,
  };
}

function parseHunks(body: readonly string[]): { lines: PatchLine[]; oldLacks: boolean; newLacks: boolean } {
  const lines: PatchLine[] = [];
  let oldLine = 0;
  let newLine = 0;
  let oldLeft = 0;
  let newLeft = 0;
  let oldLacks = false;
  let newLacks = false;
  for (const text of body) {
    // By the counts of its header, a hunk may hold lines that look like headers.
    if (oldLeft <= 0 && newLeft <= 0) {
      const header = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(text);
      if (header)
        [oldLine, oldLeft, newLine, newLeft] = [Number(header[1]), Number(header[2] ?? 1), Number(header[3]), Number(header[4] ?? 1)];
      else if (!text.startsWith('\\')) continue;
      if (header) continue;
    }
    const rest = text.slice(1);
    if (text.startsWith('\\')) {
      const before = lines.at(-1)?.kind;
      if (before !== 'added') oldLacks = true;
      if (before !== 'removed') newLacks = true;
    } else if (text.startsWith('+')) {
      lines.push({ kind: 'added', text: rest, oldLine: 0, newLine: newLine++ });
      newLeft--;
    } else if (text.startsWith('-')) {
      lines.push({ kind: 'removed', text: rest, oldLine: oldLine++, newLine: 0 });
      oldLeft--;
    } else {
      lines.push({ kind: 'context', text: rest, oldLine: oldLine++, newLine: newLine++ });
      oldLeft--;
      newLeft--;
    }
  }
  return { lines, oldLacks, newLacks };
}

/** `a/x b/x`: for files without hunks both sides have the same name, so the line splits in the middle. */
function headerPaths(line: string): { old: string; new: string } {
  const rest = line.slice('diff --git '.length);
  const quoted = /^("(?:[^"\\]|\\.)*"|\S+) ("(?:[^"\\]|\\.)*")$|^("(?:[^"\\]|\\.)*") (.+)$/.exec(rest);
  if (quoted) return { old: side(quoted[1] ?? quoted[3], 'a/') ?? '', new: side(quoted[2] ?? quoted[4], 'b/') ?? '' };
  const middle = (rest.length - 1) / 2;
  if (Number.isInteger(middle) && rest.slice(2, middle) === rest.slice(middle + 3))
    return { old: rest.slice(2, middle), new: rest.slice(middle + 3) };
  const at = rest.lastIndexOf(' b/');
  return { old: rest.slice(2, at), new: rest.slice(at + 3) };
}

function side(value: string | undefined, prefix: string): string | undefined {
  if (value === undefined || value === '/dev/null') return undefined;
  const path = unquoted(value.replace(/\t$/, '')) ?? value;
  return path.startsWith(prefix) ? path.slice(prefix.length) : path;
}

/** Git's C-style quoting, with octal escapes for bytes of UTF-8. */
function unquoted(value: string | undefined): string | undefined {
  if (value === undefined || !value.startsWith('"')) return value;
  const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };
  const bytes = value.slice(1, -1).replace(/\\(?:([0-7]{3})|(.))/g, (_, octal: string | undefined, letter: string | undefined) => {
    if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8));
    return escapes[letter ?? ''] ?? letter ?? '';
  });
  // Characters above 255 stand for themselves (core.quotePath=false); all else are bytes.
  return /[^\x00-\xff]/.test(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8');
}
