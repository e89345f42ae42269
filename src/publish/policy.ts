import { posix } from 'node:path';
import type { Change } from '../toolhost/wire.ts';
import { caseless, isDotGit, isGitFile, nameFault, shown } from './names.ts';

export { DEFAULT_PROTECTED_PATHS, executableConfiguration, protectedBy, touchesProtected } from './protected-paths.ts';

/** One entry that may not be published. */
export type Refusal = Readonly<{
  /** The path, as a JSON string where it holds odd characters. */
  entry: string;
  rule: 'name' | 'mode' | 'gitlink' | 'symlink' | 'filtered' | 'size' | 'case' | 'object';
  /** What is wrong and what to do, for the model and for a person. */
  message: string;
}>;

/** A new file may not be larger; what is generated belongs into a release or a registry. */
export const MAX_NEW_FILE = 1024 * 1024;

/** What the tool host can hand out in one line of the wire (16 MiB, in base64), with room to spare. */
const MAX_CHANGED_FILE = 10 * 1024 * 1024;

/**
 * Judges the raw entries of a change (attack 8). `symlinkTargets` holds the text of every symbolic link that is added or changed, by path. Everything that is
 * wrong is told at once; an empty list lets the change pass.
 */
export function checkPolicy(changes: readonly Change[], symlinkTargets: ReadonlyMap<string, string>): Refusal[] {
  const kept = changes.filter((change) => change.status !== 'D');
  return [...kept.flatMap((change) => entryRefusals(change, symlinkTargets)), ...caseRefusals(kept)];
}

function entryRefusals(change: Change, symlinkTargets: ReadonlyMap<string, string>): Refusal[] {
  const { path, new_mode: mode } = change;
  const refuse = (rule: Refusal['rule'], what: string, instead: string): Refusal => {
    const entry = shown(path);
    return { entry, rule, message: `${entry} ${what}. ${instead}` };
  };
  const refusals: Refusal[] = [];
  const name = change.status === 'A' || nameIsDangerous(path) ? nameFault(path) : null;
  if (name !== null) refusals.push(refuse('name', name, 'Remove it or give it another name.'));
  if (mode === '160000')
    return [
      ...refusals,
      refuse(
        'gitlink',
        'is a link to another repository (a submodule, or a repository inside the checkout)',
        'Put it back as it was, or remove the inner .git folder.',
      ),
    ];
  if (!['100644', '100755', '120000'].includes(mode))
    return [
      ...refusals,
      refuse('mode', `has the mode ${shown(mode)}`, 'Only plain files, executable files and symbolic links can be published.'),
    ];
  if (!/^[0-9a-f]{40}$/.test(change.new_id))
    refusals.push(refuse('object', `has the object id ${shown(change.new_id)}`, 'GitHub takes SHA-1 repositories only.'));
  if (mode === '120000') {
    const fault = symlinkFault(path, symlinkTargets.get(path));
    if (fault !== null) refusals.push(refuse('symlink', fault, 'Make it a relative link to a file of this repository, or a plain file.'));
  }
  if (change.filtered)
    refusals.push(
      refuse(
        'filtered',
        'is kept by a filter of .gitattributes (Git LFS or the like), which is not run here',
        'Put it back as it was; a maintainer has to change it.',
      ),
    );
  if (isTooLarge(change))
    refusals.push(
      refuse(
        'size',
        `has ${change.size} bytes, more than ${change.status === 'M' ? MAX_CHANGED_FILE : MAX_NEW_FILE}`,
        'Remove it, or add it to .gitignore if it is a product of the build.',
      ),
    );
  return refusals;
}

/** A file that was there before may keep an unfortunate name, but not one that reaches out of the checkout. */
function nameIsDangerous(path: string): boolean {
  return path.split('/').some((part) => isDotGit(part) || part === '..' || part === '.' || part === '') || /^[a-z]:|\\/i.test(path);
}

function isTooLarge({ status, size }: Change): boolean {
  return size > (status === 'M' ? MAX_CHANGED_FILE : MAX_NEW_FILE);
}

/**
 * Why a symbolic link may not be published. Its target must stay inside by its words alone: `..` only at its beginning, where it counts real folders; after a
 * name (`a/..`) the name may itself be a link, and lead elsewhere.
 */
function symlinkFault(path: string, target: string | undefined): string | null {
  if (isGitFile(path.split('/').at(-1) ?? '')) return 'is a symbolic link that git would read as its own settings';
  if (target === undefined || target === '') return 'is a symbolic link whose target could not be read';
  const to = `points at ${shown(target)}`;

  if (/[\u0000-\u001f\u007f]/.test(target) || target.length > 4096) return 'is a symbolic link whose target is not a path';
  if (target.startsWith('/') || target.startsWith('~') || target.includes('\\') || /^[a-z]:/i.test(target))
    return `${to}, an absolute path`;
  if (target.split('/').some(isDotGit)) return `${to}, inside .git`;
  if (/(^|\/)(?!\.\.?\/)[^/]+\/(.*\/)?\.\.(\/|$)/.test(target)) return `${to}, with .. after a name`;
  const resolved = posix.join(posix.dirname(path), target);
  return resolved === '..' || resolved.startsWith('../') ? `${to}, outside the repository` : null;
}

/** Two new paths that are one on a file system without case: what is written to the first lands in the second (CVE-2021-21300). */
function caseRefusals(kept: readonly Change[]): Refusal[] {
  const spellings = new Map<string, string>();
  const refusals = new Map<string, Refusal>();
  for (const { path } of kept) {
    const parts = path.split('/');
    for (let depth = 1; depth <= parts.length; depth++) {
      const prefix = parts.slice(0, depth).join('/');
      const key = parts.slice(0, depth).map(caseless).join('/');
      const known = spellings.get(key) ?? prefix;
      spellings.set(key, known);
      if (known === prefix || refusals.has(prefix)) continue;
      const message = `${shown(prefix)} and ${shown(known)} are one and the same on file systems without case. Use one spelling.`;
      refusals.set(prefix, { entry: shown(prefix), rule: 'case', message });
    }
  }
  return [...refusals.values()];
}
