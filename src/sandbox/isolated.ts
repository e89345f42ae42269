import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { proxyEnvironment } from './egress/environment.ts';
import { startProxy } from './egress/proxy.ts';
import { readRules } from './egress/rules.ts';
import type { Launch, Launched, SandboxFacts } from './launcher.ts';
import { SandboxRefused } from './launcher.ts';
import { PROXY_SOCKET } from './mounts.ts';
import { hostEnvironment } from './off.ts';
import { plant } from './probe.ts';
import { end, keep, probeLine } from './start.ts';
import { messageOf } from './words.ts';

/** The most processes and threads inside, if not said otherwise: enough for a browser or a JVM build, too few to take the machine. */
export const PROCESSES = 4096;

/** What a launcher of our own is built from. */
export type Kind = Readonly<{
  launcher: SandboxFacts['launcher'];
  /** What makes the keeper root: `['sudo', '-n']`, or nothing. */
  prefix: readonly string[];
  /** The most processes and threads inside. */
  processes: number;
  /** What it cannot hold by its nature, whatever the probe says. */
  lacks: readonly string[];
  /** The command that builds the sandbox and becomes the tool host, from what goes in. `@layers@` is the keeper's folder. */
  command(parts: Parts): string[];
}>;

export type Parts = Readonly<{
  launch: Launch;
  /** The broker's environment. */
  environment: NodeJS.ProcessEnv;
  /** Real path of the home folder. */
  home: string;
  uid: number;
  gid: number;
  processes: number;
  /** The proxy's socket outside. */
  proxySocket: string;
  /** Of the tool host. */
  variables: Readonly<Record<string, string>>;
  /** Arguments of the probe. */
  probe: readonly string[];
}>;

/** Starts proxy, canaries, sandbox and tool host, and judges the self-test. Throws `SandboxRefused` when something essential does not hold. */
export async function startIsolated(kind: Kind, launch: Launch, environment: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Launched> {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  const rules = readRules(launch.network, launch.allowedHosts);
  const scratch = scratchFolder(launch);
  const proxySocket = join(scratch, 'proxy.sock');
  const undo: (() => unknown)[] = [() => rmSync(scratch, { recursive: true, force: true })];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const proxy = await startProxy({ rules, socket: proxySocket, onRefusal: launch.onRefusal });
    undo.push(() => proxy.close());
    const canaries = await plant({ ...launch, scratch }, environment);
    const home = homeOf(environment);
    const variables = { ...hostEnvironment(environment), HOME: home, TMPDIR: '/tmp', ...proxyEnvironment(PROXY_SOCKET, rules.local) };
    const command = kind.command({
      launch: { ...launch, scratch },
      environment,
      home,
      uid,
      gid,
      processes: kind.processes,
      proxySocket,
      variables,
      probe: canaries.words,
    });
    const kept = keep(kind.prefix, command, scratch, kind.processes);
    undo.push(() => end(kept));
    await once(kept.child, 'spawn');
    const line = await probeLine(kept, signal).finally(() => canaries.remove());
    const found = canaries.judge(line);
    if (found.essential.length > 0) throw new Error(`its self-test failed: ${found.essential.join('; ')}`);
    const lacks = [...found.lacks, ...kind.lacks.filter((lack) => !found.lacks.includes(lack))];
    return {
      child: kept.child,
      facts: { launcher: kind.launcher, level: lacks.length === 0 ? 'full' : 'degraded', holds: found.holds, lacks },
      close,
    };
  } catch (cause) {
    await close();
    if (signal.aborted) throw cause;
    throw new SandboxRefused(messageOf(cause), { cause });
  }
}

/** A folder of its own below `scratch`; elsewhere when that path is too long for a Unix socket (107 bytes, unix(7)). */
export function scratchFolder(launch: Launch): string {
  mkdirSync(launch.scratch, { recursive: true });
  const below = mkdtempSync(join(launch.scratch, 'sandbox-'));
  if (Buffer.byteLength(join(below, 'proxy.sock')) <= 107) return below;
  rmSync(below, { recursive: true });
  return mkdtempSync(join(tmpdir(), 'alchemist-'));
}

/** Where a home is missing or the whole file system, an empty one in memory. */
function homeOf(environment: NodeJS.ProcessEnv): string {
  const home = environment['HOME'] ?? homedir();
  try {
    const real = realpathSync(home);
    if (real !== '/') return real;
  } catch {
    // as if there were none
  }
  return '/tmp';
}
