import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { proxyEnvironment } from './egress/environment.ts';
import { startProxy } from './egress/proxy.ts';
import { readRules } from './egress/rules.ts';
import { scratchFolder } from './isolated.ts';
import type { Launch, Launched, Launcher } from './launcher.ts';
import { SandboxRefused } from './launcher.ts';
import { PROXY_SOCKET } from './mounts.ts';
import { hostEnvironment } from './off.ts';
import { plant, PROBE } from './probe.ts';
import { firstLine } from './start.ts';
import { messageOf, splitWords } from './words.ts';

/** What the launching program is given beside the tool host's own variables: where its service is, not what opens it. */
const PASSED_ON = /^(DOCKER_|CONTAINER_|PODMAN_|KUBECONFIG$|KUBERNETES_|XDG_RUNTIME_DIR$|DBUS_SESSION_BUS_ADDRESS$)/u;

/** How long a launcher may take until the tool host in it answers, in milliseconds: an image is pulled, a pod scheduled. */
const PATIENCE = 600_000;

/** What a container or a machine of its own makes pointless to ask: its own file system, its own user's groups. */
const NOT_ASKED = ['writes', 'home', 'groups'];

/**
 * A command line of the user's that starts the tool host with its stdin and stdout: `docker run -i …`, `kubectl run -i …`. It is split into
 * words without a shell; `{toolhost}`, `{toolhost_folder}`, `{workspace}`, `{node}` and `{proxy}` in it are replaced by paths of this
 * machine, and it also finds them in `ALCHEMIST_TOOLHOST`, `ALCHEMIST_WORKSPACE`, `ALCHEMIST_NODE` and `ALCHEMIST_PROXY`. The egress proxy
 * listens on the socket `{proxy}`; whether it is the only way out is the command's to see to, and the self-test's to say.
 */
export function custom(line: string, environment: NodeJS.ProcessEnv): Launcher {
  return async (launch, signal) => {
    const rules = readRules(launch.network, launch.allowedHosts);
    const scratch = scratchFolder(launch);
    const undo: (() => unknown)[] = [() => rmSync(scratch, { recursive: true, force: true })];
    const close = async () => {
      for (const step of undo.splice(0).reverse()) await step();
    };
    try {
      const socket = join(scratch, 'proxy.sock');
      const proxy = await startProxy({ rules, socket, onRefusal: launch.onRefusal });
      undo.push(() => proxy.close());
      const places = {
        toolhost: launch.toolhost,
        toolhost_folder: dirname(launch.toolhost),
        workspace: launch.workspace,
        node: launch.node,
        proxy: socket,
      };
      const [file, ...words] = splitWords(line).map((word) => fill(word, places)) as [string, ...string[]];
      const child = spawn(file, words, {
        stdio: ['pipe', 'pipe', 'pipe'],
        cwd: launch.workspace,
        env: variables(environment, places, rules.local),
      });
      child.stdin.on('error', () => undefined);
      await once(child, 'spawn');
      undo.push(() => end(child));
      return { child, facts: await selfTest(child, { ...launch, scratch }, environment, signal), close };
    } catch (cause) {
      await close();
      if (signal.aborted) throw cause;
      throw new SandboxRefused(`The command line of the input sandbox did not start the tool host: ${messageOf(cause)}`, { cause });
    }
  };
}

function fill(word: string, places: Readonly<Record<string, string>>): string {
  return word.replaceAll(/\{(\w+)\}/gu, (whole, name: string) => places[name] ?? whole);
}

/** For the launching program, and for a tool host that it starts on this machine: then the proxy is where `{proxy}` says. */
function variables(
  environment: NodeJS.ProcessEnv,
  places: Readonly<Record<string, string>>,
  localPorts: Iterable<number>,
): NodeJS.ProcessEnv {
  const passed = Object.entries(environment).filter(([name]) => PASSED_ON.test(name));
  const { ALCHEMIST_PROXY_FORWARDS } = proxyEnvironment(PROXY_SOCKET, localPorts);
  return {
    ...hostEnvironment(environment),
    ...Object.fromEntries(passed),
    HOME: environment['HOME'],
    ALCHEMIST_PROXY_FORWARDS,
    ...Object.fromEntries(Object.entries(places).map(([name, path]) => [`ALCHEMIST_${name.toUpperCase()}`, path])),
  };
}

/** Asks the tool host itself to run the probe: the one call that may come before `hello`. */
async function selfTest(
  child: ChildProcessWithoutNullStreams,
  launch: Launch,
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Launched['facts']> {
  const canaries = await plant(launch, environment);
  try {
    child.stdin.write(`${JSON.stringify({ id: 0, method: 'probe', params: { script: PROBE, words: canaries.words } })}\n`);
    const line = await firstLine(child, PATIENCE, signal);
    const answer = JSON.parse(line) as { result?: { output?: unknown }; error?: unknown };
    const output = typeof answer.result?.output === 'string' ? answer.result.output : '';
    const found = output.startsWith('alchemist-probe ') ? canaries.judge(output.trimEnd(), NOT_ASKED) : undefined;
    if (found === undefined)
      return { launcher: 'custom', level: 'degraded', holds: [], lacks: ['the self-test did not run, so nothing is known of it'] };
    return { launcher: 'custom', level: found.lacks.length === 0 ? 'full' : 'degraded', holds: found.holds, lacks: found.lacks };
  } finally {
    canaries.remove();
  }
}

/** End of input first: that is what the tool host, and through `docker run -i` its container, ends on. */
async function end(child: ChildProcessWithoutNullStreams): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = once(child, 'exit');
  child.stdin.end();
  const timers = [setTimeout(() => child.kill('SIGTERM'), 5000), setTimeout(() => child.kill('SIGKILL'), 8000)];
  await gone;
  for (const timer of timers) clearTimeout(timer);
}
