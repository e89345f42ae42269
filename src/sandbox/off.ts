import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Launched, Launcher } from './launcher.ts';

/** What programs need to find their tools, caches and language; everything else of the surroundings stays outside. */
const ALLOWED = new Set(
  `PATH HOME USER LOGNAME SHELL LANG LANGUAGE TZ TMPDIR HOSTNAME
  JAVA_HOME GOROOT GOPATH GOFLAGS GOPROXY GOTOOLCHAIN GOCACHE GOMODCACHE CGO_ENABLED CARGO_HOME RUSTUP_HOME RUSTUP_TOOLCHAIN
  NVM_DIR NVM_BIN FNM_DIR VOLTA_HOME PNPM_HOME PYENV_ROOT RBENV_ROOT ASDF_DIR ASDF_DATA_DIR SDKMAN_DIR CONDA CONDA_PREFIX VIRTUAL_ENV
  RUNNER_TOOL_CACHE AGENT_TOOLSDIRECTORY ANDROID_HOME ANDROID_SDK_ROOT ANDROID_NDK ANDROID_NDK_HOME GRADLE_HOME GRADLE_USER_HOME M2_HOME MAVEN_HOME
  DOTNET_ROOT DOTNET_CLI_TELEMETRY_OPTOUT DOTNET_NOLOGO SWIFT_PATH VCPKG_INSTALLATION_ROOT GHCUP_INSTALL_BASE_PREFIX
  PYTHONPATH Python_ROOT_DIR pythonLocation LD_LIBRARY_PATH PKG_CONFIG_PATH CC CXX CHROME_BIN CHROMEWEBDRIVER GECKOWEBDRIVER ImageOS
  npm_config_registry npm_config_cache PIP_INDEX_URL PIP_CACHE_DIR SSL_CERT_FILE SSL_CERT_DIR NODE_EXTRA_CA_CERTS REQUESTS_CA_BUNDLE`.split(
    /\s+/,
  ),
);
const ALLOWED_PATTERNS = [/^LC_[A-Z]+$/, /^JAVA_HOME_\d+_\w+$/, /^GOROOT_\d+_\d+_\w+$/, /^Python\d?_ROOT_DIR$/];
const SECRET = /TOKEN|KEY|SECRET|PASSWORD|PASSWD|CREDENTIAL|AUTH/i;

/**
 * The environment of the tool host and of everything that the model runs: built from nothing by an allowlist, since the runner's own
 * holds the inputs (the API key among them), tokens and the files that steer later steps. A value with a login in an address is left out.
 */
export function hostEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  const kept = Object.entries(environment).filter(([name, value]) => {
    if (value === undefined || SECRET.test(name) || /:\/\/[^/\s]*@/.test(value)) return false;
    return ALLOWED.has(name) || ALLOWED_PATTERNS.some((pattern) => pattern.test(name));
  }) as [string, string][];
  return { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8', ...Object.fromEntries(kept), TERM: 'dumb' };
}

/** Starts the tool host with no isolation at all: `sandbox: off`, asked for in words. */
export function off(environment: NodeJS.ProcessEnv): Launcher {
  return async ({ workspace, node, toolhost }, signal): Promise<Launched> => {
    signal.throwIfAborted();
    // Own session: Ctrl-C in a terminal is for the broker, which still wants the work so far.
    const child = spawn(node, [toolhost], {
      cwd: workspace,
      env: hostEnvironment(environment),
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    await once(child, 'spawn');
    return { child, facts: FACTS, close: () => ended(child) };
  };
}

const FACTS: Launched['facts'] = {
  launcher: 'off',
  level: 'none',
  holds: ['the environment of commands is built from an allowlist'],
  lacks: [
    'commands run as the same user as this action: they can read its memory and environment (/proc/<pid>/environ), keys and tokens included',
    'commands reach every file of that user, the network, and sudo and Docker where the user may use them',
    'what a command leaves behind outside the workspace stays',
  ],
};

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 2000);
  await exit;
  clearTimeout(timer);
}
