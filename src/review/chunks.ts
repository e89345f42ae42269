import { pathsOfHeader } from '../transcript/patch.ts';

/** A part of a change that one review looks at. */
export type Chunk = Readonly<{ patch: string; files: readonly string[] }>;

/**
 * Cuts a patch into parts of at most `limit` characters, so that a large change is reviewed whole: file by file, and a file that is too large by itself
 * hunk by hunk under its own header. Every line of the patch is in exactly one part (headers of a cut file in each of its parts). A single hunk
 * over the limit stays one part.
 */
export function chunksOf(patch: string, limit: number): readonly Chunk[] {
  const chunks: { patch: string; files: string[] }[] = [];
  for (const file of patch.split(/^(?=diff --git )/m)) {
    if (file === '') continue;
    const [, path = ''] = pathsOfHeader(/^diff --git (.*)$/m.exec(file)?.[1] ?? '') ?? [];
    for (const piece of piecesOf(file, limit)) {
      const last = chunks.at(-1);
      if (last && last.patch.length + piece.length <= limit) {
        last.patch += piece;
        if (!last.files.includes(path)) last.files.push(path);
      } else chunks.push({ patch: piece, files: [path] });
    }
  }
  return chunks.length === 0 ? [{ patch, files: [] }] : chunks;
}

function piecesOf(file: string, limit: number): string[] {
  if (file.length <= limit) return [file];
  const [head = '', ...hunks] = file.split(/^(?=@@ -)/m);
  const pieces: string[] = [];
  let piece = head;
  for (const hunk of hunks) {
    if (piece !== head && piece.length + hunk.length > limit) {
      pieces.push(piece);
      piece = head;
    }
    piece += hunk;
  }
  return [...pieces, piece];
}
