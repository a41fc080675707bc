import { join } from 'node:path';
import * as z from 'zod';
import { arches } from '../arch.ts';
import { ScenarioError } from '../errors.ts';
import type { DiskFormat } from '../formats/disk.ts';
import { ownDirectory } from '../host/directories.ts';
import type { Firmware } from '../host/requirements.ts';
import type { GuestTime } from '../model/vocabulary.ts';
import { YamlDirectory } from '../yaml/yaml-directory.ts';

/** The schema of a machine profile, a file of qemu/. */
export const machineProfileSchema = z
  .strictObject({
    arch: z.enum(arches),
    machine: z.string().min(1).describe("QEMU's -machine, such as virt,gic-version=2."),
    cpu: z.string().min(1).describe("QEMU's -cpu."),
    cpus: z.int().min(1).max(64),
    memory: z.int().min(64).max(65536).describe('MiB.'),
    console: z.string().min(1).describe("The guest's serial device, such as ttyAMA0."),
    firmware: z
      .enum(['none', 'uefi'])
      .default('none')
      .describe(
        "What starts the kernel: QEMU itself, as a provider's boot loader would (none), or EDK2 (uefi).",
      ),
    network: z
      .boolean()
      .default(false)
      .describe("Whether the machine has a network card, on the provider's closed network."),
    devices: z
      .array(z.string().min(1))
      .default([])
      .describe("Other devices: values of QEMU's -device."),
    clock: z
      .enum(['guest', 'host'])
      .describe(
        "guest: instruction-counted time with idle skipped (-icount). host: the host's clock.",
      ),
    cmdline: z
      .string()
      .describe("The beginning of the first kernel's command line, which every scenario shares."),
  })
  .describe('A machine profile of kexec-lab: the virtual machine that a scenario boots.');

/** A validated machine profile. */
export type MachineProfile = z.infer<typeof machineProfileSchema> & { name: string };

/** The machines of this installation, by name. */
export const ownMachines = new YamlDirectory(join(ownDirectory, 'qemu'), machineProfileSchema);

/**
 * The machine of that name.
 * @throws ScenarioError for an unknown name, and for a file that is not a valid profile.
 */
export function loadMachineProfile(name: string, machines = ownMachines): MachineProfile {
  const profile = machines.get(name);
  if (profile !== undefined) return { name, ...profile };
  throw new ScenarioError(`unknown machine "${name}"`, {
    hint: `Known machines: ${[...machines.keys()].join(', ')}.`,
  });
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
  disks: { id: string; file: string; format?: DiskFormat; readonly: boolean; serial: string }[];
  onReset: 'exit' | 'reboot';
  /** Its changes to its variables are discarded. Null: QEMU starts the kernel itself. */
  firmware: Firmware | null;
  /** The provider's network, and the servers of the lab that it reaches. Null: the machine has no network card. */
  network: Network | null;
  /** Null: the machine is neither recorded nor replayed. */
  recording: Recording | null;
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
