import { stat } from 'node:fs/promises';
import type { Arch } from '../arch.ts';
import { archWith, arches, architectures } from '../arch.ts';
import { debianMirror } from '../debian/mirror.ts';
import { withIndex } from '../debian/packages.ts';
import { UsageError } from '../errors.ts';
import { mostKernelBytes } from '../formats/kernel.ts';
import { cacheDirectory } from '../host/directories.ts';
import type { KernelSource, ToolsSource } from '../image/recipes/recipe.ts';
import { findRecipe, ownRecipes } from '../image/recipes/recipe.ts';
import { keepFile, keepTree } from '../image/store/kept-files.ts';
import {
  archOfKernel,
  isArchive,
  mustBeFile,
  startOf,
  statOf,
  download,
  archOfProgram,
} from './candidate-file.ts';
import type { Candidate } from './candidate.ts';
import { distroKernel } from './candidate.ts';
import type { CandidateWords, DebianKernel, KernelWord } from './parse-candidate.ts';
import { parseFirstKernel, parseKernel, parseTools } from './parse-candidate.ts';
import {
  debsIn,
  readDebs,
  readToolsDeb,
  readDirectory,
  type KernelFiles,
} from './read-packages.ts';
type ReadOptions = {
  /** Default: the user's cache. */
  cacheDir?: string;
  mirror?: string;
  signal?: AbortSignal;
  /** Called before each step that takes long. */
  onStep?: (step: string) => void;
};

/**
 * Creates a candidate from the user's options: checks every file, copies it into the cache and determines the
 * architectures. Without `--kernel` the kernel is the distribution's. Throws UsageError for options or files that cannot be
 * used, UnavailableError if something cannot be downloaded.
 */
export async function readCandidate(
  words: CandidateWords,
  options: ReadOptions = {},
): Promise<Candidate> {
  const parsed = words.kernel === undefined ? null : parseKernel(words.kernel);
  const parsedTools = words.kexecTools === undefined ? null : parseTools(words.kexecTools);
  const cache = cacheDirectory(options.cacheDir);
  const first = words.firstKernel === undefined ? null : parseFirstKernel(words.firstKernel);
  const kernel = await readKernel(parsed, cache, words, options);
  const firstKernel = first === null ? null : await readDebian(first, cache, options);
  const initrd = words.initrd ?? kernel.initrd;
  if (initrd !== null) mustBeFile('--initrd', initrd);
  const tools = await readTools(parsedTools, cache, kernel.arches, options);
  const initrdBytes = initrd === null ? 0 : (await stat(initrd)).size;
  return {
    kernel: kernel.source,
    initrd: initrd === null ? null : await keepFile(cache, initrd),
    tools,
    firstKernel: firstKernel?.source ?? null,
    arches: kernel.arches.filter((arch) => firstKernel?.arches.includes(arch) ?? true),
    extraMiB: Math.ceil(initrdBytes / 2 ** 20) + kernel.extraMiB,
    label: {
      kernel: words.kernel ?? distroKernel,
      initrd,
      kexecTools: words.kexecTools ?? null,
      firstKernel: words.firstKernel ?? null,
    },
  };
}

async function readTools(
  word: ReturnType<typeof parseTools> | null,
  cache: string,
  kernelArches: readonly Arch[],
  { signal }: ReadOptions,
): Promise<ToolsSource | null> {
  if (word === null) return null;
  if (word.kind === 'debian') return { suite: word.suite };
  const { file } = word;
  mustBeFile('--kexec-tools', file);
  const deb = isArchive(file);
  const arch = deb ? await readToolsDeb(file, signal) : archOfProgram(startOf(file), file);
  if (kernelArches.length !== 1 || kernelArches[0] !== arch)
    throw new UsageError(
      `--kexec-tools ${file} is for ${arch} (${architectures[arch].debian}), but the kernel is for ${kernelArches.join(' and ')}`,
      {
        hint: 'Choose a kernel for the same architecture, or choose kexec-tools by suite: debian:SUITE.',
      },
    );
  const sha256 = await keepFile(cache, file);
  return deb ? { deb: sha256 } : { program: sha256 };
}

/** A kernel that was checked, with its files in the cache. */
type ReadKernel = {
  source: KernelSource;
  arches: Arch[];
  /** The path of an initramfs next to it. */
  initrd: string | null;
  extraMiB: number;
};

/** The size of kernel that disks have room for. MiB. */
const usualKernelMiB = 40;

/** Reads the kernel that `--kernel` names; null is the distribution's. Throws like `readCandidate`. */
async function readKernel(
  word: KernelWord | null,
  cache: string,
  { initrd }: CandidateWords,
  options: ReadOptions,
): Promise<ReadKernel> {
  if (word === null || word.kind === 'debian') {
    return { ...(await readDebian(word, cache, options)), initrd: null, extraMiB: 0 };
  }
  if (word.kind === 'debs') return ofDebs(word.files, word.files, cache, options);
  if (word.kind === 'url') {
    options.onStep?.(`downloading ${word.url}`);
    const file = await download(cache, word.url, word.sha256, options);
    if (isArchive(file)) return ofDebs([file], [word.url], cache, options);
    return ofFiles({ kernel: file }, word.url, initrd, cache);
  }
  const { file } = word;
  const status = await statOf('--kernel', file);
  if (status.isDirectory()) {
    const files = await readDirectory(file);
    if (files !== null) return ofFiles(files, file, initrd, cache);
    const debs = await debsIn(file);
    return ofDebs(debs, debs, cache, options);
  }
  mustBeFile('--kernel', file);
  if (isArchive(file)) return ofDebs([file], [file], cache, options);
  return ofFiles({ kernel: file }, file, initrd, cache);
}

/** A kernel from Debian's archive; null is the distribution's. */
async function readDebian(
  word: DebianKernel | null,
  cache: string,
  options: ReadOptions,
): Promise<Pick<ReadKernel, 'source' | 'arches'>> {
  const recipe = findRecipe(ownRecipes, distroKernel, 'kernel');
  const usual = 'sources' in recipe ? recipe.sources[0] : undefined;
  if (usual === undefined) throw new Error(`${distroKernel} has no source`);
  if (word === null || word.package === null) {
    const { package: names } = usual;
    return { source: { suite: word?.suite ?? usual.suite, package: names }, arches: [...arches] };
  }
  const name = word.package;
  const found = await archesOfPackage(word.suite, name, cache, options);
  const package_ = Object.fromEntries(found.map((arch) => [arch, name]));
  return { source: { suite: word.suite, package: package_ }, arches: found };
}

async function ofDebs(
  files: string[],
  names: string[],
  cache: string,
  { signal }: ReadOptions,
): Promise<ReadKernel> {
  for (const [index, file] of files.entries()) mustBeFile('--kernel', file, { name: names[index] });
  const arch = await readDebs(files, names, signal);
  const debs: string[] = [];
  for (const file of files) debs.push(await keepFile(cache, file));
  return { source: { debs }, arches: [arch], initrd: null, extraMiB: 0 };
}

async function ofFiles(
  { kernel, config, modules, initrd = null }: KernelFiles,
  name: string,
  givenInitrd: string | undefined,
  cache: string,
): Promise<ReadKernel> {
  mustBeFile('--kernel', kernel, { name, most: mostKernelBytes });
  const arch = archOfKernel(startOf(kernel), name);
  if (initrd === null && givenInitrd === undefined && modules === undefined)
    throw new UsageError(
      `--kernel ${name}: the modules that it needs to find its root are unknown`,
      {
        hint: 'Add its initramfs with --initrd FILE, or use a directory that also has lib/modules.',
      },
    );
  const suffix = modules === undefined ? '' : `-${modules.release}`;
  const parts = {
    [`boot/vmlinuz${suffix}`]: kernel,
    ...(config !== undefined && { [`boot/config${suffix}`]: config }),
    ...(modules !== undefined && { [`lib/modules/${modules.release}`]: modules.directory }),
  };
  const mebibytes = Math.ceil((await stat(kernel)).size / 2 ** 20);
  return {
    source: { snapshot: await keepTree(cache, parts) },
    arches: [arch],
    initrd,
    extraMiB: Math.max(0, mebibytes - usualKernelMiB),
  };
}

/**
 * The architectures for which a suite has a package, from the name of a Debian kernel package, otherwise from the index.
 * Throws UsageError if the suite lacks the package, UnavailableError if the index cannot be downloaded.
 */
async function archesOfPackage(
  suite: string,
  name: string,
  cache: string,
  { mirror, signal, onStep }: ReadOptions,
): Promise<Arch[]> {
  const named = archInName(name);
  if (named !== null) return [named];
  const found: Arch[] = [];
  for (const arch of arches) {
    const architecture = architectures[arch].debian;
    const step = (text: string) => onStep?.(text);
    const source = () => debianMirror(mirror, signal);
    const options = { cache, suite, architecture, mirror: source, onStep: step, signal };
    const packages = await withIndex(options, (apt) => apt.show([name]));
    if (packages.length > 0) found.push(arch);
  }
  if (found.length > 0) return found;
  throw new UsageError(`--kernel debian:${suite}/${name}: Debian ${suite} has no such package`);
}

/** `linux-image-6.12.95+deb12-cloud-arm64` is for arm64, `linux-image-armmp-lpae` for armhf. */
function archInName(name: string): Arch | null {
  const [, kernel] = /^linux-.*-(arm64|armmp)(?:-|$)/.exec(name) ?? [];
  return kernel === undefined ? null : (archWith('kernel', kernel) ?? null);
}
