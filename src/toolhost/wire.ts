/**
 * The wire between the broker and the tool host: one JSON object a line, in both directions, no line longer than `MAX_LINE`
 * bytes. This file is the only one that both programs share. The broker treats every answer as hostile input.
 *
 *   broker → host   {"id": 1, "method": "read_file", "params": {…}}      a call
 *                   {"cancel": 1}                                         stop call 1; it still answers
 *   host → broker   {"id": 1, "log": "…"}                                 a piece of the full output of call 1 (any number)
 *                   {"id": 1, "result": {…}}  or  {"id": 1, "error": "…"} the answer
 *
 * The host ends when its stdin ends.
 */
export const PROTOCOL = 1;

/** The longest line either side accepts, in bytes. Larger content is refused or cut by its producer. */
export const MAX_LINE = 16 * 1024 * 1024;

/** The most that one call may add to its log, in bytes. */
export const MAX_LOG = 64 * 1024 * 1024;

/** Text for the model. */
export type Answer = { text: string; is_error: boolean };

export type ReadFile = { path: string; start_line?: number | undefined; end_line?: number | undefined };
export type ListFiles = { path?: string | undefined; glob?: string | undefined; limit?: number | undefined };
export type Search = {
  pattern: string;
  path?: string | undefined;
  glob?: string | undefined;
  literal?: boolean | undefined;
  ignore_case?: boolean | undefined;
  context?: number | undefined;
  limit?: number | undefined;
};
/**
 * `path`: below the root, as Git names it; `''` is the root. `real`: the same with links followed, as far as something is there; `null` where a link leads out of
 * the workspace or nowhere.
 */
export type Place = { path: string; real: string | null } | { refused: string };

export type Edit = { old_str: string; new_str: string; replace_all?: boolean | undefined };
export type EditFile = { path: string; edits: Edit[] };
export type WriteFile = { path: string; content: string; overwrite?: boolean | undefined };

/** What the workspace is, read once at the start. */
export type HostFacts = {
  protocol: number;
  node: string;
  platform: string;
  /** `null` when the workspace holds no Git checkout. */
  git: null | {
    /** `null` in a repository without a commit. */
    head: string | null;
    /** Tree hash of `head`. */
    head_tree: string | null;
    /** Checked-out branch; `null` when detached. */
    branch: string | null;
    /** Tree hash of the working tree as it was found, untracked files left out. */
    start_tree: string | null;
    /** Tracked files that differ from `head` (they were put back when `restore` was asked for). */
    modified: string[];
    /** Untracked, not ignored files that were there before: they stay, and are left out of the change. */
    untracked: string[];
    shallow: boolean;
    sparse: boolean;
  };
};

/** A raw difference between two trees, one entry a path, renames not folded. */
export type Change = {
  path: string;
  status: 'A' | 'M' | 'D' | 'T';
  /** Git modes: `100644`, `100755`, `120000`, `160000`; `000000` where absent. */
  old_mode: string;
  new_mode: string;
  /** Git object ids; all zeros where absent. */
  old_id: string;
  new_id: string;
  /** Bytes of the new blob; 0 when deleted or a gitlink. */
  size: number;
  /** True when a `filter=` attribute (LFS among them) applies to the path. */
  filtered: boolean;
  binary: boolean;
};

export type CommandResult = {
  /** `null` when killed. */
  exit_code: number | null;
  signal: string | null;
  timed_out: boolean;
  duration_ms: number;
  /** Both streams as they came, ANSI stripped, `\r` progress collapsed: the head and tail that fit, with a line between that says how much is missing. */
  output: string;
  /** Bytes of the whole output; the whole of it went to the log up to `MAX_LOG`. */
  bytes: number;
  /** Processes that outlived the command and were ended, by name. */
  survivors: string[];
};

/** The test command found in the repository, and where. */
export type FoundCommand = { command: string; source: string; confidence: 'high' | 'medium' | 'low' };

export type Overview = {
  /** Instruction files of `commit`, nearest to the working directory first: AGENTS.md, else CLAUDE.md, at most 32 KiB in all. */
  instructions: { path: string; text: string; characters: number }[];
  /** Files and folders to depth 2, one a line, folders end in `/` with their number of files. */
  tree: string;
  files: number;
  /** Share of files by language, largest first. */
  languages: { language: string; files: number }[];
  /** `<short id> <date> <subject>`, newest first, at most 10. */
  commits: string[];
  /** Files that the given identifiers lead to, best first. */
  ranked: { path: string; why: string }[];
  test: FoundCommand | null;
  setup: FoundCommand | null;
  check: FoundCommand | null;
};

/** One entry that the host writes when it is seeded with a tree; `content` is base64, absent to delete the path. */
export type SeedEntry = { path: string; mode: string; content?: string };

export type Wire = {
  /** `restore`: put tracked files that differ from HEAD back (their difference goes to the log). */
  hello: { params: { protocol: number; working_directory: string; restore: boolean }; result: HostFacts };
  /** The sandbox's self-test for launchers that are not ours: `bash -c script` with `words`; the only call that may come before `hello`. */
  probe: { params: { script: string; words: string[] }; result: { output: string } };
  /** `commit` may be a bare tree, which has instructions but no history. `words`: identifiers, paths and stack-trace lines of the ticket, to rank files by. */
  overview: { params: { commit: string; words: string[] }; result: Overview };
  read_file: { params: ReadFile; result: Answer };
  list_files: { params: ListFiles; result: Answer };
  search: { params: Search; result: Answer };
  /** Where a path leads that the model wrote; nothing is opened. */
  place: { params: { path: string }; result: Place };
  edit_file: { params: EditFile; result: Answer };
  write_file: { params: WriteFile; result: Answer };
  /** `bash -c` in the working directory. Never throws for a failing command. */
  run: { params: { command: string; timeout_s: number; head_bytes: number; tail_bytes: number }; result: CommandResult };
  /**
   * The Git tree hash of the working tree now. `leave_out_new`: untracked files that appeared since the last call are by-products (of a test run): they
   * are left out of this tree and of every later one until an edit touches them, and are named.
   */
  tree: { params: { leave_out_new?: boolean }; result: { tree: string; left_out: string[] } };
  /**
   * Brings the working tree to `tree`, with `take.paths` as they stand in tree `take.from` (absent there: deleted) and `write` (content base64) laid over it.
   * In place, so that ignored files such as installed dependencies stay. Answers the tree that the files are at.
   */
  switch_to: {
    params: { tree: string; take?: { from: string; paths: string[] } | undefined; write?: { path: string; content: string }[] | undefined };
    result: { tree: string };
  };
  /** Files of a tree; `paths` narrows them. `text` for UTF-8 files of at most `max_bytes`. */
  sources: {
    params: { tree: string; paths?: string[] | undefined; max_bytes: number };
    result: { files: { path: string; text?: string }[] };
  };
  /** Applies an exact patch (as `diff` with `binary` gives it) to the tree that the files are at, whole or not at all. Answers the tree that they are at then. */
  apply: { params: { patch: string }; result: { tree: string } };
  /** Raw entries that differ. */
  changes: { params: { from: string; to: string }; result: { changes: Change[] } };
  /**
   * A patch from one tree to another. `binary`: exact, for replay (`--binary --full-index --no-renames`); otherwise for reading (renames
   * found, binary files named). `stat` instead gives `git diff --stat`. `truncated` when `max_bytes` cut it.
   */
  diff: {
    params: { from: string; to: string; path?: string | undefined; binary?: boolean; stat?: boolean; context?: number; max_bytes: number };
    result: { text: string; bytes: number; truncated: boolean };
  };
  /** Content of a blob, base64; refuses one larger than `max_bytes`. */
  blob: { params: { id: string; max_bytes: number }; result: { content: string } };
  /** Writes entries into the working tree; answers the tree hash after. */
  seed: { params: { entries: SeedEntry[] }; result: { tree: string } };
};

export type Method = keyof Wire;

/** The tool host, from the broker's side. A call throws when the host died, answered an error, or broke the protocol. */
export type Host = {
  call<M extends Method>(
    method: M,
    params: Wire[M]['params'],
    signal: AbortSignal,
    log?: (piece: string) => void,
  ): Promise<Wire[M]['result']>;
  close(): Promise<void>;
};
