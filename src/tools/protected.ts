import type { ToolResult } from './tool.ts';

/** The glob that protects a path, or `null`. The same rule runs again over the raw change before anything is pushed. */
export type Protected = (path: string) => string | null;

export function refuseProtected(path: string, isProtected: Protected): ToolResult | null {
  const glob = isProtected(path);
  if (glob === null) return null;
  const text =
    `${path} is protected (it matches ${glob} of the input protected-paths), so it was not changed. ` +
    'Solve the task without it; if that is not possible, call report_blocked and name the change a maintainer has to make.';
  return { text, isError: true };
}
