/** A repository seen from the folder that commands run in. Nothing here touches the file system: `read` is given. */
export type Project = Readonly<{
  /** Paths below the folder, relative to it. */
  files: readonly string[];
  has(path: string): boolean;
  /** Text of a file below the folder; empty when it is missing or unreadable. */
  text(path: string): string;
  /** The folder, relative to the repository's root; empty for the root itself. */
  folder: string;
  /** The same repository seen from its root. */
  root: Project;
}>;

export function projectAt(files: readonly string[], read: (path: string) => string | null, folder: string): Project {
  const clean = folder.replace(/^\.?\/+|^\.$|\/+$/g, '').replace(/^\.\//, '');
  const prefix = clean === '' ? '' : `${clean}/`;
  const inside = files.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
  const known = new Set(inside);
  const project = {
    files: inside,
    has: (path: string) => known.has(path),
    text: (path: string) => (known.has(path) ? (read(prefix + path) ?? '') : ''),
    folder: clean,
  };
  const root = clean === '' ? undefined : projectAt(files, read, '.');
  return {
    ...project,
    get root(): Project {
      return root ?? this;
    },
  };
}

/** The part of JSON we need, comments and trailing commas allowed (deno.jsonc, tsconfig.json); an empty object when it cannot be read. */
export function looseJson(text: string): Record<string, unknown> {
  for (const candidate of [
    text,
    text
      .replace(/^\s*\/\/.*$/gm, '')
      .replace(/\/\*[\s\S]*?\*\//g, '')
      .replace(/,(\s*[}\]])/g, '$1'),
  ]) {
    try {
      const value: unknown = JSON.parse(candidate);
      if (isRecord(value)) return value;
    } catch {
      // Tried next without comments; a file that is no JSON at all tells us nothing.
    }
  }
  return {};
}

/** The string values of an object member, e.g. `scripts` of a package.json. */
export function stringsOf(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
