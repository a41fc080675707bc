import t from 'tap';
import { unwrap } from '../../src/transcript/repair.ts';

const lava = (level: string, message: string): string =>
  `- {"dt": "2024-06-03T13:54:02.131000", "lvl": "${level}", "msg": ${message}}`;

void t.test('the console inside a LAVA job log', (t) => {
  t.strictSame(unwrap([lava('target', '"[    1.000000] a: b\\r"')]), ['[    1.000000] a: b']);
  t.strictSame(unwrap([lava('feedback', '"login: "')]), ['login: ']);
  t.strictSame(unwrap([lava('target', '"\\e[1m>>> \\x1b[0mtext \\"quoted\\""')]), [
    '>>> text "quoted"',
  ]);
  t.strictSame(unwrap([lava('target', '""')]), ['']);
  t.end();
});

void t.test('what LAVA says itself is no console', (t) => {
  t.strictSame(unwrap([lava('debug', '"expect: Kernel panic - not syncing"')]), []);
  t.strictSame(unwrap([lava('results', '{"case": "login", "result": "fail"}')]), []);
  t.end();
});

void t.test('other lines stay as they are', (t) => {
  t.strictSame(unwrap(['Bye!', 'a', '- {"dt": 1}']), ['Bye!', 'a', '- {"dt": 1}']);
  t.strictSame(unwrap([lava('target', '"damaged \\q"')]), ['"damaged \\q"']);
  t.end();
});
