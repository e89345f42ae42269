import type { Asked } from './event.ts';

export type Answer = Readonly<{ allowed: true }> | Readonly<{ allowed: false; reason: string }>;

/**
 * What GitHub answers to "Get repository permissions for a user": `permission` is `admin`, `write`, `read` or `none`. Not `role_name`: a custom role may
 * be called anything; `maintain` comes as `write`, `triage` as `read`.
 */
export type Standing = Readonly<{ permission: string; userType: string }>;

/** Asks GitHub for a login's standing; may throw. */
export type Lookup = (login: string) => Promise<Standing>;

/**
 * May the sender of this event start a run? (attacks 11 and 12)
 *
 * People need write access, or their exact login in `allowed-users`. Bots and Apps need their exact login in `allowed-bots`; write access, which many have,
 * lets none of them in. Any error of the look-up is a no. `workflow_dispatch` and `repository_dispatch` are checked the same way, though GitHub lets only
 * those with write access send them: a token can be passed on. A schedule has no sender; it stands in a workflow file on the default branch, which took
 * write access to put there, and is let in.
 */
export async function mayAsk(
  asked: Pick<Asked, 'source' | 'askedBy' | 'askedByType'>,
  allowed: Readonly<{ allowedUsers: readonly string[]; allowedBots: readonly string[] }>,
  lookup: Lookup,
): Promise<Answer> {
  if (asked.source === 'schedule') return { allowed: true };
  const { askedBy: login, askedByType: type } = asked;
  if (login === '') return no('The event names no sender.');
  if (type === 'Bot' || login.endsWith('[bot]')) return botMayAsk(login, allowed.allowedBots);
  if ((type === 'User' || type === '') && hasLogin(allowed.allowedUsers, login)) return { allowed: true };
  const standing = await standingOf(login, lookup);
  if ('error' in standing) return no(`${login}'s permission could not be read (${standing.error}), which counts as a no.`);
  // An answer without the account leaves the type that GitHub wrote into the event.
  const userType = standing.userType || type;
  if (userType === 'Bot') return botMayAsk(login, allowed.allowedBots);
  // Where neither says (GitHub always does), the login decides: those of Apps end in [bot] and were sorted out above.
  if (userType !== 'User' && userType !== '') return no(`${login} is neither a user nor a bot but ${userType}.`);
  if (standing.permission === 'admin' || standing.permission === 'write' || hasLogin(allowed.allowedUsers, login)) return { allowed: true };
  return no(
    `${login} has the permission ${standing.permission || 'none'} on this repository, and write is needed. Somebody with write access can ask, or add ${login} to allowed-users.`,
  );
}

function botMayAsk(login: string, allowedBots: readonly string[]): Answer {
  if (allowedBots.some((name) => withoutSuffix(name) === withoutSuffix(login))) return { allowed: true };
  return no(`${login} is a bot or App; those may ask only when allowed-bots names them. Write allowed-bots: ${login}`);
}

async function standingOf(login: string, lookup: Lookup): Promise<Standing | { error: string }> {
  try {
    return await lookup(login);
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

const no = (reason: string): Answer => ({ allowed: false, reason });
const hasLogin = (logins: readonly string[], login: string): boolean => logins.some((name) => name.toLowerCase() === login.toLowerCase());
const withoutSuffix = (login: string): string => login.toLowerCase().replace(/\[bot\]$/, '');
