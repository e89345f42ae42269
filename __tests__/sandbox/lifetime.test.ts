import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
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
  beforeAll(() => {
    where = stage(identity, 'canary');
  });
  afterAll(() => where.remove());

  test('everything dies with a broker that is killed, even when the tool host is stopped', async () => {
    const mark = `mark-${randomBytes(6).toString('hex')}`;
    // The last call stops the tool host (the parent of its shell), so that it can notice nothing.
    const stop = 'host=$$; while [ "$(cat /proc/$host/comm)" != node ]; do host=$(cut -d" " -f4 /proc/$host/stat); done; kill -STOP $host';
    const calls = [shell(LAYERS), shell(`setsid -f bash -c "exec -a ${mark} sleep 500" >/dev/null 2>&1; ${stop}; exec -a ${mark} sleep 400`, 100)];
    const broker = startBroker(where, { launcher, stay: true, calls });
    const lines: Said[] = [];
    createInterface({ input: broker.stdout as NodeJS.ReadableStream }).on('line', (line) => lines.push(JSON.parse(line) as Said));
    expect(await eventually(async () => (await alive(mark)) > 0)).toBe(true);
    const layers = results(lines)[0]?.output.trim() ?? '';
    expect(existsSync(layers)).toBe(true);
    broker.kill('SIGKILL');
    expect(await eventually(async () => (await alive(mark)) === 0)).toBe(true);
    expect(await eventually(() => !existsSync(layers))).toBe(true);
    expect(await alive(where.scratch)).toBe(0); // the keeper, whose command line names its pipe
  });

  test('a fork bomb meets its bound, the host lives, and closing leaves nothing', async () => {
    const mark = `bomb-${randomBytes(6).toString('hex')}`;
    const bomb = `bomb() { exec -a ${mark} sleep 300 & bomb; }; for i in $(seq 1000); do (exec -a ${mark} sleep 300) & done; echo never`;
    const said = await drive(where, { launcher, processes: 150, calls: [shell(bomb, 4), shell('echo still here'), shell(LAYERS)] });
    const [flood, after, layers] = results(said);
    expect(flood?.output).toMatch(/fork|Resource temporarily unavailable/u);
    expect(after?.output).toBe('still here\n');
    expect(said.at(-1)).toEqual({ closed: true });
    expect(await alive(mark)).toBe(0);
    expect(existsSync(layers?.output.trim() ?? '')).toBe(false);
  });
}

describe('the self-test', () => {
  const root = process.getuid?.() === 0;
  (root ? test : test.skip)('finds overlayfs missing on disk and takes layers in memory', async () => {
    const identity = identities()[0] as Identity;
    const where = stage(identity, 'canary');
    try {
      // /var/tmp as an overlay, as the whole root is in a container: it cannot be the upper layer of another.
      const said = await drive(where, { launcher: 'overlaid', calls: [shell('grep -c "upperdir" /proc/self/mountinfo; echo x > readme.md; cat readme.md')] });
      expect(results(said)[0]?.output).toBe('2\nx\n');
    } finally {
      where.remove();
    }
  });
});
