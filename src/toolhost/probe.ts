import { execFile } from 'node:child_process';
import type { Wire } from './wire.ts';

/** Runs the self-test of a sandbox that the broker did not build itself, before anything else runs in it. Answers what it printed. */
export function probe({ script, words }: Wire['probe']['params'], signal: AbortSignal): Promise<Wire['probe']['result']> {
  return new Promise((resolve) => {
    execFile('bash', ['-c', script, 'probe', ...words], { signal, timeout: 30_000, maxBuffer: 65_536 }, (_error, stdout) =>
      resolve({ output: stdout }),
    );
  });
}
