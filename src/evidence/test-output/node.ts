import { numberOf, shortPath } from './reading.ts';
import type { Reading } from './reading.ts';

/** The spec reporter of `node --test`: `ℹ tests 7` … and the failing tests once more with their files. */
export function nodeSpec(output: string): Reading | null {
  if (!/^ℹ tests \d+$/m.test(output)) return null;
  const counts = countsBy(output, 'ℹ');
  const failing = [...output.matchAll(/^test at (.+?):\d+:\d+\n✖ (.+?)(?: \([\d.]+ms\))?(?: # .*)?$/gm)].map((match) =>
    name(match[1] ?? '', [match[2] ?? '']),
  );
  return { counts, failing };
}

function countsBy(output: string, mark: string): { passed: number; failed: number; skipped: number } {
  const sum = (word: string): number =>
    [...output.matchAll(new RegExp(`^${mark} ${word} +(\\d+)$`, 'gm'))].reduce((total, match) => total + Number(match[1]), 0);
  return { passed: sum('pass'), failed: sum('fail') + sum('cancelled'), skipped: sum('skipped') + sum('todo') };
}

/** A file that cannot be loaded is a test of its own: by its absolute path on Node 20, by its path from the working folder on Node 24. */
function name(file: string, path: string[]): string {
  const short = file === '' ? '' : (file.split(/[\\/]/).at(-1) ?? file);
  const isFile = (title: string): boolean => title === file || file.endsWith(`/${title}`) || title.endsWith(`/${file}`);
  const titles = path.map((one) => (isFile(one) ? short : shortPath(one.replace(/\\([#\\])/g, '$1'))));
  return (short === '' || titles[0] === short ? titles : [short, ...titles]).join(' › ');
}

/** TAP as `node --test`, tap and mocha's TAP reporter write it: `# tests`, `# pass`, `# fail`, or a plan alone. Suites count by their leaves. */
export function tap(output: string): Reading | null {
  const summed = /^# tests \d+$/m.test(output) && /^# (?:pass|fail) +\d+$/m.test(output);
  if (!summed && !(/^TAP version 1[34]$/m.test(output) && /^1\.\.\d+/m.test(output))) return null;
  const results = tapResults(output);
  const failing = results.filter((one) => one.outcome === 'failed').map((one) => one.name);
  const counts = {
    passed: results.filter((one) => one.outcome === 'passed').length,
    failed: failing.length,
    skipped: results.filter((one) => one.outcome === 'skipped').length,
  };
  if (!summed) return { counts, failing };
  const stated = countsBy(output, '#');
  // mocha leaves skipped tests out of its counts.
  return { counts: { ...stated, skipped: stated.skipped || numberOf(String(counts.skipped), /(\d+)/) }, failing };
}

type TapResult = { name: string; outcome: 'passed' | 'failed' | 'skipped' };

function tapResults(output: string): TapResult[] {
  const lines = output.split('\n');
  const open: string[] = [];
  const results: TapResult[] = [];
  for (const [index, line] of lines.entries()) {
    const subtest = /^( *)# Subtest: (.*)$/.exec(line);
    if (subtest) open[(subtest[1] ?? '').length / 4] = subtest[2] ?? '';
    const point = /^( *)(not )?ok\b(?: \d+)?(?: -)? ?(.*)$/.exec(line);
    if (!point) continue;
    const depth = (point[1] ?? '').length / 4;
    const directive = /(?<!\\)# (SKIP|TODO)\b/i.exec(point[3] ?? '');
    const details = detailsAfter(lines, index);
    if (/^\s+type: '?suite'?$/m.test(details) || /failureType: '?subtestsFailed/.test(details)) continue;
    const title = (point[3] ?? '').slice(0, directive?.index ?? undefined).trim();
    const file = /^\s+location: '?(.+?):\d+:\d+'?$/m.exec(details)?.[1] ?? '';
    results.push({
      name: name(file, [...open.slice(0, depth), title]),
      outcome: directive ? 'skipped' : point[2] === undefined ? 'passed' : 'failed',
    });
  }
  return results;
}

/** The YAML block below a test point. */
function detailsAfter(lines: readonly string[], index: number): string {
  if (!/^\s+---$/.test(lines[index + 1] ?? '')) return '';
  const end = lines.findIndex((line, at) => at > index && /^\s+\.\.\.$/.test(line));
  return lines.slice(index + 1, end === -1 ? index + 30 : end).join('\n');
}
