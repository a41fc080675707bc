import { join } from 'node:path';
import * as z from 'zod';
import { arches } from '../arch.ts';
import { ScenarioError } from '../errors.ts';
import type { DiskFormat } from '../formats/disk.ts';
import { ownDirectory } from '../host/directories.ts';
import type { Firmware } from '../host/requirements.ts';
import type { GuestTime } from '../model/vocabulary.ts';
import { YamlDirectory } from '../yaml/yaml-directory.ts';

/** What a machine profile, a file of qemu/, may say. */
export const machineProfileSchema = z.strictObject({
  arch: z.enum(arches),
  /** QEMU's `-machine`, such as `virt,gic-version=2`. */
  machine: z.string().min(1),
  cpu: z.string().min(1),
  cpus: z.int().min(1).max(64),
  /** MiB. */
  memory: z.int().min(64).max(65536),
  /** The guest's serial device, such as `ttyAMA0`. */
  console: z.string().min(1),
  /** What starts the kernel: QEMU itself, as a provider's boot loader would (`none`), or EDK2 (`uefi`). */
  firmware: z.enum(['none', 'uefi']).default('none'),
  /** Whether the machine has a network card, on the provider's closed network. */
  network: z.boolean().default(false),
  /** Other devices: values of QEMU's `-device`. */
  devices: z.array(z.string().min(1)).default([]),
  /** `guest`: instruction-counted time with idle skipped (`-icount`); `host`: the host's clock. */
  clock: z.enum(['guest', 'host']),
  /** How the first kernel's command line always starts. */
  cmdline: z.string(),
});

/** A validated machine profile. */
export type MachineProfile = z.infer<typeof machineProfileSchema> & { name: string };

/** The machines of this installation, by name. */
export const ownMachines = new YamlDirectory(join(ownDirectory, 'qemu'), machineProfileSchema);

/**
 * The machine of that name.
 * @throws ScenarioError for a name that is not there, and for a file that says something a profile cannot.
 */
export function loadMachineProfile(name: string, machines = ownMachines): MachineProfile {
  const profile = machines.get(name);
  if (profile !== undefined) return { name, ...profile };
  throw new ScenarioError(`unknown machine "${name}"`, {
    hint: `Known machines: ${[...machines.keys()].join(', ')}.`,
  });
}

/** All that decides QEMU's command line, apart from which binary runs it. Paths are absolute. */
export type MachineSpec = {
  profile: MachineProfile;
  /** How its clock runs: what the profile asks for, as far as this QEMU can do it. A recording runs on its own. */
  time: GuestTime;
  /** Null: the firmware looks for a kernel itself. */
  kernel: string | null;
  initramfs: string | null;
  /** Whole command line of the first kernel. */
  cmdline: string;
  /** In the order of /dev/vda, /dev/vdb, …, raw unless they say otherwise; writes go to a temporary overlay unless `readonly`. */
  disks: { id: string; file: string; format?: DiskFormat; readonly: boolean; serial: string }[];
  onReset: 'exit' | 'reboot';
  /** What starts first. What it writes to its variables is forgotten. Null: QEMU starts the kernel itself. */
  firmware: Firmware | null;
  /** The provider's network, and what of the lab's it reaches. Null: the machine has no network card. */
  network: Network | null;
  /** Null: the machine is neither recorded nor played from a recording. */
  recording: Recording | null;
};

/**
 * A recording of all that reaches a machine from outside itself, or the same machine played from one (QEMU's `rr`,
 * docs/system/replay.rst). It runs on instruction-counted time then, whatever its clock else is.
 */
type Recording = {
  mode: 'record' | 'replay';
  file: string;
  /** What the machine's clock showed at power-on, UTC, such as `2026-11-26T08:15:00`. */
  startedAt: string;
};

/** A network on which the guest reaches nothing but these. */
export type Network = {
  /** What answers at an address of the guest's network: a server of the lab's on a Unix socket. */
  forwards: { address: string; port: number; socket: string }[];
  /** Whether the guest's port 22 can be reached from a port of the host's loopback. */
  ssh: boolean;
};
