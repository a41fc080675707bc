// What makes the report move: one case at a time, its console drawn when it is opened, search, and keys.
// Text of guests only ever goes through textContent.
'use strict';
const consoles = JSON.parse(document.getElementById('consoles').textContent);
const matrix = document.getElementById('matrix');
const sections = new Map(
  [...document.querySelectorAll('.case')].map((one) => [one.dataset.case, one]),
);
const linesPerBlock = 200;
let current = null;

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function drawConsole(id, place) {
  if (place.childElementCount > 0) return;
  const { lines, signals, evidence, cut } = consoles[id];
  const proofs = new Set(evidence);
  for (let from = 0; from < lines.length; from += linesPerBlock) {
    const block = element('div', 'block');
    for (const [at, [seconds, text]] of lines.slice(from, from + linesPerBlock).entries()) {
      const number = from + at + 1;
      const row = element('div', 'row');
      row.id = `${id}:${number}`;
      const link = element('a', '', String(number));
      link.href = `#${id}:${number}`;
      row.append(
        link,
        element('time', '', seconds === null ? '' : seconds.toFixed(3)),
        element('span', '', text),
      );
      if (signals[number]) {
        row.classList.add('signal');
        row.append(element('b', '', signals[number].join(' ')));
      }
      if (proofs.has(number)) row.classList.add('proof');
      block.append(row);
    }
    place.append(block);
  }
  const end =
    lines.length === 0
      ? 'Nothing came over the console.'
      : cut
        ? 'The rest is only in console.log.'
        : '';
  if (end) place.append(element('p', 'made', end));
}

function goTo(row) {
  for (const other of document.querySelectorAll('.here')) other.classList.remove('here');
  row.classList.add('here');
  row.scrollIntoView({ block: 'center' });
}

/** Shows what the address names: a case, a line of it, or all cases. */
function show() {
  const name = decodeURIComponent(location.hash.slice(1));
  const [, id = '', line] = /^(.*?)(?::(\d+))?$/.exec(name) ?? [];
  const section = sections.get(id);
  const before = current;
  current = section ? id : null;
  matrix.hidden = Boolean(section);
  for (const [other, one] of sections) one.hidden = other !== current;
  if (!section) {
    if (before)
      matrix.querySelector(`a[href="#${CSS.escape(before)}"], a[href="#${before}"]`)?.focus();
    return;
  }
  drawConsole(id, section.querySelector('.console'));
  const row = line && document.getElementById(`${id}:${line}`);
  if (row) goTo(row);
  else section.querySelector('h2').focus();
}

function search(section, words) {
  const wanted = words.toLowerCase();
  let found = 0;
  for (const row of section.querySelectorAll('.row')) {
    const hit = wanted !== '' && row.children[2].textContent.toLowerCase().includes(wanted);
    row.classList.toggle('hit', hit);
    if (hit) found += 1;
  }
  section.querySelector('output').textContent = wanted === '' ? '' : `${found} lines`;
}

function filter(words) {
  let shown = 0;
  for (const row of matrix.querySelectorAll('tbody tr')) {
    row.hidden = !row.dataset.name.includes(words.toLowerCase());
    if (!row.hidden) shown += 1;
  }
  matrix.querySelector('output').textContent = words === '' ? '' : `${shown} scenarios`;
}

/** In all cases from case to case; in a console from hit to hit, or from signature to signature. */
function step(by) {
  if (current === null) {
    const cells = [...matrix.querySelectorAll('tr:not([hidden]) .cell')];
    const at = cells.indexOf(document.activeElement);
    cells[at === -1 ? 0 : Math.min(Math.max(at + by, 0), cells.length - 1)]?.focus();
    return;
  }
  const section = sections.get(current);
  const hits = [...section.querySelectorAll('.row.hit')];
  const rows = hits.length > 0 ? hits : [...section.querySelectorAll('.row.signal, .row.proof')];
  const number = (row) => Number(row.id.slice(row.id.lastIndexOf(':') + 1));
  const here = section.querySelector('.here');
  const from = here ? number(here) : 0;
  const next =
    by > 0 ? rows.find((row) => number(row) > from) : rows.findLast((row) => number(row) < from);
  if (next) goTo(next);
}

const shownPart = () => (current === null ? matrix : sections.get(current));

document.addEventListener('input', ({ target }) => {
  if (current === null) filter(target.value);
  else search(sections.get(current), target.value);
});

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const input = shownPart().querySelector('input');
  const typing = document.activeElement === input;
  if (event.key === 'Escape') {
    if (input.value !== '') {
      input.value = '';
      input.dispatchEvent(new Event('input', { bubbles: true }));
    } else if (current !== null) location.hash = '';
    input.blur();
  } else if (typing && event.key === 'Enter') {
    step(1);
    if (current !== null) return;
    input.blur();
  } else if (!typing && event.key === '/') input.focus();
  else if (!typing && event.key === 'j') step(1);
  else if (!typing && event.key === 'k') step(-1);
  else return;
  event.preventDefault();
});

addEventListener('hashchange', show);
show();
