/** The machine of the lab that is shaped like a captured server. */
import type { Shape } from '../qemu/shape.ts';
import { partitionMark, rootDisk } from '../qemu/shape.ts';
import type { BootLoader } from './boot-loader.ts';
import type { Note } from './disk-plan.ts';
import { isOnNetwork } from './network-root.ts';
import type { Server } from './server.ts';

/** Limits of the lab's machines. MiB, and a number of CPUs: more only take time. */
const machineLimits = { leastMemory: 512, mostMemory: 2048, cpus: 4 };

/** The shape of the server, within the limits of the lab. @param loader the boot loader that the firmware starts, if any */
export function shapeOf(
  { machine, disk, arch }: Server,
  loader: BootLoader | null,
  note: Note,
): Shape {
  const cpus = Math.min(machine.cpus, machineLimits.cpus);
  const memory = Math.min(
    Math.max(machine.memoryMiB, machineLimits.leastMemory),
    machineLimits.mostMemory,
  );
  note(
    cpus === machine.cpus ? 'as there' : 'alike',
    'CPUs',
    cpus === machine.cpus ? String(cpus) : `${cpus} instead of ${machine.cpus}`,
  );
  note(
    Math.abs(memory - machine.memoryMiB) < memory / 8 ? 'as there' : 'alike',
    'memory',
    `${memory} MiB${Math.abs(memory - machine.memoryMiB) < memory / 8 ? '' : ` instead of ${machine.memoryMiB} MiB`}`,
  );
  const uefi = machine.firmware !== 'none';
  note(
    'as there',
    'firmware',
    uefi ? `UEFI, ${machine.hasAcpi ? 'ACPI' : 'a device tree'}` : 'a device tree, no UEFI',
  );
  const isSecure = machine.firmware === 'secure-boot' && loader !== null && arch === 'aarch64';
  if (machine.firmware === 'secure-boot' && !isSecure)
    note(
      'not here',
      'Secure Boot',
      'QEMU starts the kernel, so no signature is checked and nothing is locked down',
    );
  if (machine.gic !== null) note('as there', 'interrupts', `GICv${machine.gic}`);
  if (!machine.isVirt)
    note('not here', 'devices', "a board's own devices: QEMU's virt machine stands in");
  const bus = disk.bus ?? 'virtio-pci';
  if (disk.device.name.startsWith('nbd'))
    note('as there', 'disk', 'attached over the network (NBD)');
  else note(disk.bus === null ? 'alike' : 'as there', 'disk', `attached by ${bus}`);
  return {
    cpus,
    memory,
    ...(cpus > 1 && { clock: 'host' as const }),
    ...(machine.gic === 3 && { gic: 3 as const, ...(!machine.hasIts && !uefi && { its: false }) }),
    ...(machine.startsAtEl2 && arch === 'aarch64' && { el2: true }),
    ...(uefi && {
      firmware: isSecure ? ('secure-boot' as const) : ('uefi' as const),
      ...(!machine.hasAcpi && arch === 'aarch64' && { acpi: false }),
    }),
    ...(bus !== 'virtio-pci' && { disks: bus }),
  };
}

/** The device with the root file system in the lab. */
export function rootPath(
  { root, disk: { partitions } }: Server,
  { disks = 'virtio-pci' }: Shape,
): string {
  if (root.type === 'lvm') return root.path;
  const disk = isOnNetwork({ root }) ? '/dev/nbd0' : rootDisk({ disks });
  return `${disk}${partitionMark(disk)}${partitions.findIndex(({ name }) => name === root.name) + 1}`;
}
