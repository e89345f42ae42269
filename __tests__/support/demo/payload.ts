import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { SeedFile } from '../github/objects.ts';
import { comment, issue } from './recording.ts';

const sample = join(import.meta.dirname, 'sample');

/** Where the demo plays. */
export const place = {
  owner: 'octo-org',
  repo: 'span',
  issue: 7,
  comment: 1001,
  maintainer: 'maintainer',
  reporter: 'lap-counter',
} as const;

/** The sample's files with their modes, by path. */
export function sampleFiles(): Record<string, SeedFile> {
  const paths = readdirSync(sample, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    paths.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      const mode = statSync(path).mode & 0o111 ? '100755' : '100644';
      return [path.slice(sample.length + 1), { content: readFileSync(path), mode }];
    }),
  );
}

type Recorded = { name: string; examples: { action: string; issue: object; comment: object; repository: object; sender: object }[] };

/** A real `issue_comment` payload (recorded by Octokit), with the demo's repository, people and texts in it. */
export function commentPayload(serverUrl: string, at: string): object {
  const recorded = createRequire(import.meta.url)('@octokit/webhooks-examples') as Recorded[];
  const example = recorded.find(({ name }) => name === 'issue_comment')?.examples.find(({ action }) => action === 'created');
  if (!example) throw new Error('@octokit/webhooks-examples has no issue_comment.created');
  const { owner, repo, maintainer, reporter } = place;
  const url = `${serverUrl}/${owner}/${repo}`;
  const user = (login: string): object => ({ ...example.sender, login, type: 'User' });
  return {
    ...example,
    issue: {
      ...example.issue,
      ...issue,
      number: place.issue,
      html_url: `${url}/issues/${place.issue}`,
      user: user(reporter),
      labels: [],
      assignees: [],
      author_association: 'NONE',
      created_at: at,
      updated_at: at,
    },
    comment: {
      ...example.comment,
      id: place.comment,
      body: comment,
      html_url: `${url}/issues/${place.issue}#issuecomment-${place.comment}`,
      user: user(maintainer),
      author_association: 'MEMBER',
      created_at: at,
      updated_at: at,
    },
    repository: {
      ...example.repository,
      name: repo,
      full_name: `${owner}/${repo}`,
      default_branch: 'main',
      html_url: url,
      owner: user(owner),
    },
    sender: user(maintainer),
  };
}
