/** HTML that is safe to place between tags; made only here and by the templates below, so that a plain string cannot be taken for one. */
export type Html = Readonly<{ html: string }>;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/**
 * Control characters, direction overrides and what has no width hide or reorder text (attack 15): a reviewer must see that they are there. The joiner
 * U+200D stays, pictographs need it.
 */
const UNSEEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu;

function escaped(text: string): string {
  return text.replace(/\r\n/g, '␍\n').replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** Text as text: nothing in it is markup, and what cannot be seen is named. */
export function text(value: string): Html {
  return { html: escaped(value).replace(UNSEEN, (character) => `<span class="unseen">U+${codeOf(character)}</span>`) };
}

function codeOf(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}

/** One line in which `ticks` are set as code, as the people who wrote it expect; anything else in it is text. */
export function ticked(line: string): Html {
  const parts = line.split(/`([^`\n]+)`/);
  return { html: parts.map((part, index) => (index % 2 === 0 ? text(part).html : `<code>${text(part).html}</code>`)).join('') };
}

type Part = Html | string | number | undefined | false | readonly (Html | undefined | false)[];

/**
 * A template whose parts are text unless they were made by it: `` markup`<b>${name}</b>` ``, also as a whole attribute between quotes. Line breaks of the
 * template itself are layout of the source and do not reach the page; one that must is a part: `${'\n'}`. (Not named `html`: the formatter would
 * rearrange it.)
 */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const fixed = layoutless(strings);
  let result = fixed[0] ?? '';
  for (const [index, part] of parts.entries()) {
    result += printed(part, fixed[index]?.endsWith('="') === true) + (fixed[index + 1] ?? '');
  }
  return { html: result };
}

const known = new WeakMap<TemplateStringsArray, string[]>();

/** The strings of a template without its line breaks: a blank between words, nothing beside a tag. */
function layoutless(strings: TemplateStringsArray): string[] {
  const done = known.get(strings);
  if (done) return done;
  const result = strings.map((string) =>
    string.replace(/\s*\n\s*/g, (_, at: number, whole: string) => {
      const after = whole.slice(at).trimStart()[0];
      const before = whole.slice(0, at).at(-1);
      return before === '>' || after === '<' || after === '>' || (before === undefined && after === undefined) ? '' : ' ';
    }),
  );
  known.set(strings, result);
  return result;
}

function printed(part: Part, inAttribute: boolean): string {
  if (part === undefined || part === false) return '';
  if (typeof part === 'number') return String(part);
  if (typeof part === 'string') return inAttribute ? escaped(part).replace(UNSEEN, '') : text(part).html;
  if ('html' in part) return part.html;
  return part.map((one) => (one ? one.html : '')).join('');
}

export function join(parts: readonly (Html | undefined | false)[], between = ''): Html {
  return { html: parts.flatMap((part) => (part ? [part.html] : [])).join(between) };
}

/** A folded part, closed unless `open`. */
export function fold(summary: Html | string, body: Html, options: Readonly<{ open?: boolean; kind?: string }> = {}): Html {
  return markup`<details class="${options.kind ?? 'fold'}"${options.open ? { html: ' open' } : undefined}>
    <summary>${summary}</summary>
    ${body}
  </details>`;
}

/** Text that keeps its lines. Cut to `max` characters, head and tail, with a line that says what is missing. */
export function pre(value: string, max = Infinity): Html {
  if (value.length <= max) return markup`<pre>${value}</pre>`;
  const tail = Math.floor(max / 4);
  const missing = value.length - max;
  const note = markup`<span class="cut">… ${missing} characters left out here; the transcript has them …</span>`;
  return markup`<pre>${value.slice(0, max - tail)}${'\n'}${note}${'\n'}${value.slice(value.length - tail)}</pre>`;
}

/** A link to a web address; anything else than https and http is shown as text. */
export function link(address: string, label: Html | string): Html {
  return /^https?:\/\//i.test(address) ? markup`<a href="${address}" rel="noreferrer noopener">${label}</a>` : markup`${label}`;
}

/** An id of this page out of a foreign word. */
export function anchor(kind: string, word: string | number): string {
  return `${kind}-${String(word).replace(/[^\w.-]/g, '_')}`;
}
