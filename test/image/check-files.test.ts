import { join } from 'node:path';
import { execa } from 'execa';
import t from 'tap';
import { checkFiles } from '../../src/image/ensure-images.ts';

t.test('files of the user are looked at before anything starts', async (t) => {
  const directory = t.testdir({ text: 'not what it should be', empty: '' });
  const file = (name: string) => ({ file: join(directory, name) });
  const good = { arch: 'arm', kernel: 'recipe', initramfs: 'recipe', disk: null } as const;
  await checkFiles(good);
  await t.rejects(checkFiles({ ...good, kernel: file('text') }), {
    exitCode: 2,
    place: join(directory, 'text'),
    message: 'this kernel is not a kernel for arm (zImage): it is a text file',
  });
  await t.rejects(checkFiles({ ...good, initramfs: file('empty') }), {
    message: 'this initramfs is empty',
  });
  await t.rejects(checkFiles({ ...good, disk: file('empty') }), { message: 'this disk is empty' });
  await t.rejects(checkFiles({ ...good, disk: file('missing') }), {
    exitCode: 2,
    message: /^cannot read this \w+: no such file or directory$/,
  });
  await t.rejects(checkFiles({ ...good, kernel: { file: directory } }), {
    message: 'this kernel is a directory',
  });
  await execa('mkfifo', [join(directory, 'pipe')]);
  await t.rejects(checkFiles({ ...good, kernel: file('pipe') }), {
    exitCode: 2,
    message: 'this kernel is a named pipe',
  });
});
