/** The patch is not what `git diff` writes. The message names the line. */
export class PatchError extends Error {
  override readonly name = 'PatchError';
}

/** The text of a patch, line by line. */
export class PatchLines {
  readonly #lines: readonly string[];
  #at = 0;
  constructor(text: string) {
    this.#lines = text.split('\n');
  }
  get done(): boolean {
    return this.#at >= this.#lines.length;
  }
  get isLast(): boolean {
    return this.#at === this.#lines.length - 1;
  }
  get peek(): string {
    return this.#lines[this.#at] ?? '';
  }
  next(): string {
    const line = this.peek;
    this.#at += 1;
    return line;
  }
  fail(what: string): never {
    throw new PatchError(`line ${this.#at + 1} of the patch: ${what}`);
  }
}
