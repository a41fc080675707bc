import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Arch } from '../arch.ts';
import { ScenarioError } from '../errors.ts';
import type { DiskFormat } from '../formats/disk.ts';
import { diskFormatOf } from '../formats/disk.ts';
import { findFirmware } from '../host/requirements.ts';
import type { ImageSet } from '../image/ensure-images.ts';
import { isWholeSystem, ownRecipes } from '../image/recipes/recipe.ts';
import type { GuestTime } from '../model/vocabulary.ts';
import type { Provider } from '../provider/provider.ts';
import type { MachineProfile } from '../qemu/machine-profile.ts';
import type { MachineSpec, Network } from '../qemu/machine-spec.ts';
import { loadMachineProfile } from '../qemu/machine-profile.ts';
import { clockOf } from '../qemu/machine-spec.ts';
import type { Case, Setup } from '../scenario/scenario.ts';
import { usesSsh } from '../scenario/step.ts';

type Files = Pick<ImageSet, 'kernel' | 'initramfs' | 'disk'>;

/**
 * The machine that a case boots: its profile and images. Where it has server tags and no network to request them over,
 * it also gets a disk that carries them.
 * @param tagsFile where that disk is (or will be) written; the disk for the guest's output is next to it
 * @param forwards the host's servers that the machine's network can reach, where it has one
 * @param qemu the directory of the QEMU that runs it, which may contain its own firmware, and how its guest time runs
 *   (default: idle time is skipped)
 * @throws ScenarioError when the machine is unknown or of another architecture; UnavailableError when the host lacks
 *   the firmware that the machine needs
 */
export function machineSpec(
  arch: Arch,
  setup: Setup,
  { kernel, initramfs, disk }: Files,
  tagsFile: string,
  forwards: Network['forwards'] = [],
  { directory, time = 'sleep=off' }: { directory?: string | undefined; time?: GuestTime } = {},
): MachineSpec {
  const profile = loadMachineProfile(setup.machine, setup.shape);
  if (profile.arch !== arch) {
    throw new ScenarioError(`machine "${profile.name}" is ${profile.arch}, the case is ${arch}`);
  }
  const disks: MachineSpec['disks'] = [];
  if (disk !== null && setup.storage === 'virtio')
    disks.push({
      ...{ id: 'root', file: disk, readonly: setup.readOnly, serial: 'root', bus: profile.disks },
      ...(formatOf(setup, disk) === 'qcow2' && { format: 'qcow2' as const }),
    });
  if (Object.keys(setup.tags).length > 0 && !profile.network) {
    const tags = { id: 'tags', file: tagsFile, readonly: true, serial: tagsSerial };
    // Linux names the disks of both of virtio's buses alike, those of virtio-mmio in reverse order.
    if (profile.disks === 'virtio-mmio') disks.unshift({ ...tags, bus: profile.disks });
    else disks.push(tags);
  }
  if (setup.output !== undefined) {
    const file = join(dirname(tagsFile), outputName);
    disks.push({ id: 'output', file, readonly: false, serial: 'output', kept: true });
  }
  return {
    profile,
    time: clockOf(profile, time, { isWholeSystem: isWholeSystem(ownRecipes, setup.disk) }),
    kernel,
    initramfs,
    cmdline: [profile.cmdline, setup.cmdline].filter(Boolean).join(' '),
    disks,
    onReset: setup.onReset,
    firmware: profile.firmware === 'none' ? null : findFirmware(arch, directory, profile.firmware),
    network: profile.network ? { forwards, ssh: true } : null,
    recording: null,
  };
}

/** The disk on which a guest leaves what it hands over, in the directory of its case. */
export const outputName = 'output.img';

/** Serial number by which the provider's initramfs finds the disk with the server tags. */
const tagsSerial = 'kexec-lab-tags';

const sector = 512;

/**
 * The bytes of a disk that carries server tags in the format of Scaleway's metadata (`GET /conf`):
 * `TAGS=n`, then `TAGS_i=KEY=VALUE`, filled up with newlines to whole sectors.
 */
export function tagsDisk(tags: Record<string, string>): Buffer {
  const entries = Object.entries(tags).map(
    ([key, value], index) => `TAGS_${index}=${key}=${value}`,
  );
  const text = [`TAGS=${entries.length}`, ...entries, ''].join('\n');
  const size = Math.max(1, Math.ceil(Buffer.byteLength(text) / sector)) * sector;
  return Buffer.concat([Buffer.from(text), Buffer.alloc(size - Buffer.byteLength(text), '\n')]);
}

export async function writeTagsDisk(file: string, tags: Record<string, string>): Promise<void> {
  await writeFile(file, tagsDisk(tags));
}

/** The provider's side of a case's machine. */
export type CaseProvider = {
  /** Null: the machine has no network to reach it by. */
  provider: Provider | null;
  /** The private key that the guest's ssh server lets in. */
  keyFile: string;
};

/**
 * Starts the provider's servers for the machine of a case: the metadata API with the server's tags and the lab's ssh
 * key, and the network disk where the scenario uses one.
 * @throws UnavailableError when a server cannot be started
 */
export async function startCaseProvider(
  { setup, steps }: Case,
  profile: MachineProfile,
  images: Pick<ImageSet, 'disk'>,
  directory: string,
): Promise<CaseProvider> {
  const keyFile = join(directory, 'ssh-key');
  if (!profile.network) return { provider: null, keyFile };
  // Most machines have no network, and start sooner without loading these modules.
  const { startProvider } = await import('../provider/provider.ts');
  const sshKeys = steps.some(usesSsh)
    ? [await (await import('../steps/ssh.ts')).makeKey(keyFile)]
    : [];
  const provider = await startProvider({
    tags: setup.tags,
    sshKeys,
    disk: setup.storage === 'nbd' ? images.disk : null,
    diskFormat: formatOf(setup, images.disk),
    readOnly: setup.readOnly,
    // The C1 was Scaleway's only 32-bit machine.
    commercialType: profile.arch === 'arm' ? 'C1' : 'ARM64-2GB',
    faults: setup.metadata,
  });
  return { provider, keyFile };
}

/** The format of a case's disk. Only a disk that is the user's own file may have a format other than raw. */
function formatOf(setup: Setup, disk: string | null): DiskFormat {
  return typeof setup.disk === 'object' && disk !== null ? diskFormatOf(disk) : 'raw';
}
