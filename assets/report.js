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

/** One line of a console. `address` is what names it behind the case: its number, in a pair with the side before it. */
function drawRow(id, address, number, { lines, signals, evidence }) {
  const [seconds, text] = lines[number - 1];
  const row = element('div', 'row');
  row.id = `${id}:${address}`;
  const link = element('a', '', String(number));
  link.href = `#${id}:${address}`;
  row.append(
    link,
    element('time', '', seconds === null ? '' : seconds.toFixed(3)),
    element('span', '', text),
  );
  if (signals[number]) {
    row.classList.add('signal');
    row.append(element('b', '', signals[number].join(' ')));
  }
  if (evidence.includes(number)) row.classList.add('proof');
  return row;
}

function drawEnd({ lines, cut }) {
  const nothing = lines.length === 0 ? 'Nothing came over the console.' : '';
  return element('p', 'made', cut ? 'The rest is only in console.log.' : nothing);
}

function drawConsole(id, place) {
  if (place.childElementCount > 0) return;
  const data = consoles[id];
  if (data.blocks) return drawPair(id, place, data);
  for (let from = 1; from <= data.lines.length; from += linesPerBlock) {
    const block = element('div', 'block');
    const end = Math.min(from + linesPerBlock, data.lines.length + 1);
    for (let number = from; number < end; number += 1)
      block.append(drawRow(id, number, number, data));
    place.append(block);
  }
  place.append(drawEnd(data));
}

/**
 * Two consoles beside each other, block by block. Behind the signal that a block begins with, only a block that differs
 * has more of them: the first is where one begins to read.
 */
function drawPair(id, place, { baseline, candidate, blocks }) {
  for (const block of blocks) {
    const both = element('div', block.same ? 'both' : 'both differs');
    for (const [side, data, [from, to]] of [
      ['a', baseline, block.baseline],
      ['b', candidate, block.candidate],
    ]) {
      const column = element('div', 'column');
      for (let number = from; number < to; number += 1) {
        const row = drawRow(id, `${side}${number}`, number, data);
        if (!block.same && number > from)
          row.classList.toggle('only', Boolean(data.signals[number]));
        column.append(row);
      }
      both.append(column);
    }
    place.append(both);
  }
  const ends = element('div', 'both');
  for (const data of [baseline, candidate])
    ends.append(data ? drawEnd(data) : element('p', 'made', 'No console.'));
  place.append(ends);
  const top = (row) => row.getBoundingClientRect().top;
  const firsts = place.querySelector('.differs')?.querySelectorAll('.only') ?? [];
  const first = [...firsts].sort((a, b) => top(a) - top(b))[0];
  if (first) place.scrollTop = top(first) - top(place) - 100;
}

function goTo(row) {
  for (const other of document.querySelectorAll('.here')) other.classList.remove('here');
  row.classList.add('here');
  row.scrollIntoView({ block: 'center' });
}

/** Shows what the address names: a case, a line of it, or all cases. */
function show() {
  const name = decodeURIComponent(location.hash.slice(1));
  const [, id = '', line] = /^(.*?)(?::([ab]?\d+))?$/.exec(name) ?? [];
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
  const here = section.querySelector('.here');
  const wanted = by > 0 ? Node.DOCUMENT_POSITION_FOLLOWING : Node.DOCUMENT_POSITION_PRECEDING;
  const isThere = (row) => !here || here.compareDocumentPosition(row) & wanted;
  const next = by > 0 ? rows.find(isThere) : rows.findLast(isThere);
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
