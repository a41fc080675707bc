import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  ar,
  besidesKernel,
  deb,
  image,
  tar,
  tarHeader,
  tarMember,
  type Member,
} from './archives.ts';
import type { AbuseCase, AbuseKind } from './abuse-case.ts';
import { gzipBomb, make, sparse, write } from './files.ts';
import { readFileSync } from 'node:fs';

const kernel = './boot/vmlinuz-6.9-test';
const gibibyte = 2 ** 30;

/** Kernels that are no files of their package. The exit code says: what was brought cannot be used. */
const odd: Record<string, Member[]> = {
  'the kernel is a link out': [{ name: kernel, type: '2', link: '/etc/passwd' }],
  'the kernel is a link up and out': [
    { name: kernel, type: '2', link: '../../../../../../../../etc/passwd' },
  ],
  'the kernel is a link to /dev/zero': [{ name: kernel, type: '2', link: '/dev/zero' }],
  'the kernel is a link to itself': [{ name: kernel, type: '2', link: 'vmlinuz-6.9-test' }],
  'the kernel is a link to nothing': [{ name: kernel, type: '2', link: 'gone' }],
  'the kernel is a FIFO': [{ name: kernel, type: '6' }],
  'the kernel is a device': [{ name: kernel, type: '3' }],
  'the kernel is a directory': [{ name: kernel, type: '5', mode: 0o755 }],
  'the kernel is empty': [{ name: kernel }],
  'the kernel is a hard link out': [{ name: kernel, type: '1', link: '/etc/passwd' }],
  '/boot is a link out': [
    { name: './boot', type: '2', link: '/boot' },
    { name: kernel, content: image() },
  ],
  '/boot is a link to /tmp': [
    { name: './boot', type: '2', link: '/tmp' },
    { name: './boot/vmlinuz-pwned', content: image() },
  ],
  'the configuration is a FIFO': [
    { name: kernel, content: image() },
    { name: './boot/config-6.9-test', type: '6' },
  ],
  'the configuration is a link out': [
    { name: kernel, content: image() },
    { name: './boot/config-6.9-test', type: '2', link: '/etc/shadow' },
  ],
  'modules.builtin is a FIFO': [
    { name: kernel, content: image() },
    { name: './lib/modules/6.9-test/modules.builtin', type: '6' },
  ],
  'modules.order is /dev/zero': [
    { name: kernel, content: image() },
    { name: './lib/modules/6.9-test/modules.order', type: '2', link: '/dev/zero' },
  ],
  'a module is /dev/zero': [
    { name: kernel, content: image() },
    { name: './lib/modules/6.9-test/kernel/ext4.ko', type: '2', link: '/dev/zero' },
  ],
  'a module is a FIFO': [
    { name: kernel, content: image() },
    { name: './lib/modules/6.9-test/kernel/ext4.ko', type: '6' },
  ],
  'modules.dep is a FIFO': [
    { name: kernel, content: image() },
    { name: './lib/modules/6.9-test/modules.dep', type: '6' },
  ],
  'the modules are a link to /': [
    { name: kernel, content: image() },
    { name: './lib/modules/6.9-test/kernel', type: '2', link: '/' },
  ],
  'a member above': [
    { name: kernel, content: image() },
    { name: '../../../../../../tmp/kexec-lab-pwned', content: 'x' },
  ],
  'an absolute member': [
    { name: kernel, content: image() },
    { name: '/tmp/kexec-lab-pwned', content: 'x' },
  ],
  'a member through a link': [
    { name: kernel, content: image() },
    { name: './out', type: '2', link: '/tmp' },
    { name: './out/kexec-lab-pwned', content: 'x' },
  ],
  'a member without rights': [{ name: kernel, content: image(), mode: 0 }],
  'a name of control characters': [{ name: `./boot/vmlinuz-\x1b[2J##[error]`, content: image() }],
};

/** Packages of a kernel that are no such thing. */
export const packages: AbuseKind = {
  name: 'packages',
  async make({ directory }) {
    const preflight = (file: string) => ['preflight', '--kernel', file];
    const one = (name: string, content: Buffer) =>
      preflight(write(directory, `${name.replace(/\W+/g, '-')}.deb`, content));
    const cases: AbuseCase[] = Object.entries(odd).map(([name, members]) => ({
      name,
      words: one(
        name,
        deb([
          ...members,
          ...besidesKernel.filter(
            ({ name: own }) => !members.some((member) => own.startsWith(member.name)),
          ),
        ]),
      ),
      // Where the lie is beside the kernel, the kernel may still be looked at.
      codes: name.startsWith('the kernel') ? [2] : [0, 2, 7],
    }));
    const bomb = async (name: string, head: Buffer, zeros: number) =>
      readFileSync(
        await gzipBomb(join(directory, name), { head, zeros, tail: Buffer.alloc(1024) }),
      );
    const zeros = await bomb(
      'zeros',
      tarHeader({ name: kernel, type: '0', link: '', size: 6 * gibibyte, mode: 0o644 }),
      6 * gibibyte,
    );
    const beside = await bomb(
      'beside',
      Buffer.concat([
        tarMember({ name: kernel, content: image() }),
        tarHeader({
          name: './usr/share/zeros',
          type: '0',
          link: '',
          size: 6 * gibibyte,
          mode: 0o644,
        }),
      ]),
      6 * gibibyte,
    );
    const control = await bomb(
      'control',
      tarHeader({ name: './control', type: '0', link: '', size: 6 * gibibyte, mode: 0o644 }),
      6 * gibibyte,
    );
    const version = { name: 'debian-binary', content: Buffer.from('2.0\n') };
    const fine = gzipSync(tar([{ name: kernel, content: image() }, ...besidesKernel]));
    const information = gzipSync(
      tar([{ name: './control', content: 'Package: a\nVersion: 1\nArchitecture: arm64\n' }]),
    );
    const deep = Array.from({ length: 3000 }, (_, depth) => ({
      name: `./${'d/'.repeat(Math.min(depth, 45))}${depth}`,
      type: '5' as const,
      mode: 0o755,
    }));
    write(directory, 'data.tar', tar([{ name: kernel, content: image() }, ...besidesKernel]));
    make('xz', '-kf', join(directory, 'data.tar'));
    const xz = readFileSync(join(directory, 'data.tar.xz'));
    const tools = (name: string, members: Member[]): AbuseCase => ({
      name: `kexec-tools: ${name}`,
      words: [
        'check',
        '--kernel',
        join(directory, 'fine.deb'),
        '--kexec-tools',
        write(directory, `tools-${name.replace(/\W+/g, '-')}.deb`, deb(members)),
      ],
      codes: [2],
    });
    write(directory, 'fine.deb', deb([{ name: kernel, content: image() }, ...besidesKernel]));
    mkdirSync(join(directory, 'tree/boot'), { recursive: true });
    make('mkfifo', join(directory, 'tree/boot/vmlinuz-6.9'));
    mkdirSync(join(directory, 'modules/lib/modules/6.9-test/kernel'), { recursive: true });
    write(directory, 'modules/boot/vmlinuz-6.9-test', image());
    make('mkfifo', join(directory, 'modules/lib/modules/6.9-test/kernel/fifo.ko'));
    mkdirSync(join(directory, 'zero/lib/modules/6.9-test/kernel'), { recursive: true });
    write(directory, 'zero/boot/vmlinuz-6.9-test', image());
    symlinkSync('/dev/zero', join(directory, 'zero/lib/modules/6.9-test/kernel/ext4.ko'));
    mkdirSync(join(directory, 'loop/boot'), { recursive: true });
    write(directory, 'loop/boot/vmlinuz-6.9-test', image());
    mkdirSync(join(directory, 'loop/lib/modules'), { recursive: true });
    symlinkSync('..', join(directory, 'loop/lib/modules/6.9-test'));
    mkdirSync(join(directory, 'big/lib/modules/6.9-test/kernel'), { recursive: true });
    write(directory, 'big/boot/vmlinuz-6.9-test', image());
    sparse(directory, 'big/lib/modules/6.9-test/kernel/huge.ko', 6 * gibibyte);
    return [
      ...cases,
      { name: 'a sound one', words: preflight(join(directory, 'fine.deb')), codes: [0] },
      {
        name: 'a kernel of 6 GiB of zeros',
        words: one('zeros', deb([], { data: zeros })),
        codes: [2],
      },
      {
        name: '6 GiB of zeros beside the kernel',
        words: one('beside', deb([], { data: beside })),
        codes: [2],
      },
      {
        name: 'a control archive of 6 GiB',
        words: one(
          'control',
          ar([
            version,
            { name: 'control.tar.gz', content: control },
            { name: 'data.tar.gz', content: fine },
          ]),
        ),
        codes: [2],
      },
      {
        name: 'ar claims more than there is',
        words: one(
          'claims',
          ar([
            version,
            { name: 'control.tar.gz', content: information },
            { name: 'data.tar.gz', content: fine, size: '9999999999' },
          ]),
        ),
        codes: [2],
      },
      {
        name: 'ar claims less than nothing',
        words: one(
          'negative',
          ar([
            version,
            { name: 'control.tar.gz', content: information, size: '-1' },
            { name: 'data.tar.gz', content: fine },
          ]),
        ),
        codes: [2],
      },
      {
        name: 'ar claims words',
        words: one(
          'words',
          ar([version, { name: 'control.tar.gz', content: information, size: 'abc' }]),
        ),
        codes: [2],
      },
      {
        name: 'no control archive',
        words: one('nocontrol', ar([version, { name: 'data.tar.gz', content: fine }])),
        codes: [2],
      },
      {
        name: 'no data',
        words: one('nodata', ar([version, { name: 'control.tar.gz', content: information }])),
        codes: [2],
      },
      {
        name: 'two data archives',
        words: one(
          'twodata',
          ar([
            version,
            { name: 'control.tar.gz', content: information },
            { name: 'data.tar.gz', content: fine },
            { name: 'data.tar.gz', content: zeros },
          ]),
        ),
        codes: [0, 2, 7],
      },
      {
        name: 'data in a format nobody knows',
        words: one(
          'format',
          ar([
            version,
            { name: 'control.tar.gz', content: information },
            { name: 'data.tar.foo', content: fine },
          ]),
        ),
        codes: [2],
      },
      {
        name: 'xz cut in half',
        words: one(
          'xz',
          ar([
            version,
            { name: 'control.tar.gz', content: information },
            { name: 'data.tar.xz', content: xz.subarray(0, xz.length / 2) },
          ]),
        ),
        codes: [2],
      },
      {
        name: 'version 3',
        words: one(
          'version',
          ar([
            { name: 'debian-binary', content: Buffer.from('3.0\n') },
            { name: 'control.tar.gz', content: information },
            { name: 'data.tar.gz', content: fine },
          ]),
        ),
        codes: [2],
      },
      { name: 'an ar of nothing', words: one('nothing', Buffer.from('!<arch>\n')), codes: [2] },
      {
        name: '200,000 members',
        words: one(
          'members',
          deb([], {
            data: gzipSync(
              tar([
                { name: kernel, content: image() },
                ...besidesKernel,
                ...Array.from({ length: 200_000 }, (_, index) => ({ name: `./usr/${index}` })),
              ]),
              { level: 1 },
            ),
          }),
        ),
        codes: [2],
      },
      {
        name: 'thousands of nested directories',
        words: one('nested', deb([{ name: kernel, content: image() }, ...besidesKernel, ...deep])),
        codes: [0, 2, 7],
      },
      {
        name: 'a member that claims 8 EiB',
        words: one(
          'exbibytes',
          deb([], {
            data: gzipSync(
              Buffer.concat([
                tarMember({ name: kernel, content: image() }),
                tarHeader({ name: './x', type: '0', link: '', size: 2 ** 62, mode: 0o644 }),
              ]),
            ),
          }),
        ),
        codes: [2],
      },
      {
        name: 'another architecture in control characters',
        words: one(
          'arch',
          deb([{ name: kernel, content: image() }], { architecture: '\x1b[31mevil' }),
        ),
        codes: [2],
      },
      {
        name: 'a description of a million lines',
        words: one(
          'description',
          deb([{ name: kernel, content: image() }, ...besidesKernel], {
            more: ' x\n'.repeat(1_000_000),
          }),
        ),
        codes: [0, 2],
      },
      {
        name: 'a sparse file with an ar header',
        words: preflight(sparse(directory, 'sparse.deb', 6 * gibibyte, '!<arch>\n')),
        codes: [2],
      },
      tools('kexec is a FIFO', [{ name: './sbin/kexec', type: '6' }]),
      tools('kexec is a link out', [{ name: './sbin/kexec', type: '2', link: '/bin/sh' }]),
      tools('kexec is a device', [{ name: './usr/sbin/kexec', type: '3' }]),
      tools('kexec is a directory', [{ name: './usr/sbin/kexec', type: '5' }]),
      {
        name: 'a directory whose kernel is a FIFO',
        words: preflight(join(directory, 'tree')),
        codes: [2],
      },
      {
        name: 'a directory with a FIFO among the modules',
        words: preflight(join(directory, 'modules')),
        codes: [2],
      },
      {
        name: 'a directory with /dev/zero among the modules',
        words: preflight(join(directory, 'zero')),
        codes: [0, 2, 7],
      },
      {
        name: 'a directory whose modules are its parent',
        words: preflight(join(directory, 'loop')),
        codes: [0, 2, 7],
      },
      {
        name: 'a directory with a module of 6 GiB',
        words: preflight(join(directory, 'big')),
        codes: [2],
      },
    ];
  },
};
