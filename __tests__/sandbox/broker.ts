/**
 * A stand-in for the broker, as a process of its own, so that tests can run it as another user and kill it: starts a launcher, does the
 * calls it is told to, and prints what came of each as one JSON line. It is the obeying model: whatever it is asked to try, it tries.
 *
 *     node broker.ts '{"launcher": "unshare", "workspace": …, "scratch": …, "calls": [["run", {…}]], "stay": false}'
 */
import { bwrap } from '../../src/sandbox/bwrap.ts';
import { chooseLauncher } from '../../src/sandbox/choose.ts';
import { connectHost } from '../../src/sandbox/host.ts';
import type { Launcher } from '../../src/sandbox/launcher.ts';
import { unshare } from '../../src/sandbox/unshare.ts';
import { userNamespace } from '../../src/sandbox/user-namespace.ts';
import type { Host, Method } from '../../src/toolhost/wire.ts';

export type Order = {
  /** `unshare`, `bwrap`, `user_namespace`, or a value of the input `sandbox`. */
  launcher: string;
  workspace: string;
  scratch: string;
  toolhost: string;
  network?: 'registries' | 'none' | 'open';
  allowedHosts?: string[];
  processes?: number;
  calls: [Method, unknown][];
  /** Stay until killed, after the calls. */
  stay?: boolean;
};

const order = JSON.parse(process.argv[2] ?? '') as Order;
const say = (what: unknown) => process.stdout.write(`${JSON.stringify(what)}\n`);
const signal = AbortSignal.timeout(110_000);
const own: Record<string, (environment: NodeJS.ProcessEnv, processes?: number) => Launcher> = {
  unshare,
  bwrap,
  user_namespace: userNamespace,
};
const launcher =
  own[order.launcher]?.(process.env, order.processes) ??
  chooseLauncher({ sandbox: order.launcher, environment: process.env, platform: process.platform });

const began = performance.now();
try {
  const launched = await launcher(
    {
      workspace: order.workspace,
      node: process.execPath,
      toolhost: order.toolhost,
      scratch: order.scratch,
      network: order.network ?? 'registries',
      allowedHosts: order.allowedHosts ?? [],
      onRefusal: (host, reason) => say({ refusal: host, reason }),
    },
    signal,
  );
  const host = connectHost(launched);
  const facts = await host.call('hello', { protocol: 1, working_directory: '.', restore: false }, signal);
  say({ facts: launched.facts, start_ms: Math.round(performance.now() - began), host: facts });
  for (const [method, params] of order.calls) say(await one(host, method, params));
  if (order.stay === true) await new Promise((resolve) => setTimeout(resolve, 100_000));
  await host.close();
  say({ closed: true });
  process.exit(0);
} catch (error) {
  say({ failed: String(error) });
  process.exit(1);
}

async function one(host: Host, method: Method, params: unknown): Promise<unknown> {
  try {
    return { result: await host.call(method, params as never, signal) };
  } catch (error) {
    return { error: String(error) };
  }
}
