import { type Answer, type Call, type Handler, notFound, Refusal, repositoryUrl, unprocessable, webUrl } from './call.ts';
import type { TreeChange } from './objects.ts';
import { authorizeWorkflows } from './permissions.ts';
import { instant } from './state.ts';

/** Routes of the Git Data API: blobs, trees, commits, refs. */
export const dataRoutes: Record<string, Handler> = {
  'git/create-blob': async (call) => {
    const { content, encoding } = call.body as { content: string; encoding?: string };
    if (encoding === 'base64' && !/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(content)) throw unprocessable('content is not valid Base64');
    const sha = await call.objects.writeBlob(encoding === 'base64' ? Buffer.from(content, 'base64') : content);
    return { status: 201, data: { sha, url: `${repositoryUrl(call)}/git/blobs/${sha}` } };
  },

  'git/get-blob': async (call) => {
    const sha = call.params['file_sha']!;
    const object = await call.objects.read(sha);
    if (object?.type !== 'blob') throw notFound();
    return {
      status: 200,
      data: {
        sha,
        node_id: sha,
        url: `${repositoryUrl(call)}/git/blobs/${sha}`,
        size: object.content.length,
        content: object.content.toString('base64'),
        encoding: 'base64',
      },
    };
  },

  'git/create-tree': createTree,

  'git/get-tree': async (call) => {
    const sha = await treeOf(call, call.params['tree_sha']!);
    if (sha === null) throw notFound();
    return { status: 200, data: await tree(call, sha, call.query.has('recursive')) };
  },

  'git/create-commit': createCommit,

  'git/get-commit': async (call) => {
    const sha = call.params['commit_sha']!;
    if (!(await call.objects.isA('commit', sha))) throw notFound();
    return { status: 200, data: { sha, ...(await commitFacts(call, sha)) } };
  },

  'git/get-ref': async (call) => {
    const name = `refs/${call.params['ref']!}`;
    const sha = await call.objects.ref(name);
    if (sha === null) throw notFound();
    return { status: 200, data: ref(call, name, sha) };
  },

  'git/create-ref': async (call) => {
    const { ref: name, sha } = call.body as { ref: string; sha: string };
    if (!/^refs\/[^/]+\/./.test(name)) throw unprocessable('Reference name must start with "refs/" and have at least two slashes.');
    if (!(await call.objects.isA('commit', sha))) throw unprocessable('Object does not exist');
    if ((await call.objects.ref(name)) !== null) throw unprocessable('Reference already exists');
    await authorizeWorkflows(call, sha);
    await call.objects.setRef(name, sha).catch((error: unknown) => {
      throw unprocessable(String(error));
    });
    return { status: 201, data: ref(call, name, sha) };
  },

  'git/update-ref': async (call) => {
    const { sha, force } = call.body as { sha: string; force?: boolean };
    const name = `refs/${call.params['ref']!}`;
    const before = await call.objects.ref(name);
    if (before === null) throw unprocessable('Reference does not exist');
    if (!(await call.objects.isA('commit', sha))) throw unprocessable('Object does not exist');
    if (force !== true && !(await call.objects.isAncestor(before, sha))) throw unprocessable('Update is not a fast forward');
    await authorizeWorkflows(call, sha);
    await call.objects.setRef(name, sha);
    return { status: 200, data: ref(call, name, sha) };
  },

  'git/delete-ref': async (call) => {
    const name = `refs/${call.params['ref']!}`;
    if ((await call.objects.ref(name)) === null) throw unprocessable('Reference does not exist');
    await call.objects.setRef(name, null);
    return { status: 204 };
  },
};

type Entry = { path?: string; mode?: string; type?: string; sha?: string | null; content?: string };

async function createTree(call: Call): Promise<Answer> {
  const { tree: entries, base_tree: baseTree } = call.body as { tree: Entry[]; base_tree?: string };
  const base = baseTree === undefined ? null : await treeOf(call, baseTree);
  if (baseTree !== undefined && base === null) throw new Refusal(404, 'Not Found');
  const changes: TreeChange[] = [];
  const present = new Set(base === null ? [] : (await call.objects.listTree(base, true)).map((entry) => entry.path));
  for (const entry of entries) changes.push(await change(call, entry, present));
  const sha = await call.objects.writeTree(base, changes).catch((error: unknown) => {
    throw unprocessable(`Invalid tree info: ${String(error)}`);
  });
  return { status: 201, data: await tree(call, sha, false) };
}

async function change(call: Call, entry: Entry, present: ReadonlySet<string>): Promise<TreeChange> {
  const { path, mode, sha, content } = entry;
  if (!path || !mode) throw unprocessable('Must supply a valid tree.path and tree.mode');
  if (path.split('/').some((part) => part === '' || part === '.' || part === '..' || part.toLowerCase() === '.git')) {
    throw unprocessable('tree.path contains a malformed path component');
  }
  if (sha !== undefined && content !== undefined) throw unprocessable('Must supply either tree.sha or tree.content, not both');
  if (content !== undefined) return { path, mode, sha: await call.objects.writeBlob(content) };
  if (sha === undefined) throw unprocessable('Must supply either tree.sha or tree.content');
  if (sha === null) {
    if (!present.has(path)) throw unprocessable('GitRPC::BadObjectState');
    return { path, mode, sha };
  }
  const type = mode === '040000' ? 'tree' : mode === '160000' ? 'commit' : 'blob';
  if (type !== 'commit' && !(await call.objects.isA(type, sha))) throw unprocessable(`tree.sha ${sha} is not a valid ${type}`);
  return { path, mode, sha };
}

/** The tree of a tree or commit id, or of a branch's name. */
async function treeOf(call: Call, name: string): Promise<string | null> {
  const id = /^[0-9a-f]{40}$/.test(name) ? name : await call.objects.ref(`refs/heads/${name}`);
  const object = id === null ? null : await call.objects.read(id);
  if (object?.type === 'tree') return id;
  return object?.type === 'commit' ? object.content.toString().slice(5, 45) : null;
}

async function tree(call: Call, sha: string, recursive: boolean): Promise<object> {
  const entries = await call.objects.listTree(sha, recursive);
  return {
    sha,
    url: `${repositoryUrl(call)}/git/trees/${sha}`,
    truncated: false,
    tree: entries.map((entry) => ({
      ...entry,
      ...(entry.type !== 'commit' && { url: `${repositoryUrl(call)}/git/${entry.type}s/${entry.sha}` }),
    })),
  };
}

type Person = { name: string; email: string; date?: string };

async function createCommit(call: Call): Promise<Answer> {
  const {
    message,
    tree: treeId,
    parents = [],
    author,
    committer,
  } = call.body as { message: string; tree: string; parents?: string[]; author?: Person; committer?: Person };
  if (!(await call.objects.isA('tree', treeId))) throw unprocessable('Tree SHA does not exist');
  for (const parent of parents) {
    if (!(await call.objects.isA('commit', parent))) throw unprocessable('Parent SHA does not exist or is not a commit object');
  }
  const self = { name: call.token.login, email: `${call.token.login}@users.noreply.github.com` };
  const signs = call.state.verifiesCommits && call.token.kind !== 'pat' && !author && !committer;
  const web = { name: 'GitHub', email: 'noreply@github.com' };
  const line = (person: Person): string =>
    `${person.name} <${person.email}> ${Math.floor(new Date(person.date ?? instant(call.state)).getTime() / 1000)} +0000`;
  const text = [
    `tree ${treeId}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${line(author ?? self)}`,
    `committer ${line(committer ?? author ?? (signs ? web : self))}`,
    '',
    message,
  ].join('\n');
  const sha = await call.objects.writeCommit(text);
  if (signs) call.state.verified.add(sha);
  return { status: 201, data: { sha, ...(await commitFacts(call, sha)) } };
}

/** A `git-commit` as the API tells it, read from the object itself. */
export async function commitFacts(call: Call, sha: string): Promise<{ parents: object[] } & Record<string, unknown>> {
  const text = (await call.objects.read(sha))!.content.toString();
  const split = text.indexOf('\n\n');
  const headers = text.slice(0, split).split('\n');
  const value = (name: string): string => headers.find((header) => header.startsWith(`${name} `))?.slice(name.length + 1) ?? '';
  const parents = headers.filter((header) => header.startsWith('parent ')).map((header) => header.slice(7));
  const verified = call.state.verified.has(sha);
  return {
    url: `${repositoryUrl(call)}/git/commits/${sha}`,
    html_url: `${webUrl(call)}/commit/${sha}`,
    author: person(value('author')),
    committer: person(value('committer')),
    message: text.slice(split + 2),
    tree: { sha: value('tree'), url: `${repositoryUrl(call)}/git/trees/${value('tree')}` },
    parents: parents.map((id) => ({ sha: id, url: `${repositoryUrl(call)}/git/commits/${id}`, html_url: `${webUrl(call)}/commit/${id}` })),
    verification: {
      verified,
      reason: verified ? 'valid' : 'unsigned',
      signature: verified ? '-----BEGIN PGP SIGNATURE-----' : null,
      payload: verified ? text : null,
      verified_at: verified ? instant(call.state) : null,
    },
  };
}

function person(line: string): object {
  const [, name, email, seconds] = /^(.*) <(.*)> (\d+) /.exec(line) ?? [];
  return { name, email, date: new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z') };
}

function ref(call: Call, name: string, sha: string): object {
  return {
    ref: name,
    node_id: name,
    url: `${repositoryUrl(call)}/git/${name}`,
    object: { type: 'commit', sha, url: `${repositoryUrl(call)}/git/commits/${sha}` },
  };
}
