import t from 'tap';
import { keyNames, keys } from '../../src/console/keys.ts';

t.test('keys are what a terminal sends', (t) => {
  t.match(keys, { enter: '\r', escape: '\x1b', up: '\x1b[A', f2: '\x1bOQ', f12: '\x1b[24~' });
  t.match(keys, { 'ctrl-a': '\x01', 'ctrl-c': '\x03', 'ctrl-z': '\x1a' });
  t.end();
});

t.test('no two keys are the same, but those that a terminal cannot tell apart', (t) => {
  const same = keyNames.filter((name) =>
    keyNames.some((o) => o !== name && keys[o] === keys[name]),
  );
  t.same(same, ['enter', 'tab', 'ctrl-i', 'ctrl-m']);
  t.end();
});
