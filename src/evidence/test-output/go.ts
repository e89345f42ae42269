import type { Reading } from './reading.ts';

type Outcome = { name: string; outcome: string };

/** `go test` and `go test -v`. Without `-v` it tells nothing of passing tests, so there are no counts. A package that does not build fails as one. */
export function goText(output: string): Reading | null {
  if (!/^(?:ok|FAIL|\?|---)\s+\S+\s+(?:\(cached\)|[\d.]+s|\[[\w ]+\])|^--- (?:FAIL|PASS|SKIP): /m.test(output)) return null;
  const outcomes: Outcome[] = [];
  let pending: Outcome[] = [];
  for (const line of output.split('\n')) {
    const test = /^\s*--- (PASS|FAIL|SKIP): (\S+) \([\d.]+s\)$/.exec(line);
    if (test) pending.push({ name: test[2] ?? '', outcome: test[1] ?? '' });
    const end = /^(ok|FAIL)\s+(\S+)\s+(.*)$/.exec(line);
    if (!end) continue;
    const [, verdict = '', path = '', rest = ''] = end;
    const built = /\[(build|setup) failed\]/.exec(rest)?.[0];
    if (built !== undefined) outcomes.push({ name: `${path} ${built}`, outcome: 'FAIL' });
    else if (verdict === 'FAIL' && !pending.some((one) => one.outcome === 'FAIL'))
      outcomes.push({ name: `${path} [failed]`, outcome: 'FAIL' });
    outcomes.push(...pending.map((one) => ({ ...one, name: `${path}.${one.name}` })));
    pending = [];
  }
  outcomes.push(...pending);
  return reading(outcomes, /^=== RUN /m.test(output));
}

/** `go test -json`: one event a line. */
export function goJson(output: string): Reading | null {
  const outcomes: Outcome[] = [];
  const failedPackages = new Set<string>();
  let seen = false;
  for (const line of output.split('\n')) {
    if (!/^\{.*"Action":/.test(line)) continue;
    const event = parsed(line);
    if (event === null) continue;
    seen = true;
    const outcome = { pass: 'PASS', fail: 'FAIL', skip: 'SKIP' }[event.Action];
    if (outcome === undefined || event.Package === undefined) continue;
    if (event.Test !== undefined) outcomes.push({ name: `${event.Package}.${event.Test}`, outcome });
    else if (outcome === 'FAIL') {
      if (event.FailedBuild !== undefined) outcomes.push({ name: `${event.Package} [build failed]`, outcome });
      else failedPackages.add(event.Package);
    }
  }
  if (!seen) return null;
  for (const path of failedPackages) {
    if (!outcomes.some((one) => one.outcome === 'FAIL' && one.name.startsWith(`${path}.`)))
      outcomes.push({ name: `${path} [failed]`, outcome: 'FAIL' });
  }
  return reading(outcomes, true);
}

function parsed(line: string): { Action: string; Package?: string; Test?: string; FailedBuild?: string } | null {
  try {
    return JSON.parse(line) as { Action: string };
  } catch {
    return null;
  }
}

/** A test with sub-tests fails because they do: only the innermost count. */
function reading(outcomes: readonly Outcome[], counted: boolean): Reading {
  const leaves = outcomes.filter(
    (one) => !outcomes.some((other) => other.name.startsWith(`${one.name}/`) && (one.outcome !== 'FAIL' || other.outcome === 'FAIL')),
  );
  const count = (outcome: string): number => leaves.filter((one) => one.outcome === outcome).length;
  const failing = leaves.filter((one) => one.outcome === 'FAIL').map((one) => one.name);
  return counted ? { counts: { passed: count('PASS'), failed: failing.length, skipped: count('SKIP') }, failing } : { failing };
}
