import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

export type ArtifactUpload = Readonly<{
  /** Everything below it is uploaded. */
  folder: string;
  name: string;
  /** Tried in turn where a name is taken in this workflow run. */
  fallbackNames: readonly string[];
  /** The repository's default when `undefined`. */
  retentionDays: number | undefined;
  /**
   * Whether the runner gave `ACTIONS_RUNTIME_TOKEN` and `ACTIONS_RESULTS_URL`. `@actions/artifact` has no other way in than the environment: it reads
   * these two and `GITHUB_SERVER_URL`, `GITHUB_WORKSPACE`, `GITHUB_RETENTION_DAYS` itself, so the door must leave them set until the upload is done.
   */
  serviceKnown: boolean;
  /** The run's page; the artifact's address is below it. */
  runUrl?: string | undefined;
  onWarning(text: string): void;
}>;

export type UploadedArtifact = Readonly<{ id: number; name: string; url?: string }>;

/** Uploads the run's folder as one artifact. Never throws: what could not be uploaded is a warning that says where the files are, and `null`. */
export async function uploadArtifact(upload: ArtifactUpload): Promise<UploadedArtifact | null> {
  const { folder, name, fallbackNames, serviceKnown, onWarning } = upload;
  const instead = `The files are in ${folder} on this runner; upload them with a step of actions/upload-artifact (path: ${folder}, if: always()).`;
  if (!serviceKnown) {
    onWarning(`The artifact was not uploaded: the runner gives no ACTIONS_RUNTIME_TOKEN and ACTIONS_RESULTS_URL. ${instead}`);
    return null;
  }
  try {
    const files = await filesBelow(folder);
    for (const candidate of [name, ...fallbackNames]) {
      const uploaded = await tryName(upload, candidate, files);
      if (uploaded) return uploaded;
    }
    onWarning(
      `The artifact was not uploaded: the names ${[name, ...fallbackNames].join(', ')} are all taken in this workflow run. ${instead}`,
    );
  } catch (error) {
    onWarning(`The artifact was not uploaded: ${reason(error)} ${instead}`);
  }
  return null;
}

/** `null` when the name is taken. */
async function tryName({ folder, retentionDays, runUrl }: ArtifactUpload, name: string, files: string[]): Promise<UploadedArtifact | null> {
  // Loaded late: it is most of the bundle, and every run but the last second of it does without.
  const { DefaultArtifactClient } = await import('@actions/artifact');
  try {
    const { id } = await new DefaultArtifactClient().uploadArtifact(
      name,
      files,
      folder,
      retentionDays === undefined ? {} : { retentionDays },
    );
    if (id === undefined) return null;
    return { id, name, ...(runUrl !== undefined && { url: `${runUrl}/artifacts/${id}` }) };
  } catch (error) {
    if (isTaken(error)) return null;
    throw error;
  }
}

/** `@actions/artifact` 6 has no error class for it: "Failed to CreateArtifact: … Failed request: (409) Conflict: …". */
function isTaken(error: unknown): boolean {
  return error instanceof Error && error.message.includes('CreateArtifact') && error.message.includes('(409)');
}

function reason(error: unknown): string {
  // By name: the classes of a package that is loaded late cannot be named here.
  if (error instanceof Error && error.name === 'GHESNotSupportedError')
    return 'this version of GitHub Enterprise Server does not have the artifact service that @actions/artifact needs.';
  const text = error instanceof Error ? error.message : String(error);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  // Symbolic links are not followed: the package would upload what they point at.
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
