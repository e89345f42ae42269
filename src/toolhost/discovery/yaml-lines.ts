/**
 * Reads the block mappings and sequences of a YAML file line by line into dotted paths (`jobs.test.steps.0.run`). It is no YAML parser: the
 * tool host's bundle stays free of dependencies, and a workflow that it misreads costs only a guess. Anchors, flow collections and
 * multi-line plain scalars are kept as the text of their first line.
 */
export function flatten(text: string): Map<string, string> {
  const result = new Map<string, string>();
  const lines = text.split(/\r?\n/);
  /** The open keys from the outside in, each with the column it starts at; a sequence's item is a numbered key. */
  let stack: { column: number; key: string }[] = [];
  const items = new Map<string, number>();
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    if (/^\s*(?:#|$|---)/.test(line)) continue;
    let column = line.search(/\S/);
    let rest = line.slice(column);
    while (/^-(?:\s|$)/.test(rest)) {
      // An item may stand in the column of its own key (`steps:` over `- run:`).
      stack = stack.filter((one) => one.column < column || (one.column === column && !/^\d+$/.test(one.key)));
      const parent = stack.map((one) => one.key).join('.');
      const number = items.get(parent) ?? 0;
      items.set(parent, number + 1);
      stack.push({ column: column + 0.5, key: String(number) });
      const inner = rest.slice(1).search(/\S/);
      if (inner === -1) rest = '';
      else {
        column += 1 + inner;
        rest = rest.slice(1 + inner);
      }
    }
    const pair = /^("[^"]+"|'[^']+'|[^\s#:][^:#]*?)\s*:(?:\s+(.*))?$/.exec(rest);
    if (!pair) {
      if (rest !== '') result.set(stack.map((one) => one.key).join('.'), scalar(rest));
      continue;
    }
    stack = stack.filter((one) => one.column < column);
    stack.push({ column, key: (pair[1] ?? '').replace(/^["']|["']$/g, '') });
    const path = stack.map((one) => one.key).join('.');
    const value = (pair[2] ?? '').trim();
    if (!/^[|>][+-]?\d?(?:\s+#.*)?$/.test(value)) {
      result.set(path, scalar(value));
      continue;
    }
    const block: string[] = [];
    while (index + 1 < lines.length && (/^\s*$/.test(lines[index + 1] ?? '') || (lines[index + 1] ?? '').search(/\S/) > column))
      block.push(lines[++index] ?? '');
    const indent = Math.min(...block.filter((one) => one.trim() !== '').map((one) => one.search(/\S/)));
    const content = block.map((one) => one.slice(indent));
    result.set(path, value.startsWith('>') ? content.join(' ').trim() : content.join('\n').trimEnd());
  }
  return result;
}

function scalar(value: string): string {
  const quoted = /^(?:"((?:[^"\\]|\\.)*)"|'((?:[^']|'')*)')/.exec(value);
  if (quoted) return quoted[1]?.replace(/\\(.)/g, '$1') ?? (quoted[2] ?? '').replaceAll("''", "'");
  return value.replace(/\s+#.*$/, '').trim();
}
