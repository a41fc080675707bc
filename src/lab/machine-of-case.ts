import type { Arch } from '../arch.ts';
import { ScenarioError } from '../errors.ts';
import { findFirmware } from '../host/firmware.ts';
import type { ImageSet } from '../image/ensure-images.ts';
import type { GuestTime } from '../model/vocabulary.ts';
import type { MachineSpec, Network } from '../qemu/machine-spec.ts';
import { loadMachineProfile } from '../qemu/machine-spec.ts';
import type { Setup } from '../scenario/scenario.ts';
import { tagsSerial } from './tags-disk.ts';

type Files = Pick<ImageSet, 'kernel' | 'initramfs' | 'disk'>;

/**
 * The machine a case boots: its profile, the images, and a disk with the server tags where there are any and no network
 * to ask for them.
 * @param tagsFile where that disk is (or will be) written.
 * @param forwards what the machine's network reaches, where it has one.
 * @param qemu where the QEMU is that runs it (it may bring firmware of its own), and how its guest time runs (default:
 *   as it should).
 * @throws ScenarioError when the machine is unknown or of another architecture; UnavailableError when the host lacks
 *   the firmware it wants.
 */
export function machineSpec(
  arch: Arch,
  setup: Setup,
  { kernel, initramfs, disk }: Files,
  tagsFile: string,
  forwards: Network['forwards'] = [],
  { directory, time = 'sleep=off' }: { directory?: string | undefined; time?: GuestTime } = {},
): MachineSpec {
  const profile = loadMachineProfile(setup.machine);
  if (profile.arch !== arch) {
    throw new ScenarioError(`machine "${profile.name}" is ${profile.arch}, the case is ${arch}`);
  }
  const disks: MachineSpec['disks'] = [];
  if (disk !== null && setup.storage === 'virtio')
    disks.push({ id: 'root', file: disk, readonly: setup.readOnly, serial: 'root' });
  if (Object.keys(setup.tags).length > 0 && !profile.network) {
    disks.push({ id: 'tags', file: tagsFile, readonly: true, serial: tagsSerial });
  }
  return {
    profile,
    time: profile.clock === 'guest' ? time : 'host',
    kernel,
    initramfs,
    cmdline: [profile.cmdline, setup.cmdline].filter(Boolean).join(' '),
    disks,
    onReset: setup.onReset,
    firmware: profile.firmware === 'uefi' ? findFirmware(arch, directory) : null,
    network: profile.network ? { forwards, ssh: true } : null,
    recording: null,
  };
}
