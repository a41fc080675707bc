import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { AbuseCase, AbuseKind } from './abuse-case.ts';
import { cpio, cpioEntry, image } from './archives.ts';
import { gzipBomb, make, sparse, write } from './files.ts';

/** Initramfs images: bombs, a million entries, sizes that are lies. */
export const initrds: AbuseKind = {
  name: 'initrds',
  async make({ directory }) {
    const kernel = write(directory, 'kernel', image());
    const zeros = sparse(directory, 'zeros', 6 * 2 ** 30);
    const small = sparse(directory, 'small', 64);
    for (const [tool, suffix] of [
      ['xz', 'xz'],
      ['zstd', 'zst'],
      ['lz4', 'lz4'],
      ['bzip2', 'bz2'],
    ] as const) {
      const level = tool === 'bzip2' || tool === 'xz' ? '-1' : '-1';
      const source =
        tool === 'bzip2' || tool === 'xz' ? sparse(directory, `some-${tool}`, 2 ** 31) : zeros;
      const format = tool === 'lz4' ? '-l' : level;
      make('sh', '-c', `${tool} ${format} -c < ${source} > ${join(directory, `bomb.${suffix}`)}`);
    }
    const million = cpioEntry('lib/modules/6.9-test/kernel/a.ko')
      .toString('latin1')
      .repeat(1_000_000);
    const entries = Buffer.concat([Buffer.from(million, 'latin1'), cpioEntry('TRAILER!!!')]);
    const bombWithin = readFileSync(
      await gzipBomb(join(directory, 'within'), { head: cpioEntry('a'), zeros: 5 * 2 ** 30 }),
    );
    const noise = readFileSync('/proc/self/exe').subarray(0, 2 ** 20);
    const contents: Record<string, Buffer> = {
      'a million entries': entries,
      'a million entries, gzip': gzipSync(entries, { level: 1 }),
      'a name of 4 GiB': cpio([cpioEntry('a', undefined, { nameSize: 0xffffffff })]),
      'a file of 4 GiB': cpio([cpioEntry('a', undefined, { size: 0xffffffff })]),
      'a name of no bytes': cpio([cpioEntry('', undefined, { nameSize: 0 })]),
      'sizes in letters': Buffer.from(`070701${'Z'.repeat(104)}name\0`),
      'a header cut off': Buffer.from('070701000000'),
      'only a trailer': cpio([]),
      'names of control characters': cpio([
        cpioEntry('\x1b[2J\x1b]0;x\x07'),
        cpioEntry('lib/modules/\x1b[31m##[error]/kernel/a.ko'),
      ]),
      'names that lead out': cpio([cpioEntry('../../../../tmp/kexec-lab-pwned', Buffer.from('x'))]),
      'devices and FIFOs': cpio([
        cpioEntry('dev/x', undefined, { mode: 0o020666 }),
        cpioEntry('dev/y', undefined, { mode: 0o010666 }),
      ]),
      'a gzip bomb behind a cpio': Buffer.concat([cpio([cpioEntry('kernel')]), bombWithin]),
      'gzip within gzip': gzipSync(gzipSync(cpio([cpioEntry('a')]))),
      'noise behind gzip': Buffer.concat([gzipSync(cpio([cpioEntry('a')])), noise]),
      'gzip of nothing': Buffer.from('1f8b08', 'hex'),
      'xz of nothing': Buffer.from('fd377a585a00', 'hex'),
      'zstd that claims a window of 2 GiB': Buffer.from('28b52ffd00a8ffffff', 'hex'),
      'lzma of noise': Buffer.concat([Buffer.from('5d0000', 'hex'), noise]),
      'a million bytes of zeros, then nothing': Buffer.alloc(1_000_000),
    };
    const look = (file: string) => ['preflight', '--kernel', kernel, '--initrd', file];
    const cases: AbuseCase[] = Object.entries(contents).map(([name, content], index) => ({
      name,
      words: look(write(directory, `initrd-${index}`, content)),
      codes: [0, 2, 7],
    }));
    const bomb = await gzipBomb(join(directory, 'bomb.gz'), {
      head: cpioEntry('a'),
      zeros: 5 * 2 ** 30,
    });
    const scenario = (file: string) =>
      `title: A title\nstory: A story.\narch: [aarch64]\nboot: { kernel: { file: ${kernel} }, initramfs: { file: ${file} }, disk: null }\nexpect: { outcome: booted }\nlimits: { total: 5, silence: 2 }\n`;
    return [
      ...cases,
      { name: 'a gzip bomb', words: look(bomb), codes: [2, 7], says: /larger than/ },
      ...['xz', 'zst', 'lz4', 'bz2'].map((suffix) => ({
        name: `a bomb of ${suffix}`,
        words: look(join(directory, `bomb.${suffix}`)),
        codes: [2, 7],
      })),
      { name: '6 GiB of zeros', words: look(zeros), codes: [2] },
      { name: '64 zeros', words: look(small), codes: [0, 2, 7] },
      ...[bomb, join(directory, 'bomb.xz'), join(directory, 'initrd-2'), zeros].map(
        (file, index) => ({
          name: `a scenario's own: ${['a gzip bomb', 'a bomb of xz', 'a name of 4 GiB', '6 GiB of zeros'][index] ?? ''}`,
          words: [
            'run',
            write(directory, `scenario-${index}.yaml`, scenario(file)),
            '--no-checkpoint',
            '--out',
            'runs',
          ],
          codes: [2, 5],
        }),
      ),
    ];
  },
};
