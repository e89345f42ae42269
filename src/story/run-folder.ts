import { closeSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { CallLog } from '../agent/parts.ts';
import { redactStream, type Redactor } from '../transcript/redaction.ts';

/** Bytes of one call's log; what comes after is left out, and that is said. */
const MAX_LOG_BYTES = 64 * 1024 * 1024;

/** The run's files, below `$RUNNER_TEMP/alchemist`; uploaded as one artifact. Secrets are masked before they reach the disk. */
export class RunFolder {
  readonly path: string;
  readonly #redactor: Redactor;
  #logs = 0;

  /** Empties what an earlier run on the same machine left there, unless `keep` is set (a resumed run). */
  constructor(path: string, redactor: Redactor, keep = false) {
    this.path = path;
    this.#redactor = redactor;
    if (!keep) rmSync(path, { recursive: true, force: true });
    mkdirSync(join(path, 'logs'), { recursive: true });
  }

  get transcript(): string {
    return join(this.path, 'transcript.jsonl');
  }

  get report(): string {
    return join(this.path, 'report.html');
  }

  write(name: 'report.html' | 'summary.md' | 'change.patch', text: string): void {
    // A patch with masked shapes would not apply; a known secret never reaches one (the run ends there).
    writeFileSync(join(this.path, name), name === 'change.patch' ? this.#redactor.redact(text).text : this.#redactor.clean(text).text);
  }

  /** A log for one call, created with its first piece: `logs/0003-run_command.txt`. */
  openLog(turn: number, name: string): CallLog {
    const relative = `logs/${String(turn).padStart(4, '0')}-${String(++this.#logs).padStart(3, '0')}-${name.replaceAll(/\W/g, '_').slice(0, 40)}.txt`;
    const stream = redactStream(this.#redactor);
    let file: number | undefined;
    let bytes = 0;
    const put = (text: string): void => {
      if (text === '' || bytes > MAX_LOG_BYTES) return;
      bytes += Buffer.byteLength(text);
      try {
        file ??= openSync(join(this.path, relative), 'w');
        writeSync(file, bytes > MAX_LOG_BYTES ? '\n[the log ends here: it reached its size limit]\n' : text);
      } catch {
        // A full disk: the log is short, the run goes on. It ends where the transcript itself finds no room.
        bytes = Number.POSITIVE_INFINITY;
      }
    };
    return {
      write: (piece) => put(stream.push(piece)),
      close: () => {
        put(stream.end());
        if (file !== undefined) closeSync(file);
      },
      path: () => (file === undefined ? undefined : relative),
    };
  }
}
