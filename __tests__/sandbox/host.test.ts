import { afterEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { connectHost } from '../../src/sandbox/host.ts';
import { MAX_LINE, type Host } from '../../src/toolhost/wire.ts';

const open: Host[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((host) => host.close()));
});

const FACTS = { launcher: 'off', level: 'none', holds: [], lacks: [] } as const;

/** A host of another mind: a program that gets `answer(call)` to write and decides what else happens. */
function hostile(program: string): Host {
  const source = `
    const send = (message) => process.stdout.write(JSON.stringify(message) + '\\n');
    let rest = '';
    process.stdin.on('data', (data) => {
      rest += data;
      for (let at = rest.indexOf('\\n'); at !== -1; at = rest.indexOf('\\n')) { const line = JSON.parse(rest.slice(0, at)); rest = rest.slice(at + 1); onLine(line); }
    });
    ${program}`;
  const child = spawn(process.execPath, ['-e', source], { stdio: ['pipe', 'pipe', 'pipe'] });
  const host = connectHost({ child, facts: FACTS, close: async () => void child.kill('SIGKILL') });
  open.push(host);
  return host;
}

const signal = new AbortController().signal;
const read = (host: Host, path = 'a'): Promise<unknown> => host.call('read_file', { path }, signal);

describe('the broker’s side of the wire', () => {
  it('gives each call its own answer, in whatever order they come', async () => {
    const host = hostile(
      `const waiting = []; function onLine(call) { waiting.push(call); if (waiting.length === 2) for (const each of waiting.reverse()) send({ id: each.id, result: { text: each.params.path, is_error: false } }); }`,
    );
    expect(await Promise.all([read(host, 'one'), read(host, 'two')])).toEqual([
      { text: 'one', is_error: false },
      { text: 'two', is_error: false },
    ]);
  });

  it('hands log pieces to the call that they belong to, up to a cap', async () => {
    const host = hostile(
      `function onLine({ id }) { send({ id, log: 'a' }); send({ id: 99, log: 'stray' }); for (let i = 0; i < 70; i++) send({ id, log: 'x'.repeat(1024 * 1024) }); send({ id, result: { text: '', is_error: false } }); }`,
    );
    let first = '';
    let length = 0;
    await host.call('read_file', { path: 'a' }, signal, (piece) => {
      first ||= piece;
      length += piece.length;
    });
    expect(first).toBe('a');
    expect(length).toBeLessThanOrEqual(64 * 1024 * 1024);
    expect(length).toBeGreaterThan(60 * 1024 * 1024);
  });

  it('throws what the host answers as an error, and goes on', async () => {
    const host = hostile(
      `let n = 0; function onLine({ id }) { n++ ? send({ id, result: { text: 'ok', is_error: false } }) : send({ id, error: 'no such thing' }); }`,
    );
    await expect(read(host)).rejects.toThrow('no such thing');
    expect(await read(host)).toMatchObject({ text: 'ok' });
  });

  it.each([
    ['a line that is no JSON', `process.stdout.write('hello\\n')`, 'no JSON: hello'],
    ['a message without an id', `send({ result: 1 })`, 'without an id'],
    ['null', `process.stdout.write('null\\n')`, 'without an id'],
    ['a message of no kind', `send({ id })`, 'no log, result or error'],
    ['an answer of the wrong shape', `send({ id, result: { text: 5, is_error: false } })`, 'result.text is no string'],
    ['no object', `send({ id, result: [] })`, 'result is no object'],
    ['an endless line', `const more = () => process.stdout.write('x'.repeat(1024 * 1024), more); more()`, `over ${MAX_LINE} bytes`],
  ])('ends the host at %s, and rejects every call', async (_, program, words) => {
    const host = hostile(`function onLine({ id }) { if (id === 2) { ${program} } }`);
    const first = read(host);
    const failed = expect(first).rejects.toThrow(words);
    await expect(read(host)).rejects.toThrow(words);
    await failed;
    await expect(read(host)).rejects.toThrow(words);
  });

  it.each([
    ['tree', {}, { tree: '../../etc', left_out: [] }],
    ['blob', { id: '', max_bytes: 1 }, { content: '<script>' }],
    ['changes', { from: '', to: '' }, { changes: [{ path: 'a', status: 'X' }] }],
    ['run', { command: '', timeout_s: 1, head_bytes: 1, tail_bytes: 1 }, { exit_code: '0' }],
    [
      'hello',
      { protocol: 1, working_directory: '.', restore: false },
      { protocol: 1, node: 'v', platform: 'linux', git: { head: 'HEAD' } },
    ],
    ['overview', { commit: '', words: [] }, { instructions: 'none' }],
  ] as const)('checks the shape of what %s answers', async (method, params, result) => {
    const host = hostile(`function onLine({ id }) { send({ id, result: ${JSON.stringify(result)} }); }`);
    await expect(host.call(method, params as never, signal)).rejects.toThrow(`the answer of ${method} has a wrong shape`);
  });

  it('tells exit code and last words when the host dies', async () => {
    const host = hostile(`function onLine() { console.error('first'); console.error('out of luck'); process.exit(7); }`);
    await expect(read(host)).rejects.toThrow(/ended with exit code 7\. Its last words:\nfirst\nout of luck/);
    await expect(read(host)).rejects.toThrow('exit code 7');
  });

  it('tells that the host could not be started', async () => {
    const child = spawn('/no/such/program', { stdio: ['pipe', 'pipe', 'pipe'] });
    const host = connectHost({ child, facts: FACTS, close: async () => undefined });
    await expect(read(host)).rejects.toThrow('could not be started');
    await host.close();
  });

  it('asks the host to stop a cancelled call, and ends with the signal’s reason', async () => {
    const host = hostile(
      `let open; function onLine(line) { if (line.cancel) send({ id: line.cancel, error: 'cancelled' }); else if (line.params.path === 'slow') open = line; else send({ id: line.id, result: { text: 'ok', is_error: false } }); }`,
    );
    const controller = new AbortController();
    const slow = host.call('read_file', { path: 'slow' }, controller.signal);
    setTimeout(() => controller.abort(new Error('enough')), 100);
    await expect(slow).rejects.toThrow('enough');
    expect(await read(host)).toMatchObject({ text: 'ok' });
    await expect(host.call('read_file', { path: 'x' }, controller.signal)).rejects.toThrow('enough');
  });

  it('does not wait for ever for a host that ignores the cancellation', async () => {
    const host = hostile(`function onLine() {}`);
    const controller = new AbortController();
    const began = Date.now();
    setTimeout(() => controller.abort(new Error('enough')), 50);
    await expect(host.call('read_file', { path: 'a' }, controller.signal)).rejects.toThrow('enough');
    expect(Date.now() - began).toBeLessThan(10_000);
  });

  it('refuses a call that is too long to send', async () => {
    const host = hostile(`function onLine({ id }) { send({ id, result: { text: 'ok', is_error: false } }); }`);
    await expect(host.call('write_file', { path: 'a', content: 'x'.repeat(MAX_LINE) }, signal)).rejects.toThrow('send less at once');
    expect(await read(host)).toMatchObject({ text: 'ok' });
  });

  it('closes a host that does not end by itself', async () => {
    const host = hostile(`function onLine() {} setInterval(() => undefined, 1000); process.on('SIGTERM', () => undefined);`);
    const began = Date.now();
    await host.close();
    expect(Date.now() - began).toBeLessThan(5000);
  });
});
