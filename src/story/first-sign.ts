import type { GitHub } from '../forge/github.ts';
import type { Asked } from '../ticket/event.ts';

/** Milliseconds since the start of the process after which the sign no longer waits for the lock: people should see one within a second. */
const LATEST_MS = 600;

/** The reaction by which somebody sees that they were heard. It is set once at most, is never waited for, and its failure is only told. */
export type FirstSign = Readonly<{
  /** Sets it. */
  give(): void;
  /** Sets it when `LATEST_MS` are over, unless it is given or withheld before. */
  giveSoon(): void;
  /** Not any more: another run acts, and this one leaves no trace. */
  withhold(): void;
}>;

/** No sign: nobody asked in a place where one could be left, or nothing may be written. */
export const noSign: FirstSign = { give: () => undefined, giveSoon: () => undefined, withhold: () => undefined };

/**
 * Eyes on the comment or the issue. Who may ask is known when this is made; whether this run acts or another one has the issue is known some requests later, and where
 * GitHub is quick the sign waits for it.
 *
 * @param age Milliseconds since the start of the process.
 */
export function firstSign(
  github: Pick<GitHub, 'reactToComment' | 'reactToIssue'>,
  asked: Asked,
  onFault: (text: string) => void,
  age: () => number,
): FirstSign {
  const { number, commentId } = asked;
  if (number === undefined) return noSign;
  let done = false;
  let timer: NodeJS.Timeout | undefined;
  const withhold = (): void => {
    done = true;
    clearTimeout(timer);
  };
  const give = (): void => {
    if (done) return;
    withhold();
    const set = commentId === undefined ? github.reactToIssue(number, 'eyes') : github.reactToComment(commentId, 'eyes');
    set.catch((error: unknown) => onFault(`No reaction could be set: ${(error as Error).message}`));
  };
  const giveSoon = (): void => {
    if (!done) timer ??= setTimeout(give, Math.max(0, LATEST_MS - age()));
  };
  return { give, giveSoon, withhold };
}
