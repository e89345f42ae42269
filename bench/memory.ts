import { readdirSync, readFileSync } from 'node:fs';

/**
 * Watches the broker and the tool host that it starts, without the commands that run inside (Linux). `peak` answers their largest resident size together so far, in bytes.
 */
export function watchMemory(broker: number): { peak(): number; stop(): void } {
  let peak = 0;
  const look = (): void => {
    peak = Math.max(peak, resident(broker));
  };
  const timer = setInterval(look, 20);
  return { peak: () => peak, stop: () => clearInterval(timer) };
}

function resident(broker: number): number {
  const ids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  const hosts = ids.filter((id) => within(Number(id), broker) && read(`/proc/${id}/cmdline`).includes('toolhost/index.js'));
  return [String(broker), ...hosts].reduce((sum, id) => sum + field(id, 'VmRSS') * 1024, 0);
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
