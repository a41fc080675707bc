import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import t from 'tap';
import type { Pairs } from '../../src/model/pairs.ts';
import { pairsSchema } from '../../src/model/pairs.ts';
import { kernelDirectory } from './broken-candidates.ts';
import { temporaryDirectory } from '../qemu/machine-fixtures.ts';

const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

t.test('a table of pairs is stopped, goes on, and explains what failed', async (t) => {
  const directory = temporaryDirectory(t);
  const words = ['--from', 'debian:bookworm', '--to', 'debian:bookworm'];
  await kernelDirectory(join(directory, 'cut'), { share: 1 / 3 });
  words.push('--to', './cut');
  words.push('--arch', 'aarch64', '--jobs', '1');
  const start = () =>
    execa(process.execPath, [program, 'pairs', ...words], { cwd: directory, reject: false });
  const written = (): Pairs =>
    pairsSchema.parse(JSON.parse(readFileSync(join(directory, 'pairs/pairs.json'), 'utf8')));

  const first = start();
  first.stdout.on('data', (text: Buffer) => {
    if (text.includes('✓')) first.kill('SIGINT');
  });
  const stopped = await first;
  t.equal(stopped.exitCode, 130, stopped.stderr);
  t.match(written().tables, [{ cells: [{ outcome: 'booted', verdict: 'pass' }] }]);

  const second = await start();
  t.match(second.stderr, '2 pairs: 1 known, 1 to boot');
  t.equal(second.exitCode, 1, 'one failed');
  const { tables } = written();
  t.match(tables, [{ cells: [{ verdict: 'pass' }, { verdict: 'fail', to: './cut' }] }]);
  t.ok(tables[0]?.cells.every(({ generation, verdict }) => verdict === 'fail' || generation === 2));
  t.match(second.stdout, /1 of 2 pairs came up, 1 failed/);
  t.match(second.stdout, /debian:bookworm → \.\/cut/);

  const third = await start();
  t.match(third.stderr, '2 pairs: 2 known, 0 to boot');
  t.same(written().tables, tables);
});
