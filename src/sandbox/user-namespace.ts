import { PROCESSES, startIsolated } from './isolated.ts';
import type { Parts } from './isolated.ts';
import type { Launcher } from './launcher.ts';
import { NAMESPACES, setup } from './setup.ts';

/**
 * Launcher 3: the same within a user namespace, for machines without `sudo`. Labelled degraded: the outside user's groups (`docker`,
 * `adm`) cannot be left in a user namespace, so a file or socket that they open stays open where the mounts do not hide it.
 */
export function userNamespace(environment: NodeJS.ProcessEnv, processes = PROCESSES): Launcher {
  const lacks = ['the supplementary groups of the outside user stay'];
  const command = (parts: Parts) => ['unshare', '--user', '--map-root-user', ...NAMESPACES, ...setup(parts, true)];
  return (launch, signal) =>
    startIsolated({ launcher: 'user_namespace', prefix: [], lacks, processes, command }, launch, environment, signal);
}
