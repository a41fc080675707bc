import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import t from 'tap';
import { bisectSchema } from '../../src/model/bisect.ts';
import { temporaryDirectory } from '../qemu/machine-fixtures.ts';
import { kernelDirectory } from './broken-candidates.ts';

const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

t.test('a kernel cut short is found among thirty', async (t) => {
  const directory = temporaryDirectory(t);
  await kernelDirectory(join(directory, 'good'), { share: 1 });
  await kernelDirectory(join(directory, 'bad'), { share: 1 / 3 });
  for (const firstBad of [1, 18]) {
    const names = Array.from({ length: 30 }, (_, at) => `${firstBad}-${at}`);
    for (const [at, name] of names.entries())
      symlinkSync(at < firstBad ? 'good' : 'bad', join(directory, name));
    const { stdout, stderr, exitCode } = await execa(
      process.execPath,
      [program, 'bisect', ...names.map((name) => `./${name}`), '--rate', '1', '--json'],
      { cwd: directory, reject: false },
    );
    t.equal(exitCode, 0, stderr);
    const { result, failure, kernels } = bisectSchema.parse(JSON.parse(stdout));
    t.match(result, { good: `./${firstBad}-${firstBad - 1}`, bad: `./${firstBad}-${firstBad}` });
    t.match(failure, { outcome: 'bye-hang' });
    const booted = kernels.filter(({ judgement }) => judgement !== 'untried');
    t.ok(booted.length <= 6, `${booted.length} kernels were booted`);
  }
});
