import type { ChildProcess } from 'node:child_process';

/** What a launcher is given to start the tool host. */
export type Launch = Readonly<{
  /** Absolute path of the checkout. */
  workspace: string;
  /** Absolute path of the Node.js executable that runs the tool host. */
  node: string;
  /** Absolute path of the tool host's bundle. */
  toolhost: string;
  /** An empty folder of the broker's for this run's sandbox (sockets, layers); the model's code must not be able to reach it. */
  scratch: string;
  network: 'registries' | 'none' | 'open';
  allowedHosts: readonly string[];
  /** Told of each refusal of the egress proxy. */
  onRefusal?: (host: string, reason: string) => void;
}>;

/** What was chosen and what it holds: an event of the transcript, a line of the summary and of the pull request. */
export type SandboxFacts = Readonly<{
  launcher: 'unshare' | 'bwrap' | 'user_namespace' | 'custom' | 'off';
  /** `full`: every canary held. `degraded`: some did not, named in `lacks`. `none`: no isolation. */
  level: 'full' | 'degraded' | 'none';
  /** What was shown to hold by the self-test, in words. */
  holds: readonly string[];
  /** What does not hold, in words. */
  lacks: readonly string[];
}>;

/** A started tool host: a child process whose stdin and stdout are the wire. */
export type Launched = Readonly<{ child: ChildProcess; facts: SandboxFacts; close(): Promise<void> }>;

/** Starts the tool host. Throws `SandboxRefused` with what to install or set when it cannot. */
export type Launcher = (launch: Launch, signal: AbortSignal) => Promise<Launched>;

export class SandboxRefused extends Error {
  override readonly name = 'SandboxRefused';
}
