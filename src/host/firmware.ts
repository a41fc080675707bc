import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Arch } from '../arch.ts';
import { architectures } from '../arch.ts';
import { UnavailableError } from '../errors.ts';
import { installLine } from './install.ts';
/** UEFI firmware for a `virt` machine: two flash images of 64 MiB each, as QEMU wants them. Paths are absolute. */
export type Firmware = {
  code: string;
  /** Its non-volatile variables, as they are in a machine that never ran. */
  variables: string;
};

/**
 * EDK2 for `arch`: the one that comes with the QEMU in `qemuDirectory` (an unpacked QEMU brings its own in
 * `../share/qemu`), otherwise the host's.
 * @throws UnavailableError, with the line that installs it, if there is none.
 */
export function findFirmware(arch: Arch, qemuDirectory?: string): Firmware {
  const bundled = qemuDirectory === undefined ? null : bundledFirmware(arch, qemuDirectory);
  const { package: name, code, variables } = architectures[arch].firmware;
  const found = bundled ?? whole({ code, variables });
  if (found !== null) return found;
  throw new UnavailableError(`no UEFI firmware for ${arch}: ${code} does not exist`, {
    hint: `Install it: ${installLine([{ package: name }])}`,
  });
}

/** EDK2 as QEMU's own build installs it; both architectures have the same empty variables. */
export function bundledFirmware(arch: Arch, qemuDirectory: string): Firmware | null {
  const share = join(dirname(qemuDirectory), 'share/qemu');
  return whole({
    code: join(share, `edk2-${arch}-code.fd`),
    variables: join(share, 'edk2-arm-vars.fd'),
  });
}

function whole(firmware: Firmware): Firmware | null {
  return existsSync(firmware.code) && existsSync(firmware.variables) ? firmware : null;
}
