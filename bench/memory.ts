import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds between two looks: rare, since what is timed beside it is served by the same thread. The kernel keeps each process's own peak meanwhile. */
const INTERVAL_MS = 250;

/**
 * Watches the broker and the tool host that it starts, without the commands that run inside (Linux). `peak` answers the sum of their largest resident sizes so far, in bytes:
 * no less than what they ever had together.
 */
export function watchMemory(broker: number): { peak(): number; stop(): void } {
  let peak = 0;
  const look = (): void => {
    peak = Math.max(peak, resident(broker));
  };
  const timer = setInterval(look, INTERVAL_MS);
  return { peak: () => peak, stop: () => clearInterval(timer) };
}

function resident(broker: number): number {
  const ids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  const hosts = ids.filter((id) => within(Number(id), broker) && read(`/proc/${id}/cmdline`).includes('toolhost/index.js'));
  return [String(broker), ...hosts].reduce((sum, id) => sum + field(id, 'VmHWM') * 1024, 0);
}

function within(id: number, ancestor: number): boolean {
  const parent = field(String(id), 'PPid');
  return parent === ancestor || (parent > 1 && within(parent, ancestor));
}

function field(id: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(read(`/proc/${id}/status`))?.[1] ?? 0);
}

/** Empty where the process has ended meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
