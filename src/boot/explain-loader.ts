import type { Facts } from './explain.ts';
import type { MachineFacts } from './machine-facts.ts';

/** The program that UEFI starts from a disk without a boot entry. */
const defaultLoader: Record<NonNullable<MachineFacts['arch']>, string> = {
  arm: 'BOOTARM.EFI',
  arm64: 'BOOTAA64.EFI',
  x86: 'BOOTX64.EFI',
  riscv: 'BOOTRISCV64.EFI',
};

/** What helps where no kernel was reached, by the firmware or loader that waits there. */
export function loaderCure({ standing: { machine } }: Facts): string {
  const { arch, loader } = machine;
  if (loader === 'u-boot') {
    return 'At the prompt, run the steps of `printenv bootcmd` one by one: the first that fails says which file, device or address is wrong.';
  }
  if (loader === 'grub') {
    return 'At its prompt, `ls` shows the disks and files GRUB sees: `linux` and `initrd` with a kernel that is there, then `boot`. Afterwards repair grub.cfg with update-grub.';
  }
  if (loader === 'bios') {
    return 'Check that the boot disk is attached, comes first in the boot order, and has a boot loader in its first sector.';
  }
  if (loader === 'uefi') {
    const file = arch === null ? 'BOOTAA64.EFI, BOOTX64.EFI, …' : defaultLoader[arch];
    return `Check that the boot disk is attached and has a boot entry or \\EFI\\BOOT\\${file}, and that the kernel file is whole.`;
  }
  return 'Check that the boot disk is attached, and that the kernel, the initrd and the device tree are where the boot loader looks for them.';
}
