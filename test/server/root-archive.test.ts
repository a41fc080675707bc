import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import t from 'tap';
import { readRootArchive } from '../../src/server/root-archive.ts';

t.test('an archive of a root file system is read, whatever its compression', async (t) => {
  const directory = t.testdir({
    root: { usr: { lib: { systemd: { systemd: 'x'.repeat(8193) } } }, 'a file': 'y' },
  });
  for (const [option, compression] of [
    ['--create', 'none'],
    ['--gzip', 'gzip'],
    ['--xz', 'xz'],
    ['--bzip2', 'bzip2'],
  ] as const) {
    const file = join(directory, `${compression}.tar`);
    await execa('tar', [
      '--create',
      option,
      '--file',
      file,
      '--directory',
      `${directory}/root`,
      '.',
    ]);
    t.match(await readRootArchive(file), { file, compression, size: 257, sha256: /^[\da-f]{64}$/ });
  }
});

t.test(
  'an archive that cannot be used is refused in one line, which says how to make one',
  async (t) => {
    const directory = t.testdir({
      ...{ text: 'root', empty: '' },
      small: { etc: { passwd: 'x'.repeat(100_000) } },
    });
    const small = join(directory, 'small.tar');
    await execa('tar', ['--create', '--file', small, '--directory', `${directory}/small`, '.']);
    const cut = join(directory, 'cut.tar');
    writeFileSync(cut, readFileSync(small).subarray(0, 20_000));
    const broken = join(directory, 'broken.tar.gz');
    writeFileSync(broken, Buffer.from('1f8b0800000000000003ffff', 'hex'));
    for (const [name, message] of [
      ['text', 'this file is not a tar archive'],
      ['empty', 'this file is not a tar archive'],
      ['small.tar', /^this archive has no usr.lib.systemd/],
      ['cut.tar', /^this archive cannot be read: .*Unexpected EOF/],
      ['broken.tar.gz', /^this archive cannot be read: /],
      ['none.tar', /no such file/],
      ['small', /directory/],
    ] as const) {
      const file = join(directory, name);
      await t.rejects(readRootArchive(file), { name: 'UsageError', message, place: file }, name);
    }
  },
);
