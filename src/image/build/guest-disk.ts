/**
 * Fills a disk in a virtual machine: for file systems that only a running kernel can mount, and for commands of the finished
 * system, such as grub-install. The machine boots a system of the lab from a disk of its own.
 */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Arch } from '../../arch.ts';
import { UnavailableError } from '../../errors.ts';
import { runTool } from '../../host/processes.ts';
import { bare, boardArguments } from '../../qemu/arguments.ts';
import { findQemu } from '../../qemu/find-qemu.ts';
import { loadMachineProfile } from '../../qemu/machine-profile.ts';
import type { DiskLayout } from '../recipes/disk-layout.ts';
import { guestScript } from '../recipes/plan.ts';
import type { SystemDiskRecipe } from '../recipes/recipe.ts';
import { recipesDirectory, systemFiles } from '../recipes/recipe.ts';
import type { BuildContext } from './build-context.ts';
import { installationTrouble } from './in-namespace.ts';

/** The directory of the script and its input on the guest's own disk. */
const guestDirectory = 'kexec-lab';

/** Adds the script that fills the disk, the layout and the commands to the files of the guest's own disk. */
export async function addGuestFiles(
  tree: string,
  { partitions, commands = [] }: Pick<SystemDiskRecipe, 'partitions' | 'commands'>,
): Promise<void> {
  const directory = path.join(tree, guestDirectory);
  await mkdir(directory);
  await copyFile(path.join(recipesDirectory, guestScript), path.join(directory, guestScript));
  await writeFile(path.join(directory, 'layout'), guestLayout(partitions ?? oneRoot));
  await writeFile(path.join(directory, 'commands'), commands.map((line) => `${line}\n`).join(''));
}

/** What a disk without a layout has. */
const oneRoot: Pick<DiskLayout, 'list' | 'volumes'> = {
  list: [
    {
      ...{ size: 1, type: 'linux', name: 'root', partUuid: '', filesystem: 'ext4', group: '' },
      ...{ label: 'root', uuid: '', mount: '/', subvolume: '' },
    },
  ],
  volumes: [],
};

/** The lines that the script reads: volume groups, logical volumes, then file systems by the depth of their mount points. */
export function guestLayout({ list, volumes }: Pick<DiskLayout, 'list' | 'volumes'>): string {
  const device = (index: number) => `/dev/vdb${index + 1}`;
  const members = list.flatMap(({ filesystem, group }, index) =>
    filesystem === 'lvm' ? [['member', group, device(index)]] : [],
  );
  const logical = volumes.map(({ group, name, size }) => ['volume', group, name, String(size)]);
  const depth = ({ mount }: { mount: string }) => (mount === '/' ? 0 : mount.split('/').length);
  const filesystems = [
    ...list.map((partition, index) => ({ ...partition, device: device(index) })),
    ...volumes.map((volume) => ({ ...volume, device: `/dev/${volume.group}/${volume.name}` })),
  ]
    .filter(({ filesystem }) => filesystem !== 'none' && filesystem !== 'lvm')
    .sort((a, b) => depth(a) - depth(b))
    .map(({ device, filesystem, uuid, mount, subvolume, label }) =>
      ['filesystem', device, filesystem].concat([uuid, mount, subvolume].map(orDash), label),
    );
  return [...members, ...logical, ...filesystems].map((line) => `${line.join('\t')}\n`).join('');
}

function orDash(text: string): string {
  return text || '-';
}

type GuestDisks = {
  /** The directory of the system's image, whose kernel and initrd the machine boots. */
  system: string;
  /** The machine's own disk, with the system and the script. */
  own: string;
  /** A disk whose first partition has the files. */
  content: string;
  /** The partitioned disk to fill. */
  disk: string;
};

/** The whole work takes a few minutes, also on a busy host. Milliseconds. */
const longestWait = 30 * 60_000;

/**
 * Boots the machine and waits until the disk is filled.
 * @throws UnavailableError with the script's own error message if it fails
 */
export async function fillInGuest(
  disks: GuestDisks,
  { arch, onStep, signal }: Pick<BuildContext, 'arch' | 'onStep' | 'signal'>,
): Promise<void> {
  onStep('filling the disk in a virtual machine');
  const { binary, options } = await findQemu(arch);
  const said: string[] = [];
  const limit = AbortSignal.timeout(longestWait);
  await runTool(binary, [...options, ...guestArguments(arch, disks)], {
    signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    onLine: (line) => {
      const text = line.trimEnd();
      said.push(text);
      const [, step] = /^kexec-lab: disk: (.+)$/.exec(text) ?? [];
      if (step !== undefined && step !== finished) onStep(step);
    },
  }).catch((error: unknown) => {
    signal?.throwIfAborted();
    if (!limit.aborted) throw error;
    throw new UnavailableError(
      `filling the disk in a virtual machine did not end within ${longestWait / 60_000} minutes; its last line: ${said.at(-1) ?? 'none'}`,
      { hint: 'Try again when this host is less busy.' },
    );
  });
  if (!said.includes(`kexec-lab: disk: ${finished}`))
    throw new UnavailableError(
      `filling the disk in a virtual machine failed: ${installationTrouble(said)}`,
    );
}

/** The script's last line. */
const finished = 'done';

function guestArguments(arch: Arch, { system, own, content, disk }: GuestDisks): string[] {
  // Two CPUs: one copies while the other compresses, or writes.
  const profile = loadMachineProfile(arch, { cpus: 2, memory: 1024, clock: 'host' });
  const drive = (id: string, file: string, more: string) => [
    ...['-drive', `if=none,id=${id},file=${file.replaceAll(',', ',,')},format=raw,${more}`],
    ...['-device', `virtio-blk-pci,drive=${id}`],
  ];
  const init = `/${guestDirectory}/${guestScript}`;
  return [
    ...bare,
    ...['-nic', 'none', ...boardArguments(profile), '-no-reboot', '-serial', 'stdio'],
    ...drive('own', own, 'snapshot=on'),
    ...drive('disk', disk, 'cache=unsafe'),
    ...drive('content', content, 'snapshot=on'),
    ...['-kernel', path.join(system, systemFiles.kernel)],
    ...['-initrd', path.join(system, systemFiles.initramfs)],
    ...['-append', `${profile.cmdline} root=/dev/vda1 rw quiet panic=-1 init=${init}`],
  ];
}
