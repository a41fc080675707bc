/**
 * The formats of a kernel file, made from the kernel that a suite ships (an Image on aarch64, a zImage on arm) with the tools
 * that Debian's users have: gzip, zstd, mkimage (u-boot-tools) and objcopy (binutils).
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import type { Arch } from '../../src/arch.ts';
import type { formats } from './data.ts';

type Format = (typeof formats)[number];

/** What the files are made from. */
export type Source = {
  arch: Arch;
  /** The kernel as its package has it. */
  kernel: string;
  /** systemd's EFI stub of the same suite; only for a UKI. */
  stub: string | null;
};

/** Writes the kernel to `directory` in each format, as a file with the format's name. */
export async function makeFormats(
  wanted: readonly Format[],
  source: Source,
  directory: string,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const format of wanted) {
    const file = path.join(directory, format);
    await makers[format](source, file);
  }
}

const makers: Record<Format, (source: Source, file: string) => Promise<void>> = {
  Image: copy,
  zImage: copy,
  gzip: async ({ kernel }, file) => writeFile(file, await gzip(kernel)),
  'zboot-gzip': async ({ kernel }, file) => writeFile(file, zboot(await gzip(kernel), 'gzip')),
  'zboot-zstd': async ({ kernel }, file) => {
    const { stdout } = await execa('zstd', ['-q', '-c', kernel], binary);
    await writeFile(file, zboot(Buffer.from(stdout), 'zstd'));
  },
  uki: makeUki,
  uImage: async ({ arch, kernel }, file) => {
    const address = arch === 'arm' ? '0x40008000' : '0x40200000';
    const architecture = arch === 'arm' ? 'arm' : 'arm64';
    const header = ['-A', architecture, '-O', 'linux', '-T', 'kernel', '-C', 'none'];
    await execa('mkimage', [
      ...header,
      '-a',
      address,
      '-e',
      address,
      '-n',
      'Linux',
      '-d',
      kernel,
      file,
    ]);
  },
};

const binary = { encoding: 'buffer', maxBuffer: 2 ** 28 } as const;

async function copy({ kernel }: Source, file: string): Promise<void> {
  await writeFile(file, await readFile(kernel));
}

async function gzip(file: string): Promise<Buffer> {
  return Buffer.from((await execa('gzip', ['-n', '-c', file], binary)).stdout);
}

/**
 * A file that a boot loader without EFI takes for an EFI zboot image: the header of drivers/firmware/efi/libstub/
 * zboot-header.S and the compressed Image. The code with which firmware would unpack it needs a build of the kernel, and
 * neither kexec-tools nor the kernel's loader of zboot images executes it.
 */
function zboot(payload: Buffer, compression: string): Buffer {
  const header = Buffer.alloc(zbootHeaderBytes);
  header.write('MZ\0\0zimg', 0, 'latin1');
  header.writeUInt32LE(zbootHeaderBytes, 8);
  header.writeUInt32LE(payload.length, 12);
  header.write(compression, 0x18, 'latin1');
  header.writeUInt32LE(linuxPeMagic, 0x38);
  header.writeUInt32LE(0x40, 0x3c);
  header.write('PE\0\0', 0x40, 'latin1');
  header.writeUInt16LE(arm64Machine, 0x44);
  return Buffer.concat([header, payload]);
}

const zbootHeaderBytes = 0x200;
/** `LINUX_PE_MAGIC` and `IMAGE_FILE_MACHINE_ARM64` of include/linux/pe.h. */
const linuxPeMagic = 0x818223cd;
const arm64Machine = 0xaa64;

/** A unified kernel image as systemd-stub(7) of systemd 252 makes it: the stub, and sections that objcopy adds. */
async function makeUki({ kernel, stub }: Source, file: string): Promise<void> {
  if (stub === null) throw new Error('a UKI needs an EFI stub');
  const cmdline = `${file}.cmdline`;
  const osRelease = `${file}.osrel`;
  await writeFile(cmdline, 'root=/dev/vda1');
  await writeFile(osRelease, 'ID=debian\nPRETTY_NAME="Debian (UKI)"\n');
  const sections = [
    // systemd takes a file without it for no boot loader entry.
    { name: '.osrel', from: osRelease, address: 0x20000 },
    { name: '.cmdline', from: cmdline, address: 0x30000 },
    { name: '.linux', from: kernel, address: 0x30100000 },
  ];
  const words = sections.flatMap(({ name, from, address }) => [
    `--add-section=${name}=${from}`,
    `--change-section-vma=${name}=0x${address.toString(16)}`,
  ]);
  await execa('aarch64-linux-gnu-objcopy', [...words, stub, file]);
  await execa('rm', [cmdline, osRelease]);
}
