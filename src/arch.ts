/** The architectures whose machines the lab boots, by QEMU's names. */
export const arches = ['aarch64', 'arm'] as const;
export type Arch = (typeof arches)[number];

/** The facts that differ between architectures. */
type Architecture = {
  /** QEMU's program for it. */
  qemu: string;
  /** dpkg's name. */
  debian: string;
  /** Its part of the names of Debian's kernel packages: `linux-image-<version>-<kernel>`. */
  kernel: string;
  /** The multiarch directory of its libraries in Debian. */
  triplet: string;
  /** e_machine of ELF files (elf.h). */
  elf: number;
  /** The machine of PE/COFF files (include/linux/pe.h). */
  pe: number;
  /** `ih_arch` of U-Boot's legacy header (include/image.h). */
  uImage: number;
  /** The kernel format that its boot loaders and QEMU start. */
  kernelImage: 'Image' | 'zImage';
  /** The default path of a boot loader, on a disk for which the firmware has no boot entry (UEFI 2.10, 3.5.1.1). */
  removableMediaLoader: string;
  /** EDK2 as Debian and Ubuntu package it, by names that are the same in all releases since Debian 12. */
  firmware: {
    package: string;
    code: string;
    variables: string;
    /** The variables of a machine with Secure Boot on and Microsoft's keys enrolled; null if the package has none. */
    enrolled: string | null;
  };
};

export const architectures: Readonly<Record<Arch, Architecture>> = {
  aarch64: {
    qemu: 'qemu-system-aarch64',
    debian: 'arm64',
    kernel: 'arm64',
    triplet: 'aarch64-linux-gnu',
    elf: 183,
    pe: 0xaa64,
    uImage: 22,
    kernelImage: 'Image',
    removableMediaLoader: '/EFI/BOOT/BOOTAA64.EFI',
    firmware: {
      package: 'qemu-efi-aarch64',
      code: '/usr/share/AAVMF/AAVMF_CODE.fd',
      variables: '/usr/share/AAVMF/AAVMF_VARS.fd',
      enrolled: '/usr/share/AAVMF/AAVMF_VARS.ms.fd',
    },
  },
  arm: {
    qemu: 'qemu-system-arm',
    debian: 'armhf',
    kernel: 'armmp',
    triplet: 'arm-linux-gnueabihf',
    elf: 40,
    pe: 0x01c2,
    uImage: 2,
    kernelImage: 'zImage',
    removableMediaLoader: '/EFI/BOOT/BOOTARM.EFI',
    firmware: {
      package: 'qemu-efi-arm',
      code: '/usr/share/AAVMF/AAVMF32_CODE.fd',
      variables: '/usr/share/AAVMF/AAVMF32_VARS.fd',
      enrolled: null,
    },
  },
};

/** The architecture with this value of a fact, for instance dpkg's name for it. */
export function archWith<Fact extends keyof Architecture>(
  fact: Fact,
  value: Architecture[Fact],
): Arch | undefined {
  return arches.find((arch) => architectures[arch][fact] === value);
}
