import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Launch } from './launcher.ts';
import { gitFolderElsewhere } from './mounts.ts';

/**
 * The canary self-test. Outside, things are planted that the sandbox must not reach: a process with a secret in its environment, a TCP and
 * a UDP listener on loopback, a file. Inside, before anything else runs there, `PROBE` tries to reach them and says what happened.
 *
 * `PROBE canary tcp-port udp-port planted-file workspace-identity shared-git-folder folders…`, run in the workspace, prints one line, `alchemist-probe NAME=yes|no …`.
 */
export const PROBE = `
set -u
PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
canary=$1 tcp=$2 udp=$3 planted=$4 identity=$5 shared=$6 workspace=$(pwd -P)
shift 6
said=
say() { said+=" $1=$2"; }
holds() { local name=$1; shift; if "$@"; then say "$name" yes; else say "$name" no; fi; }

no_environment() { ! grep -qsaF -- "$canary" /proc/[0-9]*/environ; }

no_privileges() {
  local key value
  while read -r key value _; do
    case $key in
      CapInh: | CapPrm: | CapEff: | CapBnd: | CapAmb:) [ "\${value//0/}" = '' ] || return 1 ;;
      NoNewPrivs:) [ "$value" = 1 ] || return 1 ;;
    esac
  done </proc/self/status
}

no_sudo() {
  type -P sudo >/dev/null || return 0
  if [ "$(id -u)" = 0 ]; then no_privileges; return; fi # root without a capability has nothing to gain
  ! timeout 2 sudo -n id >/dev/null 2>&1
}

no_groups() { local groups; groups=$(id -G) && [ "\${groups#* }" = "$groups" ]; }

no_docker() {
  local socket
  for socket in /run/docker.sock /var/run/docker.sock "\${XDG_RUNTIME_DIR:-/run}/docker.sock" /run/podman/podman.sock /run/containerd/containerd.sock; do
    [ -S "$socket" ] && [ -w "$socket" ] && return 1
  done
  return 0
}

# Every mount that takes writes is one of ours, and no write arrives in the folders named.
no_writes() {
  local point options folder home=\${HOME:-/nonexistent}
  while read -r _ _ _ _ point options _; do
    case ,$options, in *,rw,*) ;; *) continue ;; esac
    case $point in
      "$workspace" | "$home" | "$shared" | /tmp | /var/tmp | /dev/*) ;;
      *) [ -d "$point" ] && { : >"$point/.alchemist-$canary"; } 2>/dev/null && return 1 ;;
    esac
  done </proc/self/mountinfo
  { : >>/proc/sys/kernel/core_pattern; } 2>/dev/null && return 1 # opened, not changed
  for folder; do
    # What lies in a temporary folder lies in one of ours: the outside one is hidden, which the planted file shows.
    case $folder in "$workspace" | "$workspace"/* | "$home" | "$home"/* | /tmp | /tmp/* | /var/tmp | /var/tmp/*) continue ;; esac
    if { : >"$folder/.alchemist-$canary"; } 2>/dev/null; then
      rm -f "$folder/.alchemist-$canary"
      return 1
    fi
  done
}

# The broker's listeners, the metadata service of every cloud, a public address, a name.
no_network() {
  local name
  while IFS=: read -r name _; do
    case \${name// /} in lo | Inter-* | face*) ;; *) local interface=\${name// /} ;; esac
  done </proc/net/dev
  : >"/dev/udp/127.0.0.1/$udp" && echo "$canary" >"/dev/udp/127.0.0.1/$udp"
  connects 127.0.0.1 "$tcp" && return 1
  [ -z "\${interface-}" ] && return 0
  # The kernel makes some interfaces in every network namespace (tunl0, sit0): what counts is whether anything answers.
  connects 169.254.169.254 80 && return 1
  connects 1.1.1.1 53 && return 1
  timeout 1 getent hosts one.one.one.one >/dev/null && return 1
  return 0
}
connects() { timeout 0.5 /bin/bash -c ': <>"/dev/tcp/$0/$1"' "$1" "$2"; }

hidden() { [ ! -e "$planted" ]; }
writable() { : >"$workspace/.alchemist-$canary" && rm "$workspace/.alchemist-$canary"; }
throwaway() { [ "$(stat -c %d:%i "$workspace")" != "$identity" ]; }
home_writable() { [ -w "\${HOME:-/nonexistent}" ]; }

{
  holds environment no_environment
  holds privileges no_privileges
  holds sudo no_sudo
  holds groups no_groups
  holds docker no_docker
  holds writes no_writes "$@"
  holds network no_network
  holds hidden hidden
  holds workspace writable
  holds throwaway throwaway
  holds home home_writable
} 2>/dev/null
printf 'alchemist-probe%s\\n' "$said"
`;

/** What each probe shows, in words: when it held, when it did not. `essential`: without it the sandbox is no sandbox and is not used. */
const MEANING: Record<string, { holds: string; lacks: string; essential: boolean }> = {
  environment: {
    holds: 'no environment of another process can be read',
    lacks: 'environments of processes outside can be read',
    essential: true,
  },
  privileges: { holds: 'no capability, and none can be gained', lacks: 'capabilities or new privileges are within reach', essential: true },
  sudo: { holds: '`sudo` fails', lacks: '`sudo` works', essential: true },
  groups: { holds: 'no supplementary groups', lacks: 'the supplementary groups of the outside user stay', essential: false },
  docker: { holds: 'no Docker socket', lacks: 'a Docker socket is within reach', essential: true },
  writes: {
    holds: 'no write outside workspace, home and temporary folders',
    lacks: 'files outside workspace and home can be written',
    essential: true,
  },
  network: { holds: 'no network but the egress proxy', lacks: 'the network is within reach', essential: true },
  hidden: {
    holds: 'the temporary folders of the runner are hidden',
    lacks: 'the temporary folders of the runner are visible',
    essential: true,
  },
  workspace: { holds: 'the workspace is writable', lacks: 'the workspace cannot be written', essential: true },
  throwaway: { holds: 'the checkout itself never changes', lacks: 'writes go to the real checkout', essential: false },
  home: { holds: 'the home folder takes writes, in a throw-away layer', lacks: 'the home folder is read-only', essential: false },
};

/** What is planted outside for one self-test. */
export type Canaries = Readonly<{
  /** The arguments of `PROBE`. */
  words: readonly string[];
  /** Turns the probe's line into facts; `essential` names what makes the sandbox unusable. */
  judge(line: string, except?: readonly string[]): { holds: string[]; lacks: string[]; essential: string[] };
  /** Takes the canaries away. */
  remove(): void;
}>;

/** Folders in which no write may arrive: the system's, the tool cache's, and the runner's. */
const SYSTEM_FOLDERS = [
  '/',
  '/etc',
  '/usr',
  '/usr/bin',
  '/usr/local/bin',
  '/usr/share',
  '/opt',
  '/var',
  '/var/lib',
  '/srv',
  '/mnt',
  '/media',
];

/** Plants the canaries. */
export async function plant(launch: Launch, environment: NodeJS.ProcessEnv): Promise<Canaries> {
  const canary = `canary-${randomBytes(12).toString('hex')}`;
  const planted = join(launch.scratch, 'planted');
  writeFileSync(planted, canary, { mode: 0o644 });
  // A process like the broker: same user, a secret in its environment. It ends with its stdin, so with us.
  const bystander = spawn('/bin/cat', [], { stdio: ['pipe', 'ignore', 'ignore'], env: { ALCHEMIST_CANARY: canary } });
  bystander.on('error', () => undefined);
  const tcp = createServer((socket) => socket.destroy());
  let datagrams = 0;
  const udp = createSocket('udp4', () => (datagrams += 1));
  tcp.listen(0, '127.0.0.1');
  udp.bind(0, '127.0.0.1');
  await Promise.all([once(tcp, 'listening'), once(udp, 'listening')]);
  const { dev, ino } = statSync(launch.workspace, { bigint: true });
  const folders = [...SYSTEM_FOLDERS, ...['RUNNER_TOOL_CACHE', 'RUNNER_WORKSPACE'].flatMap((name) => environment[name] ?? [])];
  return {
    words: [
      canary,
      String((tcp.address() as AddressInfo).port),
      String(udp.address().port),
      planted,
      `${dev}:${ino}`,
      gitFolderElsewhere(launch.workspace) ?? '-',
      ...folders,
    ],
    judge: (line, except = []) => judge(line, datagrams > 0, except),
    remove() {
      bystander.kill('SIGKILL');
      tcp.close();
      udp.close();
    },
  };
}

/** Facts of a probe's line. A probe that did not report, or reported what it must not, counts as not held. */
export function judge(
  line: string,
  datagramArrived: boolean,
  except: readonly string[],
): { holds: string[]; lacks: string[]; essential: string[] } {
  const said = new Map(
    line
      .split(' ')
      .slice(1)
      .map((word) => word.split('=') as [string, string]),
  );
  if (datagramArrived) said.set('network', 'no');
  const holds: string[] = [];
  const lacks: string[] = [];
  const essential: string[] = [];
  for (const [name, meaning] of Object.entries(MEANING)) {
    if (except.includes(name)) continue;
    if (said.get(name) === 'yes') {
      holds.push(meaning.holds);
      continue;
    }
    lacks.push(meaning.lacks);
    if (meaning.essential) essential.push(meaning.lacks);
  }
  return { holds, lacks, essential };
}
