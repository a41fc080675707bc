/** Decides how a captured server is booted in the lab, and how that differs from the server. */
import { UsageError } from '../errors.ts';
import type { Expectation } from '../model/result.ts';
import type { Likeness } from '../model/server.ts';
import type { Shape } from '../qemu/shape.ts';
import type { BootLoader } from './boot-loader.ts';
import { bootLoaderOf, packagesOf } from './boot-loader.ts';
import type { Note, PlannedDisk } from './disk-plan.ts';
import { planDisk, rootFilesystems } from './disk-plan.ts';
import {
  firstCmdline,
  firstOf,
  firstWords,
  kernelWords,
  noteLoader,
  whyUnknown,
} from './first-kernel.ts';
import type { KexecProgram } from './kexec-program.ts';
import { kexecProgramOf } from './kexec-program.ts';
import { kexecAtReboot, kexecByHand, noteKexec, noteTools } from './kexec-steps.ts';
import type { NetworkRoot } from './network-root.ts';
import { isOnNetwork, noteNetwork, planNetworkRoot } from './network-root.ts';
import { rootPath, shapeOf } from './server-shape.ts';
import type { RootArchive } from './root-archive.ts';
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
  /** The real root file system; null: a Debian of the lab. */
  archive: RootArchive | null;
  /** What is typed on the console where the server does not kexec by itself. */
  steps: object[];
  expect: Pick<Expectation, 'outcome'> & { generation: number; root: string };
  likeness: Likeness[];
};

/** Debian releases whose systems the lab can install. */
const suites = ['bookworm', 'trixie'];

/**
 * Plans the boot.
 * @param archive the server's real root file system, if the user has brought it
 * @throws UsageError if the server has something that the lab cannot make yet
 */
export function planBoot(
  server: Server,
  place: string,
  archive: RootArchive | null = null,
): BootPlan {
  const likeness: Likeness[] = [];
  const note: Note = (how, what, detail, matters = how !== 'as there') =>
    // Details may have text of the server.
    likeness.push({ how, what, detail: detail.replaceAll(/\p{Cc}+/gu, ' '), matters });
  refuseUnknown(server, place, archive);
  // At a reboot by kexec, the old kernel starts the new one, which a boot loader would start.
  const loader = server.kexec.by === 'reboot' ? null : bootLoaderOf(server);
  const shape = shapeOf(server, loader, note);
  const disk = planDisk(server, note, place, archive);
  const firstKernel = loader === null ? firstOf(server, note) : server.defaultKernel;
  if (loader !== null) noteLoader(server, loader, note);
  const root = rootPath(server, shape);
  const network = isOnNetwork(server) ? planNetworkRoot(server, root, firstWords(server)) : null;
  const { by } = server.kexec;
  const byItself = by === 'unit' || by === 'script';
  const atReboot = by === 'reboot';
  // Only a kexec leads from the provider's kernel to one of the server.
  const byHand =
    by === 'none' && loader === null && network === null && whyUnknown(server) !== null;
  const kexecs = byItself || byHand || atReboot || network !== null;
  const suite = suiteOf(server, note, archive);
  if (network === null) noteKexec(server, byHand, note);
  else noteNetwork(note);
  if (kexecs) note('as there', 'second kernel', kernelWords(server.defaultKernel));
  const takesProgram = kexecs && network === null && archive === null;
  const kexecProgram = takesProgram ? kexecProgramOf(server.captured) : null;
  if (kexecs) noteTools(server, { isCaptured: kexecProgram !== null, archive }, note);
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
    archive,
    steps: byHand ? kexecByHand(server, root) : atReboot ? kexecAtReboot : [],
    expect: { outcome: 'booted', generation: kexecs ? 2 : 1, root },
    likeness,
  };
}

function refuseUnknown(server: Server, place: string, archive: RootArchive | null): void {
  const { root, distribution, defaultKernel, arch } = server;
  const refuse = (what: string, hint = 'kexec-lab server show FILE says what it has.') =>
    new UsageError(`the lab cannot boot this server yet: ${what}`, { place, hint });
  if (root.type !== 'part' && root.type !== 'lvm')
    throw refuse(`its root is on ${root.type}, and only partitions and LVM can be made`);
  if (!rootFilesystems.includes(root.filesystem))
    throw refuse(
      `its root file system is ${root.filesystem || 'unknown'}, and only ${rootFilesystems.join(', ')} can be made`,
    );
  if (isOnNetwork(server) && arch !== 'arm')
    throw refuse('its root is on the network, which only 32-bit machines can have');
  if (distribution.id !== 'debian' && archive === null)
    throw refuse(
      `it runs ${distribution.name}, and only Debian systems can be made`,
      'Bring its root file system along with --root FILE.tar.',
    );
  if (defaultKernel.initrd === null)
    throw refuse(`the initrd of ${defaultKernel.release} is not in the capture`);
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

function suiteOf({ distribution }: Server, note: Note, archive: RootArchive | null): string {
  const { codename, name } = distribution;
  const known = suites.includes(codename);
  note(
    known || archive !== null ? 'as there' : 'alike',
    'distribution',
    known || archive !== null ? name : `Debian ${suites[0] ?? ''} instead of ${name}`,
  );
  return known ? codename : (suites[0] ?? '');
}
