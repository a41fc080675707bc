import type { Finding } from '../../model/examination.ts';
import type { Kexec } from './load-facts.ts';
import type { KernelFacts } from './facts.ts';

/**
 * Whether the second kernel may run over the interrupt tables of the first one: a GICv3 with an ITS, whose tables only UEFI
 * reserves across a kexec. (Linux, drivers/irqchip/irq-gic-v3-its.c; docs/gicv3.md)
 */
export function checkLpiTables({ machine, cmdlines, flags }: Kexec): Finding[] {
  if (!hasIts(machine) || machine.firmware !== 'none') return [];
  if (Object.values(cmdlines).some(disablesLpis)) return [];
  if (flags.some((flag) => flag.startsWith('--mem-min'))) return [];
  return [
    {
      id: 'lpi-tables',
      severity: 'warn',
      message:
        'This machine has a GICv3 with an ITS and no UEFI: the second kernel takes over the interrupt tables of the first one, and kexec may put it on top of them.',
      advice:
        'Boot the machine through UEFI, or either kernel with irqchip.gicv3_nolpi=1, or keep the second kernel away from the tables with kexec --mem-min (docs/gicv3.md).',
      source: `machine ${machine.name}: ${machine.option}`,
    },
  ];
}

/**
 * Whether the second kernel may run over the list of memory that UEFI keeps reserved across a kexec. A GICv3 with an ITS
 * puts its tables on that list. A kernel for 32-bit arm unpacks itself without knowing what is in use. (Linux,
 * drivers/firmware/efi/efi.c: `efi_mem_reserve_persistent`; docs/gicv3.md)
 */
export function checkReservations({ machine, cmdlines: { first } }: Kexec): Finding[] {
  if (!hasIts(machine) || machine.firmware === 'none' || disablesLpis(first)) return [];
  return [
    {
      id: 'efi-reservations',
      severity: 'warn',
      message:
        'This 32-bit machine has a GICv3 with an ITS, and UEFI: the first kernel puts the interrupt tables on a list of reserved memory, and the second kernel overwrites the list while it unpacks itself.',
      advice:
        'Boot the first kernel with irqchip.gicv3_nolpi=1, or the machine without UEFI (docs/gicv3.md#32-bit-arm).',
      source: `machine ${machine.name}: ${machine.option}`,
    },
  ];
}

/** QEMU's `virt` gives a GICv3 an ITS unless it is told not to. */
function hasIts({ option }: Kexec['machine']): boolean {
  const properties = option.split(',');
  return (
    properties.some((property) => /^gic-version=(?:[34]|max)$/.test(property)) &&
    !properties.includes('its=off')
  );
}

function disablesLpis(cmdline: string): boolean {
  return cmdline.split(/\s+/).some((word) => /^irqchip\.gicv3_nolpi=(?:[1yY]|on)/.test(word));
}

/**
 * Whether the CPU supports the pages that an arm64 kernel is built for. If it does not, the kernel stops the CPU before it
 * can print. (Linux, arch/arm64/kernel/head.S: __no_granule_support)
 */
export function checkPageSize(
  kernel: Pick<KernelFacts, 'name' | 'pageSize' | 'config'>,
  { name, cpu, pageSizes }: Kexec['machine'],
): Finding[] {
  const built = builtPages(kernel);
  if (built === null || pageSizes === null || pageSizes.includes(built.size)) return [];
  return [
    {
      id: 'page-size',
      severity: 'stop',
      message: `This kernel is built for pages of ${built.size / 1024} KiB, which the CPU of this machine (${cpu}) does not support: it stops before it can print.`,
      advice:
        'Use a kernel with pages of 4 KiB (in Debian, one whose name does not end in -16k), or a machine whose CPU supports these pages, such as neoverse-n1.',
      source: `${built.source}, machine ${name}`,
    },
  ];
}

/** The page size that a kernel is built for, in bytes, and where it was read; null if nothing names it. */
export function builtPages({
  name,
  pageSize,
  config,
}: Pick<KernelFacts, 'name' | 'pageSize' | 'config'>): { size: number; source: string } | null {
  if (pageSize !== null) return { size: pageSize, source: `${name}: header of the Image` };
  const kibibytes = [4, 16, 64].find((each) => config?.values.get(pagesOption(each)) === 'y');
  if (config === null || kibibytes === undefined) return null;
  return { size: kibibytes * 1024, source: `${config.name}: ${pagesOption(kibibytes)}=y` };
}

function pagesOption(kibibytes: number): string {
  return `CONFIG_ARM64_${kibibytes}K_PAGES`;
}

/** The bytes that kexec's `--image-size` reserves for the kernel; 0 without that option. */
export function reservedSize({ flags }: Pick<Kexec, 'flags'>): number {
  const [, size] = /--image-size[= ](0x[0-9a-f]+|\d+)/i.exec(flags.join(' ')) ?? [];
  return Number(size ?? 0);
}
