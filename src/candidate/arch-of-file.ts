import type { Arch } from '../arch.ts';
import { archWith } from '../arch.ts';
import { UsageError } from '../errors.ts';
import { kernelKind } from '../image/kernel-format.ts';
/**
 * What a kernel's image is for, by its first bytes. Throws UsageError for a file that is no kernel for ARM.
 * A gzip file and EFI's zboot are only seen on arm64: a zImage brings its own compression.
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
      return known(elfMachine(header), name, 'an ELF file');
    case 'text':
    case 'unknown':
      throw new UsageError(
        `--kernel ${name}: this is no kernel for arm or aarch64: it is ${kind === 'text' ? 'a text file' : describe(header)}`,
      );
  }
}

/** What a program is for. Throws UsageError for one of another machine, or for no program. */
export function archOfProgram(header: Buffer, name: string): Arch {
  const arch = elfMachine(header);
  if (arch !== undefined) return arch;
  throw new UsageError(`--kexec-tools ${name}: this is no .deb and no program for arm or aarch64`);
}

function elfMachine(header: Buffer): Arch | undefined {
  const isElf = header.length >= 20 && header.toString('latin1', 0, 4) === '\x7fELF';
  return isElf ? archWith('elf', header.readUInt16LE(18)) : undefined;
}

function known(arch: Arch | undefined, name: string, what: string): Arch {
  if (arch !== undefined) return arch;
  throw new UsageError(`--kernel ${name}: this is ${what} for another architecture`);
}

function describe(header: Buffer): string {
  // `HdrS` at 0x202 is an x86 kernel's (Documentation/arch/x86/boot.rst).
  return header.toString('latin1', 0x202, 0x206) === 'HdrS' ? 'a kernel for x86' : 'something else';
}
