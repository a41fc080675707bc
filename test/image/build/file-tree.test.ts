import { lstatSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { addLinks, addOverlay, copyFiles, createTree } from '../../../src/image/build/file-tree.ts';
import { elfFile } from '../../formats/elf-file.ts';

t.test('a program comes with its loader, its libraries and theirs', async (t) => {
  const directory = t.testdir({
    'old-package': { sbin: {} },
    'new-package': { usr: { lib: { 'aarch64-linux-gnu': {} } }, data: { a: 'A' } },
    tree: {},
  });
  const at = (...names: string[]) => join(directory, ...names);
  const triplet = at('new-package/usr/lib/aarch64-linux-gnu');
  writeFileSync(at('old-package/sbin/kexec'), elfFile(true, '/lib/ld.so.1', ['libx.so.1']));
  writeFileSync(at('new-package/usr/lib/ld.so.1'), 'loader');
  writeFileSync(join(triplet, 'libx.so.1'), elfFile(true, '/lib/ld.so.1', ['liby.so.2']));
  writeFileSync(join(triplet, 'liby.so.2'), 'no ELF');

  const packages = [at('old-package'), at('new-package')];
  await createTree(at('tree'));
  await copyFiles(at('tree'), packages, {
    '/usr/sbin/kexec': '/usr/sbin/kexec',
    '/data': '/etc/data',
  });
  for (const file of [
    'sbin/kexec',
    'lib/ld.so.1',
    'lib/libx.so.1',
    'usr/lib/liby.so.2',
    'etc/data/a',
  ])
    t.ok(statSync(at('tree', file)).isFile(), file);
  t.equal(readlinkSync(at('tree/lib')), 'usr/lib');

  await t.rejects(copyFiles(at('tree'), packages, { '/nosuch': '/x' }), {
    message: /\/nosuch\b/,
    exitCode: 5,
  });
  writeFileSync(at('old-package/sbin/other'), elfFile(false, '/lib/ld.so.1', ['libz.so.1']));
  await t.rejects(copyFiles(at('tree'), packages, { '/sbin/other': '/sbin/other' }), {
    message: /^other .*\blibz\.so\.1\b/,
  });
});

t.test('links', async (t) => {
  const tree = t.testdir({});
  await addLinks(tree, { busybox: ['/usr/bin/sh', '/usr/bin/ls'] });
  t.equal(readlinkSync(join(tree, 'usr/bin/sh')), 'busybox');
  t.ok(lstatSync(join(tree, 'usr/bin/ls')).isSymbolicLink());
});

t.test('an overlay: scripts become executable', async (t) => {
  const directory = t.testdir({
    over: {
      init: '#!/bin/sh\n',
      etc: { passwd: 'root' },
    },
    tree: {},
  });
  const tree = join(directory, 'tree');
  await addOverlay(tree, join(directory, 'over'));
  t.equal(statSync(join(tree, 'init')).mode & 0o777, 0o755);
  t.equal(statSync(join(tree, 'etc/passwd')).mode & 0o777, 0o644);
});
