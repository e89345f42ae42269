import { describe, expect, it } from '@jest/globals';
import { mayAsk, type Standing } from '../../src/ticket/permission.ts';

const nobody = { allowedUsers: [], allowedBots: [] };
const user = (askedBy: string) => ({ source: 'issue_comment' as const, askedBy, askedByType: 'User' });
const standing =
  (permission: string, userType = 'User') =>
  (): Promise<Standing> =>
    Promise.resolve({ permission, userType });
const fails = (): Promise<Standing> => Promise.reject(new Error('HTTP 500'));

describe('mayAsk', () => {
  it.each(['admin', 'write'])('lets a person with %s ask', async (permission) => {
    expect(await mayAsk(user('a'), nobody, standing(permission))).toEqual({ allowed: true });
  });

  it.each(['read', 'none', 'triage', 'maintain-ish', ''])('refuses a person with %j and says what to do', async (permission) => {
    expect(await mayAsk(user('mallory'), nobody, standing(permission))).toMatchObject({
      allowed: false,
      reason: expect.stringContaining('add mallory to allowed-users'),
    });
  });

  it('counts any error of the look-up as a no', async () => {
    expect(await mayAsk(user('a'), nobody, fails)).toMatchObject({ allowed: false, reason: expect.stringContaining('HTTP 500') });
  });

  it('lets a listed login in without write access, in any case of letters and only exactly', async () => {
    const listed = { allowedUsers: ['Octocat'], allowedBots: [] };
    expect(await mayAsk(user('octocat'), listed, fails)).toEqual({ allowed: true });
    expect(await mayAsk(user('octocat2'), listed, standing('read'))).toMatchObject({ allowed: false });
  });

  it('refuses every bot that is not listed, also one with write access', async () => {
    for (const [askedBy, askedByType] of [
      ['evil[bot]', 'Bot'],
      ['evil', 'Bot'],
      ['evil[bot]', 'User'],
    ] as const) {
      const answer = await mayAsk(
        { source: 'issue_comment', askedBy, askedByType },
        { allowedUsers: ['evil', 'evil[bot]'], allowedBots: [] },
        standing('admin'),
      );
      expect(answer).toMatchObject({ allowed: false, reason: expect.stringContaining('allowed-bots') });
    }
  });

  it('believes the API where it calls a sender a bot that the event calls a user', async () => {
    expect(await mayAsk(user('evil'), nobody, standing('write', 'Bot'))).toMatchObject({ allowed: false });
    expect(await mayAsk(user('acme'), nobody, standing('write', 'Organization'))).toMatchObject({ allowed: false });
  });

  it('lets a listed bot in, with or without its suffix', async () => {
    const bot = { source: 'issue_comment' as const, askedBy: 'renovate[bot]', askedByType: 'Bot' };
    for (const name of ['renovate', 'Renovate[bot]'])
      expect(await mayAsk(bot, { allowedUsers: [], allowedBots: [name] }, fails)).toEqual({ allowed: true });
    // A person who took a bot's name is still a person.
    expect(await mayAsk(user('renovate'), { allowedUsers: [], allowedBots: ['renovate'] }, standing('read'))).toMatchObject({
      allowed: false,
    });
  });

  it('checks the sender of a dispatch like any other, and lets a schedule run', async () => {
    const dispatch = { ...user('a'), source: 'workflow_dispatch' as const };
    expect(await mayAsk(dispatch, nobody, standing('read'))).toMatchObject({ allowed: false });
    expect(await mayAsk(dispatch, nobody, standing('write'))).toEqual({ allowed: true });
    expect(
      await mayAsk({ source: 'repository_dispatch', askedBy: 'bridge[bot]', askedByType: 'Bot' }, nobody, standing('write')),
    ).toMatchObject({ allowed: false });
    expect(await mayAsk({ source: 'schedule', askedBy: '', askedByType: '' }, nobody, fails)).toEqual({ allowed: true });
  });

  it('refuses an event that names no sender', async () => {
    expect(await mayAsk(user(''), nobody, standing('admin'))).toMatchObject({ allowed: false });
  });
});
