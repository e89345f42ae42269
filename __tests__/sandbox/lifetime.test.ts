import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { alive, drive, eventually, identities, results, shell, stage, startBroker, unlessImpossible } from './identities.ts';
import type { Identity, Said, Stage } from './identities.ts';

for (const identity of identities()) {
  for (const launcher of identity.launchers) {
    unlessImpossible(identity.why, `${launcher}, as ${identity.name}`, () => lifetime(identity, launcher));
  }
}

/** Prints the folder of the throw-away layers, as the mount table names it. */
const LAYERS = "grep -o '/var/tmp/alchemist-sandbox[.][A-Za-z0-9]*' /proc/self/mountinfo | head -1";

function lifetime(identity: Identity, launcher: string): void {
  let where: Stage;
  const brokers: ChildProcess[] = [];
  beforeAll(() => {
    where = stage(identity, 'canary');
  });
  afterAll(() => {
    for (const broker of brokers) broker.kill('SIGKILL');
    where.remove();
  });

  test('everything dies with a broker that is killed, even when the tool host is stopped', async () => {
    const mark = `mark-${randomBytes(6).toString('hex')}`;
    // The last call stops the tool host (the parent of its shell), so that it can notice nothing.
    const stop = 'host=$$; while [ "$(cat /proc/$host/comm)" != node ]; do host=$(cut -d" " -f4 /proc/$host/stat); done; kill -STOP $host';
    const calls = [
      shell(LAYERS),
      shell(`setsid -f bash -c "exec -a ${mark} sleep 500" >/dev/null 2>&1; ${stop}; exec -a ${mark} sleep 400`, 100),
    ];
    const broker = startBroker(where, { launcher, stay: true, calls });
    brokers.push(broker);
    const lines: Said[] = [];
    createInterface({ input: broker.stdout as NodeJS.ReadableStream }).on('line', (line) => lines.push(JSON.parse(line) as Said));
    expect(await eventually(async () => (await alive(mark)) > 0)).toBe(true);
    const layers = results(lines)[0]?.output.trim() ?? '';
    expect(existsSync(layers)).toBe(true);
    broker.kill('SIGKILL');
    expect(await eventually(async () => (await alive(mark)) === 0)).toBe(true);
    expect(await eventually(() => !existsSync(layers))).toBe(true);
    // The keeper, which names its pipe, goes last: it still has its group of processes to take away.
    expect(await eventually(() => !execFileSync('ps', ['-eo', 'args', '-ww'], { encoding: 'utf8' }).includes(where.scratch))).toBe(true);
  });

  test('a fork bomb meets its bound, the host lives, and closing leaves nothing', async () => {
    const mark = `bomb-${randomBytes(6).toString('hex')}`;
    const bomb = `bomb() { exec -a ${mark} sleep 300 & bomb; }; for i in $(seq 1000); do (exec -a ${mark} sleep 300) & done; echo never`;
    const said = await drive(where, { launcher, processes: 150, calls: [shell(bomb, 2), shell('echo still here'), shell(LAYERS)] });
    const [flood, after, layers] = results(said);
    expect(flood?.output).toMatch(/fork|Resource temporarily unavailable/u);
    expect(after?.output).toBe('still here\n');
    expect(said.at(-1)).toEqual({ closed: true });
    expect(await alive(mark)).toBe(0);
    expect(existsSync(layers?.output.trim() ?? '')).toBe(false);
  });
}
