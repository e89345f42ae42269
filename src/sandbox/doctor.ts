import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { CANDIDATES } from './choose.ts';
import { SandboxRefused } from './launcher.ts';

export type Diagnosis = Readonly<{
  launcher: string;
  /** `unavailable`: it did not start, or its self-test failed; `why` says which. */
  level: 'full' | 'degraded' | 'none' | 'unavailable';
  /** From the start until the tool host is ready and the self-test judged, in milliseconds. */
  start_ms: number;
  holds: readonly string[];
  lacks: readonly string[];
  why?: string;
}>;

export type DoctorOptions = Readonly<{
  environment: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  /** Absolute paths, as in `Launch`. */
  node: string;
  toolhost: string;
}>;

/** For `alchemist doctor --sandbox`: starts each launcher of ours on an empty workspace and says what its self-test found. */
export async function doctorSandbox(options: DoctorOptions, signal: AbortSignal): Promise<Diagnosis[]> {
  if (options.platform !== 'linux') return [];
  const folder = mkdtempSync(join(options.environment['RUNNER_TEMP'] ?? tmpdir(), 'alchemist-doctor-'));
  const workspace = mkdtempSync(join(homedir(), '.alchemist-doctor-')); // not below a folder that the sandbox hides
  try {
    mkdirSync(join(folder, 'scratch'));
    writeFileSync(join(workspace, 'file'), 'as it was\n');
    const found: Diagnosis[] = [];
    for (const candidate of CANDIDATES) found.push(await diagnose(candidate, options, workspace, join(folder, 'scratch'), signal));
    return found;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(workspace, { recursive: true, force: true });
  }
}

async function diagnose(
  candidate: (typeof CANDIDATES)[number],
  options: DoctorOptions,
  workspace: string,
  scratch: string,
  signal: AbortSignal,
): Promise<Diagnosis> {
  const began = performance.now();
  try {
    const { node, toolhost } = options;
    const launched = await candidate.launcher(options.environment)(
      { workspace, node, toolhost, scratch, network: 'none', allowedHosts: [] },
      signal,
    );
    const start_ms = Math.round(performance.now() - began);
    await launched.close();
    return { launcher: candidate.name, level: launched.facts.level, start_ms, holds: launched.facts.holds, lacks: launched.facts.lacks };
  } catch (error) {
    if (!(error instanceof SandboxRefused)) throw error;
    return {
      launcher: candidate.name,
      level: 'unavailable',
      start_ms: Math.round(performance.now() - began),
      holds: [],
      lacks: [],
      why: error.message,
    };
  }
}

/** The diagnoses as a Markdown table, one row a launcher, then one line that says which `sandbox: auto` takes. */
export function diagnosisTable(found: readonly Diagnosis[]): string {
  if (found.length === 0) return 'No launcher of ours runs on this system: see docs/sandbox.md.\n';
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll(/\s+/gu, ' ');
  const rows = found.map(({ launcher, level, start_ms, holds, lacks, why }) => {
    const detail = why ?? (lacks.length === 0 ? `all ${holds.length} canaries held` : `lacks: ${lacks.join('; ')}`);
    return `| ${launcher} | ${level} | ${level === 'unavailable' ? '' : `${start_ms} ms`} | ${cell(detail)} |`;
  });
  const chosen = found.find(({ level }) => level !== 'unavailable');
  const verdict =
    chosen === undefined ? '`sandbox: auto` would be refused on this machine.' : `\`sandbox: auto\` takes: ${chosen.launcher}.`;
  return ['| launcher | level | start | self-test |', '|---|---|---|---|', ...rows, '', verdict, ''].join('\n');
}
