import type { Decided } from '../decide/decision.ts';
import type { MachineFacts } from '../machine-facts.ts';
/** What helps against the words kexec-tools had for not loading a kernel. */
export function loadCure(reason: string): string {
  if (/file type/.test(reason)) {
    return 'Check with file(1) that the kernel is one for this architecture: arm64 wants an Image, plain or gzip’ed, arm a zImage.';
  }
  if (/not found|No such file|curl|wget|open|read/i.test(reason)) {
    return 'Check the paths or URLs of kernel and initrd as they are from inside the initramfs: /vmlinuz and /initrd.img are links that must resolve on the root file system.';
  }
  if (/not permitted/.test(reason)) {
    return 'Run it as root, and look at sysctl kernel.kexec_load_disabled and at kernel lockdown (secure boot).';
  }
  if (/not implemented/.test(reason)) {
    return 'The running kernel was built without CONFIG_KEXEC: boot another provider kernel.';
  }
  return 'Run the same command with kexec -d -l and look at where each segment goes; a newer kexec-tools and --dtb or --image-size often help on arm.';
}

/** What helps when the root file system cannot be mounted; most of all where the whole disk was named instead of a partition. */
export function rootCure(device: string | undefined): string {
  const disk =
    device === undefined
      ? null
      : /^(\/dev\/(?:[vsx]?[hv]?d[a-z]+|(?:nvme\d+n|mmcblk|nbd)\d+))$/.exec(device);
  if (disk?.[1] !== undefined) {
    const partition = /\d$/.test(disk[1]) ? `${disk[1]}p1` : `${disk[1]}1`;
    return `${disk[1]} is the whole disk; the partition is probably ${partition}. Put root=${partition} behind everything else on the new kernel’s command line: the last root= wins.`;
  }
  return 'Check that root= names the partition that holds the root file system (the last root= wins), and that the initrd has the driver for the disk and for its file system.';
}

/** The program that UEFI starts from a disk without a boot entry. */
const defaultLoader: Record<NonNullable<MachineFacts['arch']>, string> = {
  arm: 'BOOTARM.EFI',
  arm64: 'BOOTAA64.EFI',
  x86: 'BOOTX64.EFI',
  riscv: 'BOOTRISCV64.EFI',
};

/** What helps where no kernel was reached, by the firmware or loader that waits there. */
export function loaderCure({ standing: { machine } }: Decided): string {
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
