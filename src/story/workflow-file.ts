/** A job of a workflow file, as far as it decides what Alchemist may do in it. */
export type WorkflowJob = Readonly<{
  /** Its key below `jobs:`. */
  name: string;
  /** What the job's token may do; `null` where neither job nor workflow has a `permissions:` block, so that a setting of the repository decides. */
  permissions: Permissions | null;
  /** The job's `if:`; empty when there is none. */
  condition: string;
  /** Minutes after which GitHub kills the job; its default is 360. */
  timeoutMinutes: number | undefined;
  /** True when a step before Alchemist's uses `actions/checkout`. */
  checksOut: boolean;
  /** What Alchemist's step uses, e.g. `OWNER/alchemist@v1`. */
  uses: string;
  /** Inputs of Alchemist's step as they are written. */
  inputs: Readonly<Record<string, string>>;
}>;

/** What the permission is called in the file → `read`, `write` or `none`. A name that a block leaves out is `none` (docs.github.com, "permissions"). */
export type Permissions = Readonly<{ of(name: string): 'read' | 'write' | 'none' }>;

/** What a run needs of the job's token, and for what. */
export const NEEDED: Readonly<Record<string, string>> = {
  contents: 'the branch',
  'pull-requests': 'the pull request',
  issues: 'the progress comment',
};

/** The lines that a job needs. */
export const PERMISSIONS_BLOCK = ['permissions:', ...Object.entries(NEEDED).map(([name, what]) => `  ${name}: write # ${what}`)].join('\n');

export type WorkflowFile = Readonly<{
  /** E.g. `issue_comment`. */
  events: readonly string[];
  /** Whether a pull request from one branch of the repository to another starts it. Filters of paths are not looked at. */
  startsOn(route: Readonly<{ base: string; head: string }>): boolean;
  /** Jobs with a step that uses Alchemist. */
  jobs: readonly WorkflowJob[];
}>;

/** Reads a workflow file. `null` when it is no YAML or no workflow. Never throws. */
export async function readWorkflow(text: string): Promise<WorkflowFile | null> {
  // Loaded late: a run needs it once, while it waits for other things.
  const { parse } = await import('yaml');
  let root: unknown;
  try {
    root = parse(text, { maxAliasCount: 100 });
  } catch {
    return null;
  }
  const jobs = record(record(root)?.['jobs']);
  if (!jobs) return null;
  const found = Object.entries(jobs).flatMap(([name, job]) => jobOf(name, record(job), record(root)?.['permissions']) ?? []);
  return { events: eventsOf(record(root)), startsOn: (route) => startsOn(record(root), route), jobs: found };
}

/** When a pull request is opened: by its own events, or by the push of its branch. */
function startsOn(root: Fields | undefined, { base, head }: Readonly<{ base: string; head: string }>): boolean {
  const events = eventsOf(root);
  const filters = (name: string): Fields => record(record(root?.['on'] ?? root?.['true'])?.[name]) ?? {};
  const pull = (name: string): boolean => {
    const { types, ...more } = filters(name);
    const opened = types === undefined || [types].flat().some((type) => type === 'opened' || type === 'synchronize');
    return events.includes(name) && opened && branchFits(more, base);
  };
  const push = filters('push');
  const tagsAlone = (push['tags'] !== undefined || push['tags-ignore'] !== undefined) && push['branches'] === undefined;
  return pull('pull_request') || pull('pull_request_target') || (events.includes('push') && !tagsAlone && branchFits(push, head));
}

/** GitHub's patterns of branch names: `*` without `/`, `**` with it, and `!` takes out again; a later one counts more (docs.github.com, "Workflow syntax", filter patterns). */
function branchFits(filters: Fields, branch: string): boolean {
  const patterns = (name: string): string[] => [filters[name] ?? []].flat().map(textOf);
  const fits = (list: readonly string[]): boolean =>
    list.reduce(
      (so, one) => (one.startsWith('!') ? so && !patternOf(one.slice(1)).test(branch) : so || patternOf(one).test(branch)),
      false,
    );
  if (filters['branches'] !== undefined) return fits(patterns('branches'));
  return !fits(patterns('branches-ignore'));
}

function patternOf(pattern: string): RegExp {
  const source = pattern
    .replace(/[.^$()|{}\\]/g, '\\$&')
    .replaceAll('**', '\u0000')
    .replaceAll('*', '[^/]*')
    .replaceAll('\u0000', '.*');
  try {
    return new RegExp(`^${source}$`);
  } catch {
    return /^/;
  }
}

/** Needed permissions that the job's block does not give, e.g. `['pull-requests']`; empty where there is no block to tell. */
export function missingPermissions({ permissions }: Pick<WorkflowJob, 'permissions'>): string[] {
  return permissions === null ? [] : Object.keys(NEEDED).filter((name) => permissions.of(name) !== 'write');
}

/** Whether the step works with the job's own token, which alone the `permissions:` block is about. */
export function usesJobToken({ inputs }: WorkflowJob): boolean {
  const token = inputs['github-token'];
  return token === undefined || /^\$\{\{\s*(github\.token|secrets\.GITHUB_TOKEN)\s*\}\}$/i.test(token);
}

function jobOf(name: string, job: Fields | undefined, workflowPermissions: unknown): WorkflowJob | undefined {
  const steps = Array.isArray(job?.['steps']) ? job['steps'].map((step) => record(step) ?? {}) : [];
  const own = steps.findIndex((step) => isAlchemist(step['uses']));
  if (!job || own < 0) return undefined;
  return {
    name,
    permissions: permissionsOf(job['permissions'] ?? workflowPermissions),
    condition: textOf(job['if']),
    timeoutMinutes: typeof job['timeout-minutes'] === 'number' ? job['timeout-minutes'] : undefined,
    checksOut: steps.slice(0, own).some((step) => /^actions\/checkout(@|$)/.test(textOf(step['uses']))),
    uses: textOf(steps[own]?.['uses']),
    inputs: Object.fromEntries(Object.entries(record(steps[own]?.['with']) ?? {}).map(([key, value]) => [key, textOf(value)])),
  };
}

/** `OWNER/alchemist@…`, a folder of that name, or the action's own repository (`./`). */
function isAlchemist(uses: unknown): boolean {
  return typeof uses === 'string' && (uses === './' || /(^|\/)[\w.-]*alchemist[\w.-]*(@|$)/i.test(uses));
}

function permissionsOf(block: unknown): Permissions | null {
  if (block === undefined) return null;
  if (block === 'write-all') return { of: () => 'write' };
  if (block === 'read-all') return { of: () => 'read' };
  const given = record(block) ?? {};
  return {
    of: (name) => {
      const value = given[name];
      return value === 'write' || value === 'read' ? value : 'none';
    },
  };
}

function eventsOf(root: Fields | undefined): string[] {
  const on = root?.['on'] ?? root?.['true'];
  if (typeof on === 'string') return [on];
  return Array.isArray(on) ? on.map(textOf) : Object.keys(record(on) ?? {});
}

type Fields = Readonly<Record<string, unknown>>;

function record(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
