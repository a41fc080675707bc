/** What a server file means: which kernels there are, from which root, and how the server kexecs. */
import path from 'node:path';
import type { Arch } from '../arch.ts';
import { UsageError } from '../errors.ts';
import type { CapturedFile } from '../model/server.ts';
import type { Captured } from './captured.ts';
import type { KexecWay } from './kexec-way.ts';
import { kexecWay } from './kexec-way.ts';
import { archOf, machineFacts } from './machine-facts.ts';
import type { MachineFacts } from './machine-facts.ts';
import type { BlockDevice, Mount } from './parse.ts';
import { parameterOf, parseAssignments, parseLsblk, parseMounts, parsePackages } from './parse.ts';

/** A kernel in /boot, with what belongs to it. */
export type ServerKernel = {
  release: string;
  kernel: CapturedFile;
  initrd: CapturedFile | null;
};

export type Server = {
  arch: Arch;
  /** `ID` and `VERSION_CODENAME` of os-release(5); empty texts if unknown. */
  distribution: { id: string; codename: string; name: string };
  /** Null if the system was only mounted. */
  running: { release: string; cmdline: string } | null;
  kernels: ServerKernel[];
  /** The kernel that `/vmlinuz` or the boot loader's first entry names; otherwise the newest. */
  defaultKernel: ServerKernel;
  /** The disk with the root file system, and its partitions in order. */
  disk: {
    device: BlockDevice;
    bus: 'virtio-pci' | 'virtio-mmio' | 'nvme' | 'usb' | null;
    partitions: BlockDevice[];
    /** The logical volumes on them. */
    volumes: BlockDevice[];
  };
  /** The device with the root file system: a partition, or what is on one. */
  root: BlockDevice;
  /** The btrfs subvolume that is the root, such as `@rootfs`; empty: none. */
  rootSubvolume: string;
  fstab: Mount[];
  /** What the command line calls the root, such as `UUID=…`; null if it names none. */
  rootWord: string | null;
  kexec: KexecWay;
  machine: MachineFacts;
  packages: Map<string, string>;
  captured: Captured;
};

/**
 * Understands a capture.
 * @throws UsageError if it lacks what a boot needs, and says what
 */
export function understand(captured: Captured, place: string): Server {
  const refuse = (what: string, hint: string) => new UsageError(what, { place, hint });
  const arch = archOf(captured);
  if (arch === null)
    throw refuse(
      `this server is not an ARM machine (${captured.text('uname')?.trim().slice(0, longestName) ?? 'unknown'})`,
      'kexec-lab boots 64-bit ARM (aarch64) and 32-bit ARM (armv7).',
    );
  const kernels = kernelsOf(captured);
  const running = runningOf(captured);
  const defaultKernel = defaultOf(captured, kernels, running?.release);
  if (defaultKernel === undefined)
    throw refuse(
      'this capture has no kernel',
      'Kernels are taken from /boot. If only root can read them there, capture as root.',
    );
  const devices = parseLsblk(captured.text('lsblk') ?? '');
  const mounts = parseMounts(captured.text('mounts') ?? '');
  const root = rootOf(devices, mounts);
  const device = root === null ? null : diskOf(root, devices);
  if (root === null || device === null)
    throw refuse(
      'this capture does not show on which disk the root file system is',
      'lsblk is needed on the server (package util-linux).',
    );
  return {
    arch,
    distribution: distributionOf(captured),
    running,
    kernels,
    defaultKernel,
    disk: {
      device,
      bus: busOf(captured, device.name),
      ...partsOf(device, devices),
    },
    root,
    rootSubvolume: subvolumeOf(mounts),
    fstab: parseMounts(captured.read('/etc/fstab') ?? ''),
    rootWord: parameterOf(running?.cmdline ?? '', 'root'),
    kexec: kexecWay(captured, running?.cmdline ?? ''),
    machine: machineFacts(captured),
    packages: parsePackages(captured.text('packages') ?? ''),
    captured,
  };
}

function runningOf(captured: Captured): Server['running'] {
  const [, release] = captured.text('uname')?.trim().split(/\s+/) ?? [];
  const cmdline = captured.text('/proc/cmdline');
  return release === undefined || cmdline === null ? null : { release, cmdline: cmdline.trim() };
}

const kernelNames = /^\/boot\/(?:vmlinu[xz]|Image)-(.+)$/;

function kernelsOf(captured: Captured): ServerKernel[] {
  return captured.files('/boot').flatMap((kernel) => {
    const [, release] = kernelNames.exec(kernel.path) ?? [];
    if (release === undefined) return [];
    const names = [
      `initrd.img-${release}`,
      `initramfs-${release}.img`,
      `initrd-${release}`,
      `initrd-${release}.img`,
    ];
    const initrd = names
      .map((name) => captured.file(`/boot/${name}`))
      .find((found) => found !== null);
    return [{ release, kernel, initrd: initrd ?? null }];
  });
}

function defaultOf(
  captured: Captured,
  kernels: ServerKernel[],
  running: string | undefined,
): ServerKernel | undefined {
  const linked =
    captured.file('/vmlinuz') ?? captured.file('/boot/vmlinuz') ?? captured.file('/boot/Image');
  return (
    kernels.find(({ kernel }) => kernel.path === linked?.path) ??
    kernels.find(({ release }) => release === running) ??
    kernels.at(-1)
  );
}

/** Of what is printed on one line. */
const longestName = 100;

function distributionOf(captured: Captured): Server['distribution'] {
  const release = parseAssignments(captured.read('/etc/os-release') ?? '');
  return {
    id: release.get('ID') ?? '',
    codename: release.get('VERSION_CODENAME') ?? '',
    name: (release.get('PRETTY_NAME') ?? 'an unknown distribution').slice(0, longestName),
  };
}

/** /proc/mounts may say /dev/root, so the block device that is mounted there counts first. */
function rootOf(devices: BlockDevice[], mounts: Mount[]): BlockDevice | null {
  const mounted = devices.find(({ mount }) => mount === '/');
  if (mounted !== undefined) return mounted;
  const source = mounts.findLast(({ place }) => place === '/')?.source ?? '';
  return devices.find(({ path }) => source === path) ?? null;
}

/** lsblk has a line for each parent of a volume; the first one counts. */
function partsOf(
  disk: BlockDevice,
  devices: BlockDevice[],
): Pick<Server['disk'], 'partitions' | 'volumes'> {
  const partitions = devices.filter(({ type, parent }) => type === 'part' && parent === disk.name);
  const isOnOne = ({ parent }: BlockDevice) => partitions.some(({ name }) => name === parent);
  const volumes = devices.filter(
    (device, index) =>
      device.type === 'lvm' &&
      isOnOne(device) &&
      devices.findIndex(({ name }) => name === device.name) === index,
  );
  return { partitions, volumes };
}

/** /proc/mounts has the path of the subvolume among the options of btrfs: `subvol=/@rootfs`. */
function subvolumeOf(mounts: Mount[]): string {
  const root = mounts.findLast(({ place }) => place === '/');
  if (root?.filesystem !== 'btrfs') return '';
  return /(?:^|,)subvol=\/([^,]*)/.exec(root.options)?.[1] ?? '';
}

/** The disk under a device, however many layers are between the two. */
function diskOf(device: BlockDevice, devices: BlockDevice[]): BlockDevice | null {
  let at: BlockDevice | undefined = device;
  for (let depth = 0; depth < 16 && at !== undefined; depth += 1) {
    if (at.type === 'disk') return at;
    const { parent }: BlockDevice = at;
    at = devices.find(({ name }) => name === parent);
  }
  return null;
}

/** How a disk is attached, from the driver and the place in /sys that the capture has. */
function busOf(captured: Captured, disk: string): Server['disk']['bus'] {
  const text = captured.text(`bus ${disk}`) ?? '';
  if (/virtio_blk|\/virtio\d+\//.test(text))
    return text.includes('virtio-mmio') || text.includes('.virtio_mmio')
      ? 'virtio-mmio'
      : 'virtio-pci';
  if (text.includes('/nvme/')) return 'nvme';
  return text.includes('/usb') ? 'usb' : null;
}

/** The name of a server: that of its file, in a form that scenarios may have. */
export function serverName(file: string): string {
  const name = path
    .basename(file)
    .replace(/(\.server)?\.tar$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return name === '' || name === 'all' ? 'server' : name;
}
