import type { Finding } from '../../model/examination.ts';
import type { Kexec } from '../../scenario/kexec.ts';

/**
 * Whether the second kernel may run over the interrupt tables of the first one: a GICv3 with an ITS, whose tables only UEFI
 * reserves across a kexec. (Linux, drivers/irqchip/irq-gic-v3-its.c; docs/gicv3.md)
 */
export function checkLpiTables({ machine, cmdlines, flags }: Kexec): Finding[] {
  if (!hasIts(machine) || machine.firmware === 'uefi') return [];
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

/** The bytes that kexec's `--image-size` reserves for the kernel; 0 without that option. */
export function reservedSize(flags: readonly string[]): number {
  const [, size] = /--image-size[= ](0x[0-9a-f]+|\d+)/i.exec(flags.join(' ')) ?? [];
  return Number(size ?? 0);
}
