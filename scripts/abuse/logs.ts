import { join } from 'node:path';
import type { AbuseKind } from './abuse-case.ts';
import { gzipBomb, make, sparse, write } from './files.ts';

const panic = 'Kernel panic - not syncing: VFS: Unable to mount root fs\n';

/** Console logs: floods, one endless line, bombs, streams that never end. */
export const logs: AbuseKind = {
  name: 'logs',
  async make({ directory }) {
    const read = (file: string, ...more: string[]) => ['diagnose', file, ...more];
    const endless = 'yes "[    1.000000] reboot: Restarting system"';
    const console_ = ['autopsy', write(directory, 'dump', Buffer.alloc(2 ** 20)), '--console'];
    const bomb = await gzipBomb(join(directory, 'bomb.gz'), { zeros: 4 * 2 ** 30 });
    write(directory, 'twice', panic.repeat(100));
    make('gzip', '-kf', join(directory, 'twice'));
    make('gzip', '-f', '-S', '.again', join(directory, 'twice.gz'));
    return [
      { name: 'a line of 1 GiB', words: read(sparse(directory, 'line', 2 ** 30)), codes: [0, 2] },
      { name: '1 TiB of nothing', words: read(sparse(directory, 'huge', 2 ** 40)), codes: [2] },
      {
        name: '400 MB of lines',
        words: read('-'),
        stdin: `${endless} | head -c 400000000`,
        codes: [0, 2],
      },
      {
        name: '300 MB of the same panic',
        words: read('-'),
        stdin: `yes '${panic.trim()}' | head -c 300000000`,
        codes: [0, 2],
      },
      {
        name: '300 MB without a newline',
        words: read('-'),
        stdin: 'tr "\\0" a < /dev/zero | head -c 300000000',
        codes: [0, 2],
      },
      {
        name: '300 MB of escape sequences',
        words: read('-'),
        stdin: "yes \"$(printf '\\033[31m')\" | tr -d '\\n' | head -c 300000000",
        codes: [0, 2],
      },
      {
        name: '300 MB of newlines',
        words: read('-'),
        stdin: 'yes "" | head -c 300000000',
        codes: [0, 2],
      },
      {
        name: '200 MB of noise',
        words: read('-'),
        stdin: 'head -c 200000000 /dev/urandom',
        codes: [0, 2],
      },
      {
        name: 'a stream without an end',
        words: read('-'),
        stdin: endless,
        codes: [2],
        says: /larger than|more than/,
      },
      {
        name: 'noise without an end',
        words: read('-'),
        stdin: 'cat /dev/urandom',
        codes: [2],
        says: /larger than|more than/,
      },
      {
        name: 'zeros without an end',
        words: read('-'),
        stdin: 'cat /dev/zero',
        codes: [2],
        says: /larger than|more than/,
      },
      { name: 'a gzip bomb', words: read(bomb), codes: [2], says: /larger than|more than/ },
      {
        name: 'a gzip bomb from a pipe',
        words: read('-'),
        stdin: `cat ${bomb}`,
        codes: [2],
        says: /larger than|more than/,
      },
      { name: 'gzip within gzip', words: read(join(directory, 'twice.gz.again')), codes: [0, 2] },
      {
        name: 'damaged gzip',
        words: read(
          write(directory, 'damaged.gz', Buffer.from('1f8b0800000000000003ffffffff', 'hex')),
        ),
        codes: [2],
      },
      {
        name: 'UTF-16 of half a character',
        words: read(write(directory, 'utf16', Buffer.from('fffe4b0065003dd8', 'hex'))),
        codes: [0],
      },
      {
        name: '400 MB as JSON',
        words: read('-', '--json'),
        stdin: `${endless} | head -c 400000000`,
        codes: [0, 2],
      },
      {
        name: 'signals of a flood',
        words: read('-', '--signals'),
        stdin: `yes '${panic.trim()}' | head -c 20000000`,
        codes: [0, 2],
      },
      {
        name: 'a console of 1 TiB',
        words: [...console_, sparse(directory, 'console', 2 ** 40)],
        codes: [2],
      },
      {
        name: 'a console of 1 GiB',
        words: [...console_, sparse(directory, 'console1', 2 ** 30)],
        codes: [0, 2],
      },
    ];
  },
};
