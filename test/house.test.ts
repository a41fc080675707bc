import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { doors, roomOf } from '../doors.js';
import { betweenRooms, circles, readImports } from '../scripts/house/imports.ts';

const imports = readImports(fileURLToPath(new URL('../src/', import.meta.url)));

void t.test('no files import each other in a circle', (t) => {
  t.same(circles(imports), []);
  t.same(
    circles(
      new Map([
        ['a', ['b']],
        ['b', ['c']],
        ['c', ['b']],
      ]),
    ),
    [['b', 'c']],
    'one is found',
  );
  t.end();
});

void t.test('the rooms import what doors.js says, and doors.js says no more than that', (t) => {
  const real = betweenRooms(imports, roomOf);
  const allowed = Object.entries(doors).map(([room, names]) => [room, [...names].sort()] as const);
  t.same(Object.fromEntries(real), Object.fromEntries(allowed));
  t.end();
});

void t.test('a room names only rooms above it in doors.js', (t) => {
  const order = Object.keys(doors);
  for (const [room, names] of Object.entries(doors)) {
    const above = order.slice(0, order.indexOf(room));
    t.same(
      names.filter((name) => !above.includes(name)),
      [],
      room,
    );
  }
  t.end();
});

void t.test('no folder of src is larger than a newcomer can survey', (t) => {
  const sizes = new Map<string, number>();
  for (const file of imports.keys()) {
    const folder = file.split('/').slice(0, -1).join('/');
    sizes.set(folder, (sizes.get(folder) ?? 0) + 1);
  }
  const large = [...sizes].filter(([, files]) => files > 32).map(([folder]) => folder);
  t.same(large, []);
  t.end();
});

void t.test('every folder of src is described in docs/architecture.md', (t) => {
  const page = readFileSync(new URL('../docs/architecture.md', import.meta.url), 'utf8');
  for (const room of Object.keys(doors).filter((room) => !room.endsWith('.ts')))
    t.match(page, `\`src/${room}\``, room);
  t.end();
});
