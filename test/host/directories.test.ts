import { statSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { cacheDirectory, makeDirectory, makePrivateDirectory } from '../../src/host/directories.ts';
import { temporaryDirectory } from '../qemu/machine-fixtures.ts';

t.test('a directory that only its owner can enter', async (t) => {
  const directory = await makePrivateDirectory(temporaryDirectory(t));
  t.equal(statSync(directory).mode & 0o777, 0o700);
});

t.test('what a killed lab left is removed, and nothing else', async (t) => {
  const root = temporaryDirectory(t);
  const orphan = join(root, 'kexec-lab-4194305-abcdef');
  const others = [`kexec-lab-${process.pid}-abcdef`, 'kexec-lab-notes', 'kexec-lab-4194305'];
  mkdirSync(orphan);
  writeFileSync(join(orphan, 'metadata'), '');
  for (const name of others) mkdirSync(join(root, name));
  await makePrivateDirectory(root);
  t.notOk(existsSync(orphan), 'no process has a number above the highest');
  for (const name of others) t.ok(existsSync(join(root, name)), name);
});

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

t.test('an empty setting counts as not set', (t) => {
  const set = (environment: Record<string, string | undefined>): string => {
    t.intercept(process, 'env', { value: environment, configurable: true });
    return cacheDirectory();
  };
  t.equal(set({ KEXEC_LAB_CACHE: '/mine', XDG_CACHE_HOME: '/xdg' }), '/mine');
  t.equal(set({ KEXEC_LAB_CACHE: '', XDG_CACHE_HOME: '/xdg' }), '/xdg/kexec-lab');
  t.match(set({ XDG_CACHE_HOME: '', HOME: '/home/x' }), join('.cache', 'kexec-lab'));
  t.end();
});
