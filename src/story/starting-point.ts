import type { Config } from '../config.ts';
import type { GitHub, PullRequest } from '../forge/github.ts';
import { readBase, type BaseAhead } from './base-ahead.ts';
import { seedTree, type TreeDifference } from './seeding.ts';
import { sanitisePlain } from '../ticket/sanitise.ts';
import type { Host, HostFacts } from '../toolhost/wire.ts';
import type { ContextGathered, TreeChanged } from '../transcript/events.ts';

/** The commit a change is made against. `branch` is the pull request's base. */
export type Base = ContextGathered['base'];

/** Where a run starts from. */
export type StartingPoint = Readonly<{
  /** What the change is made against. `branch` is the pull request's base; on a later run of an issue `commit` is the head of the run's own branch. */
  base: Base;
  /** The branch that the change goes to. */
  branch: string;
  /** True where the branch holds earlier commits that the change adds to. */
  adds: boolean;
  /** Commit or tree of the base branch: the repository's instructions are read there, never on a pull request's head (attack 17). */
  instructionsAt: string;
  /** For the model: what stood before, and what an earlier run did. */
  remarks: readonly string[];
  /** The change of an earlier run, to be laid over the files once the base was tested. */
  carried?: TreeChanged;
  /** For people: why another branch than the usual one is used. */
  notice?: string;
}>;

export type StartParts = Readonly<{
  facts: HostFacts;
  config: Config;
  github: GitHub;
  host: Host;
  /** The usual branch, without `refs/heads/`. */ branch: string;
  /** As the event tells it. */ defaultBranch: string | undefined;
  baseAhead?: BaseAhead | undefined;
}>;

const NO_CHECKOUT = 'put the step "- uses: actions/checkout@v5" before Alchemist';
/** How many branches are tried for an issue whose earlier ones are done with. */
const MAX_BRANCHES = 20;
/** Paths that are named to the model. */
const MAX_NAMES = 30;

/**
 * Finds what the change is made against and brings the workspace there: the checkout of the base branch; the head of the run's own branch where an earlier run (or
 * a person) has work on it; and where there is no checkout, the base branch as GitHub has it. Throws an error for a person.
 */
export async function startingPoint(parts: StartParts, signal: AbortSignal): Promise<StartingPoint> {
  const { facts, github, host } = parts;
  const { base, remarks } = await baseOf(parts);
  const missing = facts.git?.head == null;
  if (missing) await seedTree({ github, host }, null, base.tree, signal);
  const own = await ownBranch(github, parts.branch, base.branch);
  const target = own.head ?? base;
  const difference = await seedTree({ github, host }, base.tree, target.tree, signal);
  const earlier = own.head ? earlierWork(own, own.head, base, difference) : [];
  return {
    base: { branch: base.branch, commit: target.commit, tree: target.tree },
    branch: own.branch,
    adds: own.head !== null,
    // Without a checkout the host has the tree, but no commit.
    instructionsAt: missing ? base.tree : base.commit,
    remarks: [...remarks, ...earlier],
    ...(own.notice === undefined ? {} : { notice: own.notice }),
  };
}

type Head = Readonly<{ commit: string; tree: string; message: string }>;
type OwnBranch = Readonly<{ branch: string; head: Head | null; pull?: PullRequest | undefined; notice?: string }>;

/**
 * The branch of this run and, where it holds work to build on, its head (docs/decisions: second run). A branch whose last pull request was merged or closed is
 * done with: it is used again only where the base branch has all of it, else the next free name is taken.
 */
async function ownBranch(github: GitHub, usual: string, baseBranch: string): Promise<OwnBranch> {
  for (let counter = 1; counter <= MAX_BRANCHES; counter++) {
    const branch = counter === 1 ? usual : `${usual}-${counter}`;
    const notice =
      counter === 1
        ? {}
        : {
            notice: `The pull request of ${usual} was merged or closed, and the branch still holds commits that are not on ${baseBranch}: this run uses the branch ${branch}.`,
          };
    const commit = await github.getRef(branch);
    // All of it is on the base branch: publication moves it forward.
    if (commit === null || (await github.isAncestor(commit, baseBranch))) return { branch, head: null, ...notice };
    const pulls = await github.pullRequestsOf(branch);
    const open = pulls.find(({ state }) => state === 'open');
    if (open || pulls.length === 0) return { branch, head: await github.commit(commit), pull: open, ...notice };
  }
  throw new Error(
    `The branches ${usual} to ${usual}-${MAX_BRANCHES} all hold work of pull requests that were closed. Delete those that are done with, then ask again.`,
  );
}

/** What an earlier run did, in a few lines for the model. */
function earlierWork({ branch, pull }: OwnBranch, { message }: Head, base: Base, { added, changed, removed }: TreeDifference): string[] {
  const named = (entries: readonly { path: string }[], what: string): string[] => entries.map(({ path }) => `${path} (${what})`);
  const files = [...named(changed, 'changed'), ...named(added, 'added'), ...named(removed, 'deleted')];
  const more = files.length > MAX_NAMES ? ` and ${files.length - MAX_NAMES} more` : '';
  const where = pull ? `the open pull request #${pull.number}` : 'no pull request yet';
  const said = sanitisePlain(message.replace(/^Alchemist-\w+:.*$/gm, ''), 2_000).text.trim();
  return [
    `An earlier run, or a person, already worked on this: the files stand at the head of the branch ${branch} (${where}), and your change becomes one more commit on it. Keep what is right there; git_diff shows your own change only.`,
    `The last commit on ${branch} says:\n  ${said.replaceAll('\n', '\n  ')}`,
    `Files that differ from ${base.branch} there: ${files.slice(0, MAX_NAMES).join(', ')}${more}`,
  ];
}

/** Where there is nothing to start from. `usual`: the default branch, where another one was asked for. */
export function noBranch(branch: string, usual: string | undefined): string {
  return usual === undefined
    ? `The repository is empty: there is no branch ${branch} yet. Push a first commit, then ask again.`
    : `There is no branch ${branch} in this repository: set the input base-branch to one that exists, e.g. base-branch: ${usual}, or leave it out for that one.`;
}

/** The base branch by GitHub's own word, and the checkout of it, if there is one. */
async function baseOf({ facts, config, github, defaultBranch, baseAhead }: StartParts): Promise<{ base: Base; remarks: string[] }> {
  const usual = defaultBranch ?? (await github.repository()).defaultBranch;
  const branch = config.baseBranch ?? usual;
  const head = await readBase(baseAhead, github, branch);
  if (!head) throw new Error(noBranch(branch, config.baseBranch === undefined ? undefined : usual));
  const commit = facts.git?.head ?? null;
  if (commit === null) {
    const remark = `The workspace held no checkout: the files were read from ${branch} at ${head.commit.slice(0, 10)}, without history.`;
    return { base: { branch, ...head }, remarks: remarksOn(facts, remark) };
  }
  if (commit !== head.commit && !(await github.isAncestor(commit, branch))) {
    throw new Error(
      `The workspace is checked out at ${commit.slice(0, 10)}, which is not on ${branch}. Give the step actions/checkout the line "ref: ${branch}", or set the input base-branch.`,
    );
  }
  const { tree } = commit === head.commit ? head : await github.commit(commit);
  if (facts.git?.head_tree !== tree)
    throw new Error(`The checkout's commit ${commit.slice(0, 10)} has another tree here than on GitHub: ${NO_CHECKOUT}.`);
  return {
    base: { branch, commit, tree },
    remarks: remarksOn(facts, commit === head.commit ? '' : `The checkout is behind ${branch}; the change is made against it.`),
  };
}

/** What stood in the workspace before and is no part of the change. */
export function remarksOn({ git }: HostFacts, first: string): string[] {
  const named = (paths: readonly string[]): string =>
    `${paths.slice(0, 20).join(', ')}${paths.length > 20 ? ` and ${paths.length - 20} more` : ''}`;
  return [
    first,
    git?.modified.length ? `Earlier steps changed tracked files; they were put back: ${named(git.modified)}` : '',
    git?.untracked.length ? `Untracked files that were there before stay out of the change: ${named(git.untracked)}` : '',
  ].filter((remark) => remark !== '');
}
