/** Decides how a captured server is booted in the lab, and how that differs from the server. */
import { UsageError } from '../errors.ts';
import type { Expectation } from '../model/result.ts';
import type { Likeness } from '../model/server.ts';
import type { Shape } from '../qemu/shape.ts';
import { partitionMark, rootDisk } from '../qemu/shape.ts';
import { parseCmdline } from './parse.ts';
import type { Note, PlannedPartition } from './disk-plan.ts';
import { partitionsOf, tableOf } from './disk-plan.ts';
import type { Server, ServerKernel } from './server.ts';

export type BootPlan = {
  /** Null: the lab's provider kernel and initramfs stand in. */
  firstKernel: ServerKernel | null;
  /** Whether a new kernel on the disk is also the first one of the next boot. Otherwise the captured one stays. */
  firstIsUpdated: boolean;
  /** The first kernel's command line, without the lab's console. */
  cmdline: string;
  shape: Shape;
  suite: string;
  table: 'gpt' | 'dos';
  partitions: PlannedPartition[];
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
  const note = (how: Likeness['how'], what: string, detail: string) =>
    likeness.push({ how, what, detail });
  refuseUnknown(server, place);
  const shape = shapeOf(server, note);
  const disk = rootDisk({ disks: shape.disks ?? 'virtio-pci' });
  const { partitions, rootNumber } = partitionsOf(server, note, place);
  const firstKernel = firstOf(server, note);
  const root = `${disk}${partitionMark(disk)}${rootNumber}`;
  const byItself = server.kexec.by === 'unit' || server.kexec.by === 'script';
  // Only a kexec leads from the provider's kernel to one of the server.
  const byHand = !byItself && firstKernel === null;
  const atReboot = server.kexec.by === 'reboot' && !byHand;
  const kexecs = byItself || byHand || atReboot;
  const suite = suiteOf(server, note);
  noteKexec(server, byHand, note);
  if (kexecs) note('as there', 'second kernel', kernelWords(server.defaultKernel));
  if (kexecs) noteTools(server, note);
  return {
    firstKernel,
    firstIsUpdated: !atReboot,
    cmdline: firstCmdline(server, firstKernel, root, note),
    shape,
    suite,
    table: tableOf(server),
    partitions,
    steps: byHand ? kexecByHand(server, root) : atReboot ? kexecAtReboot : [],
    expect: { outcome: 'booted', generation: kexecs ? 2 : 1, root },
    likeness,
  };
}

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
  // A reboot by kexec leads from the kernel that runs to the default; a boot loader starts the default.
  const first = kexec.by === 'reboot' ? started : server.defaultKernel;
  const isRunning = started === first;
  note(
    isRunning ? 'as there' : 'alike',
    'first kernel',
    `${kernelWords(first)}${isRunning ? '' : `: the default; ${started.release} runs now`}`,
  );
  const loader = machine.firmware === 'none' ? 'QEMU' : 'the firmware';
  note('alike', 'boot loader', `${loader} starts the kernel with the captured command line`);
  return first;
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
    );
  else
    note(
      'as there',
      'kexec',
      kexec.by === 'none' ? 'none: the kernel is booted directly' : kexec.files.join(' → '),
    );
}

/** The disk has the package of the distribution, whatever the server has. */
function noteTools({ packages, captured }: Server, note: Note): void {
  const version = packages.get('kexec-tools') ?? captured.text('kexec-version')?.trim();
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
