/**
 * The page's only script, fixed text: nothing of a run is ever put into it, and its hash is the only one that the page's policy lets run. Without it the
 * page still reads; with it there are keys, search and links that open what they lead to.
 */
export const SCRIPT = `'use strict';
(() => {
  const turns = [...document.querySelectorAll('.turn')];
  const search = document.getElementById('search');
  const found = document.getElementById('found');
  const help = document.getElementById('help');
  let current = -1;
  let hits = [];
  let texts;

  const openTo = (target) => {
    for (let node = target; node; node = node.parentElement) if (node.tagName === 'DETAILS') node.open = true;
    if (target.matches('.turn')) target.querySelector('details').open = true;
  };
  const show = (target, focus) => {
    openTo(target);
    target.scrollIntoView({ block: 'start' });
    const spot = target.querySelector('summary') || target;
    if (focus) {
      if (!spot.hasAttribute('tabindex') && spot.tagName !== 'SUMMARY') spot.tabIndex = -1;
      spot.focus({ preventScroll: true });
    }
    for (const old of document.querySelectorAll('.target')) old.classList.remove('target');
    target.classList.add('target');
    const turn = target.closest('.turn');
    if (turn) current = turns.indexOf(turn);
  };
  const toHash = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target) {
      if (target.closest('.turn[hidden]')) clear();
      show(target, true);
    }
  };
  const step = (by) => {
    const seen = turns.filter((turn) => !turn.hidden);
    if (seen.length === 0) return;
    const at = seen.indexOf(turns[current]);
    const next = seen[Math.min(seen.length - 1, Math.max(0, at < 0 ? (by > 0 ? 0 : seen.length - 1) : at + by))];
    current = turns.indexOf(next);
    next.scrollIntoView({ block: 'nearest' });
    next.querySelector('summary').focus({ preventScroll: true });
  };

  const mark = (query) => {
    if (!('highlights' in CSS)) return;
    CSS.highlights.delete('hit');
    if (!query) return;
    const ranges = [];
    for (const root of document.querySelectorAll('main .turn:not([hidden]), main > section:not(#timeline)')) {
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node && ranges.length < 2000; node = walker.nextNode()) {
        const text = node.data.toLowerCase();
        for (let at = text.indexOf(query); at >= 0; at = text.indexOf(query, at + query.length)) {
          const range = new Range();
          range.setStart(node, at);
          range.setEnd(node, Math.min(at + query.length, node.length));
          ranges.push(range);
        }
      }
    }
    CSS.highlights.set('hit', new Highlight(...ranges));
  };
  const filter = () => {
    const query = search.value.trim().toLowerCase();
    texts = texts || turns.map((turn) => turn.textContent.toLowerCase());
    hits = [];
    turns.forEach((turn, index) => {
      const hit = texts[index].includes(query);
      turn.hidden = !hit;
      if (hit && query) hits.push(turn);
    });
    const elsewhere = query ? [...document.querySelectorAll('main > section:not(#timeline)')].filter((part) => part.textContent.toLowerCase().includes(query)) : [];
    found.textContent = query ? hits.length + (hits.length === 1 ? ' turn' : ' turns') + (elsewhere.length ? ', and in ' + elsewhere.map((part) => part.querySelector('h2').textContent).join(', ') : '') : '';
    hits = [...elsewhere, ...hits];
    mark(query);
  };
  const clear = () => {
    search.value = '';
    filter();
  };
  let hitAt = -1;
  let later;
  search.addEventListener('input', () => {
    hitAt = -1;
    clearTimeout(later);
    later = setTimeout(filter, 120);
  });
  search.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') {
      clearTimeout(later);
      filter();
      if (hits.length === 0) return;
      hitAt = (hitAt + (event.shiftKey ? hits.length - 1 : 1)) % hits.length;
      show(hits[hitAt], false);
      event.preventDefault();
    } else if (event.key === 'Escape') {
      clear();
      search.blur();
    }
  });

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || help.open) return;
    if (event.key === 'j') step(1);
    else if (event.key === 'k') step(-1);
    else if (event.key === 'o' && turns[current]) turns[current].querySelector('details').open ^= 1;
    else if (event.key === '/') search.focus();
    else if (event.key === '?') help.showModal();
    else return;
    event.preventDefault();
  });
  document.addEventListener('click', (event) => {
    const bar = event.target.closest('[data-turn]');
    if (bar) location.hash = '#turn-' + bar.dataset.turn;
    const link = event.target.closest('a[href^="#"]');
    if (link && link.hash === location.hash) toHash();
  });
  document.getElementById('keys').addEventListener('click', () => help.showModal());
  addEventListener('hashchange', toHash);
  toHash();
})();
`;
