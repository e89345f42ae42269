import { isTestFile, languageOf } from './languages.ts';

/**
 * The source files that a test is about, best guess first: what it imports from the repository, and the file whose name it bears.
 *
 * @param test path of the test
 * @param text its source
 * @param files paths of the repository
 */
export function coveredSources(test: string, text: string, files: readonly string[]): string[] {
  const sources = files.filter((path) => !isTestFile(path) && languageOf(path) === languageOf(test));
  const named = namesake(test, sources);
  const imported =
    languageOf(test) === 'python'
      ? pythonImports(text, sources)
      : languageOf(test) === 'javascript'
        ? relativeImports(test, text, sources)
        : samePackage(test, sources);
  return [...new Set([...named, ...imported])];
}

function namesake(test: string, sources: readonly string[]): string[] {
  const bare = (path: string): string =>
    (path.split('/').at(-1) ?? '')
      .replace(/\.\w+$/, '')
      .replace(/^test_|[._-](?:test|spec|tests)$|Tests?$|_test$|_spec$/g, '')
      .toLowerCase();
  const folder = test.slice(0, test.lastIndexOf('/') + 1);
  return sources
    .filter((path) => bare(path) === bare(test))
    .sort((a, b) => Number(b.startsWith(folder)) - Number(a.startsWith(folder)) || a.length - b.length);
}

function relativeImports(test: string, text: string, sources: readonly string[]): string[] {
  const folder = test.includes('/') ? test.slice(0, test.lastIndexOf('/')) : '';
  return [...text.matchAll(/(?:from|import|require\()\s*['"](\.{1,2}\/[^'"]+)['"]/g)].flatMap((match) => {
    const parts = [...(folder === '' ? [] : folder.split('/'))];
    for (const part of (match[1] ?? '').split('/')) {
      if (part === '..') parts.pop();
      else if (part !== '.') parts.push(part);
    }
    const path = parts.join('/');
    const stem = path.replace(/\.[cm]?[jt]sx?$/, '');
    return sources.filter((source) => source === path || source.replace(/(?:\/index)?\.[cm]?[jt]sx?$/, '') === stem);
  });
}

function pythonImports(text: string, sources: readonly string[]): string[] {
  return [...text.matchAll(/^\s*(?:from\s+([\w.]+)\s+import\s+([\w, ()]+)|import\s+([\w.]+))/gm)].flatMap((match) => {
    const module = (match[1] ?? match[3] ?? '').replace(/^\.+/, '').replaceAll('.', '/');
    const names = (match[2] ?? '').split(/[,\s()]+/).filter(Boolean);
    const stems = [module, ...names.map((name) => `${module}/${name}`)];
    return sources.filter((source) =>
      stems.some((stem) => stem !== '' && (source.replace(/\.py$/, '') === stem || source.endsWith(`/${stem}.py`))),
    );
  });
}

/** Go tests stand in the package that they test. */
function samePackage(test: string, sources: readonly string[]): string[] {
  const folder = test.slice(0, test.lastIndexOf('/') + 1);
  return sources.filter((path) => path.startsWith(folder) && !path.slice(folder.length).includes('/'));
}
