/** The page's only style, fixed text. Both schemes keep a contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3), also on the colours of a diff. */
export const STYLE = `
:root { color-scheme: light dark; --page: #ffffff; --ink: #1f2328; --muted: #59636e; --line: #d1d9e0; --soft: #f6f8fa; --link: #0550ae; --add: #dafbe1; --del: #ffebe9;
  --good: #116329; --bad: #a40e26; --goodsoft: #dafbe1; --badsoft: #ffebe9; --mark: #fff3b0; --work: #0969da; --review: #8250df; --read: #1a7f37; --write: #bc4c00; --fresh: #cf222e; }
@media (prefers-color-scheme: dark) {
  :root { --page: #0d1117; --ink: #e6edf3; --muted: #9ea7b1; --line: #30363d; --soft: #161b22; --link: #79c0ff; --add: #12321f; --del: #3c1618;
    --good: #7ee787; --bad: #ffa198; --goodsoft: #12321f; --badsoft: #3c1618; --mark: #5c4a00; --work: #58a6ff; --review: #bc8cff; --read: #3fb950; --write: #f0883e; --fresh: #ff7b72; }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 4rem; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', 'Noto Sans', sans-serif; }
header, main { max-width: 68rem; margin: 0 auto; padding: 0 1.25rem; }
h1 { font-size: 1.5rem; margin: 1.5rem 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2.25rem 0 .75rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
a { color: var(--link); }
code, pre { font: 12.5px/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
h1 code { font-size: .85em; }
code { background: var(--soft); padding: .1em .3em; border-radius: 4px; }
pre { margin: .4rem 0; padding: .6rem .75rem; background: var(--soft); border-radius: 6px; white-space: pre-wrap; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
td { min-width: 5rem; }
th { font-weight: 600; color: var(--muted); font-size: .85rem; }
th, .figure, .numbers td, .name { white-space: nowrap; }
.figure, .numbers td { font-variant-numeric: tabular-nums; }
.muted, .address { color: var(--muted); }
.muted { font-size: .88rem; }
.bad { color: var(--bad); }
.good { color: var(--good); }
.tag { display: inline-block; white-space: nowrap; font-size: .78rem; padding: 0 .5em; border: 1px solid var(--line); border-radius: 1em; background: var(--page); color: var(--muted); }
.tag + .muted, .tag + code { margin-left: .35em; }
.tag.good { color: var(--good); background: var(--goodsoft); border-color: transparent; }
.tag.bad { color: var(--bad); background: var(--badsoft); border-color: transparent; }
.unseen { color: var(--bad); background: var(--badsoft); font-size: .75em; border-radius: 3px; padding: 0 .2em; }
.cut { color: var(--muted); font-style: italic; }
nav { position: sticky; top: 0; z-index: 2; background: var(--page); border-bottom: 1px solid var(--line); }
nav > div { max-width: 68rem; margin: 0 auto; padding: .5rem 1.25rem; display: flex; flex-wrap: wrap; gap: .35rem .9rem; align-items: center; font-size: .9rem; }
nav input { flex: 1 1 12rem; max-width: 22rem; margin-left: auto; padding: .3rem .6rem; font: inherit; color: var(--ink); background: var(--page); border: 1px solid var(--muted); border-radius: 6px; }
nav button { font: inherit; color: var(--ink); background: var(--soft); border: 1px solid var(--line); border-radius: 6px; padding: .2rem .6rem; }
#found { font-size: .85rem; color: var(--muted); }
#found:not(:empty) { position: absolute; top: 100%; right: 1.25rem; padding: .1rem .7rem; background: var(--page); border: 1px solid var(--line); border-top: 0; border-radius: 0 0 6px 6px; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr)); gap: .5rem; margin: 1rem 0; }
.facts div { border: 1px solid var(--line); border-radius: 6px; padding: .5rem .75rem; min-width: 0; }
.facts dt { color: var(--muted); font-size: .8rem; }
.facts dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
.prose > :first-child { margin-top: .3rem; }
.prose > :last-child { margin-bottom: .3rem; }
.prose .heading { font-weight: 600; }
blockquote { margin: .4rem 0; padding-left: .8rem; border-left: 3px solid var(--line); color: var(--muted); }
.said, .thinking, .remark { margin: .6rem 0; padding-left: .8rem; border-left: 3px solid var(--line); }
.thinking { border-left-color: var(--review); }
summary { cursor: pointer; overflow-wrap: anywhere; }
summary:focus-visible, a:focus-visible, input:focus-visible, button:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.fold { margin: .3rem 0; }
.fold > summary { color: var(--muted); font-size: .9rem; }
.file { margin: .6rem 0 1rem; }
.file > summary { padding: .35rem .6rem; background: var(--soft); border: 1px solid var(--line); border-radius: 6px; }
.turn { content-visibility: auto; contain-intrinsic-size: auto 2.4rem; border-bottom: 1px solid var(--line); }
.turn > details > summary { padding: .4rem .2rem; display: flex; gap: .6rem; align-items: baseline; list-style: none; }
.turn > details > summary::-webkit-details-marker { display: none; }
.turn > details > summary b { min-width: 2.2rem; text-align: right; font-variant-numeric: tabular-nums; }
.turn > details > summary .what { flex: 1; min-width: 0; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.turn > details[open] > summary .what { white-space: normal; }
.turn > details[open] > summary .what .muted { display: none; }
.turn > details[open] { padding: 0 0 1rem 2.8rem; }
.turn > details[open] > summary { margin-left: -2.8rem; position: sticky; top: 3rem; background: var(--page); z-index: 1; }
.turn.changed > details > summary b { color: var(--good); }
.turn.error > details > summary b { color: var(--bad); }
.target { outline: 2px solid var(--link); outline-offset: -1px; border-radius: 4px; }
.call { scroll-margin-top: 6rem; margin: .8rem 0; padding: .3rem .8rem; border: 1px solid var(--line); border-radius: 6px; }
.callhead { margin: .3rem 0; }
.fact { margin: .5rem 0; }
.input { margin: 0; }
.input dt { color: var(--muted); font-size: .85rem; }
.input dd { margin: 0; }
.hunk { margin: .6rem 0; }
.at { margin: .4rem 0 .2rem; color: var(--muted); }
.diff { padding: 0; overflow: hidden; }
.row { display: block; padding: 0 .6rem; min-height: 1.45em; }
.row.add { background: var(--add); }
.row.del { background: var(--del); }
.hunk .row { padding-left: 9.2rem; text-indent: -9.2rem; }
.no, .by, .sign { display: inline-block; text-indent: 0; }
.no { width: 3rem; padding-right: .6rem; text-align: right; color: var(--muted); }
.no::before { content: attr(data-no); }
.by { width: 2.2rem; text-align: right; }
.sign { width: 1rem; }
figure { margin: .8rem 0; }
figcaption { color: var(--muted); font-size: .88rem; }
.legend { display: inline; margin-left: 1rem; }
.legend span { margin-right: .8rem; }
.chart { width: 100%; height: auto; display: block; }
.chart text { fill: var(--muted); font-size: 11px; }
.chart g { cursor: pointer; }
.grid { stroke: var(--line); }
rect.work { fill: var(--work); } rect.review { fill: var(--review); } rect.read { fill: var(--read); } rect.write { fill: var(--write); } rect.fresh { fill: var(--fresh); }
dialog { color: var(--ink); background: var(--page); border: 1px solid var(--line); border-radius: 8px; max-width: 28rem; }
kbd { font: 12px ui-monospace, monospace; border: 1px solid var(--line); border-radius: 4px; padding: .1em .4em; background: var(--soft); }
::highlight(hit) { background: var(--mark); color: var(--ink); }
@media (max-width: 40rem) {
  .hunk .row { padding-left: 3.4rem; text-indent: -2.9rem; } .no { display: none; }
  nav > div { flex-wrap: nowrap; overflow-x: auto; white-space: nowrap; } nav input { flex: 0 0 11rem; order: -1; margin: 0; }
  .numbers { display: block; overflow-x: auto; font-size: .88rem; }
  main table:not(.numbers), main table:not(.numbers) tbody { display: block; } main table:not(.numbers) thead { display: none; }
  main table:not(.numbers) tr { display: flex; flex-wrap: wrap; gap: .15rem .8rem; padding: .5rem 0; border-bottom: 1px solid var(--line); }
  main table:not(.numbers) td { padding: 0; border: 0; min-width: 0; } td[data-head]::before { content: attr(data-head); color: var(--muted); font-size: .88rem; }
}
@media print {
  nav, #keys { display: none; } .turn { content-visibility: visible; } .row.add, .row.del, .tag, pre, rect { print-color-adjust: exact; }
  .facts div, .call, tr, figure { break-inside: avoid; } h2, .at { break-after: avoid; } a { text-decoration: none; }
}
`;
