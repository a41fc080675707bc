import type { Arch } from '../../arch.ts';
import { UsageError } from '../../errors.ts';
import { cacheDirectory } from '../../host/directories.ts';
import type { BuildOptions } from '../../image/build/build-context.ts';
import { ensureEntries } from '../../image/ensure-images.ts';
import { planEntries } from '../../image/recipes/plan.ts';
import type { Catalog, Recipe } from '../../image/recipes/recipe.ts';
import { ownRecipes, kexecTools } from '../../image/recipes/recipe.ts';
import type { Finding, PreflightDocument } from '../../model/examination.ts';
import type { Severity } from '../../model/vocabulary.ts';
import { rootDiskOf, toolsFacts } from './load-facts.ts';
import type { Kexec, RootDisk, LoadFacts } from './load-facts.ts';
import type { Candidate } from '../candidate.ts';
import {
  distroKernel,
  isDiskOfKernel,
  isServerDisk,
  providerKernel,
  withCandidate,
} from '../candidate.ts';
import { checkImageLength, checkKexecConfig } from './check-kernel.ts';
import { checkEveryWay, checkLoad, checkSystemctl } from './check-load.ts';
import { checkTextOffset, memoryOf } from './check-memory.ts';
import { checkLpiTables, checkPageSize, checkReservations, reservedSize } from './check-machine.ts';
import { checkInitrd, checkRoot } from './check-root.ts';
import type { Gathered, KernelFacts } from './facts.ts';
import { diskFacts, initrdFacts, kernelFacts, readConfig } from './facts.ts';
import { rulesFor } from './rules.ts';

type PreflightOptions = BuildOptions & {
  /** The second kernel's command line, where no machine's is known. Default: the first partition is the root. */
  cmdline?: string;
  /** The recipe of the disk with its root file system. Default: that of kexec-to-distro. */
  disk?: string;
  /** The machines that kexec, and how. Default: none is known, so their rules cannot be applied. */
  kexecs?: readonly Kexec[];
  /** How the kernel is loaded. Default: `kexec -l` on a kernel that is not locked down. */
  loading?: Omit<LoadFacts, 'config'>;
  /** kexec's `--image-size`, where no scenario names one. Bytes. */
  imageSize?: number;
};

/** The disk and the load of kexec-to-distro, the reference scenario. */
const usual = {
  disk: 'mini-disk',
  loading: { way: '', lockdown: null, isSecureBoot: false },
} as const;

/** What was found in a candidate, the worst first, which rules were applied, and how the kernel would be loaded. */
export type Examination = Omit<PreflightDocument['found'][number], 'arch'>;

/**
 * Checks a candidate without booting anything. Takes less than a second if its kernel is cached; otherwise it is downloaded
 * and unpacked first. Throws UnavailableError if something cannot be downloaded.
 */
export async function preflight(
  candidate: Candidate,
  arch: Arch,
  options: PreflightOptions = {},
): Promise<Examination> {
  const facts = await gatherFacts(candidate, arch, options);
  return { findings: check(facts), rules: rulesFor(facts), memory: memoryOf(facts) };
}

/**
 * Throws UsageError if a candidate's kernel cannot be loaded: it is damaged, or its kexec-tools do not support its format.
 * Other findings are not errors here, because the boot may be meant to show them.
 */
export async function refuseUnusable(
  candidate: Candidate,
  arch: Arch,
  options: PreflightOptions = {},
): Promise<void> {
  const facts = await gatherFacts(candidate, arch, options);
  const [found] = [...checkImageLength(facts.kernel), ...checkEveryWay(facts)];
  if (found !== undefined)
    throw new UsageError(`--kernel ${found.source}: ${found.message}`, { hint: found.advice });
}

async function gatherFacts(
  candidate: Candidate,
  arch: Arch,
  {
    cmdline,
    disk = usual.disk,
    loading = usual.loading,
    kexecs = [],
    imageSize = 0,
    ...options
  }: PreflightOptions,
): Promise<Gathered> {
  const { label } = candidate;
  const catalog = withCandidate(ownRecipes, candidate);
  const entries = planEntries([distroKernel], arch, catalog, options.cacheDir);
  const manifest = (await ensureEntries(entries, options)).get(distroKernel);
  const [entry] = entries;
  const recipe = catalog.get(disk);
  const suites = suitesOf(catalog, recipe);
  if (entry === undefined || manifest === undefined || suites === null || recipe?.kind !== 'disk')
    throw new Error(`${disk} is not a disk for ${label.kernel}`);
  const kernel = await kernelFacts(label.kernel, arch, entry.directory, manifest);
  const { initrd } = candidate;
  const cache = cacheDirectory(options.cacheDir);
  return {
    kernel,
    initrd:
      initrd === null
        ? null
        : await initrdFacts(label.initrd ?? 'initrd', cache, initrd, kernel.release),
    // Querying the archive's index takes time, and all kexec-tools load these formats.
    tools:
      kernel.kind === 'Image' || kernel.kind === 'zImage'
        ? { version: null, unpacks: null, source: kexecTools }
        : await toolsFacts(candidate, arch, suites, options),
    loading: { ...loading, config: await firstConfig(candidate, arch, options) },
    roots: rootsOf(kexecs, cmdline).map(({ disk: root, cmdline }) => ({
      disk: diskFacts(disk, recipe, root),
      cmdline,
    })),
    kexecs,
    reserved: kexecs.length === 0 ? imageSize : Math.min(...kexecs.map(reservedSize)),
  };
}

/** Where a disk's kexec-tools come from; null if a candidate cannot replace its kernel. */
function suitesOf(catalog: Catalog, recipe: Recipe | undefined): readonly string[] | null {
  if (isDiskOfKernel(recipe)) return recipe.suites;
  const system = isServerDisk(recipe) ? catalog.get(recipe.system) : undefined;
  if (system?.kind !== 'system') return null;
  const installed = 'base' in system ? catalog.get(system.base) : system;
  return installed !== undefined && 'masks' in installed ? installed.suites : null;
}

/** The disk of every machine, and the command line with which the second kernel boots there. */
function rootsOf(
  kexecs: readonly Kexec[],
  cmdline: string | undefined,
): { disk: RootDisk; cmdline: string }[] {
  const usually = ({ partition }: RootDisk) => cmdline ?? `root=${partition}1`;
  const unknown = rootDiskOf({ disks: 'virtio-pci' });
  if (kexecs.length === 0) return [{ disk: unknown, cmdline: usually(unknown) }];
  return kexecs.map(({ machine: { disk }, append }) => ({
    disk,
    cmdline: append ?? usually(disk),
  }));
}

/** The configuration of the kernel that runs kexec; null if it is the lab's, whose image does not contain it. */
async function firstConfig(
  candidate: Candidate,
  arch: Arch,
  options: BuildOptions,
): Promise<LoadFacts['config']> {
  if (candidate.firstKernel === null) return null;
  const catalog = withCandidate(ownRecipes, candidate);
  const entries = planEntries([providerKernel], arch, catalog, options.cacheDir);
  const manifest = (await ensureEntries(entries, options)).get(providerKernel);
  const [entry] = entries;
  if (entry === undefined || manifest === undefined) return null;
  return readConfig(entry.directory, manifest.release ?? providerKernel);
}

/** All findings that follow from the facts, the worst first. */
function check(facts: Gathered): Finding[] {
  const { kernel, kexecs, roots, reserved } = facts;
  const findings = [
    ...checkImageLength(facts.kernel),
    ...(facts.loading.way === 'systemctl' ? checkSystemctl(facts) : checkLoad(facts)),
    ...roots.flatMap(({ disk }) => checkInitrd(facts, disk)),
    ...roots.flatMap(checkRoot),
    ...checkKexecConfig(kernel),
    ...checkTextOffset(kernel, kernel.bytes, { reserved, way: facts.loading.way }),
    ...kexecs.flatMap((kexec) => checkMachine(kernel, kexec)),
  ];
  return distinct(findings).sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
}

/** Several boots may use the same machine, or disk. */
function distinct(findings: readonly Finding[]): Finding[] {
  return [
    ...new Map(findings.map((finding) => [`${finding.id} ${finding.source}`, finding])).values(),
  ];
}

function checkMachine(kernel: KernelFacts, kexec: Kexec): Finding[] {
  const ofArch =
    kernel.arch === 'aarch64' ? checkPageSize(kernel, kexec.machine) : checkReservations(kexec);
  return [...ofArch, ...checkLpiTables(kexec)];
}

const order: Severity[] = ['stop', 'warn', 'note'];
