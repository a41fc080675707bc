import type { Signature } from './signature.ts';

const kernel = { origin: 'kernel' } as const;

/** A kernel from its first line to its first program. */
export const kernelStartSignatures = [
  {
    ...kernel,
    id: 'kernel-booting',
    meaning: 'kernel-starts',
    pattern: /^Booting Linux on physical CPU (?:0x[0-9a-f]+|\d+\s*$)/,
    description: "the kernel's first line on arm and arm64 (before 3.8 with a plain number)",
    source: 'Linux arch/arm64/kernel/setup.c, arch/arm/kernel/setup.c',
  },
  {
    ...kernel,
    id: 'kernel-version',
    meaning: 'kernel-names-itself',
    pattern: /^Linux version (?<release>\d+\.\d+\S*) \(/,
    description: 'the version banner of the kernel that is starting',
    source: 'Linux init/version.c',
  },
  {
    ...kernel,
    id: 'kernel-cmdline',
    meaning: null,
    pattern: /^Kernel command line: (?<cmdline>.*)/,
    description: 'the command line of this kernel',
    source: 'Linux init/main.c',
  },
  {
    ...kernel,
    id: 'crash-kernel',
    meaning: 'crash-kernel',
    pattern: /^Kernel command line: (?:.* )?elfcorehdr=/,
    description: 'this is a crash kernel: the previous kernel panicked',
    source: 'kexec-tools, kexec -p',
  },
  {
    ...kernel,
    id: 'x86-kernel',
    meaning: null,
    pattern: /^(?:BIOS-provided physical RAM map:|BIOS-e820: |x86\/\w+: |smpboot: |tsc: |DMI: )/,
    description: 'a kernel on an x86 machine',
    source: 'Linux arch/x86',
  },
  {
    ...kernel,
    id: 'riscv-kernel',
    meaning: null,
    pattern: /^(?:SBI specification v\d|riscv: (?:base ISA|ELF capabilities))/,
    description: 'a kernel on RISC-V',
    source: 'Linux arch/riscv/kernel/sbi.c, cpufeature.c',
  },
  {
    ...kernel,
    id: 'bootconsole',
    meaning: 'bootconsole',
    pattern: /^(?:printk: )?(?:legacy )?bootconsole \[(?<console>\w+)\] (?:en|dis)abled/,
    description:
      'an early console begins or ends; the real one may print the whole log a second time',
    source: 'Linux kernel/printk/printk.c',
  },
  {
    ...kernel,
    id: 'init-runs',
    meaning: 'init-runs',
    pattern: /^Run (?<init>\S+) as init process/,
    description: 'the kernel starts its first program; `/init` is that of an initramfs',
    source: 'Linux init/main.c',
  },
  {
    ...kernel,
    id: 'initramfs-unpacking-failed',
    meaning: 'warning',
    outcome: 'initramfs-corrupt',
    pattern: /^Initramfs unpacking failed: (?<reason>.+)/,
    description: 'the initrd is damaged, or was overwritten in memory',
    source: 'Linux init/initramfs.c',
  },
  {
    ...kernel,
    id: 'initrd-not-initramfs',
    meaning: 'warning',
    outcome: 'initramfs-corrupt',
    pattern:
      /^rootfs image is not initramfs \((?<reason>.+)\); looks like an initrd|^RAMDISK: (?<image>Couldn't find valid RAM disk image|incomplete write|EOF while reading|error reading|bad gzipped|crc error|ran out of)/,
    description:
      'the initrd is not an initramfs: it has another format, or was overwritten in memory',
    source: 'Linux init/initramfs.c, init/do_mounts_rd.c',
  },
  {
    ...kernel,
    id: 'initrd-unusable',
    meaning: 'warning',
    outcome: 'initramfs-corrupt',
    pattern:
      /^(?<reason>initrd not fully accessible via the linear mapping|INITRD: 0x[0-9a-f]+\+0x[0-9a-f]+ (?:overlaps in-use memory region|is not a memory region)|initrd (?:extends beyond end of memory|overwritten)|Initrd .* not (?:in memory|accessible))/,
    description: 'the initrd is in memory that the kernel cannot use, and is ignored',
    source: 'Linux arch/arm64/mm/init.c, arch/arm/mm/init.c, init/initramfs.c',
  },
  {
    origin: 'firmware',
    id: 'decompressor',
    meaning: 'decompressed',
    pattern:
      /^(?:(?:Unc|Dec)ompressing Linux\.\.\.|early console in (?:extract|setup)|Booting the kernel\b)/,
    description: 'the decompressor of the kernel image runs; not all kernels print this',
    source: 'Linux arch/arm/boot/compressed/misc.c, arch/x86/boot/compressed/misc.c',
  },
  {
    origin: 'firmware',
    id: 'early-arm-error',
    meaning: 'warning',
    outcome: 'kernel-hang',
    pattern: /^Error: (?<reason>(?:unrecognized\/unsupported|invalid dtb) .+)/,
    description: 'a 32-bit kernel does not know this CPU, or has no usable device tree',
    source: 'Linux arch/arm/kernel/head-common.S',
  },
] as const satisfies readonly Signature[];
