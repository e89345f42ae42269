import { PROCESSES, startIsolated } from './isolated.ts';
import type { Parts } from './isolated.ts';
import type { Launcher } from './launcher.ts';
import { NAMESPACES, setup } from './setup.ts';

/**
 * Launcher 1: namespaces made as root (we are, or may `sudo` without a password, as on a hosted runner), privileges dropped before the
 * tool host starts. util-linux alone; it works where AppArmor forbids user namespaces to ordinary users (ubuntu-24.04).
 */
export function unshare(environment: NodeJS.ProcessEnv, processes = PROCESSES): Launcher {
  const prefix = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const command = (parts: Parts) => ['unshare', ...NAMESPACES, ...setup(parts, false)];
  return (launch, signal) => startIsolated({ launcher: 'unshare', prefix, lacks: [], processes, command }, launch, environment, signal);
}
