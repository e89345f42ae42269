import { bwrap } from './bwrap.ts';
import { custom } from './custom.ts';
import type { Launcher } from './launcher.ts';
import { SandboxRefused } from './launcher.ts';
import { off } from './off.ts';
import { unshare } from './unshare.ts';
import { userNamespace } from './user-namespace.ts';

export type Choice = Readonly<{ sandbox: string; environment: NodeJS.ProcessEnv; platform: NodeJS.Platform }>;

/** Our own launchers, best first. */
export const CANDIDATES: readonly Readonly<{ name: string; launcher(environment: NodeJS.ProcessEnv): Launcher }>[] = [
  { name: 'unshare with sudo or as root', launcher: unshare },
  { name: 'bubblewrap', launcher: bwrap },
  { name: 'unshare with a user namespace', launcher: userNamespace },
];

/**
 * The launcher for the input `sandbox`. For `auto` it is the first of ours that starts and whose self-test holds what is
 * essential; what else it lacks is in its facts.
 *
 * @returns a launcher that throws `SandboxRefused`, with what to install or set, when nothing can isolate
 */
export function chooseLauncher({ sandbox, environment, platform }: Choice): Launcher {
  if (sandbox === 'off') return off(environment);
  if (sandbox !== 'auto') return custom(sandbox, environment);
  if (platform !== 'linux') return () => Promise.reject(new SandboxRefused(elsewhere(platform)));
  return automatic(environment);
}

function automatic(environment: NodeJS.ProcessEnv): Launcher {
  return async (launch, signal) => {
    const complaints: string[] = [];
    for (const { name, launcher } of CANDIDATES) {
      try {
        return await launcher(environment)(launch, signal);
      } catch (error) {
        if (!(error instanceof SandboxRefused)) throw error;
        complaints.push(`${name}: ${error.message}`);
      }
    }
    throw new SandboxRefused(
      `No sandbox could be started, so the model's commands would run beside your keys. Use a GitHub-hosted Ubuntu runner, or give the runner's ` +
        `user password-less sudo, or install bubblewrap (apt-get install bubblewrap), or allow user namespaces; in a container job add ` +
        `options: --privileged. A command line of your own (docker run -i …) also serves: see docs/sandbox.md. Without any isolation: sandbox: off. ` +
        `What was tried: ${complaints.join(' · ')}`,
    );
  };
}

function elsewhere(platform: NodeJS.Platform): string {
  const name = platform === 'win32' ? 'Windows' : platform === 'darwin' ? 'macOS' : platform;
  return (
    `There is no sandbox for ${name}: namespaces are Linux's. Run the job on ubuntu-latest, or give a command line that starts the tool host ` +
    `in a container or virtual machine (docs/sandbox.md), or accept that the model's commands run unprotected: sandbox: off.`
  );
}
