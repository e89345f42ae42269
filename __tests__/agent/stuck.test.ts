import { describe, expect, it } from '@jest/globals';
import { NOTICE } from '../../src/agent/notices.ts';
import { History, tree } from './history.ts';

/** Each rule of the design page: a history that must trip it, and the nearest one that must not. */
const RULES: readonly { rule: string; says: string; trips: () => History; not: () => History }[] = [
  {
    rule: 'four identical results',
    says: 'same result 4 times',
    trips: () => times(4, new History(), (history) => history.call('read_file', { path: 'a' }, '1 a')),
    not: () => times(3, new History(), (history) => history.call('read_file', { path: 'a' }, '1 a')),
  },
  {
    rule: 'four identical results, but after a change each',
    says: '',
    trips: () => new History(),
    not: () => times(4, new History(), (history, n) => history.call('read_file', { path: 'a' }, '1 a').changed(tree(n + 1))),
  },
  {
    rule: 'three identical failing calls',
    says: 'failed 3 times',
    trips: () => times(3, new History(), (history, n) => history.call('run_command', { command: 'x' }, `no such thing at ${n}`, true)),
    not: () => times(3, new History(), (history, n) => history.call('run_command', { command: `x${n}` }, 'no such thing', true)),
  },
  {
    rule: 'two calls in turn over six',
    says: 'alternated',
    trips: () =>
      times(3, new History(), (history) => history.call('read_file', { path: 'a' }, '1 a').call('read_file', { path: 'b' }, '1 b')),
    not: () =>
      times(3, new History(), (history, n) => history.call('read_file', { path: 'a' }, '1 a').call('read_file', { path: `b${n}` }, '1 b')),
  },
  {
    rule: 'three failed edits of one file',
    says: '3 edits of a failed',
    trips: () => times(3, new History(), (history, n) => history.call('edit_file', { path: 'a', edits: [n] }, 'old_str not found', true)),
    not: () => times(3, new History(), (history, n) => history.call('edit_file', { path: `a${n}`, edits: [n] }, 'old_str not found', true)),
  },
  {
    rule: 'the same failing tests after four changes',
    says: 'same tests fail',
    trips: () =>
      times(4, new History(), (history, n) =>
        edit(history, n)
          .changed(tree(n + 1))
          .tested(1, ['adds']),
      ),
    not: () =>
      times(4, new History(), (history, n) =>
        edit(history, n)
          .changed(tree(n + 1))
          .tested(1, [`adds ${n}`]),
      ),
  },
  {
    rule: 'the files back at an earlier state twice',
    says: 'earlier state 2 times',
    trips: () => times(2, new History(), (history, n) => edit(history, n).changed(tree(1)).changed(tree(2))).changed(tree(1)),
    not: () => edit(new History(), 0).changed(tree(1)).changed(tree(2)).changed(tree(1)),
  },
  {
    rule: 'twelve turns without news',
    says: 'no new file',
    trips: () =>
      times(13, new History().call('search', { pattern: 'x' }, 'none'), (history, n) =>
        history.call('search', { pattern: `x${n}` }, 'none'),
      ),
    not: () => times(13, new History(), (history, n) => history.call('search', { pattern: `x${n}` }, `hit ${n}`)),
  },
];

describe('stuck', () => {
  it.each(RULES.filter(({ says }) => says))('$rule: said once, then the end', ({ says, trips }) => {
    const history = trips();
    const step = history.next();
    expect(step).toMatchObject({ kind: 'notice', notice: NOTICE.stuck, text: expect.stringContaining(says) });
    history.add({ type: 'noticed', kind: NOTICE.stuck, text: 'circles', to_model: true });
    expect(history.next()).toMatchObject({ kind: 'ask' });
    for (const event of trips().events.slice(2)) history.events.push(event);
    expect(history.next()).toMatchObject({ kind: 'end', ending: { conclusion: 'failed', reason: expect.stringContaining('Stuck') } });
  });

  it.each(RULES)('$rule: the nearest harmless history goes on', ({ not }) => {
    const step = not().next();
    expect(step).not.toMatchObject({ notice: NOTICE.stuck });
  });

  it('takes two test runs that differ only in times for the same', () => {
    const history = times(4, new History(), (h, n) =>
      h.call('run_command', { command: 'npm test' }, `1 failed in ${n}.3 s at 10:0${n}:11`),
    );
    expect(history.next()).toMatchObject({ notice: NOTICE.stuck });
  });
});

function times(count: number, history: History, step: (history: History, n: number) => History): History {
  for (let n = 0; n < count; n++) step(history, n);
  return history;
}

function edit(history: History, n: number): History {
  return history.call('edit_file', { path: 'a', edits: [n] }, `edited ${n}`);
}
