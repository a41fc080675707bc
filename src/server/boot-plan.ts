/** Decides how a captured server is booted in the lab, and how that differs from the server. */
import { architectures } from '../arch.ts';
import { UsageError } from '../errors.ts';
import type { Expectation } from '../model/result.ts';
import type { Likeness } from '../model/server.ts';
import type { Shape } from '../qemu/shape.ts';
import { partitionMark, rootDisk } from '../qemu/shape.ts';
import { parseCmdline } from './parse.ts';
import type { BlockDevice } from './parse.ts';
import type { Server, ServerKernel } from './server.ts';

/** A partition of the disk that is made to fit. */
export type PlannedPartition = {
  /** MiB. */
  size: number;
  /** The type as sfdisk takes it: a GUID or a number, or a short name. */
  type: string;
  /** PARTLABEL and PARTUUID; empty: any. */
  name: string;
  partUuid: string;
  filesystem: 'ext4' | 'vfat' | 'swap' | 'none';
  label: string;
  uuid: string;
  /** Where it is mounted in the system; empty: nowhere. */
  mount: string;
};

export type BootPlan = {
  /** Null: the lab's provider kernel and initramfs stand in. */
  firstKernel: ServerKernel | null;
  /** The first kernel's command line, without the lab's console. */
  cmdline: string;
  shape: Shape;
  suite: string;
  table: 'gpt' | 'dos';
  partitions: PlannedPartition[];
  /** Commands that kexec where the server does not do it by itself. */
  steps: object[];
  expect: Pick<Expectation, 'outcome'> & { generation: number; root: string };
  likeness: Likeness[];
};

/** Debian releases whose systems the lab can install. */
const suites = ['bookworm', 'trixie'];

/** Limits of the lab's machines. MiB, and a number of CPUs: more only take time. */
const machineLimits = { leastMemory: 512, mostMemory: 2048, cpus: 4 };

/** Room for a system of the lab besides what was captured. MiB. */
const systemSize = 1536;

/**
 * Plans the boot.
 * @param kexec whether the boot kexecs as the server does, or ends with the first kernel
 * @throws UsageError if the server has something that the lab cannot make yet
 */
export function planBoot(server: Server, place: string): BootPlan {
  const likeness: Likeness[] = [];
  const note = (how: Likeness['how'], what: string, detail: string) =>
    likeness.push({ how, what, detail });
  refuseUnknown(server, place);
  const shape = shapeOf(server, note);
  const disk = rootDisk({ disks: shape.disks ?? 'virtio-pci' });
  const { partitions, rootNumber } = partitionsOf(server, note, place);
  const firstKernel = firstOf(server, note);
  const kexecs = server.kexec.by !== 'none';
  const second = kexecs ? server.defaultKernel : (firstKernel ?? server.defaultKernel);
  const suite = suiteOf(server, note);
  const steps = stepsOf(server, note);
  note('as there', kexecs ? 'second kernel' : 'kernel', kernelWords(second));
  return {
    firstKernel,
    cmdline: firstCmdline(server, firstKernel, `${disk}${partitionMark(disk)}${rootNumber}`, note),
    shape,
    suite,
    table: tableOf(server),
    partitions,
    steps,
    expect: {
      outcome: 'booted',
      generation: kexecs ? 2 : 1,
      root: `${disk}${partitionMark(disk)}${rootNumber}`,
    },
    likeness,
  };
}

type Note = (how: Likeness['how'], what: string, detail: string) => void;

function refuseUnknown({ root, distribution, defaultKernel }: Server, place: string): void {
  const refuse = (what: string) =>
    new UsageError(`the lab cannot boot this server yet: ${what}`, {
      place,
      hint: 'kexec-lab server show FILE says what it has.',
    });
  if (root.type !== 'part')
    throw refuse(
      `its root is on ${root.type === 'lvm' ? 'LVM' : root.type}, and only partitions can be made`,
    );
  if (root.filesystem !== 'ext4')
    throw refuse(
      `its root file system is ${root.filesystem || 'unknown'}, and only ext4 can be made`,
    );
  if (distribution.id !== 'debian')
    throw refuse(`it runs ${distribution.name}, and only Debian systems can be made`);
  if (defaultKernel.initrd === null)
    throw refuse(`the initrd of ${defaultKernel.release} is not in the capture`);
}

function shapeOf({ machine, disk, arch }: Server, note: Note): Shape {
  const cpus = Math.min(machine.cpus, machineLimits.cpus);
  const memory = Math.min(
    Math.max(machine.memoryMiB, machineLimits.leastMemory),
    machineLimits.mostMemory,
  );
  note(
    cpus === machine.cpus ? 'as there' : 'alike',
    'CPUs',
    cpus === machine.cpus ? String(cpus) : `${cpus} instead of ${machine.cpus}`,
  );
  note(
    Math.abs(memory - machine.memoryMiB) < memory / 8 ? 'as there' : 'alike',
    'memory',
    `${memory} MiB${Math.abs(memory - machine.memoryMiB) < memory / 8 ? '' : ` instead of ${machine.memoryMiB} MiB`}`,
  );
  const uefi = machine.firmware !== 'none';
  note(
    'as there',
    'firmware',
    uefi ? `UEFI, ${machine.hasAcpi ? 'ACPI' : 'a device tree'}` : 'a device tree, no UEFI',
  );
  if (machine.firmware === 'secure-boot')
    note(
      'not here',
      'Secure Boot',
      'QEMU starts the kernel, so no signature is checked and nothing is locked down',
    );
  if (machine.gic !== null) note('as there', 'interrupts', `GICv${machine.gic}`);
  if (!machine.isVirt)
    note('not here', 'devices', "a board's own devices: QEMU's virt machine stands in");
  const bus = disk.bus ?? 'virtio-pci';
  note(disk.bus === null ? 'alike' : 'as there', 'disk', `attached by ${bus}`);
  return {
    cpus,
    memory,
    ...(cpus > 1 && { clock: 'host' as const }),
    ...(machine.gic === 3 && { gic: 3 as const, ...(!machine.hasIts && !uefi && { its: false }) }),
    ...(machine.startsAtEl2 && arch === 'aarch64' && { el2: true }),
    ...(uefi && {
      firmware: 'uefi' as const,
      ...(!machine.hasAcpi && arch === 'aarch64' && { acpi: false }),
    }),
    ...(bus !== 'virtio-pci' && { disks: bus }),
  };
}

/** The partitions up to the last one that the boot needs, as there but for their sizes. */
function partitionsOf(
  { disk, root, fstab, captured }: Server,
  note: Note,
  place: string,
): { partitions: PlannedPartition[]; rootNumber: number } {
  const content = Math.ceil(captured.files().reduce((sum, { size }) => sum + size, 0) / 2 ** 20);
  const partitions = disk.partitions.map((partition) => planPartition(partition, root, content));
  const rootIndex = disk.partitions.findIndex(({ name }) => name === root.name);
  const numbers = disk.partitions.map(({ name }) => Number(/\d+$/.exec(name)?.[0]));
  if (numbers.some((number, index) => number !== index + 1))
    throw new UsageError(
      `the lab cannot boot this server yet: its partitions are numbered ${numbers.join(', ')}, and only numbers without gaps can be made`,
      { place },
    );
  note(
    'as there',
    'partitions',
    `${disk.partitions.length}, with their UUIDs and labels; the root is the ${ordinal(rootIndex + 1)}`,
  );
  note(
    'alike',
    'root file system',
    `ext4 with the UUID and label of the server; a Debian of the lab, with the captured files`,
  );
  const left = fstab.filter(
    ({ place, source }) => place.startsWith('/') && !isMade(source, place, disk.partitions),
  );
  if (left.length > 0) note('not here', 'mounts', left.map(({ place }) => place).join(', '));
  return { partitions, rootNumber: rootIndex + 1 };
}

/** Whether the disk that is made has the source of a line of fstab. */
export function isMade(source: string, place: string, partitions: readonly BlockDevice[]): boolean {
  if (place === '/') return true;
  const [, key = '', value = ''] = /^(\w+)=(.*)$/.exec(source) ?? [];
  const plain = value.replaceAll('"', '');
  return partitions.some(
    ({ name, uuid, label, partUuid, partLabel, mount }) =>
      mount === place &&
      (source === `/dev/${name}` ||
        (key === 'UUID' && plain === uuid) ||
        (key === 'LABEL' && plain === label) ||
        (key === 'PARTUUID' && plain === partUuid) ||
        (key === 'PARTLABEL' && plain === partLabel)),
  );
}

function planPartition(
  partition: BlockDevice,
  root: BlockDevice,
  content: number,
): PlannedPartition {
  const { filesystem, label, uuid, partUuid, partLabel, partType, size, mount } = partition;
  const own = Math.max(1, Math.ceil(size / 2 ** 20));
  const isRoot = partition.name === root.name;
  const isBoot = ['/boot', '/boot/efi', '/efi'].includes(mount);
  const known = filesystem === 'ext4' || filesystem === 'vfat' || filesystem === 'swap';
  return {
    size: isRoot
      ? systemSize + 2 * content
      : isBoot
        ? Math.min(own, 64 + 2 * content)
        : Math.min(own, 64),
    type: partType || (filesystem === 'vfat' ? 'uefi' : 'linux'),
    name: partLabel,
    partUuid,
    filesystem: known && (isRoot || isBoot || filesystem === 'swap') ? filesystem : 'none',
    label,
    uuid,
    mount: isRoot ? '/' : isBoot ? mount : '',
  };
}

function tableOf({ disk: { device, partitions }, captured }: Server): 'gpt' | 'dos' {
  const dump = captured.text(`sfdisk ${device.name}`) ?? '';
  if (/^label: dos/m.test(dump)) return 'dos';
  return partitions.some(({ partType }) => /^0x/.test(partType)) ? 'dos' : 'gpt';
}

/** The kernel that a boot loader would start; null if it is not on the server, as at providers that bring their own. */
function firstOf(server: Server, note: Note): ServerKernel | null {
  const { running, kernels, kexec, machine } = server;
  const started = kernels.find(({ release }) => release === running?.release);
  if (started === undefined || kexec.isSecond) {
    const why = kexec.isSecond
      ? 'the running kernel was started by kexec, and the one before is not on the server'
      : `the running kernel ${running?.release ?? ''} is not in /boot`;
    note('alike', 'first kernel', `the lab's provider kernel and initramfs: ${why}`);
    return null;
  }
  note('as there', 'first kernel', kernelWords(started));
  const loader = machine.firmware === 'none' ? 'QEMU' : 'the firmware';
  note('alike', 'boot loader', `${loader} starts the kernel with the captured command line`);
  return started;
}

function kernelWords({ release, initrd }: ServerKernel): string {
  return `${release}, ${initrd === null ? 'without an initrd' : 'with its initrd'}`;
}

/** Words that belong to a boot loader or to the place where the kernel prints. */
const notOurs = /^(console|earlycon|earlyprintk|BOOT_IMAGE|initrd)(=|$)/;

/**
 * The first kernel's command line. A kernel that kexec started has its words first, then those that the script added
 * (`--append="$(cat /proc/cmdline) is_in_kexec=yes"`).
 */
function firstCmdline(
  { running, kexec, disk }: Server,
  firstKernel: ServerKernel | null,
  root: string,
  note: Note,
): string {
  const words = parseCmdline(running?.cmdline ?? '');
  const added = kexec.isSecond ? words.findIndex((word) => kexec.words.includes(word)) : -1;
  const kept = (added === -1 ? words : words.slice(0, added)).filter((word) => !notOurs.test(word));
  note(
    'as there',
    'command line',
    'with the console of the lab, and without console=, BOOT_IMAGE= and initrd=',
  );
  if (firstKernel !== null) return kept.join(' ');
  // The provider's initramfs finds the disk by its name, which may be another one here.
  const named = kept.findLast((word) => word.startsWith('root='));
  if (
    named?.startsWith(`root=/dev/${disk.device.name}`) &&
    root.startsWith(`/dev/${disk.device.name}`)
  )
    return kept.join(' ');
  return [...kept.filter((word) => !word.startsWith('root=')), `root=${root}`].join(' ');
}

function suiteOf({ distribution }: Server, note: Note): string {
  const { codename, name } = distribution;
  const known = suites.includes(codename);
  note(
    known ? 'as there' : 'alike',
    'distribution',
    known ? name : `Debian ${suites[0] ?? ''} instead of ${name}`,
  );
  return known ? codename : (suites[0] ?? '');
}

function stepsOf({ kexec, arch }: Server, note: Note): object[] {
  if (kexec.by === 'unit' || kexec.by === 'script') {
    note('as there', 'kexec', kexec.files.join(' → '));
    return [];
  }
  if (kexec.by === 'none') {
    note('as there', 'kexec', `none: ${architectures[arch].debian} boots its kernel directly`);
    return [];
  }
  note('as there', 'kexec', 'kexec-tools loads the kernel when the system is shut down');
  return [
    { wait: 'login-prompt' },
    { type: 'root\n' },
    { wait: 'shell-prompt' },
    { run: 'systemctl reboot', exit: 'gone' },
  ];
}

function ordinal(number: number): string {
  return ['first', 'second', 'third', 'fourth'][number - 1] ?? `${number}th`;
}
