import { closeSync, readSync, type Stats } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import type { Arch } from '../arch.ts';
import { archWith } from '../arch.ts';
import { UsageError } from '../errors.ts';
import { namedFileError } from '../file-error.ts';
import { elfMachine } from '../formats/elf.ts';
import { kernelKind, kernelHeaderBytes } from '../formats/kernel.ts';
import { hasMagic } from '../formats/magic.ts';
import { openInput } from '../host/user-file.ts';

/** Stats a file named in an option. `name` is the user's name for it. Throws UsageError if it cannot be read. */
export async function statOf(option: string, file: string, name = file): Promise<Stats> {
  try {
    const status = await stat(file);
    const enter = status.isDirectory() ? constants.X_OK : 0;
    await access(file, constants.R_OK | enter);
    return status;
  } catch (cause) {
    throw namedFileError(cause, { place: `${option} ${name}`, doing: 'read it' });
  }
}

/** Larger than any kernel package or initramfs. Bytes. */
const mostInputBytes = 2 ** 30;

/** Throws UsageError for anything but a regular, non-empty file of at most `most` bytes. */
export function mustBeFile(
  option: string,
  file: string,
  { name = file, most = mostInputBytes }: { name?: string | undefined; most?: number } = {},
): void {
  const { descriptor, size } = openInput(file, most, {
    place: `${option} ${name}`,
    doing: 'read it',
  });
  closeSync(descriptor);
  if (size === 0) throw new UsageError('this file is empty', { place: `${option} ${name}` });
}

/** Whether a file is an ar archive, as a .deb is, whatever its name. */
export function isArchive(file: string): boolean {
  return hasMagic(startOf(file), 'ar');
}

/** The first bytes of a file, enough to identify it. Throws UsageError if it is not a regular file. */
export function startOf(file: string): Buffer {
  const { descriptor } = openInput(file, Infinity);
  try {
    const start = Buffer.alloc(kernelHeaderBytes);
    return start.subarray(0, readSync(descriptor, start, 0, start.length, 0));
  } finally {
    closeSync(descriptor);
  }
}

/**
 * The architecture of a kernel image, from its first bytes. Throws UsageError if the file is not a kernel for ARM.
 * gzip files and EFI zboot images only exist for arm64: a zImage has its own compression.
 */
export function archOfKernel(header: Buffer, name: string): Arch {
  const kind = kernelKind(header);
  switch (kind) {
    case 'Image':
    case 'zboot':
    case 'gzip':
      return 'aarch64';
    case 'zImage':
      return 'arm';
    case 'uImage':
      return known(archWith('uImage', header[29] ?? 0), name, 'a uImage');
    case 'ELF':
      return known(archOfElf(header), name, 'an ELF file');
    case 'text':
    case 'unknown':
      throw new UsageError(
        `--kernel ${name}: this is not a kernel for arm or aarch64: it is ${kind === 'text' ? 'a text file' : describe(header)}`,
      );
  }
}

/** The architecture of a program. Throws UsageError if it is for another architecture or not a program. */
export function archOfProgram(header: Buffer, name: string): Arch {
  const arch = archOfElf(header);
  if (arch !== undefined) return arch;
  throw new UsageError(
    `--kexec-tools ${name}: this is neither a .deb nor a program for arm or aarch64`,
  );
}

function archOfElf(header: Buffer): Arch | undefined {
  const machine = elfMachine(header);
  return machine === null ? undefined : archWith('elf', machine);
}

function known(arch: Arch | undefined, name: string, what: string): Arch {
  if (arch !== undefined) return arch;
  throw new UsageError(`--kernel ${name}: this is ${what} for another architecture`);
}

function describe(header: Buffer): string {
  return hasMagic(header, 'x86Kernel') ? 'a kernel for x86' : 'in an unknown format';
}
