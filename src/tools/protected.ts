import type { Host } from '../toolhost/wire.ts';
import type { ToolResult } from './tool.ts';

/** The glob that protects a path, or `null`. The same rule runs again over the raw change before anything is pushed. */
export type Protected = (path: string) => string | null;

/**
 * The refusal for a path that may not be changed, or `null`. Asked of the host where the path leads: `src/../.github/x`, an absolute path and a link into a
 * protected folder are spelled otherwise than what protects them.
 */
export async function refuseProtected(given: string, isProtected: Protected, host: Host, signal: AbortSignal): Promise<ToolResult | null> {
  const place = await host.call('place', { path: given }, signal);
  if ('refused' in place) return { text: place.refused, isError: true };
  const glob = isProtected(place.path) ?? (place.real === null ? null : isProtected(place.real));
  if (glob === null) return null;
  const leads = place.real === null || place.real === given ? '' : `, and leads to ${place.real}`;
  const text =
    `${given} is protected (it matches ${glob} of the input protected-paths${leads}), so it was not changed. ` +
    'Solve the task without it; if that is not possible, call report_blocked and name the change a maintainer has to make.';
  return { text, isError: true };
}
