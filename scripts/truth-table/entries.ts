/** Boot loader entries, as systemctl reads them from an EFI system partition. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Arch } from '../../src/arch.ts';
import { formatsOf } from './data.ts';
import { directory as guestDirectory, secondCmdline } from './guest.ts';

/**
 * Writes an entry for each format to `esp`; a UKI is one itself, and is taken from `files`. The kernels and `initrd.img` will be in
 * the guest's directory.
 */
export function layOutEntries(esp: string, arch: Arch, files: string): void {
  for (const directory of ['loader/entries', 'EFI/Linux'])
    mkdirSync(path.join(esp, directory), { recursive: true });
  for (const format of formatsOf[arch]) {
    const name = `truth-${format.toLowerCase()}`;
    if (format === 'uki') {
      cpSync(path.join(files, format), path.join(esp, 'EFI/Linux', `${name}.efi`));
      continue;
    }
    const entry = [
      `title Debian (${format})`,
      `linux ${guestDirectory}/${format}`,
      `initrd ${guestDirectory}/initrd.img`,
      `options ${secondCmdline}`,
    ];
    writeFileSync(path.join(esp, 'loader/entries', `${name}.conf`), `${entry.join('\n')}\n`);
  }
}
