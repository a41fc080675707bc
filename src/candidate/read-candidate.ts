import { open, stat } from 'node:fs/promises';
import { UsageError } from '../errors.ts';
import { keepFile, keepTree } from '../image/brought-files.ts';
import { cacheDirectory } from '../image/cache-directory.ts';
import { findRecipe, loadCatalog } from '../image/catalog.ts';
import { debianArchitectures } from '../image/debian-architectures.ts';
import { kernelHeaderBytes } from '../image/kernel-format.ts';
import type { KernelSource, ToolsSource } from '../image/recipe.ts';
import { arches, type Arch } from '../scenario/scenario.ts';
import { distroKernel } from './apply-candidate.ts';
import { archOfKernel, archOfProgram } from './arch-of-file.ts';
import type { Candidate } from './candidate.ts';
import { download } from './download.ts';
import { archesOfPackage } from './package-arches.ts';
import {
  parseKernel,
  parseTools,
  type CandidateWords,
  type KernelWord,
} from './parse-candidate.ts';
import { readDebs, readToolsDeb } from './read-debs.ts';
import { readDirectory, type KernelFiles } from './read-directory.ts';

export type ReadOptions = {
  /** Default: the user's cache. */
  cacheDir?: string;
  mirror?: string;
  signal?: AbortSignal;
  /** Told what takes long. */
  onStep?: (step: string) => void;
};

/**
 * Makes a candidate of what the user wrote: looks at every file, keeps it in the cache, finds the architectures. Without
 * `--kernel` it is the distribution's own. Throws UsageError for what cannot be used, UnavailableError when something
 * cannot be downloaded.
 */
export async function readCandidate(
  words: CandidateWords,
  options: ReadOptions = {},
): Promise<Candidate> {
  const parsed = words.kernel === undefined ? null : parseKernel(words.kernel);
  const parsedTools = words.kexecTools === undefined ? null : parseTools(words.kexecTools);
  const cache = cacheDirectory(options.cacheDir);
  const kernel = await readKernel(parsed, cache, words, options);
  const initrd = words.initrd ?? kernel.initrd;
  if (initrd !== null && words.initrd !== undefined) await mustBeFile('--initrd', initrd);
  const tools = await readTools(parsedTools, cache, kernel.arches, options);
  const initrdBytes = initrd === null ? 0 : (await stat(initrd)).size;
  return {
    kernel: kernel.source,
    initrd: initrd === null ? null : await keepFile(cache, initrd),
    tools,
    arches: kernel.arches,
    extraMiB: Math.ceil(initrdBytes / 2 ** 20) + kernel.extraMiB,
    label: {
      kernel: words.kernel ?? distroKernel,
      initrd,
      kexecTools: words.kexecTools ?? null,
    },
  };
}

type ReadKernel = {
  source: KernelSource;
  arches: Arch[];
  /** An initramfs that lies beside it. */
  initrd: string | null;
  extraMiB: number;
};

/** MiB of kernel that disks have room for. */
const usualKernelMiB = 40;

async function readKernel(
  word: KernelWord | null,
  cache: string,
  { initrd }: CandidateWords,
  options: ReadOptions,
): Promise<ReadKernel> {
  if (word === null || word.kind === 'debian') {
    const { suite, package: names } = findRecipe(loadCatalog(), distroKernel, 'kernel') as {
      suite: string;
      package: Record<Arch, string>;
    };
    if (word === null || word.package === null) {
      const source = { suite: word?.suite ?? suite, package: names };
      return { source, arches: [...arches], initrd: null, extraMiB: 0 };
    }
    const name = word.package;
    const found = await archesOfPackage(word.suite, name, cache, options);
    const package_ = Object.fromEntries(found.map((arch) => [arch, name]));
    const source = { suite: word.suite, package: package_ };
    return { source, arches: found, initrd: null, extraMiB: 0 };
  }
  if (word.kind === 'debs') return ofDebs(word.files, word.files, cache, options);
  if (word.kind === 'url') {
    options.onStep?.(`downloading ${word.url}`);
    const file = await download(cache, word.url, word.sha256, options);
    if (await isArchive(file)) return ofDebs([file], [word.url], cache, options);
    return ofFiles({ kernel: file }, word.url, initrd, cache);
  }
  const { file } = word;
  const status = await statOf('--kernel', file);
  if (status.isDirectory()) return ofFiles(await readDirectory(file), file, initrd, cache);
  if (await isArchive(file)) return ofDebs([file], [file], cache, options);
  return ofFiles({ kernel: file }, file, initrd, cache);
}

async function ofDebs(
  files: string[],
  names: string[],
  cache: string,
  { signal }: ReadOptions,
): Promise<ReadKernel> {
  for (const [index, file] of files.entries()) await mustBeFile('--kernel', file, names[index]);
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
  await mustBeFile('--kernel', kernel, name);
  const arch = archOfKernel(await startOf(kernel), name);
  if (initrd === null && givenInitrd === undefined && modules === undefined)
    throw new UsageError(`--kernel ${name}: nothing says which modules it needs to find its root`, {
      hint: 'Give its initramfs with --initrd FILE, or a directory with lib/modules beside it.',
    });
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

async function readTools(
  word: ReturnType<typeof parseTools> | null,
  cache: string,
  kernelArches: readonly Arch[],
  { signal }: ReadOptions,
): Promise<ToolsSource | null> {
  if (word === null) return null;
  if (word.kind === 'debian') return { suite: word.suite };
  const { file } = word;
  await mustBeFile('--kexec-tools', file);
  const deb = await isArchive(file);
  const arch = deb ? await readToolsDeb(file, signal) : archOfProgram(await startOf(file), file);
  if (kernelArches.length !== 1 || kernelArches[0] !== arch)
    throw new UsageError(
      `--kexec-tools ${file} is for ${arch} (${debianArchitectures[arch]}), the kernel for ${kernelArches.join(' and ')}`,
      { hint: 'Name a kernel of the same architecture, or kexec-tools by suite: debian:SUITE.' },
    );
  const sha256 = await keepFile(cache, file);
  return deb ? { deb: sha256 } : { program: sha256 };
}

async function statOf(option: string, file: string, name = file) {
  return stat(file).catch((error: unknown) => {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const why = missing ? 'there is no such file' : (error as Error).message;
    throw new UsageError(`${option} ${name}: ${why}`, { cause: error });
  });
}

async function mustBeFile(option: string, file: string, name = file): Promise<void> {
  const status = await statOf(option, file, name);
  if (!status.isFile()) throw new UsageError(`${option} ${name}: this is no regular file`);
  if (status.size === 0) throw new UsageError(`${option} ${name}: this file is empty`);
}

/** Whether a file is a .deb, whatever it is called: an ar archive. */
async function isArchive(file: string): Promise<boolean> {
  return (await startOf(file)).toString('latin1', 0, 8) === '!<arch>\n';
}

async function startOf(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const length = kernelHeaderBytes;
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
