import type { Decided, MachineFacts } from '../decide/decision.ts';
import type { FailedLoad, LoadCall } from './kexec-checks.ts';

/** The cure for a kernel that was not loaded: by the system call that failed, otherwise by the error message. */
export function loadCure(reason: string, call: FailedLoad | null): string {
  if (call !== null) return callCures[call.errno]?.[call.call] ?? inspect;
  if (/autodetection failed|[Bb]oot (?:loader )?entry/.test(reason)) return entry;
  if (/file type/.test(reason)) {
    return 'Check with file(1) that the kernel was built for this architecture: arm64 needs an Image (plain or gzipped), arm a zImage. kexec -c loads more formats than -s and -a, and newer kexec-tools load more than older ones (docs/kexec-truth-table.md).';
  }
  if (/\boption\b/.test(reason)) {
    return 'Remove or correct this option. kexec --help lists the options of this version and architecture: --image-size, for example, is for 32-bit arm only.';
  }
  if (/not found|No such file|curl|wget|open|read/i.test(reason)) {
    return 'Check the paths or URLs of the kernel and the initrd as seen from inside the initramfs. /vmlinuz and /initrd.img are links that must resolve on the root file system.';
  }
  return inspect;
}

const entry =
  'systemctl kexec loads the default boot loader entry (bootctl list), which must name one kernel and at most one initrd on a mounted EFI system partition. Otherwise load the kernel with kexec -l first; systemctl kexec then starts it.';

const inspect =
  'Run the same command with kexec -d -l and check where each segment is loaded. On arm, a newer kexec-tools, --dtb or --image-size often helps.';

const permission =
  'Run kexec as root. Then check sysctl kernel.kexec_load_disabled and kernel.kexec_load_limit_reboot, and kernel lockdown (cat /sys/kernel/security/lockdown; Secure Boot turns it on).';
const wait = 'Check the kernel log (dmesg) for CPUs that are stuck, then try again.';
const memory =
  'Free memory, or load a smaller initrd. During the load, the image is in memory twice: in kexec, and in the kernel.';
const sign =
  'Sign the kernel with a key that the running kernel trusts, or boot a kernel that does not require signatures.';

/** The cure if only a signed kernel is accepted. */
export const signed =
  "Secure Boot and lockdown accept only a signed kernel: load it with kexec -s if the running kernel has kexec_file_load (Debian's for arm64 and armhf do not), or turn Secure Boot off and remove lockdown= from the command line.";

/** What helps if a call fails with an error number, where that is not `inspect`. */
const callCures: Record<string, Partial<Record<LoadCall, string>>> = {
  EPERM: { kexec_load: permission, kexec_file_load: permission },
  EACCES: { kexec_load: signed },
  ENOSYS: {
    kexec_load:
      'The running kernel was built without CONFIG_KEXEC. Use kexec -s if it has CONFIG_KEXEC_FILE, otherwise boot a different first kernel.',
    kexec_file_load:
      "Use kexec -c: the running kernel does not have this call. Debian's kernels for arm64 and armhf are built without it.",
  },
  EBUSY: { kexec_load: wait, kexec_file_load: wait },
  ENOMEM: { kexec_load: memory, kexec_file_load: memory },
  EINVAL: {
    kexec_file_load:
      'Use kexec -c, or unpack the kernel to a plain Image (docs/kexec-truth-table.md).',
  },
  ENOEXEC: { kexec_file_load: 'Use kexec -c, which reads more formats, or unpack the kernel.' },
  EKEYREJECTED: { kexec_file_load: sign },
  ENOKEY: { kexec_file_load: sign },
  ENODATA: { kexec_file_load: sign },
  EBADMSG: { kexec_file_load: sign },
};

/** The cure for a second kernel that took over the LPI tables of the first one (docs/gicv3.md). */
export const lpiCure =
  'Boot through UEFI, which tells kexec that the tables are in use; or boot either kernel with irqchip.gicv3_nolpi=1, so that LPIs are not used; or load the second kernel elsewhere with kexec --mem-min (docs/gicv3.md).';

/** The cure for a second kernel that lies on the first one's list of reserved memory (docs/gicv3.md). */
export const reservationsCure =
  'Boot the first kernel with irqchip.gicv3_nolpi=1, so that it reserves nothing; or boot without UEFI (docs/gicv3.md#32-bit-arm).';

/** The cure for a root file system that cannot be mounted. Often root= names the whole disk instead of a partition. */
export function rootCure(device: string | undefined): string {
  const disk =
    device === undefined
      ? null
      : /^(\/dev\/(?:[vsx]?[hv]?d[a-z]+|(?:nvme\d+n|mmcblk|nbd)\d+))$/.exec(device);
  if (disk?.[1] !== undefined) {
    const partition = /\d$/.test(disk[1]) ? `${disk[1]}p1` : `${disk[1]}1`;
    return `${disk[1]} is the whole disk; the root partition is probably ${partition}. Add root=${partition} at the end of the new kernel's command line: the last root= wins.`;
  }
  return 'Check that root= names the partition with the root file system (the last root= wins), and that the initrd contains the drivers for the disk and its file system.';
}

/** The fix is commit 009b6c6486b9 of Linux, "ARM: 9476/1: mm: fix kexec and hibernation with CONFIG_CPU_TTBR0_PAN". */
export const softRestartCure =
  'The fault is in the kernel that runs kexec; the loaded kernel does not matter. Run kexec from a kernel without LPAE (on Debian linux-image-armmp), or from one with the fix (Linux 7.1 or newer).';

/** The program that UEFI starts from a disk without a boot entry. (UEFI 2.10, 3.5.1.1) */
const defaultLoader: Record<NonNullable<MachineFacts['arch']>, string> = {
  arm: 'BOOTARM.EFI',
  arm64: 'BOOTAA64.EFI',
  x86: 'BOOTX64.EFI',
  riscv: 'BOOTRISCV64.EFI',
};

/** The cure for a machine that stopped before any kernel, by its firmware or boot loader. */
export function loaderCure({ standing: { machine } }: Decided): string {
  const { arch, loader } = machine;
  if (loader === 'u-boot') {
    return 'At the prompt, run the commands of `printenv bootcmd` one by one. The first one to fail shows which file, device or address is wrong.';
  }
  if (loader === 'grub') {
    return 'At the prompt, list the disks and files that GRUB sees with `ls`. Start an existing kernel with `linux`, `initrd` and `boot`, then repair grub.cfg with update-grub.';
  }
  if (loader === 'bios') {
    return 'Check that the boot disk is attached, is first in the boot order, and has a boot loader in its first sector.';
  }
  if (loader === 'uefi') {
    const file = arch === null ? 'BOOTAA64.EFI, BOOTX64.EFI, …' : defaultLoader[arch];
    return `Check that the boot disk is attached and has a boot entry or \\EFI\\BOOT\\${file}, and that the kernel file is complete.`;
  }
  return 'Check that the boot disk is attached, and that the kernel, the initrd and the device tree are where the boot loader expects them.';
}
