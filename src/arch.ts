/** The architectures whose machines the lab boots, by QEMU's names. */
export const arches = ['aarch64', 'arm'] as const;
export type Arch = (typeof arches)[number];

/** What differs between them. */
type Architecture = {
  /** QEMU's program for it. */
  qemu: string;
  /** dpkg's name. */
  debian: string;
  /** How the names of Debian's kernel packages show it: `linux-image-<version>-<kernel>`. */
  kernel: string;
  /** Where Debian's multiarch puts its libraries. */
  triplet: string;
  /** e_machine of ELF files (elf.h). */
  elf: number;
  /** `ih_arch` of U-Boot's legacy header (include/image.h). */
  uImage: number;
  /** The format of kernel that its boot loaders and QEMU start. */
  kernelImage: 'Image' | 'zImage';
  /** The name under which firmware looks for a boot loader on a disk it knows nothing about (UEFI 2.10, 3.5.1.1). */
  removableMediaLoader: string;
  /** EDK2 as Debian and Ubuntu package it, by the names that all their releases from Debian 12 on have. */
  firmware: { package: string; code: string; variables: string };
};

export const architectures: Readonly<Record<Arch, Architecture>> = {
  aarch64: {
    qemu: 'qemu-system-aarch64',
    debian: 'arm64',
    kernel: 'arm64',
    triplet: 'aarch64-linux-gnu',
    elf: 183,
    uImage: 22,
    kernelImage: 'Image',
    removableMediaLoader: '/EFI/BOOT/BOOTAA64.EFI',
    firmware: {
      package: 'qemu-efi-aarch64',
      code: '/usr/share/AAVMF/AAVMF_CODE.fd',
      variables: '/usr/share/AAVMF/AAVMF_VARS.fd',
    },
  },
  arm: {
    qemu: 'qemu-system-arm',
    debian: 'armhf',
    kernel: 'armmp',
    triplet: 'arm-linux-gnueabihf',
    elf: 40,
    uImage: 2,
    kernelImage: 'zImage',
    removableMediaLoader: '/EFI/BOOT/BOOTARM.EFI',
    firmware: {
      package: 'qemu-efi-arm',
      code: '/usr/share/AAVMF/AAVMF32_CODE.fd',
      variables: '/usr/share/AAVMF/AAVMF32_VARS.fd',
    },
  },
};

/** The architecture with that value of a fact, for instance dpkg's name for it. */
export function archWith<Fact extends keyof Architecture>(
  fact: Fact,
  value: Architecture[Fact],
): Arch | undefined {
  return arches.find((arch) => architectures[arch][fact] === value);
}
