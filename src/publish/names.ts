/**
 * File names as the careless file systems see them. HFS+ and APFS skip code points that are not shown and know no case; NTFS knows no case, drops
 * trailing dots and spaces, cuts at a colon, and keeps 8.3 short names. Source: `is_hfs_dotgit`, `is_ntfs_dotgit` and `is_ntfs_dotgitmodules` of git.
 */

/** One part of a path without case and without what is not shown: equal parts are one file on HFS+, APFS and NTFS. */
export function caseless(part: string): string {
  return part
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '')
    .replaceAll('ı', 'i')
    .toLowerCase();
}

/** One part of a path as the most careless file system reads it. */
export function folded(part: string): string {
  return caseless(part)
    .replace(/:.*$/s, '')
    .replace(/[. ]+$/, '');
}

/** Whether some file system takes this part for `.git`. */
export function isDotGit(part: string): boolean {
  return folded(part) === '.git' || /^git~\d+$/.test(folded(part));
}

/** Git reads these by name; as a symbolic link or in disguise they are an attack. */
const GIT_FILES = ['.gitmodules', '.gitattributes', '.gitignore', '.mailmap'];

/** NTFS short names of the same: the plain form (`GITMOD~1`) and the one made of a hash (`GI7EBA~1`). */
const SHORT_GIT_FILES = /^(gitmod|gi7eba|gitatt|gi7d29|gitign|gi250a|mailma|maba30)~\d+$/;

export function isGitFile(part: string): boolean {
  return GIT_FILES.includes(folded(part)) || SHORT_GIT_FILES.test(folded(part));
}

/** A git file under another spelling than its own. */
export function isDisguisedGitFile(part: string): boolean {
  return isGitFile(part) && !GIT_FILES.includes(part);
}

/** Why a path must not be added or changed; `null` when it may. */
export function nameFault(path: string): string | null {
  const parts = path.split('/');
  if (path === '' || path.startsWith('/') || /^[a-z]:/i.test(path)) return 'is not a path relative to the repository';

  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(path)) return 'has a control character or line break in its name';
  if (/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(path)) return 'has a character in its name that turns the direction of writing';
  if (!path.isWellFormed() || path.includes('\ufffd')) return 'has a name that is not UTF-8';
  if (path.includes('\\')) return 'has a backslash in its name, which is a separator on Windows';
  for (const part of parts) {
    const fault = partFault(part);
    if (fault !== null) return fault;
  }
  return Buffer.byteLength(path) > 4096 ? 'has a name longer than 4096 bytes' : null;
}

function partFault(part: string): string | null {
  if (part === '' || part === '.' || part === '..') return `has the part ${shown(part)} in its path`;
  if (isDotGit(part)) return `has the part ${shown(part)}, which some file systems take for .git`;
  if (isDisguisedGitFile(part)) return `has the part ${shown(part)}, which some file systems take for a file that git reads`;
  if (/[. ]$/.test(part)) return `has the part ${shown(part)}, whose last dot or space Windows drops`;
  if (/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(part)) return `has the part ${shown(part)}, which is a device on Windows`;
  return null;
}

/** As it is when harmless, else as an escaped JSON string, cut. */
export function shown(text: string): string {
  const short = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  if (/^[\w./@+~,:=()[\]-]+$/.test(short)) return short;
  return JSON.stringify(short).replace(/[^\x20-\x7e]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
