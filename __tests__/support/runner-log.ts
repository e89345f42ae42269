/** A workflow command: `::name key=value::message`. */
export type WorkflowCommand = Readonly<{ name: string; properties: string; message: string }>;

/**
 * The log of a step as a GitHub runner writes it: workflow commands are carried out and taken out, masked values become `***`. Both forms of commands
 * are known, `::name::` at the start of a line (after blanks) and `##[name]` anywhere in it; `stop-commands` suspends them until its token.
 */
export class RunnerLog {
  /** Both streams as they came. */
  raw = '';
  readonly commands: WorkflowCommand[] = [];
  readonly #lines: string[] = [];
  readonly #masks: string[];
  readonly #partial = { stdout: '', stderr: '' };
  #stopped: string | undefined;

  constructor(secrets: readonly string[]) {
    this.#masks = secrets.filter((secret) => secret !== '');
  }

  get text(): string {
    return this.#lines.map((line) => line + '\n').join('');
  }

  add(stream: 'stdout' | 'stderr', chunk: string | Buffer): void {
    const text = chunk.toString();
    this.raw += text;
    const lines = (this.#partial[stream] + text).split(/\r\n|\n|\r/);
    this.#partial[stream] = lines.pop() ?? '';
    for (const line of lines) this.#line(line);
  }

  /** Takes what stood after the last newline. */
  end(): void {
    for (const stream of ['stdout', 'stderr'] as const) if (this.#partial[stream] !== '') this.#line(this.#partial[stream]);
    this.#partial.stdout = this.#partial.stderr = '';
  }

  #line(line: string): void {
    const command = commandIn(line);
    if (command === undefined || !this.#carriedOut(command)) this.#lines.push(this.#masked(line));
  }

  #carriedOut(command: WorkflowCommand): boolean {
    if (this.#stopped !== undefined) {
      if (command.name !== this.#stopped) return false;
      this.#stopped = undefined;
      return true;
    }
    if (command.name === 'stop-commands') this.#stopped = command.message;
    else if (command.name === 'add-mask') this.#mask(command.message);
    else this.commands.push({ ...command, message: this.#masked(command.message) });
    const shown = ['error', 'warning', 'notice', 'group', 'endgroup', 'debug'].includes(command.name);
    if (shown) this.#lines.push(this.#masked(`##[${command.name}]${command.message}`));
    return true;
  }

  /** The runner masks a value whole and line by line. */
  #mask(value: string): void {
    this.#masks.push(...[value, ...value.split(/\r?\n/)].filter((part) => part.trim() !== ''));
  }

  #masked(line: string): string {
    return [...this.#masks].sort((left, right) => right.length - left.length).reduce((text, mask) => text.replaceAll(mask, '***'), line);
  }
}

function commandIn(line: string): WorkflowCommand | undefined {
  const second = /^\s*::([A-Za-z0-9_-]+)(?: ([^:]*(?::(?!:)[^:]*)*))?::(.*)$/.exec(line);
  const first = second ?? /##\[([A-Za-z0-9_-]+)(?: ([^\]]*))?\](.*)$/.exec(line);
  if (!first?.[1]) return undefined;
  return { name: first[1], properties: first[2] ?? '', message: decoded(first[3] ?? '') };
}

function decoded(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}
