import { appendTag, flagsTag } from '../markers.ts';
import { pageSizesOf } from '../qemu/cpu-models.ts';
import type { MachineProfile } from '../qemu/machine-profile.ts';
import type { DiskBus } from '../qemu/shape.ts';
import { loadMachineProfile, machineOption } from '../qemu/machine-profile.ts';
import { partitionMark, rootDisk } from '../qemu/shape.ts';
import type { Setup } from './scenario.ts';

/** How the first disk is attached, Linux's name for it, and what the names of its partitions begin with. */
export type RootDisk = { bus: DiskBus; name: string; partition: string };

/** The root disk of a machine, such as `/dev/nvme0n1` with the partition `/dev/nvme0n1p1`. */
export function rootDiskOf({ disks }: Pick<MachineProfile, 'disks'>): RootDisk {
  const name = rootDisk({ disks });
  return { bus: disks, name, partition: `${name}${partitionMark(name)}` };
}

/** How a scenario's first kernel kexecs into the second one, as far as the scenario says it. */
export type Kexec = {
  machine: Pick<MachineProfile, 'name' | 'firmware' | 'cpu'> & {
    disk: RootDisk;
    /** QEMU's `-machine`, such as `virt,gic-version=3`. */
    option: string;
    /** The sizes of pages that its CPU supports, in bytes; null if they are unknown. */
    pageSizes: readonly number[] | null;
  };
  /** The words of both kernels' command lines, without those of the machine profile. */
  cmdlines: { first: string; second: string };
  /** Those of them that only the second kernel gets; null if the scenario does not name them. */
  append: string | null;
  /** The options of kexec other than the files and the command line. */
  flags: readonly string[];
};

/**
 * How a setup kexecs. The provider's initramfs gives the second kernel the words of the first one, too.
 * @throws ScenarioError for a machine that cannot have the shape that is asked for
 */
export function kexecOf({
  machine,
  shape,
  cmdline,
  tags,
}: Pick<Setup, 'machine' | 'shape' | 'cmdline' | 'tags'>): Kexec {
  const profile = loadMachineProfile(machine, shape);
  const words = (tag: string) => (tags[tag] ?? '').split(',').filter(Boolean);
  return {
    machine: {
      name: profile.name,
      firmware: profile.firmware,
      cpu: profile.cpu,
      disk: rootDiskOf(profile),
      option: machineOption(profile),
      pageSizes: pageSizesOf(profile.cpu),
    },
    cmdlines: {
      first: cmdline,
      second: [cmdline, tags['KEXEC_APPEND'] ?? '', ...words(appendTag)].join(' '),
    },
    append: tags['KEXEC_APPEND'] ?? null,
    flags: words(flagsTag),
  };
}
