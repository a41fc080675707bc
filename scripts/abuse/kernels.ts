import { join } from 'node:path';
import type { AbuseCase, AbuseKind } from './abuse-case.ts';
import { image } from './archives.ts';
import { sparse, write } from './files.ts';

/** Bytes at places of an otherwise empty file. */
function patched(size: number, patches: Record<number, string>): Buffer {
  const file = Buffer.alloc(size);
  for (const [at, hex] of Object.entries(patches)) file.write(hex, Number(at), 'hex');
  return file;
}

const arm64 = '41524d64';
const zImage = '18286f01';

/** Kernels whose headers lie, or end too early. */
export const kernels: AbuseKind = {
  name: 'kernels',
  make({ directory }) {
    const files: Record<string, Buffer> = {
      'an Image of 60 bytes': patched(60, { 0x38: arm64 }),
      'an Image of 61 bytes that is a PE': patched(61, { 0: '4d5a', 0x38: arm64 }),
      'an Image of 64 bytes': patched(64, { 0x38: arm64 }),
      'a PE header behind the end': patched(64, { 0: '4d5a', 0x38: arm64, 0x3c: 'ffffffff' }),
      'a PE with 65535 sections': patched(4096, {
        0: '4d5a',
        0x38: arm64,
        0x3c: '40000000',
        0x40: '50450000',
        0x46: 'ffff',
        0x54: 'ffff',
      }),
      'sections of 4 GiB': patched(4096, {
        0: '4d5a',
        0x38: arm64,
        0x3c: '40000000',
        0x40: '50450000',
        0x46: '0100',
        0x68: 'ffffffffffffffff',
      }),
      'a zImage of 48 bytes': patched(48, { 0x24: zImage }),
      'a zImage of 40 bytes': patched(40, { 0x24: zImage }),
      'a zImage that ends before it begins': patched(4096, { 0x24: zImage, 0x28: 'ffffffff' }),
      'a zImage with tags behind the end': patched(4096, {
        0x24: zImage,
        0x34: '45454545',
        0x38: 'ffffffff',
      }),
      'a zImage whose tags go round': patched(4096, {
        0x24: zImage,
        0x34: '45454545',
        0x38: '40000000',
        0x40: '02000000',
        0x48: '00000000',
      }),
      'a zImage with absurd tags': patched(4096, {
        0x24: zImage,
        0x34: '45454545',
        0x38: '40000000',
        0x40: 'ffffffff',
        0x44: '4b4c535a',
        0x48: 'fcffffff',
      }),
      'a uImage of 8 bytes': patched(8, { 0: '27051956' }),
      'a uImage of uImages': Buffer.concat(
        Array.from({ length: 200_000 }, () => patched(64, { 0: '27051956', 29: '16' })),
      ),
      'an ELF of 8 bytes': patched(8, { 0: '7f454c46' }),
      'an ELF of 20 bytes': patched(20, { 0: '7f454c46', 18: 'b700' }),
      'a zboot image of 10 bytes': Buffer.from('MZ\0\0zimg\0\0'),
      'a zboot image that claims 4 GiB': patched(4096, {
        0: '4d5a00007a696d67ffffffffffffffff',
        0x18: '677a6970',
      }),
      'gzip of nothing': Buffer.from('1f8b08', 'hex'),
      'one byte': Buffer.alloc(1),
      'only zeros': Buffer.alloc(70_000),
      'text in colours': Buffer.from('\x1b[2J\x1b]0;pwned\x07##[error]no kernel\n'),
    };
    const initrd = write(directory, 'initrd', Buffer.from('070701'));
    const cases: AbuseCase[] = Object.entries(files).map(([name, content], index) => ({
      name,
      words: [
        'preflight',
        '--kernel',
        write(directory, `kernel-${index}`, content),
        '--initrd',
        initrd,
      ],
      codes: [0, 2, 5, 7],
    }));
    const scenario = (name: string) =>
      `title: A title\nstory: A story.\narch: [aarch64]\nboot: { kernel: { file: ${name} }, initramfs: null, disk: null }\nexpect: { outcome: booted }\nlimits: { total: 5, silence: 2 }\n`;
    for (const name of ['kernel-0', 'kernel-1', 'kernel-3', 'kernel-6'])
      cases.push({
        name: `a scenario with ${Object.keys(files)[Number(name.slice(7))] ?? ''}`,
        words: [
          'run',
          write(directory, `${name}.yaml`, scenario(name)),
          '--no-checkpoint',
          '--out',
          'runs',
        ],
        codes: [1, 2, 5],
      });
    const release = image(4096, '\x1b[31m##[group]');
    return [
      ...cases,
      {
        name: 'a kernel of 6 GiB',
        words: [
          'preflight',
          '--kernel',
          sparse(directory, 'huge', 6 * 2 ** 30, image()),
          '--initrd',
          initrd,
        ],
        codes: [2],
      },
      {
        name: 'a kernel of 1 TiB',
        words: [
          'preflight',
          '--kernel',
          sparse(directory, 'tera', 2 ** 40, image()),
          '--initrd',
          initrd,
        ],
        codes: [2],
      },
      {
        name: 'a release of control characters',
        words: ['preflight', '--kernel', write(directory, 'release', release), '--initrd', initrd],
        codes: [0, 2, 7],
      },
      {
        name: 'a name of control characters',
        words: [
          'preflight',
          '--kernel',
          write(directory, '\x1b[31m##vso[x]\nk', image()),
          '--initrd',
          initrd,
        ],
        codes: [0, 2, 7],
      },
      {
        name: 'kexec-tools of 6 GiB',
        words: [
          'check',
          '--kernel',
          join(directory, 'release'),
          '--initrd',
          initrd,
          '--kexec-tools',
          sparse(directory, 'kexec', 6 * 2 ** 30, patched(64, { 0: '7f454c46', 18: 'b700' })),
        ],
        codes: [2],
      },
      {
        name: 'an initrd of 1 TiB',
        words: [
          'preflight',
          '--kernel',
          join(directory, 'release'),
          '--initrd',
          sparse(directory, 'initrd-tera', 2 ** 40, '070701'),
        ],
        codes: [2],
      },
    ];
  },
};
