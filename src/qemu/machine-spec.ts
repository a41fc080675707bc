/** What a machine is started with. */
import type { DiskFormat } from '../formats/disk.ts';
import type { Firmware } from '../host/requirements.ts';
import type { GuestTime } from '../model/vocabulary.ts';
import type { MachineProfile } from './machine-profile.ts';
import type { DiskBus } from './shape.ts';

/** Disks whose drivers in Linux give up on a request after 30 seconds. */
const impatient: readonly DiskBus[] = ['nvme', 'usb'];

/**
 * How the clock of a machine runs. The guest's clock skips the time in which the guest waits for a disk, up to the next
 * timer. With these drivers that is often the end of their patience, and in a whole system that of a program (login's 60
 * seconds), however fast the disk is.
 * @param best the best way that this QEMU has
 */
export function clockOf(
  { clock, disks }: Pick<MachineProfile, 'clock' | 'disks'>,
  best: GuestTime,
  { isWholeSystem = false } = {},
): GuestTime {
  if (clock === 'host') return 'host';
  const waits = isWholeSystem || impatient.includes(disks);
  return best === 'sleep=off' && waits ? 'sleep=on' : best;
}

/** Everything that determines QEMU's command line other than the QEMU itself. Paths are absolute. */
export type MachineSpec = {
  profile: MachineProfile;
  /** How its clock runs: as the profile requests, as far as this QEMU supports it. A recording has its own clock. */
  time: GuestTime;
  /** Null: the firmware looks for a kernel itself. */
  kernel: string | null;
  initramfs: string | null;
  /** The complete command line of the first kernel. */
  cmdline: string;
  /** In the order of /dev/vda, /dev/vdb, …. Default format: raw. Writes go to a temporary overlay unless `readonly`. */
  disks: MachineDisk[];
  onReset: 'exit' | 'reboot';
  /** Its changes to its variables are discarded. Null: QEMU starts the kernel itself. */
  firmware: Firmware | null;
  /** The provider's network, and the servers of the lab that it reaches. Null: the machine has no network card. */
  network: Network | null;
  /** Null: the machine is neither recorded nor replayed. */
  recording: Recording | null;
};

type MachineDisk = {
  id: string;
  file: string;
  format?: DiskFormat;
  readonly: boolean;
  serial: string;
  /** Whether what the guest writes stays in the file. Default: it is forgotten. */
  kept?: boolean;
  /** Default: `virtio-pci`. */
  bus?: DiskBus;
};

/**
 * A recording of all external input of a machine, or the replay of one (QEMU's `rr`, docs/system/replay.rst). The machine
 * then runs on instruction-counted time, whatever its clock is otherwise.
 */
type Recording = {
  mode: 'record' | 'replay';
  file: string;
  /** The machine's clock at power-on, UTC, such as `2026-11-26T08:15:00`. */
  startedAt: string;
};

/** A closed network: the guest reaches only these servers. */
export type Network = {
  /** For an address on the guest's network, the Unix socket of the server that answers there. */
  forwards: { address: string; port: number; socket: string }[];
  /** Whether the guest's port 22 can be reached from a port of the host's loopback. */
  ssh: boolean;
};
