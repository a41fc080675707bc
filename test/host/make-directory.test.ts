import { statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { makeDirectory } from '../../src/host/make-directory.ts';

t.test('directories are made, and what cannot be made is told at once', async (t) => {
  const directory = t.testdir({ file: '' });
  const deep = join(directory, 'a', 'b', 'c');
  await Promise.all([makeDirectory(deep), makeDirectory(deep)]);
  t.ok(statSync(deep).isDirectory());
  await makeDirectory(deep);
  await t.rejects(makeDirectory('/proc/kexec-lab/below'), { code: 'ENOENT' });
  await t.rejects(makeDirectory(join(directory, 'file')), { code: 'EEXIST' });
  await t.rejects(makeDirectory(join(directory, 'file', 'below')), { code: 'ENOTDIR' });
});
