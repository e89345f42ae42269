import { integer, usd } from '../words.ts';
import { spentOn } from '../turns.ts';
import type { Turn } from '../turns.ts';
import { fold, markup, join } from './escape.ts';
import type { Html } from './escape.ts';

const WIDTH = 960;
const HEIGHT = 150;
const LEFT = 64;

/** Dollars and tokens of each turn as two charts drawn here (SVG without a script or a library), and the same as a table. */
export function costChart(all: readonly Turn[]): Html {
  const turns = all.filter((turn) => turn.asked.length > 0).map((turn) => ({ turn, spent: spentOn(turn) }));
  if (turns.length === 0) return markup`<p>No model was asked.</p>`;
  const dollars = bars(
    'US dollars per turn',
    turns.map(({ turn, spent }) => ({
      turn: turn.turn,
      parts: [{ kind: turn.purpose, value: spent.usd }],
      title: `turn ${turn.turn}, ${turn.purpose}: ${usd(spent.usd)}`,
    })),
    usd,
  );
  const tokens = bars(
    'Input tokens per turn: read from the cache, written to it, fresh',
    turns.map(({ turn, spent }) => ({
      turn: turn.turn,
      parts: [
        { kind: 'read', value: spent.cacheRead },
        { kind: 'write', value: spent.cacheWrite },
        { kind: 'fresh', value: spent.fresh },
      ],
      title: `turn ${turn.turn}: ${integer(spent.cacheRead)} of ${integer(spent.cacheRead + spent.cacheWrite + spent.fresh)} tokens from the cache, ${integer(spent.output)} out`,
    })),
    integer,
  );
  const legend = (kinds: [string, string][]) =>
    markup`<p class="legend">
      ${kinds.map(
        ([kind, label]) =>
          markup`<span><svg width="10" height="10" aria-hidden="true"><rect class="${kind}" width="10" height="10" /></svg> ${label}</span> `,
      )}
    </p>`;
  return markup`<figure>
      ${dollars}
      <figcaption>
        US dollars per
        turn${legend([
          ['work', 'author'],
          ['review', 'reviewer'],
        ])}
      </figcaption>
    </figure>
    <figure>
      ${tokens}
      <figcaption>
        Input tokens per
        turn${legend([
          ['read', 'read from cache'],
          ['write', 'written to cache'],
          ['fresh', 'neither'],
        ])}
      </figcaption>
    </figure>
    ${fold('The same as a table', numbers(turns))}`;
}

type Bar = Readonly<{ turn: number; parts: readonly { kind: string; value: number }[]; title: string }>;

function bars(label: string, data: readonly Bar[], show: (value: number) => string): Html {
  const top = Math.max(...data.map((bar) => bar.parts.reduce((sum, part) => sum + part.value, 0)), 1e-9);
  const step = (WIDTH - LEFT) / data.length;
  const width = Math.min(Math.max(step * 0.8, 0.5), 40);
  const columns = data.map((bar, index) => {
    let y = HEIGHT;
    const x = (LEFT + index * step).toFixed(2);
    const rects = bar.parts.map(({ kind, value }) => {
      const height = (value / top) * (HEIGHT - 10);
      y -= height;
      return (
        height > 0 &&
        markup`<rect class="${kind}" x="${x}" y="${y.toFixed(2)}" width="${width.toFixed(2)}" height="${height.toFixed(2)}" />`
      );
    });
    return markup`<g data-turn="${String(bar.turn)}"><title>${bar.title}</title>${rects}</g>`;
  });
  const line = (value: number): Html => {
    const y = (HEIGHT - (value / top) * (HEIGHT - 10)).toFixed(1);
    return markup`<line class="grid" x1="${String(LEFT)}" x2="${String(WIDTH)}" y1="${y}" y2="${y}" /><text
        x="${String(LEFT - 6)}"
        y="${String(Number(y) + 4)}"
        text-anchor="end"
        >${show(value)}</text>`;
  };
  const last = data.at(-1)?.turn ?? 0;
  const feet = markup`<text x="${String(LEFT)}" y="${String(HEIGHT + 16)}">turn ${data[0]?.turn ?? 0}</text><text x="${String(WIDTH)}" y="${String(HEIGHT + 16)}" text-anchor="end">turn ${last}</text>`;
  return markup`<svg class="chart" role="img" aria-label="${label}" viewBox="0 0 ${WIDTH} ${HEIGHT + 22}">
    ${line(top)}${line(top / 2)}${line(0)}${columns}${feet}
  </svg>`;
}

function numbers(turns: readonly { turn: Turn; spent: ReturnType<typeof spentOn> }[]): Html {
  const rows = turns.map(({ turn, spent }) => {
    const broken = spent.brokenOff > 0 ? ` (${spent.brokenOff} broken off, at worst case)` : '';
    return markup`<tr>
      <td><a href="#turn-${turn.turn}">${turn.turn}</a></td>
      <td>${turn.purpose}</td>
      <td>${integer(spent.cacheRead)}</td>
      <td>${integer(spent.cacheWrite)}</td>
      <td>${integer(spent.fresh)}</td>
      <td>${integer(spent.output)}</td>
      <td>${usd(spent.usd)}${broken}</td>
    </tr>`;
  });
  return markup`<table class="numbers">
    <thead>
      <tr>
        <th scope="col">turn</th>
        <th scope="col">by</th>
        <th scope="col">from cache</th>
        <th scope="col">to cache</th>
        <th scope="col">neither</th>
        <th scope="col">out</th>
        <th scope="col">cost</th>
      </tr>
    </thead>
    <tbody>
      ${join(rows)}
    </tbody>
  </table>`;
}
