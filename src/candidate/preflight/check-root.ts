import type { Finding } from '../../model/examination.ts';
import type { RootDisk } from './load-facts.ts';
import type { Facts, InitrdFacts, KernelFacts, RootFacts } from './facts.ts';

/** The value of the last `root=` on a command line; null if there is none. */
export function rootOf(cmdline: string): string | null {
  const words = cmdline.split(/\s+/).filter((word) => word.startsWith('root='));
  return words.at(-1)?.slice('root='.length) ?? null;
}

/** Whether the second kernel's `root=` names an existing partition. UUIDs and labels are not checked. */
export function checkRoot({
  cmdline,
  disk: { name: disk, partition: numbered, partitions, source },
}: RootFacts): Finding[] {
  const root = rootOf(cmdline);
  const found = (message: string, id = 'root-not-there'): Finding => ({
    id,
    severity: 'stop',
    message,
    advice: `Append root=${numbered}1. The last root= on the command line counts.`,
    source: `command line: ${cmdline.trim() === '' ? '(empty)' : cmdline.trim()}; ${source}`,
  });
  if (root === null) return [found('The command line has no root=.', 'no-root')];
  if (!root.startsWith('/dev/') || /^\/dev\/(disk|mapper|nbd)/.test(root)) return [];
  const count = partitions.length;
  if (root === disk && count === 0) return [];
  if (root === disk)
    return [
      found(
        `root=${disk} is the whole disk, which has ${count === 1 ? 'a partition' : `${count} partitions`} but no file system of its own.`,
        'root-is-the-whole-disk',
      ),
    ];
  const number = root.startsWith(numbered) ? root.slice(numbered.length) : '';
  if (!/^\d+$/.test(number))
    return [found(`root=${root} is not a disk of this machine. Its only disk is ${disk}.`)];
  const partition = partitions[Number(number) - 1];
  if (partition === undefined)
    return [
      found(
        `root=${root} does not exist: the disk has ${count} partition${count === 1 ? '' : 's'}.`,
      ),
    ];
  if (partition.filesystem === 'vfat')
    return [found(`root=${root} is the EFI system partition.`, 'root-is-the-esp')];
  return [];
}

const virtioDisk = { what: 'the virtio disk', names: ['virtio_blk'], option: 'CONFIG_VIRTIO_BLK' };

/** The drivers for the machine's disk. For each entry, any of its names is enough. */
const drivers: Record<RootDisk['bus'], Driver[]> = {
  'virtio-pci': [
    virtioDisk,
    { what: 'virtio over PCI', names: ['virtio_pci'], option: 'CONFIG_VIRTIO_PCI' },
  ],
  'virtio-mmio': [
    virtioDisk,
    { what: 'virtio without PCI', names: ['virtio_mmio'], option: 'CONFIG_VIRTIO_MMIO' },
  ],
  nvme: [{ what: 'the NVMe disk', names: ['nvme'], option: 'CONFIG_BLK_DEV_NVME' }],
  usb: [
    { what: 'the USB controller', names: ['xhci_pci'], option: 'CONFIG_USB_XHCI_PCI' },
    { what: 'the USB disk', names: ['usb_storage'], option: 'CONFIG_USB_STORAGE' },
    { what: 'the USB disk', names: ['sd_mod'], option: 'CONFIG_BLK_DEV_SD' },
  ],
};
/** Of the other file systems the lab does not keep the modules of a kernel, so nothing is known of them. */
const filesystemOptions: Record<string, string> = { ext4: 'CONFIG_EXT4_FS' };

/** The driver of a root file system that is not checked; null if all are. */
export function uncheckedDriver({ root }: RootFacts['disk']): string | null {
  if (filesystemOptions[root.filesystem] === undefined) return root.filesystem;
  return root.isVolume ? 'dm_mod' : null;
}

type Driver = { what: string; names: string[]; option: string };

/** Whether the kernel and initramfs together have the drivers for the root file system. */
export function checkInitrd(
  { kernel, initrd }: Pick<Facts, 'kernel' | 'initrd'>,
  { bus, root: { filesystem } }: RootFacts['disk'],
): Finding[] {
  if (initrd?.trouble != null)
    return [
      {
        id: 'initrd-damaged',
        severity: 'stop',
        message: `This initramfs ${initrd.trouble}.`,
        advice: 'Rebuild it (update-initramfs -u), or copy it again.',
        source: initrd.name,
      },
    ];
  if (initrd?.releases === null) return [unread(initrd)];
  const option = filesystemOptions[filesystem];
  const what = `the root file system (${filesystem})`;
  const wanted: Driver[] = [
    ...drivers[bus],
    ...(option === undefined ? [] : [{ what, names: [filesystem], option }]),
  ];
  const lacking = wanted.filter((driver) => !isBuiltIn(kernel, initrd, driver));
  const foreign = initrd === null ? null : foreignRelease(kernel, initrd);
  if (foreign !== null && initrd !== null && lacking.length > 0)
    return [otherRelease(kernel, initrd, foreign)];
  const there = initrd === null ? kernel.modules : initrd.modules;
  return lacking
    .filter(({ names }) => !names.some((name) => there?.has(name)))
    .map((driver) => missing(kernel, initrd, driver));
}

function isBuiltIn(
  { builtIn, config }: KernelFacts,
  initrd: InitrdFacts | null,
  { names, option }: Driver,
): boolean {
  if (names.some((name) => builtIn?.has(name) || initrd?.builtIn?.has(name))) return true;
  return config?.values.get(option) === 'y';
}

/** Whether anything lists the drivers that are built into the kernel. */
export function knowsBuiltIn(
  { builtIn, config }: KernelFacts,
  initrd: InitrdFacts | null,
): boolean {
  return builtIn !== null || config !== null || (initrd?.builtIn ?? null) !== null;
}

/** The releases whose modules are in the initramfs, if this kernel's is not among them. */
function foreignRelease({ release }: KernelFacts, { releases }: InitrdFacts): string | null {
  if (release === null || releases === null || releases.length === 0) return null;
  return releases.includes(release) ? null : releases.join(', ');
}

function otherRelease(kernel: KernelFacts, initrd: InitrdFacts, found: string): Finding {
  return {
    id: 'initrd-other-release',
    severity: 'stop',
    message: `This initramfs has modules for ${found}, but the kernel is ${kernel.release ?? 'another release'}: it can load none of them and finds no disk.`,
    advice: `Build one for this kernel: update-initramfs -c -k ${kernel.release ?? 'RELEASE'}.`,
    source: `${initrd.name}: lib/modules/${found}`,
  };
}

function missing(kernel: KernelFacts, initrd: InitrdFacts | null, driver: Driver): Finding {
  const { what, names, option } = driver;
  const [name = ''] = names;
  const configured = kernel.config?.values.get(option);
  // The driver may be built in.
  const unknown = !knowsBuiltIn(kernel, initrd);
  const place = initrd === null ? 'the kernel lacks the module' : 'the initramfs lacks the module';
  return {
    id: `no-${name.replaceAll('_', '-')}`,
    severity: unknown ? 'warn' : 'stop',
    message: unknown
      ? `For ${what}, ${place} ${name}. Unless it is built into the kernel, which could not be checked, the root is not found.`
      : `For ${what}, ${place} ${name}, which is not built into the kernel either: the root is not found.`,
    advice:
      initrd === null
        ? `Build the kernel with ${option}, or supply its modules.`
        : `Add ${name} to the initramfs (/etc/initramfs-tools/modules, then update-initramfs -u).`,
    source: [
      initrd?.name ?? kernel.name,
      ...(configured === undefined
        ? []
        : [`${kernel.config?.name ?? ''}: ${option}=${configured}`]),
    ].join(', '),
  };
}

function unread({ name }: InitrdFacts): Finding {
  return {
    id: 'initrd-unread',
    severity: 'note',
    message:
      'This initramfs could not be unpacked on this host, so its modules could not be checked.',
    advice: 'Install the tool that unpacks it (zstd, lz4, lzop or bzip2).',
    source: name,
  };
}
