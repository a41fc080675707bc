import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import t from 'tap';
import { historySchema, watchSchema } from '../../src/model/history.ts';
import { temporaryDirectory } from '../qemu/machine-fixtures.ts';

const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

t.test('what is new is booted once, and compared with the version before', async (t) => {
  const directory = temporaryDirectory(t);
  const words = ['--from', 'debian:bookworm', '--to', 'debian:bookworm', '--arch', 'aarch64'];
  const watch = (...more: string[]) =>
    execa(process.execPath, [program, 'watch', ...words, '--json', ...more], {
      ...{ cwd: directory, reject: false },
    });
  const file = join(directory, 'kexec-history.json');
  const history = () => historySchema.parse(JSON.parse(readFileSync(file, 'utf8')));

  const first = await watch();
  t.equal(first.exitCode, 0, first.stderr);
  t.match(watchSchema.parse(JSON.parse(first.stdout)).changes, [{ kind: 'works', before: null }]);
  const { entries } = history();
  t.match(entries, [
    { verdict: 'pass', outcome: 'booted', generation: 2, to: { suite: 'bookworm' } },
  ]);

  const second = await watch();
  t.match(second.stderr, '1 pair: 1 known, 0 to boot');
  t.same(watchSchema.parse(JSON.parse(second.stdout)).changes, []);
  t.same(history().entries, entries);

  // As if the kernel of yesterday had failed.
  const [known] = entries;
  if (known === undefined) throw new Error('no entry');
  const older = { ...known.to, version: '6.1.1-1' };
  const failed = { ...known, to: older, verdict: 'fail', outcome: 'bye-hang', generation: 1 };
  writeFileSync(file, JSON.stringify({ ...history(), entries: [failed] }));
  const third = await watch();
  t.equal(third.exitCode, 0, third.stderr);
  t.match(watchSchema.parse(JSON.parse(third.stdout)).changes, [
    { kind: 'works-again', before: { to: { version: '6.1.1-1' } } },
  ]);
  t.equal(history().entries.length, 2);
  const page = readFileSync(join(directory, 'watch/watch.html'), 'utf8');
  t.match(page, 'works again: 6.1.1-1 failed');
  const [, console = ''] = /href="(runs[^"]*console\.log)"/.exec(page) ?? [];
  t.match(readFileSync(join(directory, 'watch', console), 'utf8'), 'Linux version');
});
