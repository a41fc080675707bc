import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import t from 'tap';
import { ensureEntries } from '../../src/image/ensure-images.ts';
import { planEntries } from '../../src/image/recipes/plan.ts';
import { outputNames, ownRecipes } from '../../src/image/recipes/recipe.ts';
import type { Pairs } from '../../src/model/pairs.ts';
import { pairsSchema } from '../../src/model/pairs.ts';
import { temporaryDirectory } from '../qemu/machine-fixtures.ts';

const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** A directory with a third of the distribution's kernel, as after an update cut short. */
async function cutKernel(directory: string): Promise<string> {
  const entries = planEntries(['distro-kernel'], 'aarch64', ownRecipes);
  const manifests = await ensureEntries(entries);
  const release = manifests.get('distro-kernel')?.release;
  const [{ directory: built } = { directory: '' }] = entries;
  const kernel = join(directory, 'cut');
  mkdirSync(join(kernel, 'boot'), { recursive: true });
  const whole = readFileSync(join(built, outputNames.kernel));
  writeFileSync(join(kernel, 'boot', `vmlinuz-${release}`), whole.subarray(0, whole.length / 3));
  await cp(join(built, 'lib'), join(kernel, 'lib'), { recursive: true });
  return './cut';
}

t.test('a table of pairs is stopped, goes on, and explains what failed', async (t) => {
  const directory = temporaryDirectory(t);
  const words = ['--from', 'debian:bookworm', '--to', 'debian:bookworm'];
  words.push('--to', await cutKernel(directory));
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
