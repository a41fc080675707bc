import type { Arch } from '../../arch.ts';
import { architectures } from '../../arch.ts';
import { readDebControl } from '../../debian/deb-file.ts';
import { debianMirror } from '../../debian/mirror.ts';
import { resolvePackages } from '../../debian/packages.ts';
import { toolsVersion } from '../../formats/executable.ts';
import { cacheDirectory } from '../../host/directories.ts';
import type { BuildOptions } from '../../image/build/build-context.ts';
import { toolsSelection } from '../../image/recipes/package-selection.ts';
import { kexecTools, ownRecipes } from '../../image/recipes/recipe.ts';
import { keptFile } from '../../image/store/kept-files.ts';
import { appendTag, flagsTag } from '../../model/vocabulary.ts';
import type { MachineProfile } from '../../qemu/machine-profile.ts';
import { loadMachineProfile, machineOption } from '../../qemu/machine-profile.ts';
import type { DiskBus } from '../../qemu/shape.ts';
import { pageSizesOf, partitionMark, rootDisk } from '../../qemu/shape.ts';
import type { Case, Setup } from '../../scenario/scenario.ts';
import { upstreamVersion } from '../../text/versions.ts';
import type { Candidate } from '../candidate.ts';
import { isServerDisk } from '../candidate.ts';

// The facts about a kexec: the machine and the kernel that do it, the way, and the kexec-tools.

/** A kernel's configuration, and the name of its file. */
export type KernelConfig = { name: string; values: ReadonlyMap<string, string> };

/** How the kernel is loaded, and by which kernel. */
export type LoadFacts = {
  /** The flag of kexec that chooses the system call; empty: none. Or `systemctl kexec` without a kernel loaded before. */
  way: '' | '-c' | '-s' | '-a' | 'systemctl';
  /** The version of systemd, such as 257.13, if it decides and is known. */
  systemd?: string;
  /** Where it says that the first kernel is locked down, such as `lockdown=integrity`; null if it is not. */
  lockdown: string | null;
  /** Whether the firmware started the first kernel with Secure Boot on. */
  isSecureBoot: boolean;
  /** The configuration of the first kernel; null if unknown. */
  config: KernelConfig | null;
};

/** The kexec-tools that load a kernel. */
export type ToolsFacts = {
  /** The upstream version of kexec-tools, such as 2.0.25; null if unknown. */
  version: string | null;
  /** The compressions that its libraries unpack (`gzip`, `lzma`, `zstd`); null if unknown. */
  unpacks: ReadonlySet<string> | null;
  /** Where the version was found. */
  source: string;
};

/** The kexec-tools that load a candidate: its own, otherwise those of `suites`, the distribution's. */
export async function toolsFacts(
  { tools, label }: Candidate,
  arch: Arch,
  suites: readonly string[],
  options: BuildOptions,
): Promise<ToolsFacts> {
  const cache = cacheDirectory(options.cacheDir);
  const name = label.kexecTools ?? '';
  if (tools !== null && 'program' in tools)
    return {
      version: await toolsVersion(keptFile(cache, tools.program)),
      unpacks: null,
      source: name,
    };
  if (tools !== null && 'deb' in tools) {
    const { version } = await readDebControl(keptFile(cache, tools.deb), options.signal);
    return {
      version: upstreamVersion(version),
      unpacks: null,
      source: `${name}: ${kexecTools} ${version}`,
    };
  }
  const { signal } = options;
  const mirror = () => debianMirror(options.mirror, signal);
  const architecture = architectures[arch].debian;
  const from = tools === null ? suites : [tools.suite];
  const [found] = await resolvePackages(toolsSelection(from, arch), {
    cache,
    architecture,
    mirror,
    onStep: () => undefined,
    signal,
  });
  if (found === undefined) return { version: null, unpacks: null, source: name };
  const { version, suite, dependsOn } = found;
  return {
    version: upstreamVersion(version),
    unpacks: unpackedBy(dependsOn),
    source: `Debian ${suite}: ${kexecTools} ${version}`,
  };
}

/** The compressions that a program can unpack whose package depends on these. */
export function unpackedBy(packages: readonly string[]): Set<string> {
  return new Set(libraries.filter(([, name]) => packages.includes(name)).map(([what]) => what));
}

/** The packages of the libraries that kexec-tools unpack with, if they were built with them. */
const libraries = [
  ['gzip', 'zlib1g'],
  ['lzma', 'liblzma5'],
  ['zstd', 'libzstd1'],
] as const;

type Loading = Omit<LoadFacts, 'config'>;

/** How a scenario loads its second kernel, from its tags, its steps, its machine and the first kernel's command line. */
export function loadingOf({ setup, steps }: Pick<Case, 'setup' | 'steps'>): Loading {
  const { tags, cmdline } = setup;
  const flags = tags['KEXEC_LAB_FLAGS']?.split(',') ?? [];
  const commands = steps.flatMap((step) =>
    step.do === 'ssh' ? [step.command, step.stdin] : step.do === 'run' ? [step.command] : [],
  );
  const load = commands.find((command) => /\bkexec\b.* (?:-\w*[lf]|--load)\b/.test(command));
  const words = [...flags, ...(load?.split(/\s+/) ?? [])];
  const asked = words.map((word) => ways[word]).findLast((way) => way !== undefined) ?? '';
  const isSystemctl =
    load === undefined && commands.some((text) => /\bsystemctl kexec\b/.test(text));
  const lockdown = cmdline.split(/\s+/).findLast((word) => word.startsWith('lockdown='));
  return {
    way: isSystemctl ? 'systemctl' : asked,
    lockdown: lockdown === undefined || lockdown === 'lockdown=none' ? null : lockdown,
    isSecureBoot: kexecOf(setup).machine.firmware === 'secure-boot',
  };
}

type ExpectedBoots = { kexecs?: Kexec[]; loading?: Loading; disk?: string };

/**
 * What preflight needs to know about the boots of one disk. Only of those expected to boot: others may be wrong on purpose.
 */
export function expectedBoots(cases: readonly Case[]): ExpectedBoots {
  const boots = cases.filter(({ expect }) => expect.outcome === 'booted');
  const [first] = boots;
  if (first === undefined) return {};
  const { disk } = first.setup;
  return {
    kexecs: boots.map(kexecOfCase),
    loading: loadingOf(first),
    ...(isServer(first) && typeof disk === 'string' && { disk }),
  };
}

/** The cases by the disk that a candidate is installed on: one for each server, and one for all disks of the lab. */
export function byDisk(cases: readonly Case[]): [Case, ...Case[]][] {
  const groups = new Map<string, [Case, ...Case[]]>();
  for (const case_ of cases) {
    const { disk } = case_.setup;
    const key = `${case_.arch} ${isServer(case_) ? JSON.stringify(disk) : ''}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [case_]);
    else group.push(case_);
  }
  return [...groups.values()];
}

function isServer({ setup: { disk } }: Case): boolean {
  return typeof disk === 'string' && isServerDisk(ownRecipes.get(disk));
}

/** A server's own script chooses the root of its second kernel, so what is expected stands for it. */
function kexecOfCase(case_: Case) {
  const kexec = kexecOf(case_.setup);
  const { root } = case_.expect;
  return isServer(case_) && root !== undefined ? { ...kexec, append: `root=${root}` } : kexec;
}

/** kexec's options for the system call; the last one counts. */
const ways: Record<string, LoadFacts['way']> = {
  '-c': '-c',
  '--kexec-syscall': '-c',
  '-s': '-s',
  '--kexec-file-syscall': '-s',
  '-a': '-a',
  '--kexec-syscall-auto': '-a',
};

/** How the first disk is attached, Linux's name for it, and what the names of its partitions begin with. */
export type RootDisk = { bus: DiskBus; name: string; partition: string };

/** The root disk of a machine, such as `/dev/nvme0n1` with the partition `/dev/nvme0n1p1`. */
export function rootDiskOf({ disks }: Pick<MachineProfile, 'disks'>): RootDisk {
  const name = rootDisk({ disks });
  return { bus: disks, name, partition: `${name}${partitionMark(name)}` };
}

/** How a scenario's first kernel kexecs into the second one, as far as the scenario says it. */
export type Kexec = {
  machine: Pick<MachineProfile, 'name' | 'firmware' | 'cpu'> & {
    disk: RootDisk;
    /** QEMU's `-machine`, such as `virt,gic-version=3`. */
    option: string;
    /** The sizes of pages that its CPU supports, in bytes; null if they are unknown. */
    pageSizes: readonly number[] | null;
  };
  /** The words of both kernels' command lines, without those of the machine profile. */
  cmdlines: { first: string; second: string };
  /** Those of them that only the second kernel gets; null if the scenario does not name them. */
  append: string | null;
  /** The options of kexec other than the files and the command line. */
  flags: readonly string[];
};

/**
 * How a setup kexecs. The provider's initramfs gives the second kernel the words of the first one, too.
 * @throws ScenarioError for a machine that cannot have the shape that is asked for
 */
export function kexecOf({
  machine,
  shape,
  cmdline,
  tags,
}: Pick<Setup, 'machine' | 'shape' | 'cmdline' | 'tags'>): Kexec {
  const profile = loadMachineProfile(machine, shape);
  const words = (tag: string) => (tags[tag] ?? '').split(',').filter(Boolean);
  return {
    machine: {
      name: profile.name,
      firmware: profile.firmware,
      cpu: profile.cpu,
      disk: rootDiskOf(profile),
      option: machineOption(profile),
      pageSizes: pageSizesOf(profile.cpu),
    },
    cmdlines: {
      first: cmdline,
      second: [cmdline, tags['KEXEC_APPEND'] ?? '', ...words(appendTag)].join(' '),
    },
    append: tags['KEXEC_APPEND'] ?? null,
    flags: words(flagsTag),
  };
}
