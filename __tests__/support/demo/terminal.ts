import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { styleText } from 'node:util';
import { RunnerLog } from '../runner-log.ts';

export function heading(text: string): void {
  process.stdout.write(`\n${styleText('bold', `── ${text}`, { stream: process.stdout })}\n\n`);
}

export function body(text: string): void {
  process.stdout.write(`${text.trimEnd().replaceAll(/^/gm, '  ')}\n`);
}

export function note(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Prints a step's log line by line as it comes, the way a runner shows it: workflow commands carried out, masks applied. */
export function follow(child: ChildProcess): void {
  const log = new RunnerLog([]);
  let shown = 0;
  for (const stream of ['stdout', 'stderr'] as const) {
    const source = child[stream];
    if (!source) continue;
    createInterface({ input: source, crlfDelay: Infinity }).on('line', (line) => {
      log.add(stream, Buffer.from(`${line}\n`));
      const fresh = log.text.slice(shown);
      shown += fresh.length;
      // One line of the stream is one entry, which may hold several lines; a runner shows debug entries only when asked to.
      if (fresh !== '' && !/^##\[(debug|endgroup)\]/.test(fresh)) body(fresh.replace(/^##\[group\]/, ''));
    });
  }
}
