import { afterEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { MAX_LINE } from '../../src/toolhost/wire.ts';
import { cleanUp, repository, TOOLHOST } from './started.ts';

const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGTERM'); // It removes its folder.
  await cleanUp();
});

type Message = { id?: number; result?: Record<string, unknown>; error?: string; log?: string };

/** A bare host, spoken to in raw lines. */
function bareHost(root = repository({ 'a.txt': 'a\n' })): { child: ChildProcess; say(line: string): void; next(): Promise<Message> } {
  const child = spawn(process.execPath, [TOOLHOST], { cwd: root, stdio: ['pipe', 'pipe', 'pipe'] });
  children.push(child);
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    say: (line) => void child.stdin.write(`${line}\n`),
    next: async () => JSON.parse((await lines.next()).value ?? '{}') as Message,
  };
}

const HELLO = '{"id":1,"method":"hello","params":{"protocol":1,"working_directory":".","restore":false}}';

describe('the tool host', () => {
  it('lives through lines that are no calls, and answers the next call', async () => {
    const { say, next } = bareHost();
    for (const line of ['', 'not json', '[]', 'null', '42', '{}', '{"id":"x","method":"tree"}', '{"cancel":77}', '{"id":5}']) say(line);
    say(HELLO);
    expect(await next()).toMatchObject({ id: 1, result: { protocol: 1 } });
  });

  it('answers unknown methods, wrong parameters and calls before hello with an error', async () => {
    const { say, next } = bareHost();
    say('{"id":1,"method":"tree","params":{}}');
    expect((await next()).error).toContain('must be hello');
    say('{"id":2,"method":"hello","params":{"protocol":99,"working_directory":".","restore":false}}');
    expect((await next()).error).toContain('speaks protocol 1');
    say('{"id":3,"method":"hello","params":{"protocol":1,"working_directory":"nowhere","restore":false}}');
    expect((await next()).error).toContain('The input working-directory is nowhere');
    say(HELLO);
    expect(await next()).toMatchObject({ id: 1 });
    for (const method of ['toString', '__proto__', 'constructor', 'nothing']) {
      say(JSON.stringify({ id: 9, method, params: {} }));
      expect((await next()).error).toContain('has no method');
    }
    say('{"id":4,"method":"read_file"}');
    expect(await next()).toMatchObject({ id: 4, result: { is_error: true } });
    say('{"id":5,"method":"run","params":{}}');
    expect((await next()).id).toBe(5);
    say('{"id":6,"method":"tree","params":{}}');
    expect((await next()).result?.['tree']).toMatch(/^[0-9a-f]{40}$/);
  });

  it('never sends a line over the cap: an answer that is too large is an error', async () => {
    const { say, next } = bareHost();
    say(HELLO);
    await next();
    // Each of these bytes takes six in JSON.
    say(
      JSON.stringify({
        id: 2,
        method: 'run',
        params: { command: 'head -c 4000000 /dev/zero', timeout_s: 20, head_bytes: 4_000_000, tail_bytes: 10 },
      }),
    );
    let longest = 0;
    for (let message = await next(); ; message = await next()) {
      longest = Math.max(longest, JSON.stringify(message).length);
      if (message.log === undefined) break;
    }
    expect(longest).toBeLessThanOrEqual(MAX_LINE);
    say('{"id":3,"method":"tree","params":{}}');
    expect((await next()).id).toBe(3);
  });

  it('ends at a line over the cap', async () => {
    const { child } = bareHost();
    const piece = Buffer.alloc(1024 * 1024, 'x');
    for (let i = 0; i < 18; i++) child.stdin?.write(piece);
    await once(child, 'exit');
  });

  it('ends with its stdin and removes its folder', async () => {
    const before = new Set(readdirSync(tmpdir()).filter((name) => name.startsWith('toolhost-') && !name.startsWith('toolhost-test-')));
    const { child, say, next } = bareHost();
    say(HELLO);
    await next();
    const made = readdirSync(tmpdir()).filter(
      (name) => name.startsWith('toolhost-') && !name.startsWith('toolhost-test-') && !before.has(name),
    );
    expect(made.length).toBeGreaterThan(0);
    const own = made.filter((name) => existsSync(join(tmpdir(), name, 'git')));
    child.stdin?.end();
    await once(child, 'exit');
    expect(own.some((name) => !existsSync(join(tmpdir(), name)))).toBe(true);
  });

  it('acts on a cancellation at once, also for a call that waits its turn', async () => {
    const { say, next } = bareHost();
    say(HELLO);
    await next();
    const began = Date.now();
    say('{"id":2,"method":"run","params":{"command":"sleep 30","timeout_s":60,"head_bytes":10,"tail_bytes":10}}');
    say('{"id":3,"method":"run","params":{"command":"sleep 30","timeout_s":60,"head_bytes":10,"tail_bytes":10}}');
    say('{"cancel":3}');
    setTimeout(() => say('{"cancel":2}'), 300);
    expect((await next()).id).toBe(2);
    expect(await next()).toMatchObject({ id: 3, error: 'The call was cancelled' });
    expect(Date.now() - began).toBeLessThan(5000);
  });
});
