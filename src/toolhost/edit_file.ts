import { applyEdits, type Applied } from './edit/apply.ts';
import { explained, readBytes, writeBytes, type FileContent } from './files.ts';
import { assertOwn } from './paths.ts';
import { numbered } from './read_file.ts';
import { newSyntaxError } from './syntax.ts';
import { decode, encode, linesOf, sizeText } from './text.ts';
import type { Answer, EditFile } from './wire.ts';
import type { Workspace } from './workspace.ts';

const AROUND = 4;
const MAX_SHOWN_LINES = 120;

/** Makes the edit tool; it remembers its own results, so that the same call on its own result is known as applied. */
export function editing(workspace: Workspace): (params: EditFile, signal: AbortSignal) => Promise<Answer> {
  const results = new Map<string, string>();
  return async (params, signal) => {
    if (params.edits.length === 0) return refuse('edits is empty: give at least one {old_str, new_str}.');
    const file = await readBytes(workspace, params.path);
    assertOwn(workspace.root, file.path);
    if (file.size > file.bytes.length)
      return refuse(
        `${file.path} has ${sizeText(file.size)}, too large for edit_file. Use a stream editor with run_command (sed -i, perl -pi -e).`,
      );
    const decoded = decode(file.bytes);
    if ('reason' in decoded)
      return refuse(
        `${file.path} was not edited: it is ${decoded.reason}. edit_file changes only UTF-8, and UTF-16 with a byte-order mark, so that no byte is damaged. Use run_command with a program that handles this encoding (python3 with encoding=, perl -pi -e).`,
      );
    const call = await digest(Buffer.from(JSON.stringify([file.path, params.edits])));
    if (results.get(call) === (await digest(file.bytes)))
      return { text: `Already applied: ${file.path} is as this call left it before. Nothing was changed.`, is_error: false };
    const applied = applyEdits(decoded.text, params.edits);
    if ('problem' in applied) return refuse(`${file.path} was not changed. ${applied.problem}`);
    if (applied.text === decoded.text)
      return {
        text: `Already applied: ${file.path} holds ${params.edits.length === 1 ? 'new_str' : 'every new_str'} where it belongs. Nothing was changed.`,
        is_error: false,
      };
    const bytes = encode(applied.text, decoded.encoding);
    await store(workspace, file, bytes);
    results.set(call, await digest(bytes));
    const error = await newSyntaxError(workspace, file.path, decoded.text, applied.text, signal);
    return {
      text: [headline(file.path, params, applied), around(applied), ...(error === null ? [] : [error])].join('\n'),
      is_error: false,
    };
  };
}

const refuse = (text: string): Answer => ({ text, is_error: true });
const digest = async (bytes: Buffer): Promise<string> => {
  const { createHash } = await import('node:crypto');
  return createHash('sha256').update(bytes).digest('hex');
};

async function store(workspace: Workspace, file: FileContent, bytes: Buffer): Promise<void> {
  try {
    workspace.trees.touched(writeBytes(workspace.root, file.path, bytes));
  } catch (error) {
    throw await explained(workspace, file.path, error);
  }
}

function headline(path: string, { edits }: EditFile, applied: Applied): string {
  const steps = [...new Set(applied.touched.map(({ step }) => step))];
  const how = steps
    .map((step) => (step === 'exact' ? 'exact match' : `matched with ${step} ${step === 'indentation' ? 'shifted' : 'ignored'}`))
    .join(', ');
  const already = applied.already.length === 0 ? '' : ` Already applied before: edit ${applied.already.join(', ')}.`;
  const stripped = applied.stripped ? ' Line numbers in front of the lines were left out.' : '';
  const count = applied.touched.length;
  return `Edited ${path}: ${count} place${count === 1 ? '' : 's'}${edits.length > 1 ? `, ${edits.length} edits` : ''} (${how}).${already}${stripped}`;
}

/** The changed lines with four around them, places that touch joined. */
function around({ text, touched }: Applied): string {
  const lines = linesOf(text);
  const ranges = touched
    .map(({ first, last }) => ({ from: Math.max(first - AROUND, 1), to: Math.min(last + AROUND, lines.length) }))
    .sort((a, b) => a.from - b.from);
  const joined: { from: number; to: number }[] = [];
  for (const range of ranges) {
    const before = joined.at(-1);
    if (before !== undefined && range.from <= before.to + 1) before.to = Math.max(before.to, range.to);
    else joined.push({ ...range });
  }
  const shown: string[] = [];
  for (const { from, to } of joined) {
    if (shown.length > 0) shown.push('…');
    for (let number = from; number <= to; number++) shown.push(numbered(number, (lines[number - 1] ?? '').slice(0, 500)));
  }
  if (shown.length <= MAX_SHOWN_LINES) return shown.join('\n');
  return [...shown.slice(0, MAX_SHOWN_LINES), `[${shown.length - MAX_SHOWN_LINES} more changed lines; git_diff shows all]`].join('\n');
}
