import { describe, expect, it } from '@jest/globals';
import { discussionOf, type RawComment } from '../../src/ticket/discussion.ts';
import type { Standing } from '../../src/ticket/permission.ts';

const ASKED = '2026-01-02T12:00:00Z';
let id = 0;
const comment = (fields: Partial<RawComment>): RawComment => {
  const createdAt = fields.createdAt ?? '2026-01-02T10:00:00Z';
  return { id: ++id, author: 'octocat', association: 'MEMBER', body: 'text', createdAt, updatedAt: createdAt, ...fields };
};
const writes = (): Promise<Standing> => Promise.resolve({ permission: 'write', userType: 'User' });
const bodies = async (comments: RawComment[], budget?: number): Promise<string[]> =>
  (await discussionOf(comments, { askedAt: ASKED, budget }, writes)).remarks.map((remark) => remark.body);

describe('discussionOf', () => {
  it('keeps the newest remarks that fit, in the order they were written', async () => {
    const comments = ['first', 'second', 'third'].map((body) => comment({ body }));
    expect(await bodies(comments)).toEqual(['first', 'second', 'third']);
    const { remarks, ledger } = await discussionOf(comments, { budget: 12 }, writes);
    expect(remarks.map((remark) => remark.body)).toEqual(['second', 'third']);
    expect(ledger).toEqual([{ what: 'older remarks over the budget', count: 1 }]);
  });

  it('drops what was edited or written after the run was asked for, and what may have been', async () => {
    const { remarks, ledger } = await discussionOf(
      [
        comment({ body: 'edited before', updatedAt: '2026-01-02T11:59:59Z' }),
        comment({ body: 'edited in that second', updatedAt: ASKED }),
        comment({ body: 'edited after', updatedAt: '2026-01-02T12:00:01Z' }),
        comment({ body: 'unknown', updatedAt: undefined }),
        comment({ body: 'nonsense', updatedAt: 'yesterday' }),
        comment({ body: 'same second', createdAt: ASKED }),
        comment({ body: 'after', createdAt: '2026-01-02T12:00:01Z' }),
      ],
      { askedAt: ASKED },
      writes,
    );
    expect(remarks.map((remark) => remark.body)).toEqual(['edited before', 'same second']);
    expect(Object.fromEntries(ledger.map(({ what, count }) => [what, count]))).toEqual({
      'remarks edited after the run was asked for': 2,
      'remarks whose time of editing is not known': 2,
      'remarks written after the run was asked for': 1,
    });
  });

  it('leaves out the comment that asked and its own comments', async () => {
    const request = comment({ body: '@alchemist fix' });
    const { remarks, ledger } = await discussionOf(
      [comment({ body: '<!-- alchemist -->\nworking' }), request],
      { commentId: request.id },
      writes,
    );
    expect([remarks, ledger]).toEqual([[], [{ what: 'our own comments', count: 1 }]]);
  });

  it('trusts only people with write access, asked for once each, and takes an error for a no', async () => {
    const lookups: string[] = [];
    const lookup = (login: string): Promise<Standing> => {
      lookups.push(login);
      if (login === 'broken') return Promise.reject(new Error('404'));
      return Promise.resolve({ permission: login === 'reader' ? 'read' : 'admin', userType: login === 'app[bot]' ? 'Bot' : 'User' });
    };
    const authors = ['writer', 'writer', 'reader', 'broken', 'app[bot]'];
    const comments = [
      ...authors.map((author) => comment({ author })),
      comment({ author: 'stranger', association: 'NONE' }),
      comment({ author: 'past', association: 'CONTRIBUTOR' }),
    ];
    const { remarks } = await discussionOf(comments, {}, lookup);
    expect(remarks.map(({ author, trusted }) => [author, trusted])).toEqual([
      ['writer', true],
      ['writer', true],
      ['reader', false],
      ['broken', false],
      ['app[bot]', false],
      ['stranger', false],
      ['past', false],
    ]);
    expect(lookups.toSorted()).toEqual(['app[bot]', 'broken', 'reader', 'writer']);
  });

  it('sanitises each remark and adds to the ledger what was left out', async () => {
    const { remarks, ledger } = await discussionOf([comment({ body: 'a <!-- b --> c' }), comment({ body: '<!-- only -->' })], {}, writes);
    expect(remarks.map((remark) => remark.body)).toEqual(['a c']);
    expect(ledger).toEqual([
      { what: 'remarks with nothing to see', count: 1 },
      { what: 'comments and declarations', count: 1 },
    ]);
  });
});
