/** Decides how a captured server is booted in the lab, and how that differs from the server. */
import { UsageError } from '../errors.ts';
import type { Expectation } from '../model/result.ts';
import type { Likeness } from '../model/server.ts';
import type { Shape } from '../qemu/shape.ts';
import { partitionMark, rootDisk } from '../qemu/shape.ts';
import { parseCmdline } from './parse.ts';
import type { BootLoader } from './boot-loader.ts';
import { bootLoaderOf, packagesOf } from './boot-loader.ts';
import type { Note, PlannedDisk } from './disk-plan.ts';
import { planDisk, rootFilesystems } from './disk-plan.ts';
import type { KexecProgram } from './kexec-program.ts';
import { kexecProgramOf } from './kexec-program.ts';
import { usualWord } from './kexec-way.ts';
import type { NetworkRoot } from './network-root.ts';
import { isOnNetwork, planNetworkRoot } from './network-root.ts';
import type { Server, ServerKernel } from './server.ts';

export type BootPlan = {
  /** Null: the lab's provider kernel and initramfs stand in. */
  firstKernel: ServerKernel | null;
  /** The boot loader on the disk that starts the first kernel; null: QEMU or the firmware starts it directly. */
  loader: BootLoader | null;
  /** How a root on the network is booted; otherwise null. */
  network: NetworkRoot | null;
  /** Whether a new kernel on the disk is also the first one of the next boot. Otherwise the captured one stays. */
  firstIsUpdated: boolean;
  /** The first kernel's command line, without the lab's console. */
  cmdline: string;
  shape: Shape;
  suite: string;
  /** The server's own kexec; null: the one of the distribution's package. */
  kexecProgram: KexecProgram | null;
  /** What the system needs besides the lab's packages. */
  packages: string[];
  disk: PlannedDisk;
  /** What is typed on the console where the server does not kexec by itself. */
  steps: object[];
  expect: Pick<Expectation, 'outcome'> & { generation: number; root: string };
  likeness: Likeness[];
};

/** Debian releases whose systems the lab can install. */
const suites = ['bookworm', 'trixie'];

/** Limits of the lab's machines. MiB, and a number of CPUs: more only take time. */
const machineLimits = { leastMemory: 512, mostMemory: 2048, cpus: 4 };

/**
 * Plans the boot.
 * @throws UsageError if the server has something that the lab cannot make yet
 */
export function planBoot(server: Server, place: string): BootPlan {
  const likeness: Likeness[] = [];
  const note: Note = (how, what, detail, matters = how !== 'as there') =>
    // Details may have text of the server.
    likeness.push({ how, what, detail: detail.replaceAll(/\p{Cc}+/gu, ' '), matters });
  refuseUnknown(server, place);
  // At a reboot by kexec, the old kernel starts the new one, which a boot loader would start.
  const loader = server.kexec.by === 'reboot' ? null : bootLoaderOf(server);
  const shape = shapeOf(server, loader, note);
  const disk = planDisk(server, note, place);
  const firstKernel = loader === null ? firstOf(server, note) : server.defaultKernel;
  if (loader !== null) noteLoader(server, loader, note);
  const root = rootPath(server, shape);
  const network = isOnNetwork(server) ? planNetworkRoot(server, root) : null;
  const byItself = server.kexec.by === 'unit' || server.kexec.by === 'script';
  // Only a kexec leads from the provider's kernel to one of the server.
  const byHand = !byItself && loader === null && network === null && whyUnknown(server) !== null;
  const atReboot = server.kexec.by === 'reboot' && !byHand;
  const kexecs = byItself || byHand || atReboot || network !== null;
  const suite = suiteOf(server, note);
  if (network === null) noteKexec(server, byHand, note);
  else
    note(
      'alike',
      'kexec',
      "by the provider's initramfs, with the server tags KEXEC_KERNEL and KEXEC_INITRD",
    );
  if (kexecs) note('as there', 'second kernel', kernelWords(server.defaultKernel));
  const kexecProgram = kexecs && network === null ? kexecProgramOf(server.captured) : null;
  if (kexecs) noteTools(server, kexecProgram !== null, note);
  return {
    firstKernel,
    loader,
    network,
    firstIsUpdated: !atReboot,
    cmdline: loader === null ? firstCmdline(server, firstKernel, root, note) : '',
    shape,
    suite,
    kexecProgram,
    packages: [
      ...packagesFor(disk, loader !== null),
      ...(loader === null ? [] : packagesOf(loader, server.arch)),
    ],
    disk,
    steps: byHand ? kexecByHand(server, root) : atReboot ? kexecAtReboot : [],
    expect: { outcome: 'booted', generation: kexecs ? 2 : 1, root },
    likeness,
  };
}

function refuseUnknown(server: Server, place: string): void {
  const { root, distribution, defaultKernel, arch } = server;
  const refuse = (what: string) =>
    new UsageError(`the lab cannot boot this server yet: ${what}`, {
      place,
      hint: 'kexec-lab server show FILE says what it has.',
    });
  if (root.type !== 'part' && root.type !== 'lvm')
    throw refuse(`its root is on ${root.type}, and only partitions and LVM can be made`);
  if (!rootFilesystems.includes(root.filesystem))
    throw refuse(
      `its root file system is ${root.filesystem || 'unknown'}, and only ${rootFilesystems.join(', ')} can be made`,
    );
  if (isOnNetwork(server) && arch !== 'arm')
    throw refuse('its root is on the network, which only 32-bit machines can have');
  if (distribution.id !== 'debian')
    throw refuse(`it runs ${distribution.name}, and only Debian systems can be made`);
  if (defaultKernel.initrd === null)
    throw refuse(`the initrd of ${defaultKernel.release} is not in the capture`);
}

/** The device with the root file system in the lab. */
function rootPath({ root, disk: { partitions } }: Server, { disks = 'virtio-pci' }: Shape): string {
  if (root.type === 'lvm') return root.path;
  const disk = isOnNetwork({ root }) ? '/dev/nbd0' : rootDisk({ disks });
  return `${disk}${partitionMark(disk)}${partitions.findIndex(({ name }) => name === root.name) + 1}`;
}

/** The packages with the programs that make the disk, which also bring their parts of the initrd. */
function packagesFor({ list, volumes }: PlannedDisk, hasLoader: boolean): string[] {
  const used = new Set<string>([...list, ...volumes].map(({ filesystem }) => filesystem));
  const needed = { lvm: 'lvm2', xfs: 'xfsprogs', btrfs: 'btrfs-progs' };
  const packages = Object.entries(needed).flatMap(([name, one]) => (used.has(name) ? [one] : []));
  return (packages.length > 0 || hasLoader) && used.has('vfat')
    ? [...packages, 'dosfstools']
    : packages;
}

function shapeOf({ machine, disk, arch }: Server, loader: BootLoader | null, note: Note): Shape {
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
  const isSecure = machine.firmware === 'secure-boot' && loader !== null && arch === 'aarch64';
  if (machine.firmware === 'secure-boot' && !isSecure)
    note(
      'not here',
      'Secure Boot',
      'QEMU starts the kernel, so no signature is checked and nothing is locked down',
    );
  if (machine.gic !== null) note('as there', 'interrupts', `GICv${machine.gic}`);
  if (!machine.isVirt)
    note('not here', 'devices', "a board's own devices: QEMU's virt machine stands in");
  const bus = disk.bus ?? 'virtio-pci';
  if (disk.device.name.startsWith('nbd'))
    note('as there', 'disk', 'attached over the network (NBD)');
  else note(disk.bus === null ? 'alike' : 'as there', 'disk', `attached by ${bus}`);
  return {
    cpus,
    memory,
    ...(cpus > 1 && { clock: 'host' as const }),
    ...(machine.gic === 3 && { gic: 3 as const, ...(!machine.hasIts && !uefi && { its: false }) }),
    ...(machine.startsAtEl2 && arch === 'aarch64' && { el2: true }),
    ...(uefi && {
      firmware: isSecure ? ('secure-boot' as const) : ('uefi' as const),
      ...(!machine.hasAcpi && arch === 'aarch64' && { acpi: false }),
    }),
    ...(bus !== 'virtio-pci' && { disks: bus }),
  };
}

/** Whether the lab's provider kernel and initramfs can mount the root: a provider's own have no more than that. */
function providerMounts({ root }: Server): boolean {
  return root.type === 'part' && root.filesystem === 'ext4';
}

/** The kernel that a boot loader would start; null if it is not on the server, as at providers that bring their own. */
function firstOf(server: Server, note: Note): ServerKernel | null {
  const { running, kernels, kexec, machine } = server;
  if (isOnNetwork(server)) {
    note(
      'alike',
      'first kernel',
      "the lab's provider kernel, and an initramfs like the provider's, which attaches the disk",
    );
    return null;
  }
  const started = kernels.find(({ release }) => release === running?.release);
  const unknown = whyUnknown(server);
  if (unknown !== null && providerMounts(server)) {
    note('alike', 'first kernel', `the lab's provider kernel and initramfs: ${unknown}`);
    return null;
  }
  // A reboot by kexec leads from the kernel that runs to the default; a boot loader starts the default.
  const first = (kexec.by === 'reboot' ? started : null) ?? server.defaultKernel;
  const why = unknown ?? (started === first ? null : `${started?.release ?? ''} runs now`);
  note(
    why === null ? 'as there' : 'alike',
    'first kernel',
    `${kernelWords(first)}${why === null ? '' : `: the default; ${why}`}`,
  );
  const loader = machine.firmware === 'none' ? 'QEMU' : 'the firmware';
  note('alike', 'boot loader', `${loader} starts the kernel with the captured command line`);
  return first;
}

/** Why the first kernel is not known; null if it is the one that runs. */
function whyUnknown({ running, kernels, kexec }: Server): string | null {
  if (kexec.isSecond)
    return 'the running kernel was started by kexec, and the one before is not on the server';
  if (kernels.some(({ release }) => release === running?.release)) return null;
  return `the running kernel ${running?.release ?? ''} is not in /boot`;
}

function noteLoader(
  { machine, defaultKernel }: Server,
  { kind, program }: BootLoader,
  note: Note,
): void {
  note('as there', 'boot loader', `${kind} (${program.path}), with its configuration`);
  note('as there', 'first kernel', kernelWords(defaultKernel));
  note('as there', 'command line', "the boot loader's, with the console of the lab at its end");
  if (machine.firmware === 'secure-boot')
    note('as there', 'Secure Boot', 'the firmware and the kernel check signatures');
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
  const ofKexec = new Set([...kexec.words, usualWord]);
  const added = kexec.isSecond ? words.findIndex((word) => ofKexec.has(word)) : -1;
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

function noteKexec({ kexec }: Server, byHand: boolean, note: Note): void {
  if (byHand)
    note(
      'alike',
      'kexec',
      'typed on the console, because nothing on the server kexecs during the boot',
    );
  else if (kexec.by === 'reboot')
    note(
      'alike',
      'kexec',
      'kexec -l with the settings of /etc/default/kexec and systemctl kexec, typed; there, a reboot does the same',
      false,
    );
  else
    note(
      'as there',
      'kexec',
      kexec.by === 'none' ? 'none: the kernel is booted directly' : kexec.files.join(' → '),
    );
}

/** Without its libraries the captured program cannot run, so the disk has the package of the distribution. */
function noteTools({ packages, captured }: Server, isCaptured: boolean, note: Note): void {
  const version = packages.get('kexec-tools') ?? captured.text('kexec-version')?.trim();
  if (isCaptured)
    note(
      'as there',
      'kexec-tools',
      `the captured program with its libraries, ${version ?? 'of an unknown version'}`,
    );
  else
    note('alike', 'kexec-tools', `the distribution's package; the server has ${version ?? 'none'}`);
}

/** What Debian's /etc/init.d/kexec-load does when the system is rebooted, without GRUB's configuration. */
const kexecAtReboot: object[] = [
  { wait: 'login-prompt' },
  { type: 'root\n' },
  { wait: 'shell-prompt' },
  {
    run: '. /etc/default/kexec; kexec -l "$KERNEL_IMAGE" --initrd="$INITRD" --append="${APPEND:-$(cat /proc/cmdline)}"',
  },
  { run: 'systemctl kexec', exit: 'gone' },
];

/** On 32-bit arm, kexec-tools takes the kernel for smaller than it is (docs/candidates.md). */
function kexecByHand({ arch }: Server, root: string): object[] {
  const size = arch === 'arm' ? ' --image-size=67108864' : '';
  const append = `$(cat /proc/cmdline) is_in_kexec=yes root=${root}`;
  return [
    { wait: 'login-prompt' },
    { type: 'root\n' },
    { wait: 'shell-prompt' },
    { run: `kexec -l /vmlinuz --initrd=/initrd.img${size} --append="${append}"` },
    { run: 'kexec -e', exit: 'gone' },
  ];
}
