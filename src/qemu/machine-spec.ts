import type { Arch } from '../scenario/scenario.ts';

/** A machine profile of qemu/, validated. */
export type MachineProfile = {
  name: string;
  arch: Arch;
  /** QEMU's `-machine`, such as `virt,gic-version=2`. */
  machine: string;
  cpu: string;
  cpus: number;
  /** MiB. */
  memory: number;
  /** The guest's serial device, such as `ttyAMA0`. */
  console: string;
  /** `guest`: instruction-counted time with idle skipped (`-icount`); `host`: the host's clock. */
  clock: 'guest' | 'host';
  /** What the first kernel's command line always starts with. */
  cmdline: string;
};

/** All that decides QEMU's command line, apart from which binary runs it. Paths are absolute. */
export type MachineSpec = {
  profile: MachineProfile;
  kernel: string;
  initramfs: string;
  /** Whole command line of the first kernel. */
  cmdline: string;
  /** In the order of /dev/vda, /dev/vdb, …; writes go to a temporary overlay unless `readonly`. */
  disks: { id: string; file: string; readonly: boolean; serial: string }[];
  onReset: 'exit' | 'reboot';
};
