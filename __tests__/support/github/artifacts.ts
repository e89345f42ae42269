import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** An uploaded artifact; `zip` is what the runner's package sent. */
export type Artifact = Readonly<{
  id: number;
  /** The run of its token. */
  run: string;
  name: string;
  size: number;
  sha256: string;
  zip: Buffer;
  expiresAt: string | undefined;
  mimeType: string | undefined;
}>;

type Upload = {
  run: string;
  name: string;
  expiresAt: string | undefined;
  mimeType: string | undefined;
  blocks: Map<string, Buffer>;
  content: Buffer | undefined;
};

const RUN = '11111111-1111-4111-8111-111111111111';
const JOB = '22222222-2222-4222-8222-222222222222';

/**
 * The results service as `@actions/artifact` 6 speaks it: Twirp over JSON (`CreateArtifact`, `FinalizeArtifact`) and the Azure block blob
 * protocol for the content (`comp=block`, `comp=blocklist`, or one plain PUT).
 */
export class Artifacts {
  readonly uploaded: Artifact[] = [];
  /** A JWT whose `scp` names run and job; its signature is nobody's business here. */
  readonly runtimeToken: string;
  readonly #taken: Set<string>;
  readonly #uploads = new Map<string, Upload>();

  constructor(taken: readonly string[]) {
    this.#taken = new Set(taken);
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    this.runtimeToken = `${part({ alg: 'none', typ: 'JWT' })}.${part({ scp: `Actions.ExampleScope Actions.Results:${RUN}:${JOB}` })}.c2lnbmF0dXJl`;
  }

  /** Answers `/twirp/…`. `base` is this server's address for the signed URL. */
  twirp(method: string, request: IncomingMessage, body: Buffer, base: string): { status: number; data: object } {
    const scope = scopeOf(request.headers.authorization);
    if (!scope) return { status: 401, data: { code: 'unauthenticated', msg: 'bad token' } };
    const message = JSON.parse(body.toString()) as Record<string, string>;
    if (message['workflow_run_backend_id'] !== scope.run || message['workflow_job_run_backend_id'] !== scope.job) {
      return { status: 403, data: { code: 'permission_denied', msg: 'run and job do not match the token' } };
    }
    if (method === 'CreateArtifact') return this.#create(message, base);
    if (method === 'FinalizeArtifact') return this.#finalize(message);
    return { status: 404, data: { code: 'bad_route', msg: `no method ${method}` } };
  }

  #create(message: Record<string, string>, base: string): { status: number; data: object } {
    const name = message['name'] ?? '';
    const run = message['workflow_run_backend_id'] ?? '';
    if (this.#taken.has(name) || this.#taken.has(`${run} ${name}`)) {
      return { status: 409, data: { code: 'already_exists', msg: 'an artifact with this name already exists on the workflow run' } };
    }
    this.#taken.add(`${run} ${name}`);
    const key = randomUUID();
    this.#uploads.set(key, {
      run,
      name,
      expiresAt: message['expires_at'],
      mimeType: message['mime_type'],
      blocks: new Map(),
      content: undefined,
    });
    return { status: 200, data: { ok: true, signed_upload_url: `${base}/blobs/${key}?sig=loopback` } };
  }

  #finalize(message: Record<string, string>): { status: number; data: object } {
    const upload = [...this.#uploads.values()].findLast(
      (candidate) => candidate.name === message['name'] && candidate.run === message['workflow_run_backend_id'],
    );
    if (!upload?.content) return { status: 404, data: { code: 'not_found', msg: 'nothing was uploaded' } };
    const sha256 = createHash('sha256').update(upload.content).digest('hex');
    const honest = Number(message['size']) === upload.content.length && message['hash'] === `sha256:${sha256}`;
    if (!honest) return { status: 400, data: { code: 'invalid_argument', msg: 'size or hash differ from what was uploaded' } };
    const { run, name, expiresAt, mimeType, content } = upload;
    const artifact = { id: 7001 + this.uploaded.length, run, name, size: content.length, sha256, zip: content, expiresAt, mimeType };
    this.uploaded.push(artifact);
    return { status: 200, data: { ok: true, artifact_id: String(artifact.id) } };
  }

  /** Answers `PUT /blobs/KEY`. */
  blob(url: URL, body: Buffer, response: ServerResponse): void {
    const upload = this.#uploads.get(url.pathname.split('/')[2] ?? '');
    if (!upload || url.searchParams.get('sig') !== 'loopback') {
      response.writeHead(403).end();
      return;
    }
    const part = url.searchParams.get('comp');
    if (part === 'block') upload.blocks.set(url.searchParams.get('blockid')!, body);
    else if (part === 'blocklist') {
      const ids = [...body.toString().matchAll(/<(?:Latest|Uncommitted|Committed)>([^<]+)</g)].map((match) => match[1]!);
      upload.content = Buffer.concat(ids.map((id) => upload.blocks.get(id) ?? Buffer.alloc(0)));
    } else upload.content = body;
    response
      .writeHead(201, {
        'x-ms-request-id': randomUUID(),
        'x-ms-version': '2025-01-05',
        etag: '"0x1"',
        'last-modified': new Date().toUTCString(),
      })
      .end();
  }
}

/** Run and job that a runner's token names; `undefined` for anything else. */
function scopeOf(authorization: string | undefined): { run: string; job: string } | undefined {
  const payload = /^Bearer [\w-]+\.([\w-]+)\.c2lnbmF0dXJl$/.exec(authorization ?? '')?.[1];
  if (payload === undefined) return undefined;
  const { scp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { scp?: string };
  const [, run, job] = /Actions\.Results:([^: ]+):([^: ]+)/.exec(scp ?? '') ?? [];
  return run === undefined || job === undefined ? undefined : { run, job };
}
