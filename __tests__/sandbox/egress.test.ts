import { afterEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { connect, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPublicAddress } from '../../src/sandbox/egress/addresses.ts';
import { startProxy } from '../../src/sandbox/egress/proxy.ts';
import type { Lookup } from '../../src/sandbox/egress/proxy.ts';
import { judgeHost, readRules } from '../../src/sandbox/egress/rules.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

describe('addresses', () => {
  test.each([
    '0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '127.9.9.9', '169.254.169.254', '172.31.0.1', '192.168.1.1', '168.63.129.16', '224.0.0.1', '255.255.255.255',
    '::', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:169.254.169.254', '64:ff9b::7f00:1', '2002:7f00:1::', 'fd00:ec2::254', 'fe80::1', 'ff02::1', 'localhost', '1.2.3', '',
  ])('%s leads inside', (address) => expect(isPublicAddress(address)).toBe(false)); // prettier-ignore
  test.each(['1.1.1.1', '104.16.1.34', '172.32.0.1', '2606:4700::1111', '::ffff:1.1.1.1'])('%s is public', (address) =>
    expect(isPublicAddress(address)).toBe(true),
  );
});

describe('rules', () => {
  const kind = (rules: ReturnType<typeof readRules>, host: string, port = 443) => judgeHost(rules, host, port).kind;

  test('registries: the registries by name on 443 and 80, and nothing else', () => {
    const rules = readRules('registries', []);
    expect(['registry.npmjs.org', 'PyPI.org', 'static.crates.io.', 'proxy.golang.org'].map((host) => kind(rules, host))).toEqual(
      Array(4).fill('public'),
    );
    expect(kind(rules, 'deb.debian.org', 80)).toBe('public');
    expect(kind(rules, 'pypi.org', 22)).toBe('refused');
    for (const host of [
      'github.com',
      'upload.pypi.org',
      'xpypi.org',
      'pypi.org.evil.example',
      'evil.example',
      '1.1.1.1',
      'localhost',
      '127.0.0.1',
    ]) {
      expect([host, kind(rules, host)]).toEqual([host, 'refused']);
    }
  });

  test('allowed-hosts adds names, ports, whole domains and services of the job', () => {
    const rules = readRules('none', ['Example.org', '*.example.net', 'db.example.com:8443', 'localhost:5432']);
    expect([kind(rules, 'example.org'), kind(rules, 'sub.example.org')]).toEqual(['public', 'refused']);
    expect([kind(rules, 'a.b.example.net'), kind(rules, 'example.net'), kind(rules, 'evilexample.net')]).toEqual([
      'public',
      'refused',
      'refused',
    ]);
    expect([kind(rules, 'db.example.com', 8443), kind(rules, 'db.example.com')]).toEqual(['public', 'refused']);
    expect([kind(rules, 'localhost', 5432), kind(rules, '127.0.0.1', 5432), kind(rules, 'localhost', 5433)]).toEqual([
      'local',
      'local',
      'refused',
    ]);
    expect(kind(rules, 'registry.npmjs.org')).toBe('refused');
  });

  test('open: any host but the machine itself', () => {
    const rules = readRules('open', []);
    expect([kind(rules, 'evil.example', 8080), kind(rules, 'localhost', 80)]).toEqual(['public', 'refused']);
  });

  test('every entry that cannot be read is named', () => {
    expect(() => readRules('none', ['https://a.org', 'ok.org', '10.0.0.1', 'a.org:99999', 'localhost'])).toThrow(
      /"https:\/\/a\.org".*"10\.0\.0\.1" is an address.*"a\.org:99999".*"localhost" needs the port/u,
    );
  });
});

describe('the proxy', () => {
  const listening = async (server: Server): Promise<number> => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    undo.push(() => new Promise((resolve) => server.close(resolve)));
    return (server.address() as AddressInfo).port;
  };

  async function proxied(options: {
    network?: 'registries' | 'none' | 'open';
    allowed?: string[];
    lookup?: Lookup;
    mayDial?: (address: string) => boolean;
  }) {
    const folder = mkdtempSync(join(tmpdir(), 'egress-'));
    undo.push(() => rmSync(folder, { recursive: true }));
    const refusals: string[] = [];
    const socket = join(folder, 'proxy.sock');
    const { network = 'registries', allowed = [], ...rest } = options;
    const proxy = await startProxy({
      rules: readRules(network, allowed),
      socket,
      onRefusal: (host, reason) => refusals.push(`${host} ${reason}`),
      ...rest,
    });
    undo.push(() => proxy.close());
    return { socket, refusals };
  }

  const get = (socketPath: string, url: string, body?: string): Promise<{ status: number; text: string }> =>
    new Promise((resolve, reject) => {
      const asked = request(
        {
          socketPath,
          path: url,
          method: body === undefined ? 'GET' : 'POST',
          headers: { host: new URL(url).host, 'proxy-authorization': 'x' },
        },
        (reply) => {
          let text = '';
          reply.on('data', (piece: Buffer) => (text += piece.toString()));
          reply.on('end', () => resolve({ status: reply.statusCode ?? 0, text }));
        },
      );
      asked.on('error', reject);
      asked.end(body);
    });

  const tunnel = (socketPath: string, target: string, send: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(socketPath);
      let text = '';
      socket.on('data', (piece) => {
        const first = text === '';
        text += piece.toString();
        if (first && text.startsWith('HTTP/1.1 200')) socket.write(send);
      });
      socket.on('error', reject);
      socket.on('close', () => resolve(text));
      socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
    });

  test('forwards a plain request to an allowed host, body and all, without the headers of the hop', async () => {
    let seen = '';
    const far = createServer((asked, response) => {
      seen = `${asked.method} ${asked.url} ${asked.headers.host} ${asked.headers['proxy-authorization']}`;
      asked.on('data', (piece: Buffer) => response.write(piece)).on('end', () => response.end(' back'));
    });
    const port = await listening(far);
    const { socket, refusals } = await proxied({
      allowed: [`far.example:${port}`],
      lookup: async () => [{ address: '127.0.0.1' }],
      mayDial: () => true,
    });
    expect(await get(socket, `http://far.example:${port}/a?b=c`, 'body')).toEqual({ status: 200, text: 'body back' });
    expect(seen).toBe(`POST /a?b=c far.example:${port} undefined`);
    expect(refusals).toEqual([]);
  });

  test('tunnels to an allowed host and passes bytes both ways', async () => {
    const port = await listening(createTcpServer((socket) => socket.on('data', (piece) => socket.end(`heard ${piece.toString()}`))));
    const { socket } = await proxied({
      allowed: [`far.example:${port}`],
      lookup: async () => [{ address: '127.0.0.1' }],
      mayDial: () => true,
    });
    expect(await tunnel(socket, `far.example:${port}`, 'hello')).toMatch(/^HTTP\/1\.1 200 .*\r\n\r\nheard hello$/su);
  });

  test('refuses with a reason that says what to do, and counts', async () => {
    const { socket, refusals } = await proxied({});
    const refused = await get(socket, 'http://evil.example/?leak=secret');
    expect(refused).toEqual({
      status: 403,
      text: expect.stringMatching(/^Refused by the sandbox: evil\.example:80: the host is not a package registry; .*allowed-hosts\.\n$/u),
    });
    expect(await tunnel(socket, 'evil.example:443', '')).toMatch(/^HTTP\/1\.1 403 .*evil\.example/su);
    expect(await tunnel(socket, 'target-without-port', '')).toMatch(/^HTTP\/1\.1 40[03] /u);
    expect(refusals.map((line) => line.split(' ')[0])).toEqual(['evil.example:80', 'evil.example:443']);
  });

  test('a name that leads inside is refused, by whichever of its addresses', async () => {
    let dialled = 0;
    const port = await listening(createTcpServer(() => (dialled += 1)));
    for (const address of ['127.0.0.1', '169.254.169.254', '::ffff:127.0.0.1', 'fd00::1']) {
      const { socket, refusals } = await proxied({ network: 'open', lookup: async () => [{ address: '1.1.1.1' }, { address }] });
      expect(await tunnel(socket, `rebound.example:${port}`, '')).toMatch(/^HTTP\/1\.1 403 /u);
      expect(refusals).toEqual([`rebound.example:${port} its address ${address} is not a public one`]);
    }
    expect(dialled).toBe(0);
  });

  test('a name is resolved once, and that answer is dialled: a second answer is never asked for', async () => {
    const port = await listening(createTcpServer((socket) => socket.end('first')));
    let asked = 0;
    const lookup: Lookup = async () => [{ address: asked++ === 0 ? '127.0.0.1' : '127.0.0.2' }];
    const { socket } = await proxied({ network: 'open', lookup, mayDial: () => true });
    expect(await tunnel(socket, `rebound.example:${port}`, '')).toContain('first');
    expect(asked).toBe(1);
  });

  test('a service of the job is reached by its port alone', async () => {
    const port = await listening(createTcpServer((socket) => socket.end('service')));
    const other = await listening(createTcpServer((socket) => socket.end('other')));
    const { socket } = await proxied({ network: 'none', allowed: [`localhost:${port}`] });
    expect(await tunnel(socket, `localhost:${port}`, '')).toContain('service');
    expect(await tunnel(socket, `localhost:${other}`, '')).toMatch(/403 .*not reachable from the sandbox/su);
    expect(await tunnel(socket, `[::1]:${other}`, '')).toMatch(/403 /u);
  });

  test('a host that does not answer is a 502 and no refusal', async () => {
    const { socket, refusals } = await proxied({
      network: 'open',
      lookup: () => Promise.reject(new Error('getaddrinfo ENOTFOUND far.example')),
    });
    expect(await tunnel(socket, 'far.example:443', '')).toMatch(/^HTTP\/1\.1 502 .*ENOTFOUND/su);
    expect(refusals).toEqual([]);
  });
});
