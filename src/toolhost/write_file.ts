import { join } from 'node:path';
import { explained, MAX_READ, readBytes, writeBytes } from './files.ts';
import { assertOwn, entryAt, Refusal, relativePath } from './paths.ts';
import { newSyntaxError } from './syntax.ts';
import { decode, linesOf, sizeText } from './text.ts';
import type { Answer, WriteFile } from './wire.ts';
import type { Workspace } from './workspace.ts';

/** Writes a new file, or a whole file when `overwrite` is true: the content exactly as given. */
export async function writeFile(
  workspace: Workspace,
  { path: given, content, overwrite = false }: WriteFile,
  signal: AbortSignal,
): Promise<Answer> {
  const path = relativePath(workspace.root, given);
  if (path === '' || given.endsWith('/'))
    throw new Refusal(`${given} names a folder; give the path of a file. Folders are made as needed.`);
  assertOwn(workspace.root, path);
  if (!content.isWellFormed())
    throw new Refusal('content holds half of a surrogate pair, which no file can hold as text. Write the whole character.');
  const bytes = Buffer.from(content, 'utf8');
  if (bytes.length > MAX_READ)
    throw new Refusal(
      `content has ${sizeText(bytes.length)}; at most ${sizeText(MAX_READ)} can be written. Generate the file with run_command.`,
    );
  const before = await existing(workspace, path);
  if (before !== null && !overwrite) return { text: occupied(path, before), is_error: true };
  if (before?.equals(bytes) === true) return { text: `${path} holds exactly this content already. Nothing was changed.`, is_error: false };
  try {
    workspace.trees.touched(writeBytes(workspace.root, path, bytes));
  } catch (error) {
    throw await explained(workspace, path, error);
  }
  const decoded = before === null ? null : decode(before);
  const error = await newSyntaxError(workspace, path, decoded !== null && 'text' in decoded ? decoded.text : null, content, signal);
  const said = `${before === null ? 'Created' : 'Overwrote'} ${path} (${linesOf(content).length} lines, ${sizeText(bytes.length)}).`;
  return { text: error === null ? said : `${said}\n${error}`, is_error: false };
}

async function existing(workspace: Workspace, path: string): Promise<Buffer | null> {
  const found = entryAt(join(workspace.root, path));
  if (found === null) return null;
  if (found.isDirectory()) throw new Refusal(`${path} is a folder, so no file can be written there. Choose a file name below it.`);
  return (await readBytes(workspace, path)).bytes;
}

function occupied(path: string, before: Buffer): string {
  const decoded = decode(before);
  const what = 'text' in decoded ? `${linesOf(decoded.text).length} lines` : decoded.reason;
  return `${path} exists already (${what}) and was not changed. Use edit_file to change a part of it, or call write_file again with overwrite=true to replace the whole file.`;
}
