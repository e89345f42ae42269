import { isIP } from 'node:net';
import { REGISTRIES } from './registries.ts';

/** Which hosts and ports may be asked for. */
export type Rules = Readonly<{
  network: 'registries' | 'none' | 'open';
  /** Names with the ports that go with them. A name that starts with `.` stands for every name below it. */
  names: ReadonlyMap<string, ReadonlySet<number>>;
  /** Ports of this machine: services of the job. */
  local: ReadonlySet<number>;
}>;

/** What a request for a host is answered with. */
export type Verdict = { kind: 'public' } | { kind: 'local' } | { kind: 'refused'; reason: string };

/** HTTPS and HTTP. */
const WEB = new Set([443, 80]);

/**
 * Rules from the inputs. An entry of `allowed-hosts` is `NAME`, `*.NAME`, `NAME:PORT` or `localhost:PORT`.
 *
 * @throws Error that names every entry it cannot read
 */
export function readRules(network: Rules['network'], allowedHosts: readonly string[]): Rules {
  const names = new Map<string, Set<number>>();
  const local = new Set<number>();
  const faults: string[] = [];
  const add = (name: string, ports: Iterable<number>) => {
    const known = names.get(name) ?? new Set();
    for (const port of ports) known.add(port);
    names.set(name, known);
  };
  if (network === 'registries') for (const name of REGISTRIES) add(name, WEB);
  for (const entry of allowedHosts) {
    const parts = /^(\*\.)?([a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?)(?::(\d{1,5}))?$/iu.exec(entry.trim());
    const port = parts?.[3] === undefined ? undefined : Number(parts[3]);
    const host = parts?.[2]?.toLowerCase();
    if (host === undefined || (port !== undefined && (port < 1 || port > 65_535))) {
      faults.push(`"${entry}" is not a host; write example.org, *.example.org, example.org:8443 or localhost:5432`);
    } else if (host === 'localhost') {
      if (port === undefined) faults.push('"localhost" needs the port of the service, e.g. localhost:5432');
      else local.add(port);
    } else if (isIP(host) !== 0) {
      faults.push(`"${entry}" is an address; write the host's name, or localhost:PORT for a service of the job`);
    } else {
      add(parts?.[1] === undefined ? host : `.${host}`, port === undefined ? WEB : [port]);
    }
  }
  if (faults.length > 0) throw new Error(`allowed-hosts: ${faults.join('; ')}`);
  return { network, names, local };
}

/** Judges a request by name and port alone; the address that the name has is judged afterwards. */
export function judgeHost(rules: Rules, host: string, port: number): Verdict {
  const name = host.toLowerCase().replace(/\.$/u, '');
  if (name === 'localhost' || name === '127.0.0.1' || name === '::1') {
    if (rules.local.has(port)) return { kind: 'local' };
    return refuse(`port ${port} of the job's machine is not reachable from the sandbox`, `localhost:${port}`);
  }
  if (rules.network === 'open') return { kind: 'public' };
  if (isIP(name) !== 0) return { kind: 'refused', reason: 'addresses are refused, only names are allowed' };
  for (const [allowed, ports] of rules.names) {
    if (ports.has(port) && (allowed === name || (allowed.startsWith('.') && name.endsWith(allowed)))) return { kind: 'public' };
  }
  const entry = WEB.has(port) ? name : `${name}:${port}`;
  return refuse(rules.network === 'none' ? 'the sandbox has no network' : 'the host is not a package registry', entry);
}

function refuse(what: string, entry: string): Verdict {
  return { kind: 'refused', reason: `${what}; a maintainer can add ${entry} to the input allowed-hosts` };
}
