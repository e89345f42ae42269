import { spawn } from 'node:child_process';

/** What a short program answered. `cut` is true when its output passed `maxBytes` and it was ended. */
export type Captured = { code: number | null; stdout: Buffer; stderr: string; cut: boolean; timedOut: boolean };

export type CaptureOptions = {
  cwd: string;
  env: Record<string, string>;
  input?: string | Buffer;
  /** Most bytes of stdout kept; the program is ended when it writes more. */
  maxBytes?: number;
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
  /** Given each piece of stdout instead of collecting it; answer `false` to end the program. */
  onData?: (piece: Buffer) => boolean;
};

const DEFAULT_MAX_BYTES = 256 * 1024 * 1024;
const MAX_STDERR = 16 * 1024;

/** Runs one of the host's own programs (git, a syntax checker) with an explicit environment and collects its output. Throws when it cannot be started or was cancelled. */
export function capture(file: string, args: readonly string[], options: CaptureOptions): Promise<Captured> {
  options.signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd: options.cwd, env: options.env, stdio: ['pipe', 'pipe', 'pipe'] });
    const pieces: Buffer[] = [];
    const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
    let bytes = 0;
    let stderr = '';
    let cut = false;
    let timedOut = false;
    const stop = (): void => void child.kill('SIGKILL');
    const timer = options.timeoutMs === undefined ? undefined : setTimeout(() => ((timedOut = true), stop()), options.timeoutMs);
    options.signal?.addEventListener('abort', stop, { once: true });
    const settle = (): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', stop);
    };
    child.stdout.on('data', (piece: Buffer) => {
      if (cut) return;
      bytes += piece.length;
      const wanted = options.onData === undefined ? bytes <= maxBytes && pieces.push(piece) > 0 : options.onData(piece);
      if (wanted) return;
      cut = true;
      stop();
    });
    child.stderr.on('data', (piece: Buffer) => (stderr = (stderr + piece.toString()).slice(0, MAX_STDERR)));
    // A program that ends before it has read its input is no fault of ours.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    child.on('error', (error) => (settle(), reject(error)));
    child.on('close', (code) => {
      settle();
      if (options.signal?.aborted === true) return reject(options.signal.reason as Error);
      resolve({ code, stdout: Buffer.concat(pieces), stderr, cut, timedOut });
    });
  });
}
