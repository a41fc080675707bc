import { join } from 'node:path';
import t from 'tap';
import { findKernel } from '../../../src/image/build/kernel.ts';
import { image, kernelFiles, writeTree } from '../../candidate/files.ts';

void t.test('a kernel is found where Debian has it', async (t) => {
  const classic = writeTree(t.testdir({}), kernelFiles());
  t.match(await findKernel([classic]), {
    release: '6.9-test',
    file: /boot\/vmlinuz-6\.9-test$/,
    config: /boot\/config-6\.9-test$/,
    modules: /lib\/modules\/6\.9-test$/,
  });
});

void t.test('in the packages of Debian 14 it lies among the modules', async (t) => {
  const modules = 'usr/lib/modules/7.2';
  const root = writeTree(t.testdir({}), {
    [`binary/${modules}/vmlinuz`]: image('7.2'),
    [`base/${modules}/config`]: '',
    [`modules/${modules}/kernel/x`]: '',
  });
  const parts = ['base', 'binary', 'modules'].map((part) => join(root, part));
  t.match(await findKernel(parts), {
    release: '7.2',
    file: /binary.*vmlinuz$/,
    config: /base.*config$/,
    modules: /modules\/usr/,
  });
  t.equal(await findKernel([join(root, 'base')]), null);
});
