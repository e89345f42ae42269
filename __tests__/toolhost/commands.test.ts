import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { cleanUp, git, neverAborted, repository, startHost, type StartedHost } from './started.ts';

let host: StartedHost;
let root: string;

beforeAll(async () => {
  root = repository({ 'a.txt': 'a\n', '.gitignore': 'ignored/\n' });
  host = await startHost(root);
});
afterAll(cleanUp);

/** Living processes in this folder whose command line holds the word. Another run of these tests may go on beside. */
function alive(word: string, folder = root): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        if (!readlinkSync(`/proc/${pid}/cwd`).startsWith(folder)) return [];
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return line.includes(word) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')) ? [line] : [];
      } catch {
        return [];
      }
    });
}

describe('run', () => {
  it('answers exit code and both streams in their true order, for a failure as for a success', async () => {
    expect(await host.run('echo one; echo two >&2; echo three > /dev/stderr; exit 3')).toMatchObject({
      exit_code: 3,
      signal: null,
      timed_out: false,
      output: 'one\ntwo\nthree\n',
      bytes: 14,
      survivors: [],
    });
    expect(await host.run('no-such-program-here')).toMatchObject({ exit_code: 127 });
    expect(await host.run('kill -9 $$')).toMatchObject({ exit_code: null, signal: 'SIGKILL' });
  });

  it('starts each command fresh, in the working directory, with an environment for machines', async () => {
    await host.run('cd /; export LEFT=1; alias x=y');
    const { output } = await host.run('echo "$PWD|$LEFT|$CI|$PAGER|$GIT_TERMINAL_PROMPT|$TERM"; tty; git log -1 --format=%s');
    expect(output).toBe(`${root}||1|cat|0|dumb\nnot a tty\nfirst\n`);
  });

  it('gives no input: what reads it sees its end at once', async () => {
    expect(await host.run('cat; read line; echo "got:$line"; python3 -c "input()" 2>&1 | tail -1')).toMatchObject({
      timed_out: false,
      output: 'got:\nEOFError: EOF when reading a line\n',
    });
  });

  it('runs nothing of a command with a syntax error', async () => {
    expect(await host.run('touch ran.txt\nif true; then')).toMatchObject({
      exit_code: 2,
      output: expect.stringContaining('was not run') as unknown,
    });
    expect((await host.run('ls ran.txt')).exit_code).toBe(2);
    expect((await host.run('shopt -s extglob\nls !(b).txt')).output).toBe('a.txt\n');
  });

  it('takes commands of any length and spelling as they are', async () => {
    expect((await host.run(`echo '${'x'.repeat(300_000)}' | wc -c`)).output).toBe('300001\n');
    expect((await host.run("printf '%s\\n' \"$0\" '--' '$&' \"it's\"")).output).toBe("bash\n--\n$&\nit's\n");
  });

  it('strips ANSI sequences, collapses progress, and survives bytes that are no text', async () => {
    const command = `printf '\\033[31mred\\033[0m \\033]0;title\\007end\\n10%%\\r50%%\\r100%%\\r\\ndone\\n\\377\\376|\\303\\251\\n\\000nul'`;
    expect((await host.run(command)).output).toBe('red end\n100%\ndone\n\ufffd\ufffd|é\nnul');
  });

  it('keeps head and tail of a long output, says what is missing, and gives the whole to the log', async () => {
    const pieces: string[] = [];
    const result = await host.call('run', { command: 'seq 1 200000', timeout_s: 20, head_bytes: 100, tail_bytes: 50 }, (piece) =>
      pieces.push(piece),
    );
    expect(result.output).toMatch(/^1\n2\n[^]*\n\[… \d+ bytes in \d+ lines left out …\]\n[^]*199999\n200000\n$/);
    expect(Buffer.byteLength(result.output)).toBeLessThan(300);
    expect(result.bytes).toBe(pieces.join('').length);
    expect(pieces.join('')).toContain('\n100000\n');
    const lines = result.output.split('\n').filter((line) => /^\d+$/.test(line)).length;
    expect(result.output).toContain(` in ${200_000 - lines} lines `);
  });

  it('ends at the time-out with what there is', async () => {
    const result = await host.run('echo before; sleep 60; echo after', 1);
    expect(result).toMatchObject({ timed_out: true, output: 'before\n' });
    expect(result.duration_ms).toBeLessThan(3000);
  });

  it('ends what ignores SIGTERM within six seconds of the time-out', async () => {
    const result = await host.run(
      `trap '' TERM; (trap '' TERM; exec sleep 4711.01) & sleep 4711.02; while true; do sleep 4711.03; done`,
      1,
    );
    expect(result.timed_out).toBe(true);
    expect(result.duration_ms).toBeLessThan(7000);
    expect(alive('4711.0')).toEqual([]);
  });

  it('ends a daemon that ignores SIGTERM, and one that reads stdin, within six seconds of the time-out', async () => {
    const stubborn = 'trap "" TERM HUP; while true; do sleep 4717.01; done';
    const result = await host.run(`setsid bash -c '${stubborn}' & bash -c 'read line; exec sleep 4717.02' < <(sleep 4717.03); wait`, 1);
    expect(result.timed_out).toBe(true);
    expect(result.duration_ms).toBeLessThan(7000);
    expect(alive('4717.0')).toEqual([]);
  });

  it('names and ends what a command leaves behind, daemons that left its session and its environment too', async () => {
    const result = await host.run(
      'sleep 4712.01 & setsid sleep 4712.02 & env -i setsid sleep 4712.03 & (setsid nohup sleep 4712.04 > /dev/null 2>&1 &) ; sleep 0.5; echo started',
    );
    expect(result).toMatchObject({ exit_code: 0, timed_out: false, output: 'started\n' });
    expect(result.survivors.map((name) => name.replace(/ \(pid \d+\)$/, '')).sort()).toEqual([
      'sleep 4712.01',
      'sleep 4712.02',
      'sleep 4712.03',
      'sleep 4712.04',
    ]);
    expect(alive('4712.0')).toEqual([]);
  });

  it('leaves processes alone that are not of the command', async () => {
    const { spawn } = await import('node:child_process');
    // A number of this run's own: the same suite may run beside it.
    const seconds = `4713.${process.pid}`;
    const own = spawn('sleep', [seconds], { cwd: root, detached: true });
    try {
      await host.run('sleep 60', 1);
      expect(alive(seconds)).toHaveLength(1);
    } finally {
      own.kill();
    }
  });

  it('bounds endless output and a gigabyte of it, and lives on', async () => {
    const endless = await host.run('yes 4716.01', 1);
    expect(endless).toMatchObject({ timed_out: true });
    expect(endless.duration_ms).toBeLessThan(7000);
    expect(alive('4716.01')).toEqual([]);
    let logged = 0;
    const much = await host.call(
      'run',
      { command: 'head -c 1000000000 /dev/zero | tr "\\0" x', timeout_s: 8, head_bytes: 1000, tail_bytes: 1000 },
      (piece) => void (logged += piece.length),
    );
    expect(much.output.length).toBeLessThan(3000);
    expect(logged).toBeLessThanOrEqual(64 * 1024 * 1024);
    expect(much.timed_out || much.bytes === 1_000_000_000).toBe(true);
    const memory = await host.run('grep VmHWM /proc/$PPID/status');
    expect(Number(/(\d+) kB/.exec(memory.output)?.[1])).toBeLessThan(600_000);
  });

  it('bounds a fork bomb', async () => {
    // Guarded by a process cap of the test's own in case the host's fails (an ordinary user; the host counts for root).
    const bomb = 'ulimit -u 3000; bomb() { bomb | bomb & }; bomb; sleep 30';
    const result = await host.run(process.getuid?.() === 0 ? `setpriv --reuid 65534 --clear-groups bash -c '${bomb}'` : bomb, 4);
    expect(result.duration_ms).toBeLessThan(12_000);
    expect((await host.run('echo alive')).output).toBe('alive\n');
    expect(alive('bomb() {')).toEqual([]);
  });

  it('is cancelled at once, with everything it started', async () => {
    const controller = new AbortController();
    const began = Date.now();
    setTimeout(() => controller.abort(new Error('stop now')), 300);
    await expect(
      host.host.call('run', { command: 'sleep 4714.01', timeout_s: 60, head_bytes: 10, tail_bytes: 10 }, controller.signal),
    ).rejects.toThrow('stop now');
    expect(Date.now() - began).toBeLessThan(3000);
    expect((await host.run('echo next')).output).toBe('next\n');
    expect(alive('4714.01')).toEqual([]);
  });

  it('can use git as people do, and the tree follows', async () => {
    const before = await host.tree();
    await host.run(
      'git checkout -q -b side && echo b > b.txt && git add -A && git -c user.name=a -c user.email=a@b commit -qm two && git rm -q a.txt',
    );
    expect(await host.changed()).toEqual(['D a.txt', 'A b.txt']);
    git(root, 'reset', '-q', '--hard', 'main');
    await host.run('true');
    expect(await host.tree()).toBe(before);
  });
});

describe('the end of the host', () => {
  it('ends running commands with its stdin', async () => {
    const folder = repository({ 'a.txt': 'a\n' });
    const second = await startHost(folder);
    const open = second.host.call(
      'run',
      { command: 'setsid sleep 4715.01 & sleep 4715.02', timeout_s: 60, head_bytes: 10, tail_bytes: 10 },
      neverAborted,
    );
    const failed = expect(open).rejects.toThrow('tool host ended');
    while (alive('4715.0', folder).length < 3) await new Promise((resolve) => setTimeout(resolve, 50));
    await second.host.close();
    await failed;
    expect(alive('4715.0', folder)).toEqual([]);
  });
});
